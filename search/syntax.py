"""The query language: “quoted strings”, AND, OR, NOT or a leading minus, parentheses, and 字段:值.

    query    := sequence ("OR" sequence)*
    sequence := item ("AND"? item)*
    item     := ("NOT" | "-") item | “string” | field ":" value | word | "(" query ")"

Operators are capitals. Parentheses group only beside one of the other signs, so that （试行） in a title stays text. A
text without any sign is no expression, and is searched as it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from corpus.errors import InvalidQuery

FIELDS = MappingProxyType(
    {
        **dict.fromkeys(("标题", "题名", "title"), "title"),
        **dict.fromkeys(("机关", "单位", "机构", "发文机关", "organization", "org"), "organization"),
        **dict.fromkeys(("文号", "发文字号", "字号", "document_number", "number"), "document_number"),
        **dict.fromkeys(("课题", "课题编号", "项目编号", "project"), "project"),
        **dict.fromkeys(("课程", "课程名称", "course"), "course"),
        **dict.fromkeys(("类型", "类别", "kind", "type"), "kind"),
        **dict.fromkeys(("年份", "年度", "year"), "year"),
        **dict.fromkeys(("日期", "成文日期", "date", "issued_on"), "issued_on"),
    }
)
"""What users call the fields → the fields."""

MAX_DEPTH = 20
"""Parentheses inside each other, at most."""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of plain text. ``demanded`` if every passage found must hold it; otherwise it only ranks."""

    text: str
    demanded: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A quoted string, to be found letter by letter."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field (a value of ``FIELDS``) and what it should be, as written."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    item: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """What must hold together."""

    items: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """Of which one must hold."""

    items: "tuple[Expression, ...]"


Expression = Word | Phrase | FieldValue | Not | All | Any

PHRASE = re.compile(
    r"[“”\"＂]([^“”\"＂]+)[“”\"＂]|「([^「」]+)」|『([^『』]+)』|‘([^‘’]+)’"
    # An ASCII apostrophe quotes only where it is not one: it's, the teachers' room.
    r"|(?<![0-9A-Za-z])'([^']+)'(?![0-9A-Za-z])"
)
"""Every way in which a string is quoted, typed with the wrong one of two marks too."""

_OPERATOR = r"(?<![0-9A-Za-z])(?:AND|OR|NOT)(?![0-9A-Za-z])"
_NAME = "|".join(sorted(map(re.escape, FIELDS), key=len, reverse=True))
_FIELD = rf"(?<![^\s(（\-－])(?:{_NAME})[ \u3000]*[:：][ \u3000]*"
_PLAIN = r"《[^《》]*》|[^\s()（）“”\"＂「」『』‘’]"
_WORD = rf"(?:(?!{_OPERATOR})(?:{_PLAIN}))(?:(?!{_OPERATOR})(?:{_PLAIN}|[(（][^()（）\s]*[)）]))*"
_TOKEN = re.compile(
    rf"(?P<phrase>{PHRASE.pattern})|(?P<operator>{_OPERATOR})|(?P<minus>(?<![^\s(（])[-－](?=[^\s\d\-－]))"
    rf"|(?P<field>{_FIELD})|(?P<open>[(（])|(?P<close>[)）])|(?P<word>{_WORD})"
)
_SIGNS = {"operator", "minus", "field"}


def phrase_text(match: re.Match[str]) -> str:
    """What stands between the quotation marks of a match of ``PHRASE``."""
    return next(group for group in match.groups() if group is not None)


def parse_expression(text: str) -> Expression | None:
    """The expression that a text is, or None if nothing but quotation marks could make it one.

    Raises:
        InvalidQuery: it has signs of the language, but does not follow its grammar; says what to do.
    """
    tokens = list(_tokens(text))
    if not any(kind in _SIGNS for kind, _ in tokens) or not any(kind in {"word", "phrase"} for kind, _ in tokens):
        return None
    parser = _Parser(tokens)
    found = parser.query(0)
    if parser.kind is not None:
        raise InvalidQuery("检索式中有多余的右括号，请删去，或给整句加上引号按原文检索。")
    return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if match["phrase"] is not None:
            phrase = PHRASE.fullmatch(match["phrase"])
            assert phrase is not None
            yield "phrase", phrase_text(phrase)
        elif kind == "field":
            yield kind, FIELDS[match["field"].rstrip(" \u3000:：")]
        else:
            yield kind, match[0]


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def kind(self) -> str | None:
        """The kind of the next token: an operator itself, or None at the end."""
        if self._at == len(self._tokens):
            return None
        kind, text = self._tokens[self._at]
        return text if kind == "operator" else kind

    def _take(self) -> str:
        text = self._tokens[self._at][1]
        self._at += 1
        return text

    def query(self, depth: int) -> Expression:
        """Alternatives."""
        if depth > MAX_DEPTH:
            raise InvalidQuery("检索式的括号层数过多，请减少括号。")
        items = [self._sequence(depth)]
        while self.kind == "OR":
            self._take()
            items.append(self._sequence(depth))
        return items[0] if len(items) == 1 else Any(tuple(map(_demand, items)))

    def _sequence(self, depth: int) -> Expression:
        items = [self._item(depth)]
        while self.kind not in {None, "OR", "close"}:
            joined = self.kind == "AND"
            if joined:
                self._take()
                items[-1] = _demand(items[-1])
            item = self._item(depth)
            items.append(_demand(item) if joined else item)
        return items[0] if len(items) == 1 else All(tuple(items))

    def _item(self, depth: int) -> Expression:
        match self.kind:
            case "NOT" | "minus":
                self._take()
                if depth > MAX_DEPTH:
                    raise InvalidQuery("检索式中连用的 NOT 过多，请减少。")
                return Not(_demand(self._item(depth + 1)))
            case "word":
                return Word(self._take())
            case "phrase":
                return Phrase(self._take())
            case "field":
                return self._field_value()
            case "open":
                self._take()
                found = _demand(self.query(depth + 1))
                self._close()
                return found
            case "AND" | "OR" as operator:
                raise InvalidQuery(f"{operator} 前后都要有检索词，请补上，或给它加上引号作普通文字检索。")
            case "close":
                raise InvalidQuery("检索式中的括号内没有内容或不成对，请检查。")
            case _:
                raise InvalidQuery("检索式没有写完，请在 AND、OR、NOT 之后补上检索词，或给它们加上引号作普通文字检索。")

    def _close(self) -> None:
        if self.kind != "close":
            raise InvalidQuery("检索式中的括号不成对，请补上右括号，或给整句加上引号按原文检索。")
        self._take()

    def _field_value(self) -> FieldValue:
        field = self._take()
        if self.kind not in {"word", "phrase"}:
            raise InvalidQuery("“字段:”之后要写出内容，例如 机关:省委宣传部、年份:2023，内容中有空格时请加引号。")
        return FieldValue(field, self._take())


def _demand(item: Expression) -> Expression:
    match item:
        case Word(text):
            return Word(text, demanded=True)
        case All(items):
            return All(tuple(map(_demand, items)))
        case _:
            return item
