"""What documents are called: those that may be meant, or share a name, are found without reading every title."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from corpus.catalogue.reading import batches, unindexed
from corpus.catalogue.tables import NAME_LENGTH, document_names, documents
from corpus.records import Status
from corpus.text.titles import called, core_title, names_of


def write(connection: Connection, rows: Collection[Mapping[str, Any]], *, new: bool = False) -> None:
    """Note the names of documents, given as their rows; ``new`` ones have none yet."""
    if not new:
        for batch in batches([row["id"] for row in rows]):
            connection.execute(delete(document_names).where(document_names.c.document_id.in_(batch)))
    entries = [
        {"name": name, "document_id": row["id"]}
        for row in rows
        for name in sorted(names(row["title"], row["document_number"]))
    ]
    if entries:
        connection.execute(insert(document_names), entries)


def names(title: str, document_number: str | None) -> set[str]:
    """What a document is called, without its bracket too, which tells versions apart."""
    return {name[:NAME_LENGTH] for name in (document_number, *names_of(title), called(core_title(title))) if name}


def uncertain(connection: Connection) -> list[str]:
    """Ids of the documents that share a name with another, or tell of an end."""
    shared = select(document_names.c.name).group_by(document_names.c.name).having(func.count() > 1)
    found = set(connection.scalars(select(document_names.c.document_id).where(document_names.c.name.in_(shared))))
    return sorted(found.union(connection.scalars(select(documents.c.id).where(documents.c.tells_of_end))))


def named(connection: Connection, wanted: Iterable[str]) -> list[str]:
    """Ids of the documents that have one of the names."""
    found: set[str] = set()
    for batch in batches(sorted({name[:NAME_LENGTH] for name in wanted})):
        found.update(connection.scalars(select(document_names.c.document_id).where(document_names.c.name.in_(batch))))
    return sorted(found)


def bearers(connection: Connection, wanted: Iterable[str], groups: frozenset[str]) -> dict[str, list[str]]:
    """Ids of the active documents that ``groups`` may read, by the names that they have."""
    found: dict[str, list[str]] = defaultdict(list)
    query = (
        select(document_names.c.name, document_names.c.document_id, documents.c.readers)
        .join(documents, documents.c.id == document_names.c.document_id)
        .where(unindexed(documents.c.status, Status.ACTIVE))
    )
    for batch in batches(sorted({name for name in wanted if len(name) <= NAME_LENGTH})):
        for name, identifier, readers in connection.execute(query.where(document_names.c.name.in_(batch))):
            if readers & groups:
                found[name].append(identifier)
    return {name: sorted(identifiers) for name, identifiers in found.items()}
