"""GET /search, GET /suggest and GET /documents/{id}/similar."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from api.http.access import CallerDep
from api.http.gaps import ClientDep
from api.http.state import LibraryDep
from corpus.records import Kind
from search.query import MAX_CHARACTERS
from search.results import Hit, Mode, SearchFilters, SearchRequest, SearchResult, Sort
from search.suggestions import Suggestion

router = APIRouter(tags=["search"])


async def filters(
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


_SUGGESTION = TypeAdapter(Suggestion)
_HITS = TypeAdapter(list[Hit])


def _json(body: bytes) -> Response:
    """JSON that is already written: what searches return is of our own making and needs no validation."""
    return Response(body, media_type="application/json")


@router.get("/search", response_model=SearchResult)
async def search(  # noqa: PLR0913, PLR0917 - the parameters of the query string
    library: LibraryDep,
    caller: CallerDep,
    client: ClientDep,
    chosen: FiltersDep,
    q: str,
    mode: Mode = Mode.HYBRID,
    sort: Sort = Sort.RELEVANCE,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    group: Literal["document"] | None = None,
) -> Response:
    """Passages that match, with facets over everything that matched."""
    request = SearchRequest(q, mode, chosen, sort, limit, offset, group_by_document=group is not None)
    found = await library.search(request, caller.groups)
    await library.registration.searched(q, chosen, found.total, caller.groups, client)
    return _json(found.body)


@router.get("/suggest", response_model=Suggestion)
async def suggest(
    library: LibraryDep,
    caller: CallerDep,
    q: Annotated[str, Query(max_length=MAX_CHARACTERS)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """Names that complete what is being typed, in characters, pinyin or initials; and 是否要找 for a misspelt one."""
    body = await library.encoded(lambda searcher: searcher.suggest(q, caller.groups, limit), _SUGGESTION)
    return _json(body)


@router.get("/documents/{document_id}/similar", response_model=list[Hit])
async def similar(
    library: LibraryDep, caller: CallerDep, document_id: str, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> Response:
    """Documents that are most like this one, best first, each by its nearest passage."""
    await run_in_threadpool(caller.document, library.catalogue, document_id)
    body = await library.encoded(lambda searcher: searcher.similar(document_id, caller.groups, limit), _HITS)
    return _json(body)
