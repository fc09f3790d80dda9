"""The catalogue's database: transactions, and the border where foreign errors are mapped."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Self

from sqlalchemy import Connection, Engine

from corpus.catalogue import reading
from corpus.catalogue.connection import connect, foreign_errors, writer
from corpus.catalogue.last_change import LastChange


class Snapshot:
    """A transaction that a thread reads in, and what is asked again and again within it."""

    def __init__(self, connection: Connection, changes: LastChange) -> None:
        self.connection = connection
        self._changes = changes
        self._commits = changes.commits()  # The transaction begins with its first statement, which is yet to come.

    @cached_property
    def last_change(self) -> datetime | None:
        """When a document was last added or changed."""
        return self._changes.seen_by(self.connection, self._commits)


class _Shared(threading.local):
    """The snapshot, each thread its own."""

    snapshot: Snapshot | None = None


class Database:
    """An open database and its transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = writer(engine)
        self._shared = _Shared()
        self._changes = LastChange(engine)

    @classmethod
    def open(cls, url: str, *, mapped: bool = True) -> Self:
        """Open the catalogue at an SQLAlchemy URL; create or migrate it when needed.

        ``mapped``, as for searches, SQLite's file is mapped into memory: what is read of it counts as the process's own
        then, up to ``connection.MAPPED_BYTES``.

        Raises:
            CatalogueUnavailable: it cannot be opened, or a newer program made it.
        """
        return cls(connect(url, mapped=mapped))

    def close(self) -> None:
        """Give the connections back."""
        self._changes.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let what this thread reads within the block share one transaction: cheaper, and of one state on SQLite."""
        with foreign_errors(), self._engine.connect() as connection:
            outer, self._shared.snapshot = self._shared.snapshot, Snapshot(connection, self._changes)
            try:
                yield
            finally:
                self._shared.snapshot = outer

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        if self._shared.snapshot is not None:
            with foreign_errors():
                yield self._shared.snapshot.connection
        else:
            with foreign_errors(), self._engine.connect() as connection:
                yield connection

    def _last_change(self, connection: Connection) -> datetime | None:
        snapshot = self._shared.snapshot
        return reading.last_change(connection) if snapshot is None else snapshot.last_change

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with foreign_errors(), self._writer.begin() as connection:
            yield connection
