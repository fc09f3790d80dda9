"""The engine interface: the few Qdrant operations that Lunku uses, in our own terms.

Both engines implement it: ``search.engine.edge`` (in process) and ``search.engine.server`` (qdrant-client).
Why not qdrant-client's own models: importing them costs a second of every cold command (docs/decisions).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

DENSE = "dense"
WORDS = "words"
BIGRAMS = "bigrams"


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Indices (uint32, unique) and their weights."""

    indices: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field (keyword or integer, single or list) has at least one of the values. No values match nothing."""

    field: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The integer field lies in [low, high]; None leaves that side open."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Contains:
    """The text field holds the string, character for character."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class HasId:
    """The point is one of these. No ids match nothing."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the conditions holds. None of them matches nothing."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Filter:
    """All of ``must`` hold and none of ``must_not``; a condition itself, so that conditions can be nested.

    Immutable, and so handed on uncopied between components.
    """

    must: "tuple[Condition, ...]" = ()
    must_not: "tuple[Condition, ...]" = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> "Filter":
        return self


Condition = AnyOf | Between | Contains | HasId | Either | Filter


@dataclass(frozen=True, slots=True)
class Point:
    """One passage in the engine: its id is the passage's number (``corpus.identifiers.passage_number``), ``vectors`` by
    name: DENSE a list of floats, WORDS and BIGRAMS sparse."""

    id: int
    vectors: dict[str, Sequence[float] | SparseVector]
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leg:
    """One retrieval leg of a query.

    Attributes:
        using: vector name; None scores nothing and returns points that pass the filter, by id.
        vector: the query vector for it.
        where: applied inside the engine; never optional, so that access is never forgotten.
        limit: how many points at most.
    """

    where: Filter
    limit: int
    using: str | None = None
    vector: Sequence[float] | SparseVector | None = None


class ScoredPoint(NamedTuple):
    """A point found by a leg, with the engine's own score. A tuple: every query makes hundreds of them."""

    id: int
    score: float


class EngineReader(Protocol):
    """What searches and answers need of Qdrant. Errors are ``corpus.errors.EngineUnavailable``."""

    def query(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """Run the legs in one round trip; each result by score descending, then id, without payload."""
        ...

    def best_scores(self, legs: Sequence[Leg]) -> list[float | None]:
        """The score that ``query`` gives the first point of each leg, in one round trip; None where nothing ranks.

        Cheaper: which of the points that score alike comes first is not asked for.
        """
        ...

    def retrieve(self, ids: Sequence[int]) -> list[Point]:
        """The points with these ids that exist, with payload and vectors, in the order of ``ids``."""
        ...

    def count(self, where: Filter) -> int:
        """Exact number of points that pass the filter."""
        ...

    def facet(self, field: str, where: Filter, limit: int) -> list[tuple[str | int, int]]:
        """Values of a keyword or integer field with exact counts, most frequent first, ties by value."""
        ...

    def preload(self) -> None:
        """Have what searches read in the system's memory, as far as there is room, before the first of them comes."""
        ...


class Engine(EngineReader, Protocol):
    """What indexing needs of it besides."""

    def ensure_collection(self, dimensions: int) -> None:
        """Create the collection with its vectors and field indexes; of one that exists, the field indexes that a killed
        filling has left out."""
        ...

    def upsert(self, points: Iterable[Point]) -> None:
        """Write points as one operation: after a crash either all of them are there or none is."""
        ...

    def delete(self, where: Filter) -> None:
        """Delete every point that passes the filter."""
        ...

    def set_payload(self, where: Filter, payload: dict[str, Any]) -> None:
        """Merge ``payload`` into every point that passes the filter."""
        ...

    def defer_field_indexes(self) -> None:
        """Do without the field indexes: filling a collection takes a third less time then.

        Nobody may search until ``create_field_indexes``, or ``ensure_collection``, has made them anew.
        """
        ...

    def create_field_indexes(self) -> None:
        """Create those field indexes that are missing."""
        ...

    def flush(self) -> None:
        """Make every write so far survive a power loss."""
        ...

    def unoptimized(self) -> int:
        """Points that ``optimize`` would make faster to search and smaller to hold."""
        ...

    def optimize(self, *, serving: bool = True) -> None:
        """Build what makes queries fast. Searches go on meanwhile, unless ``serving`` says that there are none."""
        ...

    def drop(self) -> None:
        """Delete the collection."""
        ...

    def close(self, *, ending: bool = False) -> None:
        """Release files and locks; where the process is ``ending``, as much as can be is left to its end."""
        ...
