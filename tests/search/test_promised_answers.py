"""Who may do something, and why something is so, is answered by what stands under a heading that promises it, whole."""

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


CAUSES = ["一是路途太远。", "二是课时太碎。", "三是教材太旧。"]
SURVEY = Source(
    "关于山区夜校学员流失情况的调查",
    (
        ((), "关于山区夜校学员流失情况的调查"),
        ((), "山区夜校学员流失较多，夜校学员一年后只剩四成。本调查在五个乡镇进行，山区夜校学员填写了问卷。"),
        (("一、主要成因", "一是路途太远"), f"一、主要成因\n{CAUSES[0]}有的学员到夜校要走十里。"),
        (("一、主要成因", "二是课时太碎"), f"{CAUSES[1]}每晚只讲二十分钟。"),
        (("一、主要成因", "三是教材太旧"), f"{CAUSES[2]}课本还是十年前的。"),
        (("二、对策", "（一）送课下乡"), "二、对策\n（一）送课下乡。每月两次，夜校学员在村里听课。"),
    ),
)


def test_causes_are_the_points_under_their_heading(open_library):
    status, texts = _ask(open_library, "为什么山区夜校学员流失？", SURVEY, BULLETIN)
    assert (status is AnswerStatus.ABSTAINED, texts) == (False, CAUSES)


@pytest.mark.parametrize("question", ["为什么要办山区夜校？", "怎样办好山区夜校？"])
def test_particulars_and_names_tell_neither_why_nor_how(open_library, question):
    rows = ["项目名称：山区夜校办学机制研究", "承担单位：石桥学院山区夜校研究所"]
    form = Source("山区夜校研究课题结项简表", (((), "山区夜校研究课题结项简表"), ((), "\n".join(rows))))
    assert not set(_ask(open_library, question, form, SURVEY)[1]) & set(rows)


def test_what_another_passage_mentions_is_not_said_to_be_missing(open_library):
    tea = Source("邻里茶会须知", (((), "邻里茶会须知"), ((), "邻里茶会不收费，欢迎街坊自带杯子。")))
    books = Source("旧书市集公告", (((), "旧书市集公告"), ((), "旧书市集报名截止时间为2024年4月15日。")))
    searcher, _ = open_library(*(replace(make_draft(source), source=source.title) for source in (tea, books)))
    answer = searcher.answer("邻里茶会报名截止到什么时候？", SearchFilters(), PUBLIC)
    assert answer.status is not AnswerStatus.ANSWERED
    assert "茶会" not in answer.reason
    assert "“棋类" in searcher.answer("棋类比赛报名截止到什么时候？", SearchFilters(), PUBLIC).reason


COUNTED = "茶会时长按签到到签退计算，每满一小时记1分。"
UNCOUNTED = Source("邻里茶会简报", (((), "邻里茶会简报"), ((), "茶会时长不得写进社区考核，茶会时长由街坊商量。")))


def test_what_does_not_count_is_no_full_answer_to_how_it_is_counted(open_library):
    assert _ask(open_library, "茶会时长怎么算？", UNCOUNTED)[0] is not AnswerStatus.ANSWERED


def test_how_something_is_counted_is_answered_by_what_counts(open_library):
    rules = Source("邻里茶会积分办法", (((), "邻里茶会积分办法"), ((), COUNTED)))
    assert COUNTED in _ask(open_library, "茶会时长怎么算？", UNCOUNTED, rules)[1]
