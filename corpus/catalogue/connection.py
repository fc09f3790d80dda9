"""Opening the database: dialect differences, the schema revision, and the border where foreign errors are mapped.

SQLite runs in WAL mode with synchronous=FULL: one fsync per committed batch, so that a finished document survives
a power loss and not only kill -9 (with NORMAL the last commits could be lost). One transaction holds a whole batch,
so the fsync does not count against the speed.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from corpus.catalogue.tables import HEAD
from corpus.errors import CatalogueUnavailable

BUSY_SECONDS = 60
"""How long a writer waits for another one."""

_RETRY_SECONDS = 0.02

MAPPED_BYTES = 256 * 2**20
"""Of an SQLite file that are mapped: that halves the time of the look-ups that every search makes."""

_CACHED_BYTES = 32 * 2**20
"""Of pages that a transaction writes; with SQLite's 2 MB a batch of 1,000 versions writes many of them twice."""

_CHECKPOINT_PAGES = 4_096
"""Pages in the log (16 MB) from which on it is written back; with SQLite's 1,000 the same pages are, over and over."""

_MIGRATION_LOCK = 0x6C756E6B75  # "lunku": any number no other program on the server uses


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Map what SQLAlchemy and the drivers raise."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise CatalogueUnavailable(f"目录库无法使用：{cause}。请运行 lunku doctor 查明原因") from error


def connect(url: str, *, mapped: bool = True) -> Engine:
    """An engine whose schema is up to date; ``mapped`` as for ``Database.open``.

    Raises:
        CatalogueUnavailable: the database cannot be opened, or is newer than this program.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise CatalogueUnavailable("目录库地址有误，请检查 LUNKU_DATABASE_URL") from error
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database:
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogueUnavailable(f"数据目录无法创建：{error}") from error
    with foreign_errors():
        engine = create_engine(
            parsed,
            json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
            connect_args={"timeout": BUSY_SECONDS} if sqlite else {},
        )
        if sqlite:
            _configure_sqlite(engine, MAPPED_BYTES if mapped else 0)
        _upgrade(engine)
    return engine


def writer(engine: Engine) -> Engine:
    """The same engine for writing: SQLite takes its write lock at once instead of failing half-way for it."""
    return engine.execution_options(writing=True)


def _configure_sqlite(engine: Engine, mapped_bytes: int) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # The driver's own BEGIN would leave DDL and reads outside transactions.
        _keep_log(connection)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            f"mmap_size={mapped_bytes}",
            f"cache_size={-_CACHED_BYTES // 1024}",
            f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writing", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # Takes no lock, so that it cannot fail: by the driver alone in a tenth of a millisecond less.
            connection.connection.cursor().execute("BEGIN")


def _keep_log(connection: sqlite3.Connection) -> None:
    """WAL mode, which the file keeps. SQLite waits for no other process when it changes the mode: of several that open
    a new catalogue at once one does, and the rest must ask again.

    Raises:
        sqlite3.OperationalError: the file is locked for ``BUSY_SECONDS``, or cannot be written.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)


def revision(connection: Connection) -> str | None:
    """The schema revision stamped by Alembic, or None in an empty database."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(engine: Engine) -> None:
    """Migrate to HEAD. Alembic is imported only when there is something to do: it would slow every command."""
    with engine.connect() as connection:
        if revision(connection) == HEAD:
            return
    with writer(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if revision(connection) != HEAD:  # Another process may have migrated while this one waited.
            from corpus.catalogue.migrations import upgrade

            upgrade(connection)
