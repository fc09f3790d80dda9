"""Documents whose text is the same as another's, or nearly so.

A version is stored with the keys of its MinHash bands; those that share a key are looked up and compared exactly.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, func, select

from corpus.catalogue import reading
from corpus.catalogue.tables import bands, documents, versions
from corpus.catalogue.views import AlikeDocument
from corpus.likeness import ALIKE, Likeness, shared
from corpus.records import Status

_CANDIDATES = 20
"""Documents that are compared exactly, those with most keys in common first."""

_LOOKED_UP = 200
"""Versions with a key in common that are looked at: old ones and those that the reader may not see are among them."""


def rows_of(version_id: str, found: Likeness | None) -> list[dict[str, str | int]]:
    """Rows of ``bands`` for a version."""
    return [{"version_id": version_id, "key": key} for key in sorted(set(found.bands))] if found else []


def alike(connection: Connection, document_id: str, groups: frozenset[str] | None) -> list[AlikeDocument]:
    """Other active documents that ``groups`` may read and whose text is like this one's, the most alike first."""
    here = select(versions.c.id, versions.c.letters, versions.c.text).join(
        documents, documents.c.current_version_id == versions.c.id
    )
    row = connection.execute(here.where(documents.c.id == document_id)).one_or_none()
    if row is None or row.letters is None:
        return []
    candidates = _readable(connection, _candidates(connection, row.id, row.letters), groups)
    found = [_compared(other, row.letters, row.text) for other in _loaded(connection, candidates[:_CANDIDATES])]
    return sorted((item for item in found if item.share >= ALIKE), key=lambda item: (-item.share, item.document_id))


def _candidates(connection: Connection, version_id: str, letters: str) -> list[str]:
    """Versions with the same letters, then those that share keys, most keys first."""
    same = select(versions.c.id).where(versions.c.letters == letters, versions.c.id != version_id)
    keys = list(connection.scalars(select(bands.c.key).where(bands.c.version_id == version_id)))
    near = (
        select(bands.c.version_id)
        .where(bands.c.key.in_(keys), bands.c.version_id != version_id)
        .group_by(bands.c.version_id)
        .order_by(func.count().desc(), bands.c.version_id)
        .limit(_LOOKED_UP)
    )
    return list(dict.fromkeys((*connection.scalars(same.order_by(versions.c.id)), *connection.scalars(near))))


def _readable(connection: Connection, version_ids: list[str], groups: frozenset[str] | None) -> list[str]:
    """Those that are current, of active documents that ``groups`` may read, in the same order."""
    allowed: set[str] = set()
    for batch in reading.batches(version_ids):
        query = select(documents.c.current_version_id).where(
            documents.c.current_version_id.in_(batch), documents.c.status == Status.ACTIVE
        )
        if groups is not None:
            query = query.where(reading.readable(connection, groups))
        allowed.update(connection.scalars(query))
    return [identifier for identifier in version_ids if identifier in allowed]


def _loaded(connection: Connection, version_ids: list[str]) -> Sequence[RowMapping]:
    columns = (versions.c.letters, versions.c.file_name, versions.c.media_type, versions.c.text)
    query = select(documents.c.id, documents.c.title, *columns).join(
        versions, versions.c.id == documents.c.current_version_id
    )
    return connection.execute(query.where(versions.c.id.in_(version_ids))).mappings().all()


def _compared(other: RowMapping, letters: str, text: str) -> AlikeDocument:
    same = other["letters"] == letters
    share = 1.0 if same else shared(text, other["text"])
    return AlikeDocument(other["id"], other["title"], other["file_name"], other["media_type"], round(share, 3), same)
