"""GET /documents/{id}/references: how to cite a document or a passage of it."""

from fastapi import APIRouter

from api.http.access import CallerDep
from api.http.state import LibraryDep
from api.references import Reference, refer
from search.references import Style

router = APIRouter(prefix="/documents", tags=["documents"])


@router.get("/{document_id}/references")
def references(
    document_id: str, library: LibraryDep, caller: CallerDep, style: Style = Style.GB7714, passage: str | None = None
) -> Reference:
    """The reference to a document, or to one passage of its current version: GB/T 7714—2015, BibTeX or RIS.

    It is made of fields that the caller may see; what the style asks for beyond them is named.
    """
    document = caller.document(library.catalogue, document_id)
    return refer(library.catalogue, document, passage, style, caller.groups)
