"""How each file of an ingest run ended."""

from dataclasses import dataclass

from corpus.catalogue import AlikeDocument
from corpus.errors import UnreadableFile
from corpus.records import Kind, Outcome


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One line of an ingest run.

    Attributes:
        reason: a Chinese sentence for every outcome but ``indexed`` (then None).
        alike: documents of the library with the same text or nearly the same, as far as whoever asked may read them.
    """

    path: str
    outcome: Outcome
    reason: str | None
    document_id: str | None
    kind: Kind | None
    seconds: float
    alike: tuple[AlikeDocument, ...] = ()


def failed(path: str, error: UnreadableFile, seconds: float = 0.0) -> FileOutcome:
    """The outcome of a file that did not become a document."""
    return FileOutcome(path, Outcome(error.outcome), error.detail, None, None, seconds)
