"""What a document is called: its title as titles are compared, and as others name it."""

import re

from corpus.text.references import normalise_identifier

STATE = "中华人民共和国"
"""Left out of the names of laws at will."""
EDGES = " \t\r\n　。．.？?！!，,；;：:、"
"""Blanks and marks at the ends of a title that do not belong to it."""

_VERSION = re.compile(r"[（(][^（()）]{1,20}[)）]$")
_PRINTING = re.compile(r"印发《(.+)》的通知$")
_END = re.compile("废止|失效|停止执行")


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


def tells_of_end(title: str) -> bool:
    """Whether a title has words of an end, its own or another's (某办法（已废止）, 关于废止某办法的决定)."""
    return _END.search(title) is not None
