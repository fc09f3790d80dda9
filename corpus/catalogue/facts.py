"""Facts of the documents that passages belong to, kept in memory until a document changes.

Every search asks for the facts of some 250 passages, and reading them took a third of its time.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from corpus.catalogue import reading
from corpus.catalogue.reading import PassageFacts
from corpus.catalogue.views import DocumentFacts

KEPT = 200_000
"""Passages whose facts are kept at most, about 200 bytes each."""

SETTLED = timedelta(seconds=5)
"""Nothing is kept while the latest change is younger: another writer may yet commit one with an earlier time."""


class KnownFacts:
    """Answers from memory what was read since the last change. Safe to use from several threads."""

    def __init__(self, settled: timedelta = SETTLED) -> None:
        self._settled = settled
        self._known: tuple[datetime | None, dict[str, PassageFacts]] = (None, {})

    def find(
        self, connection: Connection, passage_ids: Sequence[str], groups: frozenset[str]
    ) -> dict[str, DocumentFacts]:
        """The facts of the passages' documents, for the passages that ``reading.hydrate`` would return."""
        facts = self._current(reading.last_change(connection))
        if not facts.keys() >= set(passage_ids):
            # A passage without an entry is none that anyone may see; it is asked for again, which is rare.
            missing = [identifier for identifier in passage_ids if identifier not in facts]
            facts |= reading.passage_facts(connection, missing)
        return {
            identifier: known.facts
            for identifier in passage_ids
            if (known := facts.get(identifier)) and not known.readers.isdisjoint(groups)
        }

    def load(self, connection: Connection) -> None:
        """Read the facts of all passages, or of as many as are kept."""
        facts = self._current(reading.last_change(connection))
        facts |= reading.all_passage_facts(connection, KEPT)

    def _current(self, change: datetime | None) -> dict[str, PassageFacts]:
        """What is known since the change; exchanged as a whole, so that no thread mixes two states."""
        known_change, facts = self._known
        if change is None or datetime.now(UTC) - change < self._settled:
            return {}
        if change != known_change or len(facts) > KEPT:
            facts = {}
            self._known = (change, facts)
        return facts
