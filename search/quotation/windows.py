"""Passages that may hold a quotation, as stretches of text: passages that touch are one stretch.

A quotation does not end where a passage does. Between two passages that touch there is at most the line feed that
separates paragraphs; where more lies between them (fields of the document, other passages), they stay apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from corpus.catalogue import PassageInContext
from corpus.identifiers import text_hash
from corpus.records import Document
from search.hits import make_citation
from search.quotation.comparison import Comparable, comparable
from search.results import Citation


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one version.

    Attributes:
        passages: the passages that touch, in order.
        text: the version's text over them.
        compared: ``text`` as it is compared.
    """

    passages: tuple[PassageInContext, ...]
    text: str
    compared: Comparable

    @property
    def document(self) -> Document:
        """The document."""
        return self.passages[0].document

    @property
    def document_id(self) -> str:
        """Its id."""
        return self.document.id

    def cite(self, start: int, end: int) -> Citation:
        """The citation of characters [start, end) of ``compared``."""
        first, last = self.compared.original(start, end)
        offset = self.passages[0].passage.start
        held = next(item for item in reversed(self.passages) if item.passage.start - offset <= first)
        at = first + offset - held.passage.start
        citation = make_citation(held, at, min(at + last - first, len(held.passage.text)))
        quote = self.text[first:last]
        digest = text_hash(quote)
        locator = replace(citation.locator, end=offset + last, text_hash=digest)
        return replace(citation, quote=quote, text_hash=digest, locator=locator)


class Windows:
    """The windows over a set of passages; each is prepared once, however many quotations look at it."""

    def __init__(self) -> None:
        self._passages: dict[int, PassageInContext] = {}
        self._prepared: dict[tuple[str, ...], Window] = {}

    def add(self, passages: Mapping[int, PassageInContext]) -> None:
        """More passages, by number."""
        self._passages |= passages

    def document(self, number: int) -> Document:
        """The document of one of the passages."""
        return self._passages[number].document

    def over(self, numbers: Iterable[int]) -> list[Window]:
        """The windows that hold the passages, in the order in which their first passage is given."""
        wanted = {key: rank for rank, key in enumerate(numbers) if key in self._passages}
        items = sorted(
            (self._passages[key] for key in wanted), key=lambda item: (item.passage.version_id, item.passage.start)
        )
        ranked: list[tuple[int, Window]] = []
        for _, version in groupby(items, key=lambda item: item.passage.version_id):
            for run in _touching(list(version)):
                ranked.append((min(wanted[item.passage.number] for item in run), self._window(run)))
        return [window for _, window in sorted(ranked, key=lambda pair: pair[0])]

    def _window(self, run: Sequence[PassageInContext]) -> Window:
        key = tuple(item.passage.id for item in run)
        if key not in self._prepared:
            text = run[0].passage.text
            for before, item in pairwise(run):
                text += "\n" * (item.passage.start - before.passage.end) + item.passage.text
            self._prepared[key] = Window(tuple(run), text, comparable(text))
        return self._prepared[key]


def _touching(items: Sequence[PassageInContext]) -> list[list[PassageInContext]]:
    runs: list[list[PassageInContext]] = []
    for item in items:
        if runs and 0 <= item.passage.start - runs[-1][-1].passage.end <= 1:
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs
