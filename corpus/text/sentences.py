"""Sentences of Chinese prose, as spans that cover the text."""

import re
from collections.abc import Iterator

from corpus.records import Span

_LONG = 100
"""Characters beyond which a sentence is cut at ；: shorter ones read better whole, longer ones are lists of points."""

_QUOTED = 200
"""A quotation or bracket open for longer than this is taken as never closed."""

_OPENING, _CLOSING = "“‘「『《（(", "”’」』》）)"
_MARK = re.compile(
    rf"(?P<open>[{_OPENING}])|(?P<close>[{_CLOSING}])|\n\s*"
    rf"|(?P<end>(?:[。！？!?]+|…{{1,6}})[{_CLOSING}]*\s*|(?<=[a-z)])\.\s+(?=[A-Z]))|(?P<point>[；;][{_CLOSING}]*\s*)"
)


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences in order; together they are the whole text, blanks with the sentence before them.

    A sentence ends after 。！？… and what closes behind it, and at a line feed, but not inside a quotation or bracket
    that is still open. A sentence of more than 100 characters also ends at its ；.
    """
    ends = sorted(set(_ends(text)) | {len(text)} if text else set())
    return [Span(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _ends(text: str) -> Iterator[int]:
    start = depth = opened = 0
    points: list[int] = []
    for mark in _MARK.finditer(text):
        if mark["open"]:
            depth, opened = depth + 1, opened if depth else mark.start()
        elif mark["close"]:
            depth = max(0, depth - 1)
        else:
            closed = sum(mark[0].count(character) for character in _CLOSING)
            depth = max(0, depth - closed)
            if "\n" in mark[0] or mark.start() - opened > _QUOTED:
                depth = 0
            if depth:
                continue
            if mark["point"]:
                points.append(mark.end())
                continue
            if mark.end() - start > _LONG:
                yield from points
            yield mark.end()
            start, points = mark.end(), []
    if len(text) - start > _LONG:
        yield from points
