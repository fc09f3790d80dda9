"""Values as a sheet shows them under its number formats (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from corpus.text.numerals import chinese_numeral

_DATE, _MORNING = 'yyyy"年"m"月"d"日"', "上午/下午"
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: _DATE,
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: f'{_MORNING}h"时"mm"分"', 35: f'{_MORNING}h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"', 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: f'{_MORNING}h"时"mm"分"',
    56: f'{_MORNING}h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
"""Codes of the built-in formats as Chinese Excel has them.

Left out are those that show a value as it is, and 14 and 22, whose order of year, month and day is the reader's
machine's: ISO 8601 says the same everywhere.
"""
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[(?:\$([^\]-]*)(?:-[^\]]*)?|[^\]]*)\]|(AM/PM|A/P|上午/下午)|(General|G/通用格式)'
    r"|(y{1,4}|e|m{1,5}|d{1,2}|a{3,4}|h{1,2}|s{1,2}(?:\.0+)?)|([#0?][#0?,]*(?:\.[#0?]+)?|\.[#0?]+)(,*)|(.)",
    re.IGNORECASE | re.DOTALL,
)
_UNREADABLE = re.compile(r"(?i)\[[hms]+\]|\[[<>=]|[#0?]\s*/\s*[#0?\d]|E[+-]|ddd|mmm|bb|gg|@")
"""Elapsed time, conditions, fractions, exponents and names in other languages: such values are given as they are."""
_WEEKDAYS = "一二三四五六日"
_LONGEST = 255
"""Characters of a format code; Excel allows no more."""


def shown(value: object, code: str) -> str | None:
    """``value`` under a format, or None where the format leaves it as it is or is not understood."""
    if len(code) > _LONGEST:
        return None
    try:
        if isinstance(value, datetime.datetime | datetime.date | datetime.time):
            return _moment(value, code)
        if isinstance(value, int | float):
            return _number(Decimal(format(value, ".15g")), code)
    except (InvalidOperation, OverflowError, ValueError):
        return None
    return None


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[str, ...]:
    """The parts for positive numbers, negative ones and zero."""
    parts, quoted = [""], False
    for character in code:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return tuple(parts)


@lru_cache(maxsize=256)
def _tokens(section: str) -> tuple[re.Match[str], ...]:
    return tuple(_TOKEN.finditer(section))


def _number(value: Decimal, code: str) -> str | None:
    sections = _sections(code)
    index = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    section = sections[index]
    tokens = _tokens(section)
    if _UNREADABLE.search(section) or any(token[6] or token[5] for token in tokens) or not value.is_finite():
        return None
    digits = [token for token in tokens if token[7]]
    if len(digits) != 1:
        return None
    percents = sum(token[9] in ("%", "％") for token in tokens if token[9])
    scaled = value.scaleb(2 * percents - 3 * len(digits[0][8]))
    body = _digits(abs(scaled), digits[0][7])
    text = "".join(body if token is digits[0] else _literal(token) for token in tokens)
    return f"-{text.strip()}" if value < 0 and index == 0 and re.search("[1-9]", body) else text.strip()


def _digits(value: Decimal, picture: str) -> str:
    whole, _, fraction = picture.partition(".")
    rounded = value.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    before, _, after = text.partition(".")
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and after.endswith("0"):
        after, optional = after[:-1], optional - 1
    if "0" not in whole:
        before = before if before != "0" else ""
    elif "," not in whole:
        before = before.zfill(whole.count("0"))
    return f"{before}.{after}" if after else before


def _literal(token: re.Match[str]) -> str:
    return token[1] or token[2] or token[3] or token[9] or ""


def _moment(value: datetime.datetime | datetime.date | datetime.time, code: str) -> str | None:
    section = _sections(code)[0]
    tokens = _tokens(section)
    names = [(token[6] or "").lower() for token in tokens]
    if _UNREADABLE.search(section) or not any(names) or any(token[7] for token in tokens):
        return None
    date = value if isinstance(value, datetime.date) else None
    time = value.time() if isinstance(value, datetime.datetime) else value if isinstance(value, datetime.time) else None
    halved = any(token[4] for token in tokens)
    chinese = "[DBNum1]" in section
    parts = []
    for index, token in enumerate(tokens):
        if token[4]:
            hour = time.hour if time else 0
            parts.append(("上午", "下午")[hour >= 12] if token[4] == _MORNING else ("AM", "PM")[hour >= 12])
        elif name := names[index]:
            minute = name[0] == "m" and _is_minute(names, index)
            text = _time_part(name, minute, time, halved) if minute or name[0] in "hs" else _date_part(name, date)
            if text is None:
                return None
            parts.append(_in_chinese(text, name) if chinese and text.isdigit() else text)
        else:
            parts.append(_literal(token))
    return "".join(parts).strip()


def _is_minute(names: list[str], index: int) -> bool:
    """``m`` behind hours or before seconds is minutes."""
    before = next((name for name in reversed(names[:index]) if name), "")
    after = next((name for name in names[index + 1 :] if name), "")
    return before.startswith("h") or after.startswith("s")


def _date_part(name: str, date: datetime.date | None) -> str | None:
    if date is None:
        return None
    if name[0] == "a":
        return ("星期" if len(name) == 4 else "") + _WEEKDAYS[date.weekday()]
    if name[0] in "ye":
        return f"{date.year % 100:02}" if name in ("y", "yy") else f"{date.year:04}"
    number = date.month if name[0] == "m" else date.day
    return f"{number:0{min(len(name), 2)}}"


def _time_part(name: str, minute: bool, time: datetime.time | None, halved: bool) -> str:
    time = time or datetime.time()
    if name[0] == "s":
        return f"{time.second:0{len(name.partition('.')[0])}}"
    number = time.minute if minute else (time.hour + 11) % 12 + 1 if halved else time.hour
    return f"{number:0{len(name)}}"


def _in_chinese(digits: str, name: str) -> str:
    if name[0] in "ye":
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in digits)
    return chinese_numeral(int(digits)) if int(digits) else "〇"
