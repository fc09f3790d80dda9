"""Sheets of an OpenDocument workbook (ods; OpenDocument 1.3, part 3, 9): cells hold their text as it is shown."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from corpus.errors import DamagedFile
from ingest.readers.archive import Archive
from ingest.readers.sheets import MAX_CELLS, SCATTERED, Merges, Sheet

_OFFICE, _TABLE, _TEXT, _STYLE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text", "style")
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_BREAKS = {f"{_TEXT}line-break": "\n", f"{_TEXT}tab": " "}


def read_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of the workbook at ``path``, blank rows and columns at their ends left out.

    Raises:
        DamagedFile: broken, or its cells are spread too far.
    """
    with Archive(path) as archive:
        root = archive.xml("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}spreadsheet") if root is not None else None
    if root is None or body is None:
        raise DamagedFile("工作簿已损坏，打不开。请用 Excel 或 WPS 打开修复、另存后再入库。")
    hidden = {
        style.get(f"{_STYLE}name")
        for style in root.iterfind(f"{_OFFICE}automatic-styles/{_STYLE}style")
        if any(part.get(f"{_TABLE}display") == "false" for part in style)
    }
    for table in body.iterchildren(f"{_TABLE}table"):
        grid, merges = _grid(table)
        yield Sheet(table.get(f"{_TABLE}name", ""), grid, merges, table.get(f"{_TABLE}style-name") in hidden)


def _grid(table: etree._Element) -> tuple[list[list[str]], Merges]:
    grid: list[list[str]] = []
    merges: Merges = {}
    widest = 0
    for row in table.iter(f"{_TABLE}table-row"):
        cells, spans = _cells(row)
        repeats = _count(row, "number-rows-repeated")
        if not cells:  # blank rows only set tables apart: one does as much as many
            repeats = min(repeats, 1)
        widest = max(widest, len(cells))
        if (len(grid) + repeats) * max(widest, 1) > MAX_CELLS:
            raise DamagedFile(SCATTERED)
        for index in range(repeats):
            merges |= {(len(grid), column): span for column, span in spans.items() if not index}
            grid.append(cells)
    return [cells + [""] * (widest - len(cells)) for cells in grid], merges


def _cells(row: etree._Element) -> tuple[list[str], dict[int, tuple[int, int]]]:
    """Texts of a row up to its last filled cell, and the rows and columns that merged cells cover."""
    texts: list[str] = []
    spans: dict[int, tuple[int, int]] = {}
    blank = 0
    for cell in row.iterchildren(*_CELLS):
        text = "\n".join("".join(_pieces(paragraph)) for paragraph in cell.iterchildren(f"{_TEXT}p"))
        repeats = _count(cell, "number-columns-repeated")
        if not text.strip():
            blank += repeats
            continue
        if len(texts) + blank + repeats > MAX_CELLS:
            raise DamagedFile(SCATTERED)
        texts += [""] * blank
        blank = 0
        covered = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if covered != (1, 1):
            spans[len(texts)] = covered
        texts += [text] * repeats
    return texts, spans


def _pieces(element: etree._Element) -> Iterator[str]:
    """The text of a paragraph without comments on it; runs of blanks are elements."""
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " "
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag != f"{_OFFICE}annotation":
            yield from _pieces(child)
        yield child.tail or ""


def _count(element: etree._Element, name: str) -> int:
    """A number of repetitions or of cells covered, at least 1."""
    text = element.get(f"{_TABLE}{name}", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1
