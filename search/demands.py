"""What a query demands of a passage, as conditions for the engine."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from corpus.errors import InvalidQuery
from corpus.records import Kind
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word
from corpus.text.references import normalise_identifier
from search.engine.interface import AnyOf, Between, Condition, Contains, Either, Filter
from search.syntax import All, Any, Expression, FieldValue, Not, Phrase, Word

Concept = tuple[str, ...]
"""Folded names of one thing: a word of the query, and its synonyms in the term base."""

Values = Callable[[str], Iterable[str]]
"""The values that the documents within reach have in a keyword field."""

KIND_NAMES = MappingProxyType(
    {
        Kind.POLICY: ("政策文件", "政策", "文件", "公文"),
        Kind.COURSE: ("课程材料", "课程", "教学材料"),
        Kind.RESEARCH: ("课题成果", "课题", "成果", "研究"),
    }
)
"""What users call the kinds; the first name is the one that is shown."""

_RANGE = re.compile(r"(?P<low>[^~]*?)\s*(?:\.\.+|~|～|至|到)\s*(?P<high>.*)")
_YEARS = re.compile(r"(\d{4})\s*[-－—]+\s*(\d{4})")
_BOUND = re.compile(r"(?P<sign>>=|<=|≥|≤|>|<)\s*(?P<value>.*)")
_DATE = re.compile(r"(\d{4})(?:[-./](\d{1,2}))?(?:[-./](\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Demands:
    """What every passage found must and must not hold, and the text that ranks it.

    Attributes:
        phrases: folded strings that must stand in the passage.
        ranking: what of the query says how good a passage is: neither fields nor what is excluded.
        unquoted: what of that stands outside quotation marks.
    """

    must: tuple[Condition, ...]
    must_not: tuple[Condition, ...]
    phrases: tuple[str, ...]
    ranking: str
    unquoted: str


def find_concepts(text: str, analyser: Analyser) -> tuple[Concept, ...]:
    """What a text is about, in order: its words that carry meaning, or all of them if none does.

    A single character means little beside whole words, and is left out then.
    """
    words = list(dict.fromkeys(analyser.segments(text)))
    words = [word for word in words if not is_function_word(word)] or words
    words = [word for word in words if len(word) > 1] or words
    return tuple((word, *analyser.synonyms(word)) for word in words)


def holds_all(concepts: Iterable[Concept], fields: Iterable[str] = ("text",)) -> tuple[Condition, ...]:
    """For each concept the condition that one of its names stands in one of the fields."""
    return tuple(Either(tuple(Contains(field, name) for name in names for field in fields)) for names in concepts)


def demands_of(expression: Expression, analyser: Analyser, values: Values) -> Demands:
    """What an expression demands.

    Raises:
        InvalidQuery: a field's value that cannot be understood, or nothing but exclusions.
    """
    items = expression.items if isinstance(expression, All) else (expression,)
    compiler = _Compiler(analyser, values)
    phrases = [fold(item.text).strip() for item in items if isinstance(item, Phrase)]
    positive = [item for item in items if not isinstance(item, Not)]
    if not positive:
        raise InvalidQuery("检索式只排除了内容，没有写要找什么。请再写上要找的词。")
    return Demands(
        must=tuple(compiler.condition(item) for item in positive if _demands(item)),
        must_not=tuple(compiler.condition(item.item) for item in items if isinstance(item, Not)),
        phrases=tuple(dict.fromkeys(phrase for phrase in phrases if phrase)),
        ranking=" ".join(_texts(expression, Word, Phrase)),
        unquoted=" ".join(_texts(expression, Word)),
    )


def _demands(item: Expression) -> bool:
    """Whether an item of the outermost sequence is a condition: neither a word that only ranks nor a phrase."""
    return item.demanded if isinstance(item, Word) else not isinstance(item, Phrase)


def _texts(expression: Expression, *wanted: type[Word | Phrase]) -> Iterator[str]:
    match expression:
        case Word(text) | Phrase(text):
            if isinstance(expression, wanted):
                yield text
        case All(items) | Any(items):
            for item in items:
                yield from _texts(item, *wanted)
        case FieldValue("title", value) if Word in wanted:
            yield value


class _Compiler:
    def __init__(self, analyser: Analyser, values: Values) -> None:
        self._analyser = analyser
        self._values = values

    def condition(self, expression: Expression) -> Condition:
        match expression:
            case Word(text):
                return Filter(holds_all(find_concepts(text, self._analyser), ("text", "title")))
            case Phrase(text):
                return Contains("text", fold(text).strip() or " ")
            case FieldValue(field, value):
                return self._field(field, value.strip())
            case Not(item):
                return Filter(must_not=(self.condition(item),))
            case All(items):
                return Filter(must=tuple(map(self.condition, items)))
            case Any(items):
                return Either(tuple(map(self.condition, items)))

    def _field(self, field: str, value: str) -> Condition:
        match field:
            case "title":
                return Contains("title", fold(value))
            case "kind":
                return AnyOf("kind", (find_kind(value),))
            case "year":
                low, high = parse_range(value)
                return Between("year", low and low // 10_000, high and high // 10_000)
            case "issued_on":
                return Between("issued_on", *parse_range(value))
            case "project":
                titled = Filter(must=(AnyOf("kind", (Kind.RESEARCH.value,)), Contains("title", fold(value))))
                return Either((self._named(field, value), titled))
            case _:
                return self._named(field, value)

    def _named(self, field: str, value: str) -> Condition:
        """One of the values that the field has and that hold the given one, however it is spelt."""
        key = normalise_identifier(value)
        return AnyOf(field, tuple(name for name in self._values(field) if key in normalise_identifier(name)))


def find_kind(name: str) -> str:
    """The kind that a user's word means.

    Raises:
        InvalidQuery: no kind is called so.
    """
    for kind, names in KIND_NAMES.items():
        if name.lower() == kind or name in names:
            return kind.value
    known = "、".join(names[0] for names in KIND_NAMES.values())
    raise InvalidQuery(f"没有“{name}”这一类型，可用：{known}。")


def parse_range(text: str) -> tuple[int | None, int | None]:
    """Days as yyyymmdd: of a date, a year or a month, or of a range such as 2021..2023, 2021-2023, >=2021-06.

    Raises:
        InvalidQuery: it is none of these, or ends before it begins.
    """
    text = text.replace("年", "-").replace("月", "-").replace("日", "").replace("-~", "~").strip()
    if bound := _BOUND.fullmatch(text):
        value, opens = bound["value"].strip("-"), bound["sign"] in {">", ">=", "≥"}
        if bound["sign"] == ">":
            return _after(parse_day(value, 12, 31)), None
        if bound["sign"] == "<":
            return None, _before(parse_day(value, 1, 1))
        return (parse_day(value, 1, 1), None) if opens else (None, parse_day(value, 12, 31))
    pair = _YEARS.fullmatch(text.strip("-")) or _RANGE.fullmatch(text)
    low, high = pair.groups() if pair else (text, text)
    first, last = parse_day(low.strip("-"), 1, 1), parse_day(high.strip("-"), 12, 31)
    if first is None and last is None:
        raise InvalidQuery("请在“日期:”或“年份:”之后写出日期，例如 2023、2023-04 或 2021..2023。")
    if first is not None and last is not None and first > last:
        raise InvalidQuery("起始日期晚于截止日期，请检查。")
    return first, last


def parse_day(text: str | None, month: int, day: int) -> int | None:
    """An ISO date, or its year or year and month, as yyyymmdd; what is missing is filled in. None for no text.

    Raises:
        InvalidQuery: the text is no date.
    """
    if text is None or not text.strip():
        return None
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise InvalidQuery(f"日期“{text}”无法识别，请写作 2021-04-12、2021-04 或 2021。")
    year, month, day = int(match[1]), int(match[2] or month), int(match[3] or day)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise InvalidQuery(f"没有“{text}”这一天，请检查日期。")
    return year * 10_000 + month * 100 + day


def _after(day: int | None) -> int | None:
    return None if day is None else day + 1


def _before(day: int | None) -> int | None:
    return None if day is None else day - 1
