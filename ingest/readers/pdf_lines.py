"""The lines of a PDF page with their places, from the boxes of its characters as pdfium reports them.

Boxes are loose ones (FPDFText_GetLooseCharBox): tight boxes of Chinese punctuation leave false gaps, and the font size
is often 1 with the scale hidden in a matrix.
"""

import ctypes
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.readers.symbols import readable
from ingest.readers.tables import Cell

_COLUMN_GAP = 1.6
"""A gap of more em than this ends a line: a column or a table cell begins."""
_WORD_GAP, _LATIN_GAP = 0.3, 0.15
"""In em: white space between words, where characters were drawn out of order."""
_BACK, _SAME_LINE = 0.3, 0.4
"""In em: how far a character may reach back over the one before, and its foot may be from that one's."""
_LINE_HEIGHT = 1.15
"""Height of a loose box in em, for fonts without Han characters."""
_FIRST_WIDE = 0x2E80
_SPACES = frozenset((0x20, 0x3000, 0xA0, 0x09))
_BREAKS = frozenset((0x0A, 0x0D))
_SMALLEST, _LARGEST = 4.0, 72.0
_SAMPLE = 40
_UPRIGHT = math.radians(22)
"""Slant up to which text is no watermark; slanted type (made from an upright font) leans by up to 18 degrees."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_NUMBER_END = re.compile(r"[^\x00-\x7f\s]\d[\d.,/~-]*$")
_NUMBER_START = re.compile(r"(?:[\d.,/~-]*[%％]?[^\x00-\x7f\s]|%$)")
"""The halves of a number in Chinese text that a line break cut; two numbers would have something between."""
HYPHEN = "\x02"
"""What pdfium gives for a hyphen that breaks a word at the end of a line."""


@dataclass(slots=True)
class Line:
    """A run of characters on one line.

    Attributes:
        left, top, right, bottom: points from the top left corner of the upright page.
        size: the em.
        aside: kind of removal of a line that is no part of the text (a watermark), else None.
        score: how sure a recognised line is, 0 to 1; None where the text was not recognised but read.
        rows: cells of the ruled table that stands here in place of a line.
    """

    left: float
    top: float
    right: float
    bottom: float
    size: float
    text: str
    aside: str | None = None
    score: float | None = None
    rows: list[list[Cell]] | None = None

    @property
    def width(self) -> float:
        """Points from the first to the last character."""
        return self.right - self.left


@dataclass(slots=True)
class Page:
    """A page's size in points, turned so that most of its text stands upright, and its lines."""

    number: int
    width: float
    height: float
    lines: list[Line]


class _Run:
    """A line in the making.

    ``places`` are the left and right edges of its characters; ``jumped`` says that it began without a line break
    before it, ``disordered`` that a character was drawn left of the one before, ``wrapped`` that it was drawn below
    as well: two lines in one.
    """

    __slots__ = (
        "bottom", "disordered", "first", "jumped", "left", "narrow", "parts", "places", "right", "top", "wide",
        "wrapped",
    )  # fmt: skip

    def __init__(self, index: int, left: float, top: float, right: float, bottom: float, jumped: bool = False) -> None:
        self.first = index
        self.jumped, self.disordered, self.wrapped = jumped, False, False
        self.places: list[tuple[float, float]] = []
        self.left, self.top, self.right, self.bottom = left, top, right, bottom
        self.wide: list[float] = []
        self.narrow: list[float] = []
        self.parts: list[str] = []

    def em(self) -> float:
        sizes = self.wide or self.narrow
        size = sizes[len(sizes) // 2]
        return size if size > _SMALLEST else _SMALLEST


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """Lines of a page in the order of its content stream."""
    text_page = page.get_textpage()
    try:
        turns = _quarter_turns(text_page)
        left, bottom, right, top = page.get_cropbox()
        runs = _in_order(_runs(text_page, turns, (left, bottom, right, top)))
        lines = [line for run in runs if (line := _line(run, text_page.raw))]
    finally:
        text_page.close()
    width, height = right - left, top - bottom
    return Page(number, *((height, width) if turns % 2 else (width, height)), lines)


def _quarter_turns(text_page: pdfium.PdfTextPage) -> int:
    """How the text stands on the page (whatever /Rotate says): quarter turns of most of a sample of its characters."""
    count = text_page.count_chars()
    turns = Counter(
        round(raw.FPDFText_GetCharAngle(text_page.raw, index) / (math.pi / 2)) % 4
        for index in range(0, count, max(1, count // _SAMPLE))
    )
    return turns.most_common(1)[0][0] if turns else 0


def _runs(text_page: pdfium.PdfTextPage, turns: int, edges: tuple[float, float, float, float]) -> list[_Run]:  # noqa: PLR0912, PLR0915
    """Characters gathered to lines. One long loop: it runs once per character, at some 3 µs each."""
    handle, count = text_page.raw, text_page.count_chars()
    get_unicode, get_box = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    rectangle = raw.FS_RECTF()
    reference = ctypes.byref(rectangle)
    page_left, page_bottom, page_right, page_top = edges
    runs: list[_Run] = []
    run: _Run | None = None
    jumped, last = False, 0.0
    for index in range(count):
        code = get_unicode(handle, index)
        if code in _BREAKS:
            run, jumped = None, False
            continue
        if code in _SPACES:
            if run is not None:
                run.parts.append(chr(code))
                run.places.append(run.places[-1])
            continue
        if code == 0:
            continue
        get_box(handle, index, reference)
        if turns == 0:
            left, right = rectangle.left - page_left, rectangle.right - page_left
            top, bottom = page_top - rectangle.top, page_top - rectangle.bottom
        elif turns == 3:
            left, right = rectangle.bottom - page_bottom, rectangle.top - page_bottom
            top, bottom = rectangle.left - page_left, rectangle.right - page_left
        elif turns == 2:
            left, right = page_right - rectangle.right, page_right - rectangle.left
            top, bottom = rectangle.bottom - page_bottom, rectangle.top - page_bottom
        else:
            left, right = page_top - rectangle.top, page_top - rectangle.bottom
            top, bottom = page_right - rectangle.right, page_right - rectangle.left
        if run is not None:
            em = run.em()
            if (
                left - run.right > _COLUMN_GAP * em
                or right < run.left - em
                or top > run.bottom + em
                or bottom < run.top - em
            ):
                run, jumped = None, True
        if run is None:
            run = _Run(index, left, top, right, bottom, jumped)
            runs.append(run)
        else:
            if left < run.places[-1][0] - _BACK * em:
                run.disordered, run.wrapped = True, run.wrapped or abs(bottom - last) > _SAME_LINE * em
            run.right = max(run.right, right)
            if left < run.left or top < run.top or bottom > run.bottom:
                run.left, run.top, run.bottom = min(run.left, left), min(run.top, top), max(run.bottom, bottom)
        height, width = min((bottom - top) / _LINE_HEIGHT, _LARGEST), right - left
        if code > _FIRST_WIDE and 0.5 * height < width < 1.5 * height:
            run.wide.append(width)
        else:
            run.narrow.append(height)
        run.parts.append(chr(code))
        run.places.append((left, right))
        last = bottom
    return runs


def _in_order(runs: list[_Run]) -> list[_Run]:
    """Lines with their characters from left to right.

    LibreOffice draws quotation marks, which are of another font, before or after the Han characters around them. Lines
    that are all Latin are left alone: their blanks are too narrow to be told by the gaps.
    """
    ordered: list[_Run] = []
    start = 0
    for stop in range(1, len(runs) + 1):
        if stop < len(runs) and runs[stop].jumped and _beside(runs[start], runs[stop]):
            continue
        chain = runs[start:stop]
        back = any(run.left < before.right - run.em() for before, run in pairwise(chain))
        mixed = (back or any(run.disordered for run in chain)) and any(run.wide for run in chain)
        ordered += _sorted(chain) if mixed and not any(run.wrapped for run in chain) else chain
        start = stop
    return ordered


def _beside(run: _Run, other: _Run) -> bool:
    return abs(run.bottom - other.bottom) <= _SAME_LINE * run.em()


def _sorted(chain: list[_Run]) -> list[_Run]:
    """The characters of ``chain`` as lines; blanks are those that the gaps show, for pdfium sets one at each jump."""
    whole, em = chain[0], chain[0].em()
    characters = sorted(
        (place, character)
        for run in chain
        for place, character in zip(run.places, run.parts, strict=True)
        if not character.isspace()
    )
    lines: list[_Run] = []
    for (left, right), character in characters:
        gap = left - lines[-1].right if lines else math.inf
        if gap > _COLUMN_GAP * em:
            line = _Run(whole.first, left, whole.top, right, whole.bottom)
            line.wide, line.narrow = whole.wide, whole.narrow
            lines.append(line)
        line = lines[-1]
        narrow = character.isascii() and line.parts and line.parts[-1].isascii()
        word_gap = (_LATIN_GAP if narrow else _WORD_GAP) * em
        line.parts.append(f" {character}" if word_gap < gap <= _COLUMN_GAP * em else character)
        line.right = max(line.right, right)
    return lines


def _line(run: _Run, handle: object) -> Line | None:
    text = "".join(run.parts)
    if _SURROGATES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = readable(text).replace("\ufffe", HYPHEN).strip(" \u3000\xa0\t")
    if not text:
        return None
    angle = raw.FPDFText_GetCharAngle(handle, run.first)
    slant = abs(math.remainder(angle, math.pi / 2))
    size = median(run.wide or run.narrow)
    aside = None if slant < _UPRIGHT else "watermark"
    return Line(run.left, run.top, run.right, run.bottom, max(size, 1.0), text, aside)


def join(text: str, continuation: str) -> str:
    """Two lines of a paragraph as one: Latin words keep a space between them, Chinese has none."""
    if text.endswith(HYPHEN):
        return text[:-1] + continuation
    latin = text[-1].isascii() and continuation[0].isascii() and not text[-1].isspace()
    split = _NUMBER_END.search(text) and _NUMBER_START.match(continuation)
    return f"{text} {continuation}" if latin and not split else text + continuation
