"""The catalogue's database: transactions, and the border where foreign errors are mapped."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Connection, Engine

from corpus.catalogue.connection import connect, foreign_errors, writer


class Database:
    """An open database and its transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = writer(engine)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the catalogue at an SQLAlchemy URL; create or migrate it when needed.

        Raises:
            CatalogueUnavailable: it cannot be opened, or a newer program made it.
        """
        return cls(connect(url))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with foreign_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with foreign_errors(), self._writer.begin() as connection:
            yield connection
