"""``lunku eval``: index a labelled set as documents of the library, search it as a user would, and measure.

Nothing is taken from the configured catalogue or server, and nothing is written to them.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil

from api.index_process import LONG_INGEST, indexing_alongside
from corpus.catalogue import Catalogue
from corpus.errors import IndexMismatch, InputError, InvalidQuery
from corpus.identifiers import document_id, text_hash
from corpus.records import PUBLIC, VersionDraft
from corpus.settings import DEMO_GROUPS, Settings, load_settings, parse_groups
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from ingest.blocks import Block, ReadFile
from ingest.drafting import draft_version
from search.embedding import BUNDLED_MODEL, Embedder, open_embedder
from search.engine.factory import open_engine
from search.engine.interface import Engine
from search.evaluation import (
    DEPTH,
    Measurement,
    Record,
    measure,
    read_corpus,
    read_hashes,
    read_queries,
    write_run,
)
from search.indexing import Indexer
from search.results import Mode, SearchRequest
from search.searcher import Searcher

logger = logging.getLogger(__name__)

TRAINING_QUERIES = BUNDLED_MODEL.with_name("training_queries.txt")

_BATCH = 500
"""Documents per transaction; bounds memory."""

_TIMED = 500
"""Queries that the latency is taken from."""

_SAMPLED_EVERY = 0.2
"""Seconds between two looks at memory."""


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What ``lunku eval`` prints.

    Attributes:
        measurement: means and 95 % confidence intervals.
        queries: number of queries measured with.
        left_out: judged queries that the bundled model was trained on, and that are not measured with. The fusion was
            fitted on others, which stay in: its own collections are named in docs/evaluation.md.
        documents: number of documents in the set.
        index_seconds: from the first record read to an index ready to search.
        latency_ms: median and 99th percentile of a search for one page of ten hits, in process.
        peak_rss_mb: largest resident memory of this process and its children together, in MiB, sampled. Files mapped
            by two of them count twice.
    """

    measurement: Measurement
    queries: int
    left_out: int
    documents: int
    index_seconds: float
    latency_ms: dict[str, float]
    peak_rss_mb: float

    def to_json(self) -> dict[str, Any]:
        """The ``--json`` shape."""
        return {
            **{name: round(value, 4) for name, value in self.measurement.values.items()},
            "queries": self.queries,
            "left_out": self.left_out,
            "documents": self.documents,
            "index_seconds": round(self.index_seconds, 1),
            "latency_ms": {name: round(value, 2) for name, value in self.latency_ms.items()},
            "peak_rss_mb": round(self.peak_rss_mb),
            "confidence": {
                name: [round(low, 4), round(high, 4)] for name, (low, high) in self.measurement.confidence.items()
            },
        }


@dataclass(frozen=True, slots=True)
class LabelledLibrary:
    """A labelled set's documents, indexed.

    Attributes:
        records: document id → id of the record that it was made from.
        index_seconds: from the first record read to an index ready to search.
    """

    catalogue: Catalogue
    engine: Engine
    analyser: Analyser
    embedder: Embedder
    records: Mapping[str, str]
    index_seconds: float


def evaluate(
    corpus: Path,
    queries: Path,
    qrels: Path,
    mode: Mode = Mode.HYBRID,
    run_file: Path | None = None,
    data_dir: Path | None = None,
) -> EvaluationReport:
    """Index ``corpus``, search it for every query, and measure by documents, each by its best passage.

    Args:
        corpus: JSON lines of ``id``, ``title``, ``text``; may be gzipped.
        queries: JSON lines of ``id``, ``text``; may be gzipped.
        qrels: tab-separated query-id, corpus-id, score, with a header line.
        mode: how to search.
        run_file: where to write the results in TREC's format.
        data_dir: where to keep the set's index, in a folder of its own beside whatever the directory holds, so that
            a second run need not build it; a temporary directory by default.

    Raises:
        InputError: a file cannot be read, or no judged query is left.
    """
    labelled = read_queries(queries, qrels, read_hashes(TRAINING_QUERIES))
    with _PeakMemory() as memory, open_labelled_library(corpus, data_dir) as library:
        searcher = Searcher(library.catalogue, library.engine, library.analyser, library.embedder)
        run = {query: _search(searcher, text, mode, library.records) for query, text in labelled.texts.items()}
        latency = _latency(searcher, list(labelled.texts.values())[:_TIMED], mode)
    if run_file:
        write_run(run_file, run, f"lunku-{mode}")
    return EvaluationReport(
        measurement=measure(run, labelled.judgements),
        queries=len(labelled.texts),
        left_out=labelled.left_out,
        documents=len(library.records),
        index_seconds=library.index_seconds,
        latency_ms=latency,
        peak_rss_mb=memory.mebibytes,
    )


@contextmanager
def open_labelled_library(corpus: Path, data_dir: Path | None = None) -> Iterator[LabelledLibrary]:
    """The documents of a labelled set as a library, indexed.

    Args:
        corpus: as for ``evaluate``.
        data_dir: as for ``evaluate``.

    Raises:
        InputError: the file cannot be read.
    """
    with TemporaryDirectory(prefix="lunku-eval-") as temporary:
        # A configured database or server holds the library, which an evaluation must not touch.
        settings = load_settings().model_copy(
            update={
                "data_dir": _index_folder(corpus, data_dir or Path(temporary)),
                "database_url": None,
                "qdrant_url": None,
            }
        )
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        analyser, embedder = Analyser(TermBase.load()), open_embedder(settings)
        with Catalogue.open(settings.catalogue_url) as catalogue:
            started = time.perf_counter()
            records = _add_and_index(read_corpus(corpus), catalogue, settings)
            with closing(open_engine(settings)) as engine:
                _index(Indexer(catalogue, engine, analyser, embedder))
                yield LabelledLibrary(catalogue, engine, analyser, embedder, records, time.perf_counter() - started)


def _add_and_index(records: Iterable[Record], catalogue: Catalogue, settings: Settings) -> dict[str, str]:
    """``_add``; many records are indexed meanwhile, as those of a long ingest are."""
    remaining = iter(records)
    first = list(islice(remaining, LONG_INGEST))
    if len(first) < LONG_INGEST:
        return _add(first, catalogue)
    with indexing_alongside(settings, catalogue):
        return _add(chain(first, remaining), catalogue)


def _add(records: Iterable[Record], catalogue: Catalogue) -> dict[str, str]:
    """Add the records that the catalogue does not hold yet; document id → record id of all of them."""
    identifiers: dict[str, str] = {}
    for batch in _batches(records):
        hashes = [text_hash("\n".join((record.id, record.title, record.text))) for record in batch]
        known = catalogue.known(hashes)
        new = [(record, sha256) for record, sha256 in zip(batch, hashes, strict=True) if sha256 not in known]
        catalogue.add_versions([_draft(record, sha256) for record, sha256 in new])
        identifiers |= {document_id(sha256): record.id for record, sha256 in zip(batch, hashes, strict=True)}
    return identifiers


def _index(indexer: Indexer) -> None:
    try:
        indexer.index_pending()
    except IndexMismatch:
        # A kept index of an older analyser or model; here nothing but time is lost.
        indexer.rebuild()


def _index_folder(corpus: Path, data_dir: Path) -> Path:
    """A folder for this set alone: sets must not mix, with each other or with the library."""
    try:
        with corpus.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"评测文件无法读取：{corpus}。请检查路径与权限。") from error
    return data_dir / "evaluation" / digest[:16]


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    remaining = iter(records)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _draft(record: Record, sha256: str) -> VersionDraft:
    lines = [line for line in record.text.splitlines() if line.strip()] or [record.title]
    read = ReadFile(
        reader="labelled_set",
        media_type="text/plain",
        blocks=tuple(Block(line) for line in lines),
        properties={"title": record.title} if record.title.strip() else {},
    )
    return draft_version(read, source=record.id, file_name=record.id, sha256=sha256, readers=frozenset({PUBLIC}))


def _search(searcher: Searcher, text: str, mode: Mode, records: Mapping[str, str]) -> list[str]:
    request = SearchRequest(text, mode=mode, limit=DEPTH, group_by_document=True)
    try:
        hits = searcher.search(request, parse_groups(DEMO_GROUPS)).hits
    except InvalidQuery as error:
        logger.warning("query counts as unanswered: %s", error.detail)
        return []
    return [records[hit.document_id] for hit in hits]


def _latency(searcher: Searcher, texts: Sequence[str], mode: Mode) -> dict[str, float]:
    milliseconds = []
    for text in texts:
        started = time.perf_counter()
        try:
            searcher.search(SearchRequest(text, mode=mode), parse_groups(DEMO_GROUPS))
        except InvalidQuery:
            continue
        milliseconds.append((time.perf_counter() - started) * 1000)
    p50, p99 = np.percentile(milliseconds or [0.0], [50, 99])
    return {"p50": float(p50), "p99": float(p99)}


class _PeakMemory(threading.Thread):
    """Samples resident memory until the block ends.

    ``resource.getrusage`` will not do: a child's figure there starts from its parent's, whose image it was before exec.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mebibytes = 0.0
        self._finished = threading.Event()
        self._process = psutil.Process()

    def __enter__(self) -> "_PeakMemory":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        self.join()

    def run(self) -> None:
        while True:
            resident = 0
            for process in (self._process, *self._process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    resident += process.memory_info().rss
            self.mebibytes = max(self.mebibytes, resident / 2**20)
            if self._finished.wait(_SAMPLED_EVERY):
                return
