"""The order in which the lines of a page are read: columns by recursive cuts along white space, then rows."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from statistics import median

from ingest.readers.pdf_lines import Line, join

_GUTTER = 0.9
_ROW_GAP = 0.3
"""In em: the least gap between columns, and between bands of a page."""
_MOST_FRAGMENTS = 2_000
_PROSE = 10
"""In em: lines of a narrow newspaper column have at least 11 characters."""
_APART = 1.6
"""In em: white space across the page that sets a lone line in other type off from the columns, as a running head."""
_OTHER_SIZE = 0.1
_FIRST_INDENT = 2.7
"""In em: the widest indent of a first line."""
_REMEMBERED = 4
"""Gutters, the last ones: left and right pages may differ."""
_MOST_GAPS = 12
"""Gaps between rows, the widest first, at which a page is tried to be cut."""
_LABEL = re.compile(
    r"^(?:[•●■□◆◇▪▸➢➔❖✓○·※★–—-]|\d{1,2}[.．、)）]|[（(]\d{1,2}[)）]|[①-⑳]"
    r"|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）])$"
)
_HANGING = re.compile(r"[，。、；：！？”’）》」』]$")


Gutter = tuple[float, float]
"""The white space between two columns: where the left one ends, and where the right one begins."""


def reading_order(lines: list[Line], gutters: list[Gutter] | None = None) -> list[list[list[Line]]]:
    """Columns of a page from the first to the last read, each as rows, by recursive cuts along white space (XY-cut).

    ``gutters`` are those of the pages before, to which this page's are added: a last column of a line or two is known
    by them alone.
    """
    return _cut(lines, [] if gutters is None else gutters) if len(lines) <= _MOST_FRAGMENTS else [by_rows(lines)]


def _cut(lines: list[Line], gutters: list[Gutter]) -> list[list[list[Line]]]:
    if len(lines) < 2:
        return [[lines]] if lines else []
    em = median(line.size for line in lines)
    if not _stand_beside(lines):
        return [by_rows(part) for part in _known_columns(lines, em, gutters) or (lines,)]
    if parts := _columns(lines, em):
        head, body = _head(lines, em)
        cut = _columns(body, em) if head else None
        if cut and all(_is_prose(part, em) for part in cut):
            return [[head], *_cut_columns(cut, em, gutters)]
        return _cut_columns(parts, em, gutters)
    for above, band, below in _bands(lines, em):
        if _rows_in(band) >= 6 and (parts := _columns(band, em)) and all(_is_prose(part, em) for part in parts):
            return [*_cut(above, gutters), *_cut(band, gutters), *_cut(below, gutters)]
    return [by_rows(part) for part in _known_columns(lines, em, gutters) or (lines,)]


def _cut_columns(parts: tuple[list[Line], list[Line]], em: float, gutters: list[Gutter]) -> list[list[list[Line]]]:
    if all(_is_prose(part, em) for part in parts):
        gutters.append((max(map(body_right, parts[0])), min(line.left for line in parts[1])))
        del gutters[:-_REMEMBERED]
    return [column for part in parts for column in _cut(part, gutters)]


def _known_columns(lines: list[Line], em: float, gutters: list[Gutter]) -> tuple[list[Line], list[Line]] | None:
    """The lines left and right of a gutter of the pages before, if they begin side by side and the left ones are prose.

    Where text ends soon after the last column began there are too few lines for the page itself to show columns.
    """
    for end, start in reversed(gutters):
        right = [line for line in lines if line.left > start - 0.5 * em]
        if not right or len(right) == len(lines):
            continue
        left = [line for line in lines if line.left < end and body_right(line) < end + 0.5 * em]
        if len(left) + len(right) < len(lines) or not _is_prose(left, em):
            continue
        begins = min(line.left for line in right) - start < _FIRST_INDENT * em
        level = abs(min(line.top for line in left) - min(line.top for line in right)) < 0.5 * em
        if begins and level and all(abs(line.size - em) <= _OTHER_SIZE * em for line in right):  # else a margin's notes
            return left, right
    return None


def _head(lines: list[Line], em: float) -> tuple[list[Line], list[Line]]:
    """The first row, if it is in other type and white space sets it off, and the other lines.

    It stands over one column only by chance: a running head does at the outer edge.
    """
    first, second, *_ = [*by_rows(lines), []]
    other = all(abs(line.size - em) > _OTHER_SIZE * em for line in first)
    bottom = max(line.bottom for line in first)
    if not second or not other or min(line.top for line in second) - bottom <= _APART * em:
        return [], lines
    return first, [line for line in lines if line.top > bottom]


def _is_prose(lines: list[Line], em: float) -> bool:
    """Whether most lines are as long as those of a column of running text; cells and labels are shorter."""
    return sum(line.width > _PROSE * em for line in lines) >= 0.5 * len(lines)


def _stand_beside(lines: list[Line]) -> bool:
    """Whether enough lines stand beside others for there to be columns."""
    beside, bottom = 0, -math.inf
    for line in sorted(lines, key=lambda line: line.top):
        beside += line.top < bottom - 0.3 * line.size
        bottom = max(bottom, line.bottom)
    return beside >= 3


def _bands(lines: list[Line], em: float) -> Iterator[tuple[list[Line], list[Line], list[Line]]]:
    """Ways to cut off what stands above and below a band of the page, the higher bands first."""
    gaps = sorted(_gaps([(line.top, line.bottom) for line in lines], _ROW_GAP * em), reverse=True)[:_MOST_GAPS]
    edges = [-math.inf, *sorted(at for _, at in gaps), math.inf]
    heights = [min(line.top for line in lines), *edges[1:-1], max(line.bottom for line in lines)]
    spans = [(heights[j] - heights[i], edges[i], edges[j]) for j in range(len(edges)) for i in range(j)]
    for _, top, bottom in sorted(spans, reverse=True)[1:]:
        above = [line for line in lines if line.bottom <= top]
        below = [line for line in lines if line.top >= bottom]
        yield above, [line for line in lines if line.top >= top and line.bottom <= bottom], below


def _columns(lines: list[Line], em: float) -> tuple[list[Line], list[Line]] | None:
    """The lines left and right of the widest gutter, if both sides are columns and not the cells of a table."""
    gaps = _gaps([(line.left, body_right(line)) for line in lines], _GUTTER * em)
    if not gaps:
        return None
    _, at = max(gaps)
    left = [line for line in lines if body_right(line) <= at]
    right = [line for line in lines if line.left >= at]
    if _rows_in(left) < 3 or _rows_in(right) < 3 or _is_table(left, right, em):
        return None
    return left, right


def _rows_in(lines: list[Line]) -> int:
    """How many lines there are, those of ruled tables included."""
    return sum(len(line.rows) if line.rows else 1 for line in lines)


def body_right(line: Line) -> float:
    """The right edge without final punctuation, which typesetters let hang into the gutter."""
    return line.right - line.size if _HANGING.search(line.text) and line.width > 2 * line.size else line.right


def _is_table(left: list[Line], right: list[Line], em: float) -> bool:
    """Whether lines face each other row by row and are short, as cells are; columns of prose are full on both sides."""
    narrow = all(sum(line.width > 8 * em for line in side) < 0.5 * len(side) for side in (left, right))
    tops = sorted(line.top for line in right)
    facing = sum(within(tops, line.top, 0.4 * em) > 0 for line in left)
    return facing >= 0.8 * min(len(left), len(right)) and (
        narrow or any(sum(line.width > 8 * em for line in side) < 0.2 * len(side) for side in (left, right))
    )


def _gaps(spans: list[tuple[float, float]], least: float) -> list[tuple[float, float]]:
    """White space between ``spans`` wider than ``least``: its width and its middle."""
    gaps = []
    spans = sorted(spans)
    end = spans[0][1]
    for start, stop in spans[1:]:
        if start - end > least:
            gaps.append((start - end, (start + end) / 2))
        end = max(end, stop)
    return gaps


def by_rows(lines: list[Line]) -> list[list[Line]]:
    """Rows from the top, their lines from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.top + line.bottom, line.left)):
        middle = (line.top + line.bottom) / 2
        if rows and abs(middle - (rows[-1][0].top + rows[-1][0].bottom) / 2) < 0.5 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_with_label(sorted(row, key=lambda line: line.left)) for row in rows]


def _with_label(row: list[Line]) -> list[Line]:
    """A row whose first fragment is the bullet or number of the next, as one fragment."""
    if len(row) < 2 or not _LABEL.match(row[0].text):
        return row
    label, item = row[0], row[1]
    text = join(label.text, item.text)
    top, bottom = min(label.top, item.top), max(label.bottom, item.bottom)
    return [Line(label.left, top, item.right, bottom, item.size, text), *row[2:]]


def within(edges: list[float], x: float, distance: float) -> int:
    """How many of the sorted ``edges`` are at ``x`` or up to ``distance`` from it."""
    return bisect_left(edges, x + distance) - bisect_left(edges, x - distance)
