"""What the search index still has to do: versions to add, and versions whose points must go."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select, update

from corpus.catalogue import corrections, reading
from corpus.catalogue.rows import PASSAGE_COLUMNS, document_of, fields_of, passage_of, select_documents
from corpus.catalogue.tables import IndexState, documents, passages, versions
from corpus.catalogue.views import PassageToIndex
from corpus.records import Status

_UNFINISHED = (IndexState.PENDING, IndexState.CLAIMED)


def _among(version_ids: Sequence[str], state: IndexState) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Those of the versions that are in the state."""
    return versions.c.id.in_(version_ids), reading.unindexed(versions.c.index_state, state)


def pending(connection: Connection, limit: int) -> list[str]:
    """Versions to index, oldest first. A claim that a killed indexer left behind counts as pending."""
    query = select(versions.c.id).where(versions.c.index_state.in_(_UNFINISHED))
    return list(connection.scalars(query.order_by(versions.c.created_at, versions.c.id).limit(limit)))


def pending_count(connection: Connection) -> int:
    """Number of versions that the index does not yet reflect, deletions included."""
    states = (*_UNFINISHED, IndexState.STALE)
    query = select(func.count()).select_from(versions).where(versions.c.index_state.in_(states))
    return connection.execute(query).scalar_one()


def claim(connection: Connection, version_ids: Sequence[str]) -> list[PassageToIndex]:
    """The passages of the versions, which are claimed: a change from here on makes a version pending again."""
    found = []
    for batch in reading.batches(version_ids):
        unfinished = _among(batch, IndexState.PENDING)
        connection.execute(update(versions).where(*unfinished).values(index_state=IndexState.CLAIMED))
        claimed = connection.execute(
            select_documents(versions.c.id.label("version_id"), versions.c.fields).where(
                reading.unindexed(documents.c.status, Status.ACTIVE), versions.c.id.in_(batch)
            )
        )
        current = claimed.mappings().all()
        by_hand = corrections.standing(connection, [row["id"] for row in current])
        context = {
            row["version_id"]: (
                document_of(row),
                corrections.corrected(fields_of(row["fields"]), by_hand.get(row["id"], {})),
            )
            for row in current
        }
        rows = connection.execute(
            select(*PASSAGE_COLUMNS)
            .where(passages.c.version_id.in_(list(context)))
            .order_by(passages.c.version_id, passages.c.ordinal)
        ).mappings()
        found += [PassageToIndex(passage_of(row), *context[row["passage_version_id"]]) for row in rows]
    return found


def mark_indexed(connection: Connection, version_ids: Sequence[str], fingerprint: str) -> None:
    """The index now holds these versions, unless they changed since they were claimed."""
    for batch in reading.batches(version_ids):
        claimed = _among(batch, IndexState.CLAIMED)
        values = {"index_state": IndexState.INDEXED, "fingerprint": fingerprint}
        connection.execute(update(versions).where(*claimed).values(values))


def stale(connection: Connection, limit: int) -> list[str]:
    """Versions whose points must be deleted: replaced ones, and those of trashed documents."""
    query = select(versions.c.id).where(versions.c.index_state == IndexState.STALE)
    return list(connection.scalars(query.order_by(versions.c.id).limit(limit)))


def mark_removed(connection: Connection, version_ids: Sequence[str]) -> None:
    """The index no longer holds these versions."""
    for batch in reading.batches(version_ids):
        gone = _among(batch, IndexState.STALE)
        connection.execute(update(versions).where(*gone).values(index_state=IndexState.ABSENT, fingerprint=None))


def reset(connection: Connection) -> None:
    """The index is empty: everything readable is to be indexed, nothing is to be deleted."""
    connection.execute(update(versions).values(index_state=IndexState.ABSENT, fingerprint=None))
    current = select(documents.c.current_version_id).where(documents.c.status == Status.ACTIVE)
    connection.execute(update(versions).where(versions.c.id.in_(current)).values(index_state=IndexState.PENDING))
