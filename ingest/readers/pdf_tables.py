"""Ruled tables on PDF pages: pdfium names the rules and the text, pdfplumber finds the cells between the rules."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2 as pdfium

from ingest.readers.pdf_lines import Line, Page, join
from ingest.readers.pdf_rules import Rule, rules_of
from ingest.readers.symbols import readable
from ingest.readers.tables import Cell

_FEWEST_RULES, _FEWEST_LINES = 3, 4
"""Rules in each direction, and lines of text, that a table has at least."""
_MOST_CROSSINGS = 4_000
"""Rows by columns; squared paper has more, and its cells would take minutes."""
_LEAST_FILLED = 0.5
"""Share of cells with text; frames of slide templates and forms drawn for ornament have less."""
_LARGEST_CELL = 0.4
"""Share of the page; a larger cell is a frame around text."""
_SAME = 2.0
"""Points within which edges are one."""
_Box = tuple[float, float, float, float]


def set_tables(page: pdfium.PdfPage, lines: Page) -> Page:
    """``lines`` with one line per ruled table in place of what stands in its cells.

    A table is taken only if its cells hold exactly the characters that stand within its borders.
    """
    if len(lines.lines) < _FEWEST_LINES or not _has_neighbours(lines.lines) or not _is_upright(page):
        return lines
    kept = lines.lines
    for boxes in cells_between(rules_of(page)):
        inside = [line for line in kept if _contains(_border(boxes), line)]
        if inside and (rows := _rows(page, lines, boxes, inside)):
            left, top, right, bottom = _border(boxes)
            size = median(line.size for line in inside)
            kept = [line for line in kept if line not in inside]
            kept.append(Line(left, top, right, bottom, size, "", rows=rows))
    return Page(lines.number, lines.width, lines.height, kept)


def _has_neighbours(lines: Sequence[Line]) -> bool:
    """Whether one line stands beside another, as in the rows of a table. A page of paragraphs is told by this alone."""
    by_top = sorted(lines, key=lambda line: line.top)
    return any(
        other.top < line.bottom and (other.left >= line.right or other.right <= line.left)
        for line, other in pairwise(by_top)
    )


def _is_upright(page: pdfium.PdfPage) -> bool:
    return not page.get_rotation() and page.get_cropbox() == page.get_mediabox()


def cells_between(rules: Sequence[Rule]) -> list[list[_Box]]:
    """Boxes of the cells of each table that the rules make, in points from the top left."""
    across = [rule for rule in rules if rule.is_horizontal]
    down = [rule for rule in rules if not rule.is_horizontal]
    rows, columns = _edges(rule.top for rule in across), _edges(rule.left for rule in down)
    if min(len(rows), len(columns)) < _FEWEST_RULES or len(rows) * len(columns) > _MOST_CROSSINGS:
        return []
    from pdfplumber.table import TableFinder

    settings = {
        "vertical_strategy": "explicit",
        "horizontal_strategy": "explicit",
        "explicit_vertical_lines": [_edge(rule) for rule in down],
        "explicit_horizontal_lines": [_edge(rule) for rule in across],
    }
    page: Any = None  # not looked at where all edges are given
    return [list(table.cells) for table in TableFinder(page, settings).tables]


def _edge(rule: Rule) -> dict[str, Any]:
    return {
        "object_type": "line_edge",
        "orientation": "h" if rule.is_horizontal else "v",
        "x0": rule.left,
        "x1": rule.right,
        "top": rule.top,
        "bottom": rule.bottom,
        "width": rule.right - rule.left,
        "height": rule.bottom - rule.top,
    }


def _rows(page: pdfium.PdfPage, lines: Page, boxes: Sequence[_Box], inside: Sequence[Line]) -> list[list[Cell]]:
    """The table's rows, each with the cells that begin in it; nothing where it is none after all."""
    em = median(line.size for line in inside)
    text_page = page.get_textpage()
    try:
        corner = page.get_cropbox()
        texts = {box: _text(text_page, (corner[0], corner[3]), box) for box in boxes}
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


def _text(text_page: pdfium.PdfTextPage, corner: tuple[float, float], box: _Box) -> str:
    (x, y), (left, top, right, bottom) = corner, box
    text: str = text_page.get_text_bounded(x + left, y - bottom, x + right, y - top)
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
