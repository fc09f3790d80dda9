"""Tables as blocks: one row each, as 列名：值 pairs, so that a row can be read on its own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.blocks import BlockType
from ingest.readers.collector import Collector

MAX_COLUMNS = 200
_LABEL = re.compile(
    r"[：:]$|(?:名|称|代码|编号|号|码|学分|学时|时间|日期|年月|年份|人|员|者|单位|部门|机关|机构|教师|对象|性质|类别|类型"
    r"|方式|要求|目标|内容|教材|书目|课程|专业|学院|职务|职称|电话|邮箱|地址|备注|说明|摘要|关键词|形式|等级|题目|标题"
    r"|负责|成果|经费|比例|分值|合计|项目|数量|金额)$"
)
_FIGURE = re.compile(r"[-+￥¥$（(]?\d[\d,.]*")
_LONG_LABEL = 20
_LEAST_FILLED = 0.7
"""Share of the columns that a first row must name to be taken for a heading."""
_FEW_LABELS = 0.2
"""Share of labels in every other cell up to which they are chance, not the keys of key and value pairs."""
_LONG_CELL = 200
"""A cell of several paragraphs longer than this is prose in a frame: its paragraphs become blocks of their own."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: its paragraphs, the columns and rows it covers, and whether its format marks it as a heading."""

    paragraphs: tuple[str, ...]
    columns: int = 1
    rows: int = 1
    header: bool = False

    @property
    def text(self) -> str:
        """The cell on one line."""
        return " ".join(part for paragraph in self.paragraphs if (part := " ".join(paragraph.split())))


_Row = list[Cell | None]
"""One entry per column; None where the cell to the left covers it."""


def add_table(into: Collector, rows: Iterable[Sequence[Cell]], page: int | None = None) -> None:
    """Append a table. Each of ``rows`` lists its own cells; a cell that covers several rows is repeated in each.

    The header row is recorded as removed, for its labels stand in every row below.
    """
    grid = [row for row in _grid(rows) if any(_filled(row))]
    while len(grid) > 1 and sum(cell is not None for cell in grid[0]) == 1 < max(len(_filled(row)) for row in grid):
        _add_row(into, [("", cell) for cell in _filled(grid.pop(0))], page)
    if not grid:
        return
    if max(len(_filled(row)) for row in grid) == 1:
        for row in grid:
            for cell in _filled(row):
                for paragraph in cell.paragraphs:
                    into.add(paragraph, page=page)
        return
    heads = _header_rows(grid)
    labels = _column_labels(grid[:heads])
    for row in grid[:heads]:
        into.remove("table_header", "；".join(cell.text for cell in _filled(row)), page)
    in_pairs = not heads and _alternate(grid, 0) > max(0.5, _alternate(grid, 1))
    for row in grid[heads:]:
        _add_row(into, _pair_up(_filled(row)) if in_pairs else _under(labels, row), page)


def has_header(rows: Iterable[Sequence[Cell]]) -> bool:
    """Whether the first row of a table is taken for its headings."""
    grid = [row for row in _grid(rows) if any(_filled(row))]
    return bool(grid) and _header_rows(grid) > 0


def _grid(rows: Iterable[Sequence[Cell]]) -> list[_Row]:
    grid: list[_Row] = []
    hanging: dict[int, tuple[Cell, int]] = {}
    for cells in rows:
        row: _Row = []
        pending = list(cells)
        while (pending or len(row) in hanging) and len(row) < MAX_COLUMNS:
            column = len(row)
            if column in hanging:
                cell, left = hanging.pop(column)
            else:
                cell = pending.pop(0)
                left = cell.rows
            if left > 1:
                hanging[column] = (cell, left - 1)
            row += [cell, *[None] * (min(cell.columns, MAX_COLUMNS) - 1)]
        grid.append(row)
    return grid


def _filled(row: _Row) -> list[Cell]:
    return [cell for cell in row if cell and cell.text]


def _header_rows(grid: list[_Row]) -> int:
    """How many rows at the top are headings: those marked so, else the first where it looks like one."""
    marked = 0
    while marked < len(grid) and all(cell.header for cell in _filled(grid[marked])):
        marked += 1
    if marked:
        return marked if marked < len(grid) else 0
    first = _filled(grid[0])
    texts = [cell.text for cell in first]
    if sum(cell.columns for cell in first) < _LEAST_FILLED * max(map(len, grid)):
        return 0
    if len(grid) < 2 or len(set(texts)) < len(texts) or any(len(text) > _LONG_LABEL for text in texts):
        return 0
    if any(cell.header for row in grid for cell in _filled(row)) or _alternate(grid, 0) > max(
        _FEW_LABELS, _label_share(first)
    ):
        return 0
    return 1 if _label_share(first) >= 1 / 3 or _differs(grid) else 0


def _differs(grid: list[_Row]) -> bool:
    """Whether the first row differs from those below as headings do: words above figures, or short above long."""
    for column, head in enumerate(grid[0]):
        below = [cell.text for row in grid[1:] if column < len(row) and (cell := row[column]) and cell.text]
        if head and head.text and below and not _FIGURE.search(head.text):
            if sum(bool(_FIGURE.match(text)) for text in below) > 0.6 * len(below):
                return True
            if len(below) > 1 and len(head.text) < 0.4 * sum(map(len, below)) / len(below):
                return True
    return False


def _alternate(grid: list[_Row], first: int) -> float:
    """Share of labels among every other cell of the rows, from cell ``first`` on."""
    return _label_share(cell for row in grid for cell in _filled(row)[first::2])


def _label_share(cells: Iterable[Cell]) -> float:
    texts = [cell.text for cell in cells]
    return sum(len(text) <= _LONG_LABEL and bool(_LABEL.search(text)) for text in texts) / max(len(texts), 1)


def _column_labels(heads: list[_Row]) -> list[str]:
    """The label of each column: headings above it from the top, each once."""
    columns: list[list[str]] = []
    for row in heads:
        above: Cell | None = None
        for column, cell in enumerate(row):
            above = cell or above
            while len(columns) <= column:
                columns.append([])
            if above and above.text and above.text not in columns[column]:
                columns[column].append(above.text)
    return ["·".join(parts) for parts in columns]


def _under(labels: list[str], row: _Row) -> list[tuple[str, Cell]]:
    return [
        (labels[column] if column < len(labels) else "", cell) for column, cell in enumerate(row) if cell and cell.text
    ]


def _pair_up(cells: list[Cell]) -> list[tuple[str, Cell]]:
    pairs = [(label.text, value) for label, value in zip(cells[::2], cells[1::2], strict=False)]
    return pairs if len(cells) % 2 == 0 else [*pairs, ("", cells[-1])]


def _add_row(into: Collector, pairs: list[tuple[str, Cell]], page: int | None) -> None:
    short: list[str] = []
    for label, cell in pairs:
        prefix = f"{label.rstrip('：: ')}：" if label and label != cell.text else ""
        if len(cell.paragraphs) > 1 and len(cell.text) > _LONG_CELL:
            _flush(into, short, page)
            into.add(prefix, page=page)
            for paragraph in cell.paragraphs:
                into.add(paragraph, page=page)
        else:
            short.append(prefix + cell.text)
    _flush(into, short, page)


def _flush(into: Collector, short: list[str], page: int | None) -> None:
    if short:
        into.add("；".join(short), type=BlockType.TABLE_ROW, page=page)
        short.clear()
