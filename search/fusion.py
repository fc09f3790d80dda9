"""Fusion of the retrieval legs into one score per passage: deterministic, explainable, calibrated.

The score is a logistic function of a weighted sum of named features, every one of them computed from the legs' own
scores. The weights are data (``fusion_weights.json``, fitted by ``search.fusion_training``), so what
decides an order can be read in one place. Equal-weight reciprocal rank fusion was measured to be worse than the
lexical legs alone and is not offered (docs/decisions/0009-fusion.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import repeat
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engine.interface import BIGRAMS, DENSE, WORDS, ScoredPoint
from search.logistic import LogisticModel
from search.reranking import TEXT_FEATURES

LEG_LIMIT = 64
"""Candidates fetched per leg. A leg that is full may have cut off passages with a score up to its smallest one. With
100 of them, and weights fitted for that, nDCG@10 of no labelled set is higher by more than .0003, Recall@100 by up to
.02, and a search takes a tenth more (docs/decisions/0037)."""

LEGS = (WORDS, BIGRAMS, DENSE)
LEG_FEATURES = ("max", "rank")
QUERY_FEATURES = ("lexical_by_strength", "lexical_by_peak", "dense_by_strength", "dense_by_peak")
FEATURES = tuple(f"{leg}_{name}" for leg in LEGS for name in LEG_FEATURES) + QUERY_FEATURES
"""Names of the columns of ``fusion_features``, in order.

For each leg: ``max`` the score over the leg's best score, 0 for a negative one, and ``rank`` the reciprocal rank.
Then what says how far the lexical and the dense legs can be trusted for a query: the mean of the two lexical ``max``,
and the dense one, times the words leg's strength and times its peak. Its strength is its best score over the number of
the query's terms: low where no passage speaks the query's language; its peak, how far the best stands above the tenth.
"""

_PEAK_RANK = 10
_SCORE_OF_A_TERM = 10.0
"""About what a rare term adds to the words leg's score: brings the strength near 1."""
_WEIGHTS_FILE = Path(__file__).with_name("fusion_weights.json")


@dataclass(frozen=True, slots=True)
class CandidateFeatures:
    """The candidates of one query, sorted by id, and one row of ``FEATURES`` for each."""

    ids: tuple[int, ...]
    matrix: NDArray[np.float64]


class RankedCandidate(NamedTuple):
    """A passage, by its number, with its fused score, what exact matches add to it, and each leg's own score, as the
    engine gave it."""

    id: int
    fused: float
    tier: float
    legs: Mapping[str, float]

    @property
    def score(self) -> float:
        """What decides the order."""
        return self.fused + self.tier


def unranked(identifier: int) -> RankedCandidate:
    """A passage that no leg found, with nothing to say for it."""
    return RankedCandidate(identifier, 0.0, 0.0, MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """One fitted weighted sum in two parts: over the legs' scores, and over what the best candidates' texts say."""

    legs: LogisticModel
    texts: LogisticModel


@cache
def load_weights(path: Path = _WEIGHTS_FILE) -> FusionWeights:
    """The fitted weights.

    Raises:
        ValueError: the file names an unknown feature.
    """
    return split_weights(LogisticModel.load(path, (*FEATURES, *TEXT_FEATURES)))


def split_weights(model: LogisticModel) -> FusionWeights:
    """The two parts of a model over ``FEATURES`` and ``TEXT_FEATURES``; the intercept goes with the legs."""
    parts = (
        {name: model.weights[name] for name in names if name in model.weights} for names in (FEATURES, TEXT_FEATURES)
    )
    legs, texts = parts
    return FusionWeights(LogisticModel(FEATURES, model.bias, legs), LogisticModel(TEXT_FEATURES, 0.0, texts))


def fusion_features(
    legs: Mapping[str, Sequence[ScoredPoint]], query_terms: int, limit: int = LEG_LIMIT
) -> CandidateFeatures:
    """Features of every passage that a leg found. Pure: equal legs give equal features.

    Args:
        legs: results by leg name (``LEGS``), each by score descending; a missing leg counts as empty.
        query_terms: number of words the analyser finds in the query.
        limit: how many candidates each leg was asked for.
    """
    points = [point for name in LEGS for point in legs.get(name, ())]
    found_ids, found_scores = zip(*points, strict=True) if points else ((), ())
    # In one go: of every query there are some 200, and each step over a leg by itself costs as much as over all.
    ids, rows = np.unique(np.array(found_ids, dtype=np.int64), return_inverse=True)
    scores = np.array(found_scores, dtype=np.float64)
    matrix = np.zeros((len(ids), len(FEATURES)))
    end = 0
    for leg, name in enumerate(LEGS):
        start, end = end, end + len(legs.get(name, ()))
        if end > start:
            columns = matrix[:, leg * len(LEG_FEATURES) : (leg + 1) * len(LEG_FEATURES)]
            _fill_leg(columns, rows[start:end], scores[start:end], limit)
    _fill_trust(matrix, legs.get(WORDS, ()), query_terms)
    return CandidateFeatures(tuple(ids.tolist()), matrix)


def fuse(
    legs: Mapping[str, Sequence[ScoredPoint]], query_terms: int, weights: LogisticModel, limit: int = LEG_LIMIT
) -> list[RankedCandidate]:
    """Every passage that a leg found, without a tier, by fused score descending, then by id."""
    candidates = fusion_features(legs, query_terms, limit)
    own: dict[int, dict[str, float]] = {identifier: {} for identifier in candidates.ids}
    for name in LEGS:
        for identifier, score in legs.get(name, ()):
            own[identifier][name] = score
    scores = weights.score(candidates.matrix)
    # The ids are sorted, and the sort is stable: equal scores stay in order of id.
    order = np.argsort(-scores, kind="stable")
    ids = [candidates.ids[row] for row in order.tolist()]
    return list(map(_ranked, zip(ids, scores[order].tolist(), repeat(0.0), map(own.__getitem__, ids), strict=False)))


_ranked = partial(tuple.__new__, RankedCandidate)
"""A named tuple made within C: every query has hundreds of them."""


def _fill_leg(columns: NDArray[np.float64], rows: NDArray[np.intp], scores: NDArray[np.float64], limit: int) -> None:
    """Fill in the two features of a leg that found the candidates of ``rows``; ``columns`` are zeros."""
    best, least = float(scores.max()), float(scores.min())
    if best > 0:
        # A best cosine just above zero would make the negative ones huge. A passage below the cut of a full leg has at
        # most the leg's least score; below a short one it has none.
        columns[:, 0] = max(least, 0.0) / best if len(rows) >= limit else 0.0
        columns[rows, 0] = np.maximum(scores, 0.0) / best
    # Equal scores share a rank, so the order in which an engine returns ties has no effect.
    columns[rows, 1] = 1.0 / (1 + np.searchsorted(np.sort(-scores), -scores))


def _fill_trust(matrix: NDArray[np.float64], words: Sequence[ScoredPoint], query_terms: int) -> None:
    """Fill in ``QUERY_FEATURES``."""
    by_words, by_bigrams, dense = (matrix[:, FEATURES.index(f"{name}_max")] for name in LEGS)
    lexical = (by_words + by_bigrams) / 2
    strength = words[0].score / max(1, query_terms) / _SCORE_OF_A_TERM if words else 0.0
    peak = _peak(words)
    for name, by in zip(QUERY_FEATURES, (strength, peak, strength, peak), strict=True):
        matrix[:, FEATURES.index(name)] = by * (lexical if name.startswith("lexical") else dense)


def _peak(points: Sequence[ScoredPoint]) -> float:
    """How far the best score stands above the tenth, as a share of the best; 1 with fewer than ten points."""
    if not points or points[0].score <= 0:
        return 0.0
    if len(points) < _PEAK_RANK:
        return 1.0
    return 1.0 - points[_PEAK_RANK - 1].score / points[0].score
