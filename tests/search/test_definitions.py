import pytest

from corpus.text.folding import fold
from search.definitions import asked_term, defines, defining_forms, promises


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("什么是邻里课堂？", "邻里课堂"),
        ("请问什么叫“邻里课堂”", "邻里课堂"),
        ("邻里课堂是什么", "邻里课堂"),
        ("邻里课堂是什么意思？", "邻里课堂"),
        ("邻里课堂的定义", "邻里课堂"),
        ("“邻里课堂”的含义是什么？", "邻里课堂"),
        ("邻里课堂指的是什么", "邻里课堂"),
        ("邻里课堂是指什么", "邻里课堂"),
        ("谁能当楼院讲解员？", "楼院讲解员"),
        ("怎样才能成为一名楼院讲解员", "楼院讲解员"),
        ("什么样的人才算楼院讲解员呢？", "楼院讲解员"),
        ("怎样才算楼院讲解员？", "楼院讲解员"),
        ("怎么算讲解时长？", ""),
        ("怎么当好楼院讲解员", ""),
        ("谁能参加邻里课堂", ""),
        ("邻里课堂在哪里办？", ""),
        ("邻里课堂有什么要求", ""),
        ("什么时候开课", ""),
    ],
)
def test_the_term_whose_meaning_is_asked_for(text: str, term: str) -> None:
    assert asked_term(fold(text)) == term


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("“邻里课堂”是指在楼院里办的讲座。", True),
        ("本办法所称邻里课堂，是指在楼院里办的讲座。", True),
        ("本办法所称的邻里课堂系指在楼院里办的讲座。", True),
        ("（一）邻里课堂，是指在楼院里办的讲座；", True),
        ("所谓邻里课堂，指的是楼院讲座。", True),
        ("邻里课堂是基层的好办法。", False),
        ("乡村邻里课堂，是指在村里办的讲座。", False),
        ("邻里课堂志愿者是指课堂的组织者。", False),
    ],
)
def test_sentences_that_define(sentence: str, said: bool) -> None:
    folded = fold(sentence)
    assert defines(["邻里课堂"], folded) is said
    if said:
        assert any(form in folded for form in defining_forms(["邻里课堂"]))


def test_nothing_defines_no_name() -> None:
    assert not defines([], "邻里课堂是指讲座。")
    assert defining_forms([]) == ()


@pytest.mark.parametrize(
    ("heading", "promised"),
    [
        ("什么是邻里课堂", True),
        ("一、邻里课堂的概念", True),
        ("邻里课堂的由来", False),
        ("基本概念", False),
    ],
)
def test_headings_that_promise_a_meaning(heading: str, promised: bool) -> None:
    assert promises(["邻里课堂"], fold(heading)) is promised
    assert not promises([], fold(heading))
