"""Haystack's DocumentStore over an engine, so that anyone's Haystack pipeline can write to and read from Lunku's index.

Our own pipelines do not use it: they search passages through ``search.engine`` and take texts from the catalogue. The
only module besides the pipelines that imports Haystack.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self, TypeGuard
from uuid import UUID, uuid5

from haystack import Document, default_from_dict, default_to_dict
from haystack.dataclasses import SparseEmbedding
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy
from haystack.utils.filters import document_matches_filter

from corpus.identifiers import passage_number
from corpus.settings import load_settings
from corpus.text.folding import fold
from search.engine.factory import open_engine
from search.engine.interface import (
    DENSE,
    WORDS,
    AnyOf,
    Between,
    Condition,
    Engine,
    Filter,
    HasId,
    Leg,
    Point,
    SparseVector,
)
from search.engine.schema import INTEGER_FIELDS, KEYWORD_FIELDS

_NAMESPACE = UUID("1d6b1d9e-54a5-5d4c-8a0a-9a0a2f6d3c11")
_DOCUMENT = "document"
_BATCH = 1_000
_EXACT_INTEGERS = 2**53
"""Integers below are exact as floats, in which the engine compares ranges."""


def point_id(document_id: str) -> int:
    """The point of a document: of its id if that is a UUID, as ids of passages are, else of one made from it."""
    try:
        return passage_number(document_id)
    except ValueError:
        return passage_number(str(uuid5(_NAMESPACE, document_id)))


def document_to_point(document: Document) -> Point:
    """A document as a point: embeddings as vectors, indexed metadata as fields, and everything else beside them.

    The score is left out; it belongs to a search. Metadata must be JSON.
    """
    vectors: dict[str, Any] = {}
    if document.embedding is not None:
        vectors[DENSE] = document.embedding
    if document.sparse_embedding is not None:
        vectors[WORDS] = SparseVector(document.sparse_embedding.indices, document.sparse_embedding.values)
    stored = document.to_dict(flatten=False)
    for name in ("embedding", "sparse_embedding", "score"):
        stored.pop(name)
    payload = dict(_indexed_fields(document.meta)) | {_DOCUMENT: stored}
    if document.content is not None:
        payload["text"] = fold(document.content)
    return Point(point_id(document.id), vectors, payload)


def point_to_document(point: Point) -> Document:
    """The document that a point was made from; a passage of the library becomes one with its folded text."""
    payload = dict(point.payload)
    stored = payload.pop(_DOCUMENT, None)
    if stored is None:
        stored = {"id": payload.pop("passage_id"), "content": payload.pop("text", None), "meta": payload}
    dense, sparse = point.vectors.get(DENSE), point.vectors.get(WORDS)
    document = dict(stored)
    if dense is not None and not isinstance(dense, SparseVector):
        document["embedding"] = list(dense)
    if isinstance(sparse, SparseVector):
        document["sparse_embedding"] = SparseEmbedding(list(sparse.indices), list(sparse.values)).to_dict()
    return Document.from_dict(document)


class LunkuDocumentStore:
    """A document store over the index of a data directory, or of a server.

    Haystack's filters are applied as Haystack defines them; conditions on indexed metadata narrow the candidates in the
    engine first. Embeddings come back normalised and sparse indices in order, as the engine keeps them.
    """

    def __init__(self, dimensions: int, data_dir: str | None = None, qdrant_url: str | None = None) -> None:
        """A store that opens its engine at the first use; settings not given come from the environment."""
        self.dimensions = dimensions
        self.data_dir = data_dir
        self.qdrant_url = qdrant_url
        self._engine: Engine | None = None

    @classmethod
    def over(cls, engine: Engine, dimensions: int) -> Self:
        """A store over an engine that is open already and stays the caller's."""
        store = cls(dimensions)
        engine.ensure_collection(dimensions)
        store._engine = engine
        return store

    @property
    def engine(self) -> Engine:
        """The engine, opened at the first use."""
        if self._engine is None:
            given = {"data_dir": self.data_dir and Path(self.data_dir), "qdrant_url": self.qdrant_url}
            settings = load_settings().model_copy(update={name: value for name, value in given.items() if value})
            self._engine = open_engine(settings)
            self._engine.ensure_collection(self.dimensions)
        return self._engine

    def to_dict(self) -> dict[str, Any]:
        """For Haystack's serialisation."""
        return default_to_dict(self, dimensions=self.dimensions, data_dir=self.data_dir, qdrant_url=self.qdrant_url)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "LunkuDocumentStore":
        """For Haystack's serialisation."""
        store: LunkuDocumentStore = default_from_dict(cls, data)
        return store

    def close(self) -> None:
        """Close the engine."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def count_documents(self) -> int:
        """Number of documents."""
        return self.engine.count(Filter())

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """The documents that pass Haystack's filters, by point id.

        Raises:
            FilterError: the filters are malformed.
        """
        return list(self._filtered(filters))

    def _filtered(self, filters: dict[str, Any] | None) -> Iterator[Document]:
        if filters:
            # Reports malformed filters even if no document is there to hold them against.
            document_matches_filter(filters, Document(content=""))
        where = Filter(must=tuple(_narrowing(filters)) if filters else ())
        [found] = self.engine.query([Leg(where, self.engine.count(where))])
        for start in range(0, len(found), _BATCH):
            for point in self.engine.retrieve([hit.id for hit in found[start : start + _BATCH]]):
                document = point_to_document(point)
                if not filters or document_matches_filter(filters, document):
                    yield document

    def write_documents(self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE) -> int:
        """Write documents as one operation; returns how many. Without a policy, duplicates fail.

        Raises:
            ValueError: something other than documents.
            DuplicateDocumentError: the policy is to fail, and an id is there already.
        """
        if not isinstance(documents, list) or not all(isinstance(document, Document) for document in documents):
            raise ValueError("write_documents expects a list of Document")
        existing = {point.id for point in self.engine.retrieve([point_id(document.id) for document in documents])}
        points: dict[int, Point] = {}
        for document in documents:
            point = document_to_point(document)
            if policy is not DuplicatePolicy.OVERWRITE and (point.id in existing or point.id in points):
                if policy is DuplicatePolicy.SKIP:
                    continue
                raise DuplicateDocumentError(f"document {document.id} exists already")
            points[point.id] = point
        self.engine.upsert(points.values())
        return len(points)

    def delete_documents(self, document_ids: list[str]) -> None:
        """Delete the documents with these ids; unknown ones are passed over."""
        self.engine.delete(Filter(must=(HasId(tuple(map(point_id, document_ids))),)))

    def delete_by_filter(self, filters: dict[str, Any]) -> int:
        """Delete the documents that pass the filters; returns how many."""
        ids = [document.id for document in self._filtered(filters)]
        self.delete_documents(ids)
        return len(ids)

    def count_documents_by_filter(self, filters: dict[str, Any]) -> int:
        """Number of documents that pass the filters."""
        return sum(1 for _ in self._filtered(filters))

    def delete_all_documents(self, recreate_index: bool = False) -> None:
        """Delete every document, or the whole collection to make it anew."""
        if recreate_index:
            self.engine.drop()
            self.engine.ensure_collection(self.dimensions)
        else:
            self.engine.delete(Filter())


def _indexed_fields(meta: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Metadata that the engine can filter on, in the types that it indexes."""
    for field, value in meta.items():
        if field in KEYWORD_FIELDS:
            texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
            if texts:
                yield field, texts
        elif field in INTEGER_FIELDS and _is_integer(value):
            yield field, int(value)


def _narrowing(filters: dict[str, Any]) -> Iterator[Condition]:
    """Conditions that every document passing the filters also passes; what has none is left to Haystack's own test."""
    if filters.get("operator") == "AND":
        for condition in filters.get("conditions", ()):
            yield from _narrowing(condition)
        return
    field, value = str(filters.get("field", "")).removeprefix("meta."), filters.get("value")
    values = {"==": [value], "in": value}.get(filters.get("operator", ""))
    if field in KEYWORD_FIELDS and isinstance(values, list) and all(isinstance(item, str) for item in values):
        yield AnyOf(field, tuple(values))
    elif field in INTEGER_FIELDS and isinstance(values, list) and all(map(_is_integer, values)):
        yield AnyOf(field, tuple(map(int, values)))
    elif field in INTEGER_FIELDS and _is_integer(value):
        match filters["operator"]:
            case ">" | ">=":
                yield Between(field, low=int(value))
            case "<" | "<=":
                yield Between(field, high=int(value))


def _is_integer(value: object) -> TypeGuard[float]:
    """Whether a number is equal to an integer that the engine can hold (2020.0 and True are)."""
    return isinstance(value, int | float) and abs(value) < _EXACT_INTEGERS and value == int(value)
