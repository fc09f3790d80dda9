"""What search and answers return. The HTTP API and the CLI's ``--json`` serialise exactly these."""

from dataclasses import dataclass, field
from enum import StrEnum

from corpus.catalogue.views import GapReceipt


class Mode(StrEnum):
    """How to search."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    SEMANTIC = "semantic"
    EXACT = "exact"


class Sort(StrEnum):
    """Order of hits."""

    RELEVANCE = "relevance"
    DATE = "date"


class Standing(StrEnum):
    """What became of a document that is no longer the latest word."""

    REPEALED = "repealed"
    REPLACED = "replaced"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Narrowing by metadata; None leaves a field open. Dates are ISO 8601 and inclusive."""

    kind: str | None = None
    organization: str | None = None
    course: str | None = None
    project: str | None = None
    year: int | None = None
    date_from: str | None = None
    date_to: str | None = None


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search as a user asked for it."""

    text: str
    mode: Mode = Mode.HYBRID
    filters: SearchFilters = SearchFilters()
    sort: Sort = Sort.RELEVANCE
    limit: int = 10
    offset: int = 0
    group_by_document: bool = False


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a passage or quote stands in its version's canonical text."""

    page: int | None
    paragraph: int | None
    start: int
    end: int
    text_hash: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found.

    ``highlights`` and ``snippet``, the part to show first, are half-open ranges in ``text``; ``legs`` holds each leg's
    own score. ``flags`` says what to know of the text (``ocr``: recognised in an image), ``confidence`` how sure
    recognised text is, 0 to 1. ``standing`` says what became of a document that is no longer the latest word.
    """

    passage_id: str
    document_id: str
    version: int
    title: str
    kind: str
    path: list[str]
    text: str
    highlights: list[tuple[int, int]]
    locator: Locator
    score: float
    legs: dict[str, float]
    issued_on: str | None
    organization: str | None
    document_number: str | None
    citation: str
    flags: list[str] = field(default_factory=list)
    confidence: float | None = None
    snippet: tuple[int, int] = (0, 0)
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class QueryEcho:
    """What was searched: the text, its analysed terms, and a suggested correction."""

    text: str
    terms: list[str]
    corrected: str | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value and how many passages have it."""

    value: str | int
    count: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits with the total and the facets over everything that matched."""

    query: QueryEcho
    total: int
    took_ms: float
    hits: list[Hit]
    facets: dict[str, list[FacetValue]]


class AnswerStatus(StrEnum):
    """Whether the library holds the answer."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim slice of a source and where it stands; ``flags``, ``confidence`` and ``standing`` as of ``Hit``."""

    passage_id: str
    document_id: str
    version: int
    title: str
    path: list[str]
    locator: Locator
    quote: str
    text_hash: str
    flags: list[str] = field(default_factory=list)
    confidence: float | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of an answer with what it rests on."""

    text: str
    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of cited sentences, or an abstention with the nearest passages and the reason in Chinese.

    Attributes:
        model: the language model that wrote sentences of it; None if all are the library's own.
        withheld: sentences of the model that the gate did not let through.
        asked: the question that was looked up, where it is not the one put: a follow-up made whole.
        gap: set where the question is registered as one that the library did not answer.
    """

    status: AnswerStatus
    sentences: list[AnswerSentence]
    nearest: list[Hit]
    reason: str | None
    model: str | None = None
    withheld: int = 0
    asked: str | None = None
    gap: GapReceipt | None = None
