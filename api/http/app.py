"""The app over an opened library."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypedDict

import anyio
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import Route

from api.http import (
    answers,
    documents,
    gaps,
    health,
    jobs,
    openai,
    pages,
    problems,
    quote_checks,
    references,
    search,
    terms,
)
from api.http.guard import Guard
from api.http.pages import asking, questions, quotes, reports, searching
from api.http.pages import references as references_pages
from api.http.pages import terms as terms_pages
from api.http.state import ServedLibrary
from api.mcp.on_demand import PATH, ToolsOnDemand
from corpus.errors import InvalidSetting
from corpus.records import PUBLIC
from corpus.settings import Settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class State(TypedDict):
    """What requests find in ``request.state``."""

    library: ServedLibrary


def create_app(library: ServedLibrary, on_ready: Callable[[], None] = lambda: None) -> FastAPI:
    """The app over a library, which stays the caller's to close. ``on_ready`` is called when requests are answered.

    Raises:
        InvalidSetting: the address can be reached by others while requests without credentials see more than
            public documents.
    """
    check_exposure(library.settings)
    tools = ToolsOnDemand(library)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        async with anyio.create_task_group() as tasks:
            await tasks.start(tools.serve)
            on_ready()
            yield {"library": library}
            tasks.cancel_scope.cancel()

    app = FastAPI(title="论库", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.add_middleware(Guard, local_only=library.settings.anonymous != {PUBLIC})
    problems.install(app)
    for module in (search, answers, gaps, quote_checks, documents, references, jobs, terms, health):
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(openai.router)
    app.include_router(searching.router)
    app.include_router(pages.router)
    app.include_router(asking.router)
    app.include_router(questions.router)
    app.include_router(reports.router)
    app.include_router(quotes.router)
    app.include_router(terms_pages.router)
    app.include_router(references_pages.router)
    app.router.routes.append(Route(PATH, tools))
    app.mount("/static", StaticFiles(directory=Path(pages.__file__).parent / "static"))
    return app


def check_exposure(settings: Settings) -> None:
    """Refuse to show more than public documents to whoever can reach the address."""
    if settings.host not in LOOPBACK and settings.anonymous != {PUBLIC}:
        raise InvalidSetting(
            f"监听地址 {settings.host} 可从其他机器访问，而未登录请求属于 {settings.anonymous_groups}。"
            "请把 LUNKU_HOST 设为 127.0.0.1，或把 LUNKU_ANONYMOUS_GROUPS 设为 public"
        )
