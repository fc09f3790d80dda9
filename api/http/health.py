"""Whether the process lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.http.state import LibraryDep

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether searches can be answered, and how far the index is behind the catalogue."""

    status: Literal["ok", "degraded"]
    pending: int
    detail: str | None = None


@router.get("/live")
def live() -> Live:
    """The process answers; nothing else is looked at."""
    return Live()


@router.get("/ready")
def ready(library: LibraryDep, response: Response) -> Ready:
    """The catalogue answers and the background indexer has no trouble."""
    pending = library.catalogue.pending_count()
    if error := library.indexer.error:
        response.status_code = 503
        return Ready(status="degraded", pending=pending, detail=error.detail)
    return Ready(status="ok", pending=pending)
