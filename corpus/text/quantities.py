"""Numbers with what they count, in one spelling: 四月十二日 and 4月12日, 一百二十个 and 120个, 三年 and 3年.

Folding cannot unify them, as it keeps every character's place, and 二十五 is longer than 25. So they are terms of their
own beside the words, in the index as in queries.
"""

import re
from dataclasses import dataclass

from corpus.text.numerals import chinese_number

_DIGIT = "[0-9零一二两三四五六七八九十百千万廿卅]"
_YEARS = 1_000
"""From here on what is counted in 年 is a year, which folding has brought into one spelling."""
_COUNTED = "年月日号条款项章节编篇个名人位家所户次届期批类种级岁天周元亩场件门课时分倍层点步"
# Nothing stands before the first digit, so that the search for one is fast; what precedes it is looked at afterwards.
_QUANTITY = re.compile(
    rf"(?P<number>{_DIGIT}{{1,9}}) ?(?:月 ?(?P<day>{_DIGIT}{{1,3}}) ?[日号]|(?P<counted>[{_COUNTED}]))"
)
_PART_OF_NUMBER = re.compile(rf"{_DIGIT}|\.")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts as a term, and its half-open span."""

    term: str
    start: int
    end: int


def find_quantities(folded: str) -> list[Quantity]:
    """The quantities, and the days of a month, that a folded text names, in order."""
    found = ((_term(match), match.span()) for match in _QUANTITY.finditer(folded))
    return [Quantity(term, *span) for term, span in found if term]


def _term(match: re.Match[str]) -> str | None:
    before = match.string[match.start() - 1 : match.start()]
    number, counted = chinese_number(match["number"]), match["counted"]
    if number is None or _PART_OF_NUMBER.match(before) or (counted == "年" and number >= _YEARS):
        return None
    if counted and number == 1 and before != "第":
        return None  # 一个 and 哪一年 count nothing.
    if counted:
        return f"{number}{counted}"
    day = chinese_number(match["day"])
    return f"{number}月{day}日" if number in range(1, 13) and day in range(1, 32) else None
