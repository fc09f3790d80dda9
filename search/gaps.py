"""The gap register (问不到就登记): what the library could not answer, and what became of it.

Nobody's name is kept, and what looks like a person's number or address is blanked before a question is stored. Two
wordings are the same question when the embeddings are close and nothing that decides an answer differs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue import Catalogue, GapCause, GapReceipt
from corpus.errors import InvalidQuery
from corpus.identifiers import passage_number, text_hash
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.embedding import Embedder
from search.query import parse_query
from search.question import Question, QuestionReader

KNOWN_WORDINGS = 2_000
"""Newest wordings that a new question is compared with."""
SAME_COSINE = 0.8
"""Least cosine of two wordings of one question, set together with the other conditions (decision 0021)."""
MASK = "〇"

_PERSONAL = re.compile(
    r"[0-9A-Za-z_.+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+"  # e-mail
    r"|(?<!\d)[1-9]\d{16}[\dXx](?!\d)"  # identity card
    r"|(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"  # mobile phone
    r"|(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)"  # telephone
    r"|(?<!\d)\d{16,19}(?!\d)"  # bank card
)
_DECISIVE = re.compile(r"[0-9a-z]+")


def without_personal_data(question: str) -> str:
    """The question on one line, with the characters of numbers and addresses that name a person blanked."""
    return " ".join(_PERSONAL.sub(lambda match: MASK * 4, question).split())


class WordingReader:
    """Tells whether two wordings are one question."""

    def __init__(self, analyser: Analyser, embedder: Embedder) -> None:
        self._analyser, self._embedder = analyser, embedder
        self._reader = QuestionReader(analyser)
        self._read = lru_cache(maxsize=2 * KNOWN_WORDINGS)(self._read_uncached)

    def likeness(self, one: str, other: str) -> float | None:
        """The cosine of two wordings of one question; None for two questions."""
        (asked, vector), (known, near) = self._read(one), self._read(other)
        cosine = float(vector @ near)
        return cosine if cosine >= SAME_COSINE and _same_parts(asked, known) else None

    def _read_uncached(self, text: str) -> tuple[Question, NDArray[Any]]:
        question = self._reader.read(parse_query(text, self._analyser).without_phrases())
        return question, np.asarray(self._embedder.embed_query(text), dtype=np.float32)


class GapRegister:
    """Keeps questions apart that are different, and together that are the same."""

    def __init__(self, catalogue: Catalogue, analyser: Analyser, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._wordings = WordingReader(analyser, embedder)

    def register(self, question: str, cause: GapCause, groups: frozenset[str] | None) -> GapReceipt:
        """Count a question that was not answered.

        Raises:
            InvalidQuery: nothing to ask for, or too long.
        """
        text = without_personal_data(question)
        key = _key(text)
        same_as = None if self._catalogue.gap_wording(key) else self._same_question(text)
        identifier = self._catalogue.register_gap(key, text, cause, same_as)
        return self._catalogue.gap_receipts([identifier], groups)[identifier]

    def standing(self, question: str, groups: frozenset[str] | None) -> GapReceipt | None:
        """What became of a question, if it was registered in these words."""
        identifier = self._catalogue.gap_wording(_key(without_personal_data(question)))
        return None if identifier is None else self._catalogue.gap_receipts([identifier], groups).get(identifier)

    def accept(self, question: str, passage_ids: Sequence[str], groups: frozenset[str]) -> int:
        """Keep the passages that the reader can read as accepted answers to the question; how many those are."""
        text = without_personal_data(question)
        found = self._catalogue.hydrate(list(_numbers(passage_ids)), groups).values()
        passages = {item.passage.id: text_hash(item.passage.text) for item in found if item.passage.id in passage_ids}
        if passages:
            self._catalogue.accept_pairs(_key(text), text, passages)
        return len(passages)

    def _same_question(self, text: str) -> str | None:
        """Key of the nearest known wording of the same question."""
        known = self._catalogue.gap_wordings(KNOWN_WORDINGS)
        alike = {key: self._wordings.likeness(text, wording) for key, wording in known.items()}
        found = [(cosine, key) for key, cosine in alike.items() if cosine is not None]
        # Of equally near ones the one that is known first.
        return max(found, key=lambda item: item[0])[1] if found else None


def _numbers(passage_ids: Iterable[str]) -> Iterator[int]:
    for identifier in passage_ids:
        with suppress(ValueError):  # What is no id is none of a passage.
            yield passage_number(identifier)


def _key(text: str) -> str:
    """Identifies a wording: its letters and digits, however they are typed."""
    plain = "".join(character for character in fold(text) if character.isalnum())
    if not plain:
        raise InvalidQuery("请写出要登记的问题。")
    return text_hash(plain)


def _same_parts(one: Question, other: Question) -> bool:
    """Whether two questions ask for the same kind of answer about the same things.

    Years, numbers, places and quoted names must be the same, and a word that only one of them has must be a form of a
    word of the other: 道德 and 哲学 make two questions of one sentence.
    """
    if _decisive(one) != _decisive(other):
        return False
    pairs = ((set(one.terms) - set(other.terms), other), (set(other.terms) - set(one.terms), one))
    return all(_has_form(word, question) for words, question in pairs for word in words)


def _decisive(question: Question) -> tuple[object, ...]:
    numbers = sorted(_DECISIVE.findall(fold(question.query.asked)))
    return question.type, set(question.places), set(question.required), set(question.query.identifiers), numbers


def _has_form(word: str, question: Question) -> bool:
    names = {name for term in question.terms for name in (term, *question.synonyms.get(term, ()))}
    return word in names or any(set(word) & set(name) for name in names)
