"""Compare hybrid, lexical and semantic search with words-only BM25 (bm25s over jieba words, whole documents).

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.retrieval_baseline [SET...] [--modes hybrid,lexical,semantic]

FOLDER holds one folder per labelled set, with corpus.jsonl.gz, queries.jsonl.gz and qrels.tsv. Prints, per set and
mode, nDCG@10 and Recall@100 and their ratio to the baseline on the same queries, and ends with status 1 if hybrid is
below the baseline on any set.
"""

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path

import bm25s
import jieba

from api.evaluation import TRAINING_QUERIES, evaluate
from search.evaluation import DEPTH, Measurement, measure, read_corpus, read_hashes, read_queries
from search.results import Mode


def baseline(folder: Path) -> Measurement:
    """BM25 (bm25s's default variant, k1 1.5, b 0.75) over title and text, cut by jieba for search, no stop words."""
    labelled = read_queries(folder / "queries.jsonl.gz", folder / "qrels.tsv", read_hashes(TRAINING_QUERIES))
    records = [
        (record.id, _words(f"{record.title}\n{record.text}")) for record in read_corpus(folder / "corpus.jsonl.gz")
    ]
    retriever = bm25s.BM25()
    retriever.index([words for _, words in records], show_progress=False)
    cut = [_words(text) for text in labelled.texts.values()]
    found, scores = retriever.retrieve(cut, k=min(DEPTH, len(records)), show_progress=False)
    run = {
        query: [records[row][0] for row, score in zip(rows, points, strict=True) if score > 0]
        for query, rows, points in zip(labelled.texts, found, scores, strict=True)
    }
    return measure(run, labelled.judgements)


def _words(text: str) -> list[str]:
    return [word for word in jieba.cut_for_search(text, HMM=False) if word.strip()]


def main() -> int:
    """Measure every set; 1 if hybrid falls below the baseline."""
    jieba.setLogLevel(logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--modes", default="hybrid,lexical,semantic")
    arguments = parser.parse_args()
    data = Path(os.environ["LUNKU_EVAL_DATA"])
    sets = arguments.sets or sorted(path.parent.name for path in data.glob("*/qrels.tsv"))
    below = []
    for name in sets:
        folder = data / name
        bm25 = baseline(folder).values
        print(f"{name:16} {'words BM25':10} nDCG@10 {bm25['ndcg@10']:.4f}  R@100 {bm25['recall@100']:.4f}", flush=True)
        with tempfile.TemporaryDirectory(prefix="lunku-baseline-") as kept:
            for mode in map(Mode, arguments.modes.split(",")):
                report = evaluate(
                    folder / "corpus.jsonl.gz",
                    folder / "queries.jsonl.gz",
                    folder / "qrels.tsv",
                    mode,
                    data_dir=Path(kept),
                )
                values = report.measurement.values
                ratios = {key: values[key] / max(bm25[key], 1e-9) for key in ("ndcg@10", "recall@100")}
                print(
                    f"{name:16} {mode:10} nDCG@10 {values['ndcg@10']:.4f} (x{ratios['ndcg@10']:.3f})"
                    f"  R@100 {values['recall@100']:.4f} (x{ratios['recall@100']:.3f})"
                    f"  {report.to_json()}",
                    flush=True,
                )
                if mode is Mode.HYBRID and ratios["ndcg@10"] < 1:
                    below.append(name)
    print("hybrid below the baseline:", ", ".join(below) or "nowhere")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
