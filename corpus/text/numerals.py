"""Numbers and dates as Chinese documents write them."""

import re
from datetime import date

_DIGITS = {digit: value for value, digits in enumerate(
    ("零〇○Ｏ", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
) for digit in digits}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"亿": 10**8, "万": 10**4}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_LONGEST = 24

_NUMBER = r"[0-9０-９〇○Ｏ零一二三四五六七八九十廿卅]"
DATE = re.compile(
    rf"(?P<year>{_NUMBER}{{4}})(?:"
    rf"[ \u3000]?年[ \u3000]?(?P<month>{_NUMBER}{{1,3}})[ \u3000]?月[ \u3000]?(?P<day>{_NUMBER}{{1,3}})[ \u3000]?日"
    r"|(?P<mark>[-－/.．])(?P<month_>[0-9０-９]{1,2})(?P=mark)(?P<day_>[0-9０-９]{1,2})(?![0-9０-９]))"
)


def chinese_number(text: str) -> int | None:
    """The value of a written whole number (三十三, 二〇二一, 两千零五, 壹拾, 3万, ３３), or None if it is none."""
    text = text.strip().translate(_FULL_WIDTH)
    if not text or len(text) > _LONGEST:
        return None
    if text.isascii():
        return int(text) if text.isdigit() else None
    if len(text) > 1 and all(digit in _DIGITS or digit.isdigit() for digit in text):
        return int("".join(str(_DIGITS.get(digit, digit)) for digit in text))
    return _myriads(text.replace("廿", "二十").replace("卅", "三十"))


def _myriads(text: str) -> int | None:
    for unit, value in _MYRIADS.items():
        head, found, tail = text.partition(unit)
        if found:
            high = int(head) if head.isascii() and head.isdigit() else _myriads(head)
            low = _myriads(tail[1:] if len(tail) > 1 and _DIGITS.get(tail[0]) == 0 else tail) if tail else 0
            return high * value + low if high and low is not None and low < value else None
    return _below_myriad(text)


def _below_myriad(text: str) -> int | None:
    total, digit, last_unit, zero = 0, None, 10_000, False
    for character in text:
        if (unit := _UNITS.get(character)) is not None:
            if unit >= last_unit or (digit is None and (unit != 10 or total)) or digit == 0:
                return None
            total, digit, last_unit, zero = total + (digit or 1) * unit, None, unit, False
        elif (value := _DIGITS.get(character)) is None or digit is not None:
            return None
        elif value == 0 and total and not zero:
            zero = True
        else:
            digit = value
    if digit is None:
        return total if total and not zero else None
    # 三百五 is 350 in speech and a slip in writing; 三百零五 and 三百五十 are plain.
    return None if last_unit > 10 and last_unit < 10_000 and not zero else total + digit


def chinese_numeral(number: int) -> str:
    """A whole number from 0 to 9999 as laws number their articles: 十, 三十三, 一百零五, 一千二百六十.

    Raises:
        ValueError: a number outside that range.
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"no numeral for {number}")
    written = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            written += "零一二三四五六七八九"[digit] + name
        elif written and not written.endswith("零"):
            written += "零"
    written = written.rstrip("零") or "零"
    return written[1:] if written.startswith("一十") else written


def parse_date(text: str) -> date | None:
    """The day that ``text`` writes in full (2021年4月12日, 二〇二一年四月十二日, 2021-04-12), or None.

    A month without a day is None: it would have to be invented.
    """
    found = DATE.fullmatch(text.strip())
    return matched_date(found) if found else None


def matched_date(found: re.Match[str]) -> date | None:
    """The day of a match of ``DATE``, or None where the calendar has no such day."""
    year = chinese_number(found["year"])
    month = chinese_number(found["month"] or found["month_"])
    day = chinese_number(found["day"] or found["day_"])
    if year is None or month is None or day is None or not 1000 <= year <= 9999:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
