"""Fusion weights fitted on a small library: the better leg gets the weight, and nothing held out is fitted on."""

import numpy as np
import pytest

from search.engine.interface import BIGRAMS, DENSE, WORDS, ScoredPoint
from search.fusion import fusion_features, load_weights
from search.fusion_training import (
    COLUMNS,
    FOLDS,
    LabelledCandidates,
    cross_validate,
    fit,
    leg_ndcg,
    ndcg,
)
from search.logistic import LogisticModel
from search.reranking import RERANKED, TEXT_FEATURES


def candidates(good_leg: str, seed: int) -> LabelledCandidates:
    """Ten passages, one relevant; ``good_leg`` scores it clearly highest, the others score at random."""
    random = np.random.default_rng(seed)
    ids = list(range(10))
    relevant = int(random.integers(10))
    legs = {}
    for leg in (WORDS, BIGRAMS, DENSE):
        scores = random.uniform(1, 2, 10)
        if leg == good_leg:
            scores[relevant] = 4
        legs[leg] = sorted((ScoredPoint(*pair) for pair in zip(ids, scores, strict=True)), key=lambda p: -p.score)
    features = fusion_features(legs, 4)
    grades = np.array([float(key == ids[relevant]) for key in features.ids])
    matrix = np.hstack([features.matrix, random.uniform(0, 1, (10, len(TEXT_FEATURES)))])
    return LabelledCandidates(seed % FOLDS, matrix, np.arange(10), grades, 1.0)


@pytest.mark.parametrize("leg", [WORDS, BIGRAMS, DENSE])
def test_the_leg_that_knows_best_decides(leg: str) -> None:
    held_out = [candidates(leg, seed) for seed in range(30, 60)]
    assert ndcg(held_out, fit({"one": [candidates(leg, seed) for seed in range(30)]})) > 0.95
    assert leg_ndcg(held_out, leg) == 1


def test_fitting_gives_the_same_weights_again() -> None:
    fitted = [candidates(DENSE, seed) for seed in range(20)]
    assert fit({"one": fitted}) == fit({"one": list(fitted)})


def test_no_query_is_scored_by_weights_that_saw_it() -> None:
    # In each fold another leg is the good one, so that weights fitted on the other folds must do worse than all.
    queries = [candidates((WORDS, BIGRAMS, DENSE, WORDS, DENSE)[seed % FOLDS], seed) for seed in range(50)]
    apart = [fit({"one": [query for query in queries if query.fold != fold]}) for fold in range(FOLDS)]
    expected = np.mean([ndcg([query], apart[query.fold]) for query in queries])
    assert cross_validate({"one": queries})["one"] == pytest.approx(expected)


def test_collections_with_different_best_legs_are_both_served() -> None:
    meaning = [candidates(DENSE, seed) for seed in range(30)]
    wording = [candidates(WORDS, seed) for seed in range(30)]
    model = fit({"meaning": meaning, "wording": wording})
    assert ndcg(meaning, model) > 0.95
    assert ndcg(wording, model) > 0.95


def test_scores_are_probabilities_that_tell_relevant_from_other() -> None:
    queries = [candidates(DENSE, seed) for seed in range(40)]
    model = fit({"one": queries})
    scores = np.concatenate([model.score(query.matrix) for query in queries])
    assert scores.mean() == pytest.approx(0.1, abs=0.02)  # one passage in ten is relevant


def test_documents_count_once_by_their_best_passage() -> None:
    matrix = np.zeros((3, len(COLUMNS)))
    matrix[:, COLUMNS.index("words_max")] = [1.0, 0.9, 0.8]
    query = LabelledCandidates(0, matrix, np.array([0, 0, 1]), np.array([0.0, 0.0, 1.0]), 1.0)
    assert ndcg([query], LogisticModel(COLUMNS, 0.0, {"words_max": 1.0})) == pytest.approx(1 / np.log2(3))


@pytest.mark.parametrize(("place", "expected"), [(RERANKED, 1.0), (RERANKED + 1, 0.0)])
def test_what_is_not_read_stays_behind_as_in_a_search(place: int, expected: float) -> None:
    number = 2 * RERANKED
    matrix = np.zeros((number, len(COLUMNS)))
    matrix[:, COLUMNS.index("words_max")] = np.linspace(1, 0.1, number)
    matrix[place - 1, COLUMNS.index("coverage")] = 1.0
    query = LabelledCandidates(0, matrix, np.arange(number), np.eye(number)[place - 1], 1.0)
    model = LogisticModel(COLUMNS, 0.0, {"words_max": 1.0, "coverage": 9.0})
    assert ndcg([query], model) == expected


def test_the_last_fit_sees_only_what_the_legs_put_first() -> None:
    # Passages that share the relevant one's coverage stand far below it in the legs: they must not speak against it.
    def query(seed: int, far: int) -> LabelledCandidates:
        random = np.random.default_rng(seed)
        matrix = np.zeros((30 + far, len(COLUMNS)))
        matrix[:30, COLUMNS.index("words_max")] = random.uniform(0.9, 1, 30)
        matrix[0, COLUMNS.index("coverage")] = matrix[30:, COLUMNS.index("coverage")] = 1.0
        return LabelledCandidates(seed % FOLDS, matrix, np.arange(30 + far), np.eye(30 + far)[0], 1.0)

    near, with_far = (fit({"one": [query(seed, far) for seed in range(20)]}) for far in (0, 60))
    assert with_far.weights["coverage"] == pytest.approx(near.weights["coverage"])


def test_shipped_weights_trust_every_leg_and_what_is_read() -> None:
    weights = load_weights()
    assert all(weights.legs.weights[f"{leg}_max"] > 0 for leg in (WORDS, BIGRAMS, DENSE))
    assert weights.texts.weights["coverage"] > 0
    assert weights.texts.weights["title_similarity"] > 0
    assert (weights.texts.bias, set(weights.texts.weights)) == (0, set(TEXT_FEATURES))
