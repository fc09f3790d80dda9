"""Haystack's own conformance tests, and the converters.

Of ``haystack.testing.document_store`` these do not apply: ``UpdateByFilterTest`` and the tests of unique values, field
information and minima of metadata, which are no part of the protocol and which our catalogue answers for the library.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from haystack import Document, Pipeline
from haystack.components.writers import DocumentWriter
from haystack.dataclasses import ByteStream, SparseEmbedding
from haystack.document_stores.types import DuplicatePolicy
from haystack.errors import FilterError
from haystack.testing.document_store import (
    CountDocumentsByFilterTest,
    DeleteAllTest,
    DeleteByFilterTest,
    DocumentStoreBaseTests,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.identifiers import passage_number
from search.document_store import LunkuDocumentStore, document_to_point, point_id, point_to_document
from search.engine.edge import EdgeEngine
from search.engine.interface import AnyOf, Contains, Filter, Point

DIMENSIONS = 768


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeEngine]:
    with EdgeEngine(tmp_path_factory.mktemp("index")) as opened:
        yield opened


@pytest.fixture
def document_store(engine: EdgeEngine) -> LunkuDocumentStore:
    return emptied(engine)


def emptied(engine: EdgeEngine) -> LunkuDocumentStore:
    store = LunkuDocumentStore.over(engine, DIMENSIONS)
    store.delete_all_documents()
    return store


def without_embedding(documents: list[Document]) -> list[Document]:
    return sorted((replace(document, embedding=None) for document in documents), key=lambda document: document.id)


class TestHaystack(DocumentStoreBaseTests, DeleteAllTest, DeleteByFilterTest, CountDocumentsByFilterTest):
    @pytest.fixture
    def document_store(self, engine: EdgeEngine) -> LunkuDocumentStore:
        return emptied(engine)

    def assert_documents_are_equal(self, received: list[Document], expected: list[Document]) -> None:
        """Order is no part of the protocol, and the engine keeps embeddings in 32 bits at unit length."""
        assert without_embedding(received) == without_embedding(expected)
        lengths = {document.id: sum(x * x for x in document.embedding or ()) ** 0.5 for document in expected}
        embeddings = {document.id: document.embedding for document in expected}
        for document in received:
            if embeddings[document.id] is None:
                assert document.embedding is None
            else:
                unit = [x / lengths[document.id] for x in embeddings[document.id]]
                assert document.embedding == pytest.approx(unit, abs=1e-6)

    def test_write_documents(self, document_store: LunkuDocumentStore) -> None:
        """Without a policy, duplicates fail: a silent overwrite would lose a document."""
        documents = [Document(content="巷口的修鞋摊"), Document(content="夜校招生简章")]
        assert document_store.write_documents(documents) == 2
        self.assert_documents_are_equal(document_store.filter_documents(), documents)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.integers(-(2**20), 2**20).map(lambda number: number / 8)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
meta = st.dictionaries(st.text() | st.sampled_from(["kind", "year", "readers", "identifiers"]), json_values, max_size=4)
sparse = st.dictionaries(st.integers(0, 2**32 - 1), st.floats(0.125, 9, width=32), min_size=1, max_size=5)
documents = st.builds(
    Document,
    id=st.text(min_size=1) | st.uuids().map(str),
    content=st.none() | st.text(),
    blob=st.none() | st.builds(ByteStream, data=st.binary(max_size=9), meta=meta, mime_type=st.none() | st.text()),
    meta=meta,
    embedding=st.none() | st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=3),
    sparse_embedding=st.none()
    | sparse.map(lambda weights: SparseEmbedding(sorted(weights), [weights[index] for index in sorted(weights)])),
)


@settings(deadline=None)
@given(documents)
def test_converters_are_inverse(document: Document) -> None:
    assert point_to_document(document_to_point(document)) == document


@settings(deadline=None, max_examples=25)
@given(document=documents)
def test_a_document_comes_back_from_the_engine(engine: EdgeEngine, document: Document) -> None:
    store = LunkuDocumentStore.over(engine, DIMENSIONS)
    written = replace(document, embedding=None)
    store.write_documents([written], DuplicatePolicy.OVERWRITE)
    assert point_to_document(engine.retrieve([point_id(document.id)])[0]) == written


def test_ids_of_passages_are_kept() -> None:
    passage = "0f8fad5b-d9cb-569f-a165-70867728950e"
    assert point_id(passage) == passage_number(passage)
    stored = point_to_document(Point(point_id(passage), {}, {"passage_id": passage, "text": "一段"}))
    assert (stored.id, stored.content, stored.meta) == (passage, "一段", {})
    assert point_id("a") != point_id("b")
    assert point_id("a") == point_id("a")


def test_metadata_is_filtered_on_in_the_engine(document_store: LunkuDocumentStore) -> None:
    written = [
        Document(content="开放日活动方案", meta={"kind": "policy", "readers": ["public"], "year": 2020.0}),
        Document(content="读书会讲稿", meta={"kind": "course", "year": 2021, "issued_on": 20210304}),
        Document(content="调研提纲", meta={"kind": 3, "year": "2021"}),
    ]
    document_store.write_documents(written)
    engine = document_store.engine
    assert engine.count(Filter(must=(AnyOf("readers", ("public",)), Contains("text", "开放日")))) == 1
    assert engine.count(Filter(must=(AnyOf("year", (2020, 2021)),))) == 2

    def found(operator: str, field: str, value: object) -> list[str | None]:
        passed = document_store.filter_documents({"field": field, "operator": operator, "value": value})
        return sorted(str(document.content) for document in passed)

    assert found("==", "meta.kind", "course") == ["读书会讲稿"]
    assert found("in", "meta.kind", ["course", "policy"]) == ["开放日活动方案", "读书会讲稿"]
    assert found("==", "meta.kind", 3) == ["调研提纲"]
    assert found("==", "meta.year", 2020) == ["开放日活动方案"]
    assert found(">", "meta.issued_on", 20210303) == ["读书会讲稿"]
    assert found("<=", "meta.issued_on", 20210303) == []
    assert found("!=", "meta.kind", "course") == ["开放日活动方案", "调研提纲"]


def test_malformed_filters_raise_even_without_documents(document_store: LunkuDocumentStore) -> None:
    for filters in ({"operator": "AND"}, {"field": "meta.kind", "value": 1}, {"operator": "AND", "conditions": [{}]}):
        with pytest.raises(FilterError):
            document_store.filter_documents(filters)


def test_it_stands_in_a_pipeline_and_its_yaml(tmp_path: Path) -> None:
    store = LunkuDocumentStore(dimensions=4, data_dir=str(tmp_path))
    pipeline = Pipeline()
    pipeline.add_component("write", DocumentWriter(store, policy=DuplicatePolicy.SKIP))
    loaded = Pipeline.loads(pipeline.dumps(), allowed_modules=["search"])
    written = loaded.run({"write": {"documents": [Document(content="茶座", embedding=[0.5, 0.5, 0.5, 0.5])] * 2}})
    assert written == {"write": {"documents_written": 1}}
    loaded.get_component("write").document_store.close()
    [document] = store.filter_documents()
    assert (document.content, document.embedding) == ("茶座", [0.5, 0.5, 0.5, 0.5])
    store.close()
