"""The pages' addresses."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.http.access import CallerDep, CuratorDep
from api.http.documents import MAX_FILES, accept
from api.http.jobs import FINISHED
from api.http.pages.reading import paragraphs
from api.http.pages.rendering import render
from api.http.pages.searching import choice
from api.http.state import LibraryDep
from corpus.catalogue import has_hidden_fields, visible_fields, visible_text
from corpus.records import Kind

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

LIST_SIZE = 50


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
        kind=choice(kind, Kind),
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
        "past": library.searcher.past(document.id, caller.groups),
        "prolonged": library.searcher.prolonged(document.id, caller.groups),
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
    chosen = choice(kind, Kind)
    job = await run_in_threadpool(accept, library, files, chosen, readers)
    return RedirectResponse(f"/jobs/{quote(job)}", status_code=303)


@router.get("/jobs/{job_id}")
def job_page(request: Request, job_id: str, library: LibraryDep, caller: CuratorDep) -> HTMLResponse:
    """How a job goes; the page reloads itself until it is over."""
    job = library.catalogue.job(job_id)
    context = {"job": job, "finished": job.status in FINISHED, "curates": True}
    return render(request, "job.html", context)
