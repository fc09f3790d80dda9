"""GET /search and POST /answers."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from api.http.access import CallerDep
from api.http.problems import problem_of
from api.http.state import LibraryDep
from corpus.errors import LunkuError
from corpus.records import Kind
from search.results import Answer, Mode, SearchFilters, SearchRequest, SearchResult, Sort

router = APIRouter(tags=["search"])

MAX_QUESTION = 500
"""Characters in a question."""


def filters(
    kind: Kind | None = None,
    organization: str | None = None,
    course: str | None = None,
    project: str | None = None,
    year: int | None = None,
    date_from: str | None = None,
    date_to: str | None = None,
) -> SearchFilters:
    """Filters from the query string; an empty value is none."""
    return SearchFilters(
        kind=kind,
        organization=organization or None,
        course=course or None,
        project=project or None,
        year=year,
        date_from=date_from or None,
        date_to=date_to or None,
    )


FiltersDep = Annotated[SearchFilters, Depends(filters)]


@router.get("/search")
async def search(  # noqa: PLR0913, PLR0917 - the parameters of the query string
    library: LibraryDep,
    caller: CallerDep,
    chosen: FiltersDep,
    q: str,
    mode: Mode = Mode.HYBRID,
    sort: Sort = Sort.RELEVANCE,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    group: Literal["document"] | None = None,
) -> SearchResult:
    """Passages that match, with facets over everything that matched."""
    request = SearchRequest(q, mode, chosen, sort, limit, offset, group_by_document=group is not None)
    return await library.searching(lambda searcher: searcher.search(request, caller.groups))


class Question(BaseModel):
    """A question and where to look for its answer."""

    question: str = Field(max_length=MAX_QUESTION)
    filters: SearchFilters = SearchFilters()
    stream: bool = False


@router.post("/answers", response_model=Answer)
async def answer(body: Question, library: LibraryDep, caller: CallerDep) -> Answer | Response:
    """Sentences quoted from sources that answer the question, or an abstention with the nearest passages.

    With ``stream`` the answer comes as server-sent events: sources, sentence*, and done or error.
    """

    async def find() -> Answer:
        return await library.searching(lambda searcher: searcher.answer(body.question, body.filters, caller.groups))

    if not body.stream:
        return await find()
    return StreamingResponse(_events(find), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _events(find: Any) -> AsyncIterator[str]:
    try:
        found: Answer = await find()
    except LunkuError as error:
        yield event("error", problem_of(error))
        return
    cited = {citation.passage_id: citation for sentence in found.sentences for citation in sentence.citations}
    yield event("sources", [asdict(citation) for citation in cited.values()])
    for sentence in found.sentences:
        yield event("sentence", asdict(sentence))
    nearest = [asdict(hit) for hit in found.nearest]
    yield event("done", {"status": found.status, "nearest": nearest, "reason": found.reason})


def event(name: str, data: Any) -> str:
    """A server-sent event with a JSON body on one line."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
