"""Numbering styles of Chinese headings, and what a line's numbering says.

GB/T 9704-2012 7.3.3 orders the levels of an official document 一、 （一） 1. （1）; statutes use 编 章 节 条, courses
讲 单元 课 模块. Which style stands above which is decided per document (``structure``), never here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.text.numerals import chinese_number

_CN = "一二三四五六七八九十百零〇"
_UNIT = "年月日时分秒点号个名位条款项次届期人家户岁万亿元千百%％‰°℃倍米公里吨亩度多余以至到—-"
"""What makes a leading number a quantity or a date, not a heading."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbering a line starts with.

    Attributes:
        style: name of the style (``一、`` ``第X条``); lines of one list share it.
        number: position in the list; 0 where the style has no numbers.
        part: the 之N of an inserted article, the parents of a decimal number, else empty.
        label: as printed, without the blanks after it.
        end: where the heading's words start in the line.
    """

    style: str
    number: int
    part: tuple[int, ...]
    label: str
    end: int


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    first: str
    """Characters the style can start with."""
    pattern: re.Pattern[str]


def _ordinal(unit: str, after: str, name: str) -> _Style:
    return _Style(
        name, "第", re.compile(rf"(?P<label>第\s?(?P<n>[{_CN}\d]{{1,7}})\s?(?:{unit})){after}\s*[：:、．]?\s*")
    )


_TITLE_FOLLOWS = r"(?=[\s　:：、．.]|$|[^的程中里内出由至到和与及、，。；])"
_SEPARATED = r"(?=[\s　:：]|$|[（(【])"

_STYLES: tuple[_Style, ...] = (
    _ordinal("编|篇|部分|卷", _TITLE_FOLLOWS, "第X编"),
    _ordinal("章", _TITLE_FOLLOWS, "第X章"),
    _ordinal("讲|课(?!程|题|时|堂)|单元|模块|专题", _TITLE_FOLLOWS, "第X讲"),
    _ordinal("节(?!课)", _TITLE_FOLLOWS, "第X节"),
    _Style("第X条", "第", re.compile(
        rf"(?P<label>第\s?(?P<n>[{_CN}千两\d]{{1,7}})\s?条(?:\s?之(?P<part>[{_CN}]{{1,3}}))?){_SEPARATED}[\s　:：]*"
    )),
    _Style("一、", _CN, re.compile(rf"(?P<label>(?P<n>[{_CN}]{{1,4}})\s?[、．.])(?!\d)\s*")),
    _Style("（一）", "（(﹙〔", re.compile(rf"(?P<label>[（(﹙〔]\s?(?P<n>[{_CN}]{{1,4}})\s?[）)﹚〕])\s*[、．]?\s*")),
    _Style("㈠", "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", re.compile(r"(?P<label>(?P<n>[㈠-㈩]))\s*[、．]?\s*")),
    _Style("1.1", "0123456789", re.compile(
        rf"(?P<label>(?P<n>\d{{1,2}}(?:[.．]\d{{1,2}}){{1,3}})[.．]?)(?:\s+|(?=[\u4e00-\u9fff]))(?![{_UNIT}])"
    )),
    _Style("1.", "0123456789０１２３４５６７８９", re.compile(
        r"(?P<label>(?P<n>\d{1,2})\s?(?:[．、]|\.(?!\d)))\s*(?=\S|$)"
    )),
    _Style("1）", "0123456789", re.compile(r"(?P<label>(?P<n>\d{1,2})\s?[）)])\s*")),
    _Style("1 ", "0123456789", re.compile(rf"(?P<label>(?P<n>\d{{1,2}}))[ 　]+(?=[\u4e00-\u9fff])(?![{_UNIT}])")),
    _Style("（1）", "（(﹙", re.compile(r"(?P<label>[（(﹙]\s?(?P<n>\d{1,2})\s?[）)﹚])\s*[、．]?\s*")),
    _Style("⑴", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", re.compile(r"(?P<label>(?P<n>[⑴-⒇]))\s*[、．]?\s*")),
    _Style("①", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", re.compile(r"(?P<label>(?P<n>[①-⑳]))\s*[、．]?\s*")),
    _Style("甲、", "甲乙丙丁戊己", re.compile(r"(?P<label>(?P<n>[甲乙丙丁戊己])[、．])\s*")),
    _Style("【】", "【", re.compile(r"(?P<label>)【(?P<n>)(?=[^】]{2,12}】)")),
)  # fmt: skip

_BY_FIRST: dict[str, tuple[_Style, ...]] = {}
for _style in _STYLES:
    for _character in _style.first:
        _BY_FIRST[_character] = (*_BY_FIRST.get(_character, ()), _style)

FREE_START = frozenset({"第X编", "第X章", "第X讲", "第X节", "第X条"})
"""Styles whose list may start at any number: a file often holds one chapter or lesson of several."""

UNNUMBERED = frozenset({"【】"})

_ENCLOSED = {
    character: position
    for row in ("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "甲乙丙丁戊己")
    for position, character in enumerate(row, start=1)
}


@lru_cache(maxsize=1024)
def numbering(line: str) -> Numbering | None:
    """The numbering that ``line`` (without leading blanks) starts with, or None.

    A year (2021.5), a decimal (1.5万), a date and a quantity are none. Whether the line is a heading also depends on
    the lines around it.
    """
    for style in _BY_FIRST.get(line[:1], ()):
        found = style.pattern.match(line)
        if found and (numbers := _numbers(style.name, found)) is not None:
            *parents, number = numbers
            inserted = found.groupdict().get("part")
            part = (chinese_number(inserted) or 0,) if inserted else tuple(parents)
            name = f"1.1/{len(parents)}" if style.name == "1.1" else style.name
            return Numbering(name, number, part, found["label"], found.end())
    return None


def _numbers(style: str, found: re.Match[str]) -> list[int] | None:
    text = found["n"]
    if style in UNNUMBERED:
        return [0]
    if text in _ENCLOSED:
        return [_ENCLOSED[text]]
    if style == "1.1":
        return [int(number) for number in re.split(r"[.．]", text)]
    value = chinese_number(text)
    return None if value is None else [value]
