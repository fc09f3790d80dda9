"""POST /quote-checks: the quotations of a draft, as JSON text or as a file."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.drafts import Draft, receive_draft
from api.http.access import Caller, CallerDep
from api.http.state import LibraryDep, ServedLibrary
from corpus.errors import InputError
from corpus.records import Span
from search.quotation.findings import QuoteCheck

router = APIRouter(tags=["quote-checks"])

NOT_STORED = {"Cache-Control": "no-store"}
_REPORT_NAME = "引文核验报告.docx"


class DraftText(BaseModel):
    """A draft as text."""

    model_config = ConfigDict(extra="forbid")

    text: str
    blocks: list[tuple[int, int]] = Field([], max_length=5_000, description="引文段落在文中的起止位置")


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": DraftText.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@router.post("/quote-checks", openapi_extra=_BODY)
async def check_quotes(request: Request, library: LibraryDep, caller: CallerDep) -> QuoteCheck:
    """Findings for the quotations of a draft, in its order; the draft is not stored.

    Offsets count in the text given, or in the text that the file's reader gives.
    """
    return await check(library, caller, await _draft(request))


@router.post("/quote-checks/report", openapi_extra=_BODY, response_class=Response)
async def report_on_quotes(request: Request, library: LibraryDep, caller: CallerDep) -> Response:
    """The same as a Word document: the draft with a comment at every finding, and a table of them."""
    return await report(library, caller, await _draft(request))


async def check(library: ServedLibrary, caller: Caller, draft: Draft) -> QuoteCheck:
    """Check a draft in one of the search threads."""
    return await library.searching(lambda searcher: searcher.check_quotes(draft.text, caller.groups, draft.blocks))


async def report(library: ServedLibrary, caller: Caller, draft: Draft) -> Response:
    """Check a draft and give the report for download."""
    from api.quote_report import MEDIA_TYPE, quote_report

    found = await check(library, caller, draft)
    content = await run_in_threadpool(quote_report, draft, found)
    disposition = f"attachment; filename*=UTF-8''{quote(_REPORT_NAME)}"
    return Response(content, media_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, **NOT_STORED})


async def uploaded_draft(file: UploadFile) -> Draft:
    """The draft in an uploaded file.

    Raises:
        UnreadableFile: it cannot be read.
    """
    return await run_in_threadpool(receive_draft, file.file, file.filename or "未命名")


async def _draft(request: Request) -> Draft:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InputError("请在 file 项中上传要核验的文稿")
            return await uploaded_draft(file)
    try:
        given = DraftText.model_validate_json(await request.body())
        return Draft(given.text, blocks=tuple(Span(*block) for block in given.blocks))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
