"""Speed of the embedded engine over the 54,654 statute articles of STARD, beside bm25s in the same run.

    LUNKU_EVAL_DATA=… python -m tests.benchmarks.engine

Prints JSON. Every figure describes the machine it ran on. Query figures are taken in process on one thread, legs of 100
candidates with a filter on readers, over the set's own questions; each question once.
"""

import gzip
import json
import os
import platform
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np

from corpus.catalogue import Catalogue
from corpus.identifiers import content_hash
from corpus.records import IngestReport, Kind, PassageSpan, VersionDraft
from corpus.settings import load_settings
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.embedding import open_embedder
from search.engine.edge import EdgeEngine
from search.engine.interface import BIGRAMS, DENSE, WORDS, AnyOf, Between, Contains, Engine, Filter, Leg
from search.indexing import Indexer
from search.sparse import index_text, query_vectors

GROUPS = ("public", "instructors")
READABLE = Filter(must=(AnyOf("readers", GROUPS),))


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def draft(number: int, record: dict[str, str]) -> VersionDraft:
    """A document of one passage; every third is hidden from ``GROUPS``, and kinds and years vary."""
    text = record["text"] or record["title"]
    return VersionDraft(
        source=f"stard/{record['id']}",
        file_name=record["id"],
        sha256=content_hash(record["id"].encode()),
        media_type="text/plain",
        kind=tuple(Kind)[number % 3],
        title=record["title"],
        readers=frozenset({"public"} if number % 3 else {"curators"}),
        text=text,
        fields=(),
        sections=(),
        passages=(PassageSpan(0, len(text), ()),),
        report=IngestReport(reader="benchmark"),
    )


def milliseconds(act: Callable[[object], object], inputs: Iterable[object]) -> dict[str, float]:
    """Median, 99th percentile and worst time of one call."""
    taken = []
    for item in inputs:
        started = time.perf_counter()
        act(item)
        taken.append((time.perf_counter() - started) * 1000)
    return {
        "p50": round(float(np.percentile(taken, 50)), 2),
        "p99": round(float(np.percentile(taken, 99)), 2),
        "max": round(max(taken), 2),
    }


def measure_queries(engine: Engine, analyser: Analyser, embedder, questions: Sequence[str]) -> dict[str, object]:
    vectors = [{**query_vectors(text, analyser), DENSE: embedder.embed_query(text)} for text in questions]

    def run(*names: str, where: Filter = READABLE) -> dict[str, float]:
        return milliseconds(lambda query: engine.query([Leg(where, 100, name, query[name]) for name in names]), vectors)

    narrow = Filter(must=(*READABLE.must, AnyOf("kind", ("course",))))
    run(DENSE, WORDS, BIGRAMS)
    return {
        "dense": run(DENSE),
        "words": run(WORDS),
        "bigrams": run(BIGRAMS),
        "all three": run(DENSE, WORDS, BIGRAMS),
        "all three, one kind": run(DENSE, WORDS, BIGRAMS, where=narrow),
        "all three, unfiltered": run(DENSE, WORDS, BIGRAMS, where=Filter()),
    }


def recall(engine: Engine, embedder, matrix: np.ndarray, readable: np.ndarray, ids: Sequence[str], questions) -> float:
    """Share of the exact 100 nearest that the dense leg finds."""
    shares = []
    for text in questions:
        query = embedder.embed_query(text)
        if not any(query):
            continue
        scores = np.where(readable, matrix @ np.asarray(query, np.float32), -np.inf)
        exact = {ids[at] for at in np.argpartition(-scores, 100)[:100]}
        found = engine.query([Leg(READABLE, 100, DENSE, query)])[0]
        shares.append(len(exact & {point.id for point in found}) / 100)
    return round(float(np.mean(shares)), 4)


def measure_substrings(engine: Engine, texts: Sequence[str], readable: np.ndarray) -> dict[str, object]:
    """Time of an exact count and of the first 1,000 passages, by length of the string, each checked against Python."""
    chance = random.Random(1)
    results: dict[str, object] = {}
    for length in (1, 2, 4, 8, 20):
        needles = []
        while len(needles) < 40:
            text = chance.choice(texts)
            if len(text) > length:
                at = chance.randrange(len(text) - length)
                needles.append(text[at : at + length])
        wheres = [Filter(must=(*READABLE.must, Contains("text", needle))) for needle in needles]
        for needle, where in zip(needles[:10], wheres[:10], strict=True):
            expected = sum(1 for text, seen in zip(texts, readable, strict=True) if seen and needle in text)
            assert engine.count(where) == expected, needle
        results[f"{length} characters, count"] = milliseconds(engine.count, wheres)
        results[f"{length} characters, list"] = milliseconds(lambda where: engine.query([Leg(where, 1_000)]), wheres)
    return results


def measure_bm25s(texts: Sequence[str], analyser: Analyser, questions: Sequence[str]) -> dict[str, object]:
    started = time.perf_counter()
    corpus = [analyser.words(text) for text in texts]
    retriever = bm25s.BM25()
    retriever.index(corpus, show_progress=False)
    built = time.perf_counter() - started
    queries = [[analyser.words(text)] for text in questions]
    query = milliseconds(lambda words: retriever.retrieve(words, k=100, show_progress=False), queries)
    return {"analysis and build, seconds": round(built, 1), "words, no filter": query}


def main() -> None:
    data = Path(os.environ["LUNKU_EVAL_DATA"]) / "stard"
    records = read(data / "corpus.jsonl.gz")
    questions = [record["text"] for record in read(data / "queries.jsonl.gz")][:500]
    analyser, embedder = Analyser(TermBase.load()), open_embedder(load_settings())
    report: dict[str, object] = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"}
    with TemporaryDirectory() as folder:
        catalogue = Catalogue.open(f"sqlite:///{folder}/catalogue.sqlite3")
        engine = EdgeEngine(Path(folder) / "index")
        started = time.perf_counter()
        ids = {}
        for start in range(0, len(records), 500):
            batch = [draft(number, records[number]) for number in range(start, min(start + 500, len(records)))]
            for document, _ in catalogue.add_versions(batch):
                ids[document.source] = document.id
        report["catalogue, seconds"] = round(time.perf_counter() - started, 1)

        indexer, optimise = Indexer(catalogue, engine, analyser, embedder), engine.optimize
        engine.optimize = lambda: None  # type: ignore[method-assign] - timed by itself below
        started, cpu = time.perf_counter(), time.process_time()
        indexer.index_pending()
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        report["index"] = {
            "passages": len(records),
            "seconds": round(seconds, 1),
            "CPU seconds": round(cpu, 1),
            "passages/s": round(len(records) / seconds),
            "passages per CPU second": round(len(records) / cpu),
            "peak RSS of this process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }

        passages = {}
        for source, document in ids.items():
            passages[source] = catalogue.passages_of(catalogue.version(document).id)[0]
        ordered = [passages[f"stard/{record['id']}"] for record in records]
        texts = [passage.text for passage in ordered]
        readable = np.array([number % 3 > 0 for number in range(len(records))])
        full = [index_text(record["title"], (), text) for record, text in zip(records, texts, strict=True)]
        matrix = embedder.embed_passages(full)

        for state in ("as written", "optimised"):
            if state == "optimised":
                started = time.perf_counter()
                optimise()
                report["optimise, seconds"] = round(time.perf_counter() - started, 1)
                started = time.perf_counter()
                engine.close()
                engine = EdgeEngine(Path(folder) / "index")
                report["open again, seconds"] = round(time.perf_counter() - started, 2)
            report[f"query ms, {state}"] = measure_queries(engine, analyser, embedder, questions)
            report[f"recall of the dense leg at 100, {state}"] = recall(
                engine, embedder, matrix, readable, [passage.id for passage in ordered], questions[:200]
            )
        report["substring ms"] = measure_substrings(engine, [fold(text) for text in texts], readable)
        ranges = [Filter(must=(*READABLE.must, Between("year", 2000 + n, 2010))) for n in range(9)]
        report["count by range ms"] = milliseconds(engine.count, ranges)
        report["facet ms"] = milliseconds(lambda where: engine.facet("kind", where, 20), [READABLE] * 20)
        engine.close()
        catalogue.close()
    report["bm25s"] = measure_bm25s(full, analyser, questions)
    json.dump(report, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
