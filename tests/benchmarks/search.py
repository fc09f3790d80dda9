"""Latency of ``Searcher.search`` in process, beside bm25s over jieba words in the same run.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.search [--set stard] [--queries 500] [--library DIR]

The library is built once in DIR (a temporary folder by default), every document one passage; ``--library`` keeps it for
the next run. The peer scores the same documents with bm25s (lucene) over ``jieba.cut_for_search`` and returns ids only:
no filter, no text, no highlights.
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import jieba

from api.index_process import indexing_alongside
from api.library import open_index
from corpus.catalogue import Catalogue
from corpus.identifiers import content_hash
from corpus.records import IngestReport, Kind, PassageSpan, VersionDraft
from corpus.settings import Settings
from search.results import Mode, SearchRequest
from search.searcher import Searcher

GROUPS = frozenset({"public"})
_BATCH = 1_000
_WARM_UP = 30


def read_lines(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def draft(row: dict) -> VersionDraft:
    return VersionDraft(
        source=row["id"],
        file_name=row["id"],
        sha256=content_hash(row["id"].encode()),
        media_type="text/plain",
        kind=Kind.POLICY,
        title=row["title"] or row["id"],
        readers=GROUPS,
        text=row["text"],
        fields=(),
        sections=(),
        passages=(PassageSpan(0, len(row["text"]), ()),),
        report=IngestReport(reader="text"),
    )


def build(settings: Settings, rows: Sequence[dict]) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        with indexing_alongside(settings, catalogue):
            for start in range(0, len(rows), _BATCH):
                catalogue.add_versions([draft(row) for row in rows[start : start + _BATCH] if row["text"]])
        with open_index(settings, catalogue) as index:
            index.indexer.index_pending()


def timed(work: Callable[[str], object], queries: Sequence[str]) -> dict[str, float]:
    """p50 and p99 in milliseconds, after a warm-up."""
    for query in queries[:_WARM_UP]:
        work(query)
    times = []
    for query in queries:
        started = time.perf_counter()
        work(query)
        times.append((time.perf_counter() - started) * 1000)
    return {"p50": round(statistics.median(times), 2), "p99": round(statistics.quantiles(times, n=100)[98], 2)}


def peer(rows: Sequence[dict]) -> Callable[[str], object]:
    index = bm25s.BM25(method="lucene")
    index.index([list(jieba.cut_for_search(f"{row['title']}\n{row['text']}")) for row in rows], show_progress=False)

    def search(query: str) -> object:
        known = [term for term in jieba.cut_for_search(query) if term in index.vocab_dict]
        return index.retrieve([known], k=10, show_progress=False) if known else None

    return search


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="stard")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--library", type=Path)
    arguments = parser.parse_args()
    folder = Path(os.environ["LUNKU_EVAL_DATA"]) / arguments.set
    rows = read_lines(folder / "corpus.jsonl.gz")
    queries = [row["text"] for row in read_lines(folder / "queries.jsonl.gz") if row["text"].strip()][
        : arguments.queries
    ]
    figures: dict[str, object] = {"machine": f"{platform.machine()}, {os.cpu_count()} cores", "documents": len(rows)}
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data_dir=arguments.library or Path(temporary))
        if not settings.index_dir.exists():
            started = time.perf_counter()
            build(settings, rows)
            figures["index_seconds"] = round(time.perf_counter() - started, 1)
        with Searcher.open(settings) as searcher:
            searcher.warm_up()
            for mode in Mode:
                figures[mode] = timed(
                    lambda text, mode=mode: searcher.search(SearchRequest(text, mode), GROUPS), queries
                )
    figures["bm25s + jieba"] = timed(peer(rows), queries)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
