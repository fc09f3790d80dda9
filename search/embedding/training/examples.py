"""Batches of (query, passage) token bags: inverse cloze, titles, and real questions with hard negatives.

Everything works on flat arrays with an owner per token, so that a batch of thousands costs milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bags:
    """Token bags: ``tokens`` in one array and the bag each belongs to, ascending."""

    tokens: Ids
    owners: Positions
    count: int

    @property
    def offsets(self) -> Positions:
        """Where each bag starts in ``tokens``."""
        sizes = np.bincount(self.owners, minlength=self.count)
        return np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def keep(self, mask: NDArray[np.bool_]) -> "Bags":
        """The bags with only the marked tokens."""
        return Bags(self.tokens[mask], self.owners[mask], self.count)


class TokenLists:
    """Many token lists in one array."""

    def __init__(self, lists: Sequence[Sequence[int]]) -> None:
        self.sizes = np.array([len(tokens) for tokens in lists], dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)])[:-1]
        self.tokens = np.fromiter((token for tokens in lists for token in tokens), dtype=np.int32)

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> Ids:
        start = self.starts[index]
        return self.tokens[start : start + self.sizes[index]]

    def take(self, indices: Positions, limit: int, rng: np.random.Generator) -> Bags:
        """The chosen lists as bags; of a list longer than ``limit`` a random window of that size."""
        sizes = np.minimum(self.sizes[indices], limit)
        slack = self.sizes[indices] - sizes
        starts = self.starts[indices] + (rng.random(len(indices)) * (slack + 1)).astype(np.int64)
        owners = np.repeat(np.arange(len(indices)), sizes)
        return Bags(self.tokens[np.repeat(starts, sizes) + _within(sizes)], owners, len(indices))


@dataclass(frozen=True, slots=True)
class Batch:
    """Queries and passages: query i belongs to passage i; passages beyond the queries are hard negatives.

    Attributes:
        passage_ids: what each passage is, so that a passage that occurs twice is not its own negative.
        also_relevant: (query, passage) positions that are no negatives of each other.
    """

    queries: Bags
    passages: Bags
    passage_ids: Positions
    also_relevant: Positions


class PieceSplitter:
    """Replaces some words by the shorter pieces that write them (``vocabulary.decompositions``)."""

    def __init__(self, decompositions: Sequence[Sequence[int]]) -> None:
        size = len(decompositions)
        self._parts = np.array([*range(size), *(part for parts in decompositions for part in parts)], dtype=np.int32)
        self._sizes = np.array([len(parts) for parts in decompositions], dtype=np.int64)
        self._starts = size + np.concatenate([[0], np.cumsum(self._sizes)])[:-1]

    def __call__(self, bags: Bags, rate: float, rng: np.random.Generator) -> Bags:
        """The bags with about ``rate`` of their words split."""
        chosen = (rng.random(len(bags.tokens)) < rate) & (self._sizes[bags.tokens] > 0)
        sizes = np.where(chosen, self._sizes[bags.tokens], 1)
        starts = np.where(chosen, self._starts[bags.tokens], bags.tokens)
        tokens = self._parts[np.repeat(starts, sizes) + _within(sizes)]
        return Bags(tokens, np.repeat(bags.owners, sizes), bags.count)


def span_cloze(bags: Bags, rng: np.random.Generator, kept_share: float = 0.1) -> tuple[Bags, Bags]:
    """A span of 4–20 tokens (at most a third) as query; the passage without it, or for ``kept_share`` with it."""
    sizes = np.bincount(bags.owners, minlength=bags.count)
    lengths = np.minimum(rng.integers(4, 21, bags.count), np.maximum(2, sizes // 3))
    starts = (rng.random(bags.count) * (sizes - lengths + 1)).astype(np.int64)
    position = _within(sizes)
    inside = (position >= starts[bags.owners]) & (position < (starts + lengths)[bags.owners])
    kept = (rng.random(bags.count) < kept_share)[bags.owners]
    return bags.keep(inside), bags.keep(~inside | kept)


def keyword_cloze(bags: Bags, idf: NDArray[np.float32], rng: np.random.Generator) -> tuple[Bags, Bags]:
    """2–7 tokens drawn by idf as query; the passage without them, or for half of the passages with them."""
    wanted = rng.integers(2, 8, bags.count)
    # Gumbel keys: taking the largest draws without replacement in proportion to the weights.
    keys = np.log(idf[bags.tokens]) + rng.gumbel(size=len(bags.tokens))
    order = np.lexsort((-keys, bags.owners))
    sizes = np.bincount(bags.owners, minlength=bags.count)
    chosen = np.zeros(len(bags.tokens), dtype=bool)
    chosen[order] = _within(sizes) < wanted[bags.owners[order]]
    kept = (rng.random(bags.count) < 0.5)[bags.owners]
    return bags.keep(chosen), bags.keep(~chosen | kept)


def drop_tokens(bags: Bags, rate: float, rng: np.random.Generator) -> Bags:
    """The bags without a random ``rate`` of their tokens; the first token of each always stays."""
    first = np.diff(bags.owners, prepend=-1) > 0
    return bags.keep((rng.random(len(bags.tokens)) >= rate) | first)


def distinct(bags: Bags) -> tuple[Bags, Positions]:
    """The bags with each token once, in order of token, and how often it stood in its bag."""
    size = int(bags.tokens.max(initial=0)) + 1
    keys, counts = np.unique(bags.owners * size + bags.tokens, return_counts=True)
    owners, tokens = np.divmod(keys, size)
    return Bags(tokens.astype(np.int32), owners, bags.count), counts


def join(parts: Sequence[Bags]) -> Bags:
    """The bags of all parts, one after the other."""
    bases = np.cumsum([0, *(part.count for part in parts)])
    owners = np.concatenate([part.owners + base for part, base in zip(parts, bases[:-1], strict=True)])
    return Bags(np.concatenate([part.tokens for part in parts]), owners, int(bases[-1]))


def _within(sizes: Positions) -> Positions:
    """0, 1, … inside each of the groups."""
    ends = np.cumsum(sizes)
    return np.arange(int(sizes.sum())) - np.repeat(ends - sizes, sizes)
