"""A sheet's cells, and the tables that stand on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.readers.tables import Cell, has_header

MAX_CELLS = 4_000_000
"""Area of a sheet beyond which it is not unfolded."""
SCATTERED = "表格的内容散布在过大的区域里，无法展开。请删除远处的零散单元格、另存后再入库。"
Merges = dict[tuple[int, int], tuple[int, int]]
"""Rows and columns covered by the cell at a place."""
_Area = tuple[int, int, int, int]
"""First row, last row, first column, last column."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its texts row by row, all rows of one length, and the merged cells among them."""

    name: str
    grid: Sequence[Sequence[str]]
    merges: Merges = field(default_factory=dict)
    hidden: bool = False


def tables(grid: Sequence[Sequence[str]], merges: Merges) -> Iterator[list[list[Cell]]]:
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


def _side_by_side(whole: _Area, grid: Sequence[Sequence[str]], merges: Merges) -> Iterator[_Area]:
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


def _cells(area: _Area, grid: Sequence[Sequence[str]], merges: Merges) -> list[list[Cell]]:
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
