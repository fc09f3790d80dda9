"""``lunku mcp``: the tools over standard input and output, for the owner of the data directory.

The index stays open between calls that follow each other and is given back as soon as somebody else wants it: a client
keeps its tools running all day, and must not keep the index from others. Where a server owns the index, that is asked.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
from anyio import to_thread
from mcp.server.mcpserver import Context

from api.cli.querying import by_owner
from api.haystack_import import import_haystack
from api.library import owner_groups
from api.mcp.kept import KeptIndex
from api.mcp.tools import build_server, read_text
from api.registration import with_gap
from api.remote import Remote
from corpus.catalogue import Catalogue
from corpus.settings import Settings, load_settings, parse_groups
from search.results import SearchFilters, SearchRequest

if TYPE_CHECKING:
    from search.searcher import Searcher


class OwnedHolder:
    """The library of a data directory. ``groups`` restrict its owner; None is every group."""

    def __init__(self, settings: Settings, groups: str | None) -> None:
        self._settings = settings
        self._groups = groups
        self._kept = KeptIndex()

    def close(self) -> None:
        """Give the index back."""
        self._kept.close()

    async def search(self, _context: Context[Any, Any], request: SearchRequest) -> Any:
        """As GET /search."""
        filters = request.filters
        given = {
            "q": request.text,
            "mode": request.mode,
            "limit": request.limit,
            "kind": filters.kind,
            "organization": filters.organization,
            "date_from": filters.date_from,
            "date_to": filters.date_to,
        }
        return await to_thread.run_sync(
            lambda: self._by_owner(
                lambda searcher, readers: searcher.search(request, readers),
                lambda server: server.get("/search", given),
            )
        )

    async def read(self, _context: Context[Any, Any], document_id: str, start: int, characters: int) -> Any:
        """Part of a document's text."""

        def work() -> dict[str, Any]:
            with Catalogue.open(self._settings.catalogue_url) as catalogue:
                groups = owner_groups(catalogue) if self._groups is None else parse_groups(self._groups)
                return read_text(catalogue, groups, document_id, start, characters)

        return await to_thread.run_sync(work)

    async def ask(self, _context: Context[Any, Any], question: str, filters: SearchFilters) -> Any:
        """As POST /answers."""
        return await to_thread.run_sync(
            lambda: self._by_owner(
                lambda searcher, readers: with_gap(
                    searcher.gaps,
                    question,
                    searcher.answer(question, filters, readers),
                    readers,
                    counted=filters == SearchFilters(),
                ),
                lambda server: server.post("/answers", {"question": question, "filters": {"kind": filters.kind}}),
            )
        )

    async def check_quotes(self, _context: Context[Any, Any], text: str) -> Any:
        """As POST /quote-checks."""
        return await to_thread.run_sync(
            lambda: self._by_owner(
                lambda searcher, readers: searcher.check_quotes(text, readers),
                lambda server: server.post("/quote-checks", {"text": text}),
            )
        )

    def _by_owner(self, here: "Callable[[Searcher, frozenset[str]], Any]", there: Callable[[Remote], Any]) -> Any:
        return by_owner(self._settings, self._groups, here, there, self._kept.using)


def run(groups: str | None, data_dir: Path | None) -> None:
    """Serve the tools until the client goes."""
    import_haystack()
    with closing(OwnedHolder(load_settings(data_dir), groups)) as holder:
        anyio.run(build_server(holder).run_stdio_async)
