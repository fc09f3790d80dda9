"""Answers made of sentences of the library, each one cited, or an abstention. No language model.

The pipeline: retrieval → evidence (sentences of the best passages with their probability to hold the answer) → answer
(which sentences, whether they suffice, and the gate that lets only verbatim text through). Decisions and their
measurements: docs/decisions/0010-extractive-answers.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from haystack import Pipeline, component
from numpy.typing import NDArray

from corpus.catalogue import Catalogue
from corpus.identifiers import text_hash
from corpus.records import Version
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.embedding import Embedder
from search.engine.interface import WORDS, Engine, Filter, Leg
from search.enumeration import enumeration_around
from search.evidence import (
    EvidenceTable,
    FoundPassage,
    Sentence,
    evidence_table,
    load_models,
    sentences_of,
)
from search.highlighting import highlight
from search.hits import make_citation, make_hit
from search.query import Query, Shared
from search.question import AnswerType, Question, QuestionReader, bears_type
from search.results import Answer, AnswerSentence, AnswerStatus, Citation, Hit
from search.retrieval import ResolvedRanking, build_retrieval
from search.sparse import query_vectors

PASSAGES = 10
"""Passages whose sentences are considered."""
NEAREST = 5
"""Passages shown beside an abstention."""
MOST_SENTENCES = 6
_ABSENT_WEIGHT = 1.25
"""Weight of a term that no readable passage holds, over the heaviest of those that one does."""
_MORE = {AnswerType.LIST: 0.45, AnswerType.MANNER: 0.45, AnswerType.REASON: 0.55}
_MORE_FACTS = 0.7
"""Share of the best sentence's probability that a further sentence must have."""
_LONGEST = {AnswerType.LIST: MOST_SENTENCES, AnswerType.MANNER: MOST_SENTENCES}
_LONGEST_FACTS = 3
_ENUMERATED = frozenset({AnswerType.LIST, AnswerType.MANNER})


@dataclass(frozen=True, slots=True)
class Evidence(Shared):
    """What the library has on a question.

    Attributes:
        found: the best passages, best first.
        hits: the nearest of them, as hits.
        table: features of their sentences.
        unmet: for each sentence, the Chinese reason why it cannot be the answer, or None.
    """

    question: Question
    found: tuple[FoundPassage, ...]
    hits: tuple[Hit, ...]
    table: EvidenceTable
    unmet: tuple[str | None, ...]


@component
class EvidenceFinder:
    """Reads the best passages of a ranking sentence by sentence."""

    def __init__(
        self, catalogue: Catalogue, engine: Engine, analyser: Analyser, terms: TermBase, embedder: Embedder
    ) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self.analyser = analyser
        self.embedder = embedder
        self.reader = QuestionReader(analyser, terms)

    @component.output_types(evidence=Evidence)
    def run(self, query: Query, ranking: ResolvedRanking, where: Filter, groups: frozenset[str]) -> dict[str, Evidence]:
        """The evidence for the question that ``query`` asks."""
        question = self.reader.read(query)
        best = ranking.candidates[:PASSAGES]
        contexts = self.catalogue.hydrate([candidate.id for candidate in best], groups)
        kept = [(contexts[candidate.id], candidate) for candidate in best if candidate.id in contexts]
        found = tuple(FoundPassage(context, candidate.fused) for context, candidate in kept)
        hits = (
            make_hit(context, candidate.score, candidate.legs, highlight(context.passage.text, query))
            for context, candidate in kept[:NEAREST]
        )
        sentences = sentences_of(found)
        similarities = self._similarities(query.text, [sentence.text for sentence in sentences])
        weights = self._weights(question.terms, where)
        table = evidence_table(question, found, similarities, sentences, weights)
        unmet = tuple(_unmet(question, sentence, found) for sentence in sentences)
        return {"evidence": Evidence(question, found, tuple(hits), table, unmet)}

    def _similarities(self, text: str, sentences: Sequence[str]) -> NDArray[np.float64]:
        if not sentences:
            return np.zeros(0)
        vectors = self.embedder.embed_passages(sentences)
        return np.asarray(vectors @ np.array(self.embedder.embed_query(text), dtype=np.float32), dtype=np.float64)

    def _weights(self, terms: Sequence[str], where: Filter) -> Mapping[str, float]:
        """How rare each term is among the passages the reader may see: the best score that it gets on its own."""
        vectors = {term: query_vectors(term, self.analyser)[WORDS] for term in terms}
        legs = [Leg(where, 1, WORDS, vector) for vector in vectors.values()]
        found = self.engine.query(legs) if legs else []
        scores = {term: points[0].score for term, points in zip(vectors, found, strict=True) if points}
        absent = _ABSENT_WEIGHT * max(scores.values(), default=1.0)
        return MappingProxyType({term: scores.get(term, absent) for term in terms})


@component
class AnswerBuilder:
    """Decides whether the evidence answers the question, and with which sentences."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @component.output_types(answer=Answer)
    def run(self, evidence: Evidence) -> dict[str, Answer]:
        """The answer, or an abstention with the reason and the nearest passages."""
        models = load_models()
        table = evidence.table
        if not evidence.found:
            return {"answer": _abstention(evidence, "库中没有与这个问题相关的内容。")}
        scores = table.scores(models)
        eligible = [index for index, reason in enumerate(evidence.unmet) if reason is None]
        if not eligible:
            reasons = [reason for reason in evidence.unmet if reason]
            return {"answer": _abstention(evidence, reasons[0] if reasons else "找到的段落中没有成句的内容。")}
        best = max(eligible, key=lambda index: (scores[index], -index))
        features = table.support_features(best, float(scores[best]))
        support = float(models.support.score(features[np.newaxis, :])[0])
        if support < models.partial:
            return {"answer": _abstention(evidence, _shortfall(evidence, best, "资料不足以作答"))}
        chosen = _choose(evidence, scores, best, eligible)
        sentences = self._verified(_cited(evidence, index) for index in chosen)
        if not sentences:
            return {"answer": _abstention(evidence, "引文与库中原文不符，未予采用；请重建索引后再试。")}
        if support < models.answered:
            reason = _shortfall(evidence, best, "只找到部分依据")
            return {"answer": Answer(AnswerStatus.PARTIAL, sentences, list(evidence.hits), reason)}
        return {"answer": Answer(AnswerStatus.ANSWERED, sentences, [], None)}

    def _verified(self, citations: Iterable[Citation]) -> list[AnswerSentence]:
        """The gate: a quote that does not stand in the stored version, character for character, is not shown."""
        versions: dict[tuple[str, int], Version] = {}
        shown = []
        for citation in citations:
            key = (citation.document_id, citation.version)
            if key not in versions:
                versions[key] = self.catalogue.version(*key)
            stored = versions[key].text[citation.locator.start : citation.locator.end]
            if stored == citation.quote and text_hash(stored) == citation.text_hash:
                shown.append(AnswerSentence(citation.quote, [citation]))
        return shown


def build_answers(
    catalogue: Catalogue, engine: Engine, analyser: Analyser, terms: TermBase, embedder: Embedder
) -> Pipeline:
    """The answer pipeline: the retrieval pipeline's inputs and ``evidence.where``, ``evidence.groups``."""
    pipeline = build_retrieval(catalogue, engine, analyser, embedder)
    pipeline.add_component("evidence", EvidenceFinder(catalogue, engine, analyser, terms, embedder))
    pipeline.add_component("answer", AnswerBuilder(catalogue))
    pipeline.connect("analyse.query", "evidence.query")
    pipeline.connect("resolve.ranking", "evidence.ranking")
    pipeline.connect("evidence.evidence", "answer.evidence")
    return pipeline


def _unmet(question: Question, sentence: Sentence, found: Sequence[FoundPassage]) -> str | None:
    """Why the sentence cannot answer: a part of the question without which no answer is one is missing."""
    context = found[sentence.passage].context
    passage, document = context.passage, context.document
    around = fold("\n".join((document.title, *passage.path, passage.text, document.organization or "")))
    for year in question.years:
        dated = year in {document.year, document.issued_on.year if document.issued_on else None}
        if str(year) not in around and not dated:
            return f"资料中没有{year}年的相关内容。"
    for name in (*question.required, *question.places):
        if name not in around and name not in fold(document.document_number or ""):
            return f"资料中没有提到“{name}”。"
    if not bears_type(question.type, fold(sentence.text)):
        asked = "时间" if question.type is AnswerType.TIME else "数字"
        return f"找到了相关段落，但其中没有所问的{asked}。"
    return None


def _choose(evidence: Evidence, scores: NDArray[np.float64], best: int, eligible: Sequence[int]) -> list[int]:
    """Indices of the sentences to show: the best with its enumeration, then others nearly as likely, in text order."""
    question, sentences = evidence.question, evidence.table.sentences
    limit = _LONGEST.get(question.type, _LONGEST_FACTS)
    chosen = [best]
    if question.type in _ENUMERATED:
        chosen = _enumeration(sentences, best)
    floor = scores[best] * _MORE.get(question.type, _MORE_FACTS)
    for index in sorted(eligible, key=lambda index: (-scores[index], index)):
        if len(chosen) >= limit or scores[index] < floor:
            break
        repeated = any(sentences[index].text == sentences[other].text for other in chosen)
        if index not in chosen and not repeated:
            chosen.append(index)
    return sorted(chosen)


def _enumeration(sentences: Sequence[Sentence], best: int) -> list[int]:
    """The enumeration around a sentence if it can be shown whole, else the sentence alone."""
    same = [index for index, sentence in enumerate(sentences) if sentence.passage == sentences[best].passage]
    around = enumeration_around([sentences[index].text for index in same], best - same[0])
    return [same[at] for at in around] if len(around) <= MOST_SENTENCES else [best]


def _cited(evidence: Evidence, index: int) -> Citation:
    sentence = evidence.table.sentences[index]
    return make_citation(evidence.found[sentence.passage].context, sentence.start, sentence.end)


def _shortfall(evidence: Evidence, best: int, finding: str) -> str:
    """A reason that names the heaviest term of the question that the best passage lacks."""
    table, terms = evidence.table, evidence.question.terms
    lacking = table.term_weights * (table.contexts[best] < 0.5)
    if not lacking.size or lacking.max() == 0:
        return f"{finding}：找到的段落没有直接回答这个问题。"
    return f"{finding}：没有提到“{terms[int(lacking.argmax())]}”。"


def _abstention(evidence: Evidence, reason: str) -> Answer:
    return Answer(AnswerStatus.ABSTAINED, [], list(evidence.hits), reason)
