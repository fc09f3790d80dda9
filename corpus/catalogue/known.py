"""Passages and facts of their documents, kept in memory until a document changes.

Every search asks for the facts of some 250 passages and for the texts of 20: reading them took a third of its time.
Queries of one library are about the same matters: of the passages that 1,234 queries over 54,654 articles had read,
seven in ten had been read for an earlier one.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from corpus.catalogue import reading
from corpus.catalogue.reading import PassageFacts
from corpus.catalogue.views import DocumentFacts, PassageInContext
from corpus.recent import Recent

KEPT = 200_000
"""Passages whose facts are kept at most, about 200 bytes each."""

KEPT_WHOLE = 6_000
"""Passages that are kept whole at most, about 3,000 bytes each."""

SETTLED = timedelta(seconds=5)
"""Nothing is kept while the latest change is younger: another writer may yet commit one with an earlier time."""


class _Kept(NamedTuple):
    """What was read since one change."""

    change: datetime | None
    facts: dict[int, PassageFacts]
    passages: Recent[int, PassageInContext]


class KnownPassages:
    """Answers from memory what was read since the last change. Safe to use from several threads.

    ``change`` is the moment of that change (``reading.last_change``), which the caller has asked for.
    """

    def __init__(self, settled: timedelta = SETTLED, whole: int = KEPT_WHOLE) -> None:
        self._settled, self._whole = settled, whole
        self._kept = self._nothing(None)

    def facts(
        self, connection: Connection, change: datetime | None, numbers: Sequence[int], groups: frozenset[str]
    ) -> dict[int, DocumentFacts]:
        """The facts of the passages' documents, by number, for the passages that ``hydrate`` would return."""
        facts = self._current(change).facts
        if not facts.keys() >= set(numbers):
            # A passage without an entry is none that anyone may see; it is asked for again, which is rare.
            missing = [number for number in numbers if number not in facts]
            facts |= reading.passage_facts(connection, missing)
        return {
            number: known.facts
            for number in numbers
            if (known := facts.get(number)) and not known.readers.isdisjoint(groups)
        }

    def passages(
        self, connection: Connection, change: datetime | None, numbers: Iterable[int]
    ) -> dict[int, PassageInContext]:
        """Passages, by number, of current versions of active documents, whoever may read them."""
        passages = self._current(change).passages
        return passages.find(numbers, partial(reading.passages_in_context, connection))

    def load_facts(self, connection: Connection, change: datetime | None) -> None:
        """Read the facts of all passages, or of as many as are kept."""
        facts = self._current(change).facts
        facts |= reading.all_passage_facts(connection, KEPT)

    def _current(self, change: datetime | None) -> _Kept:
        """What is known since the last change; exchanged as a whole, so that no thread mixes two states."""
        kept = self._kept
        if change is None or datetime.now(UTC) - change < self._settled:
            return self._nothing(change)
        if change != kept.change or len(kept.facts) > KEPT:
            kept = self._kept = self._nothing(change)
        return kept

    def _nothing(self, change: datetime | None) -> _Kept:
        return _Kept(change, {}, Recent(self._whole))
