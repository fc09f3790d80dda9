"""Grams: a text can only hold a string if it has all the string's grams."""

from hypothesis import given
from hypothesis import strategies as st

from search.engine.schema import grams

_TEXT = st.text(st.sampled_from("志愿服务A1 _。，“”—\n\u3000\x1c"), max_size=60) | st.text(max_size=60)


@given(_TEXT)
def test_grams_are_the_pairs_without_blanks_that_have_a_letter_or_digit(text: str) -> None:
    pairs = dict.fromkeys(text[at : at + 2] for at in range(len(text) - 1))
    named = [pair for pair in pairs if len(pair.split()) == 1 and pair.split() == [pair]]
    assert grams(text) == [pair for pair in named if any(map(str.isalnum, pair))]


@given(_TEXT, st.integers(0, 60), st.integers(1, 12))
def test_what_a_text_holds_has_no_other_grams(text: str, start: int, length: int) -> None:
    assert set(grams(text[start : start + length])) <= set(grams(text))
