"""How alike two texts are: by their letters, and by shingles of them under MinHash (Broder 1997).

Letters are what counts: Han characters, Latin letters and digits, folded. The same text out of Word, PDF and a web page
differs in blanks, punctuation and page furniture, not in them.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpus.text.bulk_folding import fold_many
from corpus.text.code_points import codes_of

SHINGLE = 5
"""Letters of a shingle: two to three words, so that texts share few by chance."""

PERMUTATIONS = 64
ROWS = 4
"""Values of a band. Of 16 bands with 4 values one agrees with probability 1 - (1 - s⁴)¹⁶ for texts that share a part
s of their shingles: .02 for .2, .64 for .5, .99 for .7, 1.0 from .8 on."""

ALIKE = 0.6
"""Share of common shingles from which on two texts are reported as alike."""

_FEWEST = 50
"""Shorter texts (a heading, an empty form) are not compared: they are alike without saying anything."""

_NO_LETTERS = re.compile(r"[\W_]+")
_SEED = 1
"""Of the permutations, which are datasketch's "affine32". Stored values can only be compared with others of these."""

_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Likeness:
    """What of a text is compared with others.

    Attributes:
        letters: hash of its letters; equal for the same text in another format.
        bands: the keys of its MinHash bands, 56 bits each, ascending; texts that are alike share one at least.
    """

    letters: str
    bands: tuple[int, ...]


def likeness(text: str) -> Likeness | None:
    """What is stored of a text to find others like it; None of one that is too short to be compared."""
    letters = _letters(text)
    if len(letters) < _FEWEST:
        return None
    values = _minhash(_shingles(letters))
    keys = {
        int.from_bytes(hashlib.blake2b(values[at : at + ROWS].tobytes(), digest_size=8, salt=bytes([at])).digest()[:7])
        for at in range(0, PERMUTATIONS, ROWS)
    }
    return Likeness(hashlib.sha256(letters.encode("utf-8")).hexdigest(), tuple(sorted(keys)))


def shingles(text: str) -> NDArray[np.uint64]:
    """The hashes of a text's shingles, each once, ascending."""
    # With counts numpy sorts; without, it fills a table of hashes, which takes ten times as long.
    return np.unique(_shingles(_letters(text)), return_counts=True)[0]


def shared(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """The share of common shingles among all of two texts (Jaccard), 0 to 1, exactly."""
    common = np.intersect1d(one, other, assume_unique=True).size
    total = one.size + other.size - common
    return float(common / total) if total else 0.0


def _letters(text: str) -> str:
    [folded] = fold_many([text])
    return _NO_LETTERS.sub("", folded)


def _shingles(letters: str) -> NDArray[np.uint64]:
    """32-bit hashes of all runs of five letters: a polynomial of the code points, mixed as SplitMix64 does."""
    codes = codes_of(letters).astype(np.uint64)
    size = max(len(codes) - SHINGLE + 1, 0)
    hashes = np.zeros(size, dtype=np.uint64)
    for position in range(SHINGLE):
        hashes = hashes * np.uint64(0x100000001B3) + codes[position : position + size]
    for multiplier, shift in zip(_MIX, (30, 27), strict=True):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * multiplier
    return hashes >> np.uint64(32)


def _minhash(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The least value of the hashes under each permutation; one that comes twice makes no difference."""
    factors, summands = _permutations()
    mixed = hashes.astype(np.uint32)
    for shift, multiplier in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(multiplier)
    mixed ^= mixed >> np.uint32(16)
    values: NDArray[np.uint32] = (factors * mixed + summands).min(axis=1)
    return values


@cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors, odd, and summands of h → factor · h + summand mod 2³², one row each."""
    generator = np.random.RandomState(_SEED)
    factors = generator.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors[:, None], generator.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)[:, None]
