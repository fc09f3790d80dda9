"""POST /quote-checks: the quotations of a draft, as JSON text or as a file."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.drafts import stream_text
from api.http.access import Caller, CallerDep
from api.http.state import LibraryDep, ServedLibrary
from corpus.errors import InputError
from search.quotation.findings import QuoteCheck

router = APIRouter(tags=["quote-checks"])


class Draft(BaseModel):
    """The text of a draft."""

    model_config = ConfigDict(extra="forbid")

    text: str


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": Draft.model_json_schema()},
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
    return await check(library, caller, await _text(request))


async def check(library: ServedLibrary, caller: Caller, text: str) -> QuoteCheck:
    """Check a text in one of the search threads."""
    return await library.searching(lambda searcher: searcher.check_quotes(text, caller.groups))


async def uploaded_text(file: UploadFile) -> str:
    """The text of an uploaded file.

    Raises:
        UnreadableFile: it cannot be read.
    """
    return await run_in_threadpool(stream_text, file.file, file.filename or "未命名")


async def _text(request: Request) -> str:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InputError("请在 file 项中上传要核验的文稿")
            return await uploaded_text(file)
    try:
        return Draft.model_validate_json(await request.body()).text
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
