"""Documents: lists, texts, reports, originals, uploads and changes."""

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Annotated, BinaryIO
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.background import Upload
from api.http.access import CallerDep, CuratorDep
from api.http.state import LibraryDep, ServedLibrary
from api.reporting import DocumentReport, report_on
from api.schemas import DocumentDetail, DocumentSummary, Page
from corpus.catalogue import VersionSummary, has_hidden_fields, visible_text
from corpus.errors import Forbidden
from corpus.records import Kind, Status
from corpus.settings import parse_readers

router = APIRouter(prefix="/documents", tags=["documents"])

MAX_FILES = 200
"""Files in one upload."""

_CHUNK_BYTES = 256 * 1024


@router.get("")
def list_documents(
    library: LibraryDep,
    caller: CallerDep,
    kind: Kind | None = None,
    q: str | None = None,
    status: Status = Status.ACTIVE,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Page[DocumentSummary]:
    """The documents that the caller may read, latest change first; the trash is for curators."""
    if status is Status.TRASHED and not caller.curates:
        return Page([], 0, limit, offset)
    found, total = library.catalogue.documents(
        caller.groups, kind=kind, query=q, status=status, limit=limit, offset=offset
    )
    return Page([DocumentSummary.of(document) for document in found], total, limit, offset)


class Accepted(BaseModel):
    """A job was queued."""

    job_id: str


@router.post("", status_code=202)
async def upload(
    library: LibraryDep,
    caller: CuratorDep,
    files: Annotated[list[UploadFile], File(min_length=1, max_length=MAX_FILES)],
    kind: Annotated[Kind | None, Form()] = None,
    readers: Annotated[str | None, Form()] = None,
) -> Accepted:
    """Queue files for ingest. The job tells how each of them ended."""
    return Accepted(job_id=await run_in_threadpool(accept, library, files, kind, readers))


def accept(library: ServedLibrary, files: list[UploadFile], kind: Kind | None, readers: str | None) -> str:
    """Put uploaded files aside and queue them; the job's id."""
    directory = library.settings.data_dir / "uploads" / str(uuid4())
    directory.mkdir(parents=True)
    names: dict[Path, str] = {}
    for number, file in enumerate(files):
        # The name is the user's word, never a path on this machine; its suffix helps people, not the readers.
        name = PurePath((file.filename or "").replace("\\", "/")).name or f"未命名-{number + 1}"
        path = directory / str(number)
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        names[path] = name
    job = library.catalogue.create_job(len(names))
    library.uploads.submit(Upload(job.id, directory, names, kind, parse_readers(readers or "") or None))
    return job.id


@router.get("/{document_id}")
def show(document_id: str, library: LibraryDep, caller: CallerDep) -> DocumentDetail:
    """A document with its fields and headings."""
    document = caller.document(library.catalogue, document_id)
    return DocumentDetail.of(document, library.catalogue.version(document.id), caller.groups)


class Text(BaseModel):
    """The canonical text of a version."""

    document_id: str
    version: int
    text: str


@router.get("/{document_id}/text")
def text(document_id: str, library: LibraryDep, caller: CallerDep, version: int | None = None) -> Text:
    """The text that offsets count in. Characters of fields that the caller may not see are masked one by one."""
    document = caller.document(library.catalogue, document_id)
    found = library.catalogue.version(document.id, version)
    return Text(document_id=document.id, version=found.number, text=visible_text(found, caller.groups))


@router.get("/{document_id}/original")
def original(document_id: str, library: LibraryDep, caller: CallerDep, version: int | None = None) -> Response:
    """The file as it came."""
    document = caller.document(library.catalogue, document_id)
    found = library.catalogue.version(document.id, version)
    if has_hidden_fields(found, caller.groups):
        raise Forbidden("原件载有报送范围、电话等限制查看的信息，只向研究人员与资料管理员开放。正文可在阅读页查看")
    disposition = f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}"
    stream = library.originals.open(found.sha256)
    # Always a download: an HTML original shown here would run with this site's rights.
    return StreamingResponse(_chunks(stream), media_type=found.media_type, headers={"Content-Disposition": disposition})


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk


@router.get("/{document_id}/report")
def report(document_id: str, library: LibraryDep, caller: CallerDep, version: int | None = None) -> DocumentReport:
    """How a version was read: kind and why, fields with their sources, repairs, removals, and the proof that nothing
    was lost."""
    document = caller.document(library.catalogue, document_id)
    return report_on(library.catalogue, document, caller.groups, version)


@router.get("/{document_id}/versions")
def versions(document_id: str, library: LibraryDep, caller: CallerDep) -> Page[VersionSummary]:
    """Every version, newest first."""
    document = caller.document(library.catalogue, document_id)
    found = library.catalogue.versions(document.id)
    return Page(found, len(found), len(found), 0)


class Change(BaseModel):
    """What to set by hand; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    readers: Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]] | None, Field(min_length=1)] = None
    kind: Kind | None = None
    title: Annotated[str | None, Field(min_length=1, max_length=500)] = None
    fields: dict[str, str | int | list[str] | None] = Field(
        {}, description="著录项及其值；值为 null 表示文件没有这一项", max_length=100
    )


@router.patch("/{document_id}")
def change(document_id: str, body: Change, library: LibraryDep, caller: CuratorDep) -> DocumentSummary:
    """Set readers, kind, title or fields. Later versions keep them; the index follows without reading the file."""
    document = caller.document(library.catalogue, document_id)
    readers = frozenset(body.readers) if body.readers else None
    changed = library.catalogue.update_document(
        document.id, readers=readers, kind=body.kind, title=body.title, fields=body.fields, author=caller.name
    )
    return DocumentSummary.of(changed)


@router.delete("/{document_id}/corrections/{correction_id}")
def undo_correction(document_id: str, correction_id: int, library: LibraryDep, caller: CuratorDep) -> DocumentSummary:
    """Take back what was set by hand; the report lists the corrections."""
    document = caller.document(library.catalogue, document_id)
    return DocumentSummary.of(library.catalogue.undo_correction(document.id, correction_id, caller.name))


@router.delete("/{document_id}", status_code=204)
def trash(document_id: str, library: LibraryDep, caller: CuratorDep) -> None:
    """Move a document to the trash."""
    library.catalogue.trash(caller.document(library.catalogue, document_id).id)


@router.post("/{document_id}/restore")
def restore(document_id: str, library: LibraryDep, caller: CuratorDep) -> DocumentSummary:
    """Bring a document back from the trash."""
    document = caller.document(library.catalogue, document_id)
    return DocumentSummary.of(library.catalogue.restore(document.id))
