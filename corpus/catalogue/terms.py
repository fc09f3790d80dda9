"""The library's own part of the term base, and what a change of it means for the index.

The terms that come with Lunku stay in their file; a row here adds a term, changes one, or rejects it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from corpus.catalogue import reading, writing
from corpus.catalogue.tables import IndexState, documents, passages, terms, versions
from corpus.records import Status
from corpus.terms import Term, TermSource, TermStatus
from corpus.text.folding import fold

REVISION = "terms_revision"
"""Setting that changes with every change of the terms."""

_INDEXED_NAMES = "indexed_terms"
"""Setting that holds the names with which the passages of the index were cut into words."""

_SCANNED_AT_ONCE = 500


def stored(connection: Connection) -> list[Term]:
    """The library's own terms, latest change first; of those found together the most frequent first."""
    order = (terms.c.updated_at.desc(), terms.c.occurrences.desc(), terms.c.text)
    rows = connection.execute(select(terms).order_by(*order)).mappings()
    return [
        Term(
            text=row["text"],
            aliases=tuple(row["aliases"]),
            category=row["category"],
            replaced_by=row["replaced_by"],
            status=TermStatus(row["status"]),
            source=TermSource(row["source"]),
            occurrences=row["occurrences"],
        )
        for row in rows
    ]


def put(connection: Connection, given: Sequence[Term]) -> None:
    """Store terms in place of those of the same text."""
    now = datetime.now(UTC)
    for batch in reading.batches(term.text for term in given):
        connection.execute(delete(terms).where(terms.c.text.in_(batch)))
    rows = [
        {
            "text": term.text,
            "aliases": list(term.aliases),
            "category": term.category,
            "replaced_by": term.replaced_by,
            "status": term.status,
            "source": term.source,
            "occurrences": term.occurrences,
            "updated_at": now,
        }
        for term in given
    ]
    if rows:
        connection.execute(insert(terms), rows)
        writing.set_value(connection, REVISION, now.isoformat())


def passage_texts(connection: Connection) -> Iterator[str]:
    """The passages of current versions of active documents, newest documents first."""
    query = (
        select(passages.c.text)
        .join(documents, documents.c.current_version_id == passages.c.version_id)
        .where(documents.c.status == Status.ACTIVE)
        .order_by(documents.c.created_at.desc(), documents.c.id, passages.c.ordinal)
    )
    yield from connection.execution_options(yield_per=_SCANNED_AT_ONCE).scalars(query)


def indexed_names(connection: Connection) -> frozenset[str] | None:
    """The names with which the passages of the index were cut, or None if that was never recorded."""
    value = reading.value(connection, _INDEXED_NAMES)
    return None if value is None else frozenset(json.loads(value))


def set_indexed_names(connection: Connection, names: Iterable[str]) -> None:
    """Record the names with which passages are cut from now on."""
    writing.set_value(connection, _INDEXED_NAMES, json.dumps(sorted(names), ensure_ascii=False))


def versions_with(connection: Connection, names: Iterable[str]) -> list[str]:
    """Ids of indexed versions whose folded title or text holds one of the folded names."""
    wanted = list(names)
    query = (
        select(versions.c.id, documents.c.title, versions.c.text)
        .join(documents, documents.c.current_version_id == versions.c.id)
        .where(versions.c.index_state.in_([IndexState.INDEXED, IndexState.CLAIMED]))
    )
    found = []
    for identifier, title, text in connection.execution_options(yield_per=_SCANNED_AT_ONCE).execute(query):
        folded = fold(f"{title}\n{text}")
        if any(name in folded for name in wanted):
            found.append(identifier)
    return found


def cut_anew(connection: Connection, version_ids: Sequence[str], since: datetime) -> None:
    """Have versions indexed again, and whatever was added or claimed since: the old terms may have cut it."""
    indexed = versions.c.index_state.in_([IndexState.INDEXED, IndexState.CLAIMED])
    meanwhile = or_(versions.c.index_state == IndexState.CLAIMED, versions.c.created_at >= since)
    affected = (versions.c.id.in_(batch) for batch in reading.batches(version_ids))
    for condition in (meanwhile, *affected):
        connection.execute(update(versions).where(indexed, condition).values(index_state=IndexState.PENDING))
