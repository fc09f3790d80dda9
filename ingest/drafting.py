"""A file as its reader saw it → the version that the catalogue stores. Pure: no files, no clock but for the duration."""

import time
from dataclasses import replace

from corpus.records import IngestReport, Kind, VersionDraft
from ingest import integrity, passages, structure
from ingest.access import default_readers
from ingest.blocks import ReadFile
from ingest.cleaning import clean as clean_text
from ingest.metadata import extract
from ingest.metadata.policy import is_statute
from ingest.metadata.sheet import Sheet

_LONG_TITLE = 200


def draft_version(
    read: ReadFile,
    *,
    source: str,
    file_name: str,
    sha256: str,
    kind: Kind | None = None,
    readers: frozenset[str] | None = None,
) -> VersionDraft:
    """Clean, structure, describe and cut a text. Raises nothing, whatever the text.

    Args:
        read: what the reader saw.
        source: where the file came from.
        file_name: name shown to users, and evidence for title, course and date.
        sha256: hash of the original.
        kind: set by the user; otherwise guessed.
        readers: set by the user; otherwise ``access.default_readers``.
    """
    started = time.perf_counter()
    clean = clean_text(read)
    sections = structure.sections(clean)
    found = extract(clean, sections, read.properties, file_name, kind)
    spans = passages.split(clean, sections, found.fields)
    sheet = Sheet(clean, sections)
    report = IngestReport(
        reader=read.reader,
        kind_reasons=found.kind_reasons,
        missing_fields=found.missing,
        repairs=clean.repairs,
        removals=clean.removals,
        integrity=integrity.prove(read, clean, spans, found.fields),
        warnings=read.warnings,
    )
    return VersionDraft(
        source=source,
        file_name=file_name,
        sha256=sha256,
        media_type=read.media_type,
        kind=found.kind,
        title=found.title[:_LONG_TITLE],
        readers=readers
        or default_readers(found.kind, found.fields, sheet.lines, statute=is_statute(sheet, found.title)),
        text=clean.text,
        fields=found.fields,
        sections=sections,
        passages=spans,
        report=replace(report, seconds=time.perf_counter() - started),
    )
