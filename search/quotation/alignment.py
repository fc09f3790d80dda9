"""Where in a text a quotation stands, and how it departs from it; compared as ``search.quotation.comparison`` says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from search.quotation.comparison import Comparable
from search.quotation.findings import Difference, Operation

_UNIT = re.compile(r"[0-9]+(?:\.[0-9]+)*|[a-z]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A range of a text, and the edits (Levenshtein) that lead from it to the quotation."""

    start: int
    end: int
    edits: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters [start, end) of a quotation that stand in text ``index`` from ``at`` on."""

    start: int
    end: int
    index: int
    at: int

    @property
    def size(self) -> int:
        """Characters."""
        return self.end - self.start


def exact_place(quote: str, text: str) -> Place | None:
    """The first place where ``text`` holds the quotation without cutting a number or Latin word, or None."""
    at = text.find(quote)
    while at >= 0:
        if not (_cuts(text, at) or _cuts(text, at + len(quote))):
            return Place(at, at + len(quote), 0)
        at = text.find(quote, at + 1)
    return None


def closest_place(quote: str, text: str) -> Place:
    """The part of ``text`` with the fewest edits to the quotation (Sellers 1980), the first of equals.

    It never begins or ends inside a number or Latin word: 9 is not what 2019 says.
    """
    ends = _edits_by_end(_codes(quote), _codes(text))
    end = _last_of_first_run(ends)
    starts = _edits_by_end(_codes(quote[::-1]), _codes(text[:end][::-1]), anchored=True)
    start = end - _last_of_first_run(starts)
    while start > 0 and _cuts(text, start):
        start -= 1
    while end < len(text) and _cuts(text, end):
        end += 1
    return Place(start, end, Levenshtein.distance(text[start:end], quote))


def shared_part(quote: str, text: str, place: Place, least: int) -> tuple[int, int, Place] | None:
    """From the first to the last run of at least ``least`` characters that the quotation shares with its place.

    Returns:
        The part's start and end in the quotation, and the part's own place; None without such a run.
    """
    steps = Levenshtein.opcodes(text[place.start : place.end], quote)
    runs = [step for step in steps if step.tag == "equal" and step.dest_end - step.dest_start >= least]
    if not runs:
        return None
    start, end = runs[0].dest_start, runs[-1].dest_end
    first, last = place.start + runs[0].src_start, place.start + runs[-1].src_end
    return start, end, Place(first, last, Levenshtein.distance(text[first:last], quote[start:end]))


def differences(quote: Comparable, draft: str, source: Comparable, text: str, place: Place) -> list[Difference]:
    """The steps from ``source`` at ``place`` to the quotation, in original characters; a number is one unit.

    Args:
        quote: the quotation.
        draft: what the origins of ``quote`` count in.
        source: the text with the place.
        text: what the origins of ``source`` count in.
        place: where in ``source``.
    """
    units, others = _UNIT.findall(source.text[place.start : place.end]), _UNIT.findall(quote.text)
    source_ends, draft_ends = [0, *accumulate(map(len, units))], [0, *accumulate(map(len, others))]
    draft_at, source_at = quote.origins[0], source.origins[place.start]
    found = []
    for step in Levenshtein.opcodes(units, others):
        draft_to = _boundary(quote, draft_ends[step.dest_end], len(quote.text))
        source_to = _boundary(source, place.start + source_ends[step.src_end], place.end)
        found.append(Difference(Operation(step.tag), draft[draft_at:draft_to], text[source_at:source_to]))
        draft_at, source_at = draft_to, source_to
    return found


def _boundary(compared: Comparable, at: int, end: int) -> int:
    """The offset in the original before character ``at``; blanks before it go to the step before, those at the end
    of the range to none, so that the steps' sides together are the whole range."""
    return compared.original(0, end)[1] if at == end else compared.origins[at]


def common_run(quote: str, text: str, least: int) -> tuple[int, int, int]:
    """The longest run of at least ``least`` characters that both hold: start, start in ``text``, and size (0: none)."""
    best = (0, 0, 0)
    for start in range(len(quote) - least + 1):
        size = max(best[2] + 1, least)
        at = text.find(quote[start : start + size])
        while at >= 0 and start + size <= len(quote):
            best = (start, at, size)
            size += 1
            at = text.find(quote[start : start + size]) if start + size <= len(quote) else -1
    return best


def cover(quote: str, texts: Sequence[str], least: int) -> Iterator[Piece]:
    """Runs of the quotation, from left to right and each as long as can be, that one of the texts holds."""
    at = 0
    while at <= len(quote) - least:
        best = max((_longest_from(quote, at, text, index, least) for index, text in enumerate(texts)), default=None,
                   key=lambda piece: (piece.size, -piece.index))  # fmt: skip
        if best is None or best.size < least:
            at += 1
            continue
        yield best
        at = best.end


def _longest_from(quote: str, start: int, text: str, index: int, least: int) -> Piece:
    """The longest run of ``quote`` from ``start`` that ``text`` holds; size 0 if shorter than ``least``."""
    end, at = start, text.find(quote[start : start + least])
    if at < 0:
        return Piece(start, start, index, 0)
    found = at
    while at >= 0:
        size = least if end == start else end - start
        while start + size < len(quote) and at + size < len(text) and quote[start + size] == text[at + size]:
            size += 1
        end, found = start + size, at
        at = text.find(quote[start : end + 1], at + 1) if end < len(quote) else -1
    return Piece(start, end, index, found)


def _cuts(text: str, at: int) -> bool:
    """Whether a number or a Latin word runs across the boundary at ``at``."""
    around = text[at - 1 : at + 1] if 0 < at < len(text) else ""
    return around.isascii() and around.isalnum() and len(around) == 2 and around[0].isdigit() == around[1].isdigit()


def _codes(text: str) -> NDArray[np.int32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.int32)


def _edits_by_end(quote: NDArray[np.int32], text: NDArray[np.int32], *, anchored: bool = False) -> NDArray[np.int32]:
    """For each end in the text, the fewest edits from a part that ends there to the whole quotation.

    ``anchored``, the part begins with the text; otherwise it may begin anywhere.
    """
    columns = np.arange(len(text) + 1, dtype=np.int32)
    row = columns.copy() if anchored else np.zeros(len(text) + 1, dtype=np.int32)
    for number, character in enumerate(quote, 1):
        step = np.minimum(row[:-1] + (text != character), row[1:] + 1)
        # A deletion comes from the left in the same row: the running minimum of (value - column), plus the column.
        following = np.concatenate(([np.int32(number)], step)) - columns
        row = np.minimum.accumulate(following) + columns
    return row


def _last_of_first_run(edits: NDArray[np.int32]) -> int:
    """The last of the neighbouring positions that share the minimum with its first one: the longest such part."""
    at = int(edits.argmin())
    while at + 1 < len(edits) and edits[at + 1] == edits[at]:
        at += 1
    return at
