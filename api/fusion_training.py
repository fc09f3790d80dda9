"""Fitting the fusion weights: ``python -m api.fusion_training --fit FOLDER… --measure FOLDER… --output FILE``.

Each folder holds a labelled set (corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv), which is indexed as ``lunku eval`` does
it; the candidates are those that a search of it has. Queries that the bundled model was trained on are left out: on
them the dense leg is better than it will ever be again.

What is printed for each set: the legs alone; ``folds``, where every query is scored by weights fitted on the other four
fifths of the queries; and ``without_it``, by weights that have seen nothing of the whole set.
"""

import argparse
import json
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from api.evaluation import TRAINING_QUERIES, LabelledLibrary, open_labelled_library
from corpus.errors import InvalidQuery
from corpus.settings import DEMO_GROUPS, parse_groups
from search.candidates import NamedDocuments
from search.evaluation import LabelledQueries, query_hash, read_hashes, read_queries
from search.fusion import LEGS
from search.fusion_training import LabelledCandidates, cross_validate, fit, label, leg_ndcg, ndcg
from search.query import build_filter
from search.reranking import ReadText
from search.results import SearchFilters
from search.retrieval import build_retrieval

logger = logging.getLogger(__name__)

_QUERIES = 300
"""Queries of a set, at most; their hashes decide which."""


def read_candidates(folder: Path, data_dir: Path | None = None) -> list[LabelledCandidates]:
    """The candidates of a set's queries; ``data_dir`` as for ``api.evaluation.evaluate``.

    Raises:
        InputError: a file cannot be read, or no judged query is left.
    """
    labelled = read_queries(folder / "queries.jsonl.gz", folder / "qrels.tsv", read_hashes(TRAINING_QUERIES))
    with open_labelled_library(folder / "corpus.jsonl.gz", data_dir) as library:
        return list(islice(_candidates(library, labelled), _QUERIES))


def _candidates(library: LabelledLibrary, labelled: LabelledQueries) -> Iterator[LabelledCandidates]:
    groups = parse_groups(DEMO_GROUPS)
    where = build_filter(groups, SearchFilters())
    retrieval = build_retrieval(library.catalogue, library.engine, library.analyser, library.embedder)
    reader = retrieval.retriever.reader
    assert reader is not None
    for identifier, text in sorted(labelled.texts.items(), key=lambda item: query_hash(item[1])):
        try:
            query = retrieval.analyser.run(text=text, where=where)["query"]
        except InvalidQuery:
            continue
        legs = retrieval.retriever.fetch(query, where, NamedDocuments()).legs
        ids = list({point.id for name in LEGS for point in legs.get(name, ())})
        facts, texts = library.catalogue.document_facts(ids, groups), library.catalogue.texts_of(ids)
        read = {key: (library.records[facts[key].id], ReadText(*texts[key])) for key in ids}
        found = label(query.text, query.words, legs, read, labelled.judgements[identifier], reader)
        if found:
            yield found


def main() -> None:
    """Fit on all sets, print what each gets with and without being fitted on, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m api.fusion_training", description="fit the fusion weights")
    parser.add_argument("--fit", nargs="+", type=Path, required=True, help="folders of labelled sets")
    parser.add_argument("--measure", nargs="*", type=Path, default=[], help="folders that are only measured")
    parser.add_argument("--output", type=Path, required=True, help="fusion_weights.json")
    parser.add_argument("--data-dir", type=Path, help="where to keep the indexes for the next run")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logger.setLevel(logging.INFO)
    fitted = {folder.name: read_candidates(folder, arguments.data_dir) for folder in arguments.fit}
    measured = {folder.name: read_candidates(folder, arguments.data_dir) for folder in arguments.measure}
    model, folds = fit(fitted), cross_validate(fitted)
    for name, queries in {**fitted, **measured}.items():
        figures = {leg: leg_ndcg(queries, leg) for leg in LEGS}
        figures["folds"] = folds.get(name) or ndcg(queries, model)
        others = {other: found for other, found in fitted.items() if other != name}
        figures["without_it"] = ndcg(queries, fit(others) if others else model)
        rounded = {key: round(value, 4) for key, value in figures.items()}
        logger.info("%s", json.dumps({"collection": name, "queries": len(queries), **rounded}))
    fit_names, measure_names = " ".join(fitted), " ".join(measured)
    command = (
        f"python -m api.fusion_training --fit {fit_names} --measure {measure_names} --output {arguments.output.name}"
    )
    weights = {"command": command, "bias": model.bias, "weights": dict(model.weights)}
    arguments.output.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
