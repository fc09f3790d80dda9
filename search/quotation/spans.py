"""Where a draft quotes: marked quotations, clauses after 指出：, block quotations, and sentences that may be copied."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from corpus.records import Span
from corpus.text.references import find_document_numbers
from corpus.text.sentences import split_sentences
from search.quotation.comparison import letters

SHORTEST_UNMARKED = 25
"""Letters from which on words without quotation marks are looked up."""

_LONGEST = 2_000
"""Characters after which a quotation mark is taken as never closed, and at which a longer span is cut."""
_LEAD_IN = 120
"""Characters before a quotation in which its source may be named."""

_EDGES = "。，、；：！？.,;:!?—"
_OPENING, _CLOSING = '“「『"＂', '”」』"＂'

_ONLY_OPENING, _ONLY_CLOSING = "“「『", "”」』"

_MARKED = re.compile(
    rf"“(?P<curly>(?:[^“”]|“[^“”]*”){{1,{_LONGEST}}})”|「(?P<corner>(?:[^「」]|「[^「」]*」){{1,{_LONGEST}}})」"
    rf"|『(?P<white>[^『』]{{1,{_LONGEST}}})』|[\"＂](?P<straight>[^\"＂\n]{{1,{_LONGEST}}})[\"＂]"
)
_SAYING = re.compile(
    rf"(?:指出|强调|提出|要求|规定|写道|明确|表示|认为|提到|重申|号召|宣布)[:：]\s*(?=[^\s{_OPENING}])"
)
_BLOCK = re.compile(r"^[ \t\u3000]*[>＞](?P<line>.*)$", re.MULTILINE)
_ELLIPSIS = re.compile(r"…+|⋯+|\.{3,}|。{3,}")
TITLE = re.compile(r"《[^《》\n]{1,100}(?:《[^《》\n]*》[^《》\n]*)*》")
NOTE = re.compile(rf"[{_CLOSING}{_EDGES}]{{0,3}}\s*[（(\[【](?P<note>[^（()）\n]{{2,100}})[)）\]】]")
SENTENCE_END = re.compile(r"[。！？!?\n]")


_NOWHERE = Span(0, 0)


class SpanKind(StrEnum):
    """Why a span is looked up."""

    MARKED = "marked"
    CLAUSE = "clause"
    BLOCK = "block"
    UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """Part of a draft that is, or may be, somebody else's words.

    Attributes:
        start, end: offsets in the draft, without blanks and punctuation at the edges.
        named: titles and document numbers named for it.
        lead: what leads up to it within its sentence, in which its source may be named.
    """

    start: int
    end: int
    kind: SpanKind
    named: tuple[str, ...] = ()
    lead: Span = _NOWHERE


def find_spans(draft: str, blocks: Iterable[Span] = ()) -> list[QuotedSpan]:
    """The spans to look up, in order and not overlapping; ``blocks`` are those that the draft's format sets off.

    An ellipsis announces an omission, so what stands before and after it are spans of their own. Titles in 《》 are
    names of sources, not quotations.
    """
    blocks = [block for block in blocks if 0 <= block.start < block.end <= len(draft)]
    marked = list(_marked(draft))
    taken: list[Span] = []
    found: list[QuotedSpan] = []
    for kind, wholes in (
        (SpanKind.BLOCK, chain(blocks, _blocks(draft))),
        # 要求： within a quotation is part of it; a quotation within a clause is part of the clause.
        (SpanKind.CLAUSE, (clause for clause in _clauses(draft) if not _is_within(clause, marked))),
        (SpanKind.MARKED, marked),
    ):
        free = [
            span for span in wholes if not any(span.start < other.end and other.start < span.end for other in taken)
        ]
        taken += free
        for span in free:
            lead = _lead(draft, span.start)
            named = _named(draft, span, lead)
            found += [QuotedSpan(part.start, part.end, kind, named, lead) for part in _parts(draft, span)]
    found += _unmarked(draft, sorted([*taken, *_long_titles(draft)], key=lambda span: span.start))
    return sorted(found, key=lambda span: span.start)


def _is_within(span: Span, others: Iterable[Span]) -> bool:
    """Whether the span begins inside one of the others."""
    return any(other.start <= span.start < other.end for other in others)


def _marked(draft: str) -> Iterator[Span]:
    for match in _MARKED.finditer(draft):
        yield Span(*match.span(match.lastgroup or 0))


def _clauses(draft: str) -> Iterator[Span]:
    """What follows 指出： without quotation marks, to the end of its sentence."""
    for match in _SAYING.finditer(draft):
        line = draft[match.end() : match.end() + _LONGEST].partition("\n")[0]
        if sentences := split_sentences(line):
            yield Span(match.end(), match.end() + sentences[0].end)


def _blocks(draft: str) -> Iterator[Span]:
    """Lines that begin with >, each on its own: the sign stands between them."""
    for match in _BLOCK.finditer(draft):
        yield Span(*match.span("line"))


def _long_titles(draft: str) -> Iterator[Span]:
    """Titles long enough to be taken for copied words: naming a document is not copying it."""
    for match in TITLE.finditer(draft):
        if letters(match[0]) >= SHORTEST_UNMARKED:
            yield Span(*match.span())


def _unmarked(draft: str, taken: Iterable[Span]) -> Iterator[QuotedSpan]:
    """Sentences of the text between the spans found so far."""
    at = 0
    for span in (*taken, Span(len(draft), len(draft))):
        for sentence in split_sentences(draft[at : span.start]):
            for part in _parts(draft, Span(at + sentence.start, at + sentence.end)):
                if letters(draft[part.start : part.end]) >= SHORTEST_UNMARKED:
                    yield QuotedSpan(part.start, part.end, SpanKind.UNMARKED)
        at = max(at, span.end)


def _parts(draft: str, span: Span) -> Iterator[Span]:
    """What stands between ellipses, at most ``_LONGEST`` characters at a time, trimmed at its edges.

    Parts with fewer than three letters are left out: a word or a number belongs to no source.
    """
    gaps = [match.span() for match in _ELLIPSIS.finditer(draft, span.start, span.end)]
    starts, ends = [span.start, *(end for _, end in gaps)], [*(start for start, _ in gaps), span.end]
    for start, end in zip(starts, ends, strict=True):
        for at in range(start, end, _LONGEST):
            part = _trimmed(draft, at, min(at + _LONGEST, end))
            if letters(draft[part.start : part.end]) > 2:
                yield part


def _trimmed(draft: str, start: int, end: int) -> Span:
    """The range without blanks and punctuation at its edges, and without the quotation marks around it, or those of
    its neighbours: what follows a quotation begins with its closing mark."""
    while start < end and (_is_edge(draft[start]) or draft[start] in _ONLY_CLOSING):
        start += 1
    while start < end and (_is_edge(draft[end - 1]) or draft[end - 1] in _ONLY_OPENING):
        end -= 1
    quoted = end - start > 1 and draft[start] in _OPENING and draft[end - 1] in _CLOSING
    return _trimmed(draft, start + 1, end - 1) if quoted else Span(start, end)


def _is_edge(character: str) -> bool:
    return character.isspace() or character in _EDGES


def _lead(draft: str, at: int) -> Span:
    """What leads up to a span within its sentence, without the marks that open the span."""
    start = max(0, at - _LEAD_IN)
    before = draft[start:at].rstrip(f"{_OPENING}>＞ \t\n\u3000")
    ends = [match.end() for match in SENTENCE_END.finditer(before)]
    return Span(start + max(ends, default=0), start + len(before))


def _named(draft: str, span: Span, lead: Span) -> tuple[str, ...]:
    """Sources named in what leads up to the span, or in a bracket right behind it."""
    text = draft[lead.start : lead.end]
    nearest = re.split(rf"[{_CLOSING}]", text)[-1]
    note = NOTE.match(draft, span.end)
    names = [*(_names(nearest) or _names(text)), *(_names(note["note"]) if note else ())]
    return tuple(dict.fromkeys(names))


def own_letters(draft: str, span: QuotedSpan) -> int:
    """Letters of a span without the titles and document numbers in it: naming a source is not copying its words."""
    start, end = max(0, span.start - _LEAD_IN), min(len(draft), span.end + _LEAD_IN)
    around = draft[start:end]
    names = [match.span() for match in TITLE.finditer(around)]
    names += [(item.start, item.end) for item in find_document_numbers(around)]
    named = {at for first, last in names for at in range(start + first, start + last)}
    return sum(draft[at].isalnum() and at not in named for at in range(span.start, span.end))


def _names(text: str) -> list[str]:
    titles = [match[0] for match in TITLE.finditer(text)]
    return titles + [reference.value for reference in find_document_numbers(text)]
