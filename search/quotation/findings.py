"""What the check of a draft finds. The HTTP API and ``lunku check-quotes --json`` serialise exactly these."""

from dataclasses import dataclass, field
from enum import StrEnum

from search.results import Citation


class Verdict(StrEnum):
    """What the library says of a quotation."""

    EXACT = "exact"
    """The same characters, but for what folding unifies: width, traditional and simplified, blanks, quotation marks."""
    ALTERED = "altered"
    """One place of the library is meant, and the wording departs from it."""
    MISATTRIBUTED = "misattributed"
    """The words are right; the draft names another source, which the library holds and which does not have them."""
    SPLICED = "spliced"
    """Parts of several places, joined without an ellipsis."""
    NOT_FOUND = "not_found"
    """The library has nothing like it. That is no judgement: it may stand in a source that the library lacks."""


class FindingKind(StrEnum):
    """What a finding is about: a quotation, or a particular that stands with it."""

    QUOTATION = "quotation"
    DOCUMENT_NUMBER = "document_number"
    DATE = "date"
    ORGANIZATION = "organization"
    ARTICLE = "article"


class NoticeKind(StrEnum):
    """Why a source should not be quoted without a second look."""

    REPEALED = "repealed"
    """It is marked as no longer in force, or another document says that it repeals it."""
    REPLACED = "replaced"
    """A document of the same title and of a later date stands in the library."""
    EXPIRED = "expired"
    """The time for which it says it holds has passed."""
    EARLIER_VERSION = "earlier_version"
    """An earlier version of the document has the words; the present one has not."""
    UPDATED_WORDING = "updated_wording"
    """An earlier version has the words, and the present one says nearly the same in others."""


class Operation(StrEnum):
    """How the draft departs from the source."""

    EQUAL = "equal"
    INSERT = "insert"
    """The draft has what the source has not."""
    DELETE = "delete"
    """The draft leaves out what the source has."""
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Difference:
    """One step from the source to the draft; the text on either side may be empty."""

    op: Operation
    draft: str
    source: str


@dataclass(frozen=True, slots=True)
class Notice:
    """That a source is not the latest word.

    Attributes:
        detail: a Chinese sentence.
        successor: where the present text says the same or nearly the same.
    """

    kind: NoticeKind
    detail: str
    successor: Citation | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """An official wording in the draft, [start, end), that another one has replaced (the term base's relation)."""

    start: int
    end: int
    text: str
    replaced_by: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A quotation of the draft, or a particular beside it, and its verdict.

    A particular (document number, date, issuer, article) is a finding only where the source that was found says
    otherwise; its verdict is then ``not_found``, and ``expected`` is what the source says.

    Attributes:
        start, end: offsets in the draft, without the quotation marks and without punctuation at the edges.
        text: the draft's [start, end).
        source: the place that it comes from; of a spliced quotation the first one.
        diff: steps whose ``draft`` sides together are ``text``; empty for a verdict without differences. For
            ``altered``, the ``source`` sides together are ``source.quote``.
        others: the further places of a spliced quotation, in the order of the draft.
        named: the sources that the draft names for it, as written.
        citations: ``source`` and ``others`` in readable lines, as ``Hit.citation``.
        kind: what the finding is about.
        expected: of a particular, what its source has instead; ``diff`` then leads from there to the draft.
        notices: what is known of the sources' standing.
    """

    start: int
    end: int
    text: str
    verdict: Verdict
    source: Citation | None = None
    diff: list[Difference] = field(default_factory=list)
    others: list[Citation] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    citations: list[str] = field(default_factory=list)
    kind: FindingKind = FindingKind.QUOTATION
    expected: str | None = None
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """The findings in the order of the draft, how many there are of each verdict, and wordings that were replaced."""

    findings: list[Finding]
    summary: dict[str, int]
    wordings: list[Wording] = field(default_factory=list)
