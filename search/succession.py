"""Which documents are no longer the latest word: repealed, or followed by a later one under the same title."""

import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.catalogue import Catalogue, DocumentTitle
from corpus.records import MetadataField
from search.candidates import RankedCandidate
from search.results import Standing

DEMOTION = 0.5
"""What the score of a passage is worth when its document has been repealed or replaced: enough for the current text of
the same words to stand above it, and for what is found by its number to stay in sight."""

_REPEALED = re.compile("(?:已|予以|宣布|明令)?(?:废止|失效|停止执行|不再执行)|^废止|^失效")
_ENDINGS = ("废止", "失效", "停止执行")
_STILL_IN_FORCE = re.compile("(?:未|没有|尚未|不)(?:被)?(?:废止|失效)|现行有效")
_BRACKET = re.compile(r"[（(][^（()）]{1,20}[)）]$")
_REPEALED_BY_TITLE = re.compile(
    r"[（(\[【〔](?P<said>(?:[本该此][件文]|全文|现)?(?:已经?|现已)?(?:被|由|于)?(?P<when>\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?)?起?"
    r"(?:宣布|明令|予以|同时)?(?:废止|失效|停止执行))[)）\]】〕]"
)
"""A bracket of a title that says nothing but its end: （已废止）, not （部分废止） or （关于废止某办法的决定）."""
_SETTLED = 1.0
_PAUSE = 10.0


def core_title(title: str) -> str:
    """A title without the bracket that tells versions apart: 某条例（2023年修订） → 某条例."""
    title = title.strip()
    return _BRACKET.sub("", title) if title.endswith(("）", ")")) else title


def repeal_of(fields: Iterable[MetadataField], today: str, title: str = "") -> str | None:
    """What a document's fields and its title say of its end, or None while it is in force; ``today`` is ISO 8601."""
    values = {item.name: str(item.value) for item in fields}
    validity = values.get("validity", "")
    if _REPEALED.search(validity) and not _STILL_IN_FORCE.search(validity):
        return validity
    ended = values.get("repealed_on")
    if ended and ended <= today:
        return f"{ended} 起废止"
    return _repealed_by_title(title, today)


def _repealed_by_title(title: str, today: str) -> str | None:
    named = _REPEALED_BY_TITLE.search(title)
    if named is None:
        return None
    digits = [int(number) for number in re.findall(r"\d+", named["when"] or "")]
    first_day = "-".join(f"{number:02d}" for number in [*digits, 1, 1][:3]) if digits else today
    return named["said"] if first_day <= today else None


@dataclass(frozen=True, slots=True)
class _Past:
    """Why a document is past, and for whom: everyone, or those who may read one of its successors."""

    standing: Standing
    readers: frozenset[frozenset[str]] | None


class Succession:
    """Knows the documents that are past. Safe to use from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._reading = threading.Lock()
        self._past: Mapping[str, _Past] = {}
        self._state: object = None
        self._next = 0.0

    def standing(self, document_id: str, groups: frozenset[str]) -> Standing | None:
        """What became of a document, or None while it is current, as far as ``groups`` may know."""
        past = self._past.get(document_id)
        if past is None or (past.readers is not None and not any(readers & groups for readers in past.readers)):
            return None
        return past.standing

    def demoted(
        self, candidates: Sequence[RankedCandidate], documents: Mapping[str, str], groups: frozenset[str]
    ) -> tuple[RankedCandidate, ...]:
        """The candidates in order, with those of past documents behind; ``documents`` gives each its document."""
        self._refresh()
        past = self._past.keys() & set(documents.values())
        past = {identifier for identifier in past if self.standing(identifier, groups)}
        if not past:
            return tuple(candidates)
        lowered = [
            item._replace(fused=item.fused * DEMOTION, tier=item.tier * DEMOTION)
            if documents[item.id] in past
            else item
            for item in candidates
        ]
        # Stable: equal scores keep the order that they had.
        return tuple(sorted(lowered, key=lambda item: -item.score))

    def _uncertain(self) -> list[DocumentTitle]:
        """The documents that may be past: few of those there are."""
        titles = [(identifier, kind, title, core_title(title)) for identifier, kind, title in self._catalogue.titles()]
        namesakes = Counter((kind, core) for _, kind, _, core in titles)
        ended = self._catalogue.ended()
        return self._catalogue.dated_titles(
            [
                identifier
                for identifier, kind, title, core in titles
                if identifier in ended or namesakes[kind, core] > 1 or _names_an_end(title)
            ]
        )

    def _refresh(self) -> None:
        """Read again when the catalogue has changed; meanwhile other threads go on with what was known."""
        if time.monotonic() < self._next or not self._reading.acquire(blocking=self._state is None):
            return
        try:
            started = time.monotonic()
            state = (self._catalogue.last_change(), datetime.now(UTC).date())
            if state != self._state:
                self._past = dict(_find_past(self._uncertain(), state[1].isoformat()))
                self._state = state
            self._next = time.monotonic() + max(_SETTLED, _PAUSE * (time.monotonic() - started))
        finally:
            self._reading.release()


def _names_an_end(title: str) -> bool:
    return any(word in title for word in _ENDINGS)


def _find_past(titles: Iterable[DocumentTitle], today: str) -> Iterator[tuple[str, _Past]]:
    namesakes: dict[tuple[str, str], list[DocumentTitle]] = defaultdict(list)
    for item in titles:
        namesakes[item.kind, core_title(item.title)].append(item)
    for group in namesakes.values():
        for item in group:
            later = [
                other.readers
                for other in group
                if other.issued_on and item.issued_on and other.issued_on > item.issued_on
            ]
            if repeal_of(item.ended, today, item.title):
                yield item.id, _Past(Standing.REPEALED, None)
            elif later:
                yield item.id, _Past(Standing.REPLACED, frozenset(later))
