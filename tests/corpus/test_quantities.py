"""A quantity is one term however its number is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.folding import fold
from corpus.text.numerals import chinese_numeral
from corpus.text.quantities import find_quantities


def _terms(text: str) -> list[str]:
    return [quantity.term for quantity in find_quantities(fold(text))]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("四月十二日开讲", ["4月12日"]),
        ("４月12号开讲", ["4月12日"]),
        ("二〇二一年四月十二日", ["4月12日"]),
        ("设一百二十个讲堂", ["120个"]),
        ("三年以下，处 3 年", ["3年", "3年"]),
        ("两万元", ["20000元"]),
        ("第二十五条第三款", ["25条", "3款"]),
        ("十三月四十日", []),
        ("统一部署，万众一心", []),
        ("3.14倍", []),
        ("哪一年有一个讲堂", []),
        ("第一条、第1条", ["1条", "1条"]),
    ],
)
def test_quantities_of_a_text(text: str, terms: list[str]) -> None:
    assert _terms(text) == terms


@given(st.integers(2, 9999), st.sampled_from("天条个名"))
def test_both_ways_of_writing_a_number_give_one_term(number: int, counted: str) -> None:
    assert _terms(f"共{chinese_numeral(number)}{counted}") == _terms(f"共{number}{counted}") == [f"{number}{counted}"]


@given(st.text(st.sampled_from("零一二两十百千万0123456789.年月日个 条，") | st.characters()))
def test_spans_stand_in_the_text_and_do_not_overlap(text: str) -> None:
    folded = fold(text)
    last = 0
    for quantity in find_quantities(folded):
        assert last <= quantity.start < quantity.end <= len(folded)
        assert folded[quantity.start : quantity.end].strip()
        last = quantity.end
