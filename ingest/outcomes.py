"""How each file of an ingest run ended."""

from dataclasses import dataclass

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
