"""The names that a library knows, and fast ways to those that sound or look like a stretch of a query.

A library of 50,000 documents has as many titles, and a search from the command line reads them all once: so what they
are looked up by is computed for all of them together, as numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Self

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


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Stretches [start, end) of one text; none of them is empty."""

    text: str
    starts: Bounds
    ends: Bounds

    @classmethod
    def whole(cls, texts: Sequence[str]) -> Self:
        """Each of the texts, one after the other."""
        bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        return cls("".join(texts), bounds[:-1], bounds[1:])

    @classmethod
    def within(cls, text: str, longest: int) -> Self:
        """All stretches of two to ``longest`` characters of a text, the longest first."""
        sizes = np.arange(min(longest, len(text)), 1, -1)
        starts = np.concatenate([np.zeros(0, dtype=np.int64), *map(np.arange, len(text) - sizes + 1)])
        return cls(text, starts, starts + np.repeat(sizes, len(text) - sizes + 1))

    def __getitem__(self, number: int) -> str:
        return self.text[self.starts[number] : self.ends[number]]


Named = tuple[str, Origin, frozenset[frozenset[str]] | None]


class Names:
    """All names. How each is spelt is found out when somebody types Latin letters: it takes longest of all."""

    def __init__(self, named: Sequence[Named]) -> None:
        folded = fold_many([text for text, *_ in named])
        self.all = [
            Name(text, key, origin, readers) for (text, origin, readers), key in zip(named, folded, strict=True)
        ]
        self._right = [name for name in self.all if name.is_corrected_to]
        stretches = Stretches.whole([name.folded for name in self._right])
        self._by_sound = _Lookup(sound_keys(stretches))
        self._by_first_half, self._by_second_half = map(_Lookup, half_keys(stretches))

    def sounding_like(self, stretches: Stretches) -> dict[str, list[Name]]:
        """The folded stretches that sound like a name, with the names; only those of two characters or more."""
        found: dict[str, list[Name]] = {}
        for number, rows in self._by_sound.find(sound_keys(stretches)):
            part = stretches[number]
            heard = tuple(map(sound, part))
            names = [name for name in self._at(rows) if tuple(map(sound, name.folded)) == heard]
            if names:
                found[part] = names
        return found

    def sharing_a_half(self, stretches: Stretches) -> dict[str, list[Name]]:
        """The folded stretches that share their first or their second half with a name of their length, with the names:
        with one wrong character, one of the halves is still right."""
        found: dict[str, list[Name]] = {}
        for lookup, keys in zip((self._by_first_half, self._by_second_half), half_keys(stretches), strict=True):
            for number, rows in lookup.find(keys):
                part = stretches[number]
                found.setdefault(part, []).extend(name for name in self._at(rows) if len(name.folded) == len(part))
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


_BEGINNING = 18
_REST = np.uint64(64 - _BEGINNING)
"""Bits of a key that are looked at first: a table of a quarter megabyte stays in the processor's cache."""


class _Lookup:
    """Rows by key."""

    def __init__(self, keys: Keys) -> None:
        self._rows = np.argsort(keys, kind="stable")
        self._keys = keys[self._rows]
        self._beginnings = np.zeros(1 << _BEGINNING, dtype=bool)
        self._beginnings[keys >> _REST] = True

    def find(self, keys: Keys) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """The places of the keys that are there, each with its rows. Different texts may have one key: compare them."""
        if not self._keys.size:
            return
        # Most keys are not there, which their beginning tells for nearly all; and to look for where one ends takes as
        # long as to look for where it begins.
        likely = np.flatnonzero(self._beginnings[keys >> _REST])
        starts = np.searchsorted(self._keys, keys[likely])
        there = np.flatnonzero(self._keys.take(starts, mode="clip") == keys[likely])
        ends = np.searchsorted(self._keys, keys[likely[there]], "right")
        for number, start, end in zip(likely[there].tolist(), starts[there].tolist(), ends.tolist(), strict=True):
            yield number, self._rows[start:end]


def sound_keys(stretches: Stretches) -> Keys:
    """A number for each stretch, equal for those that sound the same."""
    distinct, at = np.unique(codes_of(stretches.text), return_inverse=True)
    heard = np.array([hash(sound(chr(code))) for code in distinct], dtype=np.int64).astype(np.uint64)
    return _Sums(heard[at]).keys(stretches.starts, stretches.starts, stretches.ends)


def half_keys(stretches: Stretches) -> tuple[Keys, Keys]:
    """Two numbers for each stretch, for the first and for the second half, equal for equal halves of equal lengths."""
    starts, ends = stretches.starts, stretches.ends
    middles = starts + (ends - starts) // 2
    sums = _Sums(codes_of(stretches.text).astype(np.uint64) + np.uint64(1))
    halves = sums.keys(starts, starts, middles), sums.keys(starts, middles, ends)
    one, other = (half * _PRIME + (ends - starts).astype(np.uint64) for half in halves)
    return one, other


_PRIME = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_PRIME), -1, 2**64))


class _Sums:
    """Polynomials of a text's values up to each place, modulo 2⁶⁴: that of a stretch is the difference of two of them,
    times a power (Karp and Rabin 1987), however many characters it has."""

    def __init__(self, values: Keys) -> None:
        powers = np.full(len(values) + 1, _PRIME).cumprod(dtype=np.uint64)
        self._sums = np.zeros(len(values) + 1, dtype=np.uint64)
        np.cumsum(values * powers[:-1], out=self._sums[1:])
        self._inverse = np.full(len(values) + 1, _INVERSE)
        self._inverse[0] = 1
        self._inverse = self._inverse.cumprod(dtype=np.uint64)

    def keys(self, origins: Bounds, starts: Bounds, ends: Bounds) -> Keys:
        """The polynomials over [start, end), with the powers counted from ``origins``."""
        return (self._sums[ends] - self._sums[starts]) * self._inverse[origins]
