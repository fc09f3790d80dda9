"""From a ranking to one page of results: order, grouping, true totals, and what lies beyond the candidates.

The results are the passages that hold what a query demands, or all words of a short one; the engine counts them, with
filters and readers applied, and the candidates lead them. Where a query demands nothing, and few passages or none hold
all its words, what its legs brought in is the whole result, and is counted as such.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from operator import attrgetter
from typing import cast

from haystack import component

from corpus.catalogue import Catalogue, DocumentFacts, PassageInContext
from corpus.text.folding import fold
from search.candidates import ResolvedRanking, counted_filter
from search.engine.interface import AnyOf, Between, EngineReader, Filter, HasId, Leg
from search.fusion import RankedCandidate, unranked
from search.highlighting import Highlighter, Marked
from search.hits import make_hit
from search.query import Query
from search.results import FacetValue, Hit, Sort
from search.succession import Succession

FACET_FIELDS = ("kind", "organization", "year", "course", "project")
FACET_VALUES = 50
"""Values shown of one facet, at most."""

MAX_COUNTED = 200_000
"""Passages whose documents are told apart in one result."""

FEW = 5_000
"""Passages that are counted here, from what is known of their documents. The engine counts more of them faster, but
each of its counts looks for the words again, which takes it 10 ms and more for words of more than two characters."""

_MAX_DAYS = 50_000


@component
class ResultPager:
    """Shows one page of the results that a ranking leads."""

    def __init__(self, catalogue: Catalogue, engine: EngineReader, succession: Succession) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self.succession = succession

    @component.output_types(hits=list[Hit], total=int, facets=dict[str, list[FacetValue]])
    def run(
        self,
        *,
        query: Query,
        ranking: ResolvedRanking,
        where: Filter,
        groups: frozenset[str],
        limit: int = 10,
        offset: int = 0,
        sort: Sort = Sort.RELEVANCE,
        group_by_document: bool = False,
    ) -> dict[str, object]:
        """The hits at [offset, offset + limit), a document's best one only when grouping; their total; the facets.

        Passages of documents that are past rank lower. Grouped results count documents. A passage whose stored
        text lacks a quoted string is left out.

        Raises:
            EngineUnavailable: the engine does not answer.
        """
        ranking = self.succession.demoted(ranking, groups)
        results = _Results(self.catalogue, self.engine, ranking, counted_filter(query, where), groups)
        order = results.documents if group_by_document else results.passages
        chosen = order(sort, offset, limit)
        found = self.catalogue.hydrate([candidate.id for candidate in chosen], groups)
        shown = [item for item in chosen if item.id in found and _holds(found[item.id].passage.text, query)]
        marked = Highlighter(query).mark([found[item.id].passage.text for item in shown])
        return {
            "hits": [self._hit(found[item.id], item, marks, groups) for item, marks in zip(shown, marked, strict=True)],
            "total": results.document_total() if group_by_document else results.total,
            "facets": results.facets(),
        }

    def _hit(self, found: PassageInContext, candidate: RankedCandidate, marked: Marked, groups: frozenset[str]) -> Hit:
        standing = self.succession.standing(found.document.id, groups)
        return make_hit(found, candidate.score, candidate.legs, marked, standing)


class _Results:
    """The results of one query: the candidates that rank, and behind them whatever else passes the filter."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: EngineReader,
        ranking: ResolvedRanking,
        counted: Filter | None,
        groups: frozenset[str],
    ) -> None:
        self._catalogue, self._engine, self._groups = catalogue, engine, groups
        self._candidates, self._facts = ranking.candidates, ranking.facts
        self._counted = None if ranking.total is None else counted
        self.total = len(ranking.candidates) if ranking.total is None else ranking.total
        """Number of passages."""

    @cached_property
    def _all_facts(self) -> dict[int, DocumentFacts]:
        """What is known of each result's document, by passage number."""
        if self._counted is None:
            return {candidate.id: self._facts[candidate.id] for candidate in self._candidates}
        return self._catalogue.document_facts(self._ids(self._counted, MAX_COUNTED), self._groups)

    def facets(self) -> dict[str, list[FacetValue]]:
        """Values of ``FACET_FIELDS`` over all results with the number of passages, most frequent first."""
        if self._counted is not None and self.total > FEW and "_all_facts" not in vars(self):
            counted = self._counted
            return {name: facet_values(self._engine.facet(name, counted, FACET_VALUES)) for name in FACET_FIELDS}
        facts = self._all_facts.values()
        return {name: facet_values(_counted_values(map(attrgetter(name), facts)).items()) for name in FACET_FIELDS}

    def passages(self, sort: Sort, offset: int, limit: int) -> Sequence[RankedCandidate]:
        """Passages at [offset, offset + limit)."""
        if self._counted is None:
            ranked = self._candidates if sort is Sort.RELEVANCE else self._by_date(self._candidates)
            return ranked[offset : offset + limit]
        if sort is Sort.DATE:
            return self._dated(self._counted, offset, limit)
        page = self._candidates[offset : offset + limit]
        if len(page) == limit:
            return page
        behind = max(0, offset - len(self._candidates))
        known = {candidate.id for candidate in self._candidates}
        rest = self._ids(self._counted, offset + limit)
        return [*page, *[unranked(found) for found in rest if found not in known][behind : behind + limit - len(page)]]

    def documents(self, sort: Sort, offset: int, limit: int) -> Sequence[RankedCandidate]:
        """One passage of each document at [offset, offset + limit): the best one, if it is a candidate."""
        best: dict[str, RankedCandidate] = {}
        for candidate in self._candidates:
            best.setdefault(self._facts[candidate.id].id, candidate)
        if self._counted is None:
            ranked = tuple(best.values())
            return (ranked if sort is Sort.RELEVANCE else self._by_date(ranked))[offset : offset + limit]
        held = self._document_counts()
        order = [identifier for identifier in best if identifier in held]
        order += [identifier for identifier in held if identifier not in best]
        if sort is Sort.DATE:
            days = self._catalogue.issue_dates(order)
            order.sort(key=lambda identifier: -days[identifier].toordinal() if days.get(identifier) else 1)
        chosen = order[offset : offset + limit]
        missing = [identifier for identifier in chosen if identifier not in best]
        legs = [Leg(_also(self._counted, AnyOf("document_id", (identifier,))), 1) for identifier in missing]
        found = zip(missing, self._engine.query(legs) if legs else (), strict=True)
        best |= {identifier: unranked(points[0].id) for identifier, points in found if points}
        return [best[identifier] for identifier in chosen if identifier in best]

    def document_total(self) -> int:
        """Number of documents among the results."""
        return len({item.id for item in self._all_facts.values()})

    def _document_counts(self) -> dict[str, int]:
        """The documents among the results with their passages, those with most first, then by id."""
        counts = Counter(item.id for item in self._all_facts.values())
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def _by_date(self, candidates: Sequence[RankedCandidate]) -> Sequence[RankedCandidate]:
        return sorted(candidates, key=lambda candidate: _latest_first(self._facts[candidate.id]))

    def _dated(self, where: Filter, offset: int, limit: int) -> list[RankedCandidate]:
        """Passages by date, the undated last; those of one day by score, then by id."""
        days = sorted(self._engine.facet("issued_on", where, _MAX_DAYS), reverse=True)
        dated = [(_also(where, AnyOf("issued_on", (day,))), count) for day, count in days]
        undated = replace(where, must_not=(*where.must_not, Between("issued_on", 0, None)))
        ranks = {candidate.id: (number, candidate) for number, candidate in enumerate(self._candidates)}
        page: list[RankedCandidate] = []
        at = 0
        for condition, count in [*dated, (undated, None)]:
            if count is None or at + count > offset:
                skipped = max(0, offset - at)
                # A day is ordered as a whole: what ranks best in it may have any id.
                ids = self._ids(condition, count or offset + limit - at)
                ids.sort(key=lambda found: (ranks[found][0] if found in ranks else len(ranks), found))
                page += [ranks[found][1] if found in ranks else unranked(found) for found in ids[skipped:]]
            at += count or 0
            if len(page) >= limit:
                break
        return page[:limit]

    def _ids(self, where: Filter, limit: int) -> list[int]:
        """Ids of passages that pass a filter, in order of id."""
        return [point.id for point in self._engine.query([Leg(where, limit)])[0]]


def _counted_values(values: Iterable[str | int | None]) -> Counter[str | int]:
    """How often each value is there; passages without one do not count."""
    counts = Counter(values)
    del counts[None]
    return cast("Counter[str | int]", counts)


def facet_values(counts: Iterable[tuple[str | int, int]]) -> list[FacetValue]:
    """Counted values, most frequent first, then by value."""
    ordered = sorted(counts, key=lambda item: (-item[1], item[0]))
    return [FacetValue(value, count) for value, count in ordered[:FACET_VALUES]]


def _also(where: Filter, condition: AnyOf | Between | HasId) -> Filter:
    return replace(where, must=(*where.must, condition))


def _holds(text: str, query: Query) -> bool:
    folded = fold(text) if query.phrases else ""
    return all(phrase in folded for phrase in query.phrases)


def _latest_first(facts: DocumentFacts) -> int:
    """Sort key: later dates first, undated documents last; equal dates keep the order by relevance."""
    return -facts.issued_on.toordinal() if facts.issued_on else 1
