import re

from hypothesis import given
from hypothesis import strategies as st

from corpus.text.code_points import SEPARATOR, are_alphanumeric, code_points

_TEXT = st.text(st.sampled_from("志愿A1_ ，\n²") | st.characters(), max_size=30)


@given(st.lists(_TEXT, max_size=6))
def test_every_character_is_that_of_its_text(texts: list[str]) -> None:
    codes, owners = code_points(texts)
    assert "".join(map(chr, codes.tolist())) == SEPARATOR.join(texts)
    found = [""] * len(texts)
    for code, owner in zip(codes.tolist(), owners.tolist(), strict=True):
        found[owner] += chr(code)
    assert found == [text + SEPARATOR for text in texts[:-1]] + texts[-1:]


@given(_TEXT)
def test_alphanumeric_is_what_the_pattern_matches(text: str) -> None:
    expected = [re.fullmatch(r"[^\W_]", character) is not None for character in text]
    assert are_alphanumeric(code_points([text]).codes).tolist() == expected
