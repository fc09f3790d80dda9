"""The tools under /mcp of a running server (streamable HTTP, stateless): the reader is who the request says."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.types import ASGIApp

from api.cli.output import to_json
from api.http.access import caller
from api.http.gaps import client_of
from api.http.state import ServedLibrary
from api.mcp.on_demand import PATH
from api.mcp.tools import build_server, read_text
from search.results import SearchFilters, SearchRequest
from search.searcher import last_event


class ServedHolder:
    """The library of a server, read with the groups of each request."""

    def __init__(self, library: ServedLibrary) -> None:
        self._library = library

    async def _groups(self, context: Context[Any, Any]) -> frozenset[str]:
        request = context.request_context.request
        if not isinstance(request, Request):
            return frozenset()
        return (await caller(request, self._library)).groups

    async def search(self, context: Context[Any, Any], request: SearchRequest) -> Any:
        """As GET /search."""
        groups = await self._groups(context)
        return json.loads((await self._library.search(request, groups)).body)

    async def read(self, context: Context[Any, Any], document_id: str, start: int, characters: int) -> Any:
        """Part of a document's text."""
        groups, catalogue = await self._groups(context), self._library.catalogue
        return await self._library.computing(lambda: read_text(catalogue, groups, document_id, start, characters))

    async def ask(self, context: Context[Any, Any], question: str, filters: SearchFilters) -> Any:
        """As POST /answers."""
        groups, request = await self._groups(context), context.request_context.request
        client = await client_of(request) if isinstance(request, Request) else ""
        return to_json(await last_event(self._library.noted_answer_events(question, groups, client, filters=filters)))

    async def check_quotes(self, context: Context[Any, Any], text: str) -> Any:
        """As POST /quote-checks."""
        groups = await self._groups(context)
        return to_json(await self._library.searching(lambda searcher: searcher.check_quotes(text, groups)))


@asynccontextmanager
async def running(library: ServedLibrary) -> AsyncIterator[ASGIApp]:
    """The app that answers under its path for as long as the context is open."""
    server = build_server(ServedHolder(library))
    # Host, origin and size of every request are checked by our own guard.
    checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, transport_security=checked
    )
    async with server.session_manager.run():
        yield app
