"""The page that 复制引用 leads to: the reference in every style, each selected as a whole by one click."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.http.access import CallerDep
from api.http.pages.rendering import render
from api.http.state import LibraryDep
from api.references import refer
from api.wording import STYLES

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/documents/{document_id}/references")
def references_page(
    request: Request, document_id: str, library: LibraryDep, caller: CallerDep, passage: str | None = None
) -> HTMLResponse:
    """References to a document, or to a passage of it."""
    document = caller.document(library.catalogue, document_id)
    found = [refer(library.catalogue, document, passage, style, caller.groups) for style in STYLES]
    context = {"document": document, "references": found, "styles": STYLES, "passage": passage}
    return render(request, "references.html", {**context, "curates": caller.curates})
