"""Which sentences of the evidence are shown: the likeliest, an enumeration whole, or what stands under a heading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from corpus.text.folding import fold
from search.conditions import is_heading, needed_words, repeats
from search.enumeration import enumeration_around, leads_in, marker_style
from search.evidence import Evidence, FoundPassage, Sentence
from search.interrogatives import AnswerType
from search.question import Question

MOST_SENTENCES = 6
MOST_POINTS = 10
"""Points shown that are sections of their own, each by its first sentence, most often a heading."""
_ENOUGH = 0.8
"""Probability, of the eligible sentences', from which on those shown are enough: further ones hardly add the answer."""
_LIKELY = 0.05
"""Share of the best sentence's probability that one must have to be preferred for the enumeration it is part of."""
_LONGEST_OPENING = 30
"""Characters of a sentence that can only be the opening of a point, not its content."""
_FULL_STOPS = ("。", "；", "！", ";")
_PROMISING: Mapping[AnswerType, re.Pattern[str]] = MappingProxyType(
    {
        AnswerType.ELIGIBILITY: re.compile("条件|资格|对象|范围|门槛"),
        AnswerType.REASON: re.compile("原因|成因|症结|根源|缘由|动因|为什么|为何"),
    }
)
"""What headings have under which it is said who may do something, or why it is so."""
_CONTENTS_ASKED = re.compile("[要本心体]内容(?:是什么)?[?。]?$")
_ENUMERATED = frozenset({AnswerType.LIST, AnswerType.MANNER, AnswerType.ELIGIBILITY})
"""Kinds of answer that an enumeration can be."""


def promised_sentences(evidence: Evidence, shares: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Where it is asked who may do something, why it is so, or how it is counted: the shares of those sentences alone
    that stand under 申请条件, 主要原因 and the like, or else have the words that an answer needs; None without any.

    One of them must be nearly as likely as the best of all, or stand in the same document, whose title names half of
    what is asked about. The words of 谁能当百姓名嘴 stand in any sentence that speaks of them.
    """
    question, sentences = evidence.question, evidence.table.sentences
    needed = needed_words(question)
    if question.type not in _PROMISING and needed is None:
        return None
    at = np.array([sentence.passage for sentence in sentences])
    documents = [item.context.document for item in evidence.found]
    best = documents[at[np.argmax(shares)]]
    titled = sum(term in fold(best.title) for term in question.terms) * 2 >= len(question.terms)
    within = np.array([titled and document.id == best.id for document in documents])[at]
    promised = np.array([_is_promised(question, item) for item in evidence.found])[at]
    likely = shares >= _LIKELY * shares.max()
    for telling in (promised & (likely | within), likely & _saying(evidence, needed)):
        kept = np.where(telling, shares, 0.0)
        if kept.any():
            return np.asarray(kept / kept.sum())
    return None


def _saying(evidence: Evidence, needed: re.Pattern[str] | None) -> NDArray[np.bool_]:
    """Which sentences have the words that are needed, or stand under a heading that has them."""
    sentences = evidence.table.sentences
    if needed is None:
        return np.zeros(len(sentences), dtype=bool)
    headed = [any(needed.search(fold(part)) for part in item.context.passage.path[-1:]) for item in evidence.found]
    return np.array([headed[item.passage] or needed.search(item.folded) is not None for item in sentences])


def best_sentence(evidence: Evidence, shares: NDArray[np.float64]) -> int:
    """The likeliest sentence, or one nearly as likely of points that are asked for and that a heading promises, or that
    says what is asked about and heads what is said of it."""
    question, sentences = evidence.question, evidence.table.sentences
    order = sorted(map(int, np.flatnonzero(shares)), key=lambda index: (-shares[index], index))
    likely = takewhile(lambda index: shares[index] >= _LIKELY * shares[order[0]], order)
    nearly = list(likely)
    headed = (index for index in nearly if repeats(question, sentences[index], evidence.found))
    return next((index for index in nearly if _promised_points(evidence, index)), next(headed, order[0]))


def _promised_points(evidence: Evidence, index: int) -> list[int]:
    """The enumeration around a sentence, if points are asked for and its heading says what was asked."""
    question, sentences = evidence.question, evidence.table.sentences
    context = evidence.found[sentences[index].passage].context
    headings = context.passage.path[-1:]
    if question.type not in _ENUMERATED or not headings:
        return []
    if not carries(headings[0], context.document.title, question.terms):
        return []
    points = _enumeration(sentences, index)
    return points if len(points) > 1 else []


def choose(evidence: Evidence, shares: NDArray[np.float64], best: int) -> list[int]:
    """Indices of the sentences to show, in text order: the best with its enumeration, or as many as make it likely
    that the answer is among them. A heading says nothing by itself and is shown only with what stands under it."""
    question, sentences = evidence.question, evidence.table.sentences
    if points := _promised_points(evidence, best):
        return points
    if whole := _whole_passage(evidence, best):
        return whole
    if below := _headed(evidence, best):
        return below
    if question.type in _ENUMERATED:
        enumeration = _enumeration(sentences, best)
        whole = enumeration if len(enumeration) > 1 else _clauses(sentences, best)
        if len(whole) > 1:
            return whole
    chosen: list[int] = []
    texts: set[str] = set()
    covered = 0.0
    for index in sorted(map(int, np.flatnonzero(shares)), key=lambda index: (-shares[index], index)):
        if chosen and (covered >= _ENOUGH or len(chosen) >= MOST_SENTENCES):
            break
        covered += shares[index]
        if sentences[index].text not in texts and not _is_headline(evidence, index):
            chosen.append(index)
            texts.add(sentences[index].text)
    return sorted(chosen)


def _is_headline(evidence: Evidence, index: int) -> bool:
    """Whether a sentence is a heading, or says what is asked about as one would."""
    sentence = evidence.table.sentences[index]
    return is_heading(sentence, evidence.found) or repeats(evidence.question, sentence, evidence.found)


def _headed(evidence: Evidence, best: int) -> list[int]:
    """The best sentence with what it heads, or alone if it announces something; nothing for any other."""
    sentences = evidence.table.sentences
    if is_heading(sentences[best], evidence.found):
        best = _last_heading(sentences, best, evidence.found)
        return [best, *_below(sentences, best)][:MOST_SENTENCES]
    if _is_headline(evidence, best):
        stated = takewhile(lambda at: sentences[at].text.endswith(_FULL_STOPS), _below(sentences, best))
        return [best, *stated][:MOST_SENTENCES]
    if leads_in(sentences[best].text):
        return [best]  # What it announces is shown whole or not at all.
    if _opens_point(sentences, best):
        return [best, *_below(sentences, best)][:MOST_SENTENCES]
    return []


def point_parents(evidence: Evidence, best: int) -> Iterator[Sequence[str]]:
    """Paths of the headings right below which the points asked for may stand as sections of their own."""
    question, context = evidence.question, evidence.found[evidence.table.sentences[best].passage].context
    promising = _PROMISING.get(question.type)
    for parent in filter(None, (context.passage.path, context.passage.path[:-1])):
        several = question.type in _ENUMERATED or _CONTENTS_ASKED.search(fold(question.query.asked))
        asked = several and carries(parent[-1], context.document.title, question.terms)
        if asked or (promising and promising.search(parent[-1])):
            yield parent


def _whole_passage(evidence: Evidence, best: int) -> list[int]:
    """All that a passage says under a heading that promises who may or why, if it can be shown whole: one condition
    without the others misleads. What cannot be the answer, of another year, is left out."""
    sentences = evidence.table.sentences
    if not _is_promised(evidence.question, evidence.found[sentences[best].passage]):
        return []
    same = [at for at, sentence in enumerate(sentences) if sentence.passage == sentences[best].passage]
    shown = [at for at in same if evidence.unmet[at] is None or is_heading(sentences[at], evidence.found)]
    return shown if len(shown) <= MOST_SENTENCES else []


def _is_promised(question: Question, item: FoundPassage) -> bool:
    """Whether one of the two headings that a passage stands under says what is asked for."""
    promising = _PROMISING.get(question.type)
    return promising is not None and any(map(promising.search, item.context.passage.path[-2:]))


def announced_within(sentences: Sequence[Sentence], index: int) -> list[int]:
    """What a sentence that ends in a colon announces in its own passage, if that can be shown whole: the items of an
    enumeration, or all that follows."""
    rest = list(_rest_of_passage(sentences, index))
    style = marker_style(sentences[rest[0]].text) if rest else None
    items = rest if style is None else [at for at in rest if marker_style(sentences[at].text) == style]
    return items if len(items) <= MOST_POINTS else []


def _last_heading(sentences: Sequence[Sentence], index: int, found: Sequence[FoundPassage]) -> int:
    """The innermost of the headings that stand one above the other from ``index`` on."""
    while index + 1 < len(sentences):
        following = sentences[index + 1]
        if following.passage != sentences[index].passage or not is_heading(following, found):
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
    return list(takewhile(lambda at: marker_style(sentences[at].text) is None, _rest_of_passage(sentences, index)))


def _rest_of_passage(sentences: Sequence[Sentence], index: int) -> Iterator[int]:
    """The sentences after one in its passage."""
    after = range(index + 1, len(sentences))
    return takewhile(lambda at: sentences[at].passage == sentences[index].passage, after)


def _enumeration(sentences: Sequence[Sentence], best: int) -> list[int]:
    """The enumeration around a sentence if it can be shown whole, else the sentence alone."""
    same = [index for index, sentence in enumerate(sentences) if sentence.passage == sentences[best].passage]
    around: Sequence[int] = enumeration_around([sentences[index].text for index in same], best - same[0])
    if len(around) > MOST_SENTENCES:
        around = [at for at in around if marker_style(sentences[same[at]].text) is not None]
    return [same[at] for at in around] if len(around) <= MOST_SENTENCES else [best]


def carries(heading: str, title: str, terms: Sequence[str]) -> bool:
    """Whether a heading holds half of what a question asks beyond the title: the points under it are then asked for."""
    folded, known = fold(heading), fold(title)
    asked = [term for term in terms if term not in known]
    return sum(term in folded for term in asked) * 2 >= len(asked) > 0
