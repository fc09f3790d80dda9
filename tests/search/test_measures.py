import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.interrogatives import AnswerType
from search.measures import without_other_measures
from search.question import bears_type


@pytest.mark.parametrize(
    ("unit", "sentence", "bears"),
    [
        ("场", "交通补助为每场100元。", False),
        ("场", "每名宣讲员每年不少于12场,每场补助100元。", True),
        ("次", "每季度至少两次。", True),
        ("次", "每次不少于40分钟。", False),
        ("人", "现有宣讲员46名。", True),
        ("人", "参加率达到90%。", False),
        ("人", "每人补助三百元。", False),
        ("钱", "每场100元。", True),
        ("元", "按百分之三十发放。", False),
        ("天", "十五个工作日内答复。", True),
        ("天", "需要3名联系人。", False),
        ("户", "每户补助2000元。", False),
        ("户", "涉及群众1280人。", True),
        ("个", "占百分之九十。", False),
        ("字", "不少于3000字。", True),
        ("名", "每周兼课不足4节的,不参加。", False),
        ("名", "每人限选2门。", False),
        ("门", "修满12学分。", False),
        ("门", "每人限选2门。", True),
        ("", "每场100元。", True),
    ],
)
def test_a_number_of_another_measure_is_no_answer(unit: str, sentence: str, bears: bool) -> None:
    assert bears_type(AnswerType.NUMBER, sentence, unit) is bears


@given(st.sampled_from(["场", "人", "户", "钱", ""]), st.text("每场人名元户12百分之三十%,。", max_size=30))
def test_what_stays_keeps_its_place(unit: str, text: str) -> None:
    kept = without_other_measures(unit, text)
    assert len(kept) == len(text)
    assert all(new in {old, " "} for new, old in zip(kept, text, strict=True))
    assert without_other_measures(unit, kept) == kept
