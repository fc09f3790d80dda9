"""Retrieval quality must not drop: ``lunku eval``'s own path, against a checked-in table of expected scores.

``expected_scores.json`` gives nDCG@10 by set and mode. ``samples`` are the questions to develop with over the sample
library. The others are slices of the labelled sets that ``LUNKU_EVAL_DATA`` names: the first questions that the bundled
model was not trained on, their documents and every so many of the rest. After a change that is meant:

    LUNKU_EVAL_DATA=FOLDER python -m tests.api.test_retrieval_quality
"""

import gzip
import json
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from api.evaluation import TRAINING_QUERIES, evaluate
from corpus.eval.questions import EVAL_DIR
from search.evaluation import read_corpus, read_hashes, read_queries
from search.results import Mode

EXPECTED_FILE = Path(__file__).with_name("expected_scores.json")
EVAL_DATA = os.environ.get("LUNKU_EVAL_DATA", "")
"""Read at import: within tests the settings' variables are cleared."""

MODES = (Mode.HYBRID, Mode.LEXICAL, Mode.SEMANTIC)
SLICES = {"stard": 60}
"""Sets with a slice, and which of the documents without a question are in it: every so many-th."""

QUERIES = 60
DROP = 0.015
"""How far a score may fall below what is expected before it counts as a drop."""


def sample_set() -> tuple[Path, Path, Path]:
    """The labelled questions over the samples."""
    return EVAL_DIR / "corpus.jsonl", EVAL_DIR / "queries.dev.jsonl", EVAL_DIR / "qrels.dev.tsv"


def cut_slice(name: str, folder: Path) -> tuple[Path, Path, Path]:
    """Write the slice of a labelled set into ``folder``."""
    source = Path(EVAL_DATA) / name
    labelled = read_queries(source / "queries.jsonl.gz", source / "qrels.tsv", read_hashes(TRAINING_QUERIES))
    texts = dict(islice(labelled.texts.items(), QUERIES))
    grades = {query: labelled.judgements[query] for query in texts}
    relevant = {document for judged in grades.values() for document in judged}
    corpus, queries, qrels = folder / "corpus.jsonl.gz", folder / "queries.jsonl.gz", folder / "qrels.tsv"
    _write(
        corpus,
        (
            {"id": record.id, "title": record.title, "text": record.text}
            for number, record in enumerate(read_corpus(source / "corpus.jsonl.gz"))
            if record.id in relevant or number % SLICES[name] == 0
        ),
    )
    _write(queries, ({"id": query, "text": text} for query, text in texts.items()))
    lines = [f"{query}\t{key}\t{grade}\n" for query, judged in grades.items() for key, grade in judged.items()]
    qrels.write_text("query-id\tcorpus-id\tscore\n" + "".join(lines), encoding="utf-8")
    return corpus, queries, qrels


def scores(labelled: tuple[Path, Path, Path], kept: Path) -> dict[str, float]:
    """nDCG@10 by mode."""
    found = {mode: evaluate(*labelled, mode, data_dir=kept).measurement.values["ndcg@10"] for mode in MODES}
    return {str(mode): round(value, 4) for mode, value in found.items()}


def check(name: str, found: dict[str, float]) -> None:
    """Nothing has dropped."""
    expected = json.loads(EXPECTED_FILE.read_text(encoding="utf-8"))[name]
    dropped = {mode: (value, expected[mode]) for mode, value in found.items() if value < expected[mode] - DROP}
    assert not dropped, f"{name}: dropped (found, expected): {dropped}"


def test_the_samples(tmp_path: Path) -> None:
    check("samples", scores(sample_set(), tmp_path))


@pytest.mark.skipif(not EVAL_DATA, reason="LUNKU_EVAL_DATA names no labelled sets")
@pytest.mark.parametrize("name", SLICES)
def test_a_slice_of_a_labelled_set(name: str, tmp_path: Path) -> None:
    check(name, scores(cut_slice(name, tmp_path), tmp_path))


def _write(path: Path, records: Iterator[dict[str, str]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def main() -> None:
    """Measure and write the table."""
    table = {}
    for name in ("samples", *SLICES):
        with TemporaryDirectory() as temporary:
            folder = Path(temporary)
            table[name] = scores(sample_set() if name == "samples" else cut_slice(name, folder), folder)
            print(name, table[name], file=sys.stderr, flush=True)
    EXPECTED_FILE.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
