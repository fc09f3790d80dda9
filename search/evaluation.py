"""Retrieval quality on a labelled set: reading the field's file formats, measures, run files.

The measures are trec_eval's, by ir_measures. nDCG takes the judged grade itself as gain (Järvelin and Kekäläinen 2002),
not 2^grade - 1.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from corpus.errors import InputError
from corpus.text.folding import fold

DEPTH = 100
"""Documents retrieved for each query, as Recall@100 needs."""

MEASURES = {"ndcg@10": nDCG @ 10, "recall@10": R @ 10, "recall@100": R @ 100, "mrr@10": RR @ 10}

_RESAMPLES = 2000
_SEED = 20210412

Run = Mapping[str, Sequence[str]]
"""Query id → ids of the documents found, best first."""

Judgements = Mapping[str, Mapping[str, int]]
"""Query id → document id → grade; documents that are not named have grade 0."""


@dataclass(frozen=True, slots=True)
class Record:
    """A document of a labelled set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelledQueries:
    """The queries to measure with.

    Attributes:
        texts: query id → text; only queries that have a relevant document.
        judgements: the grades for exactly these queries.
        left_out: number of judged queries that were trained on, and so are not measured with.
    """

    texts: Mapping[str, str]
    judgements: Judgements
    left_out: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """Means over the queries, by the names of ``MEASURES``, and their 95 % confidence intervals."""

    values: dict[str, float]
    confidence: dict[str, tuple[float, float]]


def read_corpus(path: Path) -> Iterator[Record]:
    """Documents of a JSON-lines file (``.gz`` or plain) with ``id``, ``text`` and, if it likes, ``title``.

    Raises:
        InputError: the file cannot be read, or a line of it.
    """
    for number, line in _json_lines(path):
        yield Record(
            _string(line, "id", path, number), str(line.get("title") or ""), _string(line, "text", path, number)
        )


def read_queries(queries: Path, qrels: Path, trained_on: frozenset[str] = frozenset()) -> LabelledQueries:
    """Queries (JSON lines: ``id``, ``text``) with their judgements (``qrels.tsv``: query-id, corpus-id, score).

    Args:
        queries: the queries, ``.gz`` or plain.
        qrels: tab-separated with a header line.
        trained_on: hashes (``query_hash``) of queries to leave out.

    Raises:
        InputError: a file cannot be read, or no judged query is left.
    """
    judgements = _read_qrels(qrels)
    texts = {
        identifier: _string(line, "text", queries, number)
        for number, line in _json_lines(queries)
        if any(judgements.get(identifier := _string(line, "id", queries, number), {}).values())
    }
    kept = {identifier: text for identifier, text in texts.items() if query_hash(text) not in trained_on}
    if not kept:
        raise InputError(f"没有可用于评测的问题：{queries} 中的问题在 {qrels} 中都没有标注，或都已用于训练。")
    return LabelledQueries(kept, {identifier: judgements[identifier] for identifier in kept}, len(texts) - len(kept))


def query_hash(text: str) -> str:
    """The name under which a query is published as trained on: SHA-256 of its folded text, in hexadecimal."""
    return hashlib.sha256(fold(text).encode()).hexdigest()


def read_hashes(path: Path) -> frozenset[str]:
    """Hashes of the queries trained on, one a line."""
    return frozenset(path.read_text(encoding="ascii").split())


def measure(run: Run, judgements: Judgements) -> Measurement:
    """Every measure over the judged queries; a query without a result counts as 0.

    The confidence interval is the percentile bootstrap over queries (Sakai 2006), with a fixed seed.
    """
    qrels = [
        ir_measures.Qrel(query, document, grade)
        for query, grades in judgements.items()
        for document, grade in grades.items()
    ]
    found = [
        ir_measures.ScoredDoc(query, document, 1 / rank)
        for query, documents in run.items()
        for rank, document in enumerate(documents, start=1)
    ]
    values: dict[str, list[float]] = defaultdict(list)
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(MEASURES.values(), qrels, found):
        values[names[metric.measure]].append(metric.value)
    return Measurement(
        {name: float(np.mean(values[name])) for name in MEASURES}, {name: _interval(values[name]) for name in MEASURES}
    )


def write_run(path: Path, run: Run, tag: str) -> None:
    """A TREC run file: query, Q0, document, rank, score, tag.

    The score is the reciprocal rank: programs that read run files sort by score and break ties in their own ways.

    Raises:
        InputError: an id holds blanks, or the file cannot be written.
    """
    lines = [
        (query, "Q0", document, str(rank), f"{1 / rank:.6f}", tag)
        for query, documents in run.items()
        for rank, document in enumerate(documents, start=1)
    ]
    if spaced := next((field for line in lines for field in line if field.split() != [field]), None):
        raise InputError(f"编号“{spaced}”为空或含有空白，无法写入 TREC 格式的结果文件，请改用不含空白的编号。")
    try:
        path.write_text("".join(f"{' '.join(line)}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InputError(f"结果文件无法写入：{path}。请检查路径与权限。") from error


def _interval(values: Sequence[float]) -> tuple[float, float]:
    sample = np.asarray(values)
    generator = np.random.default_rng(_SEED)
    means = [sample[generator.integers(0, len(sample), len(sample))].mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    judgements: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in _lines(path):
        fields = line.rstrip("\r\n").split("\t")
        if number == 1 and fields[-1] == "score":
            continue
        try:
            query, document, grade = fields
            judgements[query][document] = int(grade)
        except ValueError as error:
            raise _malformed(path, number, "应为 query-id、corpus-id、score 三列，以制表符分隔") from error
    return dict(judgements)


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(path):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise _malformed(path, number, "不是 JSON") from error
        if not isinstance(value, dict):
            raise _malformed(path, number, "不是 JSON 对象")
        yield number, value


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers from 1."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as lines
        ):
            yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"评测文件无法读取：{path}。请检查路径、权限和编码（应为 UTF-8）。") from error


def _string(line: Mapping[str, Any], key: str, path: Path, number: int) -> str:
    value = line.get(key)
    if not isinstance(value, str | int):
        raise _malformed(path, number, f"缺少“{key}”")
    return str(value)


def _malformed(path: Path, number: int, why: str) -> InputError:
    return InputError(f"评测文件 {path} 第 {number} 行有误：{why}。请改正后重试。")
