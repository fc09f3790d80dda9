"""What a question asks for: the kind of answer, the terms that carry it, and the parts an answer cannot be without."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from corpus.labels import FIELD_OF_LABEL, labels_alike
from corpus.text.analyser import Analyser, Token
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word
from corpus.text.numerals import chinese_number, chinese_numeral
from search.definitions import asked_term
from search.interrogatives import (
    SLOT_WORDS,
    AnswerType,
    answer_type,
    asked_noun,
    counted_unit,
    plain_spelling,
    without_interrogatives,
)
from search.measures import NUMERAL, without_other_measures
from search.query import Query, Shared, blank_identifiers

_NAMING = frozenset({AnswerType.LIST, AnswerType.DEFINITION})
"""Kinds of answer that stand under the noun asked for, as points do under 主要措施."""

_QUANTITY = re.compile(
    rf"\d|百分之|{NUMERAL}{{2,}}|{NUMERAL}(?:个|人|名|位|项|种|条|次|场|门|家|所|章|节|届|部|册|期|天|年|月|日|元|倍|成|岁)"
    "|半数|一半"
)
_TIME = re.compile(
    rf"\d|(?:{NUMERAL})+(?:[年月日天周]|个(?:月|星期|小时|工作日|学期)|星期|小时|学期)|逢{NUMERAL}|世纪|年代|[早晚]期|时期|[王清明元宋唐汉]朝|今年|去年|每年|当年|同年|次年|年[初底末]|[上下]旬"
)
_CUES: Mapping[AnswerType, re.Pattern[str]] = MappingProxyType(
    {
        AnswerType.PERSON: re.compile(
            r"[\u4e00-\u9fff]·[\u4e00-\u9fff]|先生|女士|教授|博士|导演|演员|歌手|作家|将军|皇帝|国王|总统|主席|校长|会长|院长|队长"
            r"|[书部局处科主]长|主任|主持|之[子父]|妻子|丈夫|[儿女]子|[由被让]|称号"
        ),
        AnswerType.PLACE: re.compile(
            "[省市县区镇乡村州国岛山河湖路街港洲楼馆室]|位于|地处|地址|[东西南北]部|境内|附近"
        ),
        AnswerType.REASON: re.compile("因[为此]|由于|所以|导致|使得|为了|原因|鉴于|从而|故"),
        AnswerType.LIST: re.compile("、|包括|分为|如下|以下|分别"),
        AnswerType.ELIGIBILITY: re.compile(
            "条件|资格|具有|具备|符合|满足|年满|周岁|年龄|学历|职称|不受.{0,8}限|不得|不予|不受理|限[于报]|仅限|对象|面向|范围"
            "|均可|可以|方可|选拔|遴选|推荐|招募|选聘|聘[请任为]|担任|自愿|凡|(?:应当?|必须|须)[是为在经由]"
        ),
        AnswerType.DEFINITION: re.compile("[是系]指|指的是|所称|称为|称作|定义|含义|就是|即(?!使|将|可|日|时|刻)"),
    }
)
_YEAR = re.compile(r"(?<!\d)((?:1[89]|20)\d\d)(?=年|[^\d〕\])]|$)")
_ORDINAL = re.compile(rf"第({NUMERAL}{{1,4}}|\d{{1,4}})(届|期|批|讲|章|单元|轮|季度|条)")
_COUNT = rf"(?:\d[\d.,]*|{NUMERAL})[万亿]?[多余来]?(?:个|名|位)?"
_NOT_QUANTITIES = re.compile(
    r"\d{4}年|\d{1,2}月|\d{1,2}日|[〔\[(]\d{4}[〕\])]\d+号|第[\d一二三四五六七八九十百]+|^[\d一二三四五六七八九十]+[、.是]"
)
_OF_A_FORM = re.compile(r"课题|项目|课程|这门课|[0-9][A-Za-z]|[A-Za-z][0-9]")
"""What shows that a project or a course is asked about, by name or code."""
_DAYS = frozenset("天日周")
"""Units that an answer gives in other words: 公示多少天, 5个工作日."""
_LONGEST_WORD = 3
"""Characters of a label that the analyser takes as one word anyhow."""
_QUOTED = re.compile(r"[“\"「『‘]([^“”\"「」『』‘’]{2,40})[”\"」』’]")
_PROVINCES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 "
    "四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾"
)
_PLACES = frozenset(_PROVINCES.split())
_PLACE_SUFFIX = re.compile(r"(?<=..)(?:省|市|县|自治区|自治州)$")
_NAMED_KIND = re.compile(
    r"^(?:省|市|县|区|镇|乡|村|街道|社区)$|(?:大学|学院|学校|中学|小学|公司|研究院|协会|联合会|委员会|局|厅|中心)$"
)
_OPENING = 2
"""Characters before a year that a sentence may still be said to open with."""
_RARE = 1_000
"""Occurrences below which a word before such a kind is a name."""
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
        unit: what is counted, where a number is asked for (多少人 → 人), else an empty string.
        asked: the noun of which an instance is asked for (什么职业 → 职业), else an empty string.
        required: quoted names, words in Latin letters or digits and ordinals (第四届), folded, each in all its forms:
            an answer must hold one form of each.
        parts: the words that a longer term is put together of, 申报 and 课题 of 申报课题.
        defined: the names of the term whose meaning it may ask for, folded; empty where it asks for none.
        places: named places and bodies, folded, without 省, 市 …: an answer must hold or stand under each of them.
    """

    query: Query
    type: AnswerType
    terms: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    years: tuple[int, ...]
    unit: str
    asked: str
    required: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]
    defined: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """What is required in Latin letters or digits alone."""
        return tuple(forms[0] for forms in self.required if forms[0].isascii())


class QuestionReader:
    """Takes questions apart with the library's analyser and term base."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser

    def read(self, query: Query) -> Question:
        """The question that a query's text asks."""
        folded = plain_spelling(fold(blank_identifiers(query.asked)))
        tokens = self._analyser.tokens(folded)
        words = content_words(self._analyser.tokens(without_interrogatives(folded)))
        of_a_form = _OF_A_FORM.search(query.asked) is not None
        terms = tuple(dict.fromkeys(word.text for word in words))
        if of_a_form:
            terms = _with_particular(terms, folded)
        kind = answer_type(folded)
        unit = counted_unit(folded, tokens) if kind is AnswerType.NUMBER else ""
        if unit in _DAYS:
            terms = tuple(term for term in terms if term != unit)
        years = years_of(folded)
        quoted = [match[1] for match in _QUOTED.finditer(folded)]
        latin = [token for token in _LATIN.findall(folded) if len(token) > 1 and token not in map(str, years)]
        named = {fold(title) for title in query.named}
        places = [*(_place(term) for term in terms), *self._bodies(words)]
        ordinals = (_ordinal_forms(match) for match in _ORDINAL.finditer(folded))
        defined = asked_term(folded)
        single = dict.fromkeys(item for item in [*quoted, *latin] if item not in named)
        return Question(
            query=query,
            type=kind,
            terms=terms,
            synonyms={
                term: names
                for term in terms
                if (names := (*self._analyser.synonyms(term), *(labels_alike(term) if of_a_form else ())))
            },
            years=years,
            unit=unit,
            asked=asked_noun(folded, tokens) if kind not in _NAMING else "",
            required=(*((item,) for item in single), *dict.fromkeys(ordinals)),
            places=tuple(dict.fromkeys(place for place in places if place)),
            defined=(defined, *self._analyser.synonyms(defined)) if defined else (),
            parts={word.text: parts for word in words if (parts := _parts(word, tokens))},
        )

    def _bodies(self, words: Sequence[Token]) -> Iterator[str]:
        """Names of bodies and places of which the dictionary knows only the last word: 安渡 + 学院."""
        for name, kind in pairwise(words):
            rare = len(name.text) > 1 and self._analyser.frequency(name.text) < _RARE
            if rare and name.end == kind.start and _NAMED_KIND.search(kind.text):
                yield _PLACE_SUFFIX.sub("", name.text + kind.text)


def _with_particular(terms: tuple[str, ...], folded: str) -> tuple[str, ...]:
    """The terms with a particular that forms print as one, 授课教师, instead of its words."""
    label = max((name for name in FIELD_OF_LABEL if name in folded and labels_alike(name)), key=len, default="")
    if len(label) <= _LONGEST_WORD:
        return terms
    return tuple(dict.fromkeys([*(term for term in terms if term not in label), label]))


def years_of(folded: str) -> tuple[int, ...]:
    """The years that a folded text names, distinct, in order."""
    return tuple(dict.fromkeys(int(year) for year in _YEAR.findall(folded)))


def bears_type(kind: AnswerType, folded: str, unit: str = "") -> bool:
    """Whether a folded sentence could hold an answer of the kind: a number, of what ``unit`` counts if it is given,
    for 多少, a date or period for 何时."""
    if kind is AnswerType.NUMBER:
        counts = without_other_measures(unit, _NOT_QUANTITIES.sub(" ", folded))
        return _QUANTITY.search(counts) is not None
    if kind is AnswerType.TIME:
        return _TIME.search(folded) is not None
    return True


def cue_of(kind: AnswerType) -> re.Pattern[str] | None:
    """The words that go with an answer of the kind, in a folded text; None where no words do."""
    return _CUES.get(kind)


def has_cue(question: Question, folded: str) -> bool:
    """Whether a folded sentence has words that go with an answer: 由……, 位于……, 因为……, a number of what is counted."""
    if question.unit:
        return counts_unit(question.unit, folded)
    pattern = cue_of(question.type)
    return pattern is not None and pattern.search(folded) is not None


def counts_unit(unit: str, folded: str) -> bool:
    """Whether a folded sentence has a number of that unit."""
    return bool(unit) and re.search(_COUNT + re.escape(unit), folded) is not None


def other_years(question: Question, folded: str) -> bool:
    """Whether a folded sentence dates itself, and not to a year of the question.

    A figure belongs to the year that its sentence opens with, whatever years it mentions further on.
    """
    found = list(_YEAR.finditer(folded))
    if not question.years or not found:
        return False
    if question.type is AnswerType.NUMBER and found[0].start() <= _OPENING:
        found = found[:1]
    return {int(year[1]) for year in found}.isdisjoint(question.years)


def content_words(tokens: Sequence[Token]) -> list[Token]:
    """The longest words of a text that carry content, in order.

    Neighbouring single characters, which the dictionary does not know as a word, are one word: most often a name.
    """
    words: list[Token] = []
    joinable = False
    for token in _longest(tokens):
        if is_function_word(token.text) or token.text in SLOT_WORDS:
            continue
        if token.text.isdigit():
            continue
        if _is_character(token) and joinable and words[-1].end == token.start:
            words[-1] = Token(words[-1].text + token.text, words[-1].start, token.end)
        else:
            words.append(token)
            joinable = _is_character(token)
    return words


def _longest(tokens: Sequence[Token]) -> Iterator[Token]:
    """The longest token at each place, in order."""
    end = 0
    for token in sorted(tokens, key=lambda token: (token.start, -token.end)):
        if token.end > end:
            yield token
            end = token.end


def _parts(word: Token, tokens: Sequence[Token]) -> tuple[str, ...]:
    """The words of two characters or more that stand end to end from a word's first character to its last."""
    inside = [token for token in tokens if len(token.text) > 1 and token != word and token.end <= word.end]

    def from_(start: int) -> tuple[str, ...] | None:
        if start == word.end:
            return ()
        for token in sorted((token for token in inside if token.start == start), key=lambda token: -token.end):
            if (rest := from_(token.end)) is not None:
                return (token.text, *rest)
        return None

    return from_(word.start) or ()


def _ordinal_forms(match: re.Match[str]) -> tuple[str, ...]:
    number = chinese_number(match[1])
    forms = {match[1], str(number), chinese_numeral(number)} if number is not None and number < 10_000 else {match[1]}
    return tuple(sorted(f"第{form}{match[2]}" for form in forms))


def _place(term: str) -> str | None:
    """A term that names a place or a body, in the shorter form that texts use; None for another term."""
    short = _PLACE_SUFFIX.sub("", term)
    return short if short != term or term in _PLACES or _BODY.match(term) else None


def _is_character(token: Token) -> bool:
    return len(token.text) == 1 and not token.text.isascii()
