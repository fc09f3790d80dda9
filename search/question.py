"""What a question asks for: the kind of answer, the terms that carry it, and the parts an answer cannot be without."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.terms import TermBase
from corpus.text.analyser import Analyser, Token
from corpus.text.folding import fold
from search.query import Query, Shared
from search.wording import is_function_word


class AnswerType(StrEnum):
    """The kind of answer a question asks for."""

    TIME = "time"
    NUMBER = "number"
    LIST = "list"
    REASON = "reason"
    MANNER = "manner"
    PERSON = "person"
    PLACE = "place"
    DEFINITION = "definition"
    FACT = "fact"


_TIME_ASKED = (
    "什么时候|什么时间|什么日期|何时|何年|几时|哪一?[年天月日]|哪个[年月]|几[月号日]|[几哪]个?世纪|(?:时间|日期)[是为]"
)
_NUMBER_ASKED = (
    "多少|第几|几(?!乎)|多[长大高远久重宽深]"
    "|(?:人数|数量|总数|金额|经费|比例|比率|占比|[率次]数|面积|电话|学时|学分|分值)(?:是|为|有)?[?。]?$"
)
_TYPES: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    (AnswerType.TIME, re.compile(_TIME_ASKED)),
    (AnswerType.NUMBER, re.compile(_NUMBER_ASKED)),
    (AnswerType.LIST, re.compile("哪些|哪[两三四五六七八九十几]|有什么|包括什么|(?<!为)什么(?:措施|内容|要求|条件)")),
    (AnswerType.REASON, re.compile("为什么|为何|原因|缘何|何以")),
    (AnswerType.MANNER, re.compile("如何|怎")),
    (AnswerType.PERSON, re.compile("谁|哪一?位|何人|什么人")),
    (AnswerType.PLACE, re.compile("哪里|哪儿|何处|何地|什么地方|哪一?个?[省市县区国州]|哪个(?:城市|国家|地区)")),
    (AnswerType.DEFINITION, re.compile("什么是|是什么意思|何谓|是指什么|指的是什么|含义|定义")),
)
_SLOTS = "时候 时间 日期 地方 原因 名字 名称 叫 叫做 称为 哪一部 现在 目前 主要 具体 内容 年 月 日"
_SLOT_WORDS = frozenset(_SLOTS.split())
"""Words that stand for the answer asked for (什么时候, 什么名字): an answer replaces them, so it need not hold them."""

_NUMERAL = "[一二三四五六七八九十百千万亿两零]"
_QUANTITY = re.compile(
    rf"\d|百分之|{_NUMERAL}{{2,}}|{_NUMERAL}(?:个|人|名|位|项|种|条|次|场|门|家|所|章|节|届|部|册|期|天|年|月|日|元|倍|成|岁)"
    "|半数|一半"
)
_TIME = re.compile(
    rf"\d|(?:{_NUMERAL})+[年月日]|世纪|年代|[早晚]期|时期|[王清明元宋唐汉]朝|今年|去年|每年|当年|同年|次年|年[初底末]|[上下]旬"
)
_YEAR = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)(?=年|[^\d〕\])]|$)")
_QUOTED = re.compile(r"[“\"「『‘]([^“”\"「」『』‘’]{2,40})[”\"」』’]")
_PROVINCES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 "
    "四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾"
)
_PLACES = frozenset(_PROVINCES.split())
_PLACE_SUFFIX = re.compile(r"(?<=..)(?:省|市|县|自治区|自治州)$")
_BODY = re.compile(r"..+(?:大学|学院|公司|集团|研究院|研究所|法院|检察院|委员会)$")
_LATIN = re.compile(r"[0-9a-z][0-9a-z.&/-]*[0-9a-z]|[0-9a-z]")


@dataclass(frozen=True, slots=True)
class Question(Shared):
    """A question taken apart.

    Attributes:
        query: the same text as a query.
        type: the kind of answer it asks for.
        terms: its content words, folded, distinct, the longest at each place.
        synonyms: other names of a term, from the term base, folded.
        years: years that it names.
        required: quoted names and words in Latin letters or digits, folded: an answer must hold each of them.
        places: named places and bodies, folded, without 省, 市 …: an answer must hold or stand under each of them.
    """

    query: Query
    type: AnswerType
    terms: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    years: tuple[int, ...]
    required: tuple[str, ...]
    places: tuple[str, ...] = ()


class QuestionReader:
    """Takes questions apart with the library's analyser and term base."""

    def __init__(self, analyser: Analyser, terms: TermBase) -> None:
        self._analyser = analyser
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for term in terms.terms:
            names = {fold(name) for name in (term.text, *term.aliases)}
            for name in names:
                self._synonyms[name] = tuple(sorted({*self._synonyms.get(name, ()), *names} - {name}))

    def read(self, query: Query) -> Question:
        """The question that a query's text asks."""
        folded = fold(query.text)
        terms = content_terms(self._analyser.tokens(query.text))
        years = tuple(dict.fromkeys(int(year) for year in _YEAR.findall(folded)))
        quoted = [match[1] for match in _QUOTED.finditer(folded)]
        latin = [token for token in _LATIN.findall(folded) if len(token) > 1 and token not in map(str, years)]
        places = (_place(term) for term in terms)
        named = {fold(title) for title in query.named}
        return Question(
            query=query,
            type=answer_type(folded),
            terms=terms,
            synonyms={term: self._synonyms[term] for term in terms if term in self._synonyms},
            years=years,
            required=tuple(dict.fromkeys(item for item in [*quoted, *latin] if item not in named)),
            places=tuple(dict.fromkeys(place for place in places if place)),
        )


def answer_type(folded: str) -> AnswerType:
    """The kind of answer that a folded question asks for."""
    return next((kind for kind, pattern in _TYPES if pattern.search(folded)), AnswerType.FACT)


def bears_type(kind: AnswerType, folded: str) -> bool:
    """Whether a folded sentence could hold an answer of the kind: a number for 多少, a date or period for 何时."""
    if kind is AnswerType.NUMBER:
        return _QUANTITY.search(folded) is not None
    if kind is AnswerType.TIME:
        return _TIME.search(folded) is not None
    return True


def content_terms(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The longest words of a text that carry content, distinct, in order.

    Neighbouring single characters, which the dictionary does not know as a word, are one term: most often a name.
    """
    longest: list[Token] = []
    for token in sorted(tokens, key=lambda token: (token.start, -token.end)):
        if not longest or token.end > longest[-1].end:
            longest.append(token)
    terms: list[Token] = []
    joinable = False
    for token in longest:
        if is_function_word(token.text) or token.text in _SLOT_WORDS or token.text.isdigit():
            continue
        if _is_character(token) and joinable and terms[-1].end == token.start:
            terms[-1] = Token(terms[-1].text + token.text, terms[-1].start, token.end)
        else:
            terms.append(token)
            joinable = _is_character(token)
    return tuple(dict.fromkeys(term.text for term in terms))


def _place(term: str) -> str | None:
    """A term that names a place or a body, in the shorter form that texts use; None for another term."""
    short = _PLACE_SUFFIX.sub("", term)
    return short if short != term or term in _PLACES or _BODY.match(term) else None


def _is_character(token: Token) -> bool:
    return len(token.text) == 1 and not token.text.isascii()
