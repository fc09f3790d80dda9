"""The page of the ingest report, and the forms that correct what ingest read."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.http.access import CallerDep, CuratorDep
from api.http.pages.rendering import render
from api.http.state import LibraryDep
from api.reporting import report_on

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, prefix="/documents/{document_id}")


@router.get("/report")
def report_page(
    request: Request, document_id: str, library: LibraryDep, caller: CallerDep, version: int | None = None
) -> HTMLResponse:
    """How a version was read."""
    document = caller.document(library.catalogue, document_id)
    report = report_on(library.catalogue, document, caller.groups, version)
    return render(request, "report.html", {"report": report, "curates": caller.curates})


@router.post("/corrections")
def correct(
    document_id: str,
    library: LibraryDep,
    caller: CuratorDep,
    name: Annotated[str, Form()],
    value: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Set a field by hand and show the report."""
    document = caller.document(library.catalogue, document_id)
    library.catalogue.update_document(document.id, fields={name: value}, author=caller.name)
    return _shown(document.id)


@router.post("/corrections/{correction_id}/undo")
def undo(document_id: str, correction_id: int, library: LibraryDep, caller: CuratorDep) -> RedirectResponse:
    """Take a correction back and show the report."""
    document = caller.document(library.catalogue, document_id)
    library.catalogue.undo_correction(document.id, correction_id, caller.name)
    return _shown(document.id)


def _shown(document_id: str) -> RedirectResponse:
    return RedirectResponse(f"/documents/{document_id}/report", status_code=303)
