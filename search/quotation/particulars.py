"""What a draft says of a source beside quoting it: its number, its date, who issued it, and the article.

A particular is reported only where the source that was found has another one, and never called wrong: the draft may
mean a source that the library lacks. Abbreviated names of offices are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from corpus.records import Document, MetadataField, Span
from corpus.text.folding import fold
from corpus.text.references import find_article_numbers, find_document_numbers, normalise_identifier
from search.quotation.findings import Difference, FindingKind, Operation
from search.quotation.spans import NOTE, SENTENCE_END, TITLE, QuotedSpan

_DATE = r"(?:19|20)\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?"
_ISSUED = re.compile(
    rf"(?:(?P<date>{_DATE})[，,]?(?:由|经)?)?(?P<name>[一-鿿、 ]{{0,40}}?)(?P<later>{_DATE})?"
    r"(?:联合|共同)?(?:印发|下发|发布|公布|颁布|出台|制定|发出)(?:了|的)?$"
)
"""2021年4月国务院印发的, 国务院2021年印发的: right before what was issued."""
_NOTED_DATE = re.compile(rf"(?:^|[，,、 ])(?P<date>{_DATE})$")
_PARTS = re.compile(r"\d+")
_LEAD_IN = re.compile(r"近日|日前|去年|今年|此前|随后|根据|按照|依据|依照|贯彻|落实|学习|结合|[由经在年月日以从和与及]")
_OFFICE = re.compile(
    "(?:国务院|党中央|中共中央|部|委|委员会|办公厅|办公室|总局|局|厅|署|政府|院|人大常委会|总工会|银行|党组)$"
)
_CLERKS = ("办公厅", "办公室")
_DATES = frozenset({"issued_on", "published_on", "effective_on"})
_ARTICLE_REACH = 10
"""Characters between an article and the quotation that is said to stand in it: 第五条规定：“."""
_UNIT = re.compile(r"[0-9]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mention:
    """A source named in a draft, by title or number.

    Attributes:
        name: the title in 《》, or the number.
        before: what leads up to it within its sentence, behind the title before it.
        after: the inside of the bracket behind it, or an empty range; of a number, the number itself.
    """

    name: str
    before: Span
    after: Span

    def says_something(self, draft: str) -> bool:
        """Whether anything stands around it that could be compared."""
        return self.after.end > self.after.start or bool(
            _ISSUED.search(fold(draft[self.before.start : self.before.end]))
        )


@dataclass(frozen=True, slots=True)
class Particular:
    """Something that the draft says at [start, end), and what the source has instead."""

    kind: FindingKind
    start: int
    end: int
    expected: str


def title_mentions(draft: str) -> list[Mention]:
    """The titles in 《》 with what stands around them."""
    mentions = []
    last = 0
    for match in TITLE.finditer(draft):
        ends = [found.end() for found in SENTENCE_END.finditer(draft, last, match.start())]
        note = NOTE.match(draft, match.end())
        after = Span(*note.span("note")) if note else Span(match.end(), match.end())
        mentions.append(Mention(match[0], Span(max(ends, default=last), match.start()), after))
        last = note.end() if note else match.end()
    return mentions


def number_mention(draft: str, span: QuotedSpan) -> Mention | None:
    """The only document number that leads up to a quotation, unless a title does too."""
    lead = draft[span.lead.start : span.lead.end]
    found = find_document_numbers(lead)
    if len(found) != 1 or TITLE.search(lead):
        return None
    start, end = span.lead.start + found[0].start, span.lead.start + found[0].end
    return Mention(found[0].value, Span(span.lead.start, start), Span(start, end))


def departures(draft: str, mention: Mention, document: Document, fields: tuple[MetadataField, ...]) -> list[Particular]:
    """Where the draft departs from what the reader may see of the document that it mentions."""
    folded = fold(draft)
    issued = _ISSUED.search(folded[mention.before.start : mention.before.end])
    return [
        *_numbers(folded, mention, document),
        *_dates(folded, mention, issued, document, fields),
        *_issuers(mention, issued, document),
    ]


def article(draft: str, lead: Span, source: str, place: int) -> Particular | None:
    """The article that the draft names right before a quotation, if the place in the source stands in another one.

    Args:
        draft: the draft.
        lead: what leads up to the quotation.
        source: the source's text.
        place: where in it the quotation stands.
    """
    named = find_article_numbers(draft[lead.start : lead.end])
    if not named or lead.end - lead.start - named[-1].end > _ARTICLE_REACH:
        return None
    headings = [item for item in find_article_numbers(source[: place + 1]) if _begins_line(source, item.start)]
    if not headings or headings[-1].value == named[-1].value:
        return None
    here = headings[-1]
    start, end = lead.start + named[-1].start, lead.start + named[-1].end
    return Particular(FindingKind.ARTICLE, start, end, source[here.start : here.end])


def difference(draft: str, expected: str) -> list[Difference]:
    """The steps from what the source has to what the draft says; a number is one unit."""
    units, others = _UNIT.findall(expected), _UNIT.findall(draft)
    at, to = [0, *accumulate(map(len, units))], [0, *accumulate(map(len, others))]
    return [
        Difference(
            Operation(step.tag),
            draft[to[step.dest_start] : to[step.dest_end]],
            expected[at[step.src_start] : at[step.src_end]],
        )
        for step in Levenshtein.opcodes(units, others)
    ]


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _numbers(folded: str, mention: Mention, document: Document) -> Iterator[Particular]:
    if not document.document_number:
        return
    found = find_document_numbers(folded[mention.after.start : mention.after.end])
    if len(found) == 1 and found[0].value != normalise_identifier(document.document_number):
        start, end = mention.after.start + found[0].start, mention.after.start + found[0].end
        yield Particular(FindingKind.DOCUMENT_NUMBER, start, end, document.document_number)


def _dates(
    folded: str,
    mention: Mention,
    issued: re.Match[str] | None,
    document: Document,
    fields: tuple[MetadataField, ...],
) -> Iterator[Particular]:
    """When it was issued, before the title or at the end of the bracket behind it."""
    day = document.issued_on
    if day is None:
        return
    told = [day.isoformat(), *(str(item.value) for item in fields if item.name in _DATES)]
    noted = _NOTED_DATE.search(folded[mention.after.start : mention.after.end])
    said = [(mention.after.start, noted, "date")] if noted else []
    said += [(mention.before.start, issued, name) for name in ("date", "later") if issued and issued[name]]
    for offset, match, name in said:
        parts = [f"{int(part):02d}" for part in _PARTS.findall(match[name])]
        if not any(known.startswith("-".join(parts)) for known in told):
            written = (f"{day.year}年", f"{day.month}月", f"{day.day}日")
            expected = "".join(written[: len(parts)])
            yield Particular(FindingKind.DATE, offset + match.start(name), offset + match.end(name), expected)


def _issuers(mention: Mention, issued: re.Match[str] | None, document: Document) -> Iterator[Particular]:
    if issued is None or not document.organization:
        return
    cut = max((found.end() for found in _LEAD_IN.finditer(issued["name"])), default=0)
    name = issued["name"][cut:].strip("、 ")
    if len(name) > 2 and _OFFICE.search(name) and not _may_be(name, document.organization):
        start = mention.before.start + issued.start("name") + issued["name"].index(name, cut)
        yield Particular(FindingKind.ORGANIZATION, start, start + len(name), document.organization)


def _may_be(name: str, office: str) -> bool:
    """Whether one name may stand for the other: it is shorter by left-out characters. An office and its clerks, as
    国务院 and 国务院办公厅, are two issuers."""
    short, long = sorted((re.sub(r"[、 ]", "", fold(text)) for text in (name, office)), key=len)
    if any(long == short + clerks for clerks in _CLERKS):
        return False
    rest = iter(long)
    return all(character in rest for character in short)
