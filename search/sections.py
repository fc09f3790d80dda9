"""Sections that a question asks for by their heading: 某方案的目标是什么 by what stands under 一、工作目标."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.catalogue import PassageInContext
from corpus.records import Passage
from corpus.text.folding import fold
from search.conditions import missing_around, unmet_conditions
from search.enumeration import points_under
from search.evidence import Evidence, FoundPassage, Sentence, TermCoverage, sentences_of
from search.interrogatives import SLOT_WORDS, AnswerType, plain_spelling
from search.question import Question
from search.selection import MOST_POINTS, MOST_SENTENCES

_ASKED = (
    re.compile(
        "^(.+?)(?:分别|主要|具体|都)?(?:是|有|为|包括|包含|分为)"
        "(?:些什么|什么|哪些|哪几[个项条点]|哪[两三四五六七八九十][个项条点])(?:内容|方面)?[呢?。!]*$"
    ),
    re.compile(
        "^(.+?)(?:是|有|提出|规定|明确|采取|包括|包含|遵循|坚持|设|取得|要?达到|要?实现|确定|安排)?了?"
        "(?:哪些|什么|哪几[个项条]|哪[两三四五六七八九十][个项条])(?:主要|具体)?(.{2,8}?)[呢?。!]*$"
    ),
    re.compile("^(.+的[^的]{2,8}?)[?。!]*$"),
)
"""工作目标是什么, 有哪些要求, and no word that asks: 某方案的工作目标."""
_MEASURED = frozenset({AnswerType.TIME, AnswerType.NUMBER, AnswerType.PERSON, AnswerType.PLACE})
"""Kinds of answer that are a word or two, whatever stands beside them."""
_NUMBER = re.compile(
    r"^(?:第[一二三四五六七八九十百]{1,4}[编章节部分]+|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(?:\.\d{1,2})*[.、．]?)\s*(?:关于)?"
)
_JOINED = re.compile("[与和及、]")
_ADDS_NOTHING = re.compile(
    "(?:工作|总体|总|主要|基本|具体|有关|相关|突出|存在的?|对策|政策|意见|重点|指导|建设|发展|重要|重大|历史|现实)?的?"
)
"""What headings add to a noun without narrowing it: 工作目标 are the aims, 保障措施 are not all measures."""
_LEAST_NAMED = 0.75
"""Weight share of what is asked about that a document's title and the headings must name."""


@dataclass(frozen=True, slots=True)
class AskedSection:
    """What stands under the heading that a question asks for.

    Attributes:
        path: headings down to that one.
        passages: those below it, in document order.
        named: weight share of the rest of the question that title and headings name.
        whole: whether the question has the whole heading and not only its last noun.
        others: paths of the document's other sections that fit as well.
    """

    path: tuple[str, ...]
    passages: tuple[FoundPassage, ...]
    named: float
    whole: bool
    others: tuple[tuple[str, ...], ...] = ()


def asked_phrase(question: Question) -> str:
    """The folded words that end in the noun asked for; empty where a question is of no such form."""
    if question.type in _MEASURED:
        return ""
    folded = plain_spelling(fold(question.query.asked)).strip()
    found = next(filter(None, (pattern.match(folded) for pattern in _ASKED)), None)
    return "".join(found.groups()) if found else ""


def asked_section(evidence: Evidence, read: Callable[[str], Sequence[Passage]]) -> AskedSection | None:
    """The section that a question asks for in the documents of the passages found: of the document whose title and
    headings name most of the question, the first of several, one that is past only where no other has it; None where
    none names enough.

    Args:
        evidence: what was found.
        read: the passages of a version, in document order.
    """
    question = evidence.question
    phrase = asked_phrase(question)
    if not phrase:
        return None
    shares = zip(question.terms, map(float, evidence.table.term_weights), strict=True)
    weights = {term: share if term in phrase else 0.0 for term, share in shares}
    found = [replace(item, codes=_codes(question, item)) for item in evidence.found]
    documents = {item.context.passage.version_id: item for item in reversed(found)}
    named = [item for item in reversed(documents.values()) if any(term in _naming(item) for term in question.terms)]
    for past in (False, True):
        some = [item for item in named if (item.context.document.id in evidence.standings) is past]
        within = (
            _section_within(question, phrase, item, weights, read(item.context.passage.version_id)) for item in some
        )
        if best := max(filter(None, within), key=_fit, default=None):
            return best
    return None


def section_under(item: FoundPassage, heading: str, passages: Sequence[Passage]) -> AskedSection:
    """The section of a passage's document under one of the headings above that passage."""
    context = item.context
    path = context.passage.path[: context.passage.path.index(heading) + 1]
    return AskedSection(path, _below(item, passages, path), 1.0, True)


def sentences_shown(question: Question, section: AskedSection) -> tuple[list[tuple[PassageInContext, Sentence]], bool]:
    """The sentences of a section to show, and whether they are all that it says: all sentences, or its points by the
    first sentence of each, or else its beginning."""
    found = section.passages
    sentences = sentences_of(found)
    unmet = unmet_conditions(question, sentences, found)
    said = [
        (found[sentence.passage].context, sentence)
        for sentence, reason in zip(sentences, unmet, strict=True)
        if reason is None and sentence.text.rstrip("。；：") not in section.path
    ]
    if len(said) <= MOST_POINTS:
        return said, True
    outline = _outline(section, said)
    if outline and len(outline) <= MOST_POINTS:
        return outline, True
    return said[:MOST_SENTENCES], False


def _outline(
    section: AskedSection, said: Sequence[tuple[PassageInContext, Sentence]]
) -> list[tuple[PassageInContext, Sentence]]:
    """What stands right under the heading, and the first sentence of each point; empty where there are no points."""
    points = {point.id for point in points_under([item.context.passage for item in section.passages], section.path)}
    if len(points) < 2:
        return []
    first = {context.passage.id: sentence for context, sentence in reversed(said)}
    return [
        (context, sentence)
        for context, sentence in said
        if context.passage.path == section.path
        or (context.passage.id in points and first[context.passage.id] is sentence)
    ]


def _section_within(
    question: Question, phrase: str, item: FoundPassage, weights: Mapping[str, float], passages: Sequence[Passage]
) -> AskedSection | None:
    """The section of a document that the question asks for, the first of those that fit best."""
    title, naming, noun = fold(item.context.document.title), _naming(item), _last_noun(question, phrase)
    fitting = []
    depths = ((passage.path, depth) for passage in passages for depth in range(1, len(passage.path) + 1))
    for path in dict.fromkeys(path[:depth] for path, depth in depths):
        asked = _asked_in(phrase, noun, path[-1], title)
        if not asked:
            continue
        named = _share_named(question, asked, weights, "\n".join((naming, *map(fold, path))))
        if named < _LEAST_NAMED:
            continue
        inside = _below(item, passages, path)
        if next(missing_around(question, inside[0]), None) is None:
            fitting.append(AskedSection(path, inside, named, asked == _plain(path[-1])))
    if not fitting:
        return None
    first, *others = (section for section in fitting if _fit(section) == max(map(_fit, fitting)))
    return replace(first, others=tuple(section.path for section in others))


def _fit(section: AskedSection) -> tuple[float, bool]:
    return section.named, section.whole


def _below(item: FoundPassage, passages: Sequence[Passage], path: tuple[str, ...]) -> tuple[FoundPassage, ...]:
    """The passages of a section of a found passage's document, its subsections' included."""
    document = item.context.document
    inside = (passage for passage in passages if passage.path[: len(path)] == path)
    return tuple(FoundPassage(PassageInContext(passage, document), 0.0, item.codes) for passage in inside)


def _asked_in(phrase: str, noun: str, heading: str, title: str) -> str:
    """What of a phrase asks for what stands under a heading: the heading itself, or the noun that it promises."""
    plain = _plain(heading)
    if len(plain) > 1 and phrase.endswith(plain):
        return plain
    return noun if noun and any(_promises(part, noun, title) for part in _JOINED.split(plain)) else ""


def _promises(heading: str, noun: str, title: str) -> bool:
    """Whether a heading says the noun and adds nothing to it, or only what the title says: 试点范围 of a 试点方案."""
    added = heading.removesuffix(noun)
    if added == heading:
        return False
    return _ADDS_NOTHING.fullmatch(added) is not None or (noun not in SLOT_WORDS and added in title)


def _last_noun(question: Question, phrase: str) -> str:
    """The word that a phrase ends in: a term of the question, or one that stands for its answer (步骤, 内容)."""
    nouns = (word for word in (*question.terms, *SLOT_WORDS) if len(word) > 1 and phrase.endswith(word))
    return max(nouns, key=len, default="")


def _plain(heading: str) -> str:
    """A heading, folded, without its number."""
    return _NUMBER.sub("", fold(heading)).strip(" 。:")


def _codes(question: Question, item: FoundPassage) -> tuple[str, ...]:
    """The codes of the question that a passage's document is called by, those that stand in the passage, too."""
    return (*item.codes, *(code for code in question.codes if code in item.folded))


def _naming(item: FoundPassage) -> str:
    """What a document is called by, folded: title, codes, course, project and body."""
    document = item.context.document
    names = (document.title, *item.codes, document.course, document.project, document.organization)
    return fold("\n".join(filter(None, names)))


def _share_named(question: Question, noun: str, weights: Mapping[str, float], naming: str) -> float:
    """Weight share of a question's terms, the noun's left out, that the names hold; 0 where nothing else is asked."""
    rest = {term: 0.0 if term in noun or term.endswith(noun) else weight for term, weight in weights.items()}
    coverage = TermCoverage(question, rest)
    return coverage.share(coverage.vector(naming)) if any(rest.values()) else 0.0
