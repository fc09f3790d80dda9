"""Search and answers behind one facade: HTTP, command line, MCP and notebooks use this and nothing below it."""

import gc
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from corpus.catalogue import Catalogue
from corpus.errors import InvalidQuery
from corpus.records import PUBLIC, Span
from corpus.settings import Settings
from corpus.text.analyser import Analyser
from search.answers import AnswerBuilder, Answering, EvidenceFinder
from search.cross_encoder import CrossEncoderRanker, open_reranker
from search.embedding import Embedder, open_embedder
from search.engine.factory import open_engine
from search.engine.interface import EngineReader, Filter
from search.evidence import Evidence
from search.fingerprint import check_fingerprint
from search.gaps import GapRegister
from search.generation.answering import Answerer, Event, Find
from search.generation.follow_up import Turn
from search.generation.model import LanguageModel
from search.paging import ResultPager
from search.query import Query, build_filter
from search.results import Answer, Hit, QueryEcho, SearchFilters, SearchRequest, SearchResult
from search.retrieval import build_retrieval
from search.similarity import find_similar
from search.succession import Past, Prolonged, Succession
from search.suggestions import Suggestion, Suggestions

if TYPE_CHECKING:
    from search.quotation.findings import QuoteCheck

MAX_LIMIT = 1_000


class Searcher:
    """Searches and answers over a catalogue and its index.

    ``open`` builds one from the settings and owns what it opened; this constructor takes the parts, which stay the
    caller's. Without a ``model``, answers are made of the library's own sentences; a ``reranker`` orders searches, not
    the evidence for answers, whose thresholds know the fused scores. Safe to call from several threads as far as the
    engine is (the embedded one serialises its queries).
    """

    def __init__(
        self,
        catalogue: Catalogue,
        engine: EngineReader,
        analyser: Analyser,
        embedder: Embedder,
        model: LanguageModel | None = None,
        reranker: CrossEncoderRanker | None = None,
    ) -> None:
        logging.getLogger("haystack").setLevel(logging.WARNING)
        self.engine = engine
        self._catalogue, self._analyser = catalogue, analyser
        self._succession = Succession(catalogue)
        self._retrieval = build_retrieval(catalogue, engine, analyser, embedder)
        self._reranker = reranker
        self._pager = ResultPager(catalogue, engine, self._succession)
        finder = EvidenceFinder(catalogue, engine, analyser, self._succession)
        self._answers = Answering(self._retrieval, finder, AnswerBuilder(catalogue))
        self._answerer = Answerer(catalogue, analyser, model)
        self.gaps = GapRegister(catalogue, analyser, embedder)
        self._suggestions = Suggestions(catalogue, engine, analyser)
        self._owned = ExitStack()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """A searcher over the data directory of ``settings``; an empty one gives empty results.

        Raises:
            CatalogueUnavailable: the catalogue cannot be opened.
            EngineLocked: another process owns the embedded index.
            EngineUnavailable: the engine does not answer.
            IndexMismatch: the index was built by another analyser, term base or model.
            ModelUnavailable: the embedding model or the reranker cannot be loaded.
            InvalidSetting: the language model is named by halves.
        """
        model = LanguageModel.of(settings)
        with ExitStack() as opened:
            catalogue = Catalogue.open(settings.catalogue_url)
            opened.callback(catalogue.close)
            analyser = Analyser(catalogue.term_base())
            embedder = open_embedder(settings)
            engine = open_engine(settings)
            opened.callback(engine.close)
            engine.ensure_collection(embedder.dimensions)
            check_fingerprint(catalogue, analyser, embedder)
            reranker = open_reranker(settings, catalogue)
            searcher = cls(catalogue, engine, analyser, embedder, model, reranker)
            searcher._owned = opened.pop_all()
            return searcher

    def close(self) -> None:
        """Release what ``open`` opened."""
        self._owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def writes(self) -> bool:
        """Whether a language model writes answers, which takes its time."""
        return self._answerer.model is not None

    def warm_up(self) -> None:
        """Load what is loaded on first use, so that the first users of a server do not wait for it.

        What stays for good is taken out of the garbage collector's rounds, which would stop every thread for tenths of
        a second.
        """
        self.engine.preload()
        public = frozenset({PUBLIC})
        self.search(SearchRequest("预热", limit=1), public)
        self.suggest("yure", public)  # Latin letters have the names spelt out in pinyin.
        self._catalogue.preload_facts()
        if self._answerer.model is not None:
            self._answerer.model.warm_up()
        gc.collect()
        gc.freeze()

    def search(self, request: SearchRequest, groups: frozenset[str]) -> SearchResult:
        """One page of hits for a reader in ``groups``; equal requests over an equal library give equal pages.

        ``total`` is the number of passages that pass the query's demands (quoted strings, AND, fields …) or, where it
        demands nothing, hold all its words or their synonyms; the facets count over the same. Where fewer than
        ``search.fusion.LEG_LIMIT`` passages hold them, the results are the candidates that the query's legs brought in,
        those near in meaning too. Grouped by document, ``total`` counts documents. See ``search.paging``.

        Raises:
            InvalidQuery: the text or a filter cannot be understood.
            EngineUnavailable: the engine does not answer.
        """
        started = time.perf_counter()
        if not (0 <= request.limit <= MAX_LIMIT and request.offset >= 0):
            raise InvalidQuery(f"每页条数须在 0 至 {MAX_LIMIT} 之间，起始位置不得为负。")
        where = build_filter(groups, request.filters)
        with self._catalogue.snapshot():
            query, page = self._page(request, where, groups)
            corrected = self._suggestions.correct(request.text, groups)
        took = (time.perf_counter() - started) * 1000
        return SearchResult(query=QueryEcho(request.text, list(query.words), corrected), took_ms=took, **page)

    def _page(self, request: SearchRequest, where: Filter, groups: frozenset[str]) -> tuple[Query, dict[str, Any]]:
        query = self._retrieval.analyser.run(text=request.text, mode=request.mode, where=where)["query"]
        ranking = self._retrieval.retriever.run(query=query, where=where, groups=groups)["ranking"]
        if self._reranker:
            ranking = self._reranker.run(query=query, ranking=ranking)["ranking"]
        page = self._pager.run(
            query=query,
            ranking=ranking,
            where=where,
            groups=groups,
            limit=request.limit,
            offset=request.offset,
            sort=request.sort,
            group_by_document=request.group_by_document,
        )
        return query, page

    def answer(
        self, question: str, filters: SearchFilters, groups: frozenset[str], history: Sequence[Turn] = ()
    ) -> Answer:
        """An answer made of cited sentences of passages that ``groups`` may read, or an abstention.

        Args:
            question: a question, or one that follows on ``history``.
            filters: where to look for the answer.
            groups: those of the reader.
            history: the conversation before, oldest first.

        Raises:
            InvalidQuery: the question or a filter cannot be understood.
            EngineUnavailable: the engine does not answer.
        """
        if self._answerer.model is None:
            return self._answerer.extract(question, history, self._finding(filters, groups))
        from anyio.from_thread import start_blocking_portal

        async def whole() -> Answer:
            async def run(work: Callable[[], tuple[Answer, Evidence]]) -> tuple[Answer, Evidence]:
                return work()

            return await last_event(self.answer_events(question, filters, groups, history, run))

        with start_blocking_portal() as portal:  # A notebook's thread has a loop of its own.
            return portal.call(whole)

    def answer_events(
        self,
        question: str,
        filters: SearchFilters,
        groups: frozenset[str],
        history: Sequence[Turn],
        run: Callable[[Callable[[], tuple[Answer, Evidence]]], Awaitable[tuple[Answer, Evidence]]],
    ) -> AsyncIterator[Event]:
        """``answer`` as it is made: the sources, the sentences one by one, and the whole answer.

        ``run`` runs what computes, off the event loop if the caller has others to serve.
        """
        return self._answerer.events(question, history, self._finding(filters, groups), run)

    def _finding(self, filters: SearchFilters, groups: frozenset[str]) -> Find:
        """Looks a question up among the passages that ``groups`` may read."""

        def find(question: str) -> tuple[Answer, Evidence]:
            where = build_filter(groups, filters)
            with self._catalogue.snapshot():
                return self._answers.run(question, where, groups)

        return find

    def past(self, document_id: str, groups: frozenset[str]) -> Past | None:
        """Why a document is no longer the latest word, as far as ``groups`` may know; None while it is current."""
        return self._succession.past(document_id, groups)

    def prolonged(self, document_id: str, groups: frozenset[str]) -> Prolonged | None:
        """To when a document's validity was prolonged, as far as ``groups`` may know; None where it was not."""
        return self._succession.prolonged(document_id, groups)

    def suggest(self, text: str, groups: frozenset[str], limit: int = 10) -> Suggestion:
        """Completions of what is being typed, and the text corrected; only of what ``groups`` may read.

        Raises:
            EngineUnavailable: the engine does not answer.
        """
        return self._suggestions.suggest(text, groups, limit)

    def similar(self, document_id: str, groups: frozenset[str], limit: int = 10) -> list[Hit]:
        """Documents that are most like one, each by its nearest passage; only what ``groups`` may read.

        Raises:
            NotFound: there is no such document for this reader.
            EngineUnavailable: the engine does not answer.
        """
        return find_similar(self._catalogue, self.engine, document_id, groups, limit)

    def check_quotes(self, draft: str, groups: frozenset[str], blocks: Sequence[Span] = ()) -> "QuoteCheck":
        """The quotations of a draft, each held against what ``groups`` may read.

        ``blocks`` are the ranges that the draft's format sets off as quotations.

        Raises:
            TooLarge: a draft beyond ``search.quotation.checking.MAX_CHARACTERS``.
            EngineUnavailable: the engine does not answer.
        """
        from search.quotation.checking import QuotationChecker

        checker = QuotationChecker(self._catalogue, self.engine, self._analyser, self._analyser.terms, self._succession)
        return checker.check(draft, groups, blocks)


async def last_event(events: AsyncIterator[Event]) -> Answer:
    """The whole answer that the events end with."""
    return [event async for event in events if isinstance(event, Answer)][-1]
