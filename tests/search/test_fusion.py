"""Fusion is a pure function of the legs: deterministic, bounded, indifferent to the order of ties."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine.interface import BIGRAMS, DENSE, WORDS, ScoredPoint
from search.fusion import FEATURES, fuse, fusion_features, load_weights
from search.logistic import LogisticModel

_scores = st.floats(min_value=-1, max_value=50, allow_nan=False).map(lambda value: round(value, 3))
_leg = st.dictionaries(st.sampled_from(range(30)), _scores, max_size=25).map(
    lambda found: [ScoredPoint(key, found[key]) for key in sorted(found, key=lambda key: (-found[key], key))]
)
_legs = st.fixed_dictionaries({WORDS: _leg, BIGRAMS: _leg, DENSE: _leg})

PLAIN = LogisticModel(FEATURES, bias=0.0, weights={"words_max": 1.0, "bigrams_max": 1.0, "dense_max": 1.0})


def _points(scores: dict[int, float]) -> list[ScoredPoint]:
    return [ScoredPoint(key, score) for key, score in sorted(scores.items(), key=lambda item: -item[1])]


@given(_legs, st.integers(1, 40))
def test_every_candidate_once_finite_and_sorted(legs, terms):
    fused = fuse(legs, terms, load_weights().legs)
    found = {point.id for points in legs.values() for point in points}
    assert {candidate.id for candidate in fused} == found
    assert len(fused) == len(found)
    assert all(0 <= candidate.score <= 1 for candidate in fused)
    assert fused == sorted(fused, key=lambda candidate: (-candidate.score, candidate.id))
    assert np.isfinite(fusion_features(legs, terms).matrix).all()
    assert np.abs(fusion_features(legs, terms).matrix[:, FEATURES.index("dense_max")]).max(initial=0) <= 1


@given(_legs, st.randoms(use_true_random=False))
def test_order_of_ties_within_a_leg_has_no_effect(legs, random):
    level = {name: [ScoredPoint(point.id, float(math.ceil(point.score))) for point in legs[name]] for name in legs}
    shuffled = {}
    for name, points in level.items():
        mixed = list(points)
        random.shuffle(mixed)
        shuffled[name] = sorted(mixed, key=lambda point: -point.score)
    ordered = {name: sorted(points, key=lambda point: -point.score) for name, points in level.items()}
    assert fuse(ordered, 5, load_weights().legs) == fuse(shuffled, 5, load_weights().legs)


def test_legs_keep_their_own_scores():
    fused = fuse({WORDS: _points({1: 8.0, 2: 4.0}), DENSE: _points({2: 0.9, 3: 0.3})}, 3, PLAIN)
    assert {candidate.id: dict(candidate.legs) for candidate in fused} == {
        1: {WORDS: 8.0},
        2: {WORDS: 4.0, DENSE: 0.9},
        3: {DENSE: 0.3},
    }
    assert fused[0].id == 2


def test_equal_scores_are_ordered_by_id():
    fused = fuse({WORDS: _points({9: 1.0, 1: 1.0})}, 1, PLAIN)
    assert [candidate.id for candidate in fused] == [1, 9]


def test_a_passage_below_the_cut_of_a_full_leg_gets_the_cut_not_nothing():
    legs = {WORDS: _points({1: 1.0}), DENSE: _points({2: 0.8, 3: 0.6})}
    column = FEATURES.index("dense_max")
    full = fusion_features(legs, 2, limit=2)
    short = fusion_features(legs, 2, limit=100)
    assert full.matrix[full.ids.index(1), column] == pytest.approx(0.75)
    assert short.matrix[short.ids.index(1), column] == 0


def test_no_candidates():
    assert fuse({}, 0, PLAIN) == []
    assert fusion_features({WORDS: []}, 3).matrix.shape == (0, len(FEATURES))


def test_unknown_feature_is_refused(tmp_path):
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"bias": 0, "weights": {"word_max": 1}}), encoding="utf-8")
    with pytest.raises(ValueError, match="word_max"):
        load_weights(path)
