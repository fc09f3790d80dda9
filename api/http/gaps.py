"""The gap register over HTTP: register a question, see what became of it, judge an answer; lists for the staff."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.http.access import Caller, CallerDep, CuratorDep
from api.http.state import LibraryDep
from api.schemas import Page
from corpus.catalogue import AcceptedPair, Gap, GapReceipt, GapStatus
from corpus.errors import Forbidden, InputError

router = APIRouter(tags=["gaps"])

MAX_QUESTION = 500
MAX_NOTE = 2_000
MAX_RECEIPTS = 50

Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0)]


async def client_of(request: Request) -> str:
    """What tells clients apart for as long as they are limited."""
    return request.client.host if request.client else ""


ClientDep = Annotated[str, Depends(client_of)]


async def staff(caller: CallerDep) -> Caller:
    """A caller that may see what others asked."""
    if not caller.sees_questions:
        raise Forbidden("只有研究人员与资料管理员可以查看登记的问题")
    return caller


StaffDep = Annotated[Caller, Depends(staff)]


class Registered(BaseModel):
    """A question to register."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=MAX_QUESTION)


@router.post("/gaps", status_code=201)
async def register(body: Registered, library: LibraryDep, caller: CallerDep, client: ClientDep) -> GapReceipt:
    """Register a question that the library does not answer. The receipt's ``id`` asks later what became of it."""
    return await run_in_threadpool(library.registration.requested, body.question, caller.groups, client)


@router.get("/gaps/receipts")
def receipts(
    library: LibraryDep,
    caller: CallerDep,
    identifiers: Annotated[list[str], Query(alias="id", min_length=1, max_length=MAX_RECEIPTS)],
) -> list[GapReceipt]:
    """What became of registered questions, by their receipts; unknown receipts are left out."""
    return list(library.catalogue.gap_receipts(identifiers, caller.groups).values())


@router.get("/gaps")
def list_gaps(
    library: LibraryDep,
    _caller: StaffDep,
    status: GapStatus | None = GapStatus.OPEN,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[Gap]:
    """Questions that were not answered, the most frequent first; open ones unless ``status`` says otherwise."""
    found, total = library.catalogue.gaps(status, limit=limit, offset=offset)
    return Page(found, total, limit, offset)


class Closing(BaseModel):
    """What to tell those who asked: a note, a document, or both."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field("", max_length=MAX_NOTE)
    document_id: str | None = None


@router.post("/gaps/{gap_id}/close")
def close(gap_id: str, body: Closing, library: LibraryDep, caller: CuratorDep) -> Gap:
    """Close a gap; whoever asks again is told."""
    note = body.note.strip()
    if not note and body.document_id is None:
        raise InputError("请写明答复，或指定能回答这个问题的文献")
    if body.document_id is not None:
        caller.document(library.catalogue, body.document_id)
    return library.catalogue.close_gap(gap_id, note, body.document_id)


class Verdict(BaseModel):
    """Whether an answer helped, and the passages it quoted."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=MAX_QUESTION)
    verdict: Literal["up", "down"]
    passages: list[str] = Field([], max_length=20)


@router.post("/feedback", status_code=201)
async def judge(body: Verdict, library: LibraryDep, caller: CallerDep, client: ClientDep) -> GapReceipt | None:
    """Judge an answer. ``up`` keeps question and passages as an accepted pair; ``down`` registers a gap."""
    return await run_in_threadpool(
        library.registration.judged, body.question, body.verdict == "up", body.passages, caller.groups, client
    )


@router.get("/feedback/accepted")
def accepted(library: LibraryDep, _caller: CuratorDep, limit: Limit = 50, offset: Offset = 0) -> Page[AcceptedPair]:
    """Accepted pairs of question and passage, newest first."""
    found, total = library.catalogue.accepted_pairs(limit=limit, offset=offset)
    return Page(found, total, limit, offset)
