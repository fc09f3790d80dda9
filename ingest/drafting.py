"""A file as its reader saw it → the version that the catalogue stores, stage by stage. Pure: no files, no clock."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus.records import IngestReport, Kind, PassageSpan, Section, VersionDraft
from ingest import integrity, passages, structure
from ingest.access import default_readers
from ingest.blocks import ReadFile
from ingest.cleaning import CleanText
from ingest.cleaning import clean as clean_text
from ingest.metadata import Extraction, extract
from ingest.metadata.policy import is_statute
from ingest.metadata.sheet import Sheet

_LONG_TITLE = 200
_NOTHING = CleanText("", ())


@dataclass(frozen=True, slots=True)
class Draft:
    """A text between reader and catalogue; each stage fills in what the next one needs.

    Attributes:
        read: what the reader saw.
        file_name: name shown to users, and evidence for title, course and date.
        kind: set by the user; otherwise guessed.
        readers: set by the user; otherwise ``access.default_readers``.
    """

    read: ReadFile
    file_name: str
    kind: Kind | None = None
    readers: frozenset[str] | None = None
    clean: CleanText = _NOTHING
    sections: tuple[Section, ...] = ()
    found: Extraction | None = None
    passages: tuple[PassageSpan, ...] = ()


def cleaned(draft: Draft) -> Draft:
    """With the canonical text, its repairs and removals."""
    return replace(draft, clean=clean_text(draft.read))


def structured(draft: Draft) -> Draft:
    """With the heading tree."""
    return replace(draft, sections=structure.sections(draft.clean))


def described(draft: Draft) -> Draft:
    """With kind, title and metadata fields."""
    found = extract(draft.clean, draft.sections, draft.read.properties, draft.file_name, draft.kind)
    return replace(draft, found=found)


def divided(draft: Draft) -> Draft:
    """With passages."""
    return replace(draft, passages=passages.split(draft.clean, draft.sections, _found(draft).fields))


STAGES: tuple[Callable[[Draft], Draft], ...] = (cleaned, structured, described, divided)


def as_version(draft: Draft, *, source: str, sha256: str, seconds: float = 0.0) -> VersionDraft:
    """The version that a draft has become after all stages, with its readers and its integrity proof.

    Args:
        draft: through every stage.
        source: where the file came from.
        sha256: hash of the original.
        seconds: what the stages took, for the report.
    """
    found = _found(draft)
    report = IngestReport(
        reader=draft.read.reader,
        kind_reasons=found.kind_reasons,
        missing_fields=found.missing,
        repairs=draft.clean.repairs,
        removals=draft.clean.removals,
        integrity=integrity.prove(draft.read, draft.clean, draft.passages, found.fields),
        warnings=draft.read.warnings,
        ocr_pages=draft.read.ocr_pages,
        seconds=seconds,
    )
    return VersionDraft(
        source=source,
        file_name=draft.file_name,
        sha256=sha256,
        media_type=draft.read.media_type,
        kind=found.kind,
        title=found.title[:_LONG_TITLE],
        readers=draft.readers or _default_readers(draft, found),
        text=draft.clean.text,
        fields=found.fields,
        sections=draft.sections,
        passages=draft.passages,
        report=report,
    )


def draft_version(
    read: ReadFile,
    *,
    source: str,
    file_name: str,
    sha256: str,
    kind: Kind | None = None,
    readers: frozenset[str] | None = None,
) -> VersionDraft:
    """All stages at once, for a text that comes from no file. Raises nothing, whatever the text."""
    draft = Draft(read, file_name, kind, readers)
    for stage in STAGES:
        draft = stage(draft)
    return as_version(draft, source=source, sha256=sha256)


def _found(draft: Draft) -> Extraction:
    if draft.found is None:
        raise ValueError("a draft is described before it is divided")
    return draft.found


def _default_readers(draft: Draft, found: Extraction) -> frozenset[str]:
    sheet = Sheet(draft.clean, draft.sections)
    return default_readers(found.kind, found.fields, sheet.lines, statute=is_statute(sheet, found.title))
