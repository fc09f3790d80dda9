"""What a document says it repeals, by the closing formula of rules: “《某办法》（某发〔2022〕15号）同时废止”."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.text.folding import fold
from corpus.text.references import find_document_numbers

ENDING_VERBS = ("废止", "停止执行", "不再执行", "失效")
_BRACKETS = r"(?:[ ]?\((?:[^()\n]|\([^()\n]*\))*\))*"
_TITLED = re.compile(rf"《[^《》\n]+》{_BRACKETS}")
_END = re.compile(r"(?:废止|停止执行|不再执行|(?:同时|即行|自行)失效)(?=[。;,:!\s]|$)")
_FILLER = re.compile(
    r"(?:文件?|等?[\d一二三四五六七八九十百两]+[件个部项](?:文件|规章|规定|规范性文件)?|等(?:文件|规章)?|(?:自|从)[^《》。;,\n]{1,30}起"
    r"|同时|即行|即|也|均|一并|相应|随之|一律|全文|现|已|将|予以|宣布|的?通知|[、, ])*"
)
_JOINS = re.compile(r"(?:文件)?(?:[、,]|和|及|与|以及|$)")
_OTHER_DEED = re.compile("施行|实施|执行")
_ANOTHER_OBJECT = re.compile("(?:根据|依据|按照|依照|遵照|适用|修改|对照|违反)$")
_VERB_FIRST = re.compile("(?:关于|决定|现|[同即]时|一并|起|[,;。:\n]|^)(?:予以|宣布)?废止(?=《)")
_AND = re.compile("[、,]?[和及与]?")
_OF_A_PART = re.compile("中|第[\\d一二三四五六七八九十百]+[条款项章]|[部有]?[分关]?(?:条款|规定|内容)")


@dataclass(frozen=True, slots=True)
class Repeal:
    """A text that comes to its end, as it is named, with its half-open span.

    Attributes:
        title: what stands in its title marks; empty where only a number is given.
        number: 发文字号 in its normal form, or None.
    """

    title: str
    number: str | None
    start: int
    end: int


def may_repeal(folded: str) -> bool:
    """Whether a folded text has a verb of ``find_repeals`` at all, which is soon said."""
    return any(verb in folded for verb in ENDING_VERBS)


def find_repeals(text: str) -> list[Repeal]:
    """The texts that ``text`` says are repealed, in order; not those of which it repeals a part (《某条例》中的……)."""
    folded = fold(text)
    spans = {span for end in _END.finditer(folded) for span in named_before(folded, end.start())}
    spans |= {span for verb in _VERB_FIRST.finditer(folded) for span in _named_after(folded, verb.end())}
    return [_repeal(text, folded, *span) for span in sorted(spans)]


def named_repeal(entry: str) -> Repeal:
    """A repealed text from how it is named alone: 《某办法》（某发〔2022〕15号）."""
    folded = fold(entry)
    return _repeal(entry, folded, 0, len(entry))


def named_before(folded: str, end: int) -> Iterator[tuple[int, int]]:
    """The texts that the verb at ``end`` is said of, the last one first: each is joined to the one behind it."""
    start = max(folded.rfind(mark, 0, end) for mark in "\n。;") + 1
    limit = end
    for first, last in reversed(_objects(folded[:end], start)):
        between = folded[last:limit]
        if limit == end:
            joined = _FILLER.fullmatch(between) is not None
        else:
            joined = _JOINS.match(between) is not None and not _OTHER_DEED.search(between)
        if not joined or _ANOTHER_OBJECT.search(folded, start, first):
            return
        yield first, last
        limit = first


def _objects(folded: str, start: int) -> list[tuple[int, int]]:
    """Titles with the brackets behind them, and numbers that stand in none, from ``start`` on."""
    titled = [item.span() for item in _TITLED.finditer(folded, start)]
    numbers = [(start + item.start, start + item.end) for item in find_document_numbers(folded[start:])]
    alone = (span for span in numbers if not any(first <= span[0] < last for first, last in titled))
    return sorted([*titled, *alone])


def _named_after(folded: str, at: int) -> Iterator[tuple[int, int]]:
    """The objects behind a verb that ends at ``at``."""
    while item := _TITLED.match(folded, at):
        if _OF_A_PART.match(folded, item.end()):
            return
        yield item.span()
        at = _AND.match(folded, item.end()).end()  # type: ignore[union-attr]


def _repeal(text: str, folded: str, start: int, end: int) -> Repeal:
    title = re.match(r"《([^《》]+)》", text[start:end])
    numbers = find_document_numbers(folded[start:end])
    return Repeal(title[1] if title else "", numbers[0].value if numbers else None, start, end)
