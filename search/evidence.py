"""Sentences as evidence: how likely each one holds the answer to a question.

Every sentence of the best passages becomes a row of named features. A conditional logistic model ("which of these
sentences") turns the rows into shares of probability; a logistic model over the best sentence and its passage says
whether the library holds an answer at all. Both stand in ``answer_weights.json``, fitted by
``tests/benchmarks/answers.py``.
"""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import partial_ratio

from corpus.catalogue.views import PassageInContext
from corpus.text.folding import fold
from corpus.text.references import normalise_identifier
from corpus.text.sentences import split_sentences
from search.fusion import RankedCandidate
from search.hits import make_citation
from search.logistic import LogisticModel
from search.query import Shared
from search.question import Question, has_cue
from search.results import Citation, Standing

SENTENCE_FEATURES = (
    "coverage",
    "beyond",
    "window",
    "context",
    "heading",
    "pairs",
    "likeness",
    "novelty",
    "cue",
    "passage",
    "rank",
    "opening",
)
"""Columns of ``EvidenceTable.features``, in order. Coverages are weighted shares of the question's terms.

``coverage``: in the sentence; ``beyond``: of those that the passage's title and headings lack; ``window``: counting
the sentences beside it at a discount, terms that few of the sentences have weighing more; ``context``: counting the
neighbours, the passage and its headings, too; ``heading``: in title and headings alone; ``pairs``: share of the
question's character pairs, those that few of the sentences have weighing more; ``likeness``: best partial ratio of
question and sentence (rapidfuzz); ``novelty``: logarithm of the number of characters that the question has not;
``cue``: words that go with the kind of answer asked for; ``passage``: the passage's score over the best one's;
``rank``: its reciprocal rank; ``opening``: reciprocal place in the passage.
"""
SUPPORT_FEATURES = ("window", "context", "likeness", "novelty", "rank", "score", "lead", "missing", "wording")
"""Columns of ``EvidenceTable.support_features``: of the best sentence those above and ``score``, its logit; of its
passage with title and headings ``lead``, its coverage less that of the best other passage, ``missing``, the weight
share of the heaviest term that it lacks, and ``wording``, its ``likeness``."""

_NEAR, _IN_PASSAGE, _IN_HEADING = 0.8, 0.6, 0.8
"""What a term counts for that stands in a neighbouring sentence, elsewhere in the passage, in its path or title."""
_BEFORE, _AFTER, _LONG_BEFORE = 0.7, 0.5, 0.4
"""What it counts for in the sentence before, the one after, and two before, for ``window``."""
_PARTIAL = 0.8
"""What the pairs of a term count for when the term itself does not occur."""
IN_PARTS = 0.95
"""What a term counts for whose words all occur, but not side by side."""
_SHORTEST_SENTENCE = 4
_MODELS = Path(__file__).with_name("answer_weights.json")


@dataclass(frozen=True)
class FoundPassage(Shared):
    """A passage that retrieval found, with its score.

    ``codes`` are those of the question that other passages call its document or its course by.
    """

    context: PassageInContext
    score: float
    codes: tuple[str, ...] = ()

    @cached_property
    def folded(self) -> str:
        """Its text, folded."""
        return fold(self.context.passage.text)

    @cached_property
    def heading(self) -> str:
        """Its document's title and codes, and its path, folded."""
        return fold("\n".join((self.context.document.title, *self.codes, *self.context.passage.path)))


@dataclass(frozen=True, slots=True)
class Sentence(Shared):
    """A sentence of a found passage.

    Attributes:
        passage: index of the passage among those found.
        start, end: offsets in the passage's text, blanks at the edges left out.
        text: the passage's text there.
        folded: the same of its folded text.
    """

    passage: int
    start: int
    end: int
    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class EvidenceModels:
    """The two fitted models and the thresholds on the second one."""

    sentence: LogisticModel
    support: LogisticModel
    answered: float
    partial: float


@cache
def load_models(path: Path = _MODELS) -> EvidenceModels:
    """The fitted models.

    Raises:
        ValueError: the file names an unknown feature.
    """
    return models_of(json.loads(path.read_text(encoding="utf-8")))


def models_of(data: Mapping[str, Any]) -> EvidenceModels:
    """The models of a weights file; raises ``ValueError`` for an unknown feature."""
    sentence, support = data["sentence"], data["support"]
    return EvidenceModels(
        LogisticModel(SENTENCE_FEATURES, sentence["bias"], sentence["weights"]),
        LogisticModel(SUPPORT_FEATURES, support["bias"], support["weights"]),
        answered=data["answered"],
        partial=data["partial"],
    )


def with_codes(question: Question, found: Sequence[FoundPassage]) -> tuple[FoundPassage, ...]:
    """The passages with their codes. A code stands once, at a document's head; it is meant in every passage of that
    document and, where it is known to be a course's or the course's name stands beside it, in its other documents."""
    codes = question.codes
    names = {course.code: set(course.names) for course in question.query.courses}
    called: dict[str, set[str]] = {code: names[key] for code in codes if (key := normalise_identifier(code)) in names}
    for code in codes:
        for item in found:
            if code in item.folded or code in item.heading:
                course = item.context.document.course
                named = {course} if course and fold(course) in item.folded else set()
                called.setdefault(code, set()).update(named, {item.context.document.id})
    if not called:
        return tuple(found)
    return tuple(
        replace(
            item, codes=tuple(code for code in called if code not in item.folded and _is_called(item, called[code]))
        )
        for item in found
    )


def _is_called(item: FoundPassage, called: Set[str]) -> bool:
    document = item.context.document
    return document.id in called or (document.course is not None and document.course in called)


def sentences_of(found: Sequence[FoundPassage]) -> list[Sentence]:
    """The sentences of the passages, in order; fragments too short to state anything are left out."""
    sentences = []
    for index, item in enumerate(found):
        text = item.context.passage.text
        for span in split_sentences(text):
            whole = text[span.start : span.end]
            start = span.start + len(whole) - len(whole.lstrip())
            end = span.start + len(whole.rstrip())
            if end - start >= _SHORTEST_SENTENCE:
                sentences.append(Sentence(index, start, end, text[start:end], item.folded[start:end]))
    return sentences


class TermCoverage:
    """How much of a question's terms a text holds, weighted by how rare they are."""

    def __init__(self, question: Question, weights: Mapping[str, float]) -> None:
        self.terms = question.terms
        self._names = [
            [
                (name, _pairs_of_partial(name), question.parts.get(name, ()))
                for name in (term, *question.synonyms.get(term, ()))
            ]
            for term in question.terms
        ]
        raw = np.array([weights.get(term, 1.0) for term in question.terms])
        self.weights: NDArray[np.float64] = raw / raw.sum() if raw.sum() > 0 else raw

    def vector(self, folded: str) -> NDArray[np.float64]:
        """For each term 1 if the text holds it or another name of it, else the discounted share of its pairs."""
        return np.array([max([_covered(*name, folded) for name in names]) for names in self._names])

    def share(self, vector: NDArray[np.float64]) -> float:
        """The weighted sum of a coverage vector, in [0, 1]."""
        return float(vector @ self.weights)


def _pairs_of_partial(term: str) -> list[str]:
    """The pairs of characters by which a term is held in part; a short one is held or not."""
    return [] if len(term) < 3 or term.isascii() else _pairs(term)


def _covered(term: str, pairs: Sequence[str], parts: Sequence[str], folded: str) -> float:
    if term in folded:
        return 1.0
    if parts and all(part in folded for part in parts):
        return IN_PARTS
    return _PARTIAL * sum([pair in folded for pair in pairs]) / len(pairs) if pairs else 0.0


@dataclass(frozen=True, slots=True)
class EvidenceTable(Shared):
    """The features of every sentence, and of each one as the best.

    Attributes:
        sentences: as ``sentences_of`` gave them.
        features: a row of ``SENTENCE_FEATURES`` for each.
        passages: for each passage the coverage vector of the terms by its text, title and headings.
        wordings: for each passage its likeness to the question.
        term_weights: weight share of each of the question's terms.
    """

    sentences: tuple[Sentence, ...]
    features: NDArray[np.float64]
    passages: NDArray[np.float64]
    wordings: NDArray[np.float64]
    term_weights: NDArray[np.float64]

    def shares(self, models: EvidenceModels, eligible: Sequence[int]) -> NDArray[np.float64]:
        """Probability of each sentence to hold the answer if one of the eligible does; of the others 0."""
        shares = np.zeros(len(self.sentences))
        if len(eligible):
            logits = models.sentence.logits(self.features[list(eligible)])
            odds = np.exp(logits - logits.max())
            shares[list(eligible)] = odds / odds.sum()
        return shares

    def support_features(self, models: EvidenceModels, best: int) -> NDArray[np.float64]:
        """A row of ``SUPPORT_FEATURES`` for the sentence at ``best``."""
        row = dict(zip(SENTENCE_FEATURES, self.features[best], strict=True))
        at = self.sentences[best].passage
        covered = self.passages @ self.term_weights
        others = np.delete(covered, at)
        missing = self.missing(best)
        row["score"] = float(models.sentence.logits(self.features[best][np.newaxis, :])[0])
        row["lead"] = float(covered[at] - (others.max() if others.size else 0.0))
        row["missing"] = float(missing.max()) if missing.size else 0.0
        row["wording"] = float(self.wordings[at])
        return np.array([row[name] for name in SUPPORT_FEATURES])

    def missing(self, best: int) -> NDArray[np.float64]:
        """Weight share of each term, as far as the passage of the sentence at ``best`` lacks it."""
        covered = np.minimum(1.0, self.passages[self.sentences[best].passage])
        return np.asarray(self.term_weights * (1.0 - covered), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Evidence(Shared):
    """What the library has on a question.

    Attributes:
        found: the best passages, best first.
        candidates: what retrieval says of them, in the same order.
        table: features of their sentences.
        unmet: for each sentence, the Chinese reason why it cannot be the answer, or None.
        standings: of the passages' documents that are no longer the latest word, by id.
        defining: indices of the sentences that say what the term means whose meaning is asked for.
    """

    question: Question
    found: tuple[FoundPassage, ...]
    candidates: tuple[RankedCandidate, ...]
    table: EvidenceTable
    unmet: tuple[str | None, ...]
    standings: Mapping[str, Standing]
    defining: tuple[int, ...] = ()

    def citation(self, context: PassageInContext, start: int, end: int) -> Citation:
        """The citation of [start, end) of a passage's text, with what became of its document."""
        return make_citation(context, start, end, self.standings.get(context.document.id))


def evidence_table(
    question: Question,
    found: Sequence[FoundPassage],
    sentences: Sequence[Sentence],
    weights: Mapping[str, float],
) -> EvidenceTable:
    """Features of the sentences. Pure.

    Args:
        question: what was asked.
        found: the passages, best first.
        sentences: of those passages, as ``sentences_of`` gives them.
        weights: rarity of the question's terms.
    """
    coverage = TermCoverage(question, weights)
    asked, count = fold(question.query.asked), len(question.terms)
    folded = [sentence.folded for sentence in sentences]
    texts = [item.folded for item in found]
    headings = [item.heading for item in found]
    at = np.array([sentence.passage for sentence in sentences], dtype=np.int64)
    own = _stack([coverage.vector(text) for text in folded], count)
    whole, heads = (_stack([coverage.vector(text) for text in part], count) for part in (texts, headings))
    before, after, long_before = _shifted(own, at, 1), _shifted(own, at, -1), _shifted(own, at, 2)
    context = _most(own, _NEAR * before, _NEAR * after, _IN_PASSAGE * whole[at], _IN_HEADING * heads[at])
    window = _most(own, _BEFORE * before, _AFTER * after, _LONG_BEFORE * long_before)
    telling = _normalised(coverage.weights * _rarity(own > _PARTIAL / 2))
    top = max((item.score for item in found), default=1.0) or 1.0
    places = np.arange(len(at)) - np.searchsorted(at, at)
    columns = (
        own @ coverage.weights,
        np.maximum(own - heads[at], 0.0) @ coverage.weights,
        window @ telling,
        context @ coverage.weights,
        (heads @ coverage.weights)[at],
        _pair_shares(question.terms, folded),
        np.array([partial_ratio(asked, text) / 100 for text in folded]),
        np.log1p(_new_characters(asked, folded)),
        np.array([float(has_cue(question, text)) for text in folded]),
        np.array([item.score / top for item in found])[at] if len(at) else np.zeros(0),
        1.0 / (1.0 + at),
        1.0 / (1.0 + places),
    )
    return EvidenceTable(
        tuple(sentences),
        np.column_stack(columns),
        np.maximum(whole, heads),
        np.array([partial_ratio(asked, text) / 100 for text in texts]),
        coverage.weights,
    )


def _stack(vectors: Sequence[NDArray[np.float64]], count: int) -> NDArray[np.float64]:
    return np.array(vectors, dtype=np.float64).reshape(len(vectors), count)


def _most(*layers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.maximum.reduce(layers), dtype=np.float64)


def _shifted(rows: NDArray[np.float64], passages: NDArray[np.int64], by: int) -> NDArray[np.float64]:
    """For each sentence the row of the one ``by`` before it in its passage; zeros where there is none."""
    source = np.arange(len(rows)) - by
    inside = (source >= 0) & (source < len(rows))
    source = np.where(inside, source, 0)
    same = inside & (passages[source] == passages)
    return np.asarray(rows[source] * same[:, np.newaxis], dtype=np.float64)


def _rarity(has: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Inverse frequency of each column among the sentences."""
    return np.asarray(np.log((len(has) + 1) / (has.sum(axis=0) + 0.5)), dtype=np.float64)


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total = weights.sum()
    return weights / total if total > 0 else weights


def _pair_shares(terms: Sequence[str], folded: Sequence[str]) -> NDArray[np.float64]:
    pairs = sorted({pair for term in terms for pair in _pairs(term)})
    has = np.array([[pair in text for pair in pairs] for text in folded], dtype=bool).reshape(len(folded), len(pairs))
    return np.asarray(has @ _normalised(np.maximum(_rarity(has), 0.0)), dtype=np.float64)


def _new_characters(asked: str, texts: Sequence[str]) -> list[int]:
    """How many letters and digits of each text the question does not have."""
    used = set().union(*texts)
    new = {character: character.isalnum() and character not in asked for character in used}
    return [sum(map(new.__getitem__, text)) for text in texts]


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)] or [text]
