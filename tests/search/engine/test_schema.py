"""Grams: a text can only hold a string if it has all the string's grams."""

from hypothesis import given
from hypothesis import strategies as st

from search.engine.interface import AnyOf, Contains, Either, Filter
from search.engine.schema import grams, joined_grams, side_by_side, with_grams, without_grams

_TEXT = st.text(st.sampled_from("志愿服务A15.% _。，“”—\n\u3000\x1c"), max_size=60) | st.text(max_size=60)


@given(_TEXT)
def test_grams_are_pairs_of_letters_and_of_the_marks_of_numbers(text: str) -> None:
    def counts(before: str, one: str, other: str, after: str) -> bool:
        if one.isalnum():
            return other.isalnum() or other == "%" or (other == "." and after.isalnum())
        return one == "." and before.isalnum() and other.isalnum()

    around = f" {text} "
    places = range(1, len(text))
    pairs = [text[at - 1 : at + 1] for at in places if counts(*around[at - 1 : at + 3])]
    assert grams(text) == list(dict.fromkeys(pairs))


@given(_TEXT, st.integers(0, 60), st.integers(1, 12))
def test_what_a_text_holds_has_no_other_grams(text: str, start: int, length: int) -> None:
    assert set(grams(text[start : start + length])) <= set(grams(text))


@given(st.lists(_TEXT, max_size=5))
def test_many_texts_have_the_grams_that_each_has(texts: list[str]) -> None:
    assert [joined.split(" ") for joined in joined_grams(texts)] == [sorted(grams(text)) or [""] for text in texts]


def test_payloads_are_stored_with_the_grams_of_their_texts() -> None:
    payloads = [{"title": "讲义", "text": "志愿服务", "year": 2024}, {"title": "讲义", "text": ""}, {}]
    stored = with_grams(payloads)
    assert stored == [
        payloads[0] | {"title_grams": "讲义", "text_grams": "志愿 愿服 服务"},
        payloads[1] | {"title_grams": "讲义"},
        {},
    ]
    assert list(map(without_grams, stored)) == payloads


def test_what_must_all_hold_stands_side_by_side_and_nothing_else() -> None:
    word, kind, year = Contains("text", "值班员"), AnyOf("kind", ("policy",)), AnyOf("year", (2016,))
    choice, excluding = Either((word, kind)), Filter(must=(word,), must_not=(kind,))
    nested = Filter(must=(Either((Filter(must=(word, Either((kind,)))),)), choice))
    assert list(side_by_side((nested, year, excluding, Either(())))) == [
        word,
        kind,
        choice,
        year,
        excluding,
        Either(()),
    ]
