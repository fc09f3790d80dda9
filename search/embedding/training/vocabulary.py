"""The tokenizer: a Unigram model whose pieces are jieba's words with their log frequencies.

Its most probable segmentation is then jieba's, in Rust and without jieba: the model folder is self-contained.
Characters that stand in no word are pieces of their own, so unknown words come apart into known ones.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import rjieba
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "<unk>"
_LONGEST_WORD = 8
_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[a-z]+|\d+")
_CHARACTER_PENALTY = 2.0
"""Log units by which a character alone is less probable than counted: words win over their characters."""


def build_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """A tokenizer with at most ``size`` pieces: every character of ``texts`` and the most frequent words."""
    words: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        words.update(rjieba.cut(text, False))
        characters.update(text)
    kept = {char: count for char, count in characters.items() if char.isalnum() and count > 1}
    frequent = sorted(
        ((word, count) for word, count in words.items() if _WORD.fullmatch(word) and 1 < len(word) <= _LONGEST_WORD),
        key=lambda item: (-item[1], item[0]),
    )[: size - 1 - len(kept)]
    total = words.total()
    pieces = [(word, math.log(count / total)) for word, count in frequent]
    pieces += [(char, math.log(max(words[char], 1) / total) - _CHARACTER_PENALTY) for char in kept]
    pieces.sort(key=lambda piece: (-piece[1], piece[0]))
    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, 2 * min(score for _, score in pieces)), *pieces], unk_id=0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), "removed"),
            pre_tokenizers.Split(Regex(r"\d+|[a-zA-Z]+"), "isolated"),
        ]
    )
    return tokenizer


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Token ids without the unknown token."""
    return [
        [token for token in encoding.ids if token]
        for start in range(0, len(texts), 4096)
        for encoding in tokenizer.encode_batch(texts[start : start + 4096], add_special_tokens=False)
    ]


def decompositions(tokenizer: Tokenizer) -> list[list[int]]:
    """For each piece the best way to write it in shorter ones; empty for characters and the unknown piece.

    Training replaces words by these at random, so that a word and its parts come to mean alike.
    """
    vocabulary = tokenizer.get_vocab()
    pieces = sorted(vocabulary, key=lambda piece: vocabulary[piece])
    # Pieces are sorted by falling log probability, so a piece's rank orders it; fewer parts are better first.
    return [_shorter(piece, vocabulary) if piece != UNKNOWN else [] for piece in pieces]


def _shorter(piece: str, vocabulary: dict[str, int]) -> list[int]:
    best: list[tuple[int, int, list[int]] | None] = [(0, 0, [])] + [None] * len(piece)
    for end in range(1, len(piece) + 1):
        for start in range(end):
            before, part = best[start], piece[start:end]
            if before is None or part == piece or part not in vocabulary:
                continue
            identifier = vocabulary[part]
            option = (before[0] + 1, max(before[1], identifier), [*before[2], identifier])
            known = best[end]
            if known is None or option < known:
                best[end] = option
    found = best[-1]
    return found[2] if found else []


def inverse_document_frequency(documents: Iterable[NDArray[np.int32]], size: int) -> NDArray[np.float32]:
    """Natural logarithm of documents over documents with the token, at least 0.05, for each of ``size`` tokens."""
    frequency, count = np.zeros(size), 0
    for document in documents:
        frequency[np.unique(document)] += 1
        count += 1
    return np.log((count + 1) / (frequency + 1)).clip(0.05).astype(np.float32)
