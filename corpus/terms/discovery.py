"""Candidates for the term base out of the library's own passages, by rule and by statistics.

By rule: what stands “quoted”, the 简称 that a text introduces with 以下简称, and short names in 《》. By statistics:
words that stand together more often than chance (pointwise mutual information, Church & Hanks 1990) between neighbours
that vary (boundary entropy on both sides, Jin & Tanaka-Ishii 2006). It is counted over the analyser's words instead of
characters, so that a candidate never begins or ends inside a word.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from corpus.terms.term_base import Term, TermSource, TermStatus
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word

MAX_CHARACTERS = 20_000_000
"""Characters that are looked at, at most: the counts take about ten bytes for each."""

LONGEST = 12
"""Characters of a candidate, at most."""

_LONGEST_TITLE = 16
_WORDS = 4
_LEAST_QUOTED = 2
_LEAST_COUNT = 5
_LEAST_PMI = 4.0
_LEAST_ENTROPY = 1.0
_STATISTICAL = 200

_HAN = r"\u4e00-\u9fff"
_QUOTED = re.compile(rf"[“\"「]([{_HAN}A-Za-z0-9]{{2,{LONGEST}}})[”\"」]")
_TITLE = re.compile(rf"《([{_HAN}A-Za-z0-9]{{3,{_LONGEST_TITLE}}})》")
_SHORT_FORM = re.compile(
    rf"(?P<whole>[{_HAN}]{{3,40}})[(（]以下(?:统一)?简?称(?:为)?[:：]?[“\"「]?(?P<short>[{_HAN}A-Za-z0-9]{{2,{LONGEST}}})[”\"」]?[)）]"
)
_EDGES = """
    加强 推进 推动 开展 组织 做好 坚持 提高 提升 完善 建立 健全 落实 实施 深入 全面 进一步 不断 积极 切实 充分 着力 重点
    主要 相关 有关 具体 实际 方面 情况 问题 工作 要求 意见 通知 同志 今年 去年 目前 同时 此外 其他 之间 以上 以下 我要
    不能 不是 就是 这样 那样 一定 更加 非常 已经 正在 包括 依托 设立 成立 召开 关于 经
"""
_EDGE_WORDS = frozenset(_EDGES.split())
_UNITS = frozenset("省市县区镇乡村")
"""Words that candidates neither begin nor end with, beside function words: they say what is done with a thing."""


def discover(texts: Iterable[str], analyser: Analyser, known: Iterable[str] = ()) -> list[Term]:
    """Candidates in the texts that are neither known nor dictionary words, most frequent first.

    Args:
        texts: passages; no more than ``MAX_CHARACTERS`` of them are looked at.
        analyser: cuts them into words.
        known: terms and aliases that have been decided on.
    """
    looked_at = list(_limited(texts))
    decided = {fold(name) for name in known}
    found: dict[str, Term] = {}
    for term in (*_short_forms(looked_at, analyser), *_marked(looked_at), *_statistical(looked_at, analyser)):
        key = fold(term.text)
        if key not in decided and key not in found and not analyser.has_word(key):
            found[key] = term
    return sorted(found.values(), key=lambda term: (-term.occurrences, term.text))


def _limited(texts: Iterable[str]) -> Iterator[str]:
    left = MAX_CHARACTERS
    for text in texts:
        if left <= 0:
            return
        yield text[:left]
        left -= len(text)


def _short_forms(texts: Sequence[str], analyser: Analyser) -> Iterator[Term]:
    """What a text introduces a short form for, with the short form as its alias."""
    for text in texts:
        for match in _SHORT_FORM.finditer(text):
            whole = _named(match["whole"], match["short"], analyser)
            if whole:
                count = sum(other.count(match["short"]) for other in texts)
                yield _candidate(whole, TermSource.SHORT_FORM, count, (match["short"],))


def _named(before: str, short: str, analyser: Analyser) -> str | None:
    """The end of what stands before a short form that the form is short for.

    It holds the short form's characters in their order, and begins with a word after the last one that leads up to it.
    """
    at = len(before)
    for character in reversed(short):
        at = before.rfind(character, 0, at)
        if at < 0:
            return None
    start = at
    for token in reversed(analyser.tokens(before)):
        if token.end <= at and (is_function_word(token.text) or token.text in _EDGE_WORDS):
            break
        start = min(start, token.start)
    return before[start:] if before[start:] != short else None


def _marked(texts: Sequence[str]) -> Iterator[Term]:
    """What stands in quotation marks at least twice, and short names in 《》."""
    quoted = Counter(name for text in texts for name in _QUOTED.findall(text))
    titles = Counter(name for text in texts for name in _TITLE.findall(text))
    for names, source, least in ((quoted, TermSource.QUOTED, _LEAST_QUOTED), (titles, TermSource.TITLE, _LEAST_QUOTED)):
        for name, count in names.items():
            if count >= least and not name.isascii():
                yield _candidate(name, source, count)


def _statistical(texts: Sequence[str], analyser: Analyser) -> Iterator[Term]:
    runs = [run for text in texts for run in analyser.runs(text)]
    words = Counter(word for run in runs for word in run)
    grams: Counter[tuple[str, ...]] = Counter()
    for run in runs:
        for size in range(2, _WORDS + 1):
            grams.update(zip(*(run[start:] for start in range(size)), strict=False))
    total = sum(words.values())
    likely = {
        gram: count
        for gram, count in grams.items()
        if count >= _LEAST_COUNT and _is_name(gram) and _pmi(gram, count, words, total) >= _LEAST_PMI
    }
    free = _with_free_borders(likely, runs)
    whole = {gram: count for gram, count in free.items() if not _part_of_longer(gram, count, free)}
    best = sorted(whole, key=lambda gram: (-whole[gram] * sum(map(len, gram)), gram))[:_STATISTICAL]
    return (_candidate("".join(gram), TermSource.STATISTICS, whole[gram]) for gram in best)


def _is_name(gram: tuple[str, ...]) -> bool:
    text = "".join(gram)
    edges = (gram[0], gram[-1])
    return (
        3 <= len(text) <= LONGEST
        and not any(character.isascii() or character.isnumeric() for character in text)
        and not any(is_function_word(word) for word in gram)
        and not any(edge in _EDGE_WORDS or edge in _UNITS for edge in edges)
    )


def _pmi(gram: tuple[str, ...], count: int, words: Mapping[str, int], total: int) -> float:
    """log₂ of how much more often the words stand together than they would by chance, per further word."""
    expected = sum(math.log2(words[word] / total) for word in gram)
    return (math.log2(count / total) - expected) / (len(gram) - 1)


def _with_free_borders(
    grams: Mapping[tuple[str, ...], int], runs: Iterable[Sequence[str]]
) -> dict[tuple[str, ...], int]:
    """Those before and after which different words stand; the end of a run counts as a word of its own each time."""
    left: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    right: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for number, run in enumerate(runs):
        for size in range(2, _WORDS + 1):
            for start in range(len(run) - size + 1):
                gram = tuple(run[start : start + size])
                if gram in grams:
                    left[gram][run[start - 1] if start else f"\n{number}"] += 1
                    right[gram][run[start + size] if start + size < len(run) else f"\n{number}"] += 1
    return {
        gram: count
        for gram, count in grams.items()
        if min(_entropy(left[gram]), _entropy(right[gram])) >= _LEAST_ENTROPY
    }


def _entropy(counts: Mapping[str, int]) -> float:
    total = sum(counts.values())
    return -sum(count / total * math.log2(count / total) for count in counts.values())


def _part_of_longer(gram: tuple[str, ...], count: int, others: Mapping[tuple[str, ...], int]) -> bool:
    """Whether the gram stands almost only inside a longer candidate."""
    text = "\0".join(gram)
    return any(
        len(other) > len(gram) and other_count >= 0.8 * count and text in "\0".join(other)
        for other, other_count in others.items()
    )


def _candidate(text: str, source: TermSource, count: int, aliases: tuple[str, ...] = ()) -> Term:
    return replace(Term(text, aliases), status=TermStatus.CANDIDATE, source=source, occurrences=count)
