"""Answers to questions in a conversation, with a language model or without.

Without a model a follow-up question is made whole by rule and answered by the library's own sentences. With one, the
model rewrites the question and writes from numbered sources; each of its sentences passes the gate before anyone sees
it, and what it fails at is made up for by the library's own sentences, with the reason. Nothing of a model's failure
reaches a reader but that reason.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TypeVar

from corpus.catalogue import Catalogue
from corpus.errors import ModelUnavailable
from corpus.records import Span
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.answers import AnswerBuilder
from search.evidence import Evidence
from search.generation.clauses import ClauseReader
from search.generation.follow_up import MOST_TURNS, FollowUp, Turn
from search.generation.gate import Gate, Verdict
from search.generation.model import LanguageModel
from search.generation.prompts import ANSWERING, NO_ANSWER, REWRITING, answering_prompt, rewriting_prompt
from search.generation.relevance import Relevance
from search.generation.replies import ReplyReader
from search.generation.sources import Source
from search.question import content_words
from search.results import Answer, AnswerSentence, AnswerStatus, Citation
from search.selection import MOST_SENTENCES

SOURCES = 8
"""Passages that a model is given at most."""
SOURCE_CHARACTERS = 8_000
"""Characters of them together."""
_LONGEST_QUESTION = 200
"""Characters of a rewritten question."""

Result = TypeVar("Result")
Runner = Callable[[Callable[[], Result]], Awaitable[Result]]
Find = Callable[[str], tuple[Answer, Evidence]]
"""Finds the evidence for a question and the answer in the library's own words."""
Event = list[Citation] | AnswerSentence | Answer
"""In this order: the sources, the sentences as they come, and the whole answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is looked up, and why the model may not be asked for more."""

    text: str
    failure: str | None = None


class Answerer:
    """Answers from evidence. ``model`` is None for the library's own sentences only."""

    def __init__(self, catalogue: Catalogue, analyser: Analyser, model: LanguageModel | None) -> None:
        self.model = model
        self._analyser = analyser
        self._builder = AnswerBuilder(catalogue)
        self._reader = ClauseReader(analyser)
        self._follow_up = FollowUp(analyser)

    def extract(self, question: str, history: Sequence[Turn], find: Find) -> Answer:
        """The answer in the library's own sentences."""
        asked = self._follow_up.whole(question, history)
        answer, _ = find(asked)
        return _with_question(answer, question, asked)

    async def events(
        self, question: str, history: Sequence[Turn], find: Find, run: "Runner[tuple[Answer, Evidence]]"
    ) -> AsyncIterator[Event]:
        """The answer in the order in which it is made.

        Args:
            question: as the reader put it.
            history: the conversation before, oldest first.
            find: looks a question up; called through ``run``, for it computes.
            run: where to compute, so that other readers are not kept waiting.
        """
        asked = await self._whole(question, history)
        extracted, evidence = await run(lambda: find(asked.text))
        extracted = _with_question(extracted, question, asked.text)
        sources = [] if self.model is None or asked.failure else _sources(evidence, self._reader)
        if not sources:
            reason = _explained(asked.failure, extracted) if asked.failure else extracted.reason
            answer = replace(extracted, reason=reason)
            yield _cited(answer.sentences)
            for sentence in answer.sentences:
                yield sentence
            yield answer
            return
        yield [source.citation(0, len(source.context.passage.text)) for source in sources]
        async for event in self._written(asked.text, sources, extracted, Relevance(evidence, self._builder.models)):
            yield event

    async def _whole(self, question: str, history: Sequence[Turn]) -> Asked:
        """The question made whole: by the model where there is one and it keeps to the conversation, else by rule."""
        by_rule = self._follow_up.whole(question, history)
        if self.model is None or not history:
            return Asked(by_rule)
        history = history[-MOST_TURNS:]
        try:
            pieces = [piece async for piece in self.model.stream(REWRITING, rewriting_prompt(question, history))]
        except ModelUnavailable as error:
            return Asked(by_rule, error.detail)
        rewritten = "".join(pieces).strip()
        known = fold("\n".join([question, *(f"{turn.question}\n{turn.answer}" for turn in history)]))
        words = content_words(self._analyser.tokens(rewritten))
        sound = 0 < len(rewritten) <= _LONGEST_QUESTION and "\n" not in rewritten and words
        return Asked(rewritten if sound and all(word.text in known for word in words) else by_rule)

    async def _written(
        self, question: str, sources: Sequence[Source], extracted: Answer, relevance: Relevance
    ) -> AsyncIterator[Event]:
        """The model's sentences that pass, then the library's own where they are needed, then the whole answer."""
        assert self.model is not None
        gate = Gate(sources, self._reader)
        reply, raw = ReplyReader(), ""
        shown: list[AnswerSentence] = []
        beside: list[AnswerSentence] = []
        """True, but not of the question."""
        withheld: Counter[str] = Counter()
        failure: str | None = None

        def judged(sentences: Sequence[str]) -> list[AnswerSentence]:
            passed: list[AnswerSentence] = []
            for sentence in sentences:
                verdict = gate.check(sentence)
                found = self._sentence(verdict, sources)
                if found is None:
                    withheld[verdict.fault or "altered"] += 1
                elif not relevance.bears(_places(verdict, sources)):
                    beside.append(found)
                elif len(shown) + len(passed) < MOST_SENTENCES and not _is_told(found, (*shown, *passed)):
                    passed.append(found)
            return passed

        try:
            async for piece in self.model.stream(ANSWERING, answering_prompt(question, sources)):
                raw += piece
                for sentence in judged(reply.feed(piece)):
                    shown.append(sentence)
                    yield sentence
            for sentence in judged(reply.finish()):
                shown.append(sentence)
                yield sentence
        except ModelUnavailable as error:
            failure = error.detail
        declined = NO_ANSWER in raw and not shown
        failure = failure or _shortcoming(raw, declined, len(shown), withheld.total(), len(beside))
        written = len(shown)
        if failure:
            for sentence in extracted.sentences:
                if not _is_told(sentence, shown):
                    shown.append(sentence)
                    yield sentence
        count = 0 if declined else withheld.total()
        model = self.model.name if written else None
        yield _whole_answer(extracted, shown, failure, model, count)

    def _sentence(self, verdict: Verdict, sources: Sequence[Source]) -> AnswerSentence | None:
        """A sentence that passed, with citations that stand in the stored versions character for character."""
        if not verdict.supports:
            return None
        citations = [
            sources[support.source].citation(*_trimmed(sources[support.source], support.span))
            for support in verdict.supports
        ]
        verified = [citation for item in self._builder.verified(citations) for citation in item.citations]
        return AnswerSentence(verdict.text, citations) if verified == citations else None


def _is_told(sentence: AnswerSentence, shown: Sequence[AnswerSentence]) -> bool:
    return any(sentence.text == other.text for other in shown)


def _places(verdict: Verdict, sources: Sequence[Source]) -> Iterator[tuple[str, Span]]:
    """The sentences that a written one rests on: passage and span."""
    for support in verdict.supports:
        source = sources[support.source]
        yield source.context.passage.id, Span(*_trimmed(source, support.span))


def _trimmed(source: Source, span: Span) -> tuple[int, int]:
    text = source.context.passage.text[span.start : span.end]
    return span.start + len(text) - len(text.lstrip()), span.start + len(text.rstrip())


def _sources(evidence: Evidence, reader: ClauseReader) -> list[Source]:
    """What the model is given: nothing where the library has nothing, or a part of the question is not met."""
    if all(reason is not None for reason in evidence.unmet):
        return []
    read = [Source(item.context, reader, evidence.standings.get(item.context.document.id)) for item in evidence.found]
    sources = [source for source in read if not source.addresses_model]
    sizes = accumulate(len(source.context.passage.text) for source in sources)
    return [source for source, size in zip(sources, sizes, strict=False) if size <= SOURCE_CHARACTERS][:SOURCES]


def _shortcoming(raw: str, declined: bool, written: int, withheld: int, beside: int) -> str | None:
    """What keeps a complete reply from being the answer."""
    if not raw.strip():
        return "大模型没有给出内容"
    if declined:
        return "大模型认为所给资料不足以回答"
    if not written and beside > withheld:
        return "大模型所写的内容没有回答所问"
    if not written:
        return "大模型所写的内容在资料中没有依据"
    if written < withheld:
        return "大模型所写的内容大半在资料中没有依据"
    return None


def _whole_answer(
    extracted: Answer, shown: list[AnswerSentence], failure: str | None, model: str | None, withheld: int
) -> Answer:
    """The answer that the events add up to. Whether the library answers is decided without the model."""
    status = extracted.status
    reason = _explained(failure, extracted, model is not None) if failure else extracted.reason
    if shown and status is AnswerStatus.ABSTAINED:
        status = AnswerStatus.PARTIAL
        reason = reason if failure else "馆藏的依据不足以作完整回答，以下各句在所注出处均有依据。"
    return replace(extracted, status=status, sentences=shown, reason=reason, model=model, withheld=withheld)


def _explained(failure: str | None, extracted: Answer, written: bool = False) -> str:
    """Why the model was not used, or not alone, before what the library says of its own answer."""
    if not extracted.sentences:
        used = "以上是已核对的部分" if written else "没有采用大模型"
    else:
        used = "已用馆藏原句补足" if written else "没有采用大模型，以下是馆藏原句"
    return f"{failure}，{used}。{extracted.reason or ''}"


def _with_question(answer: Answer, question: str, asked: str) -> Answer:
    return answer if asked == question else replace(answer, asked=asked)


def _cited(sentences: Sequence[AnswerSentence]) -> list[Citation]:
    """The citations of the sentences, one of each passage."""
    found = {citation.passage_id: citation for sentence in sentences for citation in sentence.citations}
    return list(found.values())
