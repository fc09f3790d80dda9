"""Workbooks (xlsx, xlsm, xlsb, xls, et, ods) by calamine: every table of every visible sheet, row by row."""

import datetime
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from corpus.errors import DamagedFile, EncryptedFile
from ingest.blocks import ReadFile
from ingest.readers.archive import Archive
from ingest.readers.collector import Collector
from ingest.readers.ole import is_memory_trap
from ingest.readers.tables import Cell, add_table, has_header

MAX_CELLS = 4_000_000
"""Area of a sheet beyond which it is not unfolded: calamine takes memory for every cell between the corners."""
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml$")
_FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\br=["']([A-Z]{1,3})(\d{1,7})["'])[^>]*(?<!/)>""")
_DEFAULT_NAME = re.compile(r"(?i)(?:sheet|工作表|表)\s?\d*$")
_EMBEDDED_PICTURE = re.compile(r'=?DISPIMG\("')
_BROKEN = "工作簿已损坏，打不开。请用 Excel 或 WPS 打开修复、另存后再入库。"
_MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_Area = tuple[int, int, int, int]
"""First row, last row, first column, last column."""
_Merges = dict[tuple[int, int], tuple[int, int]]
"""Rows and columns covered by the cell at a place."""


def read_spreadsheet(path: Path, container: str) -> ReadFile:
    """Rows as 列名：值, under the sheet's name where it has one of its own.

    Values are those last computed; formats such as % are not in what calamine reports. Hidden sheets are left out,
    recorded, and named in a warning.

    Args:
        path: the workbook.
        container: ``xlsx``, ``xls`` or ``ods``; the media type of the result goes by it.

    Raises:
        EncryptedFile: a password is needed to open it.
        DamagedFile: broken, too large when unfolded, or nothing to read.
    """
    if zipfile.is_zipfile(path):
        _check_extent(path)
    collector = Collector()
    try:
        if container == "xls" and is_memory_trap(path):
            raise DamagedFile(_BROKEN)
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            _read(workbook, collector)
    except PasswordError as error:
        raise EncryptedFile("工作簿设有打开密码。请去掉密码、另存后再入库。") from error
    except (CalamineError, OSError) as error:
        raise DamagedFile(_BROKEN) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's own failure; no Exception, and not to be imported
            raise
        raise DamagedFile(_BROKEN) from error
    return collector.finish(container, _MEDIA_TYPES[container])


def _check_extent(path: Path) -> None:
    """Refuse sheets whose outermost filled cells lie too far apart; reading one would take all memory and abort."""
    with Archive(path) as archive:
        for name in archive.names:
            if not _SHEET_PART.match(name):
                continue
            rows, columns = [], []
            for match in _FILLED_CELL.finditer(archive.read(name)):
                columns.append(_column_number(match[1]))
                rows.append(int(match[2]))
            if rows and (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > MAX_CELLS:
                raise DamagedFile("表格的内容散布在过大的区域里，无法展开。请删除远处的零散单元格、另存后再入库。")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _read(workbook: CalamineWorkbook, collector: Collector) -> None:
    hidden = []
    for metadata in workbook.sheets_metadata:
        if metadata.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(metadata.name)
        grid = list(_grid(sheet))
        if not any(any(row) for row in grid):
            continue
        if metadata.visible is not SheetVisibleEnum.Visible:
            hidden.append(metadata.name)
            collector.remove("hidden_sheet", "\n".join("；".join(filter(None, row)) for row in grid if any(row)))
            continue
        if not _DEFAULT_NAME.match(metadata.name.strip()):
            collector.add(" ".join(metadata.name.split()), heading_level=1)
        for table in _tables(grid, _merges(sheet)):
            add_table(collector, table)
            collector.blank()
    if hidden:
        collector.warnings.append(f"工作表“{'”“'.join(hidden)}”设为隐藏，没有入库。")


def _grid(sheet: CalamineSheet) -> Iterator[list[str]]:
    """Texts of the filled area; row 0 is the first of the sheet, column 0 the first that is filled."""
    if sheet.start is None or sheet.end is None:
        return
    if sheet.total_height * sheet.width > MAX_CELLS:
        raise DamagedFile("表格的内容散布在过大的区域里，无法展开。请删除远处的零散单元格、另存后再入库。")
    for row in sheet.iter_rows():
        yield [_text(value) for value in row]


def _merges(sheet: CalamineSheet) -> _Merges:
    left = sheet.start[1] if sheet.start else 0
    return {
        (top, first - left): (bottom - top + 1, last - first + 1)
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or ()
    }


def _text(value: Any) -> str:
    """A value as the sheet would show it without a format of its own."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time.min
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    text = str(value)
    return "" if _EMBEDDED_PICTURE.match(text) or not text.strip() else text


def _tables(grid: Sequence[Sequence[str]], merges: _Merges) -> Iterator[list[list[Cell]]]:
    """The tables of a sheet: parts between blank rows, and beside each other where both have their own headings.

    A part without headings below one of the same columns goes on with it: forms and long lists have blank rows inside.
    """
    pending: list[list[Cell]] = []
    before: tuple[int, int] | None = None
    for top, bottom in _bands(grid):
        for area in _side_by_side((top, bottom, 0, len(grid[top]) - 1), grid, merges):
            table = _cells(area, grid, merges)
            if pending and before == area[2:] and has_header(pending) and not has_header(table):
                pending += table
                continue
            if pending:
                yield pending
            pending, before = table, area[2:]
    if pending:
        yield pending


def _bands(grid: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for index, row in enumerate([*grid, []]):
        if any(row):
            start = index if start is None else start
        elif start is not None:
            yield start, index - 1
            start = None


def _side_by_side(whole: _Area, grid: Sequence[Sequence[str]], merges: _Merges) -> Iterator[_Area]:
    area = _shrunk(whole, grid)
    if area is None:
        return
    top, bottom, left, right = area
    for column in range(left + 2, right - 1):
        if any(grid[row][column] for row in range(top, bottom + 1)):
            continue
        parts = [_shrunk((top, bottom, *span), grid) for span in ((left, column - 1), (column + 1, right))]
        if all(part and part[3] > part[2] and has_header(_cells(part, grid, merges)) for part in parts):
            for part in filter(None, parts):
                yield from _side_by_side(part, grid, merges)
            return
    yield area


def _shrunk(area: _Area, grid: Sequence[Sequence[str]]) -> _Area | None:
    """The area without blank rows and columns at its edges; None where nothing is left."""
    top, bottom, left, right = area
    rows = [row for row in range(top, bottom + 1) if any(grid[row][left : right + 1])]
    columns = [column for column in range(left, right + 1) if any(grid[row][column] for row in rows)]
    return (rows[0], rows[-1], columns[0], columns[-1]) if columns else None


def _cells(area: _Area, grid: Sequence[Sequence[str]], merges: _Merges) -> list[list[Cell]]:
    """Rows of cells; one that is merged spans the columns and rows it covers inside the area."""
    top, bottom, left, right = area
    covered: set[tuple[int, int]] = set()
    rows = []
    for row in range(top, bottom + 1):
        cells = []
        for column in range(left, right + 1):
            if (row, column) in covered:
                continue
            height, width = merges.get((row, column), (1, 1))
            height, width = min(height, bottom - row + 1), min(width, right - column + 1)
            covered |= {(r, c) for r in range(row, row + height) for c in range(column, column + width)}
            cells.append(Cell(tuple(line for line in grid[row][column].splitlines() if line.strip()), width, height))
        rows.append(cells)
    return rows
