"""Background jobs, for curators."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from api.http.access import CuratorDep
from api.http.state import LibraryDep, ServedLibrary
from api.schemas import Page
from corpus.catalogue import Job, JobStatus

router = APIRouter(prefix="/jobs", tags=["jobs"])

POLL_SECONDS = 0.3
FINISHED = {JobStatus.DONE, JobStatus.FAILED}
_job = TypeAdapter(Job)


@router.get("")
def list_jobs(
    library: LibraryDep,
    _caller: CuratorDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Page[Job]:
    """Jobs, newest first."""
    found, total = library.catalogue.jobs(limit=limit, offset=offset)
    return Page(found, total, limit, offset)


@router.get("/{job_id}")
def show(job_id: str, library: LibraryDep, _caller: CuratorDep) -> Job:
    """One job with the outcome of each file so far."""
    return library.catalogue.job(job_id)


@router.get("/{job_id}/events")
async def events(job_id: str, library: LibraryDep, _caller: CuratorDep) -> StreamingResponse:
    """The job as server-sent events: progress whenever it moves on, and done with the final state."""
    await run_in_threadpool(library.catalogue.job, job_id)  # 404 before the stream begins
    return StreamingResponse(
        _events(library, job_id), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _events(library: ServedLibrary, job_id: str) -> AsyncIterator[str]:
    last: Job | None = None
    while last is None or last.status not in FINISHED:
        job = await run_in_threadpool(library.catalogue.job, job_id)
        if job != last:
            name = "done" if job.status in FINISHED else "progress"
            body = json.dumps(_job.dump_python(job, mode="json"), ensure_ascii=False)
            yield f"event: {name}\ndata: {body}\n\n"
            last = job
        else:
            await asyncio.sleep(POLL_SECONDS)
