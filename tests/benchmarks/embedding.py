"""The dense leg alone: quality on labelled sets and speed. Run with ``LUNKU_EVAL_DATA=FOLDER python -m`` this module.

Whole documents, each its best passage of about 350 characters; only queries that the model was not trained on.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from corpus.settings import Settings
from corpus.text.sentences import split_sentences
from search.embedding import BUNDLED_MODEL, open_embedder
from search.evaluation import DEPTH, Record, measure, read_corpus, read_hashes, read_queries
from search.sparse import index_text

SETS = ("stard", "domainrag", "rgb_zh_int", "lawbench_recite", "csl_title", "cmrc2018", "drcd", "gov_docs")
QUERIES_PER_SET = 500
TRAINING_QUERIES = BUNDLED_MODEL.with_name("training_queries.txt")
PASSAGE_CHARACTERS = 350


def split_record(record: Record) -> Iterator[tuple[str, str]]:
    """Ids and indexed texts of a record's passages: sentences up to ``PASSAGE_CHARACTERS``."""
    start = number = 0
    for sentence in split_sentences(record.text):
        if sentence.end - start > PASSAGE_CHARACTERS and sentence.start > start:
            yield f"{record.id}#{number}", index_text(record.title, (), record.text[start : sentence.start])
            start, number = sentence.start, number + 1
    yield f"{record.id}#{number}", index_text(record.title, (), record.text[start:])


def main() -> None:
    """Print one JSON line per set, then the speed."""
    if "LUNKU_EVAL_DATA" not in os.environ:
        sys.exit("LUNKU_EVAL_DATA does not name the folder of labelled sets: nothing measured")
    data = Path(os.environ["LUNKU_EVAL_DATA"])
    started = time.perf_counter()
    embedder = open_embedder(Settings())
    load_seconds = time.perf_counter() - started
    size = seconds = 0.0
    for name in SETS:
        labelled = read_queries(
            data / name / "queries.jsonl.gz", data / name / "qrels.tsv", read_hashes(TRAINING_QUERIES)
        )
        passages = [
            passage for record in read_corpus(data / name / "corpus.jsonl.gz") for passage in split_record(record)
        ]
        documents = np.array([identifier.rpartition("#")[0] for identifier, _ in passages])
        texts = [text for _, text in passages]
        started = time.perf_counter()
        vectors = embedder.embed_passages(texts)
        seconds += time.perf_counter() - started
        size += sum(len(text.encode()) for text in texts)
        queries = dict(list(labelled.texts.items())[:QUERIES_PER_SET])
        run = {}
        for identifier, text in queries.items():
            order = np.argsort(-(vectors @ np.array(embedder.embed_query(text), dtype=np.float32)))
            run[identifier] = list(dict.fromkeys(documents[order[: 5 * DEPTH]].tolist()))[:DEPTH]
        values = measure(run, {identifier: labelled.judgements[identifier] for identifier in queries}).values
        rounded = {key: round(values[key], 4) for key in ("ndcg@10", "recall@100")}
        print(json.dumps({"set": name, "queries": len(queries), **rounded}), flush=True)
    started = time.perf_counter()
    for _ in range(1000):
        embedder.embed_query("基层宣讲员如何把党的创新理论讲到百姓心里？")
    figures = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_seconds": round(load_seconds, 3),
        "query_ms": round(time.perf_counter() - started, 3),
        "passages_mb_per_second": round(size / 1e6 / seconds, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
