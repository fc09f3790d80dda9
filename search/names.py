"""The names that a library knows, and fast ways to those that sound or look like a stretch of a query.

A library of 50,000 documents has as many titles, and a search from the command line reads them all once: so what they
are looked up by is computed for all of them together, as numbers.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.text.bulk_folding import fold_many
from corpus.text.code_points import codes_of
from search.spelling import letters, sound, spell, syllable

LONGEST_NAME = 20
"""Characters of a name that a misspelt one is put right to, at most."""
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

    @property
    def preference(self) -> tuple[int, int, str]:
        """Which of several names that may be meant is taken: the lowest."""
        return list(Origin).index(self.origin), len(self.folded), self.text

    def is_visible(self, groups: frozenset[str]) -> bool:
        """Whether it may be shown to ``groups``, as far as documents that bear it decide."""
        return self.readers is None or any(readers & groups for readers in self.readers)

    def syllables(self) -> Sequence[str]:
        """Its pinyin; runs of other characters as they are."""
        return spell(self.folded) if self.origin is Origin.TERM else tuple(map(syllable, self.folded))

    def spelling(self) -> tuple[str, str]:
        """Its pinyin and its initials."""
        syllables = self.syllables()
        return letters("".join(syllables)), letters("".join(syllable[:1] for syllable in syllables))


@dataclass(frozen=True, eq=False)
class Places:
    """Half-open ranges [start, end) of a text, whatever it says; none of them is empty."""

    starts: Bounds
    ends: Bounds

    @cached_property
    def without_one(self) -> tuple[Bounds, Bounds, Bounds, Bounds]:
        """For each range and each place in it: the range's number, its start, the place, and the range's end."""
        sizes = self.ends - self.starts
        numbers = np.repeat(np.arange(len(sizes)), sizes)
        starts = self.starts[numbers]
        within = np.arange(len(numbers)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return numbers, starts, starts + within, self.ends[numbers]


@lru_cache(maxsize=64)
def _places_within(length: int, longest: int) -> Places:
    sizes = np.arange(min(longest, length), 1, -1)
    starts = np.concatenate([np.zeros(0, dtype=np.int64), *map(np.arange, length - sizes + 1)])
    return Places(starts, starts + np.repeat(sizes, length - sizes + 1))


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Stretches of one text."""

    text: str
    places: Places

    @classmethod
    def whole(cls, texts: Sequence[str]) -> Self:
        """Each of the texts, one after the other."""
        bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        return cls("".join(texts), Places(bounds[:-1], bounds[1:]))

    @classmethod
    def within(cls, text: str, longest: int) -> Self:
        """All stretches of two to ``longest`` characters of a text, the longest first."""
        return cls(text, _places_within(len(text), longest))

    def place(self, number: int) -> tuple[int, int]:
        """Where a stretch starts and ends."""
        return int(self.places.starts[number]), int(self.places.ends[number])

    def __getitem__(self, number: int) -> str:
        start, end = self.place(number)
        return self.text[start:end]


class Joined:
    """Texts one after the other: what stands in any of them is found at once."""

    _between = "\0"

    def __init__(self, texts: Sequence[str]) -> None:
        self._text = self._between.join(texts)
        self._starts = [0, *accumulate(len(text) + 1 for text in texts)]

    def find(self, part: str) -> Iterator[tuple[int, int]]:
        """Every occurrence of ``part`` in a text: the text's number, and the place in it."""
        at = -1 if self._between in part or not part else self._text.find(part)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number, at - self._starts[number]
            at = self._text.find(part, at + 1)


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
        keys, self._with_key = edit_keys(stretches)
        self._by_edit = _Lookup(keys)

    def sounding_like(self, stretches: Stretches) -> dict[int, list[Name]]:
        """The numbers of the folded stretches that sound like a name, with the names."""
        found: dict[int, list[Name]] = {}
        for number, rows in self._by_sound.find(sound_keys(stretches)):
            heard = tuple(map(sound, stretches[number]))
            names = [name for name in self._at(rows) if tuple(map(sound, name.folded)) == heard]
            if names:
                found[number] = names
        return found

    def an_edit_away(self, stretches: Stretches) -> dict[int, list[Name]]:
        """The numbers of the folded stretches that one edit may turn into a name, with the names: another character in
        one place, one more or one less, or two neighbours exchanged. Both are then equal but for a character taken from
        either."""
        found: dict[int, set[int]] = {}
        keys, with_key = edit_keys(stretches)
        for number, rows in self._by_edit.find(keys):
            found.setdefault(int(with_key[number]), set()).update(self._with_key[rows].tolist())
        return {number: self._at(sorted(rows)) for number, rows in found.items()}

    def _at(self, rows: Iterable[int]) -> list[Name]:
        return [self._right[row] for row in rows]

    @cached_property
    def spellings(self) -> list[tuple[str, str]]:
        """The pinyin and the initials of each of ``all``."""
        return [name.spelling() for name in self.all]

    @cached_property
    def written(self) -> Joined:
        """The names, folded."""
        return Joined([name.folded for name in self.all])

    @cached_property
    def pinyin(self) -> Joined:
        """The names' pinyin."""
        return Joined([pinyin for pinyin, _ in self.spellings])

    @cached_property
    def initials(self) -> Joined:
        """The initials of the names' pinyin."""
        return Joined([initials for _, initials in self.spellings])

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


_MOST_BITS = 22
"""Of a key that are looked at first, at most: the table of them then has four megabytes."""


class _Lookup:
    """Rows by key."""

    def __init__(self, keys: Keys) -> None:
        self._rows = np.argsort(keys)  # A stable sort takes four times as long.
        self._keys = keys[self._rows]
        bits = min(_MOST_BITS, len(keys).bit_length() + 3)  # One in eight places of the table is taken.
        self._rest = np.uint64(64 - bits)
        self._beginnings = np.zeros(1 << bits, dtype=bool)
        self._beginnings[keys >> self._rest] = True

    def find(self, keys: Keys) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """The places of the keys that are there, each with its rows in order.

        Different texts may have one key: compare them.
        """
        if not self._keys.size:
            return
        # Most keys are not there, which their beginning tells for nearly all; and to look for where one ends takes as
        # long as to look for where it begins.
        likely = np.flatnonzero(self._beginnings[keys >> self._rest])
        starts = np.searchsorted(self._keys, keys[likely])
        there = np.flatnonzero(self._keys.take(starts, mode="clip") == keys[likely])
        ends = np.searchsorted(self._keys, keys[likely[there]], "right")
        for number, start, end in zip(likely[there].tolist(), starts[there].tolist(), ends.tolist(), strict=True):
            yield number, np.sort(self._rows[start:end])


def sound_keys(stretches: Stretches) -> Keys:
    """A number for each stretch, equal for those that sound the same."""
    distinct, at = np.unique(codes_of(stretches.text), return_inverse=True)
    heard = np.array([hash(sound(chr(code))) for code in distinct], dtype=np.int64).astype(np.uint64)
    starts = stretches.places.starts
    return _Sums(heard[at]).keys(starts, starts, stretches.places.ends)


def edit_keys(stretches: Stretches) -> tuple[Keys, NDArray[np.intp]]:
    """Numbers of each stretch and of what is left of it without one of its characters, equal for equal texts, and the
    stretch of each (the symmetric deletions of Garbe's SymSpell, for one edit)."""
    starts, ends = stretches.places.starts, stretches.places.ends
    numbers, first, without, last = stretches.places.without_one
    sums = _Sums(codes_of(stretches.text).astype(np.uint64) + np.uint64(1))
    rest = sums.keys(first, first, without) + sums.keys(first + 1, without + 1, last)
    return np.concatenate([sums.keys(starts, starts, ends), rest]), np.concatenate([np.arange(len(starts)), numbers])


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
