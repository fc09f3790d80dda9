from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from search.quotation.alignment import closest_place, common_run, cover, differences, exact_place
from search.quotation.comparison import comparable

# Han only, with few characters, so that alignments are ambiguous; digits would widen a place to the whole number.
TEXT = st.text("甲乙丙，", min_size=1, max_size=14)


@given(TEXT, TEXT)
def test_the_closest_place_has_the_fewest_edits(quote, text):
    place = closest_place(quote, text)
    parts = [text[start:end] for start in range(len(text) + 1) for end in range(start, len(text) + 1)]
    assert place.edits == min(Levenshtein.distance(part, quote) for part in parts)
    assert place.edits == Levenshtein.distance(text[place.start : place.end], quote)


@given(st.text("甲乙 \n，Ａ1", min_size=1, max_size=14).filter(str.strip), st.text("甲乙 \n，Ａ1", max_size=20))
def test_both_sides_of_the_differences_add_up(quoted, text):
    draft = f"前{quoted.strip()}后"
    quote, source = comparable(draft[1:-1], 1), comparable(text)
    place = closest_place(quote.text, source.text)
    if place.start == place.end:
        return
    steps = differences(quote, draft, source, text, place)
    assert "".join(step.draft for step in steps) == draft[1:-1]
    start, end = source.original(place.start, place.end)
    assert "".join(step.source for step in steps) == text[start:end]


@given(TEXT, st.lists(TEXT, max_size=3))
def test_covering_runs_stand_where_they_say_and_do_not_overlap(quote, texts):
    at = 0
    for piece in cover(quote, texts, 2):
        assert piece.start >= at
        assert texts[piece.index][piece.at : piece.at + piece.size] == quote[piece.start : piece.end]
        assert piece.size >= 2
        at = piece.end


@given(TEXT, TEXT)
def test_the_common_run_is_the_longest(quote, text):
    start, at, size = common_run(quote, text, 2)
    runs = [quote[i:j] for i in range(len(quote)) for j in range(i + 2, len(quote) + 1)]
    assert size == max((len(run) for run in runs if run in text), default=0)
    assert quote[start : start + size] == text[at : at + size]


def test_numbers_and_latin_words_are_not_cut():
    assert exact_place("9年完成", "2019年完成") is None
    assert exact_place("第9年完成", "2019年、第9年完成").start == 6
    place = closest_place("9年完成", "于2019年完成")
    assert (place.start, place.edits) == (1, 3)
    assert exact_place("work", "teamwork, work").start == 10
