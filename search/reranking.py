"""The second look at the best candidates: what their texts and titles say of the query, beyond the legs' scores.

The legs score every passage of the library and therefore by little; a few dozen candidates can be read. The features
are added to the fusion's logit (``search.fusion``), with weights from the same file and the same fit, so that the order
stays one weighted sum.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.recent import Recent
from corpus.text.analyser import COUNTED_WORDS, Analyser
from corpus.text.bulk_folding import fold_many
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word

if TYPE_CHECKING:
    from search.embedding.static import StaticEmbedder

RERANKED = 20
"""Candidates that are read: with 24 or 40 of them no labelled set is better by more than .0006."""

TEXT_FEATURES = (
    "coverage",
    "pairs",
    "length",
    "title_similarity",
    "title_coverage",
    "title_length",
    "numbers",
    "sentence_similarity",
)
"""Columns of ``Reader.features``, in order.

``coverage``: share of the query's content words that the passage, its path or its title holds, weighted by how rare
they are in the language; ``pairs``: share of its character pairs; ``length``: logarithm of the characters read;
``title_similarity``: cosine of the title's and the query's embedding; ``title_coverage`` and ``title_length``: as the
first and the third, for title and path alone; ``numbers``: share of its numbers (years above all), which are common
enough to weigh little as words, and 1 for a query without; ``sentence_similarity``: the query's cosine with the nearer
of the two sentences that hold most of its content words, as what answers a question is one sentence, which the rest of
the passage blurs.
"""

_COMMON, _LEAST = 5.0, 0.1
"""Logarithm of the rarity of the most common words, which is taken off, and the weight that always remains."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BREAK = re.compile(r"[。!?;\n]+")
"""What ends a sentence of a folded text. Quotations and brackets are not minded, as they are for sentences shown."""
_TELLING = 2
"""Sentences of a passage that are embedded. All of them take four times as long; on the folds they gain .002 to .004 on
domainrag, whose queries are few, and less than .001 elsewhere."""

_REMEMBERED = 16_384
"""Titles and sentences whose vectors are remembered, a kilobyte each."""


_SHORTEST_STATEMENT = 16
"""Characters below which a text without a number names something, unless it has a full stop."""
_STATES = re.compile(r"[。!?;]|\.$")
_SIGNS = re.compile(r"[\W_]+")
NAMES_ONLY = -2.0
"""What is added to the logit of a passage that is but a name: the cover of a lecture, a title, 课程名称:……. Not fitted,
as the labelled sets have no such passages."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A candidate's texts."""

    title: str
    path: Sequence[str]
    text: str


class Reader:
    """Computes ``TEXT_FEATURES``. Safe to use from several threads."""

    def __init__(self, analyser: Analyser, model: "StaticEmbedder") -> None:
        self._analyser = analyser
        self._model = model
        # Exchanged as a whole: terms decide how a text is cut.
        self._known: tuple[frozenset[str], Recent[str, NDArray[np.float32]]] = (analyser.names, Recent(_REMEMBERED))

    def features(self, query: str, words: Iterable[str], found: Sequence[ReadText]) -> NDArray[np.float64]:
        """One row of ``TEXT_FEATURES`` for each candidate; ``words`` are the analyser's of ``query``."""
        content = [(word, self._rarity(word)) for word in words if not is_function_word(word)]
        asked = fold(query)
        pairs = [(pair, 1.0) for pair in dict.fromkeys(self._analyser.bigrams(asked))]
        folded = fold_many([part for item in found for part in (item.title, "\n".join(item.path), item.text)])
        titles, paths, texts = folded[::3], folded[1::3], folded[2::3]
        headings = [f"{title}\n{path}" if path else title for title, path in zip(titles, paths, strict=True)]
        wholes = [f"{heading}\n{text}" for heading, text in zip(headings, texts, strict=True)]
        telling = [_telling_sentences(text, content) for text in texts]
        title_similarity, sentence_similarity = self._similarities(query, titles, telling)
        columns = [
            _coverage(wholes, content),
            _coverage(wholes, pairs),
            np.log([len(whole) + 1 for whole in wholes]),
            title_similarity,
            _coverage(headings, content),
            np.log([len(heading) + 1 for heading in headings]),
            _numbers(wholes, frozenset(_NUMBER.findall(asked))),
            sentence_similarity,
        ]
        return np.stack(columns, axis=1)

    def _rarity(self, word: str) -> float:
        return max(_LEAST, math.log(COUNTED_WORDS / max(self._analyser.frequency(word), 1)) - _COMMON)

    def _similarities(
        self, query: str, titles: Sequence[str], sentences: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Cosine of the query with each folded title, and with the nearest of each passage's folded sentences."""
        pieces = [*titles, *chain.from_iterable(sentences)]
        names, known = self._known
        if names is not self._analyser.names:
            known = Recent(_REMEMBERED)
            self._known = self._analyser.names, known
        found = known.find(pieces, self._embed)
        vectors = np.concatenate([found[piece] for piece in pieces]).reshape(len(pieces), -1)
        cosines = vectors @ np.array(self._model.embed_query(query), dtype=np.float32)
        sizes = np.array([len(found) for found in sentences])
        starts = len(titles) + np.cumsum(sizes) - sizes
        return cosines[: len(titles)], np.maximum.reduceat(cosines, starts)

    def _embed(self, pieces: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        vectors = self._model.embed_words([self._analyser.cut(piece) for piece in pieces])
        # Copied, so that one that stays does not keep the others.
        return {piece: vector.copy() for piece, vector in zip(pieces, vectors, strict=True)}


def naming_offsets(query: str, found: Sequence[ReadText]) -> NDArray[np.float64]:
    """``NAMES_ONLY`` for each candidate that only names something, 0 for the others."""
    numbers = frozenset(_NUMBER.findall(fold(query)))
    return np.array([NAMES_ONLY * names_only(item, numbers) for item in found])


def names_only(item: ReadText, numbers: frozenset[str]) -> bool:
    """Whether a passage's text is a part of its document's title or another short name, without any of ``numbers``:
    who looks for 第3讲 means its cover, too."""
    if len(item.text) > max(len(item.title), 2 * _SHORTEST_STATEMENT):
        return False
    text = fold(item.text)
    plain = _SIGNS.sub("", text)
    named = _NUMBER.findall(text)
    short = len(plain) < _SHORTEST_STATEMENT and not named
    naming = (short or plain in _SIGNS.sub("", fold(item.title))) and numbers.isdisjoint(named)
    return naming and _STATES.search(text) is None


def _coverage(texts: Sequence[str], parts: Sequence[tuple[str, float]]) -> NDArray[np.float64]:
    """Weighted share of the parts that each text holds."""
    total = sum(weight for _, weight in parts)
    if not total:
        return np.zeros(len(texts))
    return np.array([_held(text, parts) for text in texts]) / total


def _held(text: str, parts: Sequence[tuple[str, float]]) -> float:
    return sum([weight for part, weight in parts if part in text])


def _telling_sentences(text: str, parts: Sequence[tuple[str, float]]) -> list[str]:
    """The sentences of a folded text that hold most of the parts, in order among equals; one at least."""
    sentences = _BREAK.split(text)
    if len(sentences) > _TELLING:
        sentences.sort(key=lambda sentence: _held(sentence, parts), reverse=True)
    return sentences[:_TELLING]


def _numbers(texts: Sequence[str], numbers: frozenset[str]) -> NDArray[np.float64]:
    """Share of the numbers that each text holds as whole ones: 2021 is not in 120213."""
    if not numbers:
        return np.ones(len(texts))
    return np.array([len(numbers.intersection(_NUMBER.findall(text))) for text in texts]) / len(numbers)
