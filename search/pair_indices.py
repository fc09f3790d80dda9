"""The dimensions of the character pairs of many texts at once: ``search.sparse.term_index`` of each, without making it.

CRC-32 is linear: that of two byte strings, one behind the other, is that of the first, taken through as many zeros as
the second is long, xor that of the second (``crc32_combine`` in zlib). So a pair's follows from its characters', which
a table holds.
"""

import sys
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.text.code_points import CodePoints, neighbourhood

_POLYNOMIAL = 0xEDB88320
_FIRST_OF_LENGTH = (0, 0x80, 0x800, 0x10000, sys.maxunicode + 1)
"""The code points from which on a character takes one byte of UTF-8, two, three and four; and the end."""


class Occurrences(NamedTuple):
    """The dimension of each occurrence of a term, in no order, and the number of the text that it stands in."""

    owners: NDArray[np.int64]
    indices: NDArray[np.uint32]


def pair_indices(texts: CodePoints) -> Occurrences:
    """The pairs that ``Analyser.bigrams`` finds in the texts: of neighbours within runs of letters, digits and Han, and
    the characters that are runs by themselves."""
    codes, owners = texts
    checksums = _checksums()[codes]
    before, here, after = neighbourhood(codes)
    pairs, alone = np.flatnonzero(here & after), np.flatnonzero(here & ~before & ~after)
    joined = _followed(checksums[pairs], codes[pairs + 1]) ^ checksums[pairs + 1]
    return Occurrences(np.concatenate((owners[pairs], owners[alone])), np.concatenate((joined, checksums[alone])))


def _followed(checksums: NDArray[np.uint32], following: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The checksums, each taken through as many zeros as the following character has bytes."""
    lengths = np.searchsorted(_FIRST_OF_LENGTH, following, "right")
    result = np.empty_like(checksums)
    for length in range(1, len(_FIRST_OF_LENGTH)):
        same = lengths == length
        through, some = _through_zeros(length), checksums[same]
        result[same] = (
            through[0][some & 0xFF]
            ^ through[1][some >> 8 & 0xFF]
            ^ through[2][some >> 16 & 0xFF]
            ^ through[3][some >> 24]
        )
    return result


@cache
def _through_zeros(length: int) -> list[NDArray[np.uint32]]:
    """For each byte of a checksum, by its value, what it becomes behind ``length`` zeros."""
    parts = [np.arange(256, dtype=np.uint32) << np.uint32(8 * byte) for byte in range(4)]
    for _ in range(length):
        parts = [_step(part, np.uint32(0)) for part in parts]
    return parts


@cache
def _checksums() -> NDArray[np.uint32]:
    """CRC-32 of the UTF-8 bytes of each character."""
    checksums = []
    for length, (first, end) in enumerate(pairwise(_FIRST_OF_LENGTH), 1):
        codes = np.arange(first, end, dtype=np.uint32)
        leading = np.uint32(0xFF00 >> length & 0xFF) if length > 1 else np.uint32(0)
        state = _step(np.full(len(codes), 0xFFFFFFFF, dtype=np.uint32), codes >> np.uint32(6 * (length - 1)) | leading)
        for place in range(length - 2, -1, -1):
            state = _step(state, codes >> np.uint32(6 * place) & np.uint32(0x3F) | np.uint32(0x80))
        checksums.append(~state)
    return np.concatenate(checksums)


def _step(state: NDArray[np.uint32], byte: NDArray[np.uint32] | np.uint32) -> NDArray[np.uint32]:
    return np.asarray(_bytes()[(state ^ byte) & 0xFF] ^ state >> np.uint32(8), dtype=np.uint32)


@cache
def _bytes() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(_POLYNOMIAL), table >> 1).astype(np.uint32)
    return table
