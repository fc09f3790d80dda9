"""Page furniture in plain text: page numbers and running heads that an export left between the lines.

GB/T 9704-2012 7.5 sets page numbers as — 1 —. Readers of formats that know their pages take furniture out themselves.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

_DASHES = "-–—－─一"
_MARKED_NUMBER = re.compile(
    rf"[{_DASHES}]{{1,2}}\s?(?P<dashed>\d{{1,4}})\s?[{_DASHES}]{{1,2}}"
    r"|第\s?\d{1,4}\s?页(?:\s?[，,/／]?\s?共\s?\d{1,4}\s?页)?|\d{1,4}\s?[/／]\s?\d{1,4}\s?页?|[Pp]age\s?\d{1,4}(?:\s?of\s?\d{1,4})?"
)
_BARE_NUMBER = re.compile(r"\d{1,4}")
_LINES_PER_PAGE = 5
"""Bare numbers nearer to each other than this many lines are a list or a table column, not page numbers."""
_RUNNING_HEAD = 40
_REPEATS = 3


def page_furniture(lines: Sequence[str], page_starts: frozenset[int] = frozenset()) -> dict[int, str]:
    """Indices of the lines that are furniture, with the kind of each: ``page_number`` or ``running_head``.

    Args:
        lines: lines of a plain text, without surrounding blanks.
        page_starts: indices of lines that follow a form feed.
    """
    numbers = {index for index, line in enumerate(lines) if len(line) <= 24 and _is_page_number(line)}
    numbers |= _bare_page_numbers(lines)
    breaks = numbers | page_starts
    found = dict.fromkeys(numbers, "page_number")
    if len(breaks) >= _REPEATS:
        found |= dict.fromkeys(_running_heads(lines, numbers, page_starts), "running_head")
    return found


def _is_page_number(line: str) -> bool:
    match = _MARKED_NUMBER.fullmatch(line)
    # 2/3 alone is as likely a fraction or a date; only a page word or dashes make it a page number.
    return bool(match) and (match["dashed"] is not None or "页" in line or line[0] in "Pp")  # type: ignore[index]


def _bare_page_numbers(lines: Sequence[str]) -> set[int]:
    """Lines that are only a number, if they count up by one, at least three of them, a page apart."""
    bare = [(index, int(line)) for index, line in enumerate(lines) if len(line) <= 4 and _BARE_NUMBER.fullmatch(line)]
    if len(bare) < _REPEATS:
        return set()
    steps = pairwise(bare)
    if all(after == before + 1 and later - earlier >= _LINES_PER_PAGE for (earlier, before), (later, after) in steps):
        return {index for index, _ in bare}
    return set()


def _running_heads(lines: Sequence[str], numbers: set[int], page_starts: frozenset[int]) -> set[int]:
    """Short lines that repeat, next to a page break each time."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line and len(line) <= _RUNNING_HEAD and line[-1] not in "。；，：" and index not in numbers:
            places[line].append(index)
    found: set[int] = set()
    page_starts |= {next((index for index, line in enumerate(lines) if line), 0)}
    for indices in places.values():
        beside = [
            i for i in indices if i in page_starts or i - 1 in numbers or i + 1 in numbers or i + 1 in page_starts
        ]
        if len(beside) >= _REPEATS and 3 * len(beside) >= 2 * len(indices):
            found.update(beside)
    return found
