"""Records to rows and back."""

from dataclasses import fields as dataclass_fields
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Select, select

from corpus.catalogue.tables import IndexState, documents, passages, versions
from corpus.identifiers import passage_id, passage_number
from corpus.records import (
    Correction,
    Document,
    FieldValue,
    Flag,
    IngestReport,
    Kind,
    MetadataField,
    Passage,
    Section,
    Status,
    VersionDraft,
)

SECTION_COLUMNS = tuple(item.name for item in dataclass_fields(Section))

DOCUMENT_COLUMNS = (
    *(column for column in documents.c if column.name != "current_version_id"),
    (versions.c.index_state == IndexState.INDEXED).label("indexed"),
)
PASSAGE_COLUMNS = tuple(passages.c[item.name].label(f"passage_{item.name}") for item in dataclass_fields(Passage))


def select_documents(*more: Any) -> Select[Any]:
    """Documents joined with their current versions."""
    return select(*DOCUMENT_COLUMNS, *more).join(versions, versions.c.id == documents.c.current_version_id)


def document_of(row: RowMapping) -> Document:
    """A document from a row of ``select_documents``."""
    return Document(
        id=row["id"],
        kind=Kind(row["kind"]),
        title=row["title"],
        readers=row["readers"],
        status=Status(row["status"]),
        version=row["version"],
        source=row["source"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        issued_on=row["issued_on"],
        organization=row["organization"],
        document_number=row["document_number"],
        year=row["year"],
        course=row["course"],
        project=row["project"],
        indexed=bool(row["indexed"]),
    )


def correction_of(row: RowMapping) -> Correction:
    """A correction from its row."""
    return Correction(**row)


def passage_of(row: RowMapping) -> Passage:
    """A passage from a row with ``PASSAGE_COLUMNS``."""
    return Passage(
        id=row["passage_id"],
        version_id=row["passage_version_id"],
        path=tuple(row["passage_path"]),
        text=row["passage_text"],
        start=row["passage_start"],
        end=row["passage_end"],
        page=row["passage_page"],
        paragraph=row["passage_paragraph"],
        flags=frozenset(map(Flag, row["passage_flags"])),
        confidence=row["passage_confidence"],
    )


@cache
def _fields() -> TypeAdapter[tuple[MetadataField, ...]]:
    return TypeAdapter(tuple[MetadataField, ...])


@cache
def _report() -> TypeAdapter[IngestReport]:
    return TypeAdapter(IngestReport)


def fields_to_json(fields: tuple[MetadataField, ...]) -> Any:
    """Metadata fields as plain JSON values."""
    return _fields().dump_python(fields, mode="json")


def fields_of(value: Any) -> tuple[MetadataField, ...]:
    """Metadata fields from their JSON."""
    return _fields().validate_python(value)


def report_to_json(report: IngestReport) -> Any:
    """An ingest report as plain JSON values."""
    return _report().dump_python(report, mode="json")


def report_of(value: Any) -> IngestReport:
    """An ingest report from its JSON."""
    return _report().validate_python(value)


def filter_columns(fields: tuple[MetadataField, ...]) -> dict[str, Any]:
    """The document columns that are filtered on. Restricted fields never reach them: everyone sees a document's."""
    values = {item.name: item.value for item in reversed(fields) if not item.restricted}
    issued_on = _date(values.get("issued_on"))
    return {
        "issued_on": issued_on,
        "organization": _text(values.get("organization")),
        "document_number": _text(values.get("document_number")),
        "year": _year(values.get("year")) or (issued_on.year if issued_on else None),
        "course": _text(values.get("course_name")),
        "project": _text(values.get("project_number")),
    }


def _text(value: FieldValue | None) -> str | None:
    if isinstance(value, list):
        return value[0] if value else None
    return None if value is None else str(value) or None


def _date(value: FieldValue | None) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _year(value: FieldValue | None) -> int | None:
    text = str(value)
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() else None


def section_rows(version: str, draft: VersionDraft) -> list[dict[str, Any]]:
    """Rows of the draft's sections."""
    return [
        {"version_id": version} | {name: getattr(section, name) for name in SECTION_COLUMNS}
        for section in draft.sections
    ]


def section_of(row: RowMapping) -> Section:
    """A section from its row."""
    return Section(**{name: row[name] for name in SECTION_COLUMNS})


def passage_rows(version: str, draft: VersionDraft) -> list[dict[str, Any]]:
    """Rows of the draft's passages, which get their identity and their text here."""
    rows = []
    for ordinal, span in enumerate(draft.passages):
        text = draft.text[span.start : span.end]
        identifier = passage_id(version, span.start, span.end, text)
        rows.append(
            {
                "number": passage_number(identifier),
                "id": identifier,
                "version_id": version,
                "ordinal": ordinal,
                "path": list(span.path),
                "text": text,
                "start": span.start,
                "end": span.end,
                "page": span.page,
                "paragraph": span.paragraph,
                "flags": sorted(span.flags),
                "confidence": span.confidence,
            }
        )
    return rows
