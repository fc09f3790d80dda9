"""The check of a draft: spans → candidates from the engine → verdicts → the gate.

Access: every leg carries the reader's filter, the catalogue gives out a passage only to its readers, and the gate
compares each source with the text that this reader sees. What a reader may not read is as if it were not there.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, islice

from corpus.catalogue import Catalogue, PassageInContext
from corpus.errors import TooLarge
from corpus.identifiers import passage_number
from corpus.records import Document, Span
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.engine.interface import BIGRAMS, AnyOf, Condition, Contains, EngineReader, Filter, Leg
from search.hits import make_citation
from search.query import build_filter
from search.quotation.findings import Finding, QuoteCheck, Verdict
from search.quotation.judging import Quotation, is_settled, judge, nearest_place, unaccounted
from search.quotation.naming import NamedSources
from search.quotation.particulars import (
    Mention,
    Particular,
    article,
    departures,
    difference,
    number_mention,
    title_mentions,
)
from search.quotation.spans import SpanKind, find_spans
from search.quotation.standing import Standing
from search.quotation.stored import StoredTexts
from search.quotation.windows import Windows
from search.quotation.wordings import replaced_wordings
from search.references.sources import cite
from search.results import Citation, SearchFilters
from search.sparse import query_vectors
from search.succession import Succession

MAX_CHARACTERS = 50_000
"""Longest draft, in characters."""

_TOGETHER = 20
"""Quotations whose legs are one round trip; searches of others come in between."""
_CANDIDATES = 12
_HOLDING = 5
_PART_CANDIDATES = 4
_EXCERPT = 80
"""Characters of a document that is pointed to as a whole."""
_PROBE = 40
"""Characters from the start of a quotation that are looked up as they stand."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A finding, and ids of the documents that have something like it or are named for it."""

    quotation: Quotation
    finding: Finding
    near: Set[str]


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Numbers of passages that may hold a quotation, the likeliest first, and ids of the documents that the draft names
    for it.

    ``sources`` is None when the draft names none, or one that the library has not.
    """

    passages: list[int]
    sources: Set[str] | None


class QuotationChecker:
    """Holds the quotations of drafts against a catalogue and its index, whose owner the caller stays."""

    def __init__(
        self, catalogue: Catalogue, engine: EngineReader, analyser: Analyser, terms: TermBase, succession: Succession
    ) -> None:
        self._catalogue = catalogue
        self._engine = engine
        self._analyser = analyser
        self._terms = terms
        self._succession = succession

    def check(self, draft: str, groups: frozenset[str], blocks: Sequence[Span] = ()) -> QuoteCheck:
        """Check a draft against what ``groups`` may read; equal drafts over an equal library give equal findings.

        ``blocks`` are the ranges that the draft's format sets off as quotations.

        Raises:
            TooLarge: more than ``MAX_CHARACTERS``.
            EngineUnavailable: the engine does not answer.
        """
        if len(draft) > MAX_CHARACTERS:
            raise TooLarge(f"文稿过长（{len(draft)} 字），请分成不超过 {MAX_CHARACTERS} 字的几部分核验。")
        # A lone surrogate cannot be encoded; replacing it keeps every offset.
        draft = draft.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        check = _Check(self._catalogue, self._engine, self._analyser, self._succession, draft, groups)
        findings = check.findings(blocks)
        summary = {verdict.value: sum(item.verdict is verdict for item in findings) for verdict in Verdict}
        return QuoteCheck(findings, summary, replaced_wordings(draft, self._terms, self._analyser))


class _Check:
    """The check of one draft for one reader."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: EngineReader,
        analyser: Analyser,
        succession: Succession,
        draft: str,
        groups: frozenset[str],
    ) -> None:
        self._catalogue = catalogue
        self._engine = engine
        self._analyser = analyser
        self._succession = succession
        self._draft = draft
        self._groups = groups
        self._where = build_filter(groups, SearchFilters())
        self._texts = StoredTexts(catalogue, groups)
        self._names = NamedSources(catalogue, engine, self._where, groups)
        self._documents: dict[str, Document] = {}
        """The documents of the findings' sources."""

    def findings(self, blocks: Sequence[Span]) -> list[Finding]:
        """Everything there is to say, in the order of the draft."""
        spans = iter(find_spans(self._draft, blocks))
        judged: list[_Judged] = []
        while batch := list(islice(spans, _TOGETHER)):
            judged += self._judge([Quotation.of(self._draft, span) for span in batch])
        standing = Standing(self._catalogue, self._succession, self._groups, self._texts, self._nearest)
        noted = standing.noted([item.finding for item in judged], self._documents, [item.near for item in judged])
        beside = [found for item in judged for found in self._beside_quotation(item)]
        found = [*noted, *beside, *self._beside_titles()]
        unique = {(item.start, item.end, item.kind): item for item in found}
        return sorted(unique.values(), key=lambda item: (item.start, item.end))

    def _judge(self, quotations: Sequence[Quotation]) -> "list[_Judged]":
        windows = Windows()
        candidates = self._candidates(quotations, windows)
        judged = []
        for quotation, found in zip(quotations, candidates, strict=True):
            likely = windows.over(found.passages)
            finding = judge(quotation, likely, found.sources)
            if quotation.span.kind is not SpanKind.UNMARKED and not is_settled(finding):
                parts = self._passages_of_parts(unaccounted(quotation, likely))
                windows.add(self._catalogue.hydrate(parts, self._groups))
                likely = windows.over([*found.passages, *parts])
                finding = judge(quotation, likely, found.sources)
            if finding is not None:
                near = {window.document_id for window in likely} | (found.sources or set())
                judged.append(_Judged(quotation, self._passed(finding, windows), near))
        return judged

    def _passed(self, finding: Finding, windows: Windows) -> Finding:
        """The gate: a source is shown only if this reader's text of the stored version has it, character for character;
        else nothing was found."""
        cited = [*([finding.source] if finding.source else ()), *finding.others]
        if not all(map(self._texts.holds, cited)):
            return replace(finding, verdict=Verdict.NOT_FOUND, source=None, diff=[], others=[])
        for citation in cited:
            self._documents[citation.document_id] = windows.document(passage_number(citation.passage_id))
        return replace(finding, citations=[cite(self._documents[item.document_id], item.path) for item in cited])

    def _beside_quotation(self, judged: "_Judged") -> Iterator[Finding]:
        """Particulars that lead up to a quotation whose source was found."""
        finding, span = judged.finding, judged.quotation.span
        if finding.source is None or finding.verdict not in {Verdict.EXACT, Verdict.ALTERED}:
            return
        document = self._documents[finding.source.document_id]
        text = self._texts.text(document.id, document.version)
        found = [article(self._draft, span.lead, text, finding.source.locator.start)]
        if mention := number_mention(self._draft, span):
            found += departures(self._draft, mention, document, self._texts.fields(document.id, document.version))
        yield from (self._particular(item, document, finding.source) for item in found if item)

    def _beside_titles(self) -> Iterator[Finding]:
        """Particulars around the titles that name documents of the library; of several under one title, the one that
        the draft departs from least is meant."""
        mentions = title_mentions(self._draft)
        held = self._names.passages([mention.name for mention in mentions])
        for mention in mentions:
            readings = [self._departures(mention, passage) for passage in held[mention.name]]
            if readings and (findings := min(readings, key=len)):
                yield from findings

    def _departures(self, mention: Mention, passage: PassageInContext) -> list[Finding]:
        """Where the draft departs from the document of a passage, which stands for it."""
        document = passage.document
        source = make_citation(passage, 0, min(len(passage.passage.text), _EXCERPT))
        if not mention.says_something(self._draft) or not self._texts.holds(source):
            return []
        fields = self._texts.fields(document.id, document.version)
        found = departures(self._draft, mention, document, fields)
        return [self._particular(item, document, source) for item in found]

    def _particular(self, found: Particular, document: Document, source: Citation) -> Finding:
        text = self._draft[found.start : found.end]
        return Finding(
            found.start,
            found.end,
            text,
            Verdict.NOT_FOUND,
            source,
            difference(text, found.expected),
            citations=[cite(document, source.path)],
            kind=found.kind,
            expected=found.expected,
        )

    def _nearest(self, document_id: str, text: str) -> Citation | None:
        """The place of a document that says nearly the same."""
        vector = query_vectors(text, self._analyser)[BIGRAMS]
        leg = Leg(_also(self._where, AnyOf("document_id", (document_id,))), _PART_CANDIDATES, BIGRAMS, vector)
        [points] = self._engine.query([leg])
        windows = Windows()
        windows.add(self._catalogue.hydrate([point.id for point in points], self._groups))
        citation = nearest_place(text, windows.over([point.id for point in points]))
        return citation if citation and self._texts.holds(citation) else None

    def _candidates(self, quotations: Sequence[Quotation], windows: Windows) -> list[_Candidates]:
        named = [self._names.of(quotation.span) for quotation in quotations]
        legs = [self._legs(item, conditions or ()) for item, conditions in zip(quotations, named, strict=True)]
        answers = iter(self._engine.query(list(chain.from_iterable(legs))))
        found = [[[point.id for point in next(answers)] for _ in group] for group in legs]
        hydrated = self._catalogue.hydrate(_distinct(chain.from_iterable(chain.from_iterable(found))), self._groups)
        windows.add(hydrated)
        candidates = []
        for conditions, lists in zip(named, found, strict=True):
            sources = None
            if conditions:
                # The last lists are those of the passages of the named documents.
                passages = chain.from_iterable(lists[-len(conditions) :])
                sources = {hydrated[key].document.id for key in passages if key in hydrated}
            candidates.append(_Candidates(_distinct(chain.from_iterable(lists)), sources))
        return candidates

    def _legs(self, quotation: Quotation, named: Iterable[AnyOf]) -> list[Leg]:
        """Passages that hold the words, that share pairs of characters with them, and those of named documents."""
        vector = query_vectors(quotation.text, self._analyser)[BIGRAMS]
        legs = [Leg(_holding(self._where, quotation.text), _HOLDING), Leg(self._where, _CANDIDATES, BIGRAMS, vector)]
        return legs + [Leg(_also(self._where, condition), _CANDIDATES, BIGRAMS, vector) for condition in named]

    def _passages_of_parts(self, parts: Iterable[str]) -> list[int]:
        """Numbers of passages for parts of a quotation, each looked up on its own."""
        legs = []
        for part in parts:
            legs.append(Leg(_holding(self._where, part), _HOLDING))
            legs.append(Leg(self._where, _PART_CANDIDATES, BIGRAMS, query_vectors(part, self._analyser)[BIGRAMS]))
        return _distinct(point.id for points in (self._engine.query(legs) if legs else ()) for point in points)


def _holding(where: Filter, text: str) -> Filter:
    """Passages that have the beginning of the text, with punctuation at its edges left out."""
    return _also(where, Contains("text", fold(text.strip("，。；：、 \n")[:_PROBE])))


def _also(where: Filter, condition: Condition) -> Filter:
    return replace(where, must=(*where.must, condition))


def _distinct(values: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(values))
