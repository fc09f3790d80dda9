"""The page of the term base: everyone may look terms up; curators decide on them."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.http.access import Caller, CallerDep, CuratorDep
from api.http.pages.rendering import link, render
from api.http.state import LibraryDep, ServedLibrary
from api.http.terms import visible_terms
from api.term_base import changed_term, find_candidates, new_term
from corpus.errors import InputError
from corpus.terms import TermStatus

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, prefix="/terms")

PAGE_SIZE = 50

_BACK = re.compile(r"/terms(\?[^\s]*)?")


@router.get("")
def terms_page(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    q: str = "",
    status: str = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> HTMLResponse:
    """The list of terms."""
    return _page(request, library, caller, q.strip(), status, page)


@router.post("", response_model=None)
def add(
    request: Request,
    library: LibraryDep,
    caller: CuratorDep,
    text: Annotated[str, Form()],
    aliases: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
) -> Response:
    """Add a term, and show it."""
    try:
        term = new_term(text, re.split(r"[、，,;；]", aliases), category)
    except InputError as error:
        draft = {"text": text, "aliases": aliases, "category": category}
        return _page(request, library, caller, draft=draft, error=error.detail)
    library.catalogue.put_terms([term])
    return RedirectResponse(link("/terms", {"q": term.text}), status_code=303)


@router.post("/discover")
def discover(library: LibraryDep, _caller: CuratorDep) -> RedirectResponse:
    """Look for candidates, and show all that wait for a decision."""
    find_candidates(library.catalogue)
    return RedirectResponse("/terms?status=candidate", status_code=303)


@router.post("/decide")
def decide(
    library: LibraryDep,
    _caller: CuratorDep,
    text: Annotated[str, Form()],
    status: Annotated[TermStatus, Form()],
    back: Annotated[str, Form()] = "/terms",
) -> RedirectResponse:
    """Accept or reject a term, and go back to the list."""
    changed_term(library.catalogue, text, status)
    return RedirectResponse(back if _BACK.fullmatch(back) else "/terms", status_code=303)


def _page(
    request: Request,
    library: ServedLibrary,
    caller: Caller,
    q: str = "",
    status: str = "",
    page: int = 1,
    draft: dict[str, str] | None = None,
    error: str | None = None,
) -> HTMLResponse:
    chosen = TermStatus(status) if status in set(TermStatus) else None
    found = visible_terms(library.catalogue, caller, q, chosen)
    form = {"q": q, "status": chosen or ""}
    context: dict[str, Any] = {
        "terms": found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        "total": len(found),
        "form": form,
        "page": page,
        "page_size": PAGE_SIZE,
        "here": link("/terms", form, page=page),
        "draft": draft or {"text": "", "aliases": "", "category": ""},
        "error": error,
        "curates": caller.curates,
    }
    return render(request, "terms.html", context, status=422 if error else 200)
