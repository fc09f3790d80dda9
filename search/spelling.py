"""How names sound: pinyin, with what many speakers do not tell apart made equal."""

import os
import re
from collections.abc import Sequence
from functools import cache, lru_cache

_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_INITIALS = "bpmfdtnlgkhjqxzcsrwy"
_HAN = re.compile("[\u4e00-\u9fff]")
_NOT_LATIN = re.compile(r"[^a-z]")


# Its dictionary of phrases takes two thirds of a second to load, and only ``spell`` needs it.
os.environ["PYPINYIN_NO_PHRASES"] = "true"


def spell(text: str) -> Sequence[str]:
    """A text's syllables without tones, each character's in the company of its neighbours (银行 yin hang)."""
    _load_phrases()
    return _pinyin(text)


def _pinyin(text: str) -> Sequence[str]:
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(text))


@cache
def _load_phrases() -> None:
    from pypinyin import load_phrases_dict
    from pypinyin.phrases_dict import phrases_dict

    load_phrases_dict(phrases_dict)


@lru_cache(maxsize=65_536)
def syllable(character: str) -> str:
    """A character's most frequent syllable."""
    return _pinyin(character)[0]


@lru_cache(maxsize=65_536)
def sound(character: str) -> str:
    """A character's syllable as many speakers hear it: without the difference of zh z, ch c, sh s, n l, -ng -n."""
    heard = syllable(character)
    for written, plain in _ALIKE:
        if heard.startswith(written):
            heard = plain + heard[len(written) :]
    return heard[:-1] if heard.endswith("ng") else heard


def sounds_partly_alike(one: str, other: str) -> bool:
    """Whether one character may have been typed for the other: another syllable that begins or ends like its own."""
    first, second = sound(one), sound(other)
    return first[:2] == second[:2] or first.lstrip(_INITIALS) == second.lstrip(_INITIALS)


def letters(text: str) -> str:
    """A text's Latin letters, in small ones, run together."""
    return _NOT_LATIN.sub("", text.lower())


def spelling(text: str) -> str:
    """A text's letters, its Han characters in pinyin."""
    return letters("".join(syllable(character) if _HAN.match(character) else character for character in text))
