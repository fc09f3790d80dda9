"""Automatic numbering of Word documents made visible (ECMA-376 part 1, 17.9), Chinese formats included."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_COUNTING = frozenset({
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand", "koreanCounting",
})  # fmt: skip
_MAX_LEVELS = 9
_LARGEST = 32_767


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list. ``template`` has %1..%9 for the numbers of the levels from the top."""

    format: str = "decimal"
    template: str = ""
    start: int = 1
    legal: bool = False
    restart: int | None = None
    suffix: str = "tab"
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A numbering instance: the definition it counts with, its levels, and the levels it starts anew."""

    definition: str
    levels: dict[int, Level]
    starts: dict[int, int]


class Numbering:
    """The lists of a document and where their counters stand. Ask for labels in document order."""

    def __init__(self, root: etree._Element | None, style_lists: dict[str, str]) -> None:
        """Args: root of numbering.xml; the list (numId) that each numbering style is bound to."""
        self._counters: dict[str, dict[int, int]] = defaultdict(dict)
        self._started: set[tuple[str, int]] = set()
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        definitions = {value_of(item, "abstractNumId", own=True): item for item in root.iterfind(f"{W}abstractNum")}
        numbers = {value_of(item, "numId", own=True): item for item in root.iterfind(f"{W}num")}
        for number, item in numbers.items():
            definition = value_of(item, "abstractNumId") or ""
            element = definitions.get(definition)
            link = value_of(element, "numStyleLink") if element is not None else None
            if link and (target := numbers.get(style_lists.get(link))) is not None:
                definition = value_of(target, "abstractNumId") or ""
                element = definitions.get(definition)
            levels = {} if element is None else _levels(element)
            self._lists[number or ""] = _overridden(item, definition, levels)

    def level_of_style(self, number: str, style: str) -> int:
        """The level of list ``number`` that is bound to a paragraph style; 0 where none is."""
        found = self._lists.get(number)
        return next((i for i, level in found.levels.items() if level.style == style), 0) if found else 0

    def label(self, number: str, index: int) -> str:
        """Count one paragraph at level ``index`` of list ``number`` and say what Word prints before it.

        Bullets print a sign that says nothing; they give an empty label.
        """
        found = self._lists.get(number)
        level = found.levels.get(index) if found else None
        if found is None or level is None:
            return ""
        counters = self._counters[found.definition]
        if index in found.starts and (number, index) not in self._started:
            self._started.add((number, index))
            counters[index] = found.starts[index]
        else:
            counters[index] = counters.get(index, level.start - 1) + 1
        for below in [i for i in counters if i > index]:
            restart = found.levels[below].restart if below in found.levels else None
            if restart is None or (restart != 0 and index < restart):
                del counters[below]
        if level.format in ("bullet", "none") and "%" not in level.template:
            return ""

        def number_at(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            source = found.levels.get(at, Level())
            return format_number(counters.setdefault(at, source.start), "decimal" if level.legal else source.format)

        label = re.sub(r"%([1-9])", number_at, level.template)
        return f"{label} " if level.suffix != "nothing" and label[-1:].isalnum() else label


def value_of(element: etree._Element | None, name: str, *, own: bool = False) -> str | None:
    """The w:val of child ``name``; with ``own`` the attribute ``name`` of the element itself."""
    if element is None:
        return None
    if own:
        return element.get(W + name)
    child = element.find(W + name)
    return child.get(W + "val") if child is not None else None


def integer(value: str | None, default: int) -> int:
    """``value`` as a whole number within Word's bounds, ``default`` where it is none."""
    return max(-_LARGEST, min(int(value), _LARGEST)) if value and re.fullmatch(r"-?\d{1,9}", value) else default


def format_number(number: int, style: str) -> str:  # noqa: PLR0911, PLR0912 (one line per format)
    """``number`` in one of Word's number formats (ST_NumberFormat); decimal where the format is not known."""
    if style in _COUNTING:
        return _chinese(number)
    match style:
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            return _chinese(number).translate(str.maketrans(_DIGITS + "十百千", _FORMAL + "拾佰仟"))
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return str(number).translate(str.maketrans("0123456789", _DIGITS))
        case "ideographTraditional":
            return _STEMS[(number - 1) % 10]
        case "ideographZodiac":
            return _BRANCHES[(number - 1) % 12]
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 1 <= number <= 20:
            return chr(0x2460 + number - 1)
        case "decimalEnclosedParen" if 1 <= number <= 20:
            return chr(0x2474 + number - 1)
        case "decimalEnclosedFullstop" if 1 <= number <= 20:
            return chr(0x2488 + number - 1)
        case "ideographEnclosedCircle" if 1 <= number <= 10:
            return chr(0x3280 + number - 1)
        case "decimalFullWidth" | "decimalFullWidth2":
            return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        case "decimalZero":
            return f"{number:02d}"
        case "lowerLetter" | "upperLetter" if number > 0:
            letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 10)
            return letter if style == "lowerLetter" else letter.upper()
        case "lowerRoman" | "upperRoman" if 0 < number < 4000:
            return _roman(number).lower() if style == "lowerRoman" else _roman(number)
        case "none" | "bullet":
            return ""
    return str(number)


def _chinese(number: int) -> str:
    if not 0 < number < 10_000:
        return "〇" if number == 0 else str(number)
    text, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + sign
        gap = not digit
    return text.removeprefix("一") if 10 <= number < 20 else text


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def _levels(parent: etree._Element) -> dict[int, Level]:
    return {integer(item.get(f"{W}ilvl"), 0): _level(item) for item in parent.iterfind(f"{W}lvl")}


def _level(item: etree._Element) -> Level:
    restart = value_of(item, "lvlRestart")
    legal = item.find(f"{W}isLgl")
    return Level(
        format=_format(item),
        template=value_of(item, "lvlText") or "",
        start=integer(value_of(item, "start"), 0 if item.find(f"{W}start") is None else 1),
        legal=legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        restart=integer(restart, 0) if restart is not None else None,
        suffix=value_of(item, "suff") or "tab",
        style=value_of(item, "pStyle"),
    )


def _format(item: etree._Element) -> str:
    """numFmt, wherever the level keeps it: formats newer than 2007 stand in an mc:AlternateContent."""
    found = next(item.iter(f"{W}numFmt"), None)
    name = found.get(f"{W}val", "decimal") if found is not None else "decimal"
    if name == "custom" and found is not None:
        return "decimalZero" if found.get(f"{W}format", "").startswith("0") else "decimal"
    return name


def _overridden(item: etree._Element, definition: str, levels: dict[int, Level]) -> _List:
    levels, starts = dict(levels), {}
    for override in item.iterfind(f"{W}lvlOverride"):
        index = integer(override.get(f"{W}ilvl"), 0)
        if (own := override.find(f"{W}lvl")) is not None:
            levels[index] = _level(own)
        if (start := value_of(override, "startOverride")) is not None:
            starts[index] = integer(start, 1)
            if index in levels:
                levels[index] = replace(levels[index], start=starts[index])
    return _List(definition, {i: level for i, level in levels.items() if 0 <= i < _MAX_LEVELS}, starts)
