"""The bundled model's runtime: one vector per token, summed and normalised. No torch, no sentence-transformers."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Encoding, Tokenizer
from tokenizers.pre_tokenizers import WhitespaceSplit

from corpus.errors import ModelUnavailable
from corpus.text.bulk_folding import fold_many
from corpus.text.folding import fold

REPETITION = 0.7
"""A token that stands n times in a text counts n to this power: as in BM25, the second mention says less than the
first. The bundled model is trained with it (docs/decisions/0035)."""

UNRELATED = 0.26
"""Of the questions of five other collections, half have no passage of domainrag above it; of domainrag's own relevant
documents, 2 % stand below."""

_QUERIES = 32
"""Queries whose tokens are remembered, for as long as their searches take."""

_WORDS = 65_536
"""Words whose tokens are remembered."""

_PIECE = re.compile(r"\d+|[a-zA-Z]+|[^\W\da-zA-Z_]+")

_BATCH_CHARACTERS = 500_000
"""Texts tokenised at a time: bounds memory (about 30 MB of encodings) however many passages come."""


class StaticEmbedder:
    """A sentence-transformers ``StaticEmbedding`` folder with vectors in signed bytes and a scale per token."""

    unrelated = UNRELATED

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Raises:
            ModelUnavailable: a file is missing or damaged.
        """
        try:
            self._tokenizer = _tokenizer(folder / "tokenizer.json")
            self._model = self._tokenizer.model
            tensors = load_file(folder / "model.safetensors")
            self._vectors: NDArray[np.int8] = tensors["embeddings"]
            self._scales: NDArray[np.float32] = tensors["weights"].astype(np.float32)
            self.revision = _revision(folder)
        # tokenizers raises plain Exception for a damaged file.
        except Exception as error:
            raise ModelUnavailable(f"自带的向量模型无法读取（{folder.name}），请重新安装论库。") from error
        self.dimensions = int(self._vectors.shape[1])
        # A search embeds its query twice, with the library's weights and without.
        self._query_ids = lru_cache(maxsize=_QUERIES)(self._tokenise)
        self._word_ids = lru_cache(maxsize=_WORDS)(self._tokenise_word)

    def embed_query(self, text: str, weights: NDArray[np.float32] | None = None) -> list[float]:
        """The vector of a query; ``weights`` has one factor for each token."""
        vector: list[float] = self._embed(self._query_ids(text), weights).tolist()
        return vector

    def _tokenise(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(_pieces(fold(text)), add_special_tokens=False).ids
        return ids

    def _tokenise_word(self, folded: str) -> list[int]:
        """As ``_tokenise``, in a sixth of its time: what surrounds the tokenizer's model costs more than the model."""
        return [token.id for piece in _pieces(folded).split() for token in self._model.tokenize(piece)]

    def _encode(self, folded: Iterable[str]) -> list[Encoding]:
        pieces = list(map(_pieces, folded))
        encodings: list[Encoding] = self._tokenizer.encode_batch_fast(pieces, add_special_tokens=False)
        return encodings

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """For each token the number of texts that hold it."""
        counts = np.zeros(len(self._scales), dtype=np.int64)
        for encoding in self._encode(fold_many(texts)):
            counts[list(set(encoding.ids))] += 1
        return counts

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, one row each."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        start = 0
        while start < len(texts):
            end, characters = start, 0
            while end < len(texts) and (end == start or characters + len(texts[end]) <= _BATCH_CHARACTERS):
                characters += len(texts[end])
                end += 1
            for row, encoding in enumerate(self._encode(fold_many(texts[start:end])), start):
                rows[row] = self._embed(encoding.ids)
            start = end
        return rows

    def embed_words(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """The vectors of texts that are cut into words, one row each, in half of the time of ``embed_passages``.

        The model's tokens are jieba's words, so that what is cut by them gets the same vector but where the two
        disagree about a boundary.
        """
        ids = [list(chain.from_iterable(map(self._word_ids, words))) for words in texts]
        # Each token of each text once, the texts one after the other.
        places = np.repeat(np.arange(len(texts)) * len(self._scales), list(map(len, ids)))
        tokens = np.fromiter(chain.from_iterable(ids), dtype=np.intp, count=len(places))
        distinct, counts = np.unique(places + tokens, return_counts=True)
        owners, index = np.divmod(distinct, len(self._scales))
        scales = self._scales[index] * counts.astype(np.float32) ** REPETITION
        vectors = self._vectors[index].astype(np.float32)
        bounds = np.searchsorted(owners, np.arange(len(texts) + 1)).tolist()
        rows = np.array([scales[start:end] @ vectors[start:end] for start, end in pairwise(bounds)], dtype=np.float32)
        rows = rows.reshape(len(texts), self.dimensions)
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        rows /= np.where(lengths > 0, lengths, 1)[:, np.newaxis]
        return rows

    def _embed(self, ids: Sequence[int], weights: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The scaled sum of the tokens' vectors, each by ``REPETITION``, at unit length; zero stays zero."""
        counts = Counter(ids)
        index = np.fromiter(counts, dtype=np.intp, count=len(counts))
        scales = self._scales[index] * np.fromiter(counts.values(), np.float32, len(counts)) ** REPETITION
        if weights is not None:
            scales *= weights[index]
        total = scales @ self._vectors[index].astype(np.float32)
        length = float(np.sqrt(total @ total))
        return np.asarray(total / length if length > 0 else total, dtype=np.float32)


def _tokenizer(file: Path) -> Tokenizer:
    """The model's tokenizer for texts that ``_pieces`` has prepared."""
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.normalizer, tokenizer.pre_tokenizer = None, WhitespaceSplit()
    return tokenizer


def _pieces(text: str) -> str:
    """A text as the model's tokenizer begins with it: in NFKC and small letters, its runs of letters and digits, Latin
    words and numbers apart from the others. Python does that in a fifth of the time."""
    normal = text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
    return " ".join(_PIECE.findall(normal.lower()))


def _revision(folder: Path) -> str:
    digest = hashlib.sha256(str(REPETITION).encode())
    for name in ("tokenizer.json", "model.safetensors"):
        digest.update((folder / name).read_bytes())
    return f"static-{digest.hexdigest()[:16]}"
