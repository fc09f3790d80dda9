"""What a document is called: its title as titles are compared, and as others name it."""

import re
from collections.abc import Sequence

from corpus.text.analyser import TaggedToken
from corpus.text.references import Reference, find_law_names, normalise_identifier

STATE = "中华人民共和国"
"""Left out of the names of laws at will."""
EDGES = " \t\r\n　。．.？?！!，,；;：:、"
"""Blanks and marks at the ends of a title that do not belong to it."""

_VERSION = re.compile(r"[（(][^（()）]{1,20}[)）]$")
_VERSION_BEHIND = re.compile(r"[（(][^（()）]{1,20}[)）]")
_PRINTING = re.compile(r"印发《(.+)》的通知$")
_END = re.compile("废止|失效|停止执行")
_KIND = (
    "法典|修正案|(?<![方违合非司执立做想看说用依无犯守普])法|条例|规定|办法|细则|规则|规程|规范|章程|准则|制度|公约|解释|标准"
    "|决定|意见|通知|公告|方案|纲要|大纲|规划|计划|要点|指南|报告"
)
_ENDS_AS_TITLE = re.compile(f"(?:{_KIND})$")
_ONLY_A_KIND = re.compile(f"(?:{_KIND})+")
_BREAK = re.compile(r"[。？！，?!；;,\n]")
_NAMES = re.compile(f"[《〈]|{_KIND}|第.{{1,9}}条")
OF_A_DOCUMENT = frozenset(
    (
        "内容",
        "全文",
        "原文",
        "正文",
        "条文",
        "规定",
        "要求",
        "精神",
        "原则",
        "目的",
        "意义",
        "范围",
        "适用范围",
        "要点",
        "重点",
    )
)
"""Nouns for what a document says: they do not go on with its name."""
_CARRIES_OUT = re.compile("(?:实施|施行)[《〈]?$")
"""What stands before the name of a law in the name of the rules for it."""
_MOST_WORDS = 12
"""Words of a title that is named without 《》, at most."""


def title_key(title: str) -> str:
    """The identifier under which a document is found by its title, however the title is spelt or set off."""
    key = normalise_identifier(title).strip(EDGES)
    while key.startswith("《") and key.endswith("》") and "《" not in key[1:-1]:
        key = key[1:-1].strip(EDGES)
    return key


def core_title(title: str) -> str:
    """A title without the bracket that tells versions apart: 某条例（2023年修订） → 某条例."""
    title = title.strip()
    return _VERSION.sub("", title) if title.endswith(("）", ")")) else title


def called(title: str) -> str:
    """The key of a title where others name it: inside a title 《》 becomes 〈〉, and the name of the state may go."""
    return title_key(title.replace("〈", "《").replace("〉", "》")).removeprefix(STATE)


def names_of(title: str) -> tuple[str, ...]:
    """What a document is called: by its title, and by the rules that it prints (关于印发《某办法》的通知)."""
    printed = _PRINTING.search(title)
    return (called(title), called(printed[1])) if printed else (called(title),)


def may_name(text: str) -> bool:
    """Whether ``find_called`` may find anything in a text; most questions name no document."""
    return _NAMES.search(text) is not None


def find_called(text: str, words: Sequence[TaggedToken]) -> list[Reference]:
    """What in a text may be the name of a document, as ``called`` writes names.

    That is what stands in 《》 or before an article, and any run of ``words``, the text's own, that ends as titles do,
    but not within a longer name: 信访条例 in 北京市信访条例, 宪法 in 宪法修正案, 某法 in 实施《某法》办法. Which of the
    runs in 学习信访条例 is a name, the library knows.
    """
    found = [Reference(called(item.value), item.start, item.end) for item in find_law_names(text)]
    for last, word in enumerate(words):
        if not _ENDS_AS_TITLE.search(word.text):
            continue
        version = _VERSION_BEHIND.match(text, word.end)
        end = version.end() if version else word.end
        if _goes_on(next((other for other in words[last + 1 :] if other.start >= end), None)):
            continue
        for first in range(last, max(-1, last - _MOST_WORDS), -1):
            if _BREAK.search(words[first].text):
                break
            start = words[first].start
            if not _ONLY_A_KIND.fullmatch(text[start : word.end]) and not (first and _is_noun(words[first - 1])):
                found.append(Reference(called(text[start:end]), start, end))
    named = (item for item in dict.fromkeys(found) if not _CARRIES_OUT.search(text, 0, item.start))
    return [item for item in named if item.value]


def _goes_on(following: TaggedToken | None) -> bool:
    """Whether a name goes on with the word behind it."""
    return following is not None and _is_noun(following) and following.text not in OF_A_DOCUMENT


def _is_noun(word: TaggedToken) -> bool:
    """Terms have no part of speech: they are nouns."""
    return word.tag.startswith(("n", "s", "t")) or (not word.tag and word.text[0].isalnum())


def tells_of_end(title: str) -> bool:
    """Whether a title has words of an end, its own or another's (某办法（已废止）, 关于废止某办法的决定)."""
    return _END.search(title) is not None
