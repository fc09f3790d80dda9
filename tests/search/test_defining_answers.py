"""What a term means is answered by the text that says so, however many speak of it."""

from dataclasses import replace

import pytest

from search.results import AnswerStatus, SearchFilters
from tests.search.library import PUBLIC, RULES, STAFF, Source, make_draft

MEANING = "本办法所称邻里课堂，是指在楼院里面向居民举办的小型讲座。"
LONG = "为丰富居民生活，推动理论学习向楼院延伸，根据有关规定，结合本县实际，制定本办法。" * 3
DEFINING = Source("云岭县楼院学习办法", (((), "云岭县楼院学习办法"), (("第二条",), LONG + MEANING)))
MENTIONS = [
    Source(
        f"邻里课堂简报第{number}期",
        (
            ((), f"邻里课堂简报第{number}期"),
            ((), f"邻里课堂第{number}期开讲。邻里课堂是居民的好去处，邻里课堂讲身边事。"),
        ),
    )
    for number in range(1, 16)
]


def _ask(open_library, question, *sources, groups=PUBLIC):
    drafts = [replace(make_draft(source), source=source.title) for source in (*MENTIONS, *sources)]
    searcher, _ = open_library(*drafts)
    answer = searcher.answer(question, SearchFilters(), groups)
    return answer.status, [sentence.text for sentence in answer.sentences]


@pytest.mark.parametrize("question", ["什么是邻里课堂？", "邻里课堂是什么", "“邻里课堂”的含义是什么？"])
def test_the_defining_sentence_answers(open_library, question):
    assert _ask(open_library, question, DEFINING) == (AnswerStatus.ANSWERED, [MEANING])


def test_who_may_be_one_is_answered_by_what_one_is(open_library):
    meaning = "楼院讲解员是指由居民推选、经街道登记的志愿者。"
    told = replace(DEFINING, parts=(((), DEFINING.title), (("第三条",), LONG + meaning)))
    assert _ask(open_library, "谁能当楼院讲解员？", told) == (AnswerStatus.ANSWERED, [meaning])


def test_a_definition_that_a_reader_may_not_see_is_not_shown(open_library):
    hidden = replace(DEFINING, readers=STAFF - PUBLIC)
    status, texts = _ask(open_library, "邻里课堂是什么", hidden)
    assert MEANING not in texts
    assert status is not AnswerStatus.ANSWERED or texts


def test_an_ended_definition_gives_way_to_one_that_holds(open_library):
    ended = replace(
        DEFINING,
        title="云岭县楼院学习办法（试行）",
        parts=(((), "云岭县楼院学习办法（试行）"), (("第二条",), LONG + MEANING.replace("小型", "各类"))),
        fields={"validity": "已废止"},
    )
    assert _ask(open_library, "邻里课堂是什么", ended, DEFINING) == (AnswerStatus.ANSWERED, [MEANING])


def test_a_definition_by_points_is_shown_whole(open_library):
    points = ["本办法所称邻里课堂，是指：", "（一）楼院讲座；", "（二）入户宣讲。"]
    listed = replace(DEFINING, parts=(((), DEFINING.title), (("第二条",), "\n".join([LONG, *points]))))
    status, texts = _ask(open_library, "什么是邻里课堂", listed)
    assert (status, "\n".join(texts)) == (AnswerStatus.ANSWERED, "\n".join(points))


def test_of_a_longer_term_nothing_is_taken(open_library):
    longer = replace(DEFINING, parts=(((), DEFINING.title), (("第二条",), LONG + "乡村" + MEANING[5:])))
    _, texts = _ask(open_library, "邻里课堂是什么", longer, RULES)
    assert not any("是指" in text for text in texts)


@pytest.mark.parametrize("question", ["邻里课堂是什么", "什么是邻里课堂"])
def test_what_stands_under_a_heading_that_asks_is_a_definition(open_library, question):
    meaning = "居民自己讲、自己听的楼院小课。"
    lecture = Source("第一讲 走近基层课堂", (((), "第一讲 走近基层课堂"), (("什么是邻里课堂",), meaning)))
    _, texts = _ask(open_library, question, lecture)
    assert meaning in texts
