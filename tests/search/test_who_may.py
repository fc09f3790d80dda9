"""Who may do something is answered by what says so, and by all of the conditions or none."""

from dataclasses import replace

import pytest

from search.results import AnswerStatus, SearchFilters
from tests.search.library import PUBLIC, Source, make_draft

CONDITIONS = ["年满18周岁，热心公益。", "能讲本地方言。", "近两年受过处分的，不得报名。"]
OUTING = "楼院讲解员每月开展两次集中学习，围绕居民关心的话题备课。"
CALL = Source(
    "梧桐街道关于招募楼院讲解员的公告",
    (
        ((), "梧桐街道关于招募楼院讲解员的公告"),
        (("一、报名条件",), "一、报名条件\n" + "\n".join(CONDITIONS)),
        (("二、日常活动",), f"二、日常活动\n{OUTING}"),
    ),
)
BULLETIN = Source(
    "楼院讲解员工作简报",
    (
        ((), "楼院讲解员工作简报"),
        ((), "楼院讲解员走街串巷，楼院讲解员讲身边事。全区楼院讲解员共有86人，去年讲了410场。"),
    ),
)


def _ask(open_library, question, *sources):
    searcher, _ = open_library(*(replace(make_draft(source), source=source.title) for source in sources))
    answer = searcher.answer(question, SearchFilters(), PUBLIC)
    return answer.status, [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize(
    "question",
    ["楼院讲解员报名要什么条件？", "谁可以报名楼院讲解员？", "哪些人能报名楼院讲解员", "怎样才能当上楼院讲解员？"],
)
def test_all_conditions_are_shown_and_nothing_else(open_library, question):
    status, texts = _ask(open_library, question, CALL, BULLETIN)
    assert status in {AnswerStatus.ANSWERED, AnswerStatus.PARTIAL}
    assert [text for text in texts if text != "一、报名条件"] == CONDITIONS


@pytest.mark.parametrize("question", ["谁能当楼院讲解员？", "怎样才能成为楼院讲解员？"])
def test_sentences_that_only_speak_of_them_are_no_full_answer(open_library, question):
    assert _ask(open_library, question, BULLETIN)[0] is not AnswerStatus.ANSWERED


def test_a_sentence_that_says_so_itself_answers(open_library):
    rule = "凡年满60周岁的居民均可参加楼院茶话会。"
    tea = Source("楼院茶话会须知", (((), "楼院茶话会须知"), ((), f"楼院茶话会每周举办，茶话会备有茶水。{rule}")))
    status, texts = _ask(open_library, "哪些人可以参加楼院茶话会？", tea, BULLETIN)
    assert (status, texts) == (AnswerStatus.ANSWERED, [rule])
