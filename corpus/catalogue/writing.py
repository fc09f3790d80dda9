"""Adding versions and changing documents."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from corpus.catalogue import alike, corrections, naming, reading
from corpus.catalogue.rows import fields_to_json, passage_rows, report_to_json, section_rows
from corpus.catalogue.tables import IndexState, bands, documents, passages, sections, settings, versions
from corpus.identifiers import document_id, version_id
from corpus.likeness import Likeness
from corpus.records import Document, Status, VersionDraft


class Addition:
    """Adds a batch of drafts within one transaction; rows are collected and written with executemany.

    A draft is found by the hash of a document's current version (nothing to add; a trashed document comes back),
    then by its source (a new version), else it is a new document. Drafts of one batch see each other.
    """

    def __init__(
        self,
        connection: Connection,
        drafts: Sequence[VersionDraft],
        likenesses: Sequence[Likeness | None],
        *,
        reread: bool = False,
    ) -> None:
        self._connection = connection
        self._reread = reread
        self._drafts = drafts
        self._likenesses = likenesses
        self._now = datetime.now(UTC)
        self._by_sha256 = {
            sha256: found.id
            for sha256, found in reading.by_sha256(connection, {draft.sha256 for draft in drafts}).items()
        }
        by_source = reading.by_source(connection, {draft.source for draft in drafts})
        self._by_source = {source: found.id for source, found in by_source.items()}
        first_ids = {document_id(draft.sha256) for draft in drafts}
        self._known = self._load(first_ids | set(self._by_sha256.values()) | set(self._by_source.values()))
        self._by_hand = corrections.standing(connection, self._known)
        self._new: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self._versions: list[dict[str, Any]] = []
        self._sections: list[dict[str, Any]] = []
        self._passages: list[dict[str, Any]] = []
        self._bands: list[dict[str, Any]] = []
        self._stale: list[str] = []

    def run(self) -> list[tuple[str, bool]]:
        """For each draft the document's id, and whether there is something new to index."""
        results = [self._add(draft, found) for draft, found in zip(self._drafts, self._likenesses, strict=True)]
        self._write()
        return results

    def _load(self, ids: set[str]) -> dict[str, dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        for batch in reading.batches(ids):
            query = select(documents, versions.c.sha256).join(versions, versions.c.id == documents.c.current_version_id)
            for row in self._connection.execute(query.where(documents.c.id.in_(batch))).mappings():
                rows[row["id"]] = dict(row)
        return rows

    def _add(self, draft: VersionDraft, found: Likeness | None) -> tuple[str, bool]:
        if identifier := self._by_sha256.get(draft.sha256):
            if not (self._reread and self._reads_otherwise(self._known[identifier], draft)):
                return identifier, self._restore(self._known[identifier])
            self._replace(self._known[identifier], draft)
        elif identifier := self._by_source.get(draft.source):
            self._replace(self._known[identifier], draft)
        else:
            identifier = self._create(draft)
        self._add_version(self._known[identifier], draft, found)
        self._by_sha256[draft.sha256] = identifier
        self._by_source[draft.source] = identifier
        return identifier, True

    def _reads_otherwise(self, row: dict[str, Any], draft: VersionDraft) -> bool:
        """Whether something else was read in the same bytes than the current version has; not where that is of this
        batch, nor of a trashed document, which only comes back."""
        if row["status"] != Status.ACTIVE:
            return False
        version = row["current_version_id"]
        columns = select(versions.c.text, versions.c.kind, versions.c.title, versions.c.fields)
        stored = self._connection.execute(columns.where(versions.c.id == version)).one_or_none()
        if stored is None:
            return False
        read = (draft.text, draft.kind, draft.title, fields_to_json(draft.fields))
        parts = ((sections, section_rows(version, draft)), (passages, passage_rows(version, draft)))
        return tuple(stored) != read or any(self._rows(table, version) != rows for table, rows in parts)

    def _rows(self, table: Table, version: str) -> list[dict[str, Any]]:
        """The rows of a version in a table, in order, as they were written."""
        query = select(table).where(table.c.version_id == version).order_by(table.c.ordinal)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def _restore(self, row: dict[str, Any]) -> bool:
        if row["status"] == Status.ACTIVE:
            return False
        row |= {"status": Status.ACTIVE, "updated_at": self._now}
        self._changed[row["id"]] = row
        set_index_state(self._connection, [row["current_version_id"]], IndexState.PENDING)
        return True

    def _create(self, draft: VersionDraft) -> str:
        identifier = document_id(draft.sha256)
        if identifier in self._known:  # A document that began with these bytes has moved on to others.
            identifier = document_id(f"{draft.sha256}:{draft.source}")
        row = {
            "id": identifier,
            "status": Status.ACTIVE,
            "source": draft.source,
            "version": 0,
            "created_at": self._now,
        }
        self._known[identifier] = self._new[identifier] = row
        return identifier

    def _replace(self, row: dict[str, Any], draft: VersionDraft) -> None:
        if self._by_sha256.get(row["sha256"]) == row["id"]:
            del self._by_sha256[row["sha256"]]
        self._stale.append(row["current_version_id"])
        row["status"] = Status.ACTIVE
        if row["id"] not in self._new:
            self._changed[row["id"]] = row

    def _add_version(self, row: dict[str, Any], draft: VersionDraft, found: Likeness | None) -> None:
        number = row["version"] + 1
        identifier = version_id(row["id"], number, draft.sha256)
        attributes = {"kind": draft.kind, "title": draft.title, "readers": draft.readers}
        row |= corrections.described(attributes, draft.fields, self._by_hand.get(row["id"], {}))
        row |= {
            "version": number,
            "current_version_id": identifier,
            "sha256": draft.sha256,
            "updated_at": self._now,
        }
        self._versions.append(
            {
                "id": identifier,
                "document_id": row["id"],
                "number": number,
                "file_name": draft.file_name,
                "sha256": draft.sha256,
                "media_type": draft.media_type,
                "text": draft.text,
                "fields": fields_to_json(draft.fields),
                "report": report_to_json(draft.report),
                "index_state": IndexState.PENDING,
                "created_at": self._now,
                "letters": found.letters if found else None,
                "band_keys": found.bands if found else None,
            }
            | attributes
        )
        self._bands += alike.rows_of(identifier, found)
        self._sections += section_rows(identifier, draft)
        self._passages += passage_rows(identifier, draft)

    def _write(self) -> None:
        columns = {column.name for column in documents.c}
        for row in self._changed.values():
            values = {name: row[name] for name in columns - {"id"}}
            self._connection.execute(update(documents).where(documents.c.id == row["id"]).values(values))
        new = [{name: row[name] for name in columns} for row in self._new.values()]
        for table, rows in (
            (documents, new),
            (versions, self._versions),
            (sections, self._sections),
            (passages, self._passages),
            (bands, self._bands),
        ):
            if rows:
                self._connection.execute(insert(table), rows)
        naming.write(self._connection, new, new=True)
        naming.write(self._connection, list(self._changed.values()))
        set_index_state(self._connection, self._stale, IndexState.STALE)


def set_index_state(connection: Connection, version_ids: Sequence[str], state: IndexState) -> None:
    """Set what the index holds of the versions."""
    for batch in reading.batches(version_ids):
        connection.execute(update(versions).where(versions.c.id.in_(batch)).values(index_state=state))


def set_status(connection: Connection, document_id: str, status: Status) -> Document:
    """Trash or restore a document, and have the index follow."""
    found = reading.document(connection, document_id, None)
    if found.status != status:
        values = {"status": status, "updated_at": datetime.now(UTC)}
        connection.execute(update(documents).where(documents.c.id == document_id).values(values))
        state = IndexState.PENDING if status == Status.ACTIVE else IndexState.STALE
        set_index_state(connection, [_current_version(connection, document_id)], state)
    return reading.document(connection, document_id, None)


def correct(connection: Connection, document_id: str, changes: corrections.Standing, author: str) -> Document:
    """Set fields and attributes by hand; a later version keeps them."""
    reading.document(connection, document_id, None)
    corrections.add(connection, document_id, changes, author)
    return _refreshed(connection, document_id)


def undo_correction(connection: Connection, document_id: str, correction_id: int, author: str) -> Document:
    """Take a correction back."""
    corrections.undo(connection, document_id, correction_id, author)
    return _refreshed(connection, document_id)


def _refreshed(connection: Connection, document_id: str) -> Document:
    version = corrections.refresh(connection, document_id)
    found = reading.document(connection, document_id, None)
    if found.status is Status.ACTIVE:
        set_index_state(connection, [version], IndexState.PENDING)
    return reading.document(connection, document_id, None)


def _current_version(connection: Connection, document_id: str) -> str:
    query = select(documents.c.current_version_id).where(documents.c.id == document_id)
    return str(connection.execute(query).scalar_one())


def set_value(connection: Connection, key: str, value: str) -> None:
    """Store a setting; delete-then-insert is the upsert that every database has."""
    connection.execute(delete(settings).where(settings.c.key == key))
    connection.execute(insert(settings).values(key=key, value=value))
