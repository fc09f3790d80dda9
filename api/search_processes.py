"""Searching in processes of their own, so that many searches at once keep every core busy.

Python runs one thread at a time, and the embedded engine holds its lock while it works. A server leaves what a search
does beside asking the engine, some two thirds of its time, to other processes; they borrow its engine
(``search.engine.lent``) and read the same catalogue. Until they are up, and where one of them has died, the server
searches itself: nothing depends on them.
"""

import logging
import os
import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Self

from pydantic import TypeAdapter

from api import own_process
from corpus.errors import LunkuError
from corpus.settings import Settings
from corpus.text.analyser import Analyser
from search.engine.interface import EngineReader
from search.engine.lent import EngineCall, answer
from search.results import SearchRequest, SearchResult

logger = logging.getLogger(__name__)

MOST = 4
"""Processes unless the settings name a number: more of them wait for the engine, which answers one at a time."""


_RESULT = TypeAdapter(SearchResult)


class ProcessLost(Exception):
    """A process ended before it had answered."""


@dataclass(frozen=True, slots=True)
class FoundAsJson:
    """A search's result as GET /search writes it, and its ``total``."""

    body: bytes
    total: int

    @classmethod
    def of(cls, found: SearchResult) -> Self:
        """The result as JSON; of our own making, it needs no validation."""
        return cls(_RESULT.dump_json(found), found.total)

    def decoded(self) -> SearchResult:
        """The result itself."""
        return _RESULT.validate_json(self.body)


@dataclass(frozen=True, slots=True)
class Search:
    """A search to be carried out; ``terms`` is the hash of the terms by which queries are cut now."""

    request: SearchRequest
    groups: frozenset[str]
    terms: str


def process_count(settings: Settings) -> int:
    """How many processes a server starts: one more than there are cores, as one of them waits for the engine, up to
    ``MOST``; none where there is one core.

    None either where a model of its own is configured, which keeps the cores busy and is too large to load for each.
    """
    if settings.search_processes is not None:
        return settings.search_processes
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or settings.embedding_model or settings.reranker_model:
        return 0
    return min(cores + 1, MOST)


class SearchProcesses:
    """The search processes of one server. Safe to use from several threads."""

    def __init__(self, settings: Settings, engine: EngineReader, analyser: Analyser, count: int) -> None:
        self.count = count
        self._settings, self._engine, self._analyser = settings, engine, analyser
        self._free: SimpleQueue[_SearchProcess] = SimpleQueue()
        self._all: list[_SearchProcess] = []
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Start the processes; returns at once. They take a second or two to be of use."""
        for _ in range(self.count):
            self._start_another()

    def _start_another(self) -> None:
        threading.Thread(target=self._start_one, name="search-process", daemon=True).start()

    def _start_one(self) -> None:
        with self._lock:
            if self._closed:
                return
            process = _SearchProcess(self._settings)
            self._all.append(process)
        try:
            process.wait_until_ready(self._engine)
        except (ProcessLost, LunkuError):
            if not self._closed:
                logger.exception("a search process could not start; the server searches itself")
            return
        self._free.put(process)

    def search(self, request: SearchRequest, groups: frozenset[str]) -> FoundAsJson | None:
        """Search in one of the processes; None where none of them is free.

        Raises:
            InvalidQuery: the text or a filter cannot be understood.
            EngineUnavailable: the engine does not answer.
            CatalogueUnavailable: the catalogue cannot be read.
        """
        try:
            process = self._free.get_nowait()
        except Empty:
            return None
        lost = False
        try:
            return process.search(self._engine, Search(request, groups, self._analyser.terms.hash))
        except ProcessLost:
            lost = True
            self._replace(process)
            return None
        finally:
            if not lost:
                self._free.put(process)

    def _replace(self, process: "_SearchProcess") -> None:
        process.kill()
        with self._lock:
            if self._closed:
                return
            self._all.remove(process)
        logger.warning("a search process has ended; another one takes its place")
        self._start_another()

    def close(self) -> None:
        """End the processes. They only read."""
        with self._lock:
            self._closed = True
        for process in self._all:
            process.kill()


class _SearchProcess:
    """One process, seen from the server."""

    def __init__(self, settings: Settings) -> None:
        self._process, self._connection = own_process.start("api.search_worker")
        self._settings = settings

    def wait_until_ready(self, engine: EngineReader) -> None:
        self._ask(engine, self._settings)

    def search(self, engine: EngineReader, search: Search) -> FoundAsJson:
        found = self._ask(engine, search)
        assert isinstance(found, FoundAsJson)
        return found

    def _ask(self, engine: EngineReader, message: object) -> object:
        """What the process answers in the end; meanwhile its own calls of the engine are answered."""
        try:
            self._connection.send(message)
            while isinstance(received := self._connection.recv(), EngineCall):
                answer(engine, received, self._connection)
        except (EOFError, OSError) as error:
            raise ProcessLost from error
        if isinstance(received, Exception):
            raise received
        return received

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
