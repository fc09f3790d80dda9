"""Sentences as evidence: how likely each one holds the answer to a question.

Every sentence of the best passages becomes a row of named features; a logistic model (``answer_weights.json``, fitted
by ``tests/benchmarks/answers.py``) turns it into a probability. A second model of the same kind, over the features of
the best sentence and of the retrieval, says whether the library holds an answer at all.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue.views import PassageInContext
from corpus.text.folding import fold
from corpus.text.sentences import split_sentences
from search.logistic import LogisticModel
from search.query import Shared
from search.question import AnswerType, Question, bears_type, counts_unit

SENTENCE_FEATURES = (
    "coverage",
    "context",
    "bigrams",
    "similarity",
    "passage",
    "rank",
    "typed",
    "untyped",
    "counts",
    "novelty",
    "heading",
    "asking",
)
"""Columns of ``sentence_features``, in order.

``coverage``: weighted share of the question's terms in the sentence; ``context``: the same with the sentences around
it, the passage, its path and its title counted too, at a discount; ``bigrams``: share of the question's character
pairs in the sentence; ``similarity``: cosine of the embeddings; ``passage``: the passage's score; ``rank``: its
reciprocal rank; ``typed`` and ``untyped``: a number or time is asked for, and the sentence has or has none; ``counts``:
it has a number of the unit asked for; ``novelty``: logarithm of the number of characters in the sentence that the
question has not; ``heading``: coverage by path and title alone; ``asking``: the sentence is itself a question.
"""
SUPPORT_FEATURES = ("coverage", "context", "bigrams", "similarity", "passage", "missing")
"""Columns of ``support_features``: those of the best sentence, and ``missing``, the weight share of the heaviest term
that stands nowhere in its passage, path or title."""

_NEAR, _IN_PASSAGE, _IN_HEADING = 0.8, 0.6, 0.8
"""What a term counts for that stands in a neighbouring sentence, elsewhere in the passage, in its path or title."""
_PARTIAL = 0.8
"""What the pairs of a term count for when the term itself does not occur."""
_SHORTEST_SENTENCE = 4
_MODELS = Path(__file__).with_name("answer_weights.json")


@dataclass(frozen=True, slots=True)
class FoundPassage(Shared):
    """A passage that retrieval found, with its score."""

    context: PassageInContext
    score: float


@dataclass(frozen=True, slots=True)
class Sentence(Shared):
    """A sentence of a found passage.

    Attributes:
        passage: index of the passage among those found.
        start, end: offsets in the passage's text, blanks at the edges left out.
        text: the passage's text there.
    """

    passage: int
    start: int
    end: int
    text: str


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
    import json

    data = json.loads(path.read_text(encoding="utf-8"))
    sentence, support = data["sentence"], data["support"]
    return EvidenceModels(
        LogisticModel(SENTENCE_FEATURES, sentence["bias"], sentence["weights"]),
        LogisticModel(SUPPORT_FEATURES, support["bias"], support["weights"]),
        answered=data["answered"],
        partial=data["partial"],
    )


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
                sentences.append(Sentence(index, start, end, text[start:end]))
    return sentences


class TermCoverage:
    """How much of a question's terms a text holds, weighted by how rare they are."""

    def __init__(self, question: Question, weights: Mapping[str, float]) -> None:
        self.terms = question.terms
        self._names = [(term, *question.synonyms.get(term, ())) for term in question.terms]
        raw = np.array([weights.get(term, 1.0) for term in question.terms])
        self.weights: NDArray[np.float64] = raw / raw.sum() if raw.sum() > 0 else raw

    def vector(self, folded: str) -> NDArray[np.float64]:
        """For each term 1 if the text holds it or another name of it, else the discounted share of its pairs."""
        return np.array([max(self._one(name, folded) for name in names) for names in self._names])

    def share(self, vector: NDArray[np.float64]) -> float:
        """The weighted sum of a coverage vector, in [0, 1]."""
        return float(vector @ self.weights)

    @staticmethod
    def _one(term: str, folded: str) -> float:
        if term in folded:
            return 1.0
        if len(term) < 3 or term.isascii():
            return 0.0
        pairs = [term[at : at + 2] for at in range(len(term) - 1)]
        return _PARTIAL * sum(pair in folded for pair in pairs) / len(pairs)


@dataclass(frozen=True, slots=True)
class EvidenceTable(Shared):
    """The features of every sentence, and of each one as the best.

    Attributes:
        sentences: as ``sentences_of`` gave them.
        features: a row of ``SENTENCE_FEATURES`` for each.
        contexts: for each sentence the coverage vector of its terms with everything around it, for ``missing``.
        term_weights: weight share of each of the question's terms.
    """

    sentences: tuple[Sentence, ...]
    features: NDArray[np.float64]
    contexts: NDArray[np.float64]
    term_weights: NDArray[np.float64]

    def scores(self, models: EvidenceModels) -> NDArray[np.float64]:
        """Probability of each sentence to hold the answer."""
        return models.sentence.score(self.features)

    def support_features(self, best: int) -> NDArray[np.float64]:
        """A row of ``SUPPORT_FEATURES`` for the sentence at ``best``."""
        row = dict(zip(SENTENCE_FEATURES, self.features[best], strict=True))
        missing = self.term_weights * (1.0 - np.minimum(1.0, self.contexts[best]))
        row["missing"] = float(missing.max()) if missing.size else 0.0
        return np.array([row[name] for name in SUPPORT_FEATURES])


def evidence_table(
    question: Question,
    found: Sequence[FoundPassage],
    similarities: NDArray[np.float64],
    sentences: Sequence[Sentence],
    weights: Mapping[str, float],
) -> EvidenceTable:
    """Features of the sentences. Pure.

    Args:
        question: what was asked.
        found: the passages, best first.
        similarities: cosine of the question's and each sentence's embedding.
        sentences: of those passages, as ``sentences_of`` gives them.
        weights: rarity of the question's terms.
    """
    coverage = TermCoverage(question, weights)
    asked = fold(question.query.text)
    pairs = {pair for term in question.terms for pair in _pairs(term)}
    folded = [fold(sentence.text) for sentence in sentences]
    own = [coverage.vector(text) for text in folded]
    whole = [coverage.vector(fold(item.context.passage.text)) for item in found]
    heads = [
        coverage.vector(fold("\n".join((item.context.document.title, *item.context.passage.path)))) for item in found
    ]
    top = max((item.score for item in found), default=1.0) or 1.0
    rows, contexts = [], []
    for index, sentence in enumerate(sentences):
        at = sentence.passage
        near = [
            own[neighbour]
            for neighbour in (index - 1, index + 1)
            if 0 <= neighbour < len(sentences) and sentences[neighbour].passage == at
        ]
        layers = [own[index], _IN_PASSAGE * whole[at], _IN_HEADING * heads[at], *(_NEAR * vector for vector in near)]
        contexts.append(np.max([own[index], whole[at], heads[at]], axis=0))
        typed = question.type in {AnswerType.NUMBER, AnswerType.TIME}
        bears = bears_type(question.type, folded[index])
        new = sum(character.isalnum() and character not in asked for character in folded[index])
        rows.append(
            (
                coverage.share(own[index]),
                coverage.share(np.max(layers, axis=0)),
                sum(pair in folded[index] for pair in pairs) / len(pairs) if pairs else 0.0,
                similarities[index],
                found[at].score / top,
                1.0 / (1 + at),
                float(typed and bears),
                float(typed and not bears),
                float(counts_unit(question.unit, folded[index])),
                math.log1p(new),
                coverage.share(heads[at]),
                float(folded[index].endswith("?")),
            )
        )
    shape = (len(sentences), len(SENTENCE_FEATURES))
    return EvidenceTable(
        tuple(sentences),
        np.array(rows, dtype=np.float64).reshape(shape),
        np.array(contexts, dtype=np.float64).reshape(len(sentences), len(question.terms)),
        coverage.weights,
    )


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)] or [text]
