"""Which documents are not the latest word: repealed, by their own or another text, followed by a later one, expired."""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from corpus.catalogue import Catalogue, DocumentTitle
from corpus.days import today_in_china
from corpus.records import MetadataField
from corpus.text.references import find_dates
from corpus.text.repeals import Repeal, named_repeal
from corpus.text.titles import called, core_title, names_of
from corpus.text.validity import Prolongation, find_prolongations
from search.candidates import ResolvedRanking
from search.results import Standing

DEMOTION = 0.5
"""What the score of a passage is worth when its document is past or a copy: enough for the current text of the same
words to stand above it, and for what is found by its number to stay in sight."""

_REPEALED = re.compile("(?:已|予以|宣布|明令)?(?:废止|失效|停止执行|不再执行)|^废止|^失效")
_STILL_IN_FORCE = re.compile("(?:未|没有|尚未|不)(?:被)?(?:废止|失效)|现行有效")
_REPEALED_BY_TITLE = re.compile(
    r"[（(\[【〔](?P<said>(?:[本该此][件文]|全文|现)?(?:已经?|现已)?(?:被|由|于)?(?P<when>\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?)?起?"
    r"(?:宣布|明令|予以|同时)?(?:废止|失效|停止执行))[)）\]】〕]"
)
"""A bracket of a title that says nothing but its end: （已废止）, not （部分废止） or （关于废止某办法的决定）."""
_SETTLED = 1.0
_PAUSE = 10.0


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
class Past:
    """Why a document is no longer the latest word.

    ``by`` are the later documents that made it so, the last one first; None where it says so itself. Who may read none
    of them is not told.
    """

    standing: Standing
    by: tuple[DocumentTitle, ...] | None


@dataclass(frozen=True, slots=True)
class Prolonged:
    """The last day to which a later document prolongs another's validity."""

    until: date
    by: DocumentTitle


class Succession:
    """Knows the documents that are past. Safe to use from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._reading = threading.Lock()
        self._past: Mapping[str, list[Past]] = {}
        self._prolonged: Mapping[str, list[Prolonged]] = {}
        self._copies: Mapping[str, str] = {}
        self._state: object = None
        self._next = 0.0

    def standing(self, document_id: str, groups: frozenset[str]) -> Standing | None:
        """What became of a document, or None while it is current, as far as ``groups`` may know."""
        past = self.past(document_id, groups)
        return past.standing if past else None

    def past(self, document_id: str, groups: frozenset[str]) -> Past | None:
        """Why a document is past, with those of its successors that ``groups`` may read; None while it is current."""
        self._refresh()
        return self._known(document_id, groups)

    def prolonged(self, document_id: str, groups: frozenset[str]) -> Prolonged | None:
        """To when a document's validity was prolonged, and by which of those documents that ``groups`` may read."""
        self._refresh()
        known = [item for item in self._prolonged.get(document_id, ()) if item.by.readers & groups]
        return max(known, key=lambda item: (item.until, item.by.id), default=None)

    def _known(self, document_id: str, groups: frozenset[str]) -> Past | None:
        for past in self._past.get(document_id, ()):
            if past.by is None:
                return past
            if known := tuple(item for item in past.by if item.readers & groups):
                return Past(past.standing, known)
        return None

    def demoted(self, ranking: ResolvedRanking, groups: frozenset[str]) -> ResolvedRanking:
        """The ranking with the passages lowered of past documents, and of copies of a document that stands above."""
        self._refresh()
        if not (self._past or self._copies):
            return ranking
        found = list(dict.fromkeys(ranking.facts[item.id].id for item in ranking.candidates))
        low = {key for key in self._past.keys() & set(found) if self._known(key, groups)}
        first: dict[str, str] = {}
        current = (key for key in found if key not in low)
        low |= {key for key in current if (text := self._copies.get(key)) and first.setdefault(text, key) != key}
        if not low:
            return ranking
        lowered = [
            item._replace(fused=item.fused * DEMOTION, tier=item.tier * DEMOTION)
            if ranking.facts[item.id].id in low
            else item
            for item in ranking.candidates
        ]
        # Stable: equal scores keep the order that they had.
        return replace(ranking, candidates=tuple(sorted(lowered, key=lambda item: -item.score)))

    def _uncertain(self) -> list[DocumentTitle]:
        """The documents that may be past or end another: few of those there are."""
        found = self._catalogue.dated_titles(self._catalogue.uncertain())
        known = {item.id for item in found}
        named = {name for item in found for text in _named(item) for name in _keys(text)}
        meant = [identifier for identifier in self._catalogue.named(named) if identifier not in known]
        return [*found, *self._catalogue.dated_titles(meant)]

    def _refresh(self) -> None:
        """Read again when the catalogue has changed; meanwhile other threads go on with what was known."""
        if time.monotonic() < self._next or not self._reading.acquire(blocking=self._state is None):
            return
        try:
            started = time.monotonic()
            state = (self._catalogue.last_change(), today_in_china())
            if state != self._state:
                titles, today = self._uncertain(), state[1].isoformat()
                past: dict[str, list[Past]] = defaultdict(list)
                prolonged = _find_prolonged(titles, today)
                for identifier, why in (*_find_past(titles, today), *_find_expired(titles, prolonged, today)):
                    past[identifier].append(why)
                self._past, self._prolonged, self._copies = dict(past), prolonged, self._catalogue.copies()
                self._state = state
            self._next = time.monotonic() + max(_SETTLED, _PAUSE * (time.monotonic() - started))
        finally:
            self._reading.release()


def _find_past(titles: Sequence[DocumentTitle], today: str) -> Iterator[tuple[str, Past]]:
    """The documents that are past, each with why; what says most of one document comes first."""
    for item in titles:
        if repeal_of(item.ended, today, item.title):
            yield item.id, Past(Standing.REPEALED, None)
    yield from _repealed_by_others(titles, today)
    yield from _followed_by_later(titles)


def _repealed_by_others(titles: Sequence[DocumentTitle], today: str) -> Iterator[tuple[str, Past]]:
    ends: dict[str, list[DocumentTitle]] = defaultdict(list)
    by_name = _by_name(titles)
    for item in titles:
        for repeal in _repeals(item) if _in_force(item, today) else ():
            for other in _meant(item, repeal, by_name):
                ends[other.id].append(item)
    for identifier, by in ends.items():
        yield identifier, Past(Standing.REPEALED, _latest_first(by))


def _followed_by_later(titles: Sequence[DocumentTitle]) -> Iterator[tuple[str, Past]]:
    namesakes: dict[tuple[str, str], list[DocumentTitle]] = defaultdict(list)
    for item in titles:
        namesakes[item.kind, core_title(item.title)].append(item)
    for group in namesakes.values():
        for item in group:
            later = [
                other for other in group if other.issued_on and item.issued_on and other.issued_on > item.issued_on
            ]
            if later:
                yield item.id, Past(Standing.REPLACED, _latest_first(later))


def _find_prolonged(titles: Sequence[DocumentTitle], today: str) -> dict[str, list[Prolonged]]:
    """The documents whose validity others prolong, with what each of these says."""
    by_name, found = _by_name(titles), defaultdict(list)
    for item in titles:
        for named, prolongation in _prolongations(item) if _in_force(item, today) else ():
            for other in _meant(item, named, by_name):
                if last := _last_day(other):
                    found[other.id].append(Prolonged(prolongation.last_day(last), item))
    return dict(found)


def _find_expired(
    titles: Sequence[DocumentTitle], prolonged: Mapping[str, list[Prolonged]], today: str
) -> Iterator[tuple[str, Past]]:
    for item in titles:
        if last := _last_day(item):
            days = [last, *(other.until for other in prolonged.get(item.id, ()))]
            if max(days).isoformat() < today:
                yield item.id, Past(Standing.EXPIRED, None)


def _last_day(item: DocumentTitle) -> date | None:
    """The last day that a document names itself."""
    said = _values(item).get("expires_on")
    return date.fromisoformat(said) if said else None


def _latest_first(items: Iterable[DocumentTitle]) -> tuple[DocumentTitle, ...]:
    return tuple(sorted(items, key=lambda item: (str(item.issued_on or ""), item.id), reverse=True))


def _repeals(item: DocumentTitle) -> list[Repeal]:
    """The texts that a document's fields say it ends."""
    entries = next((field.value for field in item.ended if field.name == "repeals"), [])
    return [named_repeal(entry) for entry in entries] if isinstance(entries, list) else []


def _named(item: DocumentTitle) -> list[Repeal]:
    """The texts that a document ends or prolongs."""
    return [*_repeals(item), *(text for text, _ in _prolongations(item))]


def _prolongations(item: DocumentTitle) -> list[tuple[Repeal, Prolongation]]:
    """The texts that a document's fields say hold on for longer."""
    entries = next((field.value for field in item.ended if field.name == "prolongs"), [])
    return [
        (named_repeal(entry[found.start : found.end]), found)
        for entry in (entries if isinstance(entries, list) else [])
        for found in find_prolongations(entry)
    ]


def _values(item: DocumentTitle) -> dict[str, str]:
    return {field.name: str(field.value) for field in item.ended}


def _in_force(item: DocumentTitle, today: str) -> bool:
    """Whether a document's own day has come, if it names one (自某日起施行)."""
    values = _values(item)
    said = (date.value for date in find_dates(values.get("validity", "")))
    return (values.get("effective_on") or next(said, "")) <= today


def _meant(item: DocumentTitle, named: Repeal, by_name: Mapping[str, list[DocumentTitle]]) -> list[DocumentTitle]:
    """The documents that another one means by a name."""
    found = {other.id: other for name in _keys(named) for other in by_name.get(name, ())}
    return [other for other in found.values() if _means(item, named, other)]


def _means(item: DocumentTitle, repeal: Repeal, other: DocumentTitle) -> bool:
    """Whether a text that a document names is another document: by its number, or by its title if it has none.

    Many offices issue under one title that begins with 关于, and print rules of one name: these need the same office.
    """
    later = item.issued_on and other.issued_on and other.issued_on > item.issued_on
    if other.id == item.id or later:
        return False
    if repeal.number and other.document_number:
        if repeal.number == other.document_number:
            return True
        if "令第" not in repeal.number:  # An order is named in several ways: 市政府令第12号, 安渡市人民政府令第12号.
            return False
    title, names = called(repeal.title), names_of(other.title)
    if not title or title not in names:
        return False
    ours = bool(item.organization) and item.organization == other.organization
    return ours or (title == names[0] and not title.startswith("关于"))


def _by_name(titles: Iterable[DocumentTitle]) -> dict[str, list[DocumentTitle]]:
    """The documents by their numbers and by what they are called."""
    found: dict[str, list[DocumentTitle]] = defaultdict(list)
    for item in titles:
        for name in (item.document_number, *names_of(item.title)):
            if name:
                found[name].append(item)
    return found


def _keys(repeal: Repeal) -> list[str]:
    """What the document that a repeal means may be called."""
    return [name for name in (repeal.number, called(repeal.title)) if name]
