"""Whether the text layer of a PDF says what its pages show.

Fonts may map glyphs to wrong characters, to none, or to private ones: such a page can be read, but only by looking.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from statistics import median

from ingest.readers.decoding import BIG5_LEVEL_1, GB2312_LEVEL_1
from ingest.readers.pdf_lines import Page

FEW_CHARACTERS = 20
"""A page with fewer is without text as far as its readers are concerned."""
_COMMON_HAN = GB2312_LEVEL_1 | BIG5_LEVEL_1
"""Without Big5's share Traditional Chinese would be taken for garbage."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_LATIN_1 = re.compile(r"[\xa1-\u024f]")
_UNMAPPED = re.compile(r"[\ue000-\uf8ff\ufffd]|\(cid:\d+\)")
_MOST_LATIN_1, _MOST_UNMAPPED = 0.08, 0.05
_RARE_PAGE, RARE_DOCUMENT, RARE_SUSPECT = 0.10, 0.03, 0.015
"""Shares of rare Han characters from which on a page is garbage, or a document's text layer is wrong or suspect.

Measured: State Council documents at most .013, classical Chinese .017 to .029, a font with shifted glyphs .033.
"""
_LEAST_CONFIRMED = 0.5


_BLOTS = re.compile(r"[■□▯]{2,}")


class Fault(StrEnum):
    """What is wrong with a page's text, in the words of the report."""

    PICTURE = "是图片，没有文字层"
    LATIN = "的文字层是乱码（西文符号）"
    UNMAPPED = "的文字层是乱码（字体没有给出对应的文字）"
    RARE = "的文字层是乱码（生僻字）"
    WRONG = "的文字层与页面显示不符（经文字识别抽查）"


def fault_of(page: Page) -> Fault | None:
    """What shows in the page's text alone that it is garbage, or None."""
    text = "".join(_text(page).split())
    if len(text) < FEW_CHARACTERS:
        return None
    if len(_LATIN_1.findall(text)) > _MOST_LATIN_1 * len(text):
        return Fault.LATIN
    if sum(map(len, _UNMAPPED.findall(text))) > _MOST_UNMAPPED * len(text):
        return Fault.UNMAPPED
    return Fault.RARE if (rare_share(page) or 0.0) > _RARE_PAGE else None


def blotted_share(pages: Iterable[Page]) -> float:
    """Share of characters that were set as black or empty boxes, for want of a font: nobody can read them."""
    texts = [_text(page) for page in pages]
    return sum(len(run) for text in texts for run in _BLOTS.findall(text)) / max(1, sum(map(len, texts)))


def rare_share(page: Page) -> float | None:
    """Share of Han characters that neither GB 2312 nor Big5 counts as common; None without enough to tell."""
    text = _text(page)
    han = len(_HAN.findall(text))
    if han < 50 or len(_KANA.findall(text)) > 0.05 * han:
        return None
    return len(_rare(text)) / han


def rare_in(pages: Iterable[Page]) -> float:
    """Median share of rare Han characters over the pages that have enough Han to tell."""
    shares = [share for page in pages if (share := rare_share(page)) is not None]
    return median(shares) if shares else 0.0


def has_han(page: Page) -> bool:
    """Whether a wrong map of Han characters would show on this page."""
    return bool(_HAN.search(_text(page)))


def is_confirmed(page: Page, recognised: Page) -> bool:
    """Whether recognition finds the rare characters that the text layer claims; a text may well have some."""
    rare = Counter(_rare(_text(page)))
    confirmed = rare & Counter(_rare(_text(recognised)))
    return confirmed.total() >= _LEAST_CONFIRMED * rare.total()


def _rare(text: str) -> list[str]:
    # Fonts made for Big5 map some common characters to their compatibility twins, which NFC folds together.
    return [character for character in _HAN.findall(unicodedata.normalize("NFC", text)) if character not in _COMMON_HAN]


def _text(page: Page) -> str:
    return "".join(line.text for line in page.lines)
