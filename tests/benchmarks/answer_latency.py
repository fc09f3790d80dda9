"""Time of an answer without a language model, beside a search and bm25s over jieba words in the same run.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.answer_latency [--set stard] [--questions 300] [--library DIR]

Library and peer are those of ``tests.benchmarks.search``; ``--library`` takes one that it kept. Wall and processor time
in milliseconds, in process: the latter says more on a machine that does other things too.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.settings import Settings
from search.results import SearchFilters, SearchRequest
from search.searcher import Searcher
from tests.benchmarks.search import GROUPS, build, peer, read_lines

_WARM_UP = 30


def timed(work: Callable[[str], object], questions: Sequence[str]) -> dict[str, dict[str, float]]:
    """p50 and p95 of wall and processor time, after a warm-up on other questions."""
    for question in questions[:_WARM_UP]:
        work(question)
    taken: dict[str, list[float]] = {"wall": [], "processor": []}
    for question in questions[_WARM_UP:]:
        wall, processor = time.perf_counter(), time.process_time()
        work(question)
        taken["wall"].append((time.perf_counter() - wall) * 1000)
        taken["processor"].append((time.process_time() - processor) * 1000)
    return {
        name: {"p50": round(statistics.median(times), 2), "p95": round(statistics.quantiles(times, n=20)[18], 2)}
        for name, times in taken.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="stard")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--library", type=Path)
    arguments = parser.parse_args()
    folder = Path(os.environ["LUNKU_EVAL_DATA"]) / arguments.set
    rows = read_lines(folder / "corpus.jsonl.gz")
    questions = [row["text"] for row in read_lines(folder / "queries.jsonl.gz") if row["text"].strip()]
    questions = questions[: arguments.questions + _WARM_UP]
    figures: dict[str, object] = {"machine": f"{platform.machine()}, {os.cpu_count()} cores", "documents": len(rows)}
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data_dir=arguments.library or Path(temporary))
        if not settings.index_dir.exists():
            build(settings, rows)
        with Searcher.open(settings) as searcher:
            searcher.warm_up()  # As a server does before it answers.
            figures["answer"] = timed(lambda text: searcher.answer(text, SearchFilters(), GROUPS), questions)
            figures["search"] = timed(lambda text: searcher.search(SearchRequest(text), GROUPS), questions)
    figures["bm25s + jieba"] = timed(peer(rows), questions)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
