"""The pages' addresses."""

from enum import StrEnum
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.http.access import CallerDep, CuratorDep
from api.http.documents import MAX_FILES, accept
from api.http.gaps import ClientDep
from api.http.jobs import FINISHED
from api.http.pages.reading import paragraphs
from api.http.pages.rendering import render
from api.http.state import LibraryDep
from corpus.catalogue import has_hidden_fields, visible_fields, visible_text
from corpus.errors import InputError
from corpus.records import Kind
from search.results import Mode, SearchFilters, SearchRequest, SearchResult, Sort

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

PAGE_SIZE = 10
LIST_SIZE = 50


Choice = TypeVar("Choice", bound=StrEnum)


def _choice(text: str, choices: type[Choice]) -> Choice | None:
    """A form's choice; None for the empty string that a form sends, and for what people make of an address."""
    return choices(text) if text in set(choices) else None


@router.get("/")
async def search_page(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    client: ClientDep,
    q: str = "",
    mode: str = "",
    kind: str = "",
    organization: str = "",
    date_from: str = "",
    date_to: str = "",
    sort: str = "",
    page: Annotated[int, Query(ge=1, le=100)] = 1,
) -> HTMLResponse:
    """Search: the form, and the hits when something was asked."""
    form = {
        "q": q.strip(),
        "mode": _choice(mode, Mode) or "",
        "kind": _choice(kind, Kind) or "",
        "organization": organization.strip(),
        "date_from": date_from,
        "date_to": date_to,
        "sort": _choice(sort, Sort) or "",
    }
    context: dict[str, Any] = {"form": form, "page": page, "page_size": PAGE_SIZE, "result": None, "error": None}
    if form["q"]:
        filters = SearchFilters(
            kind=form["kind"] or None,
            organization=form["organization"] or None,
            date_from=date_from or None,
            date_to=date_to or None,
        )
        asked = SearchRequest(
            form["q"],
            _choice(mode, Mode) or Mode.HYBRID,
            filters,
            _choice(sort, Sort) or Sort.RELEVANCE,
            PAGE_SIZE,
            (page - 1) * PAGE_SIZE,
        )
        try:
            found: SearchResult = await library.searching(lambda searcher: searcher.search(asked, caller.groups))
            await run_in_threadpool(library.registration.searched, form["q"], filters, found, caller.groups, client)
            context["result"] = found
        except InputError as error:
            context["error"] = error.detail
    context["curates"] = caller.curates
    return render(request, "search.html", context, status=422 if context["error"] else 200)


@router.get("/documents")
def documents_page(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    q: str = "",
    kind: str = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> HTMLResponse:
    """The list of documents, with the upload form for curators."""
    found, total = library.catalogue.documents(
        caller.groups,
        kind=_choice(kind, Kind),
        query=q.strip() or None,
        limit=LIST_SIZE,
        offset=(page - 1) * LIST_SIZE,
    )
    context = {"documents": found, "total": total, "form": {"q": q, "kind": kind}, "page": page}
    return render(request, "documents.html", {**context, "page_size": LIST_SIZE, "curates": caller.curates})


@router.get("/documents/{document_id}")
def document_page(
    request: Request, document_id: str, library: LibraryDep, caller: CallerDep, passage: str | None = None
) -> HTMLResponse:
    """The reading view, with one passage marked."""
    document = caller.document(library.catalogue, document_id)
    version = library.catalogue.version(document.id)
    text = visible_text(version, caller.groups)
    context = {
        "document": document,
        "version": version,
        "visible": visible_fields(version.fields, caller.groups),
        "original_open": not has_hidden_fields(version, caller.groups),
        "paragraphs": paragraphs(text, version.sections, library.catalogue.passages_of(version.id), passage),
        "outline": [section for section in version.sections if section.level <= 2],
        "curates": caller.curates,
    }
    return render(request, "document.html", context)


@router.post("/upload")
async def upload(
    library: LibraryDep,
    caller: CuratorDep,
    files: Annotated[list[UploadFile], File(max_length=MAX_FILES)],
    kind: Annotated[str, Form()] = "",
    readers: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Queue uploaded files and show their job."""
    chosen = _choice(kind, Kind)
    job = await run_in_threadpool(accept, library, files, chosen, readers)
    return RedirectResponse(f"/jobs/{quote(job)}", status_code=303)


@router.get("/jobs/{job_id}")
def job_page(request: Request, job_id: str, library: LibraryDep, caller: CuratorDep) -> HTMLResponse:
    """How a job goes; the page reloads itself until it is over."""
    job = library.catalogue.job(job_id)
    context = {"job": job, "finished": job.status in FINISHED, "curates": True}
    return render(request, "job.html", context)
