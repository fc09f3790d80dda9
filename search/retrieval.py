"""The retrieval pipeline: query → legs → fusion → resolution → page → hits, as Haystack components.

Every component follows Haystack's conventions (named inputs, no mutation, no state of a run) and can stand in anyone's
pipeline; ``search.hits.HitsToDocuments`` ends one that goes on with documents. Between components go immutable values
that are not copied (``search.query.Shared``); fusion has one named input, so that no order of arrival can change it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from haystack import Pipeline, component

from corpus.catalogue import Catalogue, DocumentFacts, PassageInContext
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.references import find_article_numbers
from search.candidates import (
    ARTICLE,
    PHRASE,
    PHRASE_LIMIT,
    TIERS,
    Candidates,
    QueryVectors,
    RankedCandidate,
    Ranking,
    matching,
    plan_legs,
    rank,
)
from search.embedding import Embedder
from search.engine.interface import WORDS, Engine, Filter
from search.fusion import load_weights
from search.highlighting import highlight
from search.hits import make_hit
from search.query import Query, Shared, parse_query
from search.results import FacetValue, Hit, Mode, Sort
from search.sparse import query_vectors

FACET_FIELDS = ("kind", "organization", "year", "course")
FACET_VALUES = 50
"""Values shown of one facet, at most."""


@dataclass(frozen=True, slots=True)
class ResolvedRanking(Shared):
    """A ranking in which every candidate is one that the reader may see now.

    Attributes:
        facts: what is known of each candidate's document, by passage id.
        total: number of passages that match (``Candidates.total``), or of candidates.
    """

    candidates: tuple[RankedCandidate, ...]
    facts: Mapping[str, DocumentFacts]
    total: int


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage and how it was found."""

    context: PassageInContext
    candidate: RankedCandidate


@dataclass(frozen=True, slots=True)
class Page(Shared):
    """The passages of one page of results, in order, and the number of results on all pages."""

    passages: tuple[RankedPassage, ...]
    total: int


@component
class QueryAnalyser:
    """Takes a user's text apart."""

    def __init__(self, analyser: Analyser) -> None:
        self.analyser = analyser

    @component.output_types(query=Query)
    def run(self, text: str, mode: Mode = Mode.HYBRID, quoting: bool = True) -> dict[str, Query]:
        """Parse ``text``; without ``quoting``, as for questions, quotation marks demand nothing.

        Raises:
            InvalidQuery: nothing to search for, or too long.
        """
        query = replace(parse_query(text, self.analyser), mode=mode)
        if not quoting:
            return {"query": query.without_phrases()}
        return {"query": query.as_phrase() if mode is Mode.EXACT else query}


@component
class QueryEncoder:
    """Gives a query the vectors that its mode searches with."""

    def __init__(self, analyser: Analyser, embedder: Embedder) -> None:
        self.analyser = analyser
        self.embedder = embedder

    @component.output_types(vectors=QueryVectors)
    def run(self, query: Query) -> dict[str, QueryVectors]:
        """Sparse vectors of words and bigrams, and a dense one; of a bare number only its words say anything."""
        sparse = {} if query.mode is Mode.SEMANTIC else query_vectors(query.text, self.analyser)
        if query.bare and sparse:
            return {"vectors": QueryVectors(MappingProxyType({WORDS: sparse[WORDS]}))}
        semantic = query.mode in {Mode.HYBRID, Mode.SEMANTIC}
        dense = self.embedder.embed_query(query.text) if semantic else None
        return {"vectors": QueryVectors(MappingProxyType(sparse), dense)}


@component
class CandidateRetriever:
    """Fetches every leg of a query from the engine in one round trip."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @component.output_types(candidates=Candidates)
    def run(self, query: Query, vectors: QueryVectors, where: Filter) -> dict[str, Candidates]:
        """The candidates by leg. ``where`` must hold the access condition (``search.query.build_filter``).

        Raises:
            EngineUnavailable: the engine does not answer.
        """
        legs = plan_legs(query, vectors, where)
        found = self.engine.query(list(legs.values()))
        by_leg = {name: tuple(points) for name, points in zip(legs, found, strict=True)}
        total = len(by_leg[PHRASE]) if PHRASE in by_leg else None
        if total == PHRASE_LIMIT:
            total = self.engine.count(matching(query, where))
        return {"candidates": Candidates(MappingProxyType(by_leg), total)}


@component
class CandidateRanker:
    """Fuses the legs into one order (``search.fusion``) and puts exact matches on top."""

    @component.output_types(ranking=Ranking)
    def run(self, query: Query, candidates: Candidates) -> dict[str, Ranking]:
        """The candidates in order."""
        return {"ranking": rank(query, candidates, load_weights())}


@component
class RankingResolver:
    """Holds a ranking against the catalogue, which decides what is current and readable."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @component.output_types(ranking=ResolvedRanking)
    def run(self, query: Query, ranking: Ranking, groups: frozenset[str]) -> dict[str, ResolvedRanking]:
        """The ranking without what ``groups`` may not see, exact matches verified against the stored text."""
        facts = self.catalogue.document_facts([candidate.id for candidate in ranking.candidates], groups)
        candidates = [candidate for candidate in ranking.candidates if candidate.id in facts]
        tiered = [candidate.id for candidate in candidates if candidate.tier]
        if tiered:
            found = self.catalogue.hydrate(tiered, groups)
            candidates = _order_tiers(_verify_articles(candidates, found, query), found)
        total = len(candidates) if ranking.total is None else ranking.total
        return {"ranking": ResolvedRanking(tuple(candidates), MappingProxyType(facts), total)}


@component
class PassageHydrator:
    """Loads the passages of one page."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @component.output_types(page=Page)
    def run(
        self,
        *,
        query: Query,
        ranking: ResolvedRanking,
        groups: frozenset[str],
        limit: int = 10,
        offset: int = 0,
        sort: Sort = Sort.RELEVANCE,
        group_by_document: bool = False,
    ) -> dict[str, Page]:
        """The passages at [offset, offset + limit), a document's best one only when grouping.

        Grouped results count documents. A passage whose stored text lacks a quoted string is left out.
        """
        candidates, facts, total = ranking.candidates, ranking.facts, ranking.total
        if group_by_document:
            best: dict[str, RankedCandidate] = {}
            for candidate in candidates:
                best.setdefault(facts[candidate.id].id, candidate)
            candidates, total = tuple(best.values()), len(best)
        if sort is Sort.DATE:
            candidates = tuple(sorted(candidates, key=lambda candidate: _latest_first(facts[candidate.id])))
        chosen = candidates[offset : offset + limit]
        found = self.catalogue.hydrate([candidate.id for candidate in chosen], groups)
        passages = (RankedPassage(found[item.id], item) for item in chosen if item.id in found)
        return {"page": Page(tuple(item for item in passages if _holds(item.context, query)), total)}


@component
class PassageHighlighter:
    """Turns passages into hits that show what they were found for."""

    @component.output_types(hits=list[Hit])
    def run(self, query: Query, page: Page) -> dict[str, list[Hit]]:
        """The page's hits, in order."""
        return {
            "hits": [
                make_hit(
                    item.context, item.candidate.score, item.candidate.legs, highlight(item.context.passage.text, query)
                )
                for item in page.passages
            ]
        }


def build_retrieval(catalogue: Catalogue, engine: Engine, analyser: Analyser, embedder: Embedder) -> Pipeline:
    """The pipeline up to a resolved ranking: inputs ``analyse.text``, ``retrieve.where``, ``resolve.groups``."""
    pipeline = Pipeline()
    pipeline.add_component("analyse", QueryAnalyser(analyser))
    pipeline.add_component("encode", QueryEncoder(analyser, embedder))
    pipeline.add_component("retrieve", CandidateRetriever(engine))
    pipeline.add_component("rank", CandidateRanker())
    pipeline.add_component("resolve", RankingResolver(catalogue))
    for receiver in ("encode", "retrieve", "rank", "resolve"):
        pipeline.connect("analyse.query", f"{receiver}.query")
    pipeline.connect("encode.vectors", "retrieve.vectors")
    pipeline.connect("retrieve.candidates", "rank.candidates")
    pipeline.connect("rank.ranking", "resolve.ranking")
    return pipeline


def build_search(catalogue: Catalogue, engine: Engine, analyser: Analyser, embedder: Embedder) -> Pipeline:
    """The retrieval pipeline, and from its ranking one page of hits (``highlight.hits``)."""
    pipeline = build_retrieval(catalogue, engine, analyser, embedder)
    pipeline.add_component("hydrate", PassageHydrator(catalogue))
    pipeline.add_component("highlight", PassageHighlighter())
    pipeline.connect("analyse.query", "hydrate.query")
    pipeline.connect("analyse.query", "highlight.query")
    pipeline.connect("resolve.ranking", "hydrate.ranking")
    pipeline.connect("hydrate.page", "highlight.page")
    return pipeline


def count_facets(ranking: ResolvedRanking) -> dict[str, list[FacetValue]]:
    """Values of ``FACET_FIELDS`` over the candidates with the number of passages, most frequent first."""
    facts = [ranking.facts[candidate.id] for candidate in ranking.candidates]
    return {
        name: facet_values(Counter(getattr(item, name) for item in facts if getattr(item, name) is not None).items())
        for name in FACET_FIELDS
    }


def facet_values(counts: Iterable[tuple[str | int, int]]) -> list[FacetValue]:
    """Counted values, most frequent first, then by value."""
    ordered = sorted(counts, key=lambda item: (-item[1], item[0]))
    return [FacetValue(value, count) for value, count in ordered[:FACET_VALUES]]


def _verify_articles(
    candidates: Iterable[RankedCandidate], found: Mapping[str, PassageInContext], query: Query
) -> list[RankedCandidate]:
    """Take from the article's tier the passages that only mention 第N条."""

    def verified(candidate: RankedCandidate) -> RankedCandidate:
        if ARTICLE not in candidate.legs or (candidate.id in found and _is_article(found[candidate.id], query)):
            return candidate
        legs = {name: score for name, score in candidate.legs.items() if name != ARTICLE}
        return replace(candidate, legs=legs, tier=max((TIERS.get(name, 0.0) for name in legs), default=0.0))

    return [verified(candidate) for candidate in candidates]


def _is_article(found: PassageInContext, query: Query) -> bool:
    headings = (*found.passage.path[-1:], found.passage.text[:20])
    firsts = (next(iter(find_article_numbers(heading.lstrip()[:20])), None) for heading in headings)
    return any(first is not None and first.start == 0 and first.value == query.article for first in firsts)


def _order_tiers(candidates: Iterable[RankedCandidate], found: Mapping[str, PassageInContext]) -> list[RankedCandidate]:
    """Passages that nothing but their document speaks for stand in the document's order."""

    def key(candidate: RankedCandidate) -> tuple[float, str, int, str]:
        context = found.get(candidate.id)
        if context is None:
            return -candidate.score, "", 0, candidate.id
        return -candidate.score, context.document.id, context.passage.start, candidate.id

    return sorted(candidates, key=key)


def _holds(found: PassageInContext, query: Query) -> bool:
    folded = fold(found.passage.text)
    return all(phrase in folded for phrase in query.phrases)


def _latest_first(facts: DocumentFacts) -> int:
    """Sort key: later dates first, undated documents last; equal dates keep the order by relevance."""
    return -facts.issued_on.toordinal() if facts.issued_on else 1
