"""What stands under a heading answers who asks for it: 某计划的目标是什么."""

from dataclasses import replace

import pytest

from search.results import AnswerStatus, SearchFilters
from tests.search.library import PUBLIC, Source, make_draft

AIMS = ["到明年年底，每个渔村建成一间夜读室。", "藏书不少于800册，渔民每周能借两次。"]
STEPS = ["一是腾空房。", "二是招管理员。", "三是订书单。"]
PLAN = Source(
    "关于印发《渔村夜读室建设三年计划》的通知",
    (
        ((), "关于印发《渔村夜读室建设三年计划》的通知"),
        ((), "索引号：YD0012\n各镇：现将计划印发给你们，渔村夜读室建设要抓紧。"),
        (("一、工作目标",), "一、工作目标\n" + "".join(AIMS)),
        (("二、主要步骤", "一是腾空房"), f"二、主要步骤\n{STEPS[0]}村里的旧仓库优先。"),
        (("二、主要步骤", "二是招管理员"), f"{STEPS[1]}退休教师优先。"),
        (("二、主要步骤", "三是订书单"), f"{STEPS[2]}书单由渔民投票。"),
        (("三、经费与保障",), "三、经费与保障\n" + "".join(f"第{number}笔钱用于修缮。" for number in range(1, 13))),
    ),
)
COURSE = Source(
    "渔业史课程大纲",
    (
        ((), "渔业史课程大纲"),
        (("课程目标",), "课程目标\n了解渔村夜读室建设的来历和渔村夜读室建设三年计划等文件。"),
    ),
)


def _asking(open_library, *sources):
    """What answers a question over these documents: its status and reason, and the sentences."""
    searcher, _ = open_library(*(replace(make_draft(source), source=source.title) for source in sources))

    def ask(question, groups=PUBLIC):
        answer = searcher.answer(question, SearchFilters(), groups)
        return answer, [sentence.text for sentence in answer.sentences]

    return ask


@pytest.mark.parametrize(
    "question",
    [
        "渔村夜读室建设的目标是什么？",
        "渔村夜读室建设三年计划的工作目标是啥",
        "渔村夜读室建设有哪些目标？",
        "渔村夜读室三年计划提出了什么目标？",
        "渔村夜读室建设的目标",
    ],
)
def test_what_stands_under_the_heading_answers(open_library, question):
    answer, texts = _asking(open_library, COURSE, PLAN)(question)
    assert (answer.status, texts) == (AnswerStatus.ANSWERED, AIMS)


def test_points_are_all_shown(open_library):
    answer, texts = _asking(open_library, COURSE, PLAN)("渔村夜读室建设的步骤是什么？")
    assert answer.status is AnswerStatus.ANSWERED
    assert [text for text in texts if text in STEPS] == STEPS


def test_of_a_long_section_the_beginning_is_shown_and_said_to_be_that(open_library):
    answer, texts = _asking(open_library, COURSE, PLAN)("渔村夜读室建设的经费是什么？")
    assert answer.status is AnswerStatus.PARTIAL
    assert texts == [f"第{number}笔钱用于修缮。" for number in range(1, 7)]
    assert "三、经费与保障" in answer.reason


@pytest.mark.parametrize("question", ["盐田补助的目标是什么？", "渔村夜读室建设的纪律是什么？"])
def test_another_document_or_another_heading_is_not_meant(open_library, question):
    assert not set(_asking(open_library, COURSE, PLAN)(question)[1]) & set(AIMS)


def test_of_two_sections_that_fit_alike_the_other_is_named(open_library):
    sides = [(("东岸", "目标"), "目标\n东岸种芦苇三十亩。"), (("西岸", "目标"), "目标\n西岸种柳树两千棵。")]
    ask = _asking(open_library, Source("滩涂绿化方案", (((), "滩涂绿化方案"), *sides)))
    assert ask("滩涂绿化方案东岸的目标是什么？")[1] == ["东岸种芦苇三十亩。"]
    assert ask("滩涂绿化方案西岸的目标是什么？")[1] == ["西岸种柳树两千棵。"]
    answer, texts = ask("滩涂绿化方案的目标是什么？")
    assert (answer.status, texts) == (AnswerStatus.PARTIAL, ["东岸种芦苇三十亩。"])
    assert "“西岸 › 目标”" in answer.reason


def test_a_section_that_the_reader_may_not_read_answers_nothing(open_library):
    hidden = replace(PLAN, readers=frozenset({"office"}))
    ask = _asking(open_library, COURSE, hidden)
    assert not set(ask("渔村夜读室建设的目标是什么？")[1]) & set(AIMS)
    assert ask("渔村夜读室建设的目标是什么？", frozenset({"office"}))[1] == AIMS


def test_a_code_names_its_document_too(open_library):
    outline = replace(COURSE, parts=(COURSE.parts[0], ((), "课程代码：YS3021"), *COURSE.parts[1:]))
    answer, texts = _asking(open_library, outline, PLAN)("YS3021的课程目标是什么？")
    assert answer.status is AnswerStatus.ANSWERED
    assert texts == ["了解渔村夜读室建设的来历和渔村夜读室建设三年计划等文件。"]


def test_a_line_of_the_title_and_a_particular_that_is_not_asked_for_answer_nothing(open_library):
    note = Source(
        "关于开展渔具修补互助日活动的通知",
        (
            ((), "关于开展渔具修补互助日活动的通知"),
            ((), "关于开展\n渔具修补互助日活动的通知\n索引号：YD0077\n渔具修补互助日活动每月一次。"),
        ),
    )
    ask = _asking(open_library, note)
    assert not set(ask("渔具修补互助日活动的成效是什么？")[1]) & {"渔具修补互助日活动的通知", "索引号：YD0077"}
    assert "索引号：YD0077" in ask("渔具修补互助日活动通知的索引号")[1]
