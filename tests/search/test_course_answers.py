"""Lecture notes and examination papers: tasks are no answers, and what a line heads or announces is shown with it."""

from dataclasses import replace

import pytest

from corpus.records import Kind
from search.results import AnswerStatus, SearchFilters
from tests.search.library import PUBLIC, Source, make_draft

TASKS = ("1. 简要论述院坝宣讲的三个环节", "2. 简要论述方言转译的意义", "3. 结合材料谈谈对院坝宣讲的认识")
PAPER = Source(
    "宣讲学试卷（甲卷）",
    (
        ((), "宣讲学试卷（甲卷）"),
        (("一、简答题（3×10分）",), "一、简答题（3×10分）\n" + "\n".join(TASKS)),
        (
            ("二、单项选择题",),
            "二、单项选择题\n院坝宣讲的回访周期是（ ）\nA. 院坝宣讲的回访周期是三年。\nB. 院坝宣讲的回访周期是三天。",
        ),
    ),
    Kind.COURSE,
)
STEPS = ("群众选题", "小组备题", "院坝讲题")
NOTES = Source(
    "第四讲 院坝宣讲",
    (
        ((), "第四讲 院坝宣讲"),
        (("院坝宣讲的环节",), "院坝宣讲的环节\n院坝宣讲包括三个环节："),
        *((("院坝宣讲的环节", step), f"{step}\n{step}由宣讲小组完成，每次都有记录。") for step in STEPS),
        (("方言转译",), "方言转译的意义\n把文件里的话换成乡亲的话，意思不走样。\n这样做能拉近距离。"),
        (("宣讲用具",), "宣讲用具\n宣讲用具主要有："),
        (("宣讲用具",), "小黑板。\n扩音器。"),
    ),
    Kind.COURSE,
)
KEY = Source(
    "宣讲学试卷参考答案",
    ((("一、简答题",), "一、简答题\n1. 方言转译的意义\n答案：方言转译的意义在于让政策听得懂、记得住。"),),
    Kind.COURSE,
)
LINKS = Source(
    "第五讲 总结", (((), "第五讲 总结"), ((), "相关链接\n院坝宣讲的礼仪\n方言转译的历史\n宣讲用具的保管")), Kind.COURSE
)


def _ask(open_library, question, *sources):
    searcher, _ = open_library(*(replace(make_draft(source), source=source.title) for source in sources))
    answer = searcher.answer(question, SearchFilters(), PUBLIC)
    return answer.status, [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize("question", ["院坝宣讲的三个环节", "方言转译的意义", "对院坝宣讲有什么认识？"])
def test_a_task_is_no_answer(open_library, question):
    status, texts = _ask(open_library, question, PAPER)
    assert status is AnswerStatus.ABSTAINED
    assert not set(texts) & set(TASKS)


def test_a_choice_that_may_be_wrong_is_no_answer(open_library):
    status, texts = _ask(open_library, "院坝宣讲的回访周期是多久？", PAPER)
    assert status is not AnswerStatus.ANSWERED
    assert not any("周期是三" in text for text in texts)


def test_what_is_printed_as_an_answer_is_one(open_library):
    status, texts = _ask(open_library, "方言转译的意义是什么？", PAPER, KEY)
    assert status is AnswerStatus.ANSWERED
    assert any("听得懂、记得住" in text for text in texts)


def test_sections_that_a_sentence_announces_are_shown_behind_it(open_library):
    _, texts = _ask(open_library, "院坝宣讲包括哪三个环节？", PAPER, NOTES)
    assert tuple(texts) in {STEPS, ("院坝宣讲包括三个环节：", *STEPS)}


def test_what_goes_on_in_the_next_passage_is_shown_behind_what_announces_it(open_library):
    _, texts = _ask(open_library, "宣讲用具主要有什么？", NOTES)
    assert texts[texts.index("宣讲用具主要有：") + 1 :][:2] == ["小黑板。", "扩音器。"]


def test_a_line_that_is_the_question_heads_the_answer(open_library):
    status, texts = _ask(open_library, "方言转译的意义", PAPER, NOTES)
    assert status is AnswerStatus.ANSWERED
    assert texts[:2] == ["方言转译的意义", "把文件里的话换成乡亲的话，意思不走样。"]


def test_a_list_of_headings_says_nothing(open_library):
    status, texts = _ask(open_library, "方言转译的历史", LINKS)
    assert status is not AnswerStatus.ANSWERED
    assert texts == []


def test_sections_of_which_only_a_short_heading_stands_in_its_passage_are_points(open_library):
    steps = ("选题", "备题", "讲题")
    parts = [(("宣讲的步骤", step), text) for step in steps for text in (step, f"{step}由宣讲小组完成，每次都有记录。")]
    notes = Source("第六讲", ((("宣讲的步骤",), "宣讲的步骤\n宣讲的步骤有以下三个："), *parts), Kind.COURSE)
    _, texts = _ask(open_library, "宣讲的步骤有哪些？", notes)
    assert tuple(text for text in texts if not text.startswith("宣讲的步骤")) == steps


def test_duties_are_shown_behind_what_announces_them(open_library):
    duties = [f"（{number}）登记第{number}类院坝来客；" for number in "一二三四五六七八"]
    rules = Source("院坝接待规定", ((("第七条",), "第七条 接待组履行下列职责：\n" + "\n".join(duties)),), Kind.POLICY)
    status, texts = _ask(open_library, "接待组履行哪些职责？", rules)
    assert status is AnswerStatus.ANSWERED
    assert texts == ["第七条 接待组履行下列职责：", *duties]


def test_an_announcement_alone_is_no_full_answer(open_library):
    duties = [f"（{number}）登记第{number}类院坝来客；" for number in "一二三四五六七八九"]
    duties += [f"（十{number}）登记第十{number}类院坝来客；" for number in "一二三"]
    rules = Source("院坝接待规定", ((("第七条",), "第七条 接待组履行下列职责：\n" + "\n".join(duties)),), Kind.POLICY)
    status, texts = _ask(open_library, "接待组履行下列哪些职责？", rules)
    assert status is AnswerStatus.PARTIAL
    assert texts[-1].endswith("：")
