"""What the requests of one app share."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

import anyio
from anyio import to_thread
from fastapi import Depends, Request
from pydantic import TypeAdapter

from api.background import BackgroundIndexer, Uploads
from api.library import open_index, owner_groups
from api.registration import Registration
from api.search_processes import FoundAsJson, SearchProcesses, process_count
from corpus.catalogue import Catalogue
from corpus.originals import Originals
from corpus.settings import Settings
from search.generation.follow_up import Turn
from search.results import SearchFilters, SearchRequest

if TYPE_CHECKING:
    from search.generation.answering import Event
    from search.searcher import Searcher

SEARCH_THREADS = 2
"""Searches at a time in this process, at least. The engine holds Python's lock while it works, so that more would only
add to the slowest."""

Result = TypeVar("Result")


@dataclass(slots=True)
class ServedLibrary:
    """The library as one server holds it."""

    settings: Settings
    catalogue: Catalogue
    originals: Originals
    searcher: "Searcher"
    registration: Registration
    indexer: BackgroundIndexer
    uploads: Uploads
    token: str | None
    limiter: anyio.CapacityLimiter
    processes: SearchProcesses

    async def search(self, request: SearchRequest, groups: frozenset[str]) -> FoundAsJson:
        """Search in a process of its own if one is free, else in a thread of this one.

        Raises:
            InvalidQuery: the text or a filter cannot be understood.
            StorageError: the engine or the catalogue does not answer.
        """

        def run() -> FoundAsJson:
            found = self.processes.search(request, groups)
            return found or FoundAsJson.of(self.searcher.search(request, groups))

        return await self.computing(run)

    async def searching(self, work: Callable[["Searcher"], Result]) -> Result:
        """Run a search in one of the few search threads."""
        return await self.computing(lambda: work(self.searcher))

    async def encoded(self, work: Callable[["Searcher"], Result], encoder: TypeAdapter[Result]) -> bytes:
        """Run what the searcher does, and write what it found as JSON before leaving its thread."""
        return await self.computing(lambda: encoder.dump_json(work(self.searcher)))

    async def computing(self, work: Callable[[], Result]) -> Result:
        """Run what computes in one of them."""
        return await to_thread.run_sync(work, limiter=self.limiter)

    def answer_events(
        self,
        question: str,
        groups: frozenset[str],
        history: Sequence[Turn] = (),
        filters: SearchFilters = SearchFilters(),  # noqa: B008 - immutable
    ) -> "AsyncIterator[Event]":
        """The answer as it is made. What computes runs in the search threads; waiting for a model does not."""
        return self.searcher.answer_events(question, filters, groups, history, self.computing)

    def noted_answer_events(
        self,
        question: str,
        groups: frozenset[str],
        client: str,
        history: Sequence[Turn] = (),
        filters: SearchFilters = SearchFilters(),  # noqa: B008 - immutable
    ) -> "AsyncIterator[Event]":
        """``answer_events``; a question that is not answered is registered as a gap (``Registration.noting``)."""
        events = self.answer_events(question, groups, history, filters)
        return self.registration.noting(events, question, filters, groups, client)

    def owner_groups(self) -> frozenset[str]:
        """The groups of the data directory's owner."""
        return owner_groups(self.catalogue)


@contextmanager
def open_library(settings: Settings, token: str | None = None) -> Iterator[ServedLibrary]:
    """Open everything that a server needs, and start its background threads.

    Args:
        settings: where the library is, and the groups of requests without credentials.
        token: makes its bearer the owner.

    Raises:
        StorageError: something cannot be opened, or another process owns the index.
    """
    with ExitStack() as stack:
        catalogue = stack.enter_context(Catalogue.open(settings.catalogue_url))
        index = stack.enter_context(open_index(settings, catalogue))
        index.searcher.warm_up()
        originals = Originals(settings.originals_dir)
        indexer = BackgroundIndexer(catalogue, index.indexer)
        uploads = Uploads(catalogue, originals, settings.data_dir / "uploads")
        for thread in (indexer, uploads):
            thread.start()
            stack.callback(thread.stop)
        processes = SearchProcesses(settings, index.engine, index.analyser, process_count(settings))
        processes.start()
        stack.callback(processes.close)
        limiter = anyio.CapacityLimiter(max(SEARCH_THREADS, processes.count))
        registration = Registration(index.searcher.gaps)
        yield ServedLibrary(
            settings, catalogue, originals, index.searcher, registration, indexer, uploads, token, limiter, processes
        )


async def library(request: Request) -> ServedLibrary:
    """The library that the app's lifespan opened. Asynchronous, as every dependency that waits for nothing should be:
    FastAPI sends the others to a thread, which costs more than they do."""
    opened: ServedLibrary = request.state.library
    return opened


LibraryDep = Annotated[ServedLibrary, Depends(library)]
