"""The pages of the gap register: the asker's own list, the staff's list, and the buttons below answers.

The asker's list lives in a cookie of receipts on their own machine. The server keeps nothing about who asked.
"""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Cookie, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.http.access import CallerDep, CuratorDep
from api.http.gaps import MAX_NOTE, MAX_QUESTION, ClientDep, Closing, StaffDep
from api.http.gaps import close as close_gap
from api.http.pages.rendering import render
from api.http.state import LibraryDep
from corpus.catalogue import GapReceipt, GapStatus
from corpus.errors import InputError, NotFound

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

COOKIE = "lunku_questions"
KEPT = 50
"""Receipts in the cookie, the newest ones."""
_YEAR_SECONDS = 366 * 24 * 3600
_PAGE_SIZE = 50

ReceiptsCookie = Annotated[str, Cookie(alias=COOKIE)]


def receipts_of(cookie: str) -> list[str]:
    """The receipts in the cookie, newest first; what is none is left out."""
    return [part for part in cookie.split(".")[:KEPT] if _is_receipt(part)]


def _is_receipt(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


@router.get("/questions")
def own_page(request: Request, library: LibraryDep, caller: CallerDep, cookie: ReceiptsCookie = "") -> HTMLResponse:
    """The questions that were registered from this browser, and what became of them."""
    ids = receipts_of(cookie)
    found = library.catalogue.gap_receipts(ids, caller.groups)
    shown = [found[identifier] for identifier in ids if identifier in found]
    context = {"receipts": shown, "sees_questions": caller.sees_questions, "curates": caller.curates}
    return render(request, "questions.html", context)


@router.post("/questions")
async def register(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    client: ClientDep,
    q: Annotated[str, Form(min_length=1, max_length=MAX_QUESTION)],
    cookie: ReceiptsCookie = "",
) -> RedirectResponse:
    """Register a question, keep its receipt in the browser, and show the list."""
    receipt = await run_in_threadpool(library.registration.requested, q, caller.groups, client)
    response = RedirectResponse("/questions", status_code=303)
    _keep(request, response, receipt, cookie)
    return response


def _keep(request: Request, response: RedirectResponse, receipt: GapReceipt, cookie: str) -> None:
    kept = dict.fromkeys([receipt.id, *receipts_of(cookie)])
    response.set_cookie(
        COOKIE,
        ".".join(list(kept)[:KEPT]),
        max_age=_YEAR_SECONDS,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


@router.post("/feedback")
async def judge(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    client: ClientDep,
    q: Annotated[str, Form(min_length=1, max_length=MAX_QUESTION)],
    verdict: Annotated[str, Form(pattern="^(up|down)$")],
    passage: Annotated[list[str] | None, Form(max_length=20)] = None,
    cookie: ReceiptsCookie = "",
) -> RedirectResponse:
    """Keep a verdict on an answer and show the answer again; a question not answered joins the asker's list."""
    good = verdict == "up"
    receipt = await run_in_threadpool(library.registration.judged, q, good, passage or [], caller.groups, client)
    response = RedirectResponse("/ask?" + urlencode({"q": q, "judged": verdict}), status_code=303)
    if receipt and not good:
        _keep(request, response, receipt, cookie)
    return response


@router.get("/gaps")
def gaps_page(
    request: Request,
    library: LibraryDep,
    caller: StaffDep,
    status: str = GapStatus.OPEN,
    page: Annotated[int, Query(ge=1)] = 1,
) -> HTMLResponse:
    """What the library did not answer, the most frequent first."""
    return _gaps(request, library, caller.curates, status, page)


@router.post("/gaps/{gap_id}")
def close_page(
    request: Request,
    gap_id: str,
    library: LibraryDep,
    caller: CuratorDep,
    note: Annotated[str, Form(max_length=MAX_NOTE)] = "",
    document: Annotated[str, Form()] = "",
) -> Any:
    """Close a gap. The document may be given by its address, as it is copied from the browser."""
    identifier = document.strip().split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2]
    try:
        close_gap(gap_id, Closing(note=note.replace("\r\n", "\n"), document_id=identifier or None), library, caller)
    except (InputError, NotFound) as error:
        return _gaps(request, library, caller.curates, GapStatus.OPEN, 1, error=error.detail)
    return RedirectResponse("/gaps", status_code=303)


def _gaps(
    request: Request, library: LibraryDep, curates: bool, status: str, page: int, error: str | None = None
) -> HTMLResponse:
    chosen = GapStatus.CLOSED if status == GapStatus.CLOSED else GapStatus.OPEN
    found, total = library.catalogue.gaps(chosen, limit=_PAGE_SIZE, offset=(page - 1) * _PAGE_SIZE)
    context = {"gaps": found, "total": total, "page": page, "page_size": _PAGE_SIZE, "form": {"status": chosen}}
    more = {"error": error, "curates": curates, "limit": MAX_NOTE}
    return render(request, "gaps.html", {**context, **more}, status=422 if error else 200)
