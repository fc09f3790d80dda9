"""Answers made of sentences of the library, each one cited, or an abstention. No language model.

The pipeline: retrieval → evidence (sentences of the best passages with their probability to hold the answer) → answer
(which sentences, whether they suffice, and the gate that lets only verbatim text through). Decisions and their
measurements: docs/decisions/0010-extractive-answers.md.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType

import numpy as np
from haystack import Pipeline, component
from numpy.typing import NDArray

from corpus.catalogue import Catalogue, PassageInContext
from corpus.identifiers import text_hash
from corpus.records import Version
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.references import normalise_identifier
from search.candidates import ResolvedRanking
from search.embedding import Embedder
from search.engine.interface import WORDS, Engine, Filter, Leg
from search.enumeration import enumeration_around, marker_style, points_under
from search.evidence import (
    EvidenceModels,
    EvidenceTable,
    FoundPassage,
    Sentence,
    evidence_table,
    load_models,
    sentences_of,
)
from search.highlighting import Highlighter
from search.hits import make_citation, make_hit
from search.query import Query, Shared
from search.question import AnswerType, Question, QuestionReader, bears_type, other_years
from search.results import Answer, AnswerSentence, AnswerStatus, Citation, Hit
from search.retrieval import build_retrieval
from search.sparse import query_vectors

PASSAGES = 10
"""Passages whose sentences are considered."""
NEAREST = 5
"""Passages shown beside an abstention."""
MOST_SENTENCES = 6
_ABSENT_WEIGHT = 1.25
"""Weight of a term that no readable passage holds, over the heaviest of those that one does."""
_COUNTED_WORDS = 60_000_000
"""Words that the dictionary's frequencies were counted on."""
_COMMON, _LEAST_RARE = 6.0, 0.5
"""Logarithm of the rarity from which on a word of the language begins to say something, and what it counts below."""
_ENOUGH = 0.8
"""Probability, of the eligible sentences', from which on those shown are enough: further ones hardly add the answer."""
_LIKELY = 0.05
"""Share of the best sentence's probability that one must have to be preferred for the enumeration it is part of."""
_LACKING = 0.15
"""Weight share from which on a term that is not covered is named."""
_MOST_NAMED = 3
_LONGEST_OPENING = 30
"""Characters of a sentence that can only be the opening of a point, not its content."""
_LABEL = 8
"""Characters that may stand beside a title in a line that only names the document."""
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

    def __init__(self, catalogue: Catalogue, engine: Engine, analyser: Analyser, embedder: Embedder) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self.analyser = analyser
        self.embedder = embedder
        self.reader = QuestionReader(analyser)

    @component.output_types(evidence=Evidence)
    def run(self, query: Query, ranking: ResolvedRanking, where: Filter, groups: frozenset[str]) -> dict[str, Evidence]:
        """The evidence for the question that ``query`` asks."""
        question = self.reader.read(query)
        best = ranking.candidates[:PASSAGES]
        contexts = self.catalogue.hydrate([candidate.id for candidate in best], groups)
        kept = [(contexts[candidate.id], candidate) for candidate in best if candidate.id in contexts]
        found = tuple(FoundPassage(context, candidate.fused) for context, candidate in kept)
        highlighter = Highlighter(query)
        hits = (
            make_hit(context, candidate.score, candidate.legs, highlighter.highlight(context.passage.text))
            for context, candidate in kept[:NEAREST]
        )
        sentences = sentences_of(found)
        similarities = self._similarities(query.text, [sentence.text for sentence in sentences])
        weights = self._weights(question.terms, where)
        table = evidence_table(question, found, similarities, sentences, weights)
        unmet = tuple(_unmet(question, sentences, found))
        return {"evidence": Evidence(question, found, tuple(hits), table, unmet)}

    def _similarities(self, text: str, sentences: Sequence[str]) -> NDArray[np.float64]:
        if not sentences:
            return np.zeros(0)
        vectors = self.embedder.embed_passages(sentences)
        return np.asarray(vectors @ np.array(self.embedder.embed_query(text), dtype=np.float32), dtype=np.float64)

    def _weights(self, terms: Sequence[str], where: Filter) -> Mapping[str, float]:
        """How much each term says: rare in the language and rare in the library; half the harmonic mean of the two.

        Its rarity in the library is the best score that it gets on its own among the passages the reader may see. A
        word that the library lacks but everyone uses (突然) thus weighs little, and so does the library's own subject.
        """
        vectors = {term: query_vectors(term, self.analyser)[WORDS] for term in terms}
        legs = [Leg(where, 1, WORDS, vector) for vector in vectors.values()]
        found = self.engine.query(legs) if legs else []
        scores = {term: points[0].score for term, points in zip(vectors, found, strict=True) if points}
        absent = _ABSENT_WEIGHT * max(scores.values(), default=1.0)
        weights = {}
        for term in terms:
            general = max(_LEAST_RARE, math.log(_COUNTED_WORDS / max(self.analyser.frequency(term), 1)) - _COMMON)
            here = scores.get(term, absent)
            weights[term] = general * here / (general + here)
        return MappingProxyType(weights)


@component
class AnswerBuilder:
    """Decides whether the evidence answers the question, and with which sentences."""

    def __init__(self, catalogue: Catalogue, models: EvidenceModels | None = None) -> None:
        self.catalogue = catalogue
        self.models = models or load_models()

    @component.output_types(answer=Answer)
    def run(self, evidence: Evidence) -> dict[str, Answer]:
        """The answer, or an abstention with the reason and the nearest passages."""
        models, table = self.models, evidence.table
        if not evidence.found:
            return {"answer": _abstention(evidence, "库中没有与这个问题相关的内容。")}
        eligible = [index for index, reason in enumerate(evidence.unmet) if reason is None]
        if not eligible:
            reasons = [reason for reason in evidence.unmet if reason]
            return {"answer": _abstention(evidence, reasons[0] if reasons else "找到的段落中没有成句的内容。")}
        shares = table.shares(models, eligible)
        best = _best(evidence, shares)
        features = table.support_features(models, best)
        support = float(models.support.score(features[np.newaxis, :])[0])
        if support < models.partial:
            return {"answer": _abstention(evidence, _shortfall(evidence, best, "资料不足以作答"))}
        citations = self._points(evidence, best) or [
            _cited(evidence, index) for index in _choose(evidence, shares, best)
        ]
        sentences = self.verified(citations)
        if not sentences:
            return {"answer": _abstention(evidence, "引文与库中原文不符，未予采用；请重建索引后再试。")}
        if support < models.answered:
            reason = _shortfall(evidence, best, "只找到部分依据")
            return {"answer": Answer(AnswerStatus.PARTIAL, sentences, list(evidence.hits), reason)}
        return {"answer": Answer(AnswerStatus.ANSWERED, sentences, [], None)}

    def _points(self, evidence: Evidence, best: int) -> list[Citation]:
        """Where the points asked for are sections of their own (一是……二是……): the first sentence of each."""
        context = evidence.found[evidence.table.sentences[best].passage].context
        if evidence.question.type not in _ENUMERATED:
            return []
        for parent in (context.passage.path, context.passage.path[:-1]):
            if not parent or not _carries(parent[-1], context.document.title, evidence.question.terms):
                continue
            points = points_under(self.catalogue.passages_of(context.passage.version_id), parent)
            if 1 < len(points) <= MOST_SENTENCES:
                return [_first_sentence(PassageInContext(point, context.document)) for point in points]
        return []

    def verified(self, citations: Iterable[Citation]) -> list[AnswerSentence]:
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


def build_answers(catalogue: Catalogue, engine: Engine, analyser: Analyser, embedder: Embedder) -> Pipeline:
    """The answer pipeline: the retrieval pipeline's inputs and ``evidence.where``, ``evidence.groups``."""
    pipeline = build_retrieval(catalogue, engine, analyser, embedder).as_pipeline()
    pipeline.add_component("evidence", EvidenceFinder(catalogue, engine, analyser, embedder))
    pipeline.add_component("answer", AnswerBuilder(catalogue))
    pipeline.connect("analyse.query", "evidence.query")
    pipeline.connect("retrieve.ranking", "evidence.ranking")
    pipeline.connect("evidence.evidence", "answer.evidence")
    return pipeline


def _unmet(question: Question, sentences: Sequence[Sentence], found: Sequence[FoundPassage]) -> Iterator[str | None]:
    """For each sentence, why it cannot answer: something without which no answer is one is missing."""
    passages = [next(_missing_around(question, item, found), None) for item in found]
    for sentence in sentences:
        yield passages[sentence.passage] or next(_missing_in(question, sentence, found), None)


def _missing_around(question: Question, item: FoundPassage, found: Sequence[FoundPassage]) -> Iterator[str]:
    """What a passage and its document lack of the question's named parts."""
    passage, document = item.context.passage, item.context.document
    around = fold("\n".join((document.title, *passage.path, passage.text, document.organization or "")))
    same = [other.context for other in found if other.context.document.id == document.id]
    beside = fold("\n".join(part for other in same for part in (*other.passage.path, other.passage.text)))
    for year in question.years:
        dated = year in {document.year, document.issued_on.year if document.issued_on else None}
        if str(year) not in around and not dated:
            yield f"最接近的段落中没有{year}年的相关内容。"
    carried = {normalise_identifier(number) for number in (document.document_number, document.project) if number}
    for identifier in question.query.identifiers:
        if identifier not in carried and fold(identifier) not in around:
            yield f"最接近的段落中没有提到“{identifier}”。"
    for forms in (*question.required, *((place,) for place in question.places)):
        # A code stands once in a document, at its head; what it stands for is meant in every passage.
        where = around + beside if forms[0].isascii() else around
        if not any(form in where for form in forms):
            yield f"最接近的段落中没有提到“{forms[0]}”。"


def _missing_in(question: Question, sentence: Sentence, found: Sequence[FoundPassage]) -> Iterator[str]:
    """What a sentence lacks to be an answer."""
    context = found[sentence.passage].context
    folded = fold(sentence.text)
    alone = sentence.end >= len(context.passage.text.rstrip())
    if _is_title(sentence.text, context.document.title) or (alone and _is_heading(sentence, found)):
        yield "只找到了标题，正文没有直接回答这个问题。"
    if folded.endswith("?"):
        yield "找到的段落也在问这个问题，没有回答。"
    if other_years(question, folded):
        yield f"找到了相关段落，但说的不是{'、'.join(map(str, question.years))}年。"
    if not bears_type(question.type, folded):
        asked = "时间" if question.type is AnswerType.TIME else "数字"
        yield f"找到了相关段落，但其中没有所问的{asked}。"


def _is_title(sentence: str, title: str) -> bool:
    """Whether a line says the title and hardly more (项目名称：……), or lists the key words."""
    core = title.split("（", maxsplit=1)[0]
    named = len(core) > 1 and core in sentence and len(sentence) <= len(title) + _LABEL
    return named or sentence.startswith(("关键词", "【关键词", "主题词"))


def _best(evidence: Evidence, shares: NDArray[np.float64]) -> int:
    """The likeliest sentence; where points are asked for, one nearly as likely of points that a heading promises."""
    order = sorted(map(int, np.flatnonzero(shares)), key=lambda index: (-shares[index], index))
    likely = takewhile(lambda index: shares[index] >= _LIKELY * shares[order[0]], order)
    return next((index for index in likely if _promised_points(evidence, index)), order[0])


def _promised_points(evidence: Evidence, index: int) -> list[int]:
    """The enumeration around a sentence, if points are asked for and its heading says what was asked."""
    question, sentences = evidence.question, evidence.table.sentences
    context = evidence.found[sentences[index].passage].context
    headings = context.passage.path[-1:]
    if question.type not in _ENUMERATED or not headings:
        return []
    if not _carries(headings[0], context.document.title, question.terms):
        return []
    points = _enumeration(sentences, index)
    return points if len(points) > 1 else []


def _choose(evidence: Evidence, shares: NDArray[np.float64], best: int) -> list[int]:
    """Indices of the sentences to show, in text order: the best with its enumeration, or as many as make it likely
    that the answer is among them."""
    question, sentences = evidence.question, evidence.table.sentences
    if points := _promised_points(evidence, best):
        return points
    if _is_heading(sentences[best], evidence.found):
        best = _last_heading(sentences, best, evidence.found)
        return [best, *_below(sentences, best)][:MOST_SENTENCES]
    if _opens_point(sentences, best):
        return [best, *_below(sentences, best)][:MOST_SENTENCES]
    if question.type in _ENUMERATED:
        enumeration = _enumeration(sentences, best)
        whole = enumeration if len(enumeration) > 1 else _clauses(sentences, best)
        if len(whole) > 1:
            return whole
    chosen: list[int] = []
    texts: set[str] = set()
    for index in sorted(map(int, np.flatnonzero(shares)), key=lambda index: (-shares[index], index)):
        if sum(shares[chosen]) >= _ENOUGH or len(chosen) >= MOST_SENTENCES:
            break
        if sentences[index].text not in texts:
            chosen.append(index)
            texts.add(sentences[index].text)
    return sorted(chosen)


def _is_heading(sentence: Sentence, found: Sequence[FoundPassage]) -> bool:
    """Whether the sentence only repeats a heading: what stands under it is what it promises. A point that is a whole
    sentence says it itself."""
    states = sentence.text.endswith("。") and "，" in sentence.text
    return not states and sentence.text.rstrip("。；") in found[sentence.passage].context.passage.path


def _last_heading(sentences: Sequence[Sentence], index: int, found: Sequence[FoundPassage]) -> int:
    """The innermost of the headings that stand one above the other from ``index`` on."""
    while index + 1 < len(sentences):
        following = sentences[index + 1]
        if following.passage != sentences[index].passage or not _is_heading(following, found):
            break
        index += 1
    return index


def _clauses(sentences: Sequence[Sentence], index: int) -> list[int]:
    """All of a long sentence that was cut at its ；, if it can be shown whole, else the part alone."""
    first = last = index
    while first > 0 and _goes_on(sentences, first - 1):
        first -= 1
    while _goes_on(sentences, last):
        last += 1
    return list(range(first, last + 1)) if last - first < MOST_SENTENCES else [index]


def _goes_on(sentences: Sequence[Sentence], index: int) -> bool:
    """Whether the sentence continues behind its ；."""
    following = index + 1
    return (
        following < len(sentences)
        and sentences[following].passage == sentences[index].passage
        and sentences[index].text.endswith(("；", ";"))
    )


def _opens_point(sentences: Sequence[Sentence], index: int) -> bool:
    """Whether the sentence is the short opening of a point that more is said of: 三是用好阵地。……"""
    opening = marker_style(sentences[index].text) is not None and len(sentences[index].text) <= _LONGEST_OPENING
    return opening and bool(_below(sentences, index))


def _below(sentences: Sequence[Sentence], index: int) -> list[int]:
    """The sentences after one in its passage, up to the next point."""
    after = range(index + 1, len(sentences))
    same = takewhile(lambda at: sentences[at].passage == sentences[index].passage, after)
    return list(takewhile(lambda at: marker_style(sentences[at].text) is None, same))


def _enumeration(sentences: Sequence[Sentence], best: int) -> list[int]:
    """The enumeration around a sentence if it can be shown whole, else the sentence alone."""
    same = [index for index, sentence in enumerate(sentences) if sentence.passage == sentences[best].passage]
    around: Sequence[int] = enumeration_around([sentences[index].text for index in same], best - same[0])
    if len(around) > MOST_SENTENCES:
        around = [at for at in around if marker_style(sentences[same[at]].text) is not None]
    return [same[at] for at in around] if len(around) <= MOST_SENTENCES else [best]


def _first_sentence(context: PassageInContext) -> Citation:
    first = sentences_of([FoundPassage(context, 0.0)])[0]
    return make_citation(context, first.start, first.end)


def _carries(heading: str, title: str, terms: Sequence[str]) -> bool:
    """Whether a heading holds half of what a question asks beyond the title: the points under it are then asked for."""
    folded, known = fold(heading), fold(title)
    asked = [term for term in terms if term not in known]
    return sum(term in folded for term in asked) * 2 >= len(asked) > 0


def _cited(evidence: Evidence, index: int) -> Citation:
    sentence = evidence.table.sentences[index]
    return make_citation(evidence.found[sentence.passage].context, sentence.start, sentence.end)


def _shortfall(evidence: Evidence, best: int, finding: str) -> str:
    """A reason that names the heaviest terms of the question that the best passage lacks."""
    lacking = evidence.table.missing(best)
    order = sorted(np.flatnonzero(lacking >= _LACKING), key=lambda term: -lacking[term])[:_MOST_NAMED]
    if not order:
        return f"{finding}：找到的段落没有直接回答这个问题。"
    return f"{finding}：没有提到{''.join(f'“{evidence.question.terms[term]}”' for term in sorted(order))}。"


def _abstention(evidence: Evidence, reason: str) -> Answer:
    return Answer(AnswerStatus.ABSTAINED, [], list(evidence.hits), reason)
