"""Completions of what a user is typing, and 是否要找 for typing errors and pinyin.

Both draw on the names that the library knows: terms, titles, organisations, courses, numbers. A name is only shown to
readers of a document that bears or holds it.
"""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from corpus.catalogue import Catalogue
from corpus.errors import InvalidQuery
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.engine.interface import Contains, Engine, Leg
from search.query import access
from search.spelling import letters, sound, spell, syllable
from search.syntax import PHRASE, parse_expression

LONGEST = 40
"""Characters of a text that is completed, at most: more is no name."""

LONGEST_CORRECTED = 20
"""Characters of a text that is corrected, at most: every search pays for it."""

SETTLED = 1.0
"""Seconds for which names are taken to be current."""

_PAUSE = 10.0
"""Names are read again at the earliest after this many times the seconds that reading them took."""

_SHORTEST_INITIALS = 3
_SHORTEST_PINYIN = 4
_SHORTEST_WITH_ERROR = 4
_LONGEST_NAME = 20
_GAP = "\0"
_INITIALS = "bpmfdtnlgkhjqxzcsrwy"
_LATIN_RUN = re.compile(r"[a-z][a-z' ]*[a-z]")
_CHECKED = 40
"""Names whose visibility is asked of the engine for one list of completions, at most."""


class Origin(StrEnum):
    """What a completion is the name of. In this order they are shown."""

    TERM = "term"
    TITLE = "title"
    ORGANIZATION = "organization"
    COURSE = "course"
    PROJECT = "project"
    DOCUMENT_NUMBER = "document_number"


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


@dataclass(frozen=True, slots=True)
class _Name:
    """``readers``: the sets of groups of the documents that bear it; None for a term, which has no document."""

    text: str
    folded: str
    origin: Origin
    readers: frozenset[frozenset[str]] | None

    @property
    def is_corrected_to(self) -> bool:
        """Whether a misspelt one is put right: not numbers, nor long titles."""
        numbers = {Origin.PROJECT, Origin.DOCUMENT_NUMBER}
        return self.origin not in numbers and 2 <= len(self.folded) <= _LONGEST_NAME


class _Names:
    """All names, with the keys by which a misspelt one is found. How each is spelt is found out when somebody types
    Latin letters: it takes longer than all the rest, and a single search from the command line does without."""

    def __init__(self, names: Sequence[_Name]) -> None:
        self.all = names
        self.by_sound: dict[tuple[str, ...], list[_Name]] = defaultdict(list)
        self.by_half: dict[str, list[_Name]] = defaultdict(list)
        for name in names:
            if not name.is_corrected_to:
                continue
            self.by_sound[tuple(map(sound, name.folded))].append(name)
            if len(name.folded) >= _SHORTEST_WITH_ERROR:
                for key in _halves(name.folded):
                    self.by_half[key].append(name)

    @cached_property
    def spellings(self) -> list[tuple[str, str]]:
        """The pinyin and the initials of each name."""
        return list(map(_spelling, self.all))

    @cached_property
    def by_letters(self) -> dict[str, list[_Name]]:
        """Names by their pinyin, and by their initials."""
        found: dict[str, list[_Name]] = defaultdict(list)
        for name, (pinyin, initials) in zip(self.all, self.spellings, strict=True):
            if name.is_corrected_to:
                found[pinyin].append(name)
                if len(initials) >= _SHORTEST_INITIALS:
                    found[initials].append(name)
        return found


class Suggestions:
    """Suggests names. Safe to use from several threads."""

    def __init__(self, catalogue: Catalogue, engine: Engine, analyser: Analyser) -> None:
        self._catalogue, self._engine, self._analyser = catalogue, engine, analyser
        self._reading = threading.Lock()
        self._names = _Names(())
        self._state: object = None
        self._next = 0.0

    def suggest(self, text: str, groups: frozenset[str], limit: int = 10) -> Suggestion:
        """Completions of the text, best first, and the text corrected.

        Raises:
            EngineUnavailable: the engine does not answer.
        """
        return Suggestion(self.complete(text, groups, limit), self.correct(text, groups))

    def complete(self, text: str, groups: frozenset[str], limit: int = 10) -> list[Completion]:
        """Names that begin with the text, hold it, or are spelt so in pinyin or its initials."""
        key = fold(text).strip()
        if not key or len(key) > LONGEST:
            return []
        found = sorted(self._matches(key, groups), key=lambda match: (match[0], len(match[1].folded), match[1].text))
        names = list(dict.fromkeys(name.text for _, name in found))
        of_text = {name.text: name for _, name in reversed(found)}
        shown = self._shown([of_text[name] for name in names[:_CHECKED]], groups)
        return [Completion(name.text, name.origin) for name in shown[:limit]]

    def _matches(self, key: str, groups: frozenset[str]) -> Iterator[tuple[int, _Name]]:
        """Names that match, each with how well: the lower the better."""
        spelt = letters(key) if key.isascii() and not any(map(str.isdigit, key)) else ""
        order = list(Origin)
        names = self._current()
        for number, name in enumerate(names.all):
            if not _visible(name, groups):
                continue
            at = name.folded.find(key)
            if at >= 0:
                yield (0 if at == 0 else 10) + order.index(name.origin), name
            elif spelt:
                pinyin, initials = names.spellings[number]
                if pinyin.startswith(spelt) or (len(spelt) > 1 and initials.startswith(spelt)):
                    yield 20 + order.index(name.origin), name

    def _shown(self, names: Sequence[_Name], groups: frozenset[str]) -> list[_Name]:
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
        folded = fold(text).strip()
        if not folded or len(folded) > LONGEST_CORRECTED or PHRASE.search(text) or _is_expression(text):
            return None
        candidates = [*self._spelt_out(folded, groups), *self._misspelt(folded, groups)]
        if not candidates:
            return None
        right = self._held({name.folded for *_, name in candidates if name.readers is None}, groups)
        wrong = {folded[start:end] for start, end, _ in candidates}
        known = self._held(wrong, groups)
        corrected, last = "", 0
        for start, end, name in candidates:
            held = name.readers is not None or name.folded in right
            if start >= last and held and folded[start:end] not in known:
                corrected += folded[last:start] + name.text
                last = end
        return corrected + folded[last:] if last else None

    def _spelt_out(self, folded: str, groups: frozenset[str]) -> Iterator[tuple[int, int, _Name]]:
        """Runs of Latin letters that are some name's pinyin, or its initials."""
        names = self._current()
        for match in _LATIN_RUN.finditer(folded):
            spelt = letters(match[0])
            found = [name for name in names.by_letters.get(spelt, ()) if _visible(name, groups)]
            if found and (len(spelt) >= _SHORTEST_PINYIN or spelt in {_spelling(name)[1] for name in found}):
                yield *match.span(), min(found, key=_preference)

    def _misspelt(self, folded: str, groups: frozenset[str]) -> list[tuple[int, int, _Name]]:
        """Stretches that sound like a name or differ from it in one character; the longest first, not overlapping."""
        names = self._current()
        syllables = tuple(map(sound, folded))
        found: list[tuple[int, int, _Name]] = []
        for size in range(min(_LONGEST_NAME, len(folded)), 1, -1):
            for start in range(len(folded) - size + 1):
                end = start + size
                part = folded[start:end]
                if any(start < other_end and other_start < end for other_start, other_end, _ in found):
                    continue
                alike = names.by_sound.get(syllables[start:end], [])
                if right := next((name for name in alike if name.folded == part), None):
                    found.append((start, end, right))  # Nothing inside it is an error.
                    continue
                near = [name for name in alike if _visible(name, groups)]
                if size == 2 and self._analyser.has_word(part):
                    continue
                if not near and size >= _SHORTEST_WITH_ERROR:
                    # With one wrong character, one of the halves is still right.
                    near = [
                        name
                        for key in _halves(part)
                        for name in names.by_half.get(key, ())
                        if _differ_in_one_sound(part, name.folded) and _visible(name, groups)
                    ]
                if near:
                    found.append((start, end, min(near, key=_preference)))
        return sorted((start, end, name) for start, end, name in found if folded[start:end] != name.folded)

    def _current(self) -> _Names:
        """The names, read again when the catalogue has changed; meanwhile other threads go on with the old ones."""
        if time.monotonic() >= self._next and self._reading.acquire(blocking=self._state is None):
            try:
                started = time.monotonic()
                state = (self._catalogue.last_change(), self._analyser.terms.hash)
                if state != self._state:
                    self._names, self._state = _Names(list(self._read())), state
                self._next = time.monotonic() + max(SETTLED, _PAUSE * (time.monotonic() - started))
            finally:
                self._reading.release()
        return self._names

    def _read(self) -> Iterator[_Name]:
        for text in self._analyser.terms.words:
            yield _Name(text, fold(text), Origin.TERM, None)
        for origin in Origin:
            if origin is not Origin.TERM:
                for text, readers in self._catalogue.names(origin.value).items():
                    yield _Name(text, fold(text), origin, readers)


def _spelling(name: _Name) -> tuple[str, str]:
    """The pinyin of a name and its initials."""
    syllables = spell(name.folded) if name.origin is Origin.TERM else tuple(map(syllable, name.folded))
    return letters("".join(syllables)), letters("".join(syllable[:1] for syllable in syllables))


def _visible(name: _Name, groups: frozenset[str]) -> bool:
    return name.readers is None or any(readers & groups for readers in name.readers)


def _preference(name: _Name) -> tuple[int, int, str]:
    return list(Origin).index(name.origin), len(name.folded), name.text


def _sound_alike(one: str, other: str) -> bool:
    """Whether one character may have been typed for the other: another syllable that begins or ends like its own."""
    first, second = sound(one), sound(other)
    return first[:2] == second[:2] or first.lstrip(_INITIALS) == second.lstrip(_INITIALS)


def _halves(text: str) -> tuple[str, str]:
    """Both halves of a text, each as a key that also says how long the whole is."""
    middle = len(text) // 2
    return f"{len(text)}{text[:middle]}{_GAP}", f"{len(text)}{_GAP}{text[middle:]}"


def _differ_in_one_sound(one: str, other: str) -> bool:
    """Whether two texts of one length differ in one character, which may have been typed for the other."""
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and _sound_alike(*differing[0])


def _is_expression(text: str) -> bool:
    try:
        return parse_expression(text) is not None
    except InvalidQuery:
        return True
