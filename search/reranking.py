"""The second look at the best candidates: what their texts and titles say of the query, beyond the legs' scores.

The legs score every passage of the library and therefore by little; a few dozen candidates can be read. The features
are added to the fusion's logit (``search.fusion``), with weights from the same file and the same fit, so that the order
stays one weighted sum.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from corpus.text.analyser import Analyser
from corpus.text.bulk_folding import fold_many
from corpus.text.function_words import is_function_word
from search.embedding import Embedder

RERANKED = 24
"""Candidates that are read: with 40 of them no labelled set is better by more than .0005."""

TEXT_FEATURES = ("coverage", "pairs", "length", "title_similarity", "title_coverage", "title_length")
"""Columns of ``Reader.features``, in order.

``coverage``: share of the query's content words that the passage, its path or its title holds, weighted by how rare
they are in the language; ``pairs``: share of its character pairs; ``length``: logarithm of the characters read;
``title_similarity``: cosine of the title's and the query's embedding; ``title_coverage`` and ``title_length``: as the
first and the third, for title and path alone.
"""

_COUNTED_WORDS = 60_000_000
"""Words that the dictionary's frequencies were counted on."""
_COMMON, _LEAST = 5.0, 0.1
"""Logarithm of the rarity of the most common words, which is taken off, and the weight that always remains."""
_KEPT_TITLES = 60_000
"""Title vectors kept, a kilobyte each. Embedding those of a query's candidates takes 1.4 ms, of all of 54,654 articles
two seconds, once, before a server answers."""
_TOGETHER = 100
_PRELOADING = 10.0
"""Seconds after which the rest waits until it is asked for: a transformer takes minutes for as many."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A candidate's texts."""

    title: str
    path: Sequence[str]
    text: str


class Reader:
    """Computes ``TEXT_FEATURES``. Safe to use from several threads."""

    def __init__(self, analyser: Analyser, embedder: Embedder) -> None:
        self._analyser = analyser
        self._embedder = embedder
        self._titles: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def features(self, query: str, words: Iterable[str], found: Sequence[ReadText]) -> NDArray[np.float64]:
        """One row of ``TEXT_FEATURES`` for each candidate; ``words`` are the analyser's of ``query``."""
        content = [word for word in words if not is_function_word(word)]
        weights = [self._rarity(word) for word in content]
        pairs = list(dict.fromkeys(self._analyser.bigrams(query)))
        folded = fold_many([text for item in found for text in ("\n".join((item.title, *item.path)), item.text)])
        headings = folded[::2]
        wholes = [f"{heading}\n{text}" for heading, text in zip(headings, folded[1::2], strict=True)]
        columns = [
            _coverage(wholes, content, weights),
            _coverage(wholes, pairs, [1.0] * len(pairs)),
            np.log([len(whole) + 1 for whole in wholes]),
            self._title_vectors([item.title for item in found]) @ np.array(self._embedder.embed_query(query)),
            _coverage(headings, content, weights),
            np.log([len(heading) + 1 for heading in headings]),
        ]
        return np.stack(columns, axis=1)

    def _rarity(self, word: str) -> float:
        return max(_LEAST, math.log(_COUNTED_WORDS / max(self._analyser.frequency(word), 1)) - _COMMON)

    def preload(self, titles: Sequence[str]) -> None:
        """Know the vectors of titles before anyone asks, of as many as are kept and as a few seconds allow."""
        distinct, until = list(dict.fromkeys(titles))[:_KEPT_TITLES], time.monotonic() + _PRELOADING
        for start in range(0, len(distinct), _TOGETHER):
            if time.monotonic() > until:
                break
            self._title_vectors(distinct[start : start + _TOGETHER])

    def _title_vectors(self, titles: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:
            known = {title: self._titles[title] for title in titles if title in self._titles}
        missing = list(dict.fromkeys(title for title in titles if title not in known))
        known |= zip(missing, self._embedder.embed_passages(missing), strict=True)
        with self._lock:
            self._titles.update(known)
            while len(self._titles) > _KEPT_TITLES:
                self._titles.popitem(last=False)
        return np.array([known[title] for title in titles], dtype=np.float32)


def _coverage(texts: Sequence[str], parts: Sequence[str], weights: Sequence[float]) -> NDArray[np.float64]:
    """Weighted share of the parts that each text holds."""
    total = sum(weights)
    if not total:
        return np.zeros(len(texts))
    weighted = list(zip(parts, weights, strict=True))
    return np.array([sum([weight for part, weight in weighted if part in text]) for text in texts]) / total
