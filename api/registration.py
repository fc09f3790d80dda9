"""What readers leave behind: unanswered questions and verdicts on answers; counted, limited, and never with a name."""

import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from anyio import to_thread

from corpus.catalogue import GapCause, GapReceipt
from corpus.errors import InvalidQuery, TooManyRequests
from search.results import Answer, AnswerStatus, SearchFilters

if TYPE_CHECKING:
    from search.gaps import GapRegister
    from search.generation.answering import Event

WINDOW_SECONDS = 600.0
PER_CLIENT, IN_ALL = 60, 600
"""Entries within ``WINDOW_SECONDS`` from one address, and from all of them."""


def with_gap(register: "GapRegister", question: str, answer: Answer, groups: frozenset[str], counted: bool) -> Answer:
    """The answer with what became of its question; an abstention is registered, and counted if ``counted``."""
    if answer.status is AnswerStatus.ABSTAINED and counted:
        return replace(answer, gap=register.register(question, GapCause.ABSTAINED, groups))
    return replace(answer, gap=register.standing(question, groups))


@dataclass
class Turnstile:
    """Keeps one client, or all together, from filling the register. Nothing is written; it is forgotten on restart."""

    _entries: deque[tuple[float, str, str]] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self, client: str, text: str) -> bool:
        """Whether an entry counts: False when this client just left the same one.

        Raises:
            TooManyRequests: too many entries of late.
        """
        now = time.monotonic()
        with self._lock:
            while self._entries and self._entries[0][0] < now - WINDOW_SECONDS:
                self._entries.popleft()
            own = [entry for entry in self._entries if entry[1] == client]
            if any(entry[2] == text for entry in own):
                return False
            if len(own) >= PER_CLIENT or len(self._entries) >= IN_ALL:
                raise TooManyRequests("登记过于频繁，请十分钟后再试")
            self._entries.append((now, client, text))
            return True


@dataclass
class Registration:
    """The gap register as requests use it. ``client`` tells clients apart while they are limited; it is not kept."""

    register: "GapRegister"
    turnstile: Turnstile = field(default_factory=Turnstile)

    async def noting(
        self,
        events: AsyncIterator["Event"],
        question: str,
        filters: SearchFilters,
        groups: frozenset[str],
        client: str,
    ) -> AsyncIterator["Event"]:
        """The events of an answer, the whole answer with what became of its question.

        What a filter left nothing of is not a gap of the library. A follow-up counts as the question made whole.
        """
        async for event in events:
            if isinstance(event, Answer):
                asked = event.asked or question
                abstained = event.status is AnswerStatus.ABSTAINED and filters == SearchFilters()
                counted = abstained and self._counts(client, GapCause.ABSTAINED, asked)
                yield await to_thread.run_sync(with_gap, self.register, asked, event, groups, counted)
            else:
                yield event

    async def searched(
        self, text: str, filters: SearchFilters, total: int, groups: frozenset[str], client: str
    ) -> None:
        """Register a search that found nothing, unless a filter is why."""
        if total == 0 and filters == SearchFilters():
            await to_thread.run_sync(self._found_nothing, text, groups, client)

    def _found_nothing(self, text: str, groups: frozenset[str], client: str) -> None:
        if self._counts(client, GapCause.NO_HITS, text):
            self.register.register(text, GapCause.NO_HITS, groups)

    def requested(self, question: str, groups: frozenset[str], client: str) -> GapReceipt:
        """Register a question because someone asks for it.

        Raises:
            InvalidQuery: nothing is asked.
            TooManyRequests: too many entries of late.
        """
        known = self.register.standing(question, groups)
        if not self.turnstile.admits(client, f"{GapCause.REQUESTED}:{question}") and known:
            return known
        return self.register.register(question, GapCause.REQUESTED, groups)

    def judged(
        self, question: str, good: bool, passages: Sequence[str], groups: frozenset[str], client: str
    ) -> GapReceipt | None:
        """Keep a verdict on an answer: its passages as accepted ones, or the question as a gap.

        Raises:
            InvalidQuery: nothing is asked.
            TooManyRequests: too many entries of late.
        """
        if not self.turnstile.admits(client, f"{good}:{question}"):
            return self.register.standing(question, groups)
        if good:
            self.register.accept(question, passages, groups)
            return None
        return self.register.register(question, GapCause.THUMBS_DOWN, groups)

    def _counts(self, client: str, cause: GapCause, text: str) -> bool:
        """Whether to register on the side: the reader came for something else and is not bothered with limits."""
        try:
            self.register.standing(text, None)  # Whether it can be read as a question at all.
            return self.turnstile.admits(client, f"{cause}:{text}")
        except (TooManyRequests, InvalidQuery):
            return False
