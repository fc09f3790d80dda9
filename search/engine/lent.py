"""The engine of one process, lent to others for reading.

The embedded engine belongs to one process (``search.engine.lock``). Others ask it over a connection: ``LentEngine`` is
their side, ``answer`` the owner's.
"""

import logging
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, cast

from corpus.errors import LunkuError
from search.engine.interface import EngineReader, Filter, Leg, Point, ScoredPoint

logger = logging.getLogger(__name__)

_METHODS = frozenset({"query", "best_scores", "retrieve", "count", "facet"})


class EngineCall(NamedTuple):
    """A call that a borrower sends to the owner."""

    method: str
    arguments: tuple[Any, ...]


class LentEngine:
    """The engine of the process at the other end. Its errors are raised here. For one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def query(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """As ``EngineReader.query``."""
        found = cast("list[tuple[list[int], list[float]]]", self._ask("query", list(legs)))
        return [list(map(ScoredPoint, ids, scores)) for ids, scores in found]

    def best_scores(self, legs: Sequence[Leg]) -> list[float | None]:
        """As ``EngineReader.best_scores``."""
        return cast("list[float | None]", self._ask("best_scores", list(legs)))

    def retrieve(self, ids: Sequence[int]) -> list[Point]:
        """As ``EngineReader.retrieve``."""
        return cast("list[Point]", self._ask("retrieve", list(ids)))

    def count(self, where: Filter) -> int:
        """As ``EngineReader.count``."""
        return cast("int", self._ask("count", where))

    def facet(self, field: str, where: Filter, limit: int) -> list[tuple[str | int, int]]:
        """As ``EngineReader.facet``."""
        return cast("list[tuple[str | int, int]]", self._ask("facet", field, where, limit))

    def preload(self) -> None:
        """Its owner has done so."""

    def _ask(self, method: str, *arguments: Any) -> object:
        self._connection.send(EngineCall(method, arguments))
        answer = self._connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(engine: EngineReader, call: EngineCall, connection: Connection) -> None:
    """Carry out a borrower's call and send what comes of it, an error too."""

    def found() -> object:
        if call.method not in _METHODS:
            raise ValueError(f"not lent: {call.method}")
        result = getattr(engine, call.method)(*call.arguments)
        if call.method != "query":
            return result
        # Two lists of plain values take half the time of a list of tuples with names.
        return [([point.id for point in leg], [point.score for point in leg]) for leg in result]

    reply(connection, found)


def reply(connection: Connection, work: Callable[[], object]) -> None:
    """Send what ``work`` gives, or the error that it raises: whoever asked waits for one of them.

    Of an error that is not one of ours the text stays here, in the log.

    Raises:
        EOFError, OSError: the connection has ended.
    """
    try:
        answer = work()
    except LunkuError as error:
        answer = error
    except (EOFError, OSError):
        raise
    except Exception as error:
        logger.exception("a call from another process failed")
        answer = RuntimeError(f"{type(error).__name__} in another process; its log has the rest")
    connection.send(answer)
