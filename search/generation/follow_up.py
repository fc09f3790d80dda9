"""Follow-up questions made whole by rule: what 它, 该办法 or 学院 means, and what an elliptical question leaves out.

Every question of the conversation is made whole in its turn, so that a topic carries on until another one is named.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.text.analyser import Analyser, TaggedToken
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word
from corpus.text.references import find_document_numbers, find_project_numbers

MOST_TURNS = 10
"""Turns of a conversation that are looked back on."""

_KIND = (
    "研究院|研究所|研究会|联合会|委员会|办公室|人民政府|政府|大学|学院|学校|中学|小学|党校|学会|协会|商会|公司|集团|医院|中心|基地|机构|平台|"
    "院|系|厅|局|部|处|省|市|县|区|乡|镇|村|社区|街道|"
    "办法|条例|规定|细则|章程|法典|准则|决定|方案|通知|意见|纲要|规划|要点|报告|纪要|简报|批复|复函|大纲|讲义|教材|课程|论文|"
    "行动|工程|项目|课题|专业|学科|制度|机制|模式|活动|大赛|大会|论坛|讲堂|课堂|志愿队|轻骑兵|小分队|队伍|基金|奖项|星级|法|奖|讲"
)
_ENDS_IN_KIND = re.compile(rf"(?:{_KIND})$")
_AND = frozenset("与和及")
_LISTED = re.compile(r"[\u4e00-\u9fff]{2,12}?(?:办法|条例|规定|细则|方案|通知|意见|学院|研究院|研究会|委员会|协会)")
"""The rest of a name in which two things are joined by 与."""
_PLACE = re.compile("..*(?:省|市|县|区|乡|镇|村|社区|街道)$")
_QUOTED = re.compile(r"《[^《》\n]{2,60}》|“[^“”\n]{2,30}”")
_POINTING = re.compile(
    rf"(?:该|此|这|那|这个|那个|这一|那一|这份|那份|这项|那项|这些|那些|上述|前述|本)(?P<kind>{_KIND})"
    r"|它们?(?P<of>的)?|(?<![尤极与何若莫])其(?![中他它余实次间])(?P<its>)"
)
_WHAT_ABOUT = re.compile(r"^(?:那么?|还有|至于)?[,，]?(?P<what>[^?？]{1,24}?)(?:呢|又如何|怎么样|怎样)[?？]?$")
_YEAR = re.compile(r"(?:19|20)\d\d年?|[今去明]年")
_LEADING = re.compile(r"^(?:那么?|请问|另外|还有|此外|再问一下|然后)[,，]?\s*")
_DEFINING = re.compile(r"^什么(?:是|叫)|(?:是什么意思|的含义|的定义)[?？]?$")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and how it was answered."""

    question: str
    answer: str = ""


class FollowUp:
    """Makes questions whole with the library's analyser."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser

    def whole(self, question: str, history: Sequence[Turn]) -> str:
        """The question as it would be asked without the conversation before it; itself where it stands alone."""
        asked: list[str] = []
        for turn in history[-MOST_TURNS:]:
            asked.append(self._resolved(turn.question, asked))
        return self._resolved(question, asked)

    def _resolved(self, question: str, before: Sequence[str]) -> str:
        question = _LEADING.sub("", question.strip()) or question
        topic = self._carried(before)
        if topic is None:
            return question
        exchanged = self._exchanged(question, before[-1])
        if exchanged is not None:
            return exchanged
        pointed = _POINTING.sub(lambda match: self._meant(match, before) or match[0], question)
        if pointed != question:
            return pointed
        named = self._bare_kind_named(question, before)
        if named is not None:
            return named
        if _DEFINING.search(question) or any(self._topics(question)):
            return question
        return f"{topic}{question}"

    def _carried(self, before: Sequence[str]) -> str | None:
        """What the conversation is about: the last name, as fully as it was given; else the last phrase."""
        names = [name for asked in reversed(before) for name in self._topics(asked)]
        if names:
            return _fullest(names)
        return next((topic for topic in map(self._topic, reversed(before)) if topic), None)

    def _exchanged(self, question: str, last: str) -> str | None:
        """那2023年呢, 那云岭县呢: the last question with that part exchanged for the one of its kind."""
        match = _WHAT_ABOUT.match(question)
        if match is None:
            return None
        what = match["what"]
        if _YEAR.fullmatch(what):
            return _YEAR.sub(what, last, count=1) if _YEAR.search(last) else f"{what}{last}"
        kind = _ENDS_IN_KIND.search(what)
        names = self._places(last) if _PLACE.match(what) else self._topics(last) if kind else ()
        for name in names:
            if name not in what and (_PLACE.match(name) or (kind and name.endswith(kind[0]))):
                return last.replace(name, what, 1)
        return f"{self._topic(last) or ''}{what}"

    def _meant(self, match: re.Match[str], before: Sequence[str]) -> str | None:
        kind = match["kind"]
        topics = [topic for asked in reversed(before) for topic in self._topics(asked)]
        same = [topic for topic in topics if kind and topic.strip("《》“”").endswith(kind)]
        meant = _fullest(same) if same else self._carried(before)
        return meant + ("的" if match["of"] or match["its"] is not None else "") if meant else None

    def _bare_kind_named(self, question: str, before: Sequence[str]) -> str | None:
        """学院有多少位教师, where 哲学院 was the topic: the kind alone stands for the one that was named."""
        tokens = self._analyser.tagged(question)
        for at, token in enumerate(tokens):
            bare = _ENDS_IN_KIND.fullmatch(token.text) and len(token.text) > 1
            if not bare or (at and _modifies(tokens[at - 1])):
                continue
            names = [name for asked in reversed(before) for name in self._topics(asked)]
            same = [name for name in names if name.strip("《》“”").endswith(token.text) and name not in question]
            if same:
                named = _fullest(same)
                return question[: token.start] + named + question[token.end :]
        return None

    def _topic(self, question: str) -> str | None:
        """What a question is about: the first name in it, else its first noun phrase."""
        return next(self._topics(question), None) or next(self._phrases(question), None)

    def _topics(self, question: str) -> Iterator[str]:
        """Names in a question: in 《》 or quotes, numbers, and phrases that end in a kind or hold a name."""
        folded = fold(question)
        found = [(match.start(), match[0]) for match in _QUOTED.finditer(question)]
        references = (*find_document_numbers(folded), *find_project_numbers(folded))
        found += [(reference.start, question[reference.start : reference.end]) for reference in references]
        for start, phrase in self._runs(question):
            size = _name_length(phrase)
            if size:
                found.append((start, question[start : start + size]))
        yield from (name for _, name in sorted(found))

    def _phrases(self, question: str) -> Iterator[str]:
        for start, phrase in self._runs(question):
            size = sum(len(token.text) for token in phrase)
            if size > 1:
                yield question[start : start + size]

    def _places(self, question: str) -> Iterator[str]:
        """Names of places, with what stands before the word for their kind."""
        for start, phrase in self._runs(question):
            end = start
            for token in phrase:
                end += len(token.text)
                if token.tag == "ns" or _PLACE.match(question[start:end]):
                    yield question[start:end]
                    break

    def _runs(self, question: str) -> Iterator[tuple[int, list[TaggedToken]]]:
        """Runs of nouns and names; a verb within one (应用 in 大学应用经济学院) and 与 in a title are part of it."""
        tokens = self._analyser.tagged(question)
        run: list[TaggedToken] = []
        for at, token in enumerate(tokens):
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            if _modifies(token) or (following and _joins(token, following, bool(run), question)):
                run.append(token)
            elif run:
                yield run[0].start, run
                run = []
        if run:
            yield run[0].start, run


def _joins(token: TaggedToken, following: TaggedToken, inside: bool, question: str) -> bool:
    """Whether a word that is no noun belongs to the name that goes on behind it."""
    if token.text in _AND:
        return inside and _LISTED.match(question, following.start) is not None
    listed = following.text in _AND and _LISTED.match(question, following.end) is not None
    if is_function_word(token.text) or not (_modifies(following) or listed):
        return False
    return (inside and token.tag.startswith("v")) or len(token.text) == len(following.text) == 1


def _modifies(token: TaggedToken) -> bool:
    """Whether a word can be part of a name."""
    if is_function_word(token.text) or not token.text[0].isalnum():
        return token.text in {"-", "—", "·"}
    return token.tag.startswith(("n", "j", "b", "vn", "eng", "zg", "an")) or token.tag in {"", "g", "ag"}


def _names(token: TaggedToken) -> bool:
    """Whether a word is the name of a person, place or body by itself."""
    return token.tag in {"nr", "ns", "nt", "eng"}


def _name_length(phrase: Sequence[TaggedToken]) -> int:
    """How many characters of a noun phrase are a name, up to its kind (应用经济学院 of 应用经济学院毕业生)."""
    text, size = "", 0
    for token in phrase:
        text += token.text
        kind = _ENDS_IN_KIND.search(text)
        if kind and kind.start() > 0:
            size = len(text)
    return size or (len(text) if any(map(_names, phrase)) else 0)


def _fullest(names: Sequence[str]) -> str:
    """The first name, as fully as any of them gives it."""
    return max((name for name in names if name.endswith(names[0])), key=len)
