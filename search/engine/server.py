"""Qdrant as a server or a cluster, over qdrant-client. Importing it costs a second; the factory does so when needed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self, cast

from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from corpus.errors import EngineUnavailable, IndexMismatch
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
from search.engine.ties import cut

TIMEOUT = 30
"""Seconds until a request is given up."""

_CODES = models.TurboQuantization(
    turbo=models.TurboQuantQuantizationConfig(bits=models.TurboQuantBitSize.BITS4, memory=models.Memory.PINNED)
)
_DENSE_SEARCH = models.SearchParams(
    hnsw_ef=512, quantization=models.QuantizationSearchParams(rescore=True, oversampling=2.0)
)


class ServerEngine:
    """The engine over a client of Qdrant 1.20 or later.

    What differs from the embedded engine: the server builds its indexes and writes its log through to the disk by
    itself, so ``optimize`` and ``flush`` have nothing to do; and in a cluster a batch is one operation per shard only.
    """

    def __init__(self, client: QdrantClient) -> None:
        self._client = client
        self._dimensions = 0

    @classmethod
    def connect(cls, url: str, api_key: str | None = None) -> Self:
        """An engine for a server; nothing is sent yet.

        Raises:
            EngineUnavailable: the address cannot be used.
        """
        try:
            return cls(QdrantClient(url=url, api_key=api_key, timeout=TIMEOUT, check_compatibility=False))
        except ValueError as error:
            raise EngineUnavailable(f"Qdrant 服务地址 {url} 有误。请检查 LUNKU_QDRANT_URL。") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ensure_collection(self, dimensions: int) -> None:
        """Create the collection with its vectors and payload indexes if it does not exist.

        Raises:
            IndexMismatch: it exists with another number of dimensions.
        """
        with _foreign_errors():
            if self._client.collection_exists(schema.COLLECTION):
                self._check_dimensions(dimensions)
            else:
                self._create(dimensions)
        self._dimensions = dimensions

    def _check_dimensions(self, dimensions: int) -> None:
        vectors = self._client.get_collection(schema.COLLECTION).config.params.vectors
        existing = vectors[DENSE].size if isinstance(vectors, dict) else 0
        if existing != dimensions:
            raise IndexMismatch(f"索引的向量为 {existing} 维，模型为 {dimensions} 维。请运行 lunku reindex 重建索引。")

    def _create(self, dimensions: int) -> None:
        sparse = models.SparseVectorParams(modifier=models.Modifier.IDF)
        dense = models.VectorParams(size=dimensions, distance=models.Distance.COSINE, quantization_config=_CODES)
        self._client.create_collection(
            schema.COLLECTION,
            vectors_config={DENSE: dense},
            sparse_vectors_config=dict.fromkeys(schema.SPARSE_VECTORS, sparse),
        )
        for field in schema.KEYWORD_FIELDS:
            self._client.create_payload_index(schema.COLLECTION, field, models.PayloadSchemaType.KEYWORD)
        for field in schema.INTEGER_FIELDS:
            self._client.create_payload_index(schema.COLLECTION, field, models.PayloadSchemaType.INTEGER)
        gram = models.TextIndexParams(
            type=models.TextIndexType.TEXT, tokenizer=models.TokenizerType.WHITESPACE, lowercase=False
        )
        for field in schema.TEXT_FIELDS:
            self._client.create_payload_index(schema.COLLECTION, schema.grams_field(field), gram)

    def upsert(self, points: Iterable[Point]) -> None:
        """Write points as one operation: after a crash either all of them are there or none is."""
        batch = list(points)
        for point in batch:
            schema.check_point(point, self._dimensions)
        if batch:
            with _foreign_errors():
                self._client.upsert(schema.COLLECTION, _to_points(batch), wait=True)

    def delete(self, where: Filter) -> None:
        """Delete every point that passes the filter."""
        selector = models.FilterSelector(filter=to_filter(where))
        with _foreign_errors():
            self._client.delete(schema.COLLECTION, selector, wait=True)

    def set_payload(self, where: Filter, payload: dict[str, Any]) -> None:
        """Merge ``payload`` into every point that passes the filter."""
        selector = models.FilterSelector(filter=to_filter(where))
        with _foreign_errors():
            self._client.set_payload(schema.COLLECTION, schema.with_grams([payload])[0], selector, wait=True)

    def query(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """Run the legs in one round trip; each result by score descending, then id, without payload.

        A leg without a vector, and one whose cut falls between equal scores, costs a further round trip.
        """
        requests = [_to_request(leg, leg.limit + 1) for leg in legs if schema.is_ranked(leg)]
        with _foreign_errors():
            answers = iter(self._client.query_batch_points(schema.COLLECTION, requests) if requests else ())
            return [self._rank(leg, next(answers)) if schema.is_ranked(leg) else self._scroll(leg) for leg in legs]

    def _rank(self, leg: Leg, answer: models.QueryResponse) -> list[ScoredPoint]:
        def fetch(size: int) -> list[ScoredPoint]:
            return _from_response(self._client.query_batch_points(schema.COLLECTION, [_to_request(leg, size)])[0])

        return cut(_from_response(answer), leg.limit, fetch)

    def _scroll(self, leg: Leg) -> list[ScoredPoint]:
        where = to_filter(leg.where)
        if leg.using or not leg.limit:
            return []
        records, _ = self._client.scroll(
            schema.COLLECTION, scroll_filter=where, limit=leg.limit, with_payload=False, with_vectors=False
        )
        return [ScoredPoint(cast("int", record.id), 0.0) for record in records]

    def preload(self) -> None:
        """The server's own affair."""

    def best_scores(self, legs: Sequence[Leg]) -> list[float | None]:
        """The score that ``query`` gives the first point of each leg, in one round trip; None where nothing ranks."""
        requests = [_to_request(leg, 1) for leg in legs if schema.is_ranked(leg)]
        with _foreign_errors():
            answers = iter(self._client.query_batch_points(schema.COLLECTION, requests) if requests else ())
        first = [_from_response(next(answers)) if schema.is_ranked(leg) else [] for leg in legs]
        return [points[0].score if points else None for points in first]

    def retrieve(self, ids: Sequence[int]) -> list[Point]:
        """The points with these ids that exist, with payload and vectors, in the order of ``ids``."""
        with _foreign_errors():
            records = self._client.retrieve(schema.COLLECTION, list(ids), with_payload=True, with_vectors=True)
        found = {record.id: record for record in records}
        return [_from_record(found[identifier]) for identifier in ids if identifier in found]

    def count(self, where: Filter) -> int:
        """Exact number of points that pass the filter."""
        with _foreign_errors():
            return self._client.count(schema.COLLECTION, count_filter=to_filter(where), exact=True).count

    def facet(self, field: str, where: Filter, limit: int) -> list[tuple[str | int, int]]:
        """Values of a keyword or integer field with exact counts, most frequent first, ties by value."""
        schema.check_facet(field)
        condition = to_filter(where)

        def fetch(size: int) -> list[tuple[str | int, int]]:
            answer = self._client.facet(schema.COLLECTION, key=field, facet_filter=condition, limit=size, exact=True)
            return [(hit.value, hit.count) for hit in answer.hits]

        with _foreign_errors():
            return cut(fetch(limit + 1), limit, fetch)

    def defer_field_indexes(self) -> None:
        """Nothing: the server makes indexes in its own time, and others may search it."""

    def create_field_indexes(self) -> None:
        """They were created with the collection."""

    def flush(self) -> None:
        """Nothing to do: every write waited for the server's log."""

    def unoptimized(self) -> int:
        """None: the server optimises by itself."""
        return 0

    def optimize(self, *, serving: bool = True) -> None:
        """Nothing to do: the server optimises by itself."""

    def drop(self) -> None:
        """Delete the collection."""
        with _foreign_errors():
            self._client.delete_collection(schema.COLLECTION)

    def close(self, *, ending: bool = False) -> None:
        """Close the connection."""
        self._client.close()


def to_filter(where: Filter) -> models.Filter:
    """A filter, after ``schema.check_filter``."""
    schema.check_filter(where)
    return models.Filter(
        must=[part for condition in schema.side_by_side(where.must) for part in _parts(condition)],
        must_not=[_condition(condition) for condition in where.must_not],
    )


def _condition(  # noqa: PLR0911 - one for each condition
    condition: Condition,
) -> models.FieldCondition | models.Filter | models.HasIdCondition:
    match condition:
        case AnyOf(field, values):
            return models.FieldCondition(key=field, match=models.MatchAny(any=cast("list[str]", list(values))))
        case Between(field, low, high):
            return models.FieldCondition(key=field, range=models.Range(gte=low, lte=high))
        case Contains(field, text):
            return models.Filter(must=_substring(field, text))
        case HasId(ids):
            return models.HasIdCondition(has_id=list(ids))
        case Either(()):
            return models.HasIdCondition(has_id=[])
        case Either(conditions):
            return models.Filter(should=[_condition(alternative) for alternative in conditions])
        case Filter(must, must_not):
            return models.Filter(must=[*map(_condition, must)], must_not=[*map(_condition, must_not)])


def _parts(condition: Condition) -> list[models.Condition]:
    return _substring(condition.field, condition.text) if isinstance(condition, Contains) else [_condition(condition)]


def _substring(field: str, text: str) -> list[models.Condition]:
    """The gram index narrows, the text itself decides."""
    parts: list[models.Condition] = []
    if grams := schema.grams(text):
        match = models.MatchText(text=" ".join(grams))
        parts.append(models.FieldCondition(key=schema.grams_field(field), match=match))
    if not schema.is_gram(text):
        parts.append(models.FieldCondition(key=field, match=models.MatchSubstring(substring=text)))
    return parts


def _to_points(points: Sequence[Point]) -> list[models.PointStruct]:
    """Points with their grams."""
    return [
        models.PointStruct(
            id=point.id, vector={name: _to_vector(vector) for name, vector in point.vectors.items()}, payload=payload
        )
        for point, payload in zip(points, schema.with_grams([point.payload for point in points]), strict=True)
    ]


def _to_vector(vector: Sequence[float] | SparseVector) -> Any:
    if isinstance(vector, SparseVector):
        return models.SparseVector(indices=list(vector.indices), values=list(vector.values))
    return list(vector)


def _to_request(leg: Leg, limit: int) -> models.QueryRequest:
    return models.QueryRequest(
        query=_to_vector(cast("Sequence[float] | SparseVector", leg.vector)),
        using=leg.using,
        filter=to_filter(leg.where),
        params=_DENSE_SEARCH if leg.using == DENSE else None,
        limit=limit,
        with_payload=False,
        with_vector=False,
    )


def _from_response(response: models.QueryResponse) -> list[ScoredPoint]:
    return [ScoredPoint(cast("int", point.id), point.score) for point in response.points]


def _from_record(record: models.Record) -> Point:
    named = cast("dict[str, Any]", record.vector or {})
    vectors = {name: _from_vector(vector) for name, vector in named.items()}
    return Point(cast("int", record.id), vectors, schema.without_grams(record.payload or {}))


def _from_vector(vector: Any) -> Sequence[float] | SparseVector:
    if isinstance(vector, models.SparseVector):
        return SparseVector(vector.indices, vector.values)
    return list(vector)


@contextmanager
def _foreign_errors() -> Iterator[None]:
    """Map what the client raises for a server that does not answer, or refuses, to ``EngineUnavailable``."""
    try:
        yield
    except (ApiException, QdrantException) as error:
        raise EngineUnavailable(
            f"Qdrant 服务无法完成操作：{error}。请检查 LUNKU_QDRANT_URL、LUNKU_QDRANT_API_KEY 与服务状态。"
        ) from error
