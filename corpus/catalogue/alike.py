"""Documents whose text is the same as another's, or nearly so.

A version is stored with the keys of its MinHash bands; those that share a key are looked up and compared exactly.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, RowMapping, Select, func, select

from corpus.catalogue import reading
from corpus.catalogue.tables import bands, documents, versions
from corpus.catalogue.views import AlikeDocument
from corpus.likeness import ALIKE, Likeness, shared, shingles
from corpus.records import Status

_CANDIDATES = 20
"""Documents that are compared exactly, those with most keys in common first."""

_LOOKED_UP = 200
"""Versions with a key in common that are looked at: old ones and those that the reader may not see are among them."""


def rows_of(version_id: str, found: Likeness | None) -> list[dict[str, str | int]]:
    """Rows of ``bands`` for a version."""
    return [{"version_id": version_id, "key": key} for key in found.bands] if found else []


def alike(
    connection: Connection, document_ids: Sequence[str], groups: frozenset[str] | None
) -> dict[str, list[AlikeDocument]]:
    """For each document that has any: other active ones that ``groups`` may read and whose text is like its own, the
    most alike first."""
    here = select(documents.c.id, versions.c.id.label("version_id"), versions.c.letters, versions.c.band_keys).join(
        versions, versions.c.id == documents.c.current_version_id
    )
    rows: list[RowMapping] = []
    for batch in reading.batches(document_ids):
        rows += connection.execute(here.where(documents.c.id.in_(batch), versions.c.letters.is_not(None))).mappings()
    candidates = _allowed(connection, _candidates(connection, rows), groups)
    found = {}
    for row in rows:
        others = candidates[row["version_id"]]
        if others and (same := _compared(connection, row, others)):
            found[row["id"]] = same
    return found


def copies(connection: Connection) -> dict[str, str]:
    """The active documents whose text another one has too, in another format or place, each with its text's hash."""
    several = select(versions.c.letters).where(versions.c.letters.is_not(None)).group_by(versions.c.letters)
    # Step by step, each by an index: one query of all would go through every document.
    letters: dict[str, str] = {}
    for batch in reading.batches(connection.scalars(several.having(func.count() > 1)).all()):
        rows = connection.execute(select(versions.c.id, versions.c.letters).where(versions.c.letters.in_(batch)))
        letters |= {row.id: row.letters for row in rows}
    found: dict[str, str] = {}
    for batch in reading.batches(letters):
        current = select(documents.c.id, documents.c.current_version_id, documents.c.status)
        rows = connection.execute(current.where(documents.c.current_version_id.in_(batch)))
        found |= {row.id: letters[row.current_version_id] for row in rows if row.status == Status.ACTIVE}
    held = Counter(found.values())
    return {identifier: letters for identifier, letters in found.items() if held[letters] > 1}


def _candidates(connection: Connection, rows: Sequence[RowMapping]) -> dict[str, list[str]]:
    """For each version those with the same letters, then those that share keys, most keys first."""
    found: dict[str, dict[str, None]] = {row["version_id"]: {} for row in rows}
    for batch in reading.batches(found):
        for version, other in connection.execute(_same_letters(batch)):
            found[version][other] = None
    for version, counts in _sharing_keys(connection, rows).items():
        counts.pop(version, None)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        found[version] |= dict.fromkeys(other for other, _ in ranked[:_LOOKED_UP])
    return {version: list(others) for version, others in found.items()}


def _same_letters(version_ids: Sequence[str]) -> Select[str, str]:
    other = versions.alias()
    return (
        select(versions.c.id, other.c.id)
        .join(other, (other.c.letters == versions.c.letters) & (other.c.id != versions.c.id))
        .where(versions.c.id.in_(version_ids))
        .order_by(versions.c.id, other.c.id)
    )


def _sharing_keys(connection: Connection, rows: Sequence[RowMapping]) -> dict[str, Counter[str]]:
    """For each version how many of its keys others have, itself among them."""
    holders: dict[int, list[Counter[str]]] = {}
    counts: dict[str, Counter[str]] = {row["version_id"]: Counter() for row in rows}
    for row in rows:
        for key in row["band_keys"] or ():
            holders.setdefault(key, []).append(counts[row["version_id"]])
    for batch in reading.batches(holders):
        for key, other in connection.execute(select(bands.c.key, bands.c.version_id).where(bands.c.key.in_(batch))):
            for count in holders[key]:
                count[other] += 1
    return counts


def _allowed(
    connection: Connection, ranked: dict[str, list[str]], groups: frozenset[str] | None
) -> dict[str, list[str]]:
    """For each version the first ``_CANDIDATES`` that ``groups`` may read. Few are asked for at a time: of a text that
    hundreds have the first ones will do."""
    found: dict[str, list[str]] = {version: [] for version in ranked}
    for start in range(0, max(map(len, ranked.values()), default=0), _CANDIDATES):
        asked = {
            version: others[start : start + _CANDIDATES]
            for version, others in ranked.items()
            if len(found[version]) < _CANDIDATES
        }
        allowed = _readable(connection, set(chain.from_iterable(asked.values())), groups)
        for version, others in asked.items():
            found[version] += [other for other in others if other in allowed]
    return {version: others[:_CANDIDATES] for version, others in found.items()}


def _readable(connection: Connection, version_ids: Collection[str], groups: frozenset[str] | None) -> set[str]:
    """Those that are current, of active documents that ``groups`` may read.

    Their readers are compared here: SQLite would walk its index on readers, too, instead of looking the versions up.
    """
    allowed: set[str] = set()
    active = select(documents.c.current_version_id, documents.c.readers).where(
        reading.unindexed(documents.c.status, Status.ACTIVE)
    )
    for batch in reading.batches(version_ids):
        for version, readers in connection.execute(active.where(documents.c.current_version_id.in_(batch))):
            if groups is None or readers & groups:
                allowed.add(version)
    return allowed


def _compared(connection: Connection, row: RowMapping, version_ids: list[str]) -> list[AlikeDocument]:
    """Those of the versions whose text is like that of ``row``, the most alike first."""
    text = connection.execute(select(versions.c.text).where(versions.c.id == row["version_id"])).scalar_one()
    own = shingles(text)
    columns = (versions.c.letters, versions.c.file_name, versions.c.media_type, versions.c.text)
    query = select(documents.c.id, documents.c.title, *columns).join(
        versions, versions.c.id == documents.c.current_version_id
    )
    others = connection.execute(query.where(versions.c.id.in_(version_ids))).mappings()
    found = [_likened(other, row["letters"], own) for other in others]
    return sorted((item for item in found if item.share >= ALIKE), key=lambda item: (-item.share, item.document_id))


def _likened(other: RowMapping, letters: str, own: NDArray[np.uint64]) -> AlikeDocument:
    same = other["letters"] == letters
    share = 1.0 if same else shared(own, shingles(other["text"]))
    return AlikeDocument(other["id"], other["title"], other["file_name"], other["media_type"], round(share, 3), same)
