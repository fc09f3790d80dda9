"""Search beside bm25s over jieba words, Haystack's in-memory hybrid pipeline and txtai's hybrid index, in one run.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.peers [--set stard] [--queries N] [--library DIR] [SYSTEM...]

Every system has the same documents, each of them one passage, and the same queries, which the bundled model was not
trained on; every one is given jieba's words, and the bundled model where it takes vectors. Each runs in a process of
its own, one after the other. ``index_seconds`` and ``index_cpu_seconds`` are from the records to the first search,
``peak_rss_mb`` is the most memory that the process held, and a query brings 100 documents' ids, of us with texts,
highlights and facets. ``--library`` keeps our index, which a second run then does not build (and does not time).

txtai (Apache-2.0) is no dependency of the project: ``pip install txtai``. Where it is missing, its row says so.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from api.haystack_import import import_haystack
from corpus.identifiers import content_hash, document_id
from corpus.settings import Settings
from search.embedding import BUNDLED_MODEL
from search.embedding.static import StaticEmbedder
from search.evaluation import DEPTH, measure, read_hashes, read_queries
from tests.benchmarks.search import GROUPS, build, read_lines

TRAINING_QUERIES = BUNDLED_MODEL.with_name("training_queries.txt")
_WARM_UP = 10

Rows = Sequence[dict[str, Any]]
Search = Callable[[str], list[str]]


def words(text: str) -> list[str]:
    """The words that every peer is given."""
    import jieba

    return [word for word in jieba.cut_for_search(text, HMM=False) if word.strip()]


def whole(row: dict[str, Any]) -> str:
    return f"{row['title']}\n{row['text']}"


def lunku(rows: Rows, library: Path) -> Search:
    from search.results import SearchRequest
    from search.searcher import Searcher

    settings = Settings(data_dir=library)
    if not settings.index_dir.exists():
        build(settings, rows)
    searcher = Searcher.open(settings)
    names = {document_id(content_hash(row["id"].encode())): row["id"] for row in rows}
    return lambda query: [
        names[hit.document_id] for hit in searcher.search(SearchRequest(query, limit=DEPTH), GROUPS).hits
    ]


def bm25s_jieba(rows: Rows, _library: Path) -> Search:
    import bm25s

    index = bm25s.BM25(method="lucene")
    index.index([words(whole(row)) for row in rows], show_progress=False)

    def search(query: str) -> list[str]:
        known = [word for word in words(query) if word in index.vocab_dict]
        if not known:
            return []
        found, scores = index.retrieve([known], k=DEPTH, show_progress=False)
        return [rows[place]["id"] for place, score in zip(found[0], scores[0], strict=True) if score > 0]

    return search


def haystack(rows: Rows, _library: Path) -> Search:
    """BM25 and embedding retriever, joined by reciprocal ranks: what Haystack's documentation calls hybrid."""
    import_haystack()
    from haystack import Document, Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    embedder = StaticEmbedder(BUNDLED_MODEL)
    vectors = embedder.embed_passages([whole(row) for row in rows])
    store = InMemoryDocumentStore(bm25_tokenization_regex=r"\S+")
    store.write_documents(
        [
            Document(id=row["id"], content=" ".join(words(whole(row))), embedding=vector.tolist())
            for row, vector in zip(rows, vectors, strict=True)
        ]
    )
    pipeline = Pipeline()
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=DEPTH))
    pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=DEPTH))
    pipeline.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH))
    pipeline.connect("words", "join")
    pipeline.connect("vectors", "join")

    def search(query: str) -> list[str]:
        inputs = {
            "words": {"query": " ".join(words(query)) or query},
            "vectors": {"query_embedding": embedder.embed_query(query)},
        }
        return [document.id for document in pipeline.run(inputs)["join"]["documents"]]

    return search


def txtai(rows: Rows, _library: Path) -> Search:
    """Its hybrid index: BM25 and vectors, with its own weights."""
    from txtai import Embeddings

    embedder = StaticEmbedder(BUNDLED_MODEL)

    def transform(texts: Sequence[str]) -> Any:  # A function: txtai would call a method to get one.
        return embedder.embed_passages(texts)

    index = Embeddings(method="external", transform=transform, hybrid=True, content=False)
    index.index((row["id"], " ".join(words(whole(row)))) for row in rows)
    return lambda query: [found[0] for found in index.search(" ".join(words(query)) or query, DEPTH)]


SYSTEMS: dict[str, Callable[[Rows, Path], Search]] = {
    "lunku": lunku,
    "bm25s + jieba": bm25s_jieba,
    "haystack": haystack,
    "txtai": txtai,
}


def run(name: str, folder: Path, queries: dict[str, str], library: Path) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """What a system finds for the queries, and its figures. To be called in a process of its own."""
    rows = [row for row in read_lines(folder / "corpus.jsonl.gz") if row["text"]]
    kept = name == "lunku" and Settings(data_dir=library).index_dir.exists()
    words("预热")
    started, cpu = time.perf_counter(), time.process_time()
    search = SYSTEMS[name](rows, library)
    figures: dict[str, Any] = {}
    if not kept:
        figures["index_seconds"] = round(time.perf_counter() - started, 1)
        figures["index_cpu_seconds"] = round(time.process_time() - cpu, 1)
    for text in list(queries.values())[:_WARM_UP]:
        search(text)
    found, seconds, cpu = {}, [], time.process_time()
    for identifier, text in queries.items():
        started = time.perf_counter()
        found[identifier] = search(text)
        seconds.append(time.perf_counter() - started)
    figures["query_cpu_ms"] = round((time.process_time() - cpu) / len(queries) * 1000, 2)
    figures["p50_ms"] = round(statistics.median(seconds) * 1000, 1)
    figures["p99_ms"] = round(statistics.quantiles(seconds, n=100)[98] * 1000, 1)
    figures["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return found, figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("systems", nargs="*", choices=[[], *SYSTEMS], help="by default all of them")
    parser.add_argument("--set", default="stard")
    parser.add_argument("--queries", type=int, help="the first N only")
    parser.add_argument("--library", type=Path)
    arguments = parser.parse_args()
    folder = Path(os.environ["LUNKU_EVAL_DATA"]) / arguments.set
    labelled = read_queries(folder / "queries.jsonl.gz", folder / "qrels.tsv", read_hashes(TRAINING_QUERIES))
    queries = dict(list(labelled.texts.items())[: arguments.queries])
    judgements = {identifier: labelled.judgements[identifier] for identifier in queries}
    print(json.dumps({"machine": f"{platform.machine()}, {os.cpu_count()} cores", "queries": len(queries)}), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        library = arguments.library or Path(temporary) / "library"
        for name in arguments.systems or SYSTEMS:
            if name == "txtai" and find_spec("txtai") is None:
                print(json.dumps({"system": name, "missing": "pip install txtai"}), flush=True)
                continue
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                found, figures = pool.submit(run, name, folder, queries, library).result()
            values = measure(found, judgements).values
            quality = {"ndcg@10": round(values["ndcg@10"], 4), "recall@100": round(values["recall@100"], 4)}
            print(json.dumps({"system": name, **quality, **figures}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
