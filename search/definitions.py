"""Definitions that texts give in so many words: “百姓名嘴”是指……, 本办法所称志愿服务，是指……

They are looked up, not ranked: many passages speak of a thing, and the one that says what it is need not be among the
first. Where a library has one, 某某是什么 asks for it; elsewhere that may ask for any fact (保障原则是什么).
"""

import re
from collections.abc import Iterable
from itertools import product

_QUOTES = '“”"「」『』‘’《》 '
_ASKED = (
    re.compile(r"^(?:请问|请解释|解释一?下)?(?:什么(?:是|叫做?)|何谓|何为)(?P<term>[^,。;!?]{2,30})[?。!]*$"),
    re.compile(
        r"^(?:请问|请解释|解释一?下)?(?P<term>[^,。;!?]{2,30}?)"
        r"(?:是(?:个)?什么(?:意思)?|(?:指的|是指|指)(?:是)?什么|的?(?:含义|定义|概念|意思)(?:是什么)?)[?。!]*$"
    ),
    re.compile(
        r"^(?:请问)?(?:(?:谁|何人|(?:什么样?|哪[些类种])的?人员?)[都才可能以够]*(?:成为|当上?|做|担任|算(?:得上|[是作])?)"
        r"|(?:如何|怎[么样]*)[才可能以够]*(?:成为|当上|当(?!好)|算得上|算是|(?<=才)算))(?:[一1]名|[一1]?个)?"
        r"(?P<term>[^,。;!?]{2,30}?)[呢?。!]*$"
    ),
)
_CLOSING, _PAUSES, _VERBS = ("", "”", '"', "」"), ("", ","), ("是指", "系指", "指的是")
_PROMISE = re.compile("什么是|何谓|含义|定义|概念|界定")
_BEFORE = r"(?:^|(?<=\W)|(?<=称)|(?<=称的)|(?<=所谓))"
"""What may stand before the term; else it is part of a longer one, 志愿服务 in 应急志愿服务是指."""


def asked_term(folded: str) -> str:
    """The term whose meaning a folded question may ask for, else an empty string: who may be a 百姓名嘴, and how one
    becomes it, says what it is."""
    found = next(filter(None, (pattern.match(folded.strip()) for pattern in _ASKED)), None)
    return found["term"].strip(_QUOTES) if found else ""


def defining_forms(names: Iterable[str]) -> tuple[str, ...]:
    """The strings by which a folded text that defines one of the names can be found."""
    return tuple(map("".join, product(names, _CLOSING, _PAUSES, _VERBS)))


def defines(names: Iterable[str], folded: str) -> bool:
    """Whether a folded sentence says what one of the names means."""
    alternatives = "|".join(map(re.escape, names))
    pattern = rf"{_BEFORE}(?:{alternatives})[{''.join(_CLOSING)}]?[{''.join(_PAUSES)}]?(?:{'|'.join(_VERBS)})"
    return bool(alternatives) and re.search(pattern, folded) is not None


def promises(names: Iterable[str], folded: str) -> bool:
    """Whether a folded heading says that what stands under it tells what one of the names means."""
    return _PROMISE.search(folded) is not None and any(name in folded for name in names)
