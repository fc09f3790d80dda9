"""Our terms → those of qdrant-edge-py 0.9.0, and back; its errors → ours.

The one place to change when the beta's names do.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

import qdrant_edge as edge

from corpus.errors import EngineUnavailable
from search.engine import schema
from search.engine.interface import (
    DENSE,
    AnyOf,
    Between,
    Condition,
    Contains,
    Either,
    Filter,
    HasId,
    Leg,
    Point,
    ScoredPoint,
    SparseVector,
)

logger = logging.getLogger(__name__)

GRAPH_FROM = 15_000
"""Points from which on the dense vectors get a graph. Below, to compare every code takes a search as long, and finds
all; so does the engine itself in a segment, or behind a filter, of less than ``_SCANNED_KB``. 0038 has the figures."""

_SCANNED_KB = 10_000

_FOLLOWED = 256
"""Points that a search of the graphs looks at more closely, in all segments together: .99 of the nearest 64 are among
them."""

INDEX_FROM_KB = 1_000
"""Segments with more dense vectors than this are rebuilt by an optimisation; smaller ones stay as they are."""

SEGMENTS = 6
"""Segments that are left as they are; only more of them are merged. A large build is optimised piece by piece, and
merging all pieces each time would cost time and memory that grow with the index."""

_SEARCH_THREADS = 1
"""Threads of the engine's own. With its eight, each search woke most of them and was handed from core to core."""

_FEW = 8

_MAPPED = edge.Memory.Cold
"""Indexes stay files that are mapped, not copied into the process: opening them costs little, and so does closing."""

_CODES = edge.TurboQuantQuantizationConfig(bits=edge.TurboQuantBitSize.Bits4, memory=edge.Memory.Pinned)


def collection(dimensions: int, points: int = 0) -> edge.EdgeConfig:
    """The shard for a number of points: dense vectors with 4-bit codes for the first pass, sparse ones with IDF.

    Without links (``m=0``) the dense index is a scan of the codes.
    """
    links = 16 if points >= GRAPH_FROM else 0
    return edge.EdgeConfig(
        vectors=_dense(dimensions),
        sparse_vectors=_sparse(),
        hnsw_config=edge.HnswIndexConfig(m=links, ef_construct=64, full_scan_threshold=_SCANNED_KB),
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=INDEX_FROM_KB, default_segment_number=SEGMENTS),
        max_search_threads=_SEARCH_THREADS,
    )


def as_stored(dimensions: int) -> edge.EdgeConfig:
    """A shard as it was created, of an earlier release too; what is not named here stays as it is."""
    return edge.EdgeConfig(vectors=_dense(dimensions), sparse_vectors=_sparse(), max_search_threads=_SEARCH_THREADS)


def _dense(dimensions: int) -> dict[str, edge.EdgeVectorParams]:
    return {DENSE: edge.EdgeVectorParams(size=dimensions, distance=edge.Distance.Cosine, quantization_config=_CODES)}


def _sparse() -> dict[str, edge.EdgeSparseVectorParams]:
    sparse = edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf, memory=_MAPPED)
    return dict.fromkeys(schema.SPARSE_VECTORS, sparse)


def dense_search(shard: edge.EdgeShard) -> edge.SearchParams:
    """How the dense vectors of a shard are searched: each of its segments has a graph of its own."""
    optimised = max(1, shard.info().segments_count - 1)
    rescoring = edge.QuantizationSearchParams(rescore=True, oversampling=2.0)
    return edge.SearchParams(hnsw_ef=_FOLLOWED // optimised, quantization=rescoring)


def stored_dimensions(folder: Path) -> int:
    """The length of the dense vectors of the shard in a folder.

    Raises:
        EngineUnavailable: its configuration cannot be read.
    """
    return int(_stored(folder, "vectors", DENSE, "size"))


def is_linked(folder: Path) -> bool:
    """Whether the dense vectors of the shard in a folder get a graph when it is optimised.

    Raises:
        EngineUnavailable: its configuration cannot be read.
    """
    return int(_stored(folder, "hnsw_config", "m")) > 0


def _stored(folder: Path, *names: str) -> Any:
    try:
        value = json.loads((folder / "edge_config.json").read_text("utf-8"))
        for name in names:
            value = value[name]
        return value
    except (ValueError, LookupError, TypeError) as error:
        raise EngineUnavailable("索引的配置文件已损坏。请运行 lunku reindex 重建索引。") from error


def field_indexes() -> dict[str, edge.UpdateOperation]:
    """What creates the index of every field that is filtered on."""
    keyword = edge.KeywordIndexParams(enable_hnsw=False, memory=_MAPPED)
    integer = edge.IntegerIndexParams(enable_hnsw=False, memory=_MAPPED)
    # Whole grams are tokens, as they stand: lower-casing would make the index answer for a text it does not hold.
    gram = edge.TextIndexParams(
        tokenizer=edge.TokenizerType.Whitespace, lowercase=False, enable_hnsw=False, memory=_MAPPED
    )
    parameters: dict[str, edge.KeywordIndexParams | edge.IntegerIndexParams | edge.TextIndexParams] = {
        **dict.fromkeys(schema.KEYWORD_FIELDS, keyword),
        **dict.fromkeys(schema.INTEGER_FIELDS, integer),
        **dict.fromkeys(map(schema.grams_field, schema.TEXT_FIELDS), gram),
    }
    return {field: edge.UpdateOperation.create_field_index(field, kind) for field, kind in parameters.items()}


@lru_cache(maxsize=16)
def to_filter(where: Filter) -> edge.Filter:
    """A filter, after ``schema.check_filter``. The legs of a query share theirs, which may name thousands of points.

    One condition with a few values stands beside the others as ``should``, of which the engine demands one: nested, as
    the rest of them must be, it takes the engine twice as long, and every query has one, for the readers.
    """
    schema.check_filter(where)
    must = list(schema.side_by_side(where.must))
    alternatives = next((item for item in must if isinstance(item, AnyOf) and 1 < len(item.values) <= _FEW), None)
    return edge.Filter(
        must=[part for item in must if item is not alternatives for part in _parts(item)],
        should=[_equals(alternatives.field, value) for value in alternatives.values] if alternatives else None,
        must_not=[_condition(condition) for condition in where.must_not],
    )


def _equals(field: str, value: str | int) -> edge.FieldCondition:
    return edge.FieldCondition(field, match=edge.MatchValue(value))


def _condition(  # noqa: PLR0911 - one for each condition
    condition: Condition,
) -> edge.FieldCondition | edge.Filter | edge.HasIdCondition:
    match condition:
        case AnyOf(field, values):
            return _any_of(field, values)
        case Between(field, low, high):
            return edge.FieldCondition(field, range=edge.RangeFloat(gte=low, lte=high))
        case Contains(field, text):
            parts = _substring(field, text)
            return parts[0] if len(parts) == 1 else edge.Filter(must=[*parts])
        case HasId(ids):
            return edge.HasIdCondition(set(ids))
        case Either(()):
            return edge.HasIdCondition(set())
        case Either(conditions):
            return edge.Filter(should=[_condition(alternative) for alternative in conditions])
        case Filter(must, must_not):
            return edge.Filter(must=[*map(_condition, must)], must_not=[*map(_condition, must_not)])


def _any_of(field: str, values: tuple[str | int, ...]) -> edge.FieldCondition | edge.Filter:
    """A few values are tested one by one: two thirds of the time that the engine takes for a set of them."""
    if len(values) == 1:
        return _equals(field, values[0])
    if 1 < len(values) <= _FEW:
        return edge.Filter(should=[_equals(field, value) for value in values])
    return edge.FieldCondition(field, match=edge.MatchAny(cast("list[str]", list(values))))


def _parts(condition: Condition) -> list[edge.FieldCondition | edge.Filter | edge.HasIdCondition]:
    return _substring(condition.field, condition.text) if isinstance(condition, Contains) else [_condition(condition)]


def _substring(field: str, text: str) -> list[edge.FieldCondition | edge.Filter | edge.HasIdCondition]:
    """The gram index narrows, the text itself decides."""
    parts: list[edge.FieldCondition | edge.Filter | edge.HasIdCondition] = []
    if grams := schema.grams(text):
        parts.append(edge.FieldCondition(schema.grams_field(field), match=edge.MatchText(" ".join(grams))))
    if not schema.is_gram(text):
        parts.append(edge.FieldCondition(field, match=edge.MatchSubstring(text)))
    return parts


def to_points(points: Sequence[Point]) -> list[edge.Point]:
    """Points with their grams."""
    return [
        edge.Point(point.id, {name: to_vector(vector) for name, vector in point.vectors.items()}, payload)
        for point, payload in zip(points, schema.with_grams([point.payload for point in points]), strict=True)
    ]


def to_vector(vector: Sequence[float] | SparseVector) -> Any:
    """A vector as the engine wants it: plain lists."""
    if isinstance(vector, SparseVector):
        return edge.SparseVector(list(vector.indices), list(vector.values))
    return list(vector)


def to_request(leg: Leg, limit: int, dense: edge.SearchParams) -> edge.QueryRequest:
    """A leg that has a vector, with another limit than its own; ``dense`` is how dense vectors are searched."""
    assert leg.vector is not None
    return edge.QueryRequest(
        limit=limit,
        query=edge.Query.Nearest(to_vector(leg.vector), using=leg.using),
        filter=to_filter(leg.where),
        params=dense if leg.using == DENSE else None,
        with_payload=False,
    )


def from_scored(points: Sequence[edge.ScoredPoint]) -> list[ScoredPoint]:
    """Results without payload."""
    return list(map(_scored, map(_id_and_score, points)))


_id_and_score = attrgetter("id", "score")
_scored = partial(tuple.__new__, ScoredPoint)
"""A named tuple of a pair, made within C: every query has hundreds of them."""


def from_record(record: edge.Record) -> Point:
    """A stored point."""
    named = cast("dict[str, Any]", record.vector or {})
    vectors = {name: _from_vector(vector) for name, vector in named.items()}
    return Point(cast("int", record.id), vectors, schema.without_grams(record.payload or {}))


def _from_vector(vector: Any) -> Sequence[float] | SparseVector:
    if isinstance(vector, edge.SparseVector):
        return SparseVector(vector.indices, vector.values)
    return list(vector)


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Map what the engine raises, plain ``Exception`` for anything it refuses, to ``EngineUnavailable``."""
    try:
        yield
    except BaseException as error:
        if not _is_foreign(error):
            raise
        logger.error("the embedded engine refused an operation: %s", error)
        raise EngineUnavailable(
            f"索引引擎无法完成操作：{error}。请检查磁盘空间后重试；如仍失败，请运行 lunku reindex 重建索引。"
        ) from error


def _is_foreign(error: BaseException) -> bool:
    """The engine has no class of its own: it raises plain ``Exception``, or a panic that no ``Exception`` catches."""
    return type(error) is Exception or isinstance(error, OSError) or type(error).__name__ == "PanicException"
