"""From a quotation and the stretches of text that may hold it to a verdict.

The thresholds were chosen on one half of the planted cases of ``tests/benchmarks/quotation.py``
(docs/decisions/0012-quotation-check.md).
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz

from search.quotation.alignment import (
    Piece,
    Place,
    closest_place,
    common_run,
    cover,
    differences,
    exact_place,
    shared_part,
)
from search.quotation.comparison import Comparable, comparable, letters
from search.quotation.findings import Difference, Finding, Operation, Verdict
from search.quotation.spans import SHORTEST_UNMARKED, QuotedSpan, SpanKind, own_letters
from search.quotation.windows import Window
from search.results import Citation

SHORTEST_JUDGED = 6
"""Letters from which on a departure is evidence of anything: a shorter quotation is exact or left out."""
SHORT = 12
"""Letters below which a single edit is all that an altered quotation may have."""

LEAST_SIMILAR = 0.7
"""Share of a quotation that must be left unedited for it to be an altered one."""
LEAST_SIMILAR_UNMARKED = 0.85
"""The same for words without quotation marks, which claim nothing."""
LEAST_COVERED = 0.85
"""Share of a spliced quotation that must stand in the places it was joined from."""
SHORTEST_PIECE = 10
"""Characters of the shortest part that is attributed to a place of its own."""
_RUN = 4
"""Characters of the shortest part that is attributed to a place of which a longer one was quoted."""
_JOINT = 8
"""Edits that a second place must save: any text is less edited when it may be put together from several places."""
_ONE_PLACE = 40
"""Characters between two parts up to which words were left out of one place, or moved within it."""
_CLAUSE_END = re.compile(r"[，；：。！？,;:!?\n]")
_ALIGNED = 5
"""Windows that are aligned character by character, chosen by ``rapidfuzz.fuzz.partial_ratio``."""
_ALIGNED_WITHIN = 15.0
"""Points of that ratio (of 100) by which a window may be behind the best one: aligning is what a check costs most."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A span with the text it is compared by.

    Attributes:
        draft: the whole draft, in which the span counts.
        compared: the span's text as it is compared, with origins in the draft.
    """

    draft: str
    span: QuotedSpan
    compared: Comparable

    @classmethod
    def of(cls, draft: str, span: QuotedSpan) -> "Quotation":
        """The quotation at a span of the draft."""
        return cls(draft, span, comparable(draft[span.start : span.end], span.start))

    @property
    def text(self) -> str:
        """As the draft has it."""
        return self.draft[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class _Match:
    window: Window
    place: Place


def judge(quotation: Quotation, windows: Sequence[Window], sources: Set[str] | None) -> Finding | None:
    """The finding for a quotation, or None where there is nothing to say.

    Nothing is said of words without quotation marks that no source has, of a clause after 指出： that no source has
    unless the draft names one, and of a quotation shorter than ``SHORTEST_JUDGED`` letters that is not exact: single
    terms are put in quotation marks for many reasons.

    Args:
        quotation: what to judge.
        windows: where it may stand, the likeliest first.
        sources: ids of the documents that the draft names for it; None if it names none that the library holds.
    """
    exact = _exact(quotation, windows, sources)
    if exact or letters(quotation.text) < SHORTEST_JUDGED:
        return exact
    match = _closest(quotation.compared.text, windows, sources)
    if quotation.span.kind is SpanKind.UNMARKED:
        return _unmarked(quotation, windows, match)
    if spliced := _spliced(quotation, windows, match):
        return spliced
    if match and _is_meant(quotation, match):
        return _altered(quotation, match)
    claims = quotation.span.kind is not SpanKind.CLAUSE or quotation.span.named
    return _finding(quotation, Verdict.NOT_FOUND) if claims else None


def is_settled(finding: Finding | None) -> bool:
    """Whether looking for parts of the quotation could not change the finding: no part of it is unaccounted for."""
    if finding is None or finding.verdict not in {Verdict.EXACT, Verdict.MISATTRIBUTED, Verdict.ALTERED}:
        return False
    return sum(len(step.draft) for step in finding.diff if step.op is not Operation.EQUAL) < SHORTEST_PIECE


def unaccounted(quotation: Quotation, windows: Sequence[Window]) -> list[str]:
    """What to look up next when parts of a quotation may stand elsewhere: what the closest window lacks, and clauses.

    Parts shorter than ``SHORTEST_PIECE`` letters would not be attributed to a place of their own and are left out.
    """
    compared = quotation.compared
    parts = _CLAUSE_END.split(quotation.text)
    if match := _closest(compared.text, windows, None):
        at = 0
        for piece in cover(compared.text, [match.window.compared.text], SHORTEST_PIECE):
            parts.append(quotation.draft[slice(*compared.original(at, piece.start))])
            at = piece.end
        parts.append(quotation.draft[slice(*compared.original(at, len(compared.text)))])
    return [part for part in dict.fromkeys(parts) if letters(part) >= SHORTEST_PIECE and part != quotation.text]


def _finding(quotation: Quotation, verdict: Verdict) -> Finding:
    span = quotation.span
    return Finding(span.start, span.end, quotation.text, verdict, named=list(span.named))


def _with(quotation: Quotation, verdict: Verdict, match: _Match, diff: list[Difference]) -> Finding:
    span = quotation.span
    source = match.window.cite(match.place.start, match.place.end)
    return Finding(span.start, span.end, quotation.text, verdict, source, diff, named=list(span.named))


def _exact(quotation: Quotation, windows: Sequence[Window], sources: Set[str] | None) -> Finding | None:
    found = []
    for window in windows:
        if place := exact_place(quotation.compared.text, window.compared.text):
            found.append(_Match(window, place))
    if not found:
        return None
    if sources is None:
        return _with(quotation, Verdict.EXACT, _latest(found), [])
    if named := [match for match in found if match.window.document_id in sources]:
        return _with(quotation, Verdict.EXACT, _latest(named), [])
    if letters(quotation.text) < SHORTEST_JUDGED:
        return None  # A single term belongs to no source.
    return _with(quotation, Verdict.MISATTRIBUTED, found[0], [])


def _latest(matches: Sequence[_Match]) -> _Match:
    """The likeliest match; of texts under one title the latest, so that nobody is sent to a text that was replaced."""
    title = matches[0].window.document.title
    same = [match for match in matches if match.window.document.title == title]
    return max(same, key=lambda match: match.window.document.issued_on or date.min)


def _closest(quote: str, windows: Sequence[Window], sources: Set[str] | None) -> _Match | None:
    """The window and place with the fewest edits; among equals, one of a named source, then the likeliest."""
    scored = [(fuzz.partial_ratio(quote, window.compared.text), window) for window in windows if window.compared.text]
    scored.sort(key=lambda pair: -pair[0])
    likely = [window for score, window in scored[:_ALIGNED] if score >= scored[0][0] - _ALIGNED_WITHIN]
    matches = [_Match(window, closest_place(quote, window.compared.text)) for window in likely]
    return min(
        (match for match in matches if match.place.end > match.place.start),
        key=lambda match: (match.place.edits, match.window.document_id not in (sources or ())),
        default=None,
    )


def nearest_place(text: str, windows: Sequence[Window]) -> Citation | None:
    """The place that says most nearly the same, if it could be taken for an alteration of the text."""
    quote = comparable(text).text
    match = _closest(quote, windows, None)
    if match is None or match.place.edits > (1 - LEAST_SIMILAR) * len(quote):
        return None
    return match.window.cite(match.place.start, match.place.end)


def _similarity(quotation: Quotation, match: _Match) -> float:
    """Share of the quotation that is as at the place.

    Words that changed places there cost their cuts, not their length: counted is what stands in no run of at least two
    characters, and every run but the first.
    """
    quote, text, place = quotation.compared.text, match.window.compared.text, match.place
    around = text[max(0, place.start - len(quote) // 2) : place.end + len(quote) // 2]
    runs = list(cover(quote, [around], 2))
    moved = len(quote) - sum(run.size for run in runs) + max(0, len(runs) - 1)
    return 1 - min(place.edits, moved) / len(quote)


def _is_meant(quotation: Quotation, match: _Match) -> bool:
    """Whether the place is what the quotation departs from. Names of six to eleven letters are easily alike."""
    if letters(quotation.text) < SHORT:
        return match.place.edits <= 1
    return _similarity(quotation, match) >= LEAST_SIMILAR


def _altered(quotation: Quotation, match: _Match) -> Finding:
    window = match.window
    diff = differences(quotation.compared, quotation.draft, window.compared, window.text, match.place)
    return _with(quotation, Verdict.ALTERED, match, diff)


def _unmarked(quotation: Quotation, windows: Sequence[Window], match: _Match | None) -> Finding | None:
    """The part of a sentence that was copied: the author's own words may stand before and after it."""
    quote = quotation.compared.text
    for start, end, found in _shared_parts(quote, windows, match):
        first, last = start, end
        while first < last and not quote[first].isalnum():
            first += 1
        while first < last and not quote[last - 1].isalnum():
            last -= 1
        place = Place(found.place.start + first - start, found.place.end + last - end, found.place.edits)
        part, found_part = _part(quotation, first, last), _Match(found.window, place)
        if (
            own_letters(quotation.draft, part.span) >= SHORTEST_UNMARKED
            and _similarity(part, found_part) >= LEAST_SIMILAR_UNMARKED
        ):
            return _altered(part, found_part) if place.edits else _with(part, Verdict.EXACT, found_part, [])
    return None


def _shared_parts(quote: str, windows: Sequence[Window], match: _Match | None) -> Iterator[tuple[int, int, _Match]]:
    """Parts of the quotation that begin and end as in a source: of the closest place, and the longest run anywhere."""
    if match and (shared := shared_part(quote, match.window.compared.text, match.place, SHORTEST_PIECE)):
        start, end, place = shared
        yield start, end, _Match(match.window, place)
    runs = [(common_run(quote, window.compared.text, SHORTEST_UNMARKED), window) for window in windows]
    (start, at, size), window = max(runs, key=lambda run: run[0][2], default=((0, 0, 0), None))
    if window is not None and size:
        yield start, start + size, _Match(window, Place(at, at + size, 0))


def _part(quotation: Quotation, start: int, end: int) -> Quotation:
    """The quotation of characters [start, end) of the compared text."""
    compared = quotation.compared.part(start, end)
    first, last = compared.original(0, len(compared.text))
    return Quotation(quotation.draft, replace(quotation.span, start=first, end=last), compared)


def _spliced(quotation: Quotation, windows: Sequence[Window], match: _Match | None) -> Finding | None:
    """A finding if the quotation was put together from several places rather than edited at one."""
    quote = quotation.compared.text
    ordered = list(windows)
    if match:
        ordered = [match.window, *(window for window in windows if window is not match.window)]
    pieces = _pieces(quote, [window.compared.text for window in ordered])
    places: list[list[Piece]] = []
    for piece in pieces:
        near = next((place for place in places if any(_together(piece, other) for other in place)), None)
        if near is None:
            places.append([piece])
        else:
            near.append(piece)
    uncovered = len(quote) - sum(piece.size for piece in pieces)
    edits = uncovered + _JOINT * (len(places) - 1)
    if len(places) < 2 or uncovered > (1 - LEAST_COVERED) * len(quote) or (match and edits >= match.place.edits):
        return None
    sources = [
        ordered[place[0].index].cite(min(piece.at for piece in place), max(piece.at + piece.size for piece in place))
        for place in places
    ]
    span = quotation.span
    return Finding(
        span.start,
        span.end,
        quotation.text,
        Verdict.SPLICED,
        sources[0],
        _joints(quotation, ordered, pieces),
        sources[1:],
        list(span.named),
    )


def _pieces(quote: str, texts: Sequence[str]) -> list[Piece]:
    """Runs long enough for a place of their own, and between them shorter ones of the same places."""
    long = list(cover(quote, texts, SHORTEST_PIECE))
    pieces = list(long)
    starts, ends = [0, *(piece.end for piece in long)], [*(piece.start for piece in long), len(quote)]
    for start, end in zip(starts, ends, strict=True):
        short = (
            replace(run, start=run.start + start, end=run.end + start) for run in cover(quote[start:end], texts, _RUN)
        )
        pieces += (run for run in short if any(_together(run, other) for other in long))
    return sorted(pieces, key=lambda piece: piece.start)


def _together(piece: Piece, other: Piece) -> bool:
    """Whether two parts come from one place."""
    gap = max(piece.at - (other.at + other.size), other.at - (piece.at + piece.size))
    return piece.index == other.index and gap <= _ONE_PLACE


def _joints(quotation: Quotation, windows: Sequence[Window], pieces: Sequence[Piece]) -> list[Difference]:
    """The parts as they stand in their sources, and between them what no source has."""
    compared, draft = quotation.compared, quotation.draft
    diff: list[Difference] = []
    at = quotation.span.start
    for piece in pieces:
        first, last = compared.original(piece.start, piece.end)
        if first > at:
            diff.append(Difference(Operation.INSERT, draft[at:first], ""))
        window = windows[piece.index]
        start, end = window.compared.original(piece.at, piece.at + piece.size)
        diff.append(Difference(Operation.EQUAL, draft[first:last], window.text[start:end]))
        at = last
    if at < quotation.span.end:
        diff.append(Difference(Operation.INSERT, draft[at : quotation.span.end], ""))
    return diff
