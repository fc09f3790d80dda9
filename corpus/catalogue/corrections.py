"""What people set by hand, kept apart from what ingest read, so that it outlasts new versions and can be undone."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from corpus.catalogue import naming, reading
from corpus.catalogue.rows import correction_of, fields_of, filter_columns
from corpus.catalogue.tables import corrections, documents, versions
from corpus.errors import NotFound
from corpus.fields import RESTRICTED_FIELDS
from corpus.records import Correction, FieldValue, MetadataField, Version
from corpus.text.titles import tells_of_end

Standing = Mapping[str, FieldValue | None]
"""Corrections that count, by name."""


def standing(connection: Connection, document_ids: Iterable[str]) -> dict[str, dict[str, FieldValue | None]]:
    """The corrections that count, by document and name; documents without any are left out."""
    found: dict[str, dict[str, FieldValue | None]] = {}
    for batch in reading.batches(document_ids):
        query = (
            select(corrections.c.document_id, corrections.c.name, corrections.c.value)
            .where(corrections.c.document_id.in_(batch), corrections.c.undone_at.is_(None))
            .order_by(corrections.c.id)
        )
        for document_id, name, value in connection.execute(query):
            found.setdefault(document_id, {})[name] = value
    return found


def history(connection: Connection, document_id: str) -> list[Correction]:
    """Every correction of a document, undone ones too, latest first."""
    query = select(corrections).where(corrections.c.document_id == document_id).order_by(corrections.c.id.desc())
    return [correction_of(row) for row in connection.execute(query).mappings()]


def version(connection: Connection, document_id: str, number: int | None) -> Version:
    """A version as ``reading.version`` finds it; the current one with what was set by hand."""
    found = reading.version(connection, document_id, number)
    document = reading.document(connection, document_id, None)
    by_hand = standing(connection, [document_id]).get(document_id) if found.number == document.version else None
    return replace(found, fields=corrected(found.fields, by_hand)) if by_hand else found


def corrected(fields: tuple[MetadataField, ...], by_hand: Standing) -> tuple[MetadataField, ...]:
    """``fields`` as read, with what was set by hand.

    A field keeps its restriction and the characters that it owns, not its place in the text: a value that was set by
    hand was not read there. What is hidden for a restricted field stays hidden.
    """
    names = {item.name for item in fields}
    kept = [_corrected(item, by_hand[item.name]) if item.name in by_hand else item for item in fields]
    added = [
        MetadataField(name, value, restricted=name in RESTRICTED_FIELDS)
        for name, value in by_hand.items()
        if name not in names and name not in {"kind", "readers"} and value is not None
    ]
    return (*kept, *added)


def _corrected(read: MetadataField, value: FieldValue | None) -> MetadataField:
    empty: FieldValue = ""
    spans = read.spans if read.restricted else ()
    return MetadataField(read.name, empty if value is None else value, spans, read.owned, restricted=read.restricted)


def described(attributes: Mapping[Any, Any], fields: tuple[MetadataField, ...], by_hand: Standing) -> dict[str, Any]:
    """Columns of ``documents`` that follow from what a version says and what was set by hand."""
    values: dict[str, Any] = {name: by_hand.get(name, attributes[name]) for name in ("kind", "title", "readers")}
    values["readers"] = frozenset(values["readers"])  # set by hand it is a list
    fields = corrected(fields, by_hand)
    ends = any(item.name in reading.ENDS and item.value for item in fields)
    return values | filter_columns(fields) | {"tells_of_end": ends or tells_of_end(values["title"])}


def add(connection: Connection, document_id: str, changes: Standing, author: str) -> None:
    """Note what somebody set; what is so already is left out."""
    before = _values(connection, document_id)
    rows = [
        {
            "document_id": document_id,
            "name": name,
            "value": value,
            "previous": before.get(name),
            "author": author,
            "created_at": datetime.now(UTC),
        }
        for name, value in changes.items()
        if before.get(name) != value
    ]
    if rows:
        connection.execute(insert(corrections), rows)


def undo(connection: Connection, document_id: str, correction_id: int, author: str) -> None:
    """Take a correction back; what it replaced counts again. Raises ``NotFound``."""
    values = {"undone_at": datetime.now(UTC), "undone_by": author}
    done = connection.execute(
        update(corrections)
        .where(
            corrections.c.id == correction_id,
            corrections.c.document_id == document_id,
            corrections.c.undone_at.is_(None),
        )
        .values(values)
    )
    if not done.rowcount:
        raise NotFound("没有这条更正，或已经撤销")


def refresh(connection: Connection, document_id: str) -> str:
    """Bring the document's row in line with its corrections; the current version's id."""
    query = (
        select(versions)
        .join(documents, documents.c.current_version_id == versions.c.id)
        .where(documents.c.id == document_id)
    )
    row = connection.execute(query).mappings().one()
    by_hand = standing(connection, [document_id]).get(document_id, {})
    values = described(row, fields_of(row["fields"]), by_hand) | {"updated_at": datetime.now(UTC)}
    connection.execute(update(documents).where(documents.c.id == document_id).values(values))
    naming.write(connection, [values | {"id": document_id}])
    return str(row["id"])


def _values(connection: Connection, document_id: str) -> dict[str, Any]:
    document = reading.document(connection, document_id, None)
    fields = version(connection, document_id, None).fields
    return {item.name: item.value or None for item in fields} | {
        "kind": str(document.kind),
        "title": document.title,
        "readers": sorted(document.readers),
    }
