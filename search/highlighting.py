"""Which characters of a passage to mark, and why: they are what was searched for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from corpus.records import Span
from corpus.text.bulk_folding import fold_many
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word
from corpus.text.quantities import find_quantities
from corpus.text.references import find_document_numbers, find_project_numbers, normalise_identifier
from corpus.text.sentences import split_sentences
from search.query import Query

SHORTEST_RUN = 3
"""Characters of the shortest run that is marked though it is no word of the query (a name that was segmented)."""

SNIPPET = 160
"""Characters of a snippet, unless one sentence alone is longer."""

_LATIN = re.compile(r"[0-9a-z]")


class Marked(NamedTuple):
    """Half-open ranges of a text: ``highlights`` match the query, ``snippet`` is what to show first."""

    highlights: list[tuple[int, int]]
    snippet: tuple[int, int]


class Highlighter:
    """Marks what one query looks for, in any number of texts."""

    def __init__(self, query: Query) -> None:
        self._phrases = query.phrases
        self._words = [(word, _borders(word)) for word in (*marked_words(query), *query.synonyms)]
        self._identifiers = query.identifiers
        self._unquoted = fold(query.unquoted)
        self._quantities = {quantity.term for quantity in find_quantities(self._unquoted)}
        runs = range(len(self._unquoted) - SHORTEST_RUN + 1)
        starts = {self._unquoted[at : at + SHORTEST_RUN] for at in runs}
        self._starts = sorted(start for start in starts if start.isalnum())

    def mark(self, texts: Sequence[str]) -> list[Marked]:
        """What of each text to mark, and what to show first.

        Highlights are in range, sorted, not overlapping and not empty. Every character marked belongs to a phrase, an
        identifier or a word of the query that stands at that place, to another name of one of its terms, another
        spelling of one of its quantities, or a run of at least ``SHORTEST_RUN`` characters that stands in the query
        too; all compared folded.
        """
        # Folding keeps every character's position, so spans of the folded text are spans of the original.
        return [self._mark(text, folded) for text, folded in zip(texts, fold_many(texts), strict=True)]

    def _mark(self, text: str, folded: str) -> Marked:
        highlights = _merge([*self._folded_spans(folded), *_identifier_spans(text, self._identifiers)])
        return Marked(highlights, _snippet(text, folded, highlights))

    def _folded_spans(self, text: str) -> Iterator[tuple[int, int]]:
        for phrase in self._phrases:
            yield from _occurrences(text, phrase)
        for word, borders in self._words:
            if word in text:
                yield from (span for span in _occurrences(text, word) if not borders or _whole(text, *span))
        if self._quantities:
            alike = (quantity for quantity in find_quantities(text) if quantity.term in self._quantities)
            yield from ((quantity.start, quantity.end) for quantity in alike)
        yield from self._common_runs(text)

    def _common_runs(self, text: str) -> Iterator[tuple[int, int]]:
        """Maximal runs of letters and digits that both hold, at least ``SHORTEST_RUN`` long, left to right."""
        places = {at for start in self._starts if start in text for at, _ in _occurrences(text, start)}
        last = 0
        for at in sorted(places):
            if at < last:
                continue
            last = at + SHORTEST_RUN
            while last < len(text) and text[last].isalnum() and text[at : last + 1] in self._unquoted:
                last += 1
            if _whole(text, at, last):
                yield at, last


def unmarked(text: str) -> Marked:
    """A text in which nothing was searched for."""
    return Marked([], _snippet(text, text, []))


def _snippet(text: str, folded: str, highlights: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The part of a passage to show first: the sentence that holds most of what was searched for, with its neighbours.

    A half-open range that begins and ends with sentences, of about ``SNIPPET`` characters; the whole of a short text.
    Of sentences that hold as much the first one counts.
    """
    if len(text) <= SNIPPET:
        return 0, len(text)
    sentences = [span for span in split_sentences(text) if text[span.start : span.end].strip()]
    if not sentences:
        return 0, len(text)
    held = [_marked_text(folded, highlights, span.start, span.end) for span in sentences]
    first = last = max(range(len(sentences)), key=lambda at: (held[at], -at))
    while True:
        # First what follows, which a reader needs more often to understand the sentence than what stands before it.
        size = sentences[last].end - sentences[first].start
        if last + 1 < len(sentences) and size + _length(sentences[last + 1]) <= SNIPPET:
            last += 1
        elif first > 0 and size + _length(sentences[first - 1]) <= SNIPPET:
            first -= 1
        else:
            return sentences[first].start, sentences[last].end


def _length(span: Span) -> int:
    return span.end - span.start


def _marked_text(text: str, highlights: Sequence[tuple[int, int]], start: int, end: int) -> int:
    """Characters of the different strings that are marked within a range of a folded text."""
    marked = {text[low:high] for low, high in highlights if start <= low and high <= end}
    return sum(map(len, marked))


def marked_words(query: Query) -> tuple[str, ...]:
    """The words outside quotation marks that carry meaning; all of those words if none does."""
    unquoted = fold(query.unquoted)
    words = tuple(word for word in query.words if word in unquoted)
    return tuple(word for word in words if not is_function_word(word)) or words


def _occurrences(text: str, needle: str) -> Iterator[tuple[int, int]]:
    at = text.find(needle) if needle else -1
    while at >= 0:
        yield at, at + len(needle)
        at = text.find(needle, at + 1)


def _borders(word: str) -> bool:
    """Whether a word begins or ends with what can be part of a longer Latin word or number."""
    return bool(_LATIN.match(word[:1]) or _LATIN.match(word[-1:]))


def _whole(text: str, start: int, end: int) -> bool:
    """Whether the range does not cut a Latin word or a number: 19 is not in 2019."""
    before = start > 0 and _LATIN.match(text[start - 1]) and _LATIN.match(text[start])
    after = end < len(text) and _LATIN.match(text[end]) and _LATIN.match(text[end - 1])
    return not (before or after)


def _identifier_spans(text: str, identifiers: Sequence[str]) -> list[tuple[int, int]]:
    if not identifiers:
        return []
    found = [*find_document_numbers(text), *find_project_numbers(text)]
    return [(item.start, item.end) for item in found if normalise_identifier(item.value) in identifiers]


def _merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
