"""The page of the quotation check. A draft is posted and never stored; nothing of it stands in an address."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.drafts import Draft
from api.http.access import CallerDep
from api.http.pages.rendering import render
from api.http.quote_checks import check, report, uploaded_draft
from api.http.state import LibraryDep
from api.wording import VERDICTS
from corpus.errors import InputError, UnreadableFile
from search.quotation.checking import MAX_CHARACTERS

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/quotes")
def form_page(request: Request, caller: CallerDep) -> HTMLResponse:
    """The empty form."""
    return _page(request, caller.curates)


@router.post("/quotes")
async def findings_page(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    text: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """The findings for a pasted text, or for a file if one was chosen."""
    try:
        draft = await _draft(text, file)
        return _page(request, caller.curates, _typed(text), checked=await check(library, caller, draft))
    except (InputError, UnreadableFile) as error:
        return _page(request, caller.curates, _typed(text), error=error.detail, status=422)


@router.post("/quotes/report")
async def report_download(
    request: Request,
    library: LibraryDep,
    caller: CallerDep,
    text: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """The same as a Word document with comments; what cannot be checked is explained on the page."""
    try:
        return await report(library, caller, await _draft(text, file))
    except (InputError, UnreadableFile) as error:
        return _page(request, caller.curates, _typed(text), error=error.detail, status=422)


async def _draft(text: str, file: UploadFile | None) -> Draft:
    """The draft in the file, if one was chosen, else what was typed."""
    if file and file.filename:
        return await uploaded_draft(file)
    if not text.strip():
        raise InputError("请粘贴文稿，或选择一个文件")
    return Draft(_typed(text))


def _typed(text: str) -> str:
    """Browsers send the line breaks of a form as CR LF."""
    return text.replace("\r\n", "\n")


def _page(request: Request, curates: bool, draft: str = "", status: int = 200, **found: Any) -> HTMLResponse:
    context = {"checked": None, "error": None, "draft": draft, "limit": MAX_CHARACTERS, "verdicts": VERDICTS, **found}
    return render(request, "quotes.html", {**context, "curates": curates}, status=status)
