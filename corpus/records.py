"""What the library holds. Offsets count Unicode code points in a version's canonical text; spans are half-open."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from corpus.identifiers import passage_number

PUBLIC = "public"
CURATORS = "curators"
"""The group that may change the library."""

RESTRICTED_FIELD_READERS = frozenset({"researchers", CURATORS})
"""Groups that may see restricted metadata fields, whatever the document's readers."""


class Kind(StrEnum):
    """The three kinds of document."""

    POLICY = "policy"
    COURSE = "course"
    RESEARCH = "research"


class Status(StrEnum):
    """Life of a document."""

    ACTIVE = "active"
    TRASHED = "trashed"


class Outcome(StrEnum):
    """How the ingest of one file ended."""

    INDEXED = "indexed"
    UNCHANGED = "unchanged"
    NEEDS_OCR = "needs_ocr"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    SKIPPED = "skipped"
    FAILED = "failed"


class Flag(StrEnum):
    """What a reader should know of a passage."""

    OCR = "ocr"
    TABLE = "table"
    REPAIRED = "repaired"
    CARD = "card"
    """Shows metadata text (title, abstract) that belongs to fields; not counted by the integrity proof."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of the canonical text."""

    start: int
    end: int


FieldValue = str | int | list[str]
"""A metadata value. Dates are ISO 8601 strings."""


@dataclass(frozen=True, slots=True)
class MetadataField:
    """One value found in a document.

    Attributes:
        name: field name of design (``document_number``, ``issued_on`` …).
        value: normalised value; lists for several authors, addressees, keywords. Empty if a curator said that there is
            none: the characters that the field owns are its own all the same.
        spans: where in the canonical text it was read; empty when derived (file name, container metadata).
        owned: the spans whose characters belong to this field alone, and so to no passage (a 发文字号 line does;
            an organisation read out of the title does not). Whole lines as a rule, the label included.
        confidence: 0 to 1; of a value that was set by hand 1.
        restricted: shown only to ``RESTRICTED_FIELD_READERS`` (distribution lists, phones, 批示).
    """

    name: str
    value: FieldValue
    spans: tuple[Span, ...] = ()
    owned: tuple[Span, ...] = ()
    confidence: float = 1.0
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it.

    Attributes:
        ordinal: position in document order, from 0; identifies the section within its version.
        parent: ordinal of the section above, or None.
        level: depth from 1.
        style: the numbering style (``一、`` ``（一）`` ``第X条`` ``一是`` ``slide`` ``outline`` …).
        label: numbering as printed (``二、``, ``四是``), may be empty.
        heading: heading as printed, numbering included, without final punctuation; for a run-in heading
            or a 一是 point its first clause.
        start, end: span of the section with everything under it.
    """

    ordinal: int
    parent: int | None
    level: int
    style: str
    label: str
    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Repair:
    """A change made to the original's text, which can be undone: put ``original`` back at [start, end).

    Attributes:
        kind: ``page_break_join``, ``line_join``, ``stray_word`` …
        start, end: the repaired text in the canonical text (may be empty: a deleted line break).
        original: the text that stood there.
        note: Chinese, for the report.
    """

    kind: str
    start: int
    end: int
    original: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """Text of the original that is in no passage: running heads, page numbers, navigation.

    Attributes:
        kind: ``running_head``, ``page_number``, ``watermark``, ``navigation`` …
        at: offset in the canonical text where it stood.
        original: what was removed.
        page: page or slide, from 1, if known.
    """

    kind: str
    at: int
    original: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """A passage before it has an identity: where it is, not what it says. Attributes as of ``Passage``."""

    start: int
    end: int
    path: tuple[str, ...]
    page: int | None = None
    paragraph: int | None = None
    flags: frozenset[Flag] = frozenset()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of a version; ``text`` is exactly the canonical text's [start, end).

    Attributes:
        path: headings from the top, down to 一是/二是 points.
        page: page or slide where it starts, from 1; None where the format has no pages.
        paragraph: paragraph where it starts, from 1, counted over the version.
        confidence: how sure the least sure of its recognised paragraphs is, 0 to 1; None where the text was not
            recognised in an image (``Flag.OCR``).
    """

    id: str
    version_id: str
    path: tuple[str, ...]
    text: str
    start: int
    end: int
    page: int | None
    paragraph: int | None
    flags: frozenset[Flag]
    confidence: float | None = None

    @property
    def number(self) -> int:
        """What index and catalogue look it up by."""
        return passage_number(self.id)


@dataclass(frozen=True, slots=True)
class IntegrityProof:
    """Counts of non-blank characters of the original's text, and where each one went.

    ``holds`` is true when undoing the repairs and removals gives the original's non-blank characters back in order,
    and every non-blank character of the canonical text is in exactly one passage or field.
    """

    original: int
    in_passages: int
    in_fields: int
    in_removals: int
    missing: int
    duplicated: int
    holds: bool


@dataclass(frozen=True, slots=True)
class IngestReport:
    """入库体检: how a version was read."""

    reader: str
    kind_reasons: tuple[str, ...] = ()
    missing_fields: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()
    removals: tuple[Removal, ...] = ()
    integrity: IntegrityProof | None = None
    warnings: tuple[str, ...] = ()
    ocr_pages: tuple[int, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class VersionDraft:
    """What ingest hands to the catalogue: a version that has no identity yet.

    Attributes:
        source: where the file came from (absolute path, or upload name); the same source again is a new version
            of the same document.
        file_name: name shown to users.
        sha256: hash of the original's bytes.
        media_type: by content, never by extension.
        title: never empty; falls back to the file name without its extension.
        readers: groups that may read the document.
        text: canonical text; paragraphs separated by one line feed.
    """

    source: str
    file_name: str
    sha256: str
    media_type: str
    kind: Kind
    title: str
    readers: frozenset[str]
    text: str
    fields: tuple[MetadataField, ...]
    sections: tuple[Section, ...]
    passages: tuple[PassageSpan, ...]
    report: IngestReport


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document: one file, read once."""

    id: str
    document_id: str
    number: int
    file_name: str
    sha256: str
    media_type: str
    text: str
    fields: tuple[MetadataField, ...]
    sections: tuple[Section, ...]
    report: IngestReport
    created_at: datetime

    def value(self, name: str) -> FieldValue | None:
        """The value of the field called ``name``, or None."""
        return next((item.value for item in self.fields if item.name == name), None) or None


@dataclass(frozen=True, slots=True)
class Correction:
    """A field or attribute (kind, title, readers) that somebody set by hand; the latest that is not undone counts.

    Attributes:
        value: what was set; None if the document was said to have no such field.
        previous: what stood there before.
        author: who set it.
        undone_by, undone_at: who took it back, and when; None while it stands.
    """

    id: int
    document_id: str
    name: str
    value: FieldValue | None
    previous: FieldValue | None
    author: str
    created_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document with a stable identity over its versions.

    Attributes:
        readers: groups that may read it.
        version: number of the current version, from 1.
        issued_on, organization, document_number, year, course, project: the current version's fields that are
            filtered on; None where the document has none.
    """

    id: str
    kind: Kind
    title: str
    readers: frozenset[str]
    status: Status
    version: int
    source: str
    created_at: datetime
    updated_at: datetime
    issued_on: date | None = None
    organization: str | None = None
    document_number: str | None = None
    year: int | None = None
    course: str | None = None
    project: str | None = None
    indexed: bool = field(default=False)
