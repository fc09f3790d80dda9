"""Texts as clauses of units that can be compared: words, names, numbers, references, all in a normal form."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from corpus.records import Span
from corpus.text.analyser import Analyser, TaggedToken
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word
from corpus.text.numerals import chinese_number
from corpus.text.references import (
    find_article_numbers,
    find_dates,
    find_document_numbers,
    find_project_numbers,
)
from corpus.text.sentences import split_sentences
from search.generation.wording import (
    COMPARING,
    DENYING,
    DENYING_WORDS,
    DIRECTIONS,
    LIMITING,
    NEUTRAL,
    QUANTIFYING,
    REPORTING,
)

_BOUNDARY = re.compile(r"(?<!\d),|,(?!\d{3})|[;。!?\n\t|]|:(?!\d)|…+|——+")
_TITLE = re.compile(r"《((?:[^《》\n]|《[^《》\n]*》){1,100})》")
_DIGITS = "零一二三四五六七八九十百千万亿两"
_QUANTITY = re.compile(
    rf"(?P<whole>[{_DIGITS}\d]+)分之(?P<part>[{_DIGITS}\d][{_DIGITS}\d.点]*)"
    r"|(?P<upper>\d+)/(?P<lower>\d+)(?![\d/])"
    rf"|(?P<ordinal>第)?(?:(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<myriads>[万亿千百]{{0,2}})|(?P<written>[{_DIGITS}]+(?:点[{_DIGITS}]+)?))"
    r"(?P<unit>个百分点|百分点|平方[米公]里?|小时|分钟|季度|学时|学分|公里|公顷|[%‰个名人位项种条次场门家所章节届部册期天年月日元倍成岁"
    r"户亩吨克米里套台件篇份支队级周分课讲批轮组号时秒万])?"
)
_SAME_UNIT = {"人": "名", "位": "名", "天": "日", "百分点": "个百分点"}
_LATIN = re.compile(r"[a-z0-9][a-z0-9.&/_@:+-]*")
_NAMED_TAGS = ("nr", "ns", "nt", "nz")
_RARE = 50
"""Occurrences in jieba's 60 million words below which a word is a name or as telling as one."""
_NUMBER_TAGS = ("m", "t", "q")
_DATE_PART = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class UnitKind(StrEnum):
    """How a unit has to be supported."""

    FACT = "fact"
    """A number, date, reference, title or Latin word: its value must occur."""
    NAME = "name"
    """A name or a rare word: it must occur as it is."""
    MARK = "mark"
    """A word that turns, limits or widens a statement: it must stand at the same word."""
    WORD = "word"
    """Any other word that carries content."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Part of a clause. ``value`` is the normal form, ``measure`` a number's unit, the span counts in the text read."""

    kind: UnitKind
    value: str
    start: int
    end: int
    measure: str = ""
    nominal: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands between two marks of punctuation.

    Attributes:
        text: folded.
        start, end: its span in the text read.
        sentence: index of its sentence in that text.
        units: in order.
        denials: every denying character with the one behind it, in order.
        implied: years, months and days of its full dates, as numbers.
    """

    text: str
    start: int
    end: int
    sentence: int
    units: tuple[Unit, ...]
    denials: tuple[str, ...]
    implied: tuple[Unit, ...] = ()

    @property
    def content(self) -> tuple[Unit, ...]:
        """Units that have to be covered."""
        return tuple(unit for unit in self.units if unit.kind is not UnitKind.MARK)

    @property
    def marks(self) -> tuple[Unit, ...]:
        """Words that turn, limit or widen."""
        return tuple(unit for unit in self.units if unit.kind is UnitKind.MARK)

    @property
    def subject(self) -> Unit | None:
        """What the clause is about, as far as its first word tells: a noun or name; None if it begins with a verb."""
        first = next((unit for unit in self.content if not unit.measure), None)
        return first if first is not None and first.nominal else None

    @property
    def names_only(self) -> bool:
        """Whether the clause says nothing of what it names: a topic, or an item of a list."""
        return all(unit.nominal or unit.measure for unit in self.content) and not self.marks

    def holds(self, unit: Unit) -> bool:
        """Whether the clause has a unit's value; a number in the same measure, if both name one."""
        if unit.kind is UnitKind.FACT:
            facts = (*self.units, *self.implied)
            return any(other.value == unit.value and _agree(other.measure, unit.measure) for other in facts)
        return _occurs(unit.value, self.text)


class ClauseReader:
    """Cuts texts into clauses with the library's analyser."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._units = lru_cache(maxsize=4_096)(self._find_units)

    def read(self, text: str) -> list[Clause]:
        """The clauses of a text, in order; those without any unit are left out."""
        folded = fold(text)
        clauses = []
        for number, sentence in enumerate(split_sentences(text)):
            for span in _clause_spans(folded, sentence):
                part = folded[span.start : span.end]
                clause = self.clause(part, span.start, number)
                if clause.units:
                    clauses.append(clause)
        return clauses

    def clause(self, folded: str, offset: int = 0, sentence: int = 0) -> Clause:
        """A folded text as one clause that starts at ``offset``."""
        units = self._placed(folded, offset)
        implied = tuple(part for unit in units for part in parts_of_date(unit))
        return Clause(folded, offset, offset + len(folded), sentence, units, denials(folded), implied)

    def _placed(self, folded: str, offset: int) -> tuple[Unit, ...]:
        return tuple(
            Unit(unit.kind, unit.value, unit.start + offset, unit.end + offset, unit.measure, unit.nominal)
            for unit in self._units(folded)
        )

    def _find_units(self, folded: str) -> tuple[Unit, ...]:
        tokens = self._analyser.tagged(folded)
        facts = list(_facts(folded, tokens))
        taken = [False] * (len(folded) + 1)
        for fact in facts:
            taken[fact.start : fact.end] = [True] * (fact.end - fact.start)
        words = self._words([token for token in tokens if not any(taken[token.start : token.end])])
        return tuple(sorted([*facts, *words], key=lambda unit: (unit.start, unit.end)))

    def _words(self, tokens: Sequence[TaggedToken]) -> Iterator[Unit]:
        run: list[TaggedToken] = []
        for token in tokens:
            single = len(token.text) == 1 and _is_content(token) and not _is_mark(token.text)
            if run and not (single and run[-1].end == token.start):
                yield _joined(run)
                run = []
            if single:
                run.append(token)
            elif _is_mark(token.text):
                yield Unit(UnitKind.MARK, token.text, token.start, token.end)
            elif _is_content(token):
                named = token.tag.startswith(_NAMED_TAGS) or self._analyser.frequency(token.text) < _RARE
                kind = UnitKind.NAME if named else UnitKind.WORD
                nominal = token.tag.startswith("n") or token.tag in {"", "s"}
                yield Unit(kind, token.text, token.start, token.end, nominal=nominal)
        if run:
            yield _joined(run)


def denials(folded: str) -> tuple[str, ...]:
    """Every denying character of a folded text with the character behind it; words that deny nothing are left out."""
    for word in NEUTRAL:
        if word in folded:
            folded = folded.replace(word, "_" * len(word))
    return tuple(folded[at : at + 2] for at, character in enumerate(folded) if character in DENYING)


def _joined(run: Sequence[TaggedToken]) -> Unit:
    """Neighbouring characters that the dictionary does not know as a word: most often a name."""
    text = "".join(token.text for token in run)
    kind = UnitKind.NAME if len(run) > 1 else UnitKind.WORD
    nominal = len(run) > 1 or run[0].tag.startswith("n") or run[0].tag == "zg"
    return Unit(kind, text, run[0].start, run[-1].end, nominal=nominal)


def _is_mark(word: str) -> bool:
    if word in NEUTRAL or word in REPORTING:
        return False
    denying = word[0] in DENYING and len(word) > 1
    return denying or word in LIMITING or word in QUANTIFYING or word in COMPARING or word in DENYING_WORDS \
        or word in DIRECTIONS or word in DENYING  # fmt: skip


def _is_content(token: TaggedToken) -> bool:
    return not is_function_word(token.text) and token.text not in REPORTING


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _occurs(value: str, text: str) -> bool:
    """Whether a word stands in the text, whole, or in two parts if it is long enough for that."""
    if value in text:
        return True
    parts = ((value[:at], value[at:]) for at in range(2, len(value) - 1))
    return any(left in text and right in text for left, right in parts)


def _clause_spans(folded: str, sentence: Span) -> Iterator[Span]:
    titles = [match.span() for match in _TITLE.finditer(folded, sentence.start, sentence.end)]
    at = sentence.start
    for match in _BOUNDARY.finditer(folded, sentence.start, sentence.end):
        if not any(start <= match.start() < end for start, end in titles):
            yield Span(at, match.start())
            at = match.end()
    yield Span(at, sentence.end)


def _facts(folded: str, tokens: Sequence[TaggedToken]) -> Iterator[Unit]:
    """Titles, references, dates, numbers and Latin words; none inside another."""
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        if any(start < other_end and other < end for other, other_end in taken):
            return False
        taken.append((start, end))
        return True

    for match in _TITLE.finditer(folded):
        if free(*match.span()):
            yield Unit(UnitKind.FACT, f"《{match[1]}》", *match.span(), nominal=True)
    for find in (find_document_numbers, find_dates, find_project_numbers, find_article_numbers):
        for reference in find(folded):
            if free(reference.start, reference.end):
                yield Unit(UnitKind.FACT, reference.value, reference.start, reference.end, nominal=True)
    for match in _QUANTITY.finditer(folded):
        if _counts(match, tokens) and (value := _value(match)) and free(*match.span()):
            unit = match["unit"] or ""
            yield Unit(UnitKind.FACT, value, *match.span(), measure=_SAME_UNIT.get(unit, unit))
    for match in _LATIN.finditer(folded):
        if free(*match.span()):
            yield Unit(UnitKind.FACT, match[0].strip(".:-"), *match.span(), nominal=True)


def parts_of_date(unit: Unit) -> Iterator[Unit]:
    """Year, month and day of a full date, as numbers: a text may write a part of what its source writes in full."""
    if unit.kind is UnitKind.FACT and (match := _DATE_PART.fullmatch(unit.value)):
        for text, measure in zip(match.groups(), "年月日", strict=True):
            yield Unit(UnitKind.FACT, str(int(text)), unit.start, unit.end, measure)


def _counts(match: re.Match[str], tokens: Sequence[TaggedToken]) -> bool:
    """Whether Chinese digits are a number, not part of a word (统一, 三农, 百姓); Arabic digits always are."""
    if not match["written"]:
        return True
    start, end = match.span("written")
    if match[0] in {"一", "一个", "一种", "一项", "一条"}:
        return False
    for token in tokens:
        if token.start < end and start < token.end:
            inside = start <= token.start and token.end <= match.end()
            if not inside and not token.tag.startswith(_NUMBER_TAGS):
                return False
            if not inside and is_function_word(token.text):
                return False
    return True


def _value(match: re.Match[str]) -> str | None:
    """The number in plain decimal notation, a share as percentage or fraction."""
    if match["whole"] or match["lower"]:
        whole, part = _number(match["whole"] or match["lower"]), _number(match["part"] or match["upper"])
        if whole is None or part is None:
            return None
        return f"{_plain(part)}%" if whole == 100 else f"{_plain(part)}/{_plain(whole)}"
    number = _number(match["digits"] or match["written"])
    if number is None:
        return match[0]
    for sign in match["myriads"] or "":
        number *= {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}[sign]
    value = ("第" if match["ordinal"] else "") + _plain(number)
    return f"{value}%" if match["unit"] == "%" else value


def _number(text: str) -> Decimal | None:
    plain = text.replace(",", "")
    try:
        if plain.isascii():
            return Decimal(plain)
        head, point, tail = plain.partition("点")
        value = chinese_number(head)
        if point and value is not None:
            return Decimal(f"{value}.{chinese_number(tail)}")
    except (InvalidOperation, ValueError):
        return None
    return None if value is None else Decimal(value)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
