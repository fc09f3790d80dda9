"""How each file of an ingest run ended."""

from dataclasses import dataclass

from corpus.errors import UnreadableFile
from corpus.records import Kind, Outcome


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One line of an ingest run. ``reason`` is a Chinese sentence for every outcome but ``indexed`` (then None)."""

    path: str
    outcome: Outcome
    reason: str | None
    document_id: str | None
    kind: Kind | None
    seconds: float


def failed(path: str, error: UnreadableFile, seconds: float = 0.0) -> FileOutcome:
    """The outcome of a file that did not become a document."""
    return FileOutcome(path, Outcome(error.outcome), error.detail, None, None, seconds)
