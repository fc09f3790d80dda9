"""Fitting the fusion: weights over ``FEATURES`` and ``TEXT_FEATURES`` from labelled queries and their candidates.

Weights are those of a conditional logit (softmax over a query's candidates; ListNet, Cao et al. 2007, with the grades
as target) with an L2 penalty, in which a collection of n queries weighs like √n of them, so that large ones do not
decide alone. They are fitted twice: on all candidates, and then on those that the legs alone put first, as only these
are read and put in order by what their texts say. Afterwards scale and bias are fitted as Platt (1999) does, which
leaves the order alone and makes the scores probabilities. ``python -m api.fusion_training`` runs it; nothing here is
imported when the product runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from search.engine.interface import ScoredPoint
from search.evaluation import query_hash
from search.fusion import FEATURES, fusion_features, split_weights
from search.logistic import LogisticModel
from search.reranking import RERANKED, TEXT_FEATURES, Reader, ReadText

COLUMNS = (*FEATURES, *TEXT_FEATURES)
FOLDS = 5
_PENALTY = 0.02
"""L2 penalty on the weights of features scaled to unit variance, where all queries together weigh 1."""
_COLLECTION_POWER = 0.5
_FIRST = 30
"""Candidates of a query in the second fit: half as many again as are read. On the folds, by the model before 0035, 20
gain .002 on stard and lose .012 on domainrag, 60 lose .004 and gain .007; the other sets stay within .002."""
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class LabelledCandidates:
    """The candidates of one query.

    Attributes:
        fold: which of the ``FOLDS`` parts the query belongs to; its text decides.
        matrix: one row of ``FEATURES`` and ``TEXT_FEATURES`` per passage, sorted by passage number.
        documents: the document of each passage, as a number.
        grades: the grade of each passage's document.
        ideal: the discounted gain of the best possible order.
    """

    fold: int
    matrix: NDArray[np.float64]
    documents: NDArray[np.int64]
    grades: NDArray[np.float64]
    ideal: float


Collections = Mapping[str, Sequence[LabelledCandidates]]


def label(
    text: str,
    words: Sequence[str],
    legs: Mapping[str, Sequence[ScoredPoint]],
    texts: Mapping[int, tuple[str, ReadText]],
    judged: Mapping[str, int],
    reader: Reader,
) -> LabelledCandidates | None:
    """What the legs found for a query, with its grades; None if they found nothing.

    Args:
        text: the query.
        words: the analyser's of it.
        legs: the legs' results by name.
        texts: of every passage found its document and what is read of it.
        judged: grades by document; others have grade 0.
        reader: computes ``TEXT_FEATURES``.
    """
    features = fusion_features(legs, len(words))
    if not features.ids:
        return None
    found = [texts[identifier] for identifier in features.ids]
    documents = [document for document, _ in found]
    return LabelledCandidates(
        int(query_hash(text)[2:6], 16) % FOLDS,
        np.hstack([features.matrix, reader.features(text, words, [read for _, read in found])]),
        np.unique(documents, return_inverse=True)[1],
        np.array([judged.get(document, 0) for document in documents], dtype=np.float64),
        _gain(sorted(judged.values(), reverse=True)),
    )


def fit(collections: Collections) -> LogisticModel:
    """Weights from all queries of the collections that have something relevant among their candidates."""
    model = _fit(collections)
    return _fit({name: [_first(query, model) for query in queries] for name, queries in collections.items()})


def _first(query: LabelledCandidates, model: LogisticModel) -> LabelledCandidates:
    """The query with no more than its ``_FIRST`` best candidates by the legs alone."""
    kept = np.sort(_leg_order(query, model)[:_FIRST])
    return replace(query, matrix=query.matrix[kept], documents=query.documents[kept], grades=query.grades[kept])


def _leg_order(query: LabelledCandidates, model: LogisticModel) -> NDArray[np.intp]:
    """The candidates in the order of the legs alone; they are sorted by id, so a stable sort breaks ties."""
    return np.argsort(-split_weights(model).legs.logits(query.matrix[:, : len(FEATURES)]), kind="stable")


def _fit(collections: Collections) -> LogisticModel:
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    usable = [[query for query in queries if query.grades.any()] for queries in collections.values()]
    queries = [query for found in usable for query in found]
    shares = np.concatenate([np.full(len(found), max(len(found), 1) ** (_COLLECTION_POWER - 1)) for found in usable])
    shares /= shares.sum()
    rows = np.concatenate([query.matrix for query in queries])
    spread = rows.std(axis=0)
    scaled = rows / np.where(spread > 0, spread, 1.0)
    sizes = np.array([len(query.grades) for query in queries])
    starts = np.cumsum(sizes) - sizes
    target = np.concatenate([query.grades / query.grades.sum() for query in queries])
    row_shares = np.repeat(shares, sizes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = scaled @ weights
        best = np.maximum.reduceat(logits, starts)
        powers = np.exp(logits - np.repeat(best, sizes))
        sums = np.add.reduceat(powers, starts)
        total = float(shares @ (best + np.log(sums)) - row_shares @ (target * logits))
        gradient = scaled.T @ (row_shares * (powers / np.repeat(sums, sizes) - target))
        return total + _PENALTY / 2 * float(weights @ weights), gradient + _PENALTY * weights

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x / np.where(spread > 0, spread, 1.0)
    scale, bias = _platt(rows @ found, np.concatenate([query.grades > 0 for query in queries]).astype(np.float64))
    weights = {name: round(float(weight * scale), 4) for name, weight in zip(COLUMNS, found, strict=True)}
    return LogisticModel(COLUMNS, round(bias, 4), weights)


def cross_validate(collections: Collections) -> dict[str, float]:
    """nDCG@10 of each collection, every query by weights fitted on the other folds of all collections."""
    scores: dict[str, list[float]] = {name: [] for name in collections}
    for fold in range(FOLDS):
        model = fit({name: [query for query in found if query.fold != fold] for name, found in collections.items()})
        for name, found in collections.items():
            scores[name] += [_ndcg(query, _order(query, model)) for query in found if query.fold == fold]
    return {name: float(np.mean(found)) for name, found in scores.items()}


def ndcg(queries: Sequence[LabelledCandidates], model: LogisticModel) -> float:
    """Mean nDCG@10 of the candidates in the order of a search: the first are read, the others stay behind them."""
    return float(np.mean([_ndcg(query, _order(query, model)) for query in queries]))


def leg_ndcg(queries: Sequence[LabelledCandidates], leg: str) -> float:
    """Mean nDCG@10 of one leg alone."""
    column = FEATURES.index(f"{leg}_max")
    orders = [np.argsort(-query.matrix[:, column], kind="stable") for query in queries]
    return float(np.mean([_ndcg(query, order) for query, order in zip(queries, orders, strict=True)]))


def _order(query: LabelledCandidates, model: LogisticModel) -> NDArray[np.intp]:
    by_legs = _leg_order(query, model)
    read, unread = by_legs[:RERANKED], by_legs[RERANKED:]
    return np.concatenate([read[np.argsort(-model.logits(query.matrix[read]), kind="stable")], unread])


def _ndcg(query: LabelledCandidates, order: NDArray[np.intp]) -> float:
    """nDCG@10 of the documents, each by its best passage."""
    _, first = np.unique(query.documents[order], return_index=True)
    return _gain(query.grades[order[np.sort(first)]].tolist()) / query.ideal


def _gain(grades: Sequence[float]) -> float:
    top = np.asarray(grades[:_DEPTH], dtype=np.float64)
    return float(top @ (1 / np.log2(np.arange(2, len(top) + 2))))


def _platt(logits: NDArray[np.float64], relevant: NDArray[np.float64]) -> tuple[float, float]:
    """Scale and bias that make the logistic function of the logits a probability, with Platt's smoothed targets."""
    from scipy.optimize import minimize

    count = relevant.sum()
    target = np.where(relevant > 0, (count + 1) / (count + 2), 1 / (len(relevant) - count + 2))

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        values = logits * parameters[0] + parameters[1]
        residual = np.exp(-np.logaddexp(0, -values)) - target
        total = float(np.mean(np.logaddexp(0, values) - target * values))
        return total, np.array([np.mean(residual * logits), np.mean(residual)])

    scale, bias = minimize(loss, np.array([1.0, -3.0]), jac=True, bounds=[(1e-3, None), (None, None)]).x
    return float(scale), float(bias)
