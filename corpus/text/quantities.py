"""Numbers with what they count, in one spelling: 四月十二日 and 4月12日, 一百二十个 and 120个, 三年 and 3年.

Folding cannot unify them, as it keeps every character's place: 十二 is as long as 12, but 二十五 is longer than 25. So they
are terms of their own beside the words, in the index as in queries.
"""

import re
from dataclasses import dataclass

from corpus.text.numerals import chinese_number

_DIGITS = "零一二两三四五六七八九十百千万廿卅"
_NUMBER = rf"(?:\d{{1,6}}|[{_DIGITS}]{{1,9}})"
_COUNTED = "年月日号条款项章节编篇个名人位家所户次届期批类种级岁天周元亩场件门课时分倍层点步"
_QUANTITY = re.compile(
    rf"(?<![\d.{_DIGITS}])(?:(?P<month>{_NUMBER}) ?月 ?(?P<day>{_NUMBER}) ?[日号]"
    rf"|(?P<number>{_NUMBER}) ?(?P<counted>[{_COUNTED}]))"
)


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
    if match["month"]:
        month, day = chinese_number(match["month"]), chinese_number(match["day"])
        return f"{month}月{day}日" if month in range(1, 13) and day in range(1, 32) else None
    value = chinese_number(match["number"])
    return None if value is None else f"{value}{match['counted']}"
