"""Words, bigrams and tokens: what is indexed and what is searched, cut by the same code."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import rjieba

from corpus.terms import TermBase
from corpus.text.folding import FOLDING_VERSION, fold
from corpus.text.function_words import is_function_word

ANALYSER_VERSION = 1

_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word and its half-open span in the original text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TaggedToken(Token):
    """A token with its part of speech in jieba's notation (n…, v…, nr a person, ns a place); empty if unknown."""

    tag: str


class Analyser:
    """Cuts text by jieba's dictionary and the term base, without its hidden Markov model.

    The model would guess words that depend on their neighbours, so that index and query could differ
    (docs/decisions/0003).

    Attributes:
        fingerprint: hash of the analyser's version and the term base; an index is only valid for one fingerprint.
    """

    def __init__(self, terms: TermBase) -> None:
        self._jieba = rjieba.Jieba()
        self._synonyms = {
            name: tuple(other for other in names if other != name)
            for names in (tuple(dict.fromkeys(map(fold, (term.text, *term.aliases)))) for term in terms.terms)
            for name in names
        }
        for word in sorted({fold(word) for word in terms.words}):
            if _RUN.fullmatch(word):
                self._jieba.add_word(word, None, None)
        version = f"{ANALYSER_VERSION}:{FOLDING_VERSION}:{terms.hash}"
        self.fingerprint = hashlib.sha256(version.encode()).hexdigest()
        self._inner_words = lru_cache(maxsize=65_536)(self._find_inner_words)

    def words(self, text: str) -> list[str]:
        """Folded words with the words inside them (百姓名嘴 → 百姓, 姓名, 名嘴, 百姓名嘴); no punctuation or blanks."""
        words: list[str] = []
        for word in self._jieba.cut_for_search(fold(text), hmm=False):
            if word[0].isalnum():
                if len(word) > 4:
                    words.extend(inner for inner, _ in self._inner_words(word))
                words.append(word)
        return words

    def segments(self, text: str) -> list[str]:
        """Folded words end to end, without those inside them; characters that no word joins stand together.

        百姓名嘴宣讲 → 百姓名嘴, 宣讲; 柴琬舸, which is in no dictionary, stays whole.
        """
        segments: list[str] = []
        joins = False
        for word in self._jieba.cut(fold(text), hmm=False):
            if not word[0].isalnum():
                joins = False
                continue
            lone = len(word) == 1 and not word.isascii() and not is_function_word(word)
            if lone and joins:
                segments[-1] += word
            else:
                segments.append(word)
            joins = lone
        return segments

    def synonyms(self, word: str) -> tuple[str, ...]:
        """Folded other names of a folded term: its aliases, or the term and the other aliases."""
        return self._synonyms.get(word, ())

    def bigrams(self, text: str) -> list[str]:
        """Folded pairs of neighbouring characters within runs of letters, digits and Han; a run of one as it is."""
        bigrams: list[str] = []
        for run in _RUN.findall(fold(text)):
            bigrams.extend(map("".join, pairwise(run)) if len(run) > 1 else run)
        return bigrams

    def tokens(self, text: str) -> list[Token]:
        """``words`` with their places in the original text, which folding keeps."""
        return list(self._tokens(fold(text)))

    def tagged(self, text: str) -> list[TaggedToken]:
        """The likeliest cut into words that do not overlap, punctuation and blanks included, with parts of speech."""
        tokens = []
        at = 0
        for word, tag in self._jieba.tag(fold(text), hmm=False):
            tokens.append(TaggedToken(word, at, at + len(word), tag))
            at += len(word)
        return tokens

    def frequency(self, word: str) -> int:
        """About how often a folded word stands in the 60 million words that jieba's dictionary was counted on.

        For a word that is not in the dictionary: what the frequencies of its parts make likely.
        """
        return int(self._jieba.suggest_freq(word))

    def _tokens(self, folded: str) -> Iterator[Token]:
        for word, start, end in self._jieba.tokenize(folded, "search", hmm=False):
            if word[0].isalnum():
                if len(word) > 4:
                    for inner, offset in self._inner_words(word):
                        yield Token(inner, start + offset, start + offset + len(inner))
                yield Token(word, start, end)

    def _find_inner_words(self, word: str) -> tuple[tuple[str, int], ...]:
        """Dictionary words of four or more characters inside ``word``; jieba itself gives those of two and three."""
        if word.isascii():
            return ()
        places = ((start, size) for size in range(4, len(word)) for start in range(len(word) - size + 1))
        found = ((word[start : start + size], start) for start, size in places)
        return tuple((inner, start) for inner, start in found if self._jieba.has_word(inner))
