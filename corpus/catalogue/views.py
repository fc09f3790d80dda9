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
class AlikeDocument:
    """Another document with the same text, or nearly the same.

    Attributes:
        file_name, media_type: of its current version.
        share: part of the text that both have in common, 0 to 1.
        same_text: letter for letter the same, as with another format of one document.
    """

    document_id: str
    title: str
    file_name: str
    media_type: str
    share: float
    same_text: bool


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a list of hits is counted, grouped and sorted by; cheaper to load than a document."""

    id: str
    kind: str
    organization: str | None
    course: str | None
    project: str | None
    year: int | None
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class DocumentTitle:
    """What decides whether a document has a successor, or has come to an end.

    Attributes:
        ended: its fields that tell of an end, its own or another's (``validity``, ``effective_on``, ``expires_on``,
            ``repealed_on``, ``repeals``, ``prolongs``), as far as everyone may see them.
    """

    id: str
    kind: str
    title: str
    readers: frozenset[str]
    issued_on: date | None
    organization: str | None
    document_number: str | None
    ended: tuple[MetadataField, ...]


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


@dataclass(frozen=True, slots=True)
class HeldFile:
    """The file that a document's current version was read from."""

    file_name: str
    sha256: str


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


class GapCause(StrEnum):
    """Why a question counts as not answered."""

    ABSTAINED = "abstained"
    NO_HITS = "no_hits"
    THUMBS_DOWN = "thumbs_down"
    REQUESTED = "requested"
    """Someone asked for it to be registered."""


class GapStatus(StrEnum):
    """Whether a curator has dealt with a gap."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the library does not answer, in all the words it was put in.

    Attributes:
        wordings: the texts, first one first, without personal data.
        counts: how often it came up, by ``GapCause``; a wording asked again by the same reader at once counts once.
        note: a curator's answer to those who asked; empty while the gap is open.
        document_id: a document that answers it, if a curator named one.
        asked_at: when it last came up.
    """

    id: str
    status: GapStatus
    wordings: list[str]
    counts: dict[str, int]
    note: str
    document_id: str | None
    created_at: datetime
    asked_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class GapReceipt:
    """What whoever asked may know of a gap: their own words, and what became of the question.

    Attributes:
        id: of the wording; whoever holds it may ask again what became of it.
        document_id, title: of the document that answers, if the reader may read it.
    """

    id: str
    question: str
    status: GapStatus
    note: str
    document_id: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class AcceptedPair:
    """A question and a passage that readers found to answer it, ``count`` times."""

    question: str
    passage_id: str
    text_hash: str
    count: int
    accepted_at: datetime
