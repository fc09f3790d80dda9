"""The names that a library knows, and fast ways to those that sound or look like a stretch of a query.

A library of 50,000 documents has as many titles, and a search from the command line reads them all once: so what they
are looked up by is computed for all of them together, as numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpus.text.bulk_folding import fold_many
from corpus.text.code_points import codes_of
from search.spelling import letters, sound, spell, syllable

LONGEST_NAME = 20
"""Characters of a name that a misspelt one is put right to, at most."""
SHORTEST_WITH_ERROR = 4
"""Characters of a name that is recognised with one of them wrong, at least."""
SHORTEST_INITIALS = 3

Keys = NDArray[np.uint64]
Bounds = NDArray[np.int64]


class Origin(StrEnum):
    """What a name is the name of. In this order they are shown."""

    TERM = "term"
    TITLE = "title"
    ORGANIZATION = "organization"
    COURSE = "course"
    PROJECT = "project"
    DOCUMENT_NUMBER = "document_number"


_NUMBERS = frozenset({Origin.PROJECT, Origin.DOCUMENT_NUMBER})


@dataclass(frozen=True, slots=True)
class Name:
    """``readers``: the sets of groups of the documents that bear it; None for a term, which has no document."""

    text: str
    folded: str
    origin: Origin
    readers: frozenset[frozenset[str]] | None

    @property
    def is_corrected_to(self) -> bool:
        """Whether a misspelt one is put right: not numbers, nor long titles."""
        return self.origin not in _NUMBERS and 2 <= len(self.folded) <= LONGEST_NAME

    def is_visible(self, groups: frozenset[str]) -> bool:
        """Whether it may be shown to ``groups``, as far as documents that bear it decide."""
        return self.readers is None or any(readers & groups for readers in self.readers)

    def spelling(self) -> tuple[str, str]:
        """Its pinyin and its initials."""
        syllables = spell(self.folded) if self.origin is Origin.TERM else tuple(map(syllable, self.folded))
        return letters("".join(syllables)), letters("".join(syllable[:1] for syllable in syllables))


Named = tuple[str, Origin, frozenset[frozenset[str]] | None]


class Names:
    """All names. How each is spelt is found out when somebody types Latin letters: it takes longest of all."""

    def __init__(self, named: Sequence[Named]) -> None:
        folded = fold_many([text for text, *_ in named])
        self.all = [
            Name(text, key, origin, readers) for (text, origin, readers), key in zip(named, folded, strict=True)
        ]
        self._right = [name for name in self.all if name.is_corrected_to]
        texts = [name.folded for name in self._right]
        self._by_sound = _Lookup(sound_keys(texts))
        self._by_first_half, self._by_second_half = map(_Lookup, half_keys(texts))

    def sounding_like(self, parts: Sequence[str]) -> dict[str, list[Name]]:
        """The folded texts that sound like a name, with the names; only those of two characters or more."""
        found: dict[str, list[Name]] = {}
        for number, rows in self._by_sound.find(sound_keys(parts)):
            heard = tuple(map(sound, parts[number]))
            names = [name for name in self._at(rows) if tuple(map(sound, name.folded)) == heard]
            if names:
                found[parts[number]] = names
        return found

    def sharing_a_half(self, parts: Sequence[str]) -> dict[str, list[Name]]:
        """The folded texts that share their first or their second half with a name of their length, with the names:
        with one wrong character, one of the halves is still right."""
        found: dict[str, list[Name]] = {}
        for lookup, keys in zip((self._by_first_half, self._by_second_half), half_keys(parts), strict=True):
            for number, rows in lookup.find(keys):
                names = [name for name in self._at(rows) if len(name.folded) == len(parts[number])]
                found.setdefault(parts[number], []).extend(names)
        return found

    def _at(self, rows: NDArray[np.intp]) -> list[Name]:
        return [self._right[row] for row in rows]

    @cached_property
    def spellings(self) -> list[tuple[str, str]]:
        """The pinyin and the initials of each of ``all``."""
        return [name.spelling() for name in self.all]

    @cached_property
    def by_letters(self) -> dict[str, list[Name]]:
        """Names that a misspelt one is put right to, by their pinyin and by their initials."""
        found: dict[str, list[Name]] = {}
        for name, (pinyin, initials) in zip(self.all, self.spellings, strict=True):
            if not name.is_corrected_to:
                continue
            found.setdefault(pinyin, []).append(name)
            if len(initials) >= SHORTEST_INITIALS:
                found.setdefault(initials, []).append(name)
        return found


class _Lookup:
    """Rows by key."""

    def __init__(self, keys: Keys) -> None:
        self._rows = np.argsort(keys, kind="stable")
        self._keys = keys[self._rows]

    def find(self, keys: Keys) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """The places of the keys that are there, each with its rows. Different texts may have one key: compare them."""
        if not self._keys.size:
            return
        # Most keys are not there, and to look for where one ends takes as long as to look for where it begins.
        starts = np.searchsorted(self._keys, keys)
        there = np.flatnonzero(self._keys.take(starts, mode="clip") == keys)
        ends = np.searchsorted(self._keys, keys[there], "right")
        for number, start, end in zip(there.tolist(), starts[there].tolist(), ends.tolist(), strict=True):
            yield number, self._rows[start:end]


def sound_keys(texts: Sequence[str]) -> Keys:
    """A number for each text, equal for those that sound the same. No text may be empty."""
    codes, bounds = _characters(texts)
    distinct, at = np.unique(codes, return_inverse=True)
    heard = np.array([hash(sound(chr(code))) for code in distinct], dtype=np.int64).astype(np.uint64)
    return _summed(heard[at], bounds)


def half_keys(texts: Sequence[str]) -> tuple[Keys, Keys]:
    """Two numbers for each text, for the first and for the second half, equal for equal halves of texts of a length."""
    codes, bounds = _characters(texts)
    length = np.diff(bounds)
    first = _places(bounds) < np.repeat(length // 2, length)
    halves = (np.where(half, codes + np.uint64(1), np.uint64(0)) for half in (first, ~first))
    one, other = (_summed(half, bounds) * _PRIME + length.astype(np.uint64) for half in halves)
    return one, other


_PRIME = np.uint64(0x9E3779B97F4A7C15)


def _characters(texts: Sequence[str]) -> tuple[Keys, Bounds]:
    """The code points of all texts, and where each text begins, and the last ends."""
    return codes_of("".join(texts)).astype(np.uint64), np.cumsum([0, *map(len, texts)], dtype=np.int64)


def _places(bounds: Bounds) -> Bounds:
    """The place of each character in its text."""
    return np.arange(bounds[-1]) - np.repeat(bounds[:-1], np.diff(bounds))


def _summed(values: Keys, bounds: Bounds) -> Keys:
    """A polynomial of each text's values, modulo 2⁶⁴."""
    places = _places(bounds)
    powers = np.full(int(places.max(initial=-1)) + 1, _PRIME).cumprod(dtype=np.uint64)
    return np.add.reduceat(values * powers[places], bounds[:-1]) if len(bounds) > 1 else values
