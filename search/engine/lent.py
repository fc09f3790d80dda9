"""The engine of one process, lent to others for reading.

The embedded engine belongs to one process (``search.engine.lock``). Others ask it over a connection: ``LentEngine`` is
their side, ``answer`` the owner's.
"""

import logging
from collections.abc import Sequence
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
        found = cast("list[tuple[list[str], list[float]]]", self._ask("query", list(legs)))
        return [list(map(ScoredPoint, ids, scores)) for ids, scores in found]

    def best_scores(self, legs: Sequence[Leg]) -> list[float | None]:
        """As ``EngineReader.best_scores``."""
        return cast("list[float | None]", self._ask("best_scores", list(legs)))

    def retrieve(self, ids: Sequence[str]) -> list[Point]:
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
    if call.method not in _METHODS:
        raise ValueError(f"not lent: {call.method}")
    try:
        found = getattr(engine, call.method)(*call.arguments)
    except LunkuError as error:
        connection.send(error)
        return
    except Exception as error:  # A mistake of ours: the borrower waits for an answer all the same.
        logger.exception("a lent call failed")
        connection.send(RuntimeError(f"{type(error).__name__} in the engine's process; its log has the rest"))
        return
    if call.method == "query":  # Two lists of plain values take half the time of a list of tuples with names.
        found = [([point.id for point in leg], [point.score for point in leg]) for leg in found]
    connection.send(found)
