"""Ruled tables on PDF pages: pdfplumber finds the cells by their rules, pdfium says what stands in them."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.readers.pdf_lines import Line, Page, join
from ingest.readers.symbols import readable
from ingest.readers.tables import Cell

_FEWEST_RULES, _MOST_RULES = 6, 3_000
"""Shapes of a page that may be the rules of a table; charts and maps have more."""
_MOST_PAGES = 300
"""Pages of one file that are searched, at 15 to 85 ms each; on later ones the places of the text alone make tables."""
_LEAST_FILLED = 0.5
"""Share of cells with text; frames of slide templates and forms drawn for ornament have less."""
_LARGEST_CELL = 0.4
"""Share of the page; a larger cell is a frame around text."""
_SAME = 2.0
"""Points within which edges are one."""
_Box = tuple[float, float, float, float]


class RuledTables:
    """The tables of one file, as a context manager; pdfplumber opens the file when the first page needs it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._document: Any = None
        self._searched = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._document is not None:
            self._document.close()

    def set_in(self, page: pdfium.PdfPage, lines: Page) -> Page:
        """``lines`` with one line per table in place of what stands in its cells.

        A table is taken only if its cells hold exactly the characters that stand within its borders.
        """
        if self._searched >= _MOST_PAGES or not _may_have_table(page) or len(lines.lines) < 4:
            return lines
        self._searched += 1
        kept = lines.lines
        for boxes in self._cells(lines):
            inside = [line for line in kept if _contains(_border(boxes), line)]
            if inside and (rows := _rows(page, lines, boxes, inside)):
                left, top, right, bottom = _border(boxes)
                size = median(line.size for line in inside)
                kept = [line for line in kept if line not in inside]
                kept.append(Line(left, top, right, bottom, size, "", rows=rows))
        return Page(lines.number, lines.width, lines.height, kept)

    def _cells(self, lines: Page) -> list[list[_Box]]:
        """Boxes of the cells of each table on the page, in points from the top left."""
        try:
            if self._document is None:
                import pdfplumber

                self._document = pdfplumber.open(self._path)
            page = self._document.pages[lines.number - 1]
            tables = [list(table.cells) for table in page.find_tables()]
            page.close()
        except Exception:  # whatever pdfminer makes of a file that pdfium reads: the text is still there, as lines
            return []
        return tables


def _may_have_table(page: pdfium.PdfPage) -> bool:
    """Whether the page stands upright as it was written and has shapes enough for rules, but no drawing."""
    if page.get_rotation() or page.get_cropbox() != page.get_mediabox():
        return False
    rules = 0
    for index in range(raw.FPDFPage_CountObjects(page)):
        rules += raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) == raw.FPDF_PAGEOBJ_PATH
    return _FEWEST_RULES <= rules <= _MOST_RULES


def _rows(page: pdfium.PdfPage, lines: Page, boxes: Sequence[_Box], inside: Sequence[Line]) -> list[list[Cell]]:
    """The table's rows, each with the cells that begin in it; nothing where it is none after all."""
    em = median(line.size for line in inside)
    text_page = page.get_textpage()
    try:
        texts = {box: _text(text_page, lines.height, box) for box in boxes}
    finally:
        text_page.close()
    filled = [box for box in boxes if texts[box]]
    columns = [*_edges(left for left, *_ in boxes), _border(boxes)[2]]
    rows = [*_edges(top for _, top, *_ in filled), _border(boxes)[3]]
    if (
        min(len(columns), len(rows)) < 3
        or len(filled) < _LEAST_FILLED * len(boxes)
        or max(map(_area, boxes)) > _LARGEST_CELL * lines.width * lines.height
        or _characters(texts.values()) != _characters(line.text for line in inside)
        or _lacks_rules(rows, texts)
    ):
        return []
    table: list[list[tuple[int, Cell]]] = [[] for _ in rows[:-1]]
    taken: set[tuple[int, int]] = set()
    for box in sorted(boxes, key=lambda box: (not texts[box], box[0])):
        (column, columns_covered), (row, rows_covered) = _span(columns, box[0], box[2]), _span(rows, box[1], box[3])
        if (row, column) not in taken:
            taken |= {(row + r, column + c) for r in range(rows_covered) for c in range(columns_covered)}
            paragraphs = tuple(_paragraphs(texts[box], (box[2] - box[0]) / em))
            table[row].append((column, Cell(paragraphs, columns_covered, rows_covered)))
    return [[cell for _, cell in sorted(row, key=lambda entry: entry[0])] for row in table]


def _lacks_rules(rows: Sequence[float], texts: Mapping[_Box, str]) -> bool:
    """Whether a row is several that no rule divides: two of its cells have as many lines, four or more."""
    counts = Counter((_span(rows, box[1], box[3])[0], len(text.splitlines())) for box, text in texts.items())
    return any(lines >= 4 and cells >= 2 for (_, lines), cells in counts.items())


def _text(text_page: pdfium.PdfTextPage, height: float, box: _Box) -> str:
    left, top, right, bottom = box
    text: str = text_page.get_text_bounded(left, height - bottom, right, height - top)
    return readable(text.replace("\ufffe", "-")).strip()


def _paragraphs(text: str, width: float) -> Iterator[str]:
    """The lines of a cell (``width`` in em), those joined that fill it up to where the next word begins."""
    paragraph, full = "", False
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if paragraph and not full:
            yield paragraph
            paragraph = ""
        paragraph = join(paragraph, line) if paragraph else line
        full = sum(0.5 if character.isascii() else 1 for character in line) > max(width - 2.5, 0.6 * width)
    if paragraph:
        yield paragraph


def _characters(texts: Any) -> Counter[str]:
    return Counter(character for text in texts for character in text if not character.isspace() and character != "-")


def _edges(places: Any) -> list[float]:
    """Places in order, those within ``_SAME`` of each other once."""
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _SAME:
            edges.append(place)
    return edges


def _span(edges: Sequence[float], start: float, stop: float) -> tuple[int, int]:
    """Index of the row or column that begins nearest before ``start``, and how many there are up to ``stop``."""
    first = max(bisect_right(edges, start + _SAME) - 1, 0)
    return min(first, len(edges) - 2), max(bisect_left(edges, stop - _SAME) - first, 1)


def _area(box: _Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _border(boxes: Sequence[_Box]) -> _Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _contains(border: _Box, line: Line) -> bool:
    left, top, right, bottom = border
    x, y = (line.left + line.right) / 2, (line.top + line.bottom) / 2
    return left < x < right and top < y < bottom and not line.aside
