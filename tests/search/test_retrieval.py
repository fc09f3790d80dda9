"""The components on their own: usable in anyone's Haystack pipeline, immutable between hops, indifferent to order."""

import copy
from datetime import date

import pytest
from haystack import Document as HaystackDocument
from haystack import component

from corpus.identifiers import passage_number
from corpus.records import Document, Kind, Status
from search.candidates import DEMANDED_LIMIT, IDENTIFIER, MATCHING, TITLE, Candidates, NamedDocuments, plan_legs, rank
from search.engine.interface import BIGRAMS, DENSE, WORDS, AnyOf, HasId, ScoredPoint
from search.fusion import load_weights
from search.hits import HitsToDocuments
from search.paging import ResultPager
from search.query import build_filter, parse_query
from search.references.sources import cite
from search.results import Mode, SearchFilters, SearchRequest
from search.retrieval import QueryAnalyser, QueryEncoder
from search.succession import Succession
from tests.search.library import PUBLIC

WHERE = build_filter(PUBLIC, SearchFilters())


@component
class Shout:
    """Somebody else's component."""

    @component.output_types(contents=list[str])
    def run(self, documents: list[HaystackDocument]):
        return {"contents": [document.content for document in documents]}


def test_a_pipeline_of_ones_own_goes_on_with_documents(library):
    retriever = library._retrieval.retriever
    pipeline = library._retrieval.as_pipeline()
    pipeline.add_component("page", ResultPager(retriever.catalogue, retriever.engine, Succession(retriever.catalogue)))
    pipeline.add_component("documents", HitsToDocuments())
    pipeline.add_component("shout", Shout())
    pipeline.connect("analyse.query", "page.query")
    pipeline.connect("retrieve.ranking", "page.ranking")
    pipeline.connect("page.hits", "documents.hits")
    pipeline.connect("documents.documents", "shout.documents")
    found = pipeline.run(
        {
            "analyse": {"text": "取暖补贴"},
            "retrieve": {"where": WHERE, "groups": PUBLIC},
            "page": {"where": WHERE, "groups": PUBLIC, "limit": 2},
        },
        include_outputs_from={"retrieve"},
    )
    hits = library.search(SearchRequest("取暖补贴", limit=2), PUBLIC).hits
    assert found["shout"]["contents"] == [hit.text for hit in hits]
    ranking = found["retrieve"]["ranking"]
    assert copy.deepcopy(ranking) is ranking
    assert found["page"]["total"] >= 2


def test_a_query_has_a_vector_for_each_leg(analyser, embedder):
    vectors = QueryEncoder(analyser, embedder).encode(parse_query("院坝宣讲", analyser))
    assert set(vectors.sparse) == {WORDS, BIGRAMS}
    assert len(vectors.dense) == embedder.dimensions


@pytest.mark.parametrize(
    ("mode", "text", "legs"),
    [
        (Mode.HYBRID, "院坝宣讲", {WORDS, BIGRAMS, DENSE, TITLE, MATCHING}),
        (Mode.HYBRID, "院坝里怎样宣讲才能让老人听得懂", {WORDS, BIGRAMS, DENSE, TITLE}),
        (Mode.LEXICAL, "院坝宣讲", {WORDS, BIGRAMS, TITLE, MATCHING}),
        (Mode.SEMANTIC, "院坝宣讲", {DENSE, TITLE}),
        (Mode.HYBRID, "22YL037", {WORDS, TITLE, IDENTIFIER, "mention/22YL037"}),
        (Mode.EXACT, "院坝宣讲", {WORDS, BIGRAMS, TITLE}),
    ],
)
def test_legs_of_a_mode(analyser, embedder, mode, text, legs):
    query = QueryAnalyser(analyser).run(text=text, mode=mode)["query"]
    planned = plan_legs(query, QueryEncoder(analyser, embedder).encode(query), WHERE, NamedDocuments())
    assert set(planned) == legs


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "text",
    [
        "院坝宣讲",
        '"院坝"宣讲',
        '"没有这句话"',
        "院坝 AND 宣讲",
        "22YL037",
        "《某某办法》第三条",
        "云政办发〔2021〕18号",
    ],
)
def test_every_request_to_the_engine_carries_the_access_condition(library, monkeypatch, text, mode):
    engine, asked = library.engine, []
    query, count, facet = engine.query, engine.count, engine.facet
    monkeypatch.setattr(engine, "query", lambda legs: asked.extend(leg.where for leg in legs) or query(legs))
    monkeypatch.setattr(engine, "count", lambda where: asked.append(where) or count(where))
    monkeypatch.setattr(engine, "facet", lambda field, where, limit: asked.append(where) or facet(field, where, limit))
    library.search(SearchRequest(text, mode=mode), PUBLIC)
    assert asked
    assert all(AnyOf("readers", ("public",)) in where.must for where in asked)


def test_a_few_passages_that_hold_what_is_demanded_are_looked_for_once(library, monkeypatch):
    engine, asked = library.engine, []
    query = engine.query
    monkeypatch.setattr(engine, "query", lambda legs: asked.append(legs) or query(legs))
    found = library.search(SearchRequest('"取暖" 补贴'), PUBLIC)
    assert found.total
    first, second = asked[:2]
    assert [leg.limit for leg in first] == [DEMANDED_LIMIT]
    assert all({passage_number(hit.passage_id) for hit in found.hits} <= set(_ids(leg.where)) for leg in second)


def _ids(where):
    [condition] = [condition for condition in where.must if isinstance(condition, HasId)]
    return condition.ids


def test_the_order_in_which_legs_arrive_has_no_effect(analyser):
    query = parse_query("院坝宣讲", analyser)
    legs = {
        WORDS: (ScoredPoint(1, 3.0), ScoredPoint(2, 2.0)),
        DENSE: (ScoredPoint(3, 0.8), ScoredPoint(2, 0.7)),
        TITLE: (ScoredPoint(4, 1.0),),
    }
    forward = rank(query, Candidates(legs), load_weights().legs)
    backward = rank(query, Candidates(dict(reversed(legs.items()))), load_weights().legs)
    assert forward == backward
    assert forward.candidates[0].id == 4
    assert set(forward.candidates[0].legs) == {TITLE}


def test_what_only_resembles_a_query_faintly_is_no_result(analyser):
    query = parse_query("院坝宣讲", analyser)
    legs = {
        WORDS: (ScoredPoint(1, 3.0),),
        DENSE: (ScoredPoint(5, 0.6), ScoredPoint(1, 0.1), ScoredPoint(6, 0.2)),
        TITLE: (ScoredPoint(4, 1.0),),
    }
    ranking = rank(query, Candidates(legs), load_weights().legs, unrelated=0.25)
    assert {candidate.id for candidate in ranking.candidates} == {1, 5, 4}


def test_a_query_about_nothing_in_the_library_has_no_results(library):
    result = library.search(SearchRequest("xqzvkj wpfgh"), PUBLIC)
    assert (result.total, result.hits) == (0, [])
    assert not any(result.facets.values())


def test_a_citation_names_what_is_known():
    document = Document(
        id="1",
        kind=Kind.POLICY,
        title="关于印发《讲堂办法》的通知",
        readers=PUBLIC,
        status=Status.ACTIVE,
        version=1,
        source="x",
        created_at=None,
        updated_at=None,
        issued_on=date(2021, 9, 3),
        organization="云岭县人民政府",
        document_number="云政发〔2021〕8号",
    )
    assert cite(document, (document.title, "二、分工", "（一）牵头")) == (
        "《关于印发〈讲堂办法〉的通知》（云岭县人民政府，云政发〔2021〕8号，2021年9月3日），二、分工 › （一）牵头"
    )
