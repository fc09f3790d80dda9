"""The tools under /mcp, built at their first request: the official SDK takes nearly two seconds to import."""

import importlib

import anyio
from anyio import TASK_STATUS_IGNORED, to_thread
from anyio.abc import TaskStatus
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.state import ServedLibrary

PATH = "/mcp"


class ToolsOnDemand:
    """An ASGI app. ``serve`` must run as long as it gets requests: what it builds ends with it."""

    _asked: anyio.Event
    _ready: anyio.Event
    _app: ASGIApp

    def __init__(self, library: ServedLibrary) -> None:
        self._library = library

    async def serve(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Wait for the first request, build the tools and keep them. Started once requests can come."""
        self._asked, self._ready = anyio.Event(), anyio.Event()
        task_status.started()
        await self._asked.wait()
        mounted = await to_thread.run_sync(importlib.import_module, "api.mcp.mounted")
        async with mounted.running(self._library) as self._app:
            self._ready.set()
            await anyio.sleep_forever()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        self._asked.set()
        await self._ready.wait()
        await self._app(scope, receive, send)
