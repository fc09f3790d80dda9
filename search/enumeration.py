"""Enumerations in prose: 一是…二是…, （一）…（二）…, 1. … 2. …; an answer shows them whole or not at all."""

import re
from collections.abc import Sequence

_HAN = "[一二三四五六七八九十]{1,3}"
_MARKERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_HAN}是",
        rf"第{_HAN}[,，、是]",
        rf"[(（]{_HAN}[)）]",
        r"[(（]\d{1,2}[)）]",
        rf"{_HAN}、",
        r"\d{1,2}[.．、](?!\d)",
        "[①-⑳]",
        "(?:首先|其次|再次|最后)",
    )
)
_LEAD_IN = re.compile("[:：]$")


def marker_style(sentence: str) -> int | None:
    """The style of enumeration that a sentence opens an item of, as a small number; None if it opens none."""
    return next((style for style, pattern in enumerate(_MARKERS) if pattern.match(sentence)), None)


def enumeration_around(sentences: Sequence[str], index: int) -> range:
    """The indices of the enumeration that the sentence belongs to or leads into, with its lead-in; else just its own.

    A sentence between two items belongs to the item before it; behind the last item only the item itself is taken,
    since nothing tells where it ends.
    """
    first = _opening(sentences, index)
    if first is None:
        return range(index, index + 1)
    style = marker_style(sentences[first])
    items = [at for at in range(len(sentences)) if marker_style(sentences[at]) == style]
    if len(items) < 2:
        return range(index, index + 1)
    start = items[0]
    if start > 0 and _LEAD_IN.search(sentences[start - 1]):
        start -= 1
    return range(start, max(items[-1], index) + 1)


def _opening(sentences: Sequence[str], index: int) -> int | None:
    """The nearest item at or before the sentence, or the one it leads into."""
    if (
        _LEAD_IN.search(sentences[index])
        and index + 1 < len(sentences)
        and marker_style(sentences[index + 1]) is not None
    ):
        return index + 1
    return index if marker_style(sentences[index]) is not None else None
