"""入库体检: how a version was read, as pages, HTTP and the command line show it."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from api import wording
from corpus.catalogue import AlikeDocument, Catalogue, visible_fields, visible_text
from corpus.fields import missing_fields
from corpus.records import (
    CURATORS,
    RESTRICTED_FIELD_READERS,
    Correction,
    Document,
    FieldValue,
    IntegrityProof,
    Kind,
    MetadataField,
    Passage,
    Removal,
    Repair,
    Span,
    Version,
)

_CONTEXT = 14
"""Characters shown on either side of a repair."""

_QUOTED = 120
"""Characters of a field's source that are shown."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was read. ``text`` is verbatim, cut after 120 characters."""

    start: int
    end: int
    page: int | None
    paragraph: int
    text: str


@dataclass(frozen=True, slots=True)
class FieldReport:
    """A field with where it was read and how sure it is. ``corrected`` says that somebody set it by hand."""

    name: str
    label: str
    value: FieldValue
    confidence: float
    restricted: bool
    corrected: bool
    sources: list[Source]


@dataclass(frozen=True, slots=True)
class RepairReport:
    """A repair: what stood there, and its surroundings before and after it."""

    kind: str
    start: int
    end: int
    original: str
    note: str
    page: int | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """How a version was read.

    Attributes:
        kind_reasons: Chinese; why it was taken for this kind.
        missing_fields: expected fields of the kind that it has not.
        corrections: what was set by hand, latest first; for curators alone.
        ocr_pages: pages whose text was recognised from an image.
        seconds: what reading and analysing took.
        alike: other documents that the reader may see with the same text, or nearly the same.
    """

    document_id: str
    version: int
    title: str
    kind: Kind
    kind_reasons: list[str]
    file_name: str
    media_type: str
    reader: str
    created_at: datetime
    seconds: float
    fields: list[FieldReport]
    missing_fields: list[str]
    corrections: list[Correction]
    repairs: list[RepairReport]
    removals: list[Removal]
    integrity: IntegrityProof | None
    warnings: list[str]
    ocr_pages: list[int]
    alike: list[AlikeDocument]


def report_on(
    catalogue: Catalogue, document: Document, groups: frozenset[str] | None, number: int | None = None
) -> DocumentReport:
    """The report on a version of a document that ``groups`` may read; None is the owner of the data.

    Raises:
        NotFound: there is no such version.
    """
    version = catalogue.version(document.id, number)
    current = version.number == document.version
    pages = _Pages(version, catalogue.passages_of(version.id), visible_text(version, groups))
    history = catalogue.corrections(document.id)
    by_hand = {item.name for item in history if item.undone_at is None} if current else set()
    fields = visible_fields(version.fields, groups)
    found = version.report
    present = {item.name: item.confidence for item in version.fields if item.value not in ("", [])}
    return DocumentReport(
        document_id=document.id,
        version=version.number,
        title=document.title,
        kind=document.kind,
        kind_reasons=["由资料管理员指定"] if "kind" in by_hand else list(found.kind_reasons),
        file_name=version.file_name,
        media_type=version.media_type,
        reader=found.reader,
        created_at=version.created_at,
        seconds=found.seconds,
        fields=[_field(item, pages, item.name in by_hand) for item in fields],
        missing_fields=list(missing_fields(document.kind, present)) if current else list(found.missing_fields),
        corrections=history if groups is None or CURATORS in groups else [],
        repairs=[pages.repair(item) for item in found.repairs if not _hides(version, item, groups)],
        removals=list(found.removals),
        integrity=found.integrity,
        warnings=list(found.warnings),
        ocr_pages=list(found.ocr_pages),
        alike=catalogue.alike([document.id], groups).get(document.id, []) if current else [],
    )


class _Pages:
    """A version's text, as far as its reader may see it, with the page and paragraph of every offset."""

    def __init__(self, version: Version, passages: list[Passage], text: str) -> None:
        self._text = text
        starts = sorted((item.start, item.page) for item in passages)
        self._starts = [start for start, _ in starts]
        self._pages = [page for _, page in starts]

    def page(self, offset: int) -> int | None:
        """The page of the passage that begins last before ``offset``: a page may begin within it."""
        index = bisect_right(self._starts, offset) - 1
        return self._pages[max(index, 0)] if self._pages else None

    def source(self, span: Span) -> Source:
        text = self._text[span.start : span.end]
        cut = text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
        return Source(span.start, span.end, self.page(span.start), self._text.count("\n", 0, span.start) + 1, cut)

    def repair(self, item: Repair) -> RepairReport:
        left = self._text[max(0, item.start - _CONTEXT) : item.start].rpartition("\n")[2]
        right = self._text[item.end : item.end + _CONTEXT].partition("\n")[0]
        return RepairReport(
            item.kind,
            item.start,
            item.end,
            item.original,
            item.note,
            self.page(item.start),
            before=left + item.original.replace("\n", "↵") + right,
            after=left + self._text[item.start : item.end] + right,
        )


def _field(item: MetadataField, pages: _Pages, corrected: bool) -> FieldReport:
    sources = [] if corrected else [pages.source(span) for span in item.spans]
    label = wording.FIELDS.get(item.name, item.name)
    return FieldReport(item.name, label, item.value, item.confidence, item.restricted, corrected, sources)


def _hides(version: Version, repair: Repair, groups: frozenset[str] | None) -> bool:
    """Whether a repair lies in a restricted field that the reader may not see."""
    if groups is None or groups & RESTRICTED_FIELD_READERS:
        return False
    hidden = [span for item in version.fields if item.restricted for span in (*item.spans, *item.owned)]
    return any(span.start <= repair.end and repair.start <= span.end for span in hidden)
