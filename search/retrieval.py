"""Retrieval as Haystack components: a text is analysed and its passages are ranked; ``search.paging`` shows them.

Every component follows Haystack's conventions (named inputs, no mutation, no state of a run) and can stand in anyone's
pipeline; ``search.hits.HitsToDocuments`` ends one that goes on with documents. Between components go immutable values
that are not copied (``search.query.Shared``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from haystack import Pipeline, component

from corpus.catalogue import Catalogue, PassageInContext
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.references import Reference, find_article_numbers
from corpus.text.titles import OF_A_DOCUMENT
from search.candidates import (
    ARTICLE,
    DEMANDED,
    DEMANDED_LIMIT,
    MATCHING,
    TIERS,
    TITLE,
    Candidates,
    NamedDocuments,
    QueryVectors,
    ResolvedRanking,
    counted_filter,
    matching,
    plan_legs,
    rank,
    reread,
)
from search.embedding import Embedder, static_model
from search.engine.interface import WORDS, AnyOf, EngineReader, Filter, HasId, Leg, ScoredPoint
from search.fusion import LEG_LIMIT, RankedCandidate, load_weights
from search.interrogatives import without_interrogatives
from search.query import CodedCourse, Query, access_only, parse_query
from search.question import content_words
from search.rarity import TokenRarity
from search.reranking import RERANKED, Reader, ReadText, naming_offsets
from search.results import Mode
from search.sparse import query_vectors

_FIELD_VALUES = 100_000
"""Values of a field that a query can name."""
_ASKS_FOR_A_DOCUMENT = OF_A_DOCUMENT | {"查", "找", "查找", "查询", "查看", "找到", "看看", "一下", "下载", "最新版"}
"""Words beside the name of a document that ask for nothing but it."""
_MOST_CODES = 8
"""Codes of a query that are looked up, each by a count of its own."""


@component
class QueryAnalyser:
    """Takes a user's text apart."""

    def __init__(self, analyser: Analyser, engine: EngineReader | None = None) -> None:
        self.analyser = analyser
        self.engine = engine

    @component.output_types(query=Query)
    def run(
        self, text: str, where: Filter | None = None, mode: Mode = Mode.HYBRID, quoting: bool = True
    ) -> dict[str, Query]:
        """Parse ``text``; without ``quoting``, as for questions, its signs demand nothing.

        Fields of the query language are held against the values that the engine has for passages that pass ``where``,
        which has the access condition, codes of courses against all that may be read; without these two a text is no
        expression and has no codes.

        Raises:
            InvalidQuery: nothing to search for, too long, or an expression that breaks the grammar.
            EngineUnavailable: the engine does not answer.
        """

        known = None if self.engine is None or where is None else (self.engine, where)
        values = partial(_values, *known) if known and quoting else None
        query = replace(parse_query(text, self.analyser, values), mode=mode)
        if not quoting:
            query = query.without_phrases()
        elif mode is Mode.EXACT:
            query = query.as_phrase()
        courses = list(_courses(*known, query.codes)) if known and not query.demanding else []
        return {"query": query.within(courses, self.analyser)}


def _values(engine: EngineReader, where: Filter, field: str) -> list[str]:
    return [str(value) for value, _ in engine.facet(field, where, _FIELD_VALUES)]


def _courses(engine: EngineReader, where: Filter, codes: Sequence[str]) -> Iterator[CodedCourse]:
    """The courses of the codes, whichever of a course's documents the filters leave: its code may stand in another."""
    readable = access_only(where)
    for code in codes[:_MOST_CODES]:
        carrying = replace(readable, must=(*readable.must, AnyOf("identifiers", (code,))))
        if names := engine.facet("course", carrying, _FIELD_VALUES):
            yield CodedCourse(code, tuple(str(name) for name, _ in names))


class QueryEncoder:
    """Gives a query the vectors that its mode searches with."""

    def __init__(self, analyser: Analyser, embedder: Embedder, rarity: TokenRarity | None = None) -> None:
        self.analyser = analyser
        self.embedder = embedder
        self.rarity = rarity

    def encode(self, query: Query) -> QueryVectors:
        """Sparse vectors of words and bigrams, and a dense one; of a bare number only its words say anything."""
        sparse = {} if query.mode is Mode.SEMANTIC else query_vectors(query.text, self.analyser, query.synonyms)
        if query.bare and sparse:
            return QueryVectors(MappingProxyType({WORDS: sparse[WORDS]}))
        semantic = query.mode in {Mode.HYBRID, Mode.SEMANTIC}
        weights = self.rarity.weights() if self.rarity and semantic else None
        dense = self.embedder.embed_query(query.text, weights) if semantic else None
        return QueryVectors(MappingProxyType(sparse), dense)


@component
class PassageRetriever:
    """Finds the passages for a query: fetches every leg in one round trip, fuses, verifies and reads the best.

    Without a ``reader`` the order is that of the fused legs.
    """

    def __init__(
        self, catalogue: Catalogue, engine: EngineReader, encoder: QueryEncoder, reader: Reader | None = None
    ) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self.encoder = encoder
        self.reader = reader

    @component.output_types(ranking=ResolvedRanking)
    def run(self, query: Query, where: Filter, groups: frozenset[str]) -> dict[str, ResolvedRanking]:
        """The candidates that ``groups`` may see now, in order.

        The engine finds, the catalogue decides what is current and readable. ``where`` must hold the access condition
        (``search.query.build_filter``). Exact matches are verified against the stored text.

        Raises:
            EngineUnavailable: the engine does not answer.
        """
        candidates = self.fetch(query, where, self._named(query, groups))
        ranking = rank(query, candidates, load_weights().legs, self.encoder.embedder.unrelated)
        facts = self.catalogue.document_facts([candidate.id for candidate in ranking.candidates], groups)
        readable = [candidate for candidate in ranking.candidates if candidate.id in facts]
        # What legs found is in order already, but for what only mentions an article.
        unsure = [item.id for item in readable if item.tier and (not item.fused or ARTICLE in item.legs)]
        if unsure:
            found = self.catalogue.hydrate(unsure, groups)
            readable = _order_tiers(_verify_articles(readable, found, query), found)
        if self.reader and readable and query.mode is Mode.HYBRID and not query.bare:
            readable = self._read(self.reader, query, readable)
        titled = [item.id for item in readable if TITLE in item.legs]
        if len(titled) > 1:
            readable = _in_reading_order(readable, self.catalogue.hydrate(titled, groups))
        return {"ranking": ResolvedRanking(tuple(readable), MappingProxyType(facts), ranking.total)}

    def _named(self, query: Query, groups: frozenset[str]) -> NamedDocuments:
        """The documents that ``groups`` may read and the query names, none by a name that is a part of a longer one:
        who asks for 松岭省信访条例 does not mean 信访条例."""
        if not query.called:
            return NamedDocuments()
        bearers = self.catalogue.bearers([name.value for name in query.called], groups)
        names = [name for name in query.called if name.value in bearers]
        outer = [name for name in names if not any(_is_inside(name, other) for other in names)]
        whole = [name for name in outer if self._asks_for_nothing_else(query.asked, name)]
        among = [name for name in outer if name not in whole]
        ids = ([identifier for name in some for identifier in bearers[name.value]] for some in (whole, among))
        return NamedDocuments(*(tuple(dict.fromkeys(some)) for some in ids))

    def _asks_for_nothing_else(self, text: str, name: Reference) -> bool:
        """Whether a text is a name, if with words around it that ask for the document: 有没有某条例, 某法的全文."""
        rest = fold(text[: name.start] + " " + text[name.end :])
        words = content_words(self.encoder.analyser.tokens(without_interrogatives(rest)))
        return {word.text for word in words} <= _ASKS_FOR_A_DOCUMENT

    def fetch(self, query: Query, where: Filter, named: NamedDocuments) -> Candidates:
        """The candidates by leg, with their number.

        Where the words of a query stand together in more passages than a leg brings, those are the results. So they
        are when a filter leaves few of them: a facet's count is what choosing its value finds.

        Raises:
            EngineUnavailable: the engine does not answer.
        """
        if query.demanding:
            return self._fetch_demanded(query, where, named)
        by_leg = self._legs(query, matching(query, where), named)
        counted, total = counted_filter(query, where), None
        if counted and len(by_leg.get(MATCHING, ())) == LEG_LIMIT:
            total = self.engine.count(counted)
        elif counted and by_leg.get(MATCHING) and self._many_without_filters(query, where):
            ids = {point.id for point in by_leg[MATCHING]}
            by_leg = {name: tuple(point for point in leg if point.id in ids) for name, leg in by_leg.items()}
        return Candidates(MappingProxyType(by_leg), total)

    def _fetch_demanded(self, query: Query, where: Filter, named: NamedDocuments) -> Candidates:
        """The passages that hold what the query demands, ranked.

        They are looked up first: looking for them is most of the work, and the legs need not repeat it where they are
        not too many.
        """
        holding, total = matching(query, where), None
        demanded = tuple(self.engine.query([Leg(holding, DEMANDED_LIMIT)])[0])
        if not demanded:
            return Candidates(MappingProxyType({}))
        if len(demanded) == DEMANDED_LIMIT:
            total = self.engine.count(holding)
        else:
            holding = replace(where, must=(*where.must, HasId(tuple(point.id for point in demanded))))
        return Candidates(MappingProxyType({**self._legs(query, holding, named), DEMANDED: demanded}), total)

    def _legs(self, query: Query, where: Filter, named: NamedDocuments) -> dict[str, tuple[ScoredPoint, ...]]:
        """What each leg finds among the passages that pass ``where``, in one round trip."""
        legs = plan_legs(query, self.encoder.encode(query), where, named)
        found = self.engine.query(list(legs.values()))
        return {name: tuple(points) for name, points in zip(legs, found, strict=True)}

    def _many_without_filters(self, query: Query, where: Filter) -> bool:
        readable = access_only(where)
        everything = counted_filter(query, readable)
        return readable != where and everything is not None and self.engine.count(everything) >= LEG_LIMIT

    def _read(self, reader: Reader, query: Query, candidates: list[RankedCandidate]) -> list[RankedCandidate]:
        texts = self.catalogue.texts_of([candidate.id for candidate in candidates[:RERANKED]])
        # A version that was replaced meanwhile is neither read nor found.
        best = [candidate for candidate in candidates[:RERANKED] if candidate.id in texts]
        found = [ReadText(*texts[candidate.id]) for candidate in best]
        if not found:
            return candidates[RERANKED:]
        logits = load_weights().texts.logits(reader.features(query.text, query.words, found))
        return reread([*best, *candidates[RERANKED:]], logits + naming_offsets(query.text, found))


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The two steps from a text to its ranking, to be run one after the other or in a pipeline.

    Haystack's own bookkeeping for a run costs 2 to 3 ms, a third of a search: what a user waits for is called
    directly, anyone's pipelines are put together of the same components.
    """

    analyser: QueryAnalyser
    retriever: PassageRetriever

    def as_pipeline(self) -> Pipeline:
        """A pipeline with inputs ``analyse.text``, ``where`` of both steps and ``retrieve.groups``.

        Its components are its own: Haystack lets none stand in two pipelines.
        """
        analyser, retriever = self.analyser, self.retriever
        pipeline = Pipeline()
        pipeline.add_component("analyse", QueryAnalyser(analyser.analyser, analyser.engine))
        pipeline.add_component(
            "retrieve",
            PassageRetriever(retriever.catalogue, retriever.engine, retriever.encoder, retriever.reader),
        )
        pipeline.connect("analyse.query", "retrieve.query")
        return pipeline


def build_retrieval(catalogue: Catalogue, engine: EngineReader, analyser: Analyser, embedder: Embedder) -> Retrieval:
    """The retrieval over a library."""
    encoder = QueryEncoder(analyser, embedder, TokenRarity(catalogue, embedder))
    retriever = PassageRetriever(catalogue, engine, encoder, Reader(analyser, static_model(embedder)))
    return Retrieval(QueryAnalyser(analyser, engine), retriever)


def _is_inside(name: Reference, other: Reference) -> bool:
    """Whether a name is a part of a longer one at the same place."""
    return other.start <= name.start and name.end <= other.end and other.end - other.start > name.end - name.start


def _verify_articles(
    candidates: Iterable[RankedCandidate], found: Mapping[int, PassageInContext], query: Query
) -> list[RankedCandidate]:
    """Take from the article's tier the passages that only mention 第N条."""

    def verified(candidate: RankedCandidate) -> RankedCandidate:
        if ARTICLE not in candidate.legs or (candidate.id in found and _is_article(found[candidate.id], query)):
            return candidate
        legs = {name: score for name, score in candidate.legs.items() if name != ARTICLE}
        return candidate._replace(legs=legs, tier=max((TIERS.get(name, 0.0) for name in legs), default=0.0))

    return [verified(candidate) for candidate in candidates]


def _is_article(found: PassageInContext, query: Query) -> bool:
    headings = (*found.passage.path[-1:], found.passage.text[:20])
    firsts = (next(iter(find_article_numbers(heading.lstrip()[:20])), None) for heading in headings)
    return any(first is not None and first.start == 0 and first.value == query.article for first in firsts)


def _in_reading_order(
    candidates: Sequence[RankedCandidate], found: Mapping[int, PassageInContext]
) -> list[RankedCandidate]:
    """The ranking with the passages of documents that the query is the title of in the order in which they stand there,
    those of the best document first: which of them resembles the title most says nothing. They share their scores."""
    places = [place for place, item in enumerate(candidates) if item.tier == TIERS[TITLE] and item.id in found]
    documents = dict.fromkeys(found[candidates[place].id].document.id for place in places)
    order = {identifier: number for number, identifier in enumerate(documents)}
    reading = sorted(
        (candidates[place] for place in places),
        key=lambda item: (order[found[item.id].document.id], found[item.id].passage.start),
    )
    ranked = list(candidates)
    for place, item in zip(places, reading, strict=True):
        ranked[place] = item._replace(fused=candidates[place].fused)
    return ranked


def _order_tiers(candidates: Iterable[RankedCandidate], found: Mapping[int, PassageInContext]) -> list[RankedCandidate]:
    """Passages that nothing but their document speaks for stand in the document's order."""

    def key(candidate: RankedCandidate) -> tuple[float, str, int, int]:
        context = found.get(candidate.id)
        if context is None:
            return -candidate.score, "", 0, candidate.id
        return -candidate.score, context.document.id, context.passage.start, candidate.id

    return sorted(candidates, key=key)
