"""Words, bigrams and tokens: what is indexed and what is searched, cut by the same code."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import add

import rjieba

from corpus.terms import TermBase
from corpus.text.folding import FOLDING_VERSION, fold
from corpus.text.function_words import is_function_word
from corpus.text.quantities import find_quantities

ANALYSER_VERSION = 3

COUNTED_WORDS = 60_000_000
"""Words that the dictionary's frequencies were counted on."""

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


class _Vocabulary:
    """What the analyser knows at one time; exchanged as a whole, so that no text is cut by half of two.

    Every term gets the frequency that the general dictionary alone suggests for it. A term thus changes how texts are
    cut that hold it, and no others, whatever other terms there are.
    """

    def __init__(self, terms: TermBase) -> None:
        self.terms = terms
        self.jieba = rjieba.Jieba()
        self.names = terms.folded_names
        for name, frequency in [(name, self.jieba.suggest_freq(name)) for name in sorted(self.names)]:
            self.jieba.add_word(name, frequency, None)
        synonyms: dict[str, set[str]] = {}
        for term in terms.terms:
            names = set(map(fold, term.names))
            for name in names:
                synonyms.setdefault(name, set()).update(names)
        self.synonyms = {name: tuple(sorted(names - {name})) for name, names in synonyms.items()}
        self.inner_words = lru_cache(maxsize=65_536)(self._find_inner_words)
        self.words_in = lru_cache(maxsize=65_536)(self._find_words_in)

    def _find_inner_words(self, word: str) -> tuple[tuple[str, int], ...]:
        """Dictionary words of four or more characters inside ``word``; jieba itself gives those of two and three."""
        if word.isascii():
            return ()
        places = ((start, size) for size in range(4, len(word)) for start in range(len(word) - size + 1))
        found = ((word[start : start + size], start) for start, size in places)
        return tuple((inner, start) for inner, start in found if self.jieba.has_word(inner))

    def _find_words_in(self, word: str) -> tuple[str, ...]:
        """A word with the words inside it before it; none of punctuation and blanks."""
        if not word[0].isalnum():
            return ()
        return (*(inner for inner, _ in self.inner_words(word)), word) if len(word) > 4 else (word,)


class Analyser:
    """Cuts text by jieba's dictionary and the term base, without its hidden Markov model.

    The model would guess words that depend on their neighbours, so that index and query could differ
    (docs/decisions/0003).

    Attributes:
        fingerprint: hash of the analyser's version. An index is only valid for one fingerprint; for the terms it need
            not be built anew, as a change of them says itself which passages are to be cut again (``names``).
    """

    def __init__(self, terms: TermBase) -> None:
        version = f"{ANALYSER_VERSION}:{FOLDING_VERSION}"
        self.fingerprint = hashlib.sha256(version.encode()).hexdigest()
        self.use(terms)

    def use(self, terms: TermBase) -> None:
        """Go on with the accepted ones of these terms."""
        self._vocabulary = _Vocabulary(terms.accepted)

    @property
    def terms(self) -> TermBase:
        """The accepted terms."""
        return self._vocabulary.terms

    @property
    def names(self) -> frozenset[str]:
        """The folded names that are kept whole."""
        return self._vocabulary.names

    def words(self, text: str) -> list[str]:
        """Folded words with the words inside them (百姓名嘴 → 百姓, 姓名, 名嘴, 百姓名嘴); no punctuation or blanks."""
        return self._words(fold(text))

    def _words(self, folded: str) -> list[str]:
        vocabulary = self._vocabulary
        return list(chain.from_iterable(map(vocabulary.words_in, vocabulary.jieba.cut_for_search(folded, hmm=False))))

    def word_terms(self, folded: str) -> list[str]:
        """What the words leg holds of a folded text: its words, and its quantities in one spelling (三年, 3年: 3年)."""
        return self._words(folded) + [quantity.term for quantity in find_quantities(folded)]

    def cut(self, folded: str) -> list[str]:
        """A folded text in words that do not overlap, punctuation and blanks included."""
        return self._vocabulary.jieba.cut(folded, hmm=False)

    def segments(self, text: str) -> list[str]:
        """Folded words end to end, without those inside them; characters that no word joins stand together.

        百姓名嘴宣讲 → 百姓名嘴, 宣讲; 柴琬舸, which is in no dictionary, stays whole.
        """
        return [word for run in self.runs(text) for word in run]

    def runs(self, text: str) -> list[list[str]]:
        """``segments`` between punctuation, blanks and line ends."""
        runs: list[list[str]] = [[]]
        joins = False
        for word in self.cut(fold(text)):
            if not word[0].isalnum():
                joins = False
                runs.append([])
                continue
            lone = len(word) == 1 and not word.isascii() and not is_function_word(word)
            if lone and joins:
                runs[-1][-1] += word
            else:
                runs[-1].append(word)
            joins = lone
        return [run for run in runs if run]

    def synonyms(self, word: str) -> tuple[str, ...]:
        """Folded other names of a folded term: its aliases, or the term and the other aliases."""
        return self._vocabulary.synonyms.get(word, ())

    def bigrams(self, folded: str) -> list[str]:
        """Pairs of neighbouring characters of a folded text within runs of letters, digits and Han; a run of one as it
        is."""
        bigrams: list[str] = []
        for run in _RUN.findall(folded):
            bigrams.extend(map(add, run, run[1:]) if len(run) > 1 else run)
        return bigrams

    def tokens(self, text: str) -> list[Token]:
        """``words`` with their places in the original text, which folding keeps."""
        return list(self._tokens(fold(text)))

    def tagged(self, text: str) -> list[TaggedToken]:
        """The likeliest cut into words that do not overlap, punctuation and blanks included, with parts of speech."""
        tokens = []
        at = 0
        for word, tag in self._vocabulary.jieba.tag(fold(text), hmm=False):
            tokens.append(TaggedToken(word, at, at + len(word), tag))
            at += len(word)
        return tokens

    def frequency(self, word: str) -> int:
        """About how often a folded word stands in the 60 million words that jieba's dictionary was counted on.

        For a word that is not in the dictionary: what the frequencies of its parts make likely.
        """
        return int(self._vocabulary.jieba.suggest_freq(word))

    def has_word(self, word: str) -> bool:
        """Whether a folded word is in the dictionary or a term."""
        return bool(self._vocabulary.jieba.has_word(word))

    def _tokens(self, folded: str) -> Iterator[Token]:
        vocabulary = self._vocabulary
        for word, start, end in vocabulary.jieba.tokenize(folded, "search", hmm=False):
            if word[0].isalnum():
                if len(word) > 4:
                    for inner, offset in vocabulary.inner_words(word):
                        yield Token(inner, start + offset, start + offset + len(inner))
                yield Token(word, start, end)
