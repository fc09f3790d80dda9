"""What the catalogue returns beyond the records themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from corpus.records import Document, MetadataField, Passage


@dataclass(frozen=True, slots=True)
class PassageInContext:
    """A passage and the document that it belongs to."""

    passage: Passage
    document: Document


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a list of hits is counted, grouped and sorted by; cheaper to load than a document."""

    id: str
    kind: str
    organization: str | None
    course: str | None
    year: int | None
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class PassageToIndex:
    """A passage with everything that the index may filter on. ``fields`` holds restricted ones too."""

    passage: Passage
    document: Document
    fields: tuple[MetadataField, ...]


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version without its text."""

    id: str
    number: int
    file_name: str
    sha256: str
    media_type: str
    created_at: datetime


class JobStatus(StrEnum):
    """Life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A run of work in the background.

    Attributes:
        done, total: files finished, and files in all.
        outcomes: one JSON object per finished file.
        detail: Chinese sentence when the job failed as a whole.
    """

    id: str
    status: JobStatus
    done: int
    total: int
    outcomes: list[dict[str, Any]]
    detail: str | None
    created_at: datetime
    updated_at: datetime
