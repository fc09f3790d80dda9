"""Enumerations in prose: 一是…二是…, （一）…（二）…, 1. … 2. …; an answer shows them whole or not at all."""

import re
from collections.abc import Sequence

from corpus.records import Passage

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
_LED_IN = re.compile(r"^[^:：]{1,40}[:：][(（①一首第1]")
"""A lead-in and the first item in one sentence: 主要措施如下：（一）……"""


def marker_style(sentence: str) -> int | None:
    """The style of enumeration that a sentence opens an item of, as a small number; None if it opens none."""
    led_in = sentence.replace("：", ":").rpartition(":")[2] if _LED_IN.search(sentence) else sentence
    return next((style for style, pattern in enumerate(_MARKERS) if pattern.match(led_in)), None)


def leads_in(sentence: str) -> bool:
    """Whether a sentence ends in a colon: what it announces follows."""
    return _LEAD_IN.search(sentence.rstrip()) is not None


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


def points_under(passages: Sequence[Passage], parent: Sequence[str]) -> list[Passage]:
    """The first passage of each section right below ``parent`` if those sections are an enumeration: all of them with
    numbers of one style, or none with any; else no passages."""
    points: dict[str, Passage] = {}
    for passage in passages:
        if len(passage.path) > len(parent) and passage.path[: len(parent)] == tuple(parent):
            points.setdefault(passage.path[len(parent)], passage)
    styles = {marker_style(heading) for heading in points}
    return list(points.values()) if len(styles) == 1 else []


def announced(passages: Sequence[Passage], place: int) -> list[Passage]:
    """What the passage at ``place`` announces with its last words: the first passage of each section right below its
    heading, or what goes on under the same heading."""
    parent, after = passages[place].path, passages[place + 1 :]
    if after and after[0].path == parent:
        return [after[0]]
    sections: dict[str, Passage] = {}
    for passage in after:
        if len(passage.path) <= len(parent) or passage.path[: len(parent)] != parent:
            break
        sections.setdefault(passage.path[len(parent)], passage)
    return list(sections.values())


def _opening(sentences: Sequence[str], index: int) -> int | None:
    """The item that the sentence opens, leads into or, with another item behind it, goes on with."""
    styles = [marker_style(sentence) for sentence in sentences]
    if styles[index] is not None:
        return index
    if _LEAD_IN.search(sentences[index]) and index + 1 < len(sentences) and styles[index + 1] is not None:
        return index + 1
    before = next((at for at in range(index - 1, -1, -1) if styles[at] is not None), None)
    return before if before is not None and styles[before] in styles[index + 1 :] else None
