"""Answers made of sentences of the library, each one cited, or an abstention. No language model.

The steps: retrieval → evidence (sentences of the best passages with their probability to hold the answer) → answer
(which sentences, whether they suffice, and the gate that lets only verbatim text through). Decisions and their
measurements: docs/decisions/0010-extractive-answers.md.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from haystack import Pipeline, component

from corpus.catalogue import Catalogue, PassageInContext
from corpus.identifiers import text_hash
from corpus.text.analyser import COUNTED_WORDS, Analyser
from corpus.text.folding import fold
from search.candidates import ResolvedRanking
from search.conditions import is_heading, says_what_is_meant, unmet_conditions
from search.definitions import defines, defining_forms, promises
from search.engine.interface import WORDS, Contains, EngineReader, Filter, Leg
from search.enumeration import announced, leads_in, points_under
from search.evidence import (
    IN_PARTS,
    Evidence,
    EvidenceModels,
    FoundPassage,
    evidence_table,
    load_models,
    sentences_of,
    with_codes,
)
from search.fusion import RankedCandidate, unranked
from search.highlighting import Highlighter
from search.hits import make_hit
from search.interrogatives import AnswerType
from search.query import Query
from search.question import Question, QuestionReader
from search.results import Answer, AnswerSentence, AnswerStatus, Citation, Hit
from search.retrieval import Retrieval
from search.sections import AskedSection, asked_section, section_under, sentences_shown
from search.selection import (
    MOST_POINTS,
    MOST_SENTENCES,
    announced_within,
    best_sentence,
    choose,
    point_parents,
    promised_sentences,
)
from search.sparse import word_vector
from search.succession import Succession

PASSAGES = 10
"""Passages whose sentences are considered."""
NEAREST = 5
"""Passages shown beside an abstention."""
_ABSENT_WEIGHT = 1.25
"""Weight of a term that no readable passage holds, over the heaviest of those that one does."""
_COMMON, _LEAST_RARE = 6.0, 0.5
"""Logarithm of the rarity from which on a word of the language begins to say something, and what it counts below."""
_ASKED_WEIGHT = 0.3
"""What the noun counts of which an instance is asked for. Answered in full where the source is out, fitted and
measured by turns on halves of the fitting questions:
cmrc2018 .073 instead of .078 with 1, drcd .067 instead of .072."""
_STATED_POINT = re.compile("[一二三四五六七八九十]+是")
"""How a heading begins that says what is done: 一是建强队伍, not （一）队伍."""
_LACKING = 0.15
"""Weight share from which on a term that is not covered is named."""
_MOST_NAMED = 3
_DEFINING_LIMIT, _MOST_DEFINING = 20, 3
"""Passages looked at for each way to define a term, and those of all of them that are shown."""


@component
class EvidenceFinder:
    """Reads the best passages of a ranking sentence by sentence."""

    def __init__(self, catalogue: Catalogue, engine: EngineReader, analyser: Analyser, succession: Succession) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self.analyser = analyser
        self.succession = succession
        self.reader = QuestionReader(analyser)

    @component.output_types(evidence=Evidence)
    def run(self, query: Query, ranking: ResolvedRanking, where: Filter, groups: frozenset[str]) -> dict[str, Evidence]:
        """The evidence for the question that ``query`` asks, repealed and replaced documents lowered as in a search."""
        question = self.reader.read(query)
        ranked = self.succession.demoted(ranking, groups).candidates
        defining = self._defining(question, ranked, where, groups)
        best = list({candidate.id: candidate for candidate in (*defining, *ranked[:PASSAGES])}.values())[:PASSAGES]
        contexts = self.catalogue.hydrate([candidate.id for candidate in best], groups)
        kept = [(contexts[candidate.id], candidate) for candidate in best if candidate.id in contexts]
        headings = (fold(heading) for context, _ in kept for heading in context.passage.path[-1:])
        if defining or (question.defined and any(promises(question.defined, heading) for heading in headings)):
            question = replace(question, type=AnswerType.DEFINITION)
        found = with_codes(question, [FoundPassage(context, candidate.fused) for context, candidate in kept])
        sentences = sentences_of(found)
        weights = self._weights(question, where)
        table = evidence_table(question, found, sentences, weights)
        unmet = tuple(unmet_conditions(question, sentences, found))
        documents = {context.document.id for context, _ in kept}
        standings = {key: standing for key in documents if (standing := self.succession.standing(key, groups))}
        candidates = tuple(candidate for _, candidate in kept)
        said = tuple(
            index
            for index, sentence in enumerate(sentences)
            if defining and unmet[index] is None and defines(question.defined, sentence.folded)
        )
        return {"evidence": Evidence(question, found, candidates, table, unmet, MappingProxyType(standings), said)}

    def _defining(
        self, question: Question, ranked: Sequence[RankedCandidate], where: Filter, groups: frozenset[str]
    ) -> list[RankedCandidate]:
        """A few passages that say what the term means whose meaning is asked for, the best ranked first; those of
        documents that are past only where no other says it."""
        if not question.defined:
            return []
        # A leg each: of alternatives within one filter the engine would read every passage's text.
        forms = (Contains("text", form) for form in defining_forms(question.defined))
        legs = [Leg(replace(where, must=(*where.must, form)), _DEFINING_LIMIT) for form in forms]
        holding = {point.id for points in self.engine.query(legs) for point in points}
        contexts = self.catalogue.hydrate(sorted(holding), groups)
        places = {candidate.id: place for place, candidate in enumerate(ranked)}
        order = []
        for identifier, context in contexts.items():
            if defines(question.defined, fold(context.passage.text)):
                past = self.succession.standing(context.document.id, groups) is not None
                order.append((past, places.get(identifier, len(ranked)), identifier))
        current = [item for item in order if not item[0]] or order
        return [
            ranked[place] if place < len(ranked) else unranked(identifier)
            for _, place, identifier in sorted(current)[:_MOST_DEFINING]
        ]

    def _weights(self, question: Question, where: Filter) -> Mapping[str, float]:
        """How much each term says: rare in the language and rare in the library; half the harmonic mean of the two.

        Its rarity in the library is the best score that it gets on its own among the passages the reader may see. A
        word that the library lacks but everyone uses (突然) thus weighs little, and so does the library's own subject.
        """
        vectors = {term: word_vector(term, self.analyser) for term in question.terms}
        best = self.engine.best_scores([Leg(where, 1, WORDS, vector) for vector in vectors.values()])
        scores = {term: score for term, score in zip(vectors, best, strict=True) if score is not None}
        absent = _ABSENT_WEIGHT * max(scores.values(), default=1.0)
        weights = {}
        for term in question.terms:
            general = max(_LEAST_RARE, math.log(COUNTED_WORDS / max(self.analyser.frequency(term), 1)) - _COMMON)
            here = scores.get(term, absent)
            asked = _ASKED_WEIGHT if term == question.asked else 1.0
            weights[term] = asked * general * here / (general + here)
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
        return {"answer": self._definition(evidence) or self._section(evidence) or self._likeliest(evidence)}

    def _definition(self, evidence: Evidence) -> Answer | None:
        """The sentences that say what the term means whose meaning is asked for, each wording once."""
        sentences = evidence.table.sentences
        distinct = {sentences[index].folded: index for index in reversed(evidence.defining)}
        said = self.verified(self._with_announced(evidence, sorted(distinct.values())[:_MOST_DEFINING]))
        return Answer(AnswerStatus.ANSWERED, said, [], None) if said else None

    def _section(self, evidence: Evidence) -> Answer | None:
        """What stands under the heading that is asked for, of a document that is named with it."""
        section = asked_section(evidence, self.catalogue.passages_of)
        return self._shown(evidence, section) if section else None

    def _shown(self, evidence: Evidence, section: AskedSection) -> Answer | None:
        """A section as an answer, in part where it is not shown whole or others fit as well."""
        citations, whole = _cited_section(evidence, section)
        said = self.verified(citations)
        if not said:
            return None
        reason = _cut_short(section, said[-1].text, whole)
        if section.others:
            listed, *others = (" › ".join(path[-2:]) for path in (section.path, *section.others[:_MOST_NAMED]))
            named = "".join(f"“{other}”" for other in others)
            reason = f"只列出了“{listed}”：文中还有{named}，请打开原文查看。"
        if reason:
            return Answer(AnswerStatus.PARTIAL, said, _nearest(evidence), reason)
        return Answer(AnswerStatus.ANSWERED, said, [], None)

    def _likeliest(self, evidence: Evidence) -> Answer:
        """The sentences that most likely hold the answer, if they are likely enough."""
        models, table = self.models, evidence.table
        if not evidence.found:
            return _abstention(evidence, "库中没有与这个问题相关的内容。")
        eligible = [index for index, reason in enumerate(evidence.unmet) if reason is None]
        if not eligible:
            reasons = [reason for reason in evidence.unmet if reason]
            return _abstention(evidence, reasons[0] if reasons else "找到的段落中没有成句的内容。")
        shares = table.shares(models, eligible)
        best = best_sentence(evidence, shares)
        support = self._support(evidence, best)
        if support < models.partial:
            return _abstention(evidence, _shortfall(evidence, best, "资料不足以作答"))
        promised = promised_sentences(evidence, shares)
        if promised is not None:
            # What brought the document here need not stand under the heading too.
            shares = promised
            best = best_sentence(evidence, shares)
            support = self._support(evidence, best)
        return self._composed(evidence, choose(evidence, shares, best), best, support)

    def _composed(self, evidence: Evidence, chosen: Sequence[int], best: int, support: float) -> Answer:
        """The answer of the chosen sentences: the points asked for, what they announce, or what stands under them."""
        citations, section, whole = self._points(evidence, best), None, True
        if not citations and (section := self._headed(evidence, chosen)):
            citations, whole = _cited_section(evidence, section)
        citations = citations or self._with_announced(evidence, chosen)
        sentences = self.verified(citations)
        if not sentences:
            return _abstention(evidence, "引文与库中原文不符，未予采用；请重建索引后再试。")
        reason = _cut_short(section, sentences[-1].text, whole)
        if support < self.models.answered or not says_what_is_meant(evidence.question, citations):
            reason = _shortfall(evidence, best, "只找到部分依据")
        if reason:
            return Answer(AnswerStatus.PARTIAL, sentences, _nearest(evidence), reason)
        return Answer(AnswerStatus.ANSWERED, sentences, [], None)

    def _headed(self, evidence: Evidence, chosen: Sequence[int]) -> AskedSection | None:
        """The section under what was chosen, if that is nothing but a heading of it."""
        sentences, found = evidence.table.sentences, evidence.found
        if not chosen or not all(is_heading(sentences[index], found) for index in chosen):
            return None
        last = sentences[chosen[-1]]
        item = found[last.passage]
        passages = self.catalogue.passages_of(item.context.passage.version_id)
        return section_under(item, last.text.rstrip("。；"), passages)

    def _support(self, evidence: Evidence, best: int) -> float:
        """The probability that the library holds an answer, with the sentence at ``best`` as the best of it."""
        features = evidence.table.support_features(self.models, best)
        return float(self.models.support.score(features[np.newaxis, :])[0])

    def _points(self, evidence: Evidence, best: int) -> list[Citation]:
        """Where the points asked for are sections of their own (一是……二是……): the first sentence of each."""
        context = evidence.found[evidence.table.sentences[best].passage].context
        for parent in point_parents(evidence, best):
            points = points_under(self.catalogue.passages_of(context.passage.version_id), parent)
            if 1 < len(points) <= MOST_POINTS:
                return [_first_sentence(evidence, PassageInContext(point, context.document)) for point in points]
        return []

    def _with_announced(self, evidence: Evidence, chosen: Sequence[int]) -> list[Citation]:
        """The chosen sentences, each that announces more with what it announces."""
        sentences, cited, shown = evidence.table.sentences, [], set[int]()
        for index in chosen:
            if index in shown:
                continue
            behind = announced_within(sentences, index) if leads_in(sentences[index].text) else []
            some = [index, *behind] if not shown.intersection(behind) else [index]
            shown.update(some)
            cited += [_cited(evidence, at) for at in some]
            cited += self._announced(evidence, index)
        return cited

    def _announced(self, evidence: Evidence, index: int) -> list[Citation]:
        """Where a sentence ends its passage and announces more: what follows it, if it can be shown whole."""
        sentence = evidence.table.sentences[index]
        context = evidence.found[sentence.passage].context
        if not leads_in(sentence.text) or context.passage.text[sentence.end :].strip():
            return []
        passages = self.catalogue.passages_of(context.passage.version_id)
        place = next((at for at, passage in enumerate(passages) if passage.id == context.passage.id), len(passages) - 1)
        following = [PassageInContext(passage, context.document) for passage in announced(passages, place)]
        if len(following) > MOST_POINTS:
            return []
        if len(following) == 1:
            found = [FoundPassage(following[0], 0.0)]
            said = sentences_of(found)
            return [evidence.citation(following[0], item.start, item.end) for item in said[:MOST_SENTENCES]]
        return [_first_sentence(evidence, item) for item in following]

    def verified(self, citations: Iterable[Citation]) -> list[AnswerSentence]:
        """The gate: a quote that does not stand in the stored version, character for character, is not shown."""
        cited = list(citations)
        texts = self.catalogue.version_texts({(citation.document_id, citation.version) for citation in cited})
        shown = []
        for citation in cited:
            stored = texts.get((citation.document_id, citation.version), "")[
                citation.locator.start : citation.locator.end
            ]
            if stored == citation.quote and text_hash(stored) == citation.text_hash:
                shown.append(AnswerSentence(citation.quote, [citation]))
        return shown


@dataclass(frozen=True, slots=True)
class Answering:
    """The steps from a question to its answer, to run one by one or in a pipeline, like those of retrieval."""

    retrieval: Retrieval
    finder: EvidenceFinder
    builder: AnswerBuilder

    def run(self, question: str, where: Filter, groups: frozenset[str]) -> tuple[Answer, Evidence]:
        """The answer to a question, and the evidence that it was made of.

        Raises:
            InvalidQuery: the question cannot be understood.
            EngineUnavailable: the engine does not answer.
        """
        query = self.retrieval.analyser.run(text=question, where=where, quoting=False)["query"]
        ranking = self.retrieval.retriever.run(query=query, where=where, groups=groups)["ranking"]
        evidence = self.finder.run(query=query, ranking=ranking, where=where, groups=groups)["evidence"]
        return self.builder.run(evidence=evidence)["answer"], evidence

    def as_pipeline(self) -> Pipeline:
        """A pipeline with the retrieval pipeline's inputs and ``evidence.where``, ``evidence.groups``."""
        pipeline = self.retrieval.as_pipeline()
        finder, builder = self.finder, self.builder
        pipeline.add_component(
            "evidence", EvidenceFinder(finder.catalogue, finder.engine, finder.analyser, finder.succession)
        )
        pipeline.add_component("answer", AnswerBuilder(builder.catalogue, builder.models))
        pipeline.connect("analyse.query", "evidence.query")
        pipeline.connect("retrieve.ranking", "evidence.ranking")
        pipeline.connect("evidence.evidence", "answer.evidence")
        return pipeline


def _first_sentence(evidence: Evidence, context: PassageInContext) -> Citation:
    """The first sentence of a point, behind the heading of all points; where it is asked how, and a heading only names
    the point, the first behind that."""
    found = [FoundPassage(context, 0.0)]
    sentences = sentences_of(found)
    if not sentences:  # Nothing but a heading of two or three characters.
        return evidence.citation(context, 0, len(context.passage.text.rstrip()))
    outer = context.passage.path[:-1]
    first = next((sentence for sentence in sentences if sentence.text not in outer), sentences[0])
    if evidence.question.type is AnswerType.MANNER and not _STATED_POINT.match(first.text):
        first = next((sentence for sentence in sentences if not is_heading(sentence, found)), first)
    return evidence.citation(context, first.start, first.end)


def _cited(evidence: Evidence, index: int) -> Citation:
    sentence = evidence.table.sentences[index]
    return evidence.citation(evidence.found[sentence.passage].context, sentence.start, sentence.end)


def _cited_section(evidence: Evidence, section: AskedSection) -> tuple[list[Citation], bool]:
    """What is shown of a section, and whether that is all of it."""
    shown, whole = sentences_shown(evidence.question, section)
    return [evidence.citation(context, item.start, item.end) for context, item in shown], whole


def _cut_short(section: AskedSection | None, last: str, whole: bool) -> str | None:
    """The reason of an answer that breaks off: a section's beginning, or words that announce what is not shown."""
    if section and not whole:
        return f"“{section.path[-1]}”部分较长，只列出了开头：请打开原文查看。"
    return "只找到引出下文的话：所列各项较多，请打开原文查看。" if leads_in(last) else None


def _shortfall(evidence: Evidence, best: int, finding: str) -> str:
    """A reason that names the heaviest terms of the question that the best passage lacks, if the others do, too: what
    one of them mentions is not missing, though it does not answer."""
    mentioned = evidence.table.passages.max(axis=0) >= IN_PARTS
    lacking = np.where(mentioned, 0.0, evidence.table.missing(best))
    order = sorted(np.flatnonzero(lacking >= _LACKING), key=lambda term: -lacking[term])[:_MOST_NAMED]
    if not order:
        return f"{finding}：找到的段落没有直接回答这个问题。"
    return f"{finding}：没有提到{''.join(f'“{evidence.question.terms[term]}”' for term in sorted(order))}。"


def _nearest(evidence: Evidence) -> list[Hit]:
    """The best passages as hits, for a reader who gets no full answer."""
    nearest = [item.context for item in evidence.found[:NEAREST]]
    marked = Highlighter(evidence.question.query).mark([context.passage.text for context in nearest])
    return [
        make_hit(context, candidate.score, candidate.legs, marks, evidence.standings.get(context.document.id))
        for context, marks, candidate in zip(nearest, marked, evidence.candidates, strict=False)
    ]


def _abstention(evidence: Evidence, reason: str) -> Answer:
    return Answer(AnswerStatus.ABSTAINED, [], _nearest(evidence), reason)
