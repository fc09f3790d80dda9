"""Many texts as one array of code points, so that what is asked of every character is answered by numpy. Apart from
``folding``, as readers load no numpy."""

import re
import sys
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SEPARATOR = "\n"
"""Stands between the texts."""


_ALPHANUMERIC = re.compile(r"[^\W_]+")


class CodePoints(NamedTuple):
    """The code points of texts, with ``SEPARATOR`` between them, and the number of the text that each belongs to."""

    codes: NDArray[np.uint32]
    owners: NDArray[np.int64]


class Neighbourhood(NamedTuple):
    """Of each character, whether the one before, itself and the one after are alphanumeric."""

    before: NDArray[np.bool_]
    here: NDArray[np.bool_]
    after: NDArray[np.bool_]


def codes_of(text: str) -> NDArray[np.uint32]:
    """The code points of one text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def code_points(texts: Sequence[str]) -> CodePoints:
    """The code points of the texts."""
    codes = codes_of(SEPARATOR.join(texts))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + len(SEPARATOR)
    return CodePoints(codes, np.repeat(np.arange(len(texts)), lengths)[: len(codes)])


def are_alphanumeric(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which of the code points are letters (Han ones too) or digits: what the pattern ``[^\\W_]`` matches."""
    return np.asarray(_alphanumeric()[codes], dtype=np.bool_)


def neighbourhood(codes: NDArray[np.uint32]) -> Neighbourhood:
    """What stands around each of the code points; nothing does before the first and after the last."""
    held = np.concatenate(([False], are_alphanumeric(codes), [False]))
    return Neighbourhood(held[:-2], held[1:-1], held[2:])


@cache
def _alphanumeric() -> NDArray[np.bool_]:
    table = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
    every = np.arange(len(table), dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    for run in _ALPHANUMERIC.finditer(every):
        table[slice(*run.span())] = True
    return table
