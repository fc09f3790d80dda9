"""Completions of what a user is typing, and 是否要找 for typing errors and pinyin.

Both draw on the names that the library knows: terms, titles, organisations, courses, numbers. A name is only shown to
readers of a document that bears or holds it.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.catalogue import Catalogue
from corpus.errors import InvalidQuery
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.completion import fitting
from search.engine.interface import Contains, EngineReader, Leg
from search.misspelling import Misspelling, misspellings
from search.names import LONGEST_NAME, Name, Named, Names, Origin
from search.query import access
from search.spelling import spelling
from search.syntax import PHRASE, parse_expression

LONGEST = 40
"""Characters of a text that is completed, at most: more is no name."""

LONGEST_CORRECTED = LONGEST_NAME + 1
"""Characters of a text that is corrected, at most (a long name with one doubled): every search pays for it."""

SETTLED = 1.0
"""Seconds for which names are taken to be current."""

_PAUSE = 10.0
"""Names are read again at the earliest after this many times the seconds that reading them took."""

_SHORTEST_PINYIN = 4
_LATIN_RUN = re.compile(r"[a-z][a-z' ]*[a-z]")
_HAN = re.compile("[\u4e00-\u9fff]+")
_HAN_BEFORE = re.compile(_HAN.pattern + "$")
_CHECKED = 40
"""Names whose visibility is asked of the engine for one list of completions, at most."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A name that begins with or holds what was typed, or is spelt so."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant. ``corrected`` is the whole text with its misspelt names put right, or None."""

    completions: list[Completion]
    corrected: str | None


class Suggestions:
    """Suggests names. Safe to use from several threads."""

    def __init__(self, catalogue: Catalogue, engine: EngineReader, analyser: Analyser) -> None:
        self._catalogue, self._engine, self._analyser = catalogue, engine, analyser
        self._reading = threading.Lock()
        self._names = Names(())
        self._state: object = None
        self._next = 0.0

    def suggest(self, text: str, groups: frozenset[str], limit: int = 10) -> Suggestion:
        """Completions of the text, best first, and the text corrected.

        Raises:
            EngineUnavailable: the engine does not answer.
        """
        return Suggestion(self.complete(text, groups, limit), self.correct(text, groups))

    def complete(self, text: str, groups: frozenset[str], limit: int = 10) -> list[Completion]:
        """Names that begin with the text, hold it or all its words, or are spelt so in pinyin or its initials."""
        key = fold(text).strip()
        if not key or len(key) > LONGEST:
            return []
        found = sorted(self._matches(key, groups), key=lambda match: (match[0], len(match[1].folded), match[1].text))
        names = list(dict.fromkeys(name.text for _, name in found))
        of_text = {name.text: name for _, name in reversed(found)}
        shown = self._shown([of_text[name] for name in names[:_CHECKED]], groups)
        return [Completion(name.text, name.origin) for name in shown[:limit]]

    def _matches(self, key: str, groups: frozenset[str]) -> Iterator[tuple[int, Name]]:
        """Names that match, each with how well: the lower the better."""
        names, order = self._current(), list(Origin)
        for number, fit in fitting(key, names).items():
            name = names.all[number]
            if name.is_visible(groups):
                yield 10 * fit + order.index(name.origin), name

    def _shown(self, names: Sequence[Name], groups: frozenset[str]) -> list[Name]:
        """The names without terms that no passage within reach holds."""
        held = self._held([name.folded for name in names if name.readers is None], groups)
        return [name for name in names if name.readers is not None or name.folded in held]

    def _held(self, texts: Iterable[str], groups: frozenset[str]) -> set[str]:
        """Those of the folded texts that stand in a passage that ``groups`` may read."""
        asked = list(dict.fromkeys(texts))
        where = access(groups)
        legs = [Leg(replace(where, must=(*where.must, Contains("text", text))), 1) for text in asked]
        found = self._engine.query(legs) if legs else []
        return {text for text, points in zip(asked, found, strict=True) if points}

    def correct(self, text: str, groups: frozenset[str]) -> str | None:
        """The text with its misspelt names put right, or None.

        What a passage within reach holds as it was written is no error, and neither is a quoted string. Expressions of
        the query language are left alone.
        """
        text = text.strip()
        folded = fold(text)
        if not folded or len(folded) > LONGEST_CORRECTED or PHRASE.search(text) or _is_expression(text):
            return None
        if self._state is None and self._stands(folded, groups):
            return None
        candidates = [
            *self._spelt_out(folded, groups),
            *misspellings(folded, self._current(), groups, self._analyser),
        ]
        if not candidates:
            return None
        right = self._held({name.folded for *_, name in candidates if name.readers is None}, groups)
        wrong = {folded[start:end] for start, end, _ in candidates}
        known = self._held(wrong, groups)
        corrected, last = "", 0
        for start, end, name in candidates:
            held = name.readers is not None or name.folded in right
            if start >= last and held and folded[start:end] not in known:
                # Folding keeps every character's place.
                corrected += text[last:start] + name.text
                last = end
        return corrected + text[last:] if last else None

    def _stands(self, folded: str, groups: frozenset[str]) -> bool:
        """Whether every part of a text stands in a passage within reach, so that nothing of it can be an error.

        Asked only before the names have been read: that takes a single search from the command line half a second.
        """
        if _LATIN_RUN.search(folded):
            return False
        parts = {part for part in folded.split() if len(part) > 1}
        return self._held(parts, groups) == parts

    def _spelt_out(self, folded: str, groups: frozenset[str]) -> Iterator[Misspelling]:
        """Runs of Latin letters that are some name's pinyin, or its initials, or that of what characters beside them
        lack of a name: 理论xuanjiang."""
        names = self._current()
        for match in _LATIN_RUN.finditer(folded):
            for start, end in _with_neighbours(folded, *match.span()):
                spelt = spelling(folded[start:end])
                ends = folded[start : match.start()], folded[match.end() : end]
                found = [name for name in names.by_letters.get(spelt, ()) if name.is_visible(groups)]
                found = [name for name in found if name.folded.startswith(ends[0]) and name.folded.endswith(ends[1])]
                if found and (len(spelt) >= _SHORTEST_PINYIN or spelt in {name.spelling()[1] for name in found}):
                    yield Misspelling(start, end, min(found, key=lambda name: name.preference))
                    break

    def _current(self) -> Names:
        """The names, read again when the catalogue has changed; meanwhile other threads go on with the old ones."""
        if time.monotonic() >= self._next and self._reading.acquire(blocking=self._state is None):
            try:
                started = time.monotonic()
                state = (self._catalogue.last_change(), self._analyser.terms.hash)
                if state != self._state:
                    self._names, self._state = Names(list(self._read())), state
                self._next = time.monotonic() + max(SETTLED, _PAUSE * (time.monotonic() - started))
            finally:
                self._reading.release()
        return self._names

    def _read(self) -> Iterator[Named]:
        for text in self._analyser.terms.words:
            yield text, Origin.TERM, None
        for origin in Origin:
            if origin is not Origin.TERM:
                for text, readers in self._catalogue.names(origin.value).items():
                    yield text, origin, readers


def _with_neighbours(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches that a run of Latin letters forms with Han characters beside it, the longest first."""
    before, after = _HAN_BEFORE.search(text, 0, start), _HAN.match(text, end)
    first = max(before.start() if before else start, start - LONGEST_NAME)
    last = min(after.end() if after else end, end + LONGEST_NAME)
    places = [(left, right) for left in range(first, start + 1) for right in range(end, last + 1)]
    return iter(sorted(places, key=lambda place: place[0] - place[1]))


def _is_expression(text: str) -> bool:
    try:
        return parse_expression(text) is not None
    except InvalidQuery:
        return True
