"""The catalogue's database: transactions, and the border where foreign errors are mapped."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Connection, Engine

from corpus.catalogue.connection import connect, foreign_errors, writer


class _Shared(threading.local):
    """The connection of a snapshot, each thread its own."""

    connection: Connection | None = None


class Database:
    """An open database and its transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = writer(engine)
        self._shared = _Shared()

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
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let what this thread reads within the block share one transaction: cheaper, and of one state on SQLite."""
        with foreign_errors(), self._engine.connect() as connection:
            outer, self._shared.connection = self._shared.connection, connection
            try:
                yield
            finally:
                self._shared.connection = outer

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        if self._shared.connection is not None:
            with foreign_errors():
                yield self._shared.connection
        else:
            with foreign_errors(), self._engine.connect() as connection:
                yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with foreign_errors(), self._writer.begin() as connection:
            yield connection
