"""The check of a draft: spans → candidates from the engine → verdicts → the gate.

Access: every leg carries the reader's filter, the catalogue gives out a passage only to its readers, and the gate
compares each source with the text that this reader sees. What a reader may not read is as if it were not there.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, islice

from corpus.catalogue import Catalogue, visible_text
from corpus.errors import TooLarge
from corpus.identifiers import text_hash
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.engine.interface import BIGRAMS, AnyOf, Condition, Contains, Engine, Filter, Leg
from search.query import build_filter
from search.quotation.findings import Finding, QuoteCheck, Verdict
from search.quotation.judging import Quotation, is_settled, judge, unaccounted
from search.quotation.naming import NamedSources
from search.quotation.spans import SpanKind, find_spans
from search.quotation.windows import Windows
from search.results import Citation, SearchFilters
from search.sparse import query_vectors

MAX_CHARACTERS = 50_000
"""Longest draft, in characters."""

_TOGETHER = 20
"""Quotations whose legs are one round trip; searches of others come in between."""
_CANDIDATES = 12
_HOLDING = 5
_PART_CANDIDATES = 4
_PROBE = 40
"""Characters from the start of a quotation that are looked up as they stand."""


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Ids of passages that may hold a quotation, the likeliest first, and of the documents that the draft names for it.

    ``sources`` is None when the draft names none, or one that the library has not.
    """

    passages: list[str]
    sources: Set[str] | None


class QuotationChecker:
    """Holds the quotations of drafts against a catalogue and its index, whose owner the caller stays."""

    def __init__(self, catalogue: Catalogue, engine: Engine, analyser: Analyser) -> None:
        self._catalogue = catalogue
        self._engine = engine
        self._analyser = analyser

    def check(self, draft: str, groups: frozenset[str]) -> QuoteCheck:
        """Check a draft against what ``groups`` may read; equal drafts over an equal library give equal findings.

        Raises:
            TooLarge: more than ``MAX_CHARACTERS``.
            EngineUnavailable: the engine does not answer.
        """
        if len(draft) > MAX_CHARACTERS:
            raise TooLarge(f"文稿过长（{len(draft)} 字），请分成不超过 {MAX_CHARACTERS} 字的几部分核验。")
        # A lone surrogate cannot be encoded; replacing it keeps every offset.
        draft = draft.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        where = build_filter(groups, SearchFilters())
        gate = _Gate(self._catalogue, groups)
        names = NamedSources(self._catalogue, self._engine, where, groups)
        spans = iter(find_spans(draft))
        findings: list[Finding] = []
        while batch := list(islice(spans, _TOGETHER)):
            judged = self._judge([Quotation.of(draft, span) for span in batch], where, groups, names)
            findings += (finding for finding in map(gate.passed, judged) if finding is not None)
        summary = {verdict.value: sum(item.verdict is verdict for item in findings) for verdict in Verdict}
        return QuoteCheck(findings, summary)

    def _judge(
        self, quotations: Sequence[Quotation], where: Filter, groups: frozenset[str], names: NamedSources
    ) -> list[Finding | None]:
        windows = Windows()
        candidates = self._candidates(quotations, where, groups, windows, names)
        findings = []
        for quotation, found in zip(quotations, candidates, strict=True):
            likely = windows.over(found.passages)
            finding = judge(quotation, likely, found.sources)
            if quotation.span.kind is not SpanKind.UNMARKED and not is_settled(finding):
                parts = self._passages_of_parts(unaccounted(quotation, likely), where)
                windows.add(self._catalogue.hydrate(parts, groups).values())
                finding = judge(quotation, windows.over([*found.passages, *parts]), found.sources)
            findings.append(_with_citations(finding, windows))
        return findings

    def _candidates(
        self,
        quotations: Sequence[Quotation],
        where: Filter,
        groups: frozenset[str],
        windows: Windows,
        names: NamedSources,
    ) -> list[_Candidates]:
        named = [names.of(quotation.span) for quotation in quotations]
        legs = [self._legs(item, where, conditions or ()) for item, conditions in zip(quotations, named, strict=True)]
        answers = iter(self._engine.query(list(chain.from_iterable(legs))))
        found = [[[point.id for point in next(answers)] for _ in group] for group in legs]
        hydrated = self._catalogue.hydrate(_distinct(chain.from_iterable(chain.from_iterable(found))), groups)
        windows.add(hydrated.values())
        candidates = []
        for conditions, lists in zip(named, found, strict=True):
            sources = None
            if conditions:
                # The last lists are those of the passages of the named documents.
                passages = chain.from_iterable(lists[-len(conditions) :])
                sources = {hydrated[key].document.id for key in passages if key in hydrated}
            candidates.append(_Candidates(_distinct(chain.from_iterable(lists)), sources))
        return candidates

    def _legs(self, quotation: Quotation, where: Filter, named: Iterable[AnyOf]) -> list[Leg]:
        """Passages that hold the words, that share pairs of characters with them, and those of named documents."""
        vector = query_vectors(quotation.text, self._analyser)[BIGRAMS]
        legs = [Leg(_holding(where, quotation.text), _HOLDING), Leg(where, _CANDIDATES, BIGRAMS, vector)]
        return legs + [Leg(_also(where, condition), _CANDIDATES, BIGRAMS, vector) for condition in named]

    def _passages_of_parts(self, parts: Iterable[str], where: Filter) -> list[str]:
        """Ids of passages for parts of a quotation, each looked up on its own."""
        legs = []
        for part in parts:
            legs.append(Leg(_holding(where, part), _HOLDING))
            legs.append(Leg(where, _PART_CANDIDATES, BIGRAMS, query_vectors(part, self._analyser)[BIGRAMS]))
        return _distinct(point.id for points in (self._engine.query(legs) if legs else ()) for point in points)


def _holding(where: Filter, text: str) -> Filter:
    """Passages that have the beginning of the text, with punctuation at its edges left out."""
    return _also(where, Contains("text", fold(text.strip("，。；：、 \n")[:_PROBE])))


def _with_citations(finding: Finding | None, windows: Windows) -> Finding | None:
    if finding is None or finding.source is None:
        return finding
    return replace(finding, citations=[windows.cited(item) for item in (finding.source, *finding.others)])


def _also(where: Filter, condition: Condition) -> Filter:
    return replace(where, must=(*where.must, condition))


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


class _Gate:
    """Lets a source through only if this reader's text of the stored version has it, character for character."""

    def __init__(self, catalogue: Catalogue, groups: frozenset[str]) -> None:
        self._catalogue = catalogue
        self._groups = groups
        self._texts: dict[tuple[str, int], str] = {}

    def passed(self, finding: Finding | None) -> Finding | None:
        """The finding, or what is left of it when a source does not pass: nothing was found."""
        if finding is None:
            return None
        cited = [*([finding.source] if finding.source else ()), *finding.others]
        if all(map(self._holds, cited)):
            return finding
        return replace(finding, verdict=Verdict.NOT_FOUND, source=None, diff=[], others=[], citations=[])

    def _holds(self, citation: Citation) -> bool:
        key = (citation.document_id, citation.version)
        if key not in self._texts:
            self._texts[key] = visible_text(self._catalogue.version(*key), self._groups)
        stored = self._texts[key][citation.locator.start : citation.locator.end]
        return stored == citation.quote and text_hash(stored) == citation.text_hash
