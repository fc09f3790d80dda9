"""Folding: the form in which texts are indexed and compared, never shown.

Folding maps every character to exactly one character, so a span of the folded text is the same span of the original.
It is not NFKC, which would turn ① into 1, … into three dots and ㎡ into two letters.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import opencc

FOLDING_VERSION = 2

# Unicode's EquivalentUnifiedIdeograph property for the radicals that have no compatibility decomposition and that PDF
# text layers are known to contain instead of the character.
_RADICALS = (
    "⺁⺄⺈⺋⺌⺍⺗⺘⺟⺠⺡⺢⺣⺨⺩⺬⺮⺳⺶⺷⺸⺹⺾⺿⻁⻄⻅⻆⻈⻉⻊"
    "⻋⻌⻍⻎⻐⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳⺊⺜⺝⺧⺫⺼⺽⻇⻑⻗"
)
_UNIFIED = (
    "厂乙刀卩小小心手母民水水火犬王示竹网羊羊羊老艸艸虎西见角讠贝足"
    "车辶辶辶钅镸长门阜青韦页风飞食食饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟卜日月牛目肉臼角长雨"
)

# Both simplified and traditional texts use these; mapping them would break standard words (乾坤, 哪吒, 宫商角徵羽).
_KEPT = frozenset("乾吒夥徵薹")

# Blanks of every width, and characters that show nothing (zero width, soft hyphen, direction marks, byte order mark).
_SPACES = (
    "\t",
    "\xa0",
    "\xad",
    "\u1680",
    *map(chr, range(0x2000, 0x2010)),
    "\u202f",
    "\u205f",
    "\u2060",
    "\u3000",
    "\ufeff",
)


def _traditional() -> dict[int, int]:
    """Traditional character → simplified. One character a line, so that no phrase rule of OpenCC applies."""
    characters = [chr(code) for start, end in ((0x3400, 0xA000), (0x20000, 0x2A6E0)) for code in range(start, end)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, simplified, strict=True)
    return {ord(old): ord(new) for old, new in pairs if old != new and old not in _KEPT}


def _compatibility() -> Iterator[tuple[int, int]]:
    """Radicals, compatibility ideographs and width variants → their normal character."""
    yield from ((ord(old), ord(new)) for old, new in zip(_RADICALS, _UNIFIED, strict=True))
    for start, end in ((0x2E80, 0x2FE0), (0xF900, 0xFB00), (0x2F800, 0x2FA20), (0xFE30, 0xFE70), (0xFF01, 0xFFEF)):
        for code in range(start, end):
            normal = unicodedata.normalize("NFKC", chr(code))
            if len(normal) == 1 and normal != chr(code) and normal != " ":
                yield code, ord(normal)


def _table() -> dict[int, int]:
    # Characters that stay are listed too: a missing key costs str.translate an exception.
    table = {code: code for start, end in ((0, 0x3100), (0x4E00, 0xA000)) for code in range(start, end)}
    table |= _traditional()
    table |= {old: table.get(new, new) for old, new in _compatibility()}
    table |= {ord(space): ord(" ") for space in _SPACES} | {ord("〇"): ord("零")}
    table |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)  # lone surrogates, which no engine or database can encode
    for code in list(table):
        lower = chr(table[code]).lower()
        if len(lower) == 1:
            table[code] = ord(lower)
    return table


CHARACTERS = _table()
"""What becomes of single characters, by code point."""

_DIGITS = "零一二三四五六七八九"
_WRITTEN_ZERO = re.compile(rf"[○◯o](?<=[{_DIGITS}].)[○◯o]{{0,2}}(?=[{_DIGITS}年号])")
_WRITTEN_YEAR = re.compile(rf"[一二](?<![{_DIGITS}].)[{_DIGITS}]{{3}}(?=年)")
_TO_ASCII = str.maketrans(_DIGITS, "0123456789")
_NUMBER_BRACKETS = re.compile(
    rf"[〔\[(【〖「『《〈<{{] ?((?:19|20)\d\d|[一二][{_DIGITS}]{{3}}) ?[〕\])】〗」』》〉>}}]"
    rf"(?= ?第? ?(?:\d{{1,5}}|[{_DIGITS}十百]{{1,5}}) ?号)"
)


def fold(text: str) -> str:
    """The folded form of ``text``, of the same length and idempotent.

    Width variants (letters, digits, punctuation), letter case, traditional characters, radical and compatibility code
    points, and blanks of every kind are unified. Years written in Chinese digits become Arabic (二〇二一年 → 2021年),
    those of document numbers too, and the brackets of document numbers become 〔〕.
    """
    return fold_sequences(text.translate(CHARACTERS))


def fold_sequences(folded: str) -> str:
    """The second step of folding, once every character is folded by itself: written years and document numbers."""
    if "年" in folded or "○" in folded or "◯" in folded:
        folded = _WRITTEN_ZERO.sub(lambda found: "零" * len(found[0]), folded)
        folded = _WRITTEN_YEAR.sub(lambda found: found[0].translate(_TO_ASCII), folded)
    if "号" in folded:
        folded = _NUMBER_BRACKETS.sub(lambda found: f"〔{found[0][1:-1].translate(_TO_ASCII)}〕", folded)
    return folded


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text and where it came from.

    Attributes:
        text: the folded text.
        origins: ``origins[i]`` is the index in the original of folded character i, and ``origins[len(text)]`` the
            original's length. Folding keeps every position, so this is the identity.
    """

    text: str
    origins: Sequence[int]


def fold_with_offsets(text: str) -> FoldedText:
    """``fold(text)`` with the map back to the original."""
    return FoldedText(fold(text), range(len(text) + 1))
