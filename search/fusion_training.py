"""Fitting the fusion: ``python -m search.fusion_training --fit FOLDER… --measure FOLDER… --output FILE``.

For every labelled query the three legs are run as the engine would run them. Weights are those of a conditional logit
(softmax over a query's candidates; ListNet, Cao et al. 2007, with the grades as target) with an L2 penalty, in which a
collection of n queries weighs like √n of them, so that large ones do not decide alone. Afterwards scale and bias are
fitted as Platt (1999) does, which leaves the order alone and makes the scores probabilities.

Queries that the bundled model was trained on are left out: on them the dense leg is better than it will ever be again.
What is printed for each collection: the legs alone; ``folds``, where every query is scored by weights fitted on the
other four fifths of the queries; and ``without_it``, by weights that have seen nothing of the whole collection.
Nothing here is imported when the product runs.
"""

import argparse
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.sentences import split_sentences
from search.embedding import BUNDLED_MODEL, Embedder
from search.embedding.static import StaticEmbedder
from search.engine.interface import BIGRAMS, DENSE, WORDS, ScoredPoint, SparseVector
from search.evaluation import Record, query_hash, read_corpus, read_hashes, read_queries
from search.fusion import FEATURES, LEG_LIMIT, fusion_features
from search.logistic import LogisticModel
from search.rarity import SAMPLE, token_weights
from search.reranking import TEXT_FEATURES, Reader, ReadText
from search.sparse import index_text, passage_vectors, query_vectors

logger = logging.getLogger(__name__)

TRAINING_QUERIES = Path(__file__).parent / "embedding" / "training_queries.txt"
COLUMNS = (*FEATURES, *TEXT_FEATURES)
FOLDS = 5
_PENALTY = 0.02
"""L2 penalty on the weights of features scaled to unit variance, where all queries together weigh 1."""
_COLLECTION_POWER = 0.5
_QUERIES_PER_COLLECTION = 500
_DEPTH = 10
_PASSAGE_CHARACTERS = 350
_SEPARATOR = "#"


@dataclass(frozen=True, slots=True)
class LabelledCandidates:
    """The candidates of one query.

    Attributes:
        fold: which of the ``FOLDS`` parts the query belongs to; its text decides.
        matrix: one row of ``FEATURES`` and ``TEXT_FEATURES`` per passage, sorted by passage id.
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


class SparseIndex:
    """One sparse leg over all passages, scored as the engine does: term weights times inverse document frequency."""

    def __init__(self, vectors: Sequence[SparseVector]) -> None:
        from scipy.sparse import csc_matrix  # type: ignore[import-untyped]

        indices = np.concatenate([np.asarray(vector.indices, dtype=np.int64) for vector in vectors])
        values = np.concatenate([np.asarray(vector.values, dtype=np.float32) for vector in vectors])
        rows = np.repeat(np.arange(len(vectors)), [len(vector.indices) for vector in vectors])
        terms, columns = np.unique(indices, return_inverse=True)
        frequency = np.bincount(columns)
        idf = np.log(1 + (len(vectors) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        self._columns = {term: column for column, term in enumerate(terms.tolist())}
        self._matrix = csc_matrix((values * idf[columns], (rows, columns)), shape=(len(vectors), len(terms)))

    def scores(self, query: SparseVector) -> NDArray[np.float32]:
        """One score per passage."""
        found = [
            (self._columns[term], value)
            for term, value in zip(query.indices, query.values, strict=True)
            if term in self._columns
        ]
        columns, values = [column for column, _ in found], np.array([value for _, value in found], dtype=np.float32)
        return np.asarray(self._matrix[:, columns] @ values, dtype=np.float32)


def read_candidates(folder: Path, analyser: Analyser, embedder: Embedder) -> list[LabelledCandidates]:
    """The candidates of the collection's queries that the model was not trained on."""
    labelled = read_queries(folder / "queries.jsonl.gz", folder / "qrels.tsv", read_hashes(TRAINING_QUERIES))
    # A text without a title goes by its file name, as in the library.
    records = [replace(record, title=record.title or record.id) for record in read_corpus(folder / "corpus.jsonl.gz")]
    passages = [passage for record in records for passage in split_record(record)]
    ids = [identifier for identifier, _ in passages]
    titles = {record.id: record.title for record in records}
    texts = {key: _read_text(titles[key.rpartition(_SEPARATOR)[0]], text) for key, text in passages}
    reader = Reader(analyser, embedder)
    vectors = [passage_vectors(text, analyser) for _, text in passages]
    sparse = {name: SparseIndex([vector[name] for vector in vectors]) for name in (WORDS, BIGRAMS)}
    dense = embedder.embed_passages([text for _, text in passages])
    sample = [text for _, text in passages[:: max(1, len(passages) // SAMPLE)]]
    counts = embedder.count_tokens(sample)
    weights = None if counts is None else token_weights(counts, len(sample))
    candidates = []
    for identifier, text in list(labelled.texts.items())[:_QUERIES_PER_COLLECTION]:
        query = query_vectors(text, analyser)
        legs = {name: _best(ids, index.scores(query[name]), positive=True) for name, index in sparse.items()}
        legs[DENSE] = _best(ids, dense @ np.asarray(embedder.embed_query(text, weights), dtype=np.float32))
        words = dict.fromkeys(analyser.words(text))
        features = fusion_features(legs, len(words))
        read = reader.features(text, words, [texts[key] for key in features.ids])
        judged = labelled.judgements[identifier]
        documents = [key.rpartition(_SEPARATOR)[0] for key in features.ids]
        candidates.append(
            LabelledCandidates(
                int(query_hash(text)[2:6], 16) % FOLDS,
                np.hstack([features.matrix, read]),
                np.unique(documents, return_inverse=True)[1],
                np.array([judged.get(document, 0) for document in documents], dtype=np.float64),
                _gain(sorted(judged.values(), reverse=True)),
            )
        )
    return candidates


def _read_text(title: str, indexed: str) -> ReadText:
    return ReadText(title, (), indexed.removeprefix(index_text(title, (), "")))


def split_record(record: Record) -> Iterator[tuple[str, str]]:
    """Ids and indexed texts of a record's passages: sentences up to ``_PASSAGE_CHARACTERS``, as ingest cuts them."""
    start = number = 0
    for sentence in split_sentences(record.text):
        if sentence.end - start > _PASSAGE_CHARACTERS and sentence.start > start:
            yield f"{record.id}{_SEPARATOR}{number}", index_text(record.title, (), record.text[start : sentence.start])
            start, number = sentence.start, number + 1
    yield f"{record.id}{_SEPARATOR}{number}", index_text(record.title, (), record.text[start:])


def fit(collections: Collections) -> LogisticModel:
    """Weights from all queries of the collections that have something relevant among their candidates."""
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
            scores[name] += [_ndcg(query, model.score(query.matrix)) for query in found if query.fold == fold]
    return {name: float(np.mean(found)) for name, found in scores.items()}


def ndcg(queries: Sequence[LabelledCandidates], model: LogisticModel) -> float:
    """Mean nDCG@10 of the candidates in the model's order."""
    return float(np.mean([_ndcg(query, model.score(query.matrix)) for query in queries]))


def leg_ndcg(queries: Sequence[LabelledCandidates], leg: str) -> float:
    """Mean nDCG@10 of one leg alone."""
    column = FEATURES.index(f"{leg}_max")
    return float(np.mean([_ndcg(query, query.matrix[:, column]) for query in queries]))


def main() -> None:
    """Fit on all collections, print what each gets with and without being fitted on, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m search.fusion_training", description="fit the fusion weights")
    parser.add_argument("--fit", nargs="+", type=Path, required=True, help="folders of labelled collections")
    parser.add_argument("--measure", nargs="*", type=Path, default=[], help="folders that are only measured")
    parser.add_argument("--output", type=Path, required=True, help="fusion_weights.json")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    analyser, embedder = Analyser(TermBase.load()), StaticEmbedder(BUNDLED_MODEL)
    fitted = {folder.name: read_candidates(folder, analyser, embedder) for folder in arguments.fit}
    measured = {folder.name: read_candidates(folder, analyser, embedder) for folder in arguments.measure}
    model, folds = fit(fitted), cross_validate(fitted)
    for name, queries in {**fitted, **measured}.items():
        figures = {leg: leg_ndcg(queries, leg) for leg in (WORDS, BIGRAMS, DENSE)}
        figures["folds"] = folds.get(name) or ndcg(queries, model)
        others = {other: found for other, found in fitted.items() if other != name}
        figures["without_it"] = ndcg(queries, fit(others) if others else model)
        rounded = {key: round(value, 4) for key, value in figures.items()}
        logger.info("%s", json.dumps({"collection": name, "queries": len(queries), **rounded}))
    fit_names, measure_names = " ".join(fitted), " ".join(measured)
    command = (
        f"python -m search.fusion_training --fit {fit_names} --measure {measure_names} --output {arguments.output.name}"
    )
    weights = {"command": command, "bias": model.bias, "weights": dict(model.weights)}
    arguments.output.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


def _best(ids: Sequence[str], scores: NDArray[np.float32], positive: bool = False) -> list[ScoredPoint]:
    """A leg's result: the best passages by score and then by id."""
    size = min(LEG_LIMIT, len(ids))
    places = np.flatnonzero(scores >= np.partition(scores, -size)[-size]).tolist()
    order = sorted(places, key=lambda place: (-scores[place], ids[place]))[:size]
    return [ScoredPoint(ids[place], float(scores[place])) for place in order if scores[place] > 0 or not positive]


def _ndcg(query: LabelledCandidates, scores: NDArray[np.float64]) -> float:
    """nDCG@10 of the documents, each by its best passage; passages are sorted by id, so a stable sort breaks ties."""
    order = np.argsort(-scores, kind="stable")
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


if __name__ == "__main__":
    main()
