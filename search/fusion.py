"""Fusion of the retrieval legs into one score per passage: deterministic, explainable, calibrated.

The score is a logistic function of a weighted sum of named features, every one of them computed from the legs' own
scores. The weights are data (``fusion_weights.json``, fitted by ``search.fusion_training``), so what
decides an order can be read in one place. Equal-weight reciprocal rank fusion was measured to be worse than the
lexical legs alone and is not offered (docs/decisions/0009-fusion.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.engine.interface import BIGRAMS, DENSE, WORDS, ScoredPoint
from search.logistic import LogisticModel

LEG_LIMIT = 100
"""Candidates fetched per leg. A leg that is full may have cut off passages with a score up to its smallest one."""

LEGS = (WORDS, BIGRAMS, DENSE)
LEG_FEATURES = ("max", "range", "z", "rank")
QUERY_FEATURES = (
    "found_by",
    "dense_by_length",
    "dense_by_best",
    "dense_by_peak",
    "lexical_by_peak",
    "dense_by_overlap",
)
FEATURES = tuple(f"{leg}_{name}" for leg in LEGS for name in LEG_FEATURES) + QUERY_FEATURES
"""Names of the columns of ``fusion_features``, in order.

For each leg: ``max`` the score over the leg's best score, 0 for a negative one; ``range`` the score scaled to [0, 1]
over the leg; ``z`` the score in standard deviations from the candidates' mean; ``rank`` the reciprocal rank.
Then ``found_by``, the share of the legs that found the passage, and features of the query, which say how far the dense
or the lexical legs can be trusted for it: ``dense_range`` times the logarithm of the number of query terms, times the
best cosine, times the dense leg's peak and times the share of the dense top ten that the words leg found; and the mean
of the lexical ``range`` times the words leg's peak. A leg's peak is how far its best score stands above its tenth.
"""

_PEAK_RANK = 10
_WEIGHTS_FILE = Path(__file__).with_name("fusion_weights.json")


@dataclass(frozen=True, slots=True)
class CandidateFeatures:
    """The candidates of one query, sorted by id, and one row of ``FEATURES`` for each."""

    ids: tuple[str, ...]
    matrix: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FusedCandidate:
    """A passage with its fused score and each leg's own score, as the engine gave it."""

    id: str
    score: float
    legs: Mapping[str, float]


@cache
def load_weights(path: Path = _WEIGHTS_FILE) -> LogisticModel:
    """The fitted weights.

    Raises:
        ValueError: the file names an unknown feature.
    """
    return LogisticModel.load(path, FEATURES)


def fusion_features(
    legs: Mapping[str, Sequence[ScoredPoint]], query_terms: int, limit: int = LEG_LIMIT
) -> CandidateFeatures:
    """Features of every passage that a leg found. Pure: equal legs give equal features.

    Args:
        legs: results by leg name (``LEGS``), each by score descending; a missing leg counts as empty.
        query_terms: number of words the analyser finds in the query.
        limit: how many candidates each leg was asked for.
    """
    ids = tuple(sorted({point.id for name in LEGS for point in legs.get(name, ())}))
    matrix = np.zeros((len(ids), len(FEATURES)))
    if not ids:
        return CandidateFeatures(ids, matrix)
    row_of = {identifier: row for row, identifier in enumerate(ids)}
    columns = [_leg_columns(legs.get(name, ()), row_of, limit) for name in LEGS]
    matrix[:, : len(LEGS) * len(LEG_FEATURES)] = np.hstack(columns)
    words, bigrams, dense = (matrix[:, FEATURES.index(f"{name}_range")] for name in LEGS)
    matrix[:, FEATURES.index("found_by")] = _found_by(legs, row_of)
    dense_leg = legs.get(DENSE, ())
    matrix[:, FEATURES.index("dense_by_length")] = dense * np.log1p(query_terms)
    matrix[:, FEATURES.index("dense_by_best")] = dense * (dense_leg[0].score if dense_leg else 0.0)
    matrix[:, FEATURES.index("dense_by_peak")] = dense * _peak(dense_leg)
    matrix[:, FEATURES.index("lexical_by_peak")] = (words + bigrams) / 2 * _peak(legs.get(WORDS, ()))
    matrix[:, FEATURES.index("dense_by_overlap")] = dense * _overlap(dense_leg, legs.get(WORDS, ()))
    return CandidateFeatures(ids, matrix)


def fuse(
    legs: Mapping[str, Sequence[ScoredPoint]], query_terms: int, weights: LogisticModel, limit: int = LEG_LIMIT
) -> list[FusedCandidate]:
    """Every passage that a leg found, by fused score descending, then by id."""
    candidates = fusion_features(legs, query_terms, limit)
    own: dict[str, dict[str, float]] = {identifier: {} for identifier in candidates.ids}
    for name in LEGS:
        for point in legs.get(name, ()):
            own[point.id][name] = point.score
    scores = weights.score(candidates.matrix).tolist()
    fused = [FusedCandidate(key, score, own[key]) for key, score in zip(candidates.ids, scores, strict=True)]
    return sorted(fused, key=lambda candidate: (-candidate.score, candidate.id))


def _leg_columns(points: Sequence[ScoredPoint], row_of: Mapping[str, int], limit: int) -> NDArray[np.float64]:
    columns = np.zeros((len(row_of), len(LEG_FEATURES)))
    if not points:
        return columns
    rows = [row_of[point.id] for point in points]
    found = np.array([point.score for point in points])
    best, least = float(found.max()), float(found.min())
    # A passage below the cut of a full leg has at most the leg's least score; below a short one it has none.
    floor = least if len(points) >= limit else min(0.0, least)
    scores = np.full(len(row_of), floor)
    scores[rows] = found
    if best > 0:
        # A best cosine just above zero would make the negative ones huge.
        columns[:, 0] = np.maximum(scores, 0.0) / best
    if best > floor:
        columns[:, 1] = (scores - floor) / (best - floor)
    else:
        columns[rows, 1] = 1.0
    spread = float(scores.std())
    if spread > 0:
        columns[:, 2] = (scores - scores.mean()) / spread
    # Equal scores share a rank, so the order in which an engine returns ties has no effect.
    columns[rows, 3] = 1.0 / (1 + np.searchsorted(np.sort(-found), -found))
    return columns


def _found_by(legs: Mapping[str, Sequence[ScoredPoint]], row_of: Mapping[str, int]) -> NDArray[np.float64]:
    counts = np.zeros(len(row_of))
    for name in LEGS:
        counts[[row_of[point.id] for point in legs.get(name, ())]] += 1
    return np.asarray(counts / len(LEGS), dtype=np.float64)


def _peak(points: Sequence[ScoredPoint]) -> float:
    """How far the best score stands above the tenth, as a share of the best; 1 with fewer than ten points."""
    if not points or points[0].score <= 0:
        return 0.0
    if len(points) < _PEAK_RANK:
        return 1.0
    return 1.0 - points[_PEAK_RANK - 1].score / points[0].score


def _overlap(first: Sequence[ScoredPoint], second: Sequence[ScoredPoint]) -> float:
    """Share of the first leg's top ten that the second leg found."""
    top = [point.id for point in first[:_PEAK_RANK]]
    found = {point.id for point in second}
    return sum(identifier in found for identifier in top) / len(top) if top else 0.0
