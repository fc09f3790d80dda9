"""The catalogue's tables. Only types that SQLite and PostgreSQL both have."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

HEAD = "0009"
"""Revision of this schema. A test holds it equal to the head of the migrations; opening compares it without Alembic."""


class IndexState(StrEnum):
    """What the search index holds of a version."""

    PENDING = "pending"
    """To be indexed, for the first time or again."""
    CLAIMED = "claimed"
    """Handed to the indexer. A change meanwhile makes it pending again, so that no change is taken for indexed."""
    INDEXED = "indexed"
    STALE = "stale"
    """Replaced or trashed; its points are to be deleted."""
    ABSENT = "absent"
    """Not in the index and not to be."""


@lru_cache(maxsize=1_024)
def _groups(value: str) -> frozenset[str]:
    """A handful of sets are read over and over: decoding them each time would cost more than the query."""
    return frozenset(json.loads(value))


class Groups(TypeDecorator[frozenset[str]]):
    """A set of group names as a sorted JSON list: equal sets are equal strings, so SQL can compare them exactly."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else json.dumps(sorted(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        """From the database."""
        return None if value is None else _groups(value)


class Moment(TypeDecorator[datetime]):
    """A point in time, stored in UTC; SQLite would forget the time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else value.replace(tzinfo=UTC)


class Keys(TypeDecorator[tuple[int, ...]]):
    """Keys of MinHash bands, 56 bits each, one after the other."""

    impl = LargeBinary
    cache_ok = True
    _bytes = 7

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> bytes | None:
        """To the database."""
        return None if value is None else b"".join(key.to_bytes(self._bytes) for key in value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> tuple[int, ...] | None:
        """From the database."""
        if value is None:
            return None
        return tuple(int.from_bytes(value[at : at + self._bytes]) for at in range(0, len(value), self._bytes))


metadata = MetaData()

NAME_LENGTH = 200


documents = Table(
    "documents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("readers", Groups, nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("source", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    # No foreign key: documents and versions would need each other to exist first.
    Column("current_version_id", String(36), nullable=False, unique=True),
    Column("issued_on", Date),
    Column("organization", Text),
    Column("document_number", Text),
    Column("year", Integer),
    Column("course", Text),
    Column("project", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    # Whether title or fields say something of an end, its own or another's.
    Column("tells_of_end", Boolean, nullable=False, index=True),
    Index("ix_documents_status_updated_at", "status", "updated_at"),
)

# What documents are called by others, cut to ``NAME_LENGTH``: to find those that may be meant, not to tell them apart.
document_names = Table(
    "document_names",
    metadata,
    Column("name", String(NAME_LENGTH), primary_key=True),
    Column("document_id", String(36), ForeignKey("documents.id"), primary_key=True, index=True),
)

versions = Table(
    "versions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("document_id", String(36), ForeignKey("documents.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("media_type", Text, nullable=False),
    Column("index_state", String(16), nullable=False, index=True),
    # Fingerprint of the index that holds this version.
    Column("fingerprint", Text),
    Column("created_at", Moment, nullable=False),
    # Long columns last: SQLite reads through a row from its start.
    Column("fields", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("text", Text, nullable=False),
    # As ingest found them; ``documents`` has them as they were set by hand.
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("readers", Groups, nullable=False),
    # Hash of the text's letters, for the same text in another format; none for a text too short to be compared.
    Column("letters", String(64), index=True),
    Column("band_keys", Keys),
)

# The versions by each of their band keys. Keys come in no order, so that every row is a page to be written: the table
# is nothing but its primary key, and what keys a version has stands with the version.
bands = Table(
    "bands",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("version_id", String(36), ForeignKey("versions.id"), primary_key=True),
    sqlite_with_rowid=False,
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", String(36), ForeignKey("documents.id"), nullable=False, index=True),
    Column("name", String(40), nullable=False),
    Column("value", JSON, nullable=False),
    Column("previous", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("undone_by", Text),
    Column("undone_at", Moment),
)

sections = Table(
    "sections",
    metadata,
    Column("version_id", String(36), ForeignKey("versions.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("parent", Integer),
    Column("level", Integer, nullable=False),
    Column("style", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    # Made of the id (``corpus.identifiers.passage_number``), which is not looked up itself.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False),
    Column("version_id", String(36), ForeignKey("versions.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("path", JSON, nullable=False),
    # A copy of the version's text[start:end]: a hit is shown without loading whole versions.
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("page", Integer),
    Column("paragraph", Integer),
    Column("flags", JSON, nullable=False),
    # Of text recognised in an image, 0 to 1.
    Column("confidence", Float),
    Index("ix_passages_version_id_ordinal", "version_id", "ordinal", unique=True),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("outcomes", JSON, nullable=False),
    Column("detail", Text),
    Column("created_at", Moment, nullable=False, index=True),
    Column("updated_at", Moment, nullable=False),
)

# What a library adds to the terms that come with Lunku, or changes or rejects of them.
terms = Table(
    "terms",
    metadata,
    Column("text", String(64), primary_key=True),
    Column("aliases", JSON, nullable=False),
    Column("category", Text, nullable=False),
    Column("replaced_by", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("source", String(16), nullable=False),
    Column("occurrences", Integer, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("status", String(16), nullable=False),
    # A curator's answer to those who asked; empty while the gap is open.
    Column("note", Text, nullable=False),
    Column("document_id", String(36), ForeignKey("documents.id")),
    # How often the question came up, by cause.
    Column("abstained", Integer, nullable=False),
    Column("no_hits", Integer, nullable=False),
    Column("thumbs_down", Integer, nullable=False),
    Column("requested", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Index("ix_gaps_status_asked_at", "status", "asked_at"),
)

gap_wordings = Table(
    "gap_wordings",
    metadata,
    # Also the receipt of whoever asked in these words: it tells nothing but what they wrote and what became of it.
    Column("id", String(36), primary_key=True),
    Column("gap_id", String(36), ForeignKey("gaps.id"), nullable=False, index=True),
    # Hash of the folded text.
    Column("key", String(64), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
)

accepted_pairs = Table(
    "accepted_pairs",
    metadata,
    Column("key", String(64), primary_key=True),
    # No foreign key: a pair outlives the version that its passage was of.
    Column("passage_id", String(36), primary_key=True),
    Column("question", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("count", Integer, nullable=False),
    Column("accepted_at", Moment, nullable=False, index=True),
)
