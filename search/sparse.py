"""Sparse vectors of words and bigrams: BM25 split between us and the engine.

BM25 as in Robertson & Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond* (2009), eq. 3.15, sums over
the query's terms: count in query · IDF · tf (k1 + 1) / (tf + k1 (1 - b + b · length / average length)). The last factor
is known when a passage is indexed and is its weight; the engine multiplies by IDF, which changes with the collection
(``Modifier.Idf``: ln(1 + (N - n + 0.5) / (n + 0.5))).

The average length is a constant, so that a passage's weights never depend on the rest of the collection. ``K1`` and
``B`` are those of Anserini (Yang et al., SIGIR 2017). Over whole texts of three labelled sets (nDCG@10 of words / of
bigrams: STARD, DomainRAG, RGB) they gave .306/.334, .515/.537, .401/.393, against .331/.349, .485/.507, .388/.381 for
the textbook k1 = 1.2, b = 0.75: less on short statute articles, more on everything else. Counting a title's terms
twice gained .01 on DomainRAG and lost .003 on STARD, and is not done.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from types import MappingProxyType
from typing import Protocol
from zlib import crc32

import numpy as np

from corpus.text.code_points import code_points
from corpus.text.folding import fold
from search.engine.interface import BIGRAMS, WORDS, SparseVector
from search.pair_indices import Occurrences, pair_indices

K1 = 0.9
B = 0.4
SYNONYM_WEIGHT = 0.5
"""What a word counts that only another name of a term in the query has: half of one that was asked for."""

AVERAGE_LENGTH = MappingProxyType({WORDS: 150, BIGRAMS: 150})
"""Terms of an average passage with its title and path."""


_TOGETHER = 250
"""Passages whose vectors are made together: with 2,000 each takes twice as long, out of the processor's cache."""


class Analyser(Protocol):
    """What ``corpus.text.analyser.Analyser`` offers here."""

    def words(self, text: str) -> list[str]: ...  # noqa: D102

    def word_terms(self, folded: str) -> list[str]: ...  # noqa: D102

    def bigrams(self, folded: str) -> list[str]: ...  # noqa: D102


def index_text(title: str, path: Sequence[str], text: str) -> str:
    """What is indexed of a passage: a heading's words stand for every passage below it."""
    return "\n".join((title, *path, text))


def term_index(term: str) -> int:
    """The dimension of a term: CRC-32 of its UTF-8 bytes.

    Two of 200,000 words share a dimension with probability 1 / 2^32 per pair, which makes 5 such pairs (116 among a
    million bigrams); a shared dimension only costs those terms some precision.
    """
    return term_indices((term,))[0]


def term_indices(terms: Iterable[str]) -> list[int]:
    """``term_index`` of each term, all within C: a passage has some 600 of them."""
    return list(map(crc32, map(str.encode, terms)))


def passage_vectors(folded: Sequence[str], analyser: Analyser) -> Iterator[dict[str, SparseVector]]:
    """The vectors of indexed texts, which are folded already, by vector name: together, as the bigrams of many
    take a quarter of the time."""
    for start in range(0, len(folded), _TOGETHER):
        texts = folded[start : start + _TOGETHER]
        terms = [term_indices(analyser.word_terms(text)) for text in texts]
        owners = np.repeat(np.arange(len(texts)), list(map(len, terms)))
        indices = np.fromiter(chain.from_iterable(terms), dtype=np.uint32, count=len(owners))
        words = _passage_vectors(Occurrences(owners, indices), len(texts), AVERAGE_LENGTH[WORDS])
        bigrams = _passage_vectors(pair_indices(code_points(texts)), len(texts), AVERAGE_LENGTH[BIGRAMS])
        yield from ({WORDS: one, BIGRAMS: other} for one, other in zip(words, bigrams, strict=True))


def query_vectors(text: str, analyser: Analyser, synonyms: Iterable[str] = ()) -> dict[str, SparseVector]:
    """The vectors of a query, by vector name: each term with its count, and the words of ``synonyms`` with less."""
    folded = fold(text)
    words = _query_vector(analyser.word_terms(folded))
    known = set(words.indices)
    added = {term_index(word) for name in synonyms for word in analyser.words(name)} - known
    words = SparseVector([*words.indices, *sorted(added)], [*words.values, *[SYNONYM_WEIGHT] * len(added)])
    return {WORDS: words, BIGRAMS: _query_vector(analyser.bigrams(folded))}


def word_vector(text: str, analyser: Analyser) -> SparseVector:
    """The vector of a text's own words alone."""
    return _query_vector(analyser.word_terms(fold(text)))


def _passage_vectors(terms: Occurrences, texts: int, average_length: int) -> Iterator[SparseVector]:
    lengths = np.bincount(terms.owners, minlength=texts)
    places, counts = np.unique(terms.owners << 32 | terms.indices, return_counts=True)
    owners = places >> 32
    length_parts = K1 * (1 - B + B * lengths / average_length)
    weights = (counts * (K1 + 1) / (counts + length_parts[owners])).tolist()
    indices = (places & 0xFFFFFFFF).tolist()
    bounds = np.searchsorted(owners, np.arange(texts + 1)).tolist()
    return (SparseVector(indices[start:end], weights[start:end]) for start, end in pairwise(bounds))


def _query_vector(terms: Iterable[str]) -> SparseVector:
    counts = _counts(terms)
    return SparseVector(list(counts), [float(count) for count in counts.values()])


def _counts(terms: Iterable[str]) -> dict[int, int]:
    counted = Counter(terms)
    indices = term_indices(counted)
    counts = dict(zip(indices, counted.values(), strict=True))
    if len(counts) < len(counted):  # two terms share a dimension
        counts = dict.fromkeys(indices, 0)
        for index, count in zip(indices, counted.values(), strict=True):
            counts[index] += count
    return counts
