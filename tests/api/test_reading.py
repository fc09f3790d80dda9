from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.http.pages.reading import paragraphs
from corpus.records import Passage, Section

TEXTS = st.text("一二三。\n ", max_size=60)


@st.composite
def versions(draw):
    text = draw(TEXTS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [span for span in pairwise(cuts) if draw(st.booleans())]
    passages = [Passage(str(n), "v", (), text[a:b], a, b, None, None, frozenset()) for n, (a, b) in enumerate(spans)]
    starts = draw(st.lists(st.sampled_from(cuts or [0]), max_size=3, unique=True))
    sections = [Section(n, None, 1, "", "", "一二", start, len(text)) for n, start in enumerate(starts)]
    return text, sections, passages


@given(versions(), st.sampled_from(["0", "1", None]))
def test_every_line_comes_back_and_every_passage_has_one_anchor(version, marked):
    text, sections, passages = version
    found = paragraphs(text, sections, passages, marked)
    assert ["".join(part.text for part in item.segments) for item in found] == [
        line for line in text.split("\n") if line.strip()
    ]
    anchors = [part.anchor for item in found for part in item.segments if part.anchor]
    assert len(anchors) == len(set(anchors))
    shown = {f"p-{item.id}" for item in passages if item.text.strip()}
    assert shown <= set(anchors)
    for item in found:
        for part in item.segments:
            assert not part.marked or part.text in next(p.text for p in passages if p.id == marked)


def test_passages_that_overlap_show_every_character_once():
    text = "标题甲\n正文乙"
    passages = [
        Passage("card", "v", (), text[0:3], 0, 3, None, None, frozenset()),
        Passage("body", "v", (), text[1:7], 1, 7, None, None, frozenset()),
    ]
    found = paragraphs(text, [], passages, "body")
    assert ["".join(part.text for part in item.segments) for item in found] == ["标题甲", "正文乙"]
    assert [part.anchor for item in found for part in item.segments if part.anchor] == ["p-card", "p-body"]
