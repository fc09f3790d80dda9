"""From a query to ranked candidates: which legs are fetched, and what puts a passage first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue import DocumentFacts
from corpus.text.folding import fold
from search.demands import holds_all
from search.engine.interface import DENSE, AnyOf, Condition, Contains, Filter, Leg, ScoredPoint, SparseVector
from search.fusion import FEATURES, LEG_LIMIT, LEGS, RankedCandidate, fuse
from search.logistic import LogisticModel, logistic
from search.query import Query, Shared
from search.results import Mode

IDENTIFIER, TITLE, ARTICLE, MENTION, NAMED = "identifier", "title", "article", "mention", "named"
"""Exact legs: passages of documents that carry a number of the query; whose title is the query; an article of a law
that the query names; passages in which a number stands; of documents that the query names."""

COURSE = "course"
"""Passages of courses that the query names by their codes."""
_WITHIN = (COURSE, TITLE, NAMED)
"""Names of what the best passages are looked for within: ``course/words`` and so on are legs of their own."""

DEMANDED, MATCHING = "phrase", "matching"
"""Legs that count: passages that hold what the query demands; or, where it demands nothing, all its words."""

MATCHING_CONCEPTS = 4
"""Words of a query whose passages are counted, at most: a longer one is a question, which no passage repeats whole."""

DEMANDED_LIMIT = 10_000
"""Passages fetched that hold what the query demands: ranking them is all that is left to do."""

TIERS: Mapping[str, float] = MappingProxyType(
    {IDENTIFIER: 7.0, ARTICLE: 3.0, TITLE: 3.0, COURSE: 2.5, MENTION: 2.0, NAMED: 0.25}
)
"""What an exact match adds to a fused score, which is below 1. All but a title named among other words thus stand
above what was only found by its wording; and a past document (``succession.DEMOTION``) found by its number above what
mentions it."""

_LEXICAL = LogisticModel(FEATURES, bias=-3.0, weights={"words_max": 3.0, "bigrams_max": 3.0})
_SEMANTIC = LogisticModel(FEATURES, bias=-3.0, weights={"dense_max": 6.0})


@dataclass(frozen=True, slots=True)
class QueryVectors:
    """A query's vectors by name; only those that the mode uses."""

    sparse: Mapping[str, SparseVector]
    dense: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class NamedDocuments:
    """Ids of the documents that a query as a whole is a name of, and of those that it names among other words."""

    whole: tuple[str, ...] = ()
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """What each leg found, by leg name, by score descending and then by id.

    Attributes:
        total: exact number of passages that pass ``counted_filter``; None where the candidates are all there is.
    """

    legs: Mapping[str, tuple[ScoredPoint, ...]]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates by score descending, then by id; ``total`` as in ``Candidates``."""

    candidates: tuple[RankedCandidate, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ResolvedRanking(Shared):
    """A ranking in which every candidate is one that the reader may see now.

    Attributes:
        facts: what is known of each candidate's document, by candidate's id.
        total: as in ``Candidates``.
    """

    candidates: tuple[RankedCandidate, ...]
    facts: Mapping[int, DocumentFacts]
    total: int | None = None


def matching(query: Query, where: Filter) -> Filter:
    """The filter with what the query demands of every passage: its quoted strings and its expression."""
    if not (query.phrases or query.must or query.must_not):
        return where
    phrases = (Contains("text", phrase) for phrase in query.phrases)
    return Filter((*where.must, *query.must, *phrases), (*where.must_not, *query.must_not))


def counted_filter(query: Query, where: Filter) -> Filter | None:
    """What is counted as a result: passages that hold what is demanded, or else all words of a short query."""
    where = matching(query, where)
    if query.demanding:
        return where
    worded = not query.bare and query.mode is not Mode.SEMANTIC
    if worded and 0 < len(query.concepts) <= MATCHING_CONCEPTS:
        return replace(where, must=(*where.must, *holds_all(query.concepts)))
    return None


def plan_legs(query: Query, vectors: QueryVectors, where: Filter, named: NamedDocuments) -> dict[str, Leg]:
    """The legs to fetch for a query, by name, among the passages that pass ``where``."""
    legs = _ranking(vectors, where)
    for prefix, condition in _within(query, named).items():
        within = replace(where, must=(*where.must, condition))
        legs |= {f"{prefix}/{name}": leg for name, leg in _ranking(vectors, within).items()}
    if not query.demanding and (counted := counted_filter(query, where)):
        legs[MATCHING] = Leg(counted, LEG_LIMIT)
    legs |= {name: Leg(_also(where, *conditions), LEG_LIMIT) for name, conditions in _exact(query, named).items()}
    return legs


def _within(query: Query, named: NamedDocuments) -> dict[str, Condition]:
    """What the best passages are looked for within, beside the whole library."""
    within: dict[str, Condition] = {COURSE: query.of_courses} if query.courses else {}
    of_names = {TITLE: named.whole, NAMED: named.among}
    return within | {prefix: AnyOf("document_id", ids) for prefix, ids in of_names.items() if ids}


def _ranking(vectors: QueryVectors, where: Filter) -> dict[str, Leg]:
    legs = {name: Leg(where, LEG_LIMIT, name, vector) for name, vector in vectors.sparse.items() if vector.indices}
    if vectors.dense is not None:
        legs[DENSE] = Leg(where, LEG_LIMIT, DENSE, vectors.dense)
    return legs


def rank(query: Query, candidates: Candidates, weights: LogisticModel, unrelated: float = -1.0) -> Ranking:
    """Fuse the legs by the weights of the query's mode (``weights`` for hybrid) and put exact matches on top.

    The dense leg always finds something. Beside the others, what nothing but it speaks for, with a cosine of
    ``unrelated`` at most, is no result: a query about nothing in the library has none.
    """
    model = {Mode.HYBRID: weights, Mode.SEMANTIC: _SEMANTIC}.get(query.mode, _LEXICAL)
    scored = {name: _with_inner(name, candidates.legs) for name in LEGS if name in candidates.legs}
    fused = fuse(scored, len(query.words), model)
    least = unrelated if query.mode is Mode.HYBRID else -1.0
    related = [item for item in fused if len(item.legs) > 1 or item.legs.get(DENSE, 1.0) > least]
    return Ranking(tuple(_with_exact(related, candidates.legs)), candidates.total)


def _with_exact(fused: Sequence[RankedCandidate], legs: Mapping[str, Sequence[ScoredPoint]]) -> list[RankedCandidate]:
    """The fused candidates and what the other legs found, in order."""
    # A full leg of matching passages says how many there are, not which of them are good.
    exact = {
        name: points
        for name, points in legs.items()
        if points and name not in LEGS and not (name == MATCHING and len(points) == LEG_LIMIT)
    }
    if not exact:
        return list(fused)
    ranked = {item.id: item for item in fused}
    for name, points in exact.items():
        kind = name.partition("/")[0]
        for point in points:
            found = ranked.get(point.id) or RankedCandidate(point.id, 0.0, 0.0, {})
            tier = max(found.tier, TIERS.get(kind, 0.0))
            ranked[point.id] = RankedCandidate(point.id, found.fused, tier, {**found.legs, kind: 1.0})
    return in_order(ranked.values())


def _with_inner(name: str, legs: Mapping[str, Sequence[ScoredPoint]]) -> Sequence[ScoredPoint]:
    """What a leg finds, and what it finds within the courses and documents that the query names."""
    inner = [point for prefix in _WITHIN for point in legs.get(f"{prefix}/{name}", ())]
    if not inner:
        return legs[name]
    scores = dict([*inner, *legs[name]])
    return sorted(starmap(ScoredPoint, scores.items()), key=lambda point: (-point.score, point.id))


def reread(ranked: Sequence[RankedCandidate], logits: NDArray[np.float64]) -> list[RankedCandidate]:
    """The ranking with ``logits``, what reading the first candidates says of them, added to their fused scores.

    A candidate that no leg found stays at 0. Those that were not read stay behind those that were.
    """
    first, rest = ranked[: len(logits)], ranked[len(logits) :]
    fused = np.array([candidate.fused for candidate in first])
    safe = np.clip(fused, 1e-12, 1 - 1e-12)
    scores = np.where(fused > 0, logistic(np.log(safe / (1 - safe)) + logits), 0.0).tolist()
    least = min(scores, default=1.0)
    read = [item._replace(fused=score) for item, score in zip(first, scores, strict=True)]
    unread = [item if item.fused <= least else item._replace(fused=least) for item in rest]
    # Stable: equals keep the order that they came in.
    return sorted([*read, *unread], key=lambda candidate: -candidate.score)


def in_order(candidates: Iterable[RankedCandidate]) -> list[RankedCandidate]:
    """By score descending, then by id: the same order every time."""
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.id))


def _exact(query: Query, named: NamedDocuments) -> dict[str, tuple[AnyOf | Contains, ...]]:
    """Conditions of the exact legs that the query gives rise to; what can be written in several ways has a leg each."""
    legs: dict[str, tuple[AnyOf | Contains, ...]] = {}
    if query.titles:
        legs[TITLE] = (AnyOf("identifiers", query.titles),)
    if named.among:
        of_named = AnyOf("document_id", named.among)
        legs |= {f"{ARTICLE}/{form}": (of_named, Contains("text", form)) for form in query.article_forms}
    if query.identifiers:
        legs[IDENTIFIER] = (AnyOf("identifiers", query.identifiers),)
        legs |= {f"{MENTION}/{number}": (Contains("text", fold(number)),) for number in query.identifiers}
    return legs


def _also(where: Filter, *conditions: AnyOf | Contains) -> Filter:
    return replace(where, must=(*where.must, *conditions))
