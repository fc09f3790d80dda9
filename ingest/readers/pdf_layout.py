"""From lines on pages to paragraphs in reading order: columns, running heads, and lines that belong together."""

import math
import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from ingest.readers.pdf_lines import HYPHEN, Line, Page
from ingest.readers.tables import Cell

_NUMBER_ZONE, _HEAD_ZONE = 0.14, 0.2
"""Shares of the page's height, at its top and bottom, in which page numbers and repeated heads are looked for."""
_MOST_HEAD_ROWS = 3
_LONGEST_HEAD = 60
_SAME_HEIGHT = 6.0
"""Points by which the height of a head may differ from page to page."""
_WORD = re.compile(r"[^\W_]")
_GUTTER = 0.9
_ROW_GAP = 0.3
"""In em: the least gap between columns, and between bands of a page."""
_MOST_FRAGMENTS = 2_000
_PROSE = 10
"""In em: lines of a narrow newspaper column have at least 11 characters."""
_MOST_GAPS = 12
"""Gaps between rows, the widest first, at which a page is tried to be cut."""
_REMEMBERED = 6
"""Regions before a short one that may say how wide its column is."""
_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,6}|[IVXLC]{1,6}|[〇一二三四五六七八九十百]{1,4})"
_DASHES = r"[\s\-—–－_·•.~|]*"
_PAGE_NUMBER = re.compile(
    rf"^{_DASHES}(?:第\s*)?{_NUMBER}(?:\s*页)?(?:\s*[/／,，]?\s*(?:共\s*)?{_NUMBER}\s*页?)?{_DASHES}$"
    rf"|^(?i:page)\s*\d{{1,4}}(?:\s*(?i:of)\s*\d{{1,4}})?$"
)
_HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十]+[）)]|第[〇零一二三四五六七八九十百\d]+[编篇章节条讲]"
    r"|[（(]\d{1,2}[）)]|[①-⑳]|附件|抄送|报[：:]|送[：:]|【)"
)
_NUMBERED_ITEM = re.compile(r"^\s*\d{1,2}[.．、](?!\d)")
_NUMBERED = re.compile(rf"{_HEADING.pattern}|^\s*\d{{1,2}}(?:[.．]\d{{1,2}})*[.．、)）\s](?!\d)")
_LABEL = re.compile(
    r"^(?:[•●■□◆◇▪▸➢➔❖✓○·※★–—-]|\d{1,2}[.．、)）]|[（(]\d{1,2}[)）]|[①-⑳]"
    r"|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）])$"
)
_APART = 1.6
"""In em: white space between two lines of a column that no line spacing explains."""
_NUMBER_END = re.compile(r"[\u3400-\u9fff（“《]\d+[.,]?\d*$")
_NUMBER_START = re.compile(r"\d+[.,]?\d*[%％\u3400-\u9fff）”》，。]")
"""The halves of a number between Han characters that a line break cut; two numbers would have something between."""
_LEAST_FULL = 9
"""In em: lines shorter than this are full only by chance, as in a list of short items."""
_TERMINAL = re.compile(r"[。！？；：…”』」）)】》!?;:]$")
_HANGING = re.compile(r"[，。、；：！？”’）》」』]$")
_SENTENCE_END = re.compile(r"[。！？；]$")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together.

    ``page`` is that of the first line; ``removals`` counts those made before it; ``confidence`` is the mean score of
    recognised lines, by their length.
    """

    page: int
    page_start: bool
    indented: bool | None
    size: float
    text: str
    lines: int = 1
    removals: int = 0
    confidence: float | None = None


@dataclass(slots=True)
class Table:
    """Rows of cells. Fields as of ``Paragraph``."""

    page: int
    page_start: bool
    rows: list[list[Cell]]
    removals: int = 0
    confidence: float | None = None


@dataclass(slots=True)
class Removed:
    """A line that is no part of the text."""

    kind: str
    text: str
    page: int


@dataclass(slots=True)
class Layout:
    """Paragraphs and tables in reading order; ``removed[:item.removals]`` was taken out before an item."""

    items: list[Paragraph | Table] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The items that are paragraphs."""
        return [item for item in self.items if isinstance(item, Paragraph)]


@dataclass(slots=True)
class _Region:
    """Neighbouring lines of one size, and the edges of the column they stand in."""

    lines: list[Line]
    left: float
    right: float


def lay_out(pages: Sequence[Page]) -> Layout:
    """Paragraphs of all pages; a paragraph may run over columns and pages."""
    layout = Layout()
    heads = _running_heads(pages)
    last: tuple[Line, _Region] | None = None
    widths: deque[_Region] = deque(maxlen=_REMEMBERED)
    for page in pages:
        kept = []
        for line in page.lines:
            kind = line.aside or heads.get(id(line))
            if kind:
                layout.removed.append(Removed(kind, line.text, page.number))
            else:
                kept.append(line)
        start = len(layout.items)
        for part in (part for column in reading_order(kept) for part in _parts(column, widths)):
            if isinstance(part, list):
                layout.items.append(_table(part, page.number, len(layout.removed)))
                last = None
                continue
            for line in part.lines:
                if last and _continues(last, line, part):
                    paragraph = layout.items[-1]
                    assert isinstance(paragraph, Paragraph)
                    _extend(paragraph, line)
                else:
                    layout.items.append(_paragraph(line, part, page.number, len(layout.removed)))
                last = (line, part)
        if len(layout.items) > start:
            layout.items[start].page_start = True
    for paragraph in layout.paragraphs:
        paragraph.text = paragraph.text.replace(HYPHEN, "-")
    return layout


def join(text: str, continuation: str) -> str:
    """Two lines of a paragraph as one: Latin words keep a space between them, Chinese has none."""
    if text.endswith(HYPHEN):
        return text[:-1] + continuation
    latin = text[-1].isascii() and continuation[0].isascii() and not text[-1].isspace()
    split = _NUMBER_END.search(text) and _NUMBER_START.match(continuation)
    return f"{text} {continuation}" if latin and not split else text + continuation


def _paragraph(line: Line, region: _Region, page: int, removals: int) -> Paragraph:
    indented = line.left - region.left > 0.6 * line.size if len(region.lines) > 1 else None
    return Paragraph(page, False, indented, line.size, line.text, removals=removals, confidence=line.score)


def _extend(paragraph: Paragraph, line: Line) -> None:
    if paragraph.confidence is not None and line.score is not None:
        before, more = len(paragraph.text), len(line.text)
        paragraph.confidence = (paragraph.confidence * before + line.score * more) / (before + more)
    else:  # a paragraph that is partly recognised is as sure as that part
        paragraph.confidence = line.score if paragraph.confidence is None else paragraph.confidence
    paragraph.text = join(paragraph.text, line.text)
    paragraph.lines += 1


def _table(rows: list[list[Line]], page: int, removals: int) -> Table:
    if rows[0][0].rows:
        return Table(page, False, rows[0][0].rows, removals)
    scores = [line.score for row in rows for line in row if line.score is not None]
    cells = [[Cell(tuple(lines)) for lines in row] for row in table_of(rows)]
    return Table(page, False, cells, removals, fmean(scores) if scores else None)


def _continues(last: tuple[Line, _Region], line: Line, region: _Region) -> bool:
    """Whether a line goes on with the paragraph before it.

    The strongest sign is the missing first-line indent, for Chinese paragraphs have one of two em; then that the line
    before is full.
    """
    before, column = last
    em = line.size
    if abs(before.size - em) > 0.15 * em:
        return False
    if _SENTENCE_END.search(before.text) and _HEADING.match(line.text):
        return False
    if _NUMBERED.match(before.text) and _NUMBERED.match(line.text):
        return False
    ended = _TERMINAL.search(before.text) is not None
    word = re.match(r"[!-~]*", line.text)
    first_word = len(word[0]) * line.width / len(line.text) if word else 0.0
    full = before.right >= column.right - max(2.2 * em, first_word) and before.width > _LEAST_FULL * em
    if _NUMBERED_ITEM.match(line.text) and (ended or not full):
        return False
    if abs(line.left - region.left) > 0.6 * em:
        return full and not ended and abs(line.left - before.left) < 0.4 * em and not _NUMBERED.match(line.text)
    apart = line.top - before.bottom > _APART * em
    wide = before.width > 0.6 * (column.right - column.left) and not apart
    return full or (wide and not ended)


def _parts(rows: list[list[Line]], widths: deque[_Region]) -> Iterator[_Region | list[list[Line]]]:
    """Regions of single lines, and tables: ruled ones, and runs of rows with several fragments."""
    ruled = next((index for index, row in enumerate(rows) if any(line.rows for line in row)), None)
    if ruled is not None:
        table = next(line for line in rows[ruled] if line.rows)
        beside = [line for line in rows[ruled] if line is not table]
        yield from _parts(rows[:ruled] + ([beside] if beside else []), widths)
        yield [[table]]
        yield from _parts(rows[ruled + 1 :], widths)
        return
    start = 0
    while start < len(rows):
        stop = start
        while stop < len(rows) and len(rows[stop]) == 1:
            stop += 1
        yield from _regions([row[0] for row in rows[start:stop]], widths)
        start = stop
        while stop < len(rows) and (
            len(rows[stop]) > 1 or (stop > start and _wrapped_cell(rows[stop - 1], rows[stop][0]))
        ):
            stop += 1
        if stop > start:
            yield rows[start:stop]
        start = stop


def _wrapped_cell(above: list[Line], line: Line) -> bool:
    """Whether a lone line goes on with a cell of the row above that is not its first."""
    near = line.top - max(fragment.bottom for fragment in above) < 0.8 * line.size
    return near and any(abs(line.left - fragment.left) < 0.6 * line.size for fragment in above[1:])


def table_of(rows: list[list[Line]]) -> list[list[list[str]]]:
    """Cells of the rows by column; the fullest rows say where the columns are."""
    widest = max(rows, key=len)
    fullest = [row for row in rows if len(row) == len(widest)]
    edges = [_edge(fullest, column) for column in range(len(widest) - 1)]
    table: list[list[list[str]]] = []
    for row in rows:
        if len(row) == 1 and table:
            table[-1][bisect_left(edges, row[0].left + row[0].size / 2)].append(row[0].text)
            continue
        cells: list[list[str]] = [[] for _ in widest]
        for fragment in row:
            cells[bisect_left(edges, (fragment.left + fragment.right) / 2)].append(fragment.text)
        table.append(cells)
    return table


def _edge(rows: list[list[Line]], column: int) -> float:
    """Where ``column`` ends: halfway to the next in all rows where they leave a gap, else in the first row."""
    right, left = max(row[column].right for row in rows), min(row[column + 1].left for row in rows)
    if right >= left:
        right, left = rows[0][column].right, rows[0][column + 1].left
    return (right + left) / 2


def _regions(lines: list[Line], widths: deque[_Region]) -> Iterator[_Region]:
    """Runs of neighbouring lines of one size, with the edges of their column."""
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or not _neighbours(lines[index - 1], lines[index]):
            yield _region(lines[start:index], lines, widths)
            start = index


def _neighbours(before: Line, line: Line) -> bool:
    em = line.size
    overlap = min(before.right, line.right) - max(before.left, line.left)
    if overlap <= 0.5 * min(before.width, line.width) or abs(before.size - em) >= 0.15 * em:
        return False
    shifted = abs(before.left - line.left) > 2.6 * em and abs(before.right - line.right) > 2.6 * em
    return line.top - before.bottom <= _APART * em and not shifted


def _region(lines: list[Line], column: list[Line], widths: deque[_Region]) -> _Region:
    """A region; one of few lines is as wide as others of its size in the column, or as the last such region."""
    em = lines[0].size
    edges = sorted(line.left for line in lines)
    left = next((x for x in edges if _within(edges, x, 0.4 * em) >= 2), edges[0])
    right = max(map(_body_right, lines))
    if len(lines) < 8:
        like = [line for line in column if abs(line.size - em) < 0.15 * em and abs(line.left - left) < 3 * em]
        if len(like) > 3:
            right = max(right, sorted(map(_body_right, like))[int(0.9 * (len(like) - 1))])
        else:
            known = (r for r in reversed(widths) if abs(r.left - left) < 3 * em)
            right = max(right, next((r.right for r in known if abs(r.lines[0].size - em) < 0.15 * em), right))
    region = _Region(lines, left, right)
    if len(lines) > 3:
        widths.append(region)
    return region


def _within(edges: list[float], x: float, distance: float) -> int:
    return bisect_left(edges, x + distance) - bisect_left(edges, x - distance)


def reading_order(lines: list[Line]) -> list[list[list[Line]]]:
    """Columns of a page from the first to the last read, each as rows, by recursive cuts along white space (XY-cut)."""
    return _cut(lines) if len(lines) <= _MOST_FRAGMENTS else [_by_rows(lines)]


def _cut(lines: list[Line]) -> list[list[list[Line]]]:
    if len(lines) < 2:
        return [[lines]] if lines else []
    if not _stand_beside(lines):
        return [_by_rows(lines)]
    em = median(line.size for line in lines)
    if parts := _columns(lines, em):
        return [column for part in parts for column in _cut(part)]
    for above, band, below in _bands(lines, em):
        if _rows_in(band) >= 6 and (parts := _columns(band, em)) and all(_is_prose(part, em) for part in parts):
            return [*_cut(above), *_cut(band), *_cut(below)]
    return [_by_rows(lines)]


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
    gaps = _gaps([(line.left, _body_right(line)) for line in lines], _GUTTER * em)
    if not gaps:
        return None
    _, at = max(gaps)
    left = [line for line in lines if _body_right(line) <= at]
    right = [line for line in lines if line.left >= at]
    if _rows_in(left) < 3 or _rows_in(right) < 3 or _is_table(left, right, em):
        return None
    return left, right


def _rows_in(lines: list[Line]) -> int:
    """How many lines there are, those of ruled tables included."""
    return sum(len(line.rows) if line.rows else 1 for line in lines)


def _body_right(line: Line) -> float:
    """The right edge without final punctuation, which typesetters let hang into the gutter."""
    return line.right - line.size if _HANGING.search(line.text) and line.width > 2 * line.size else line.right


def _is_table(left: list[Line], right: list[Line], em: float) -> bool:
    """Whether lines face each other row by row and are short, as cells are; columns of prose are full on both sides."""
    narrow = all(sum(line.width > 8 * em for line in side) < 0.5 * len(side) for side in (left, right))
    tops = sorted(line.top for line in right)
    facing = sum(_within(tops, line.top, 0.4 * em) > 0 for line in left)
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


def _by_rows(lines: list[Line]) -> list[list[Line]]:
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


def _running_heads(pages: Sequence[Page]) -> dict[int, str]:
    """Kind of each line (by ``id``) that is a running head or foot, or a page number.

    A head is the same text, digits aside, at the same height of many pages (those of left and right pages may differ),
    with nothing but heads and numbers between it and the edge of the page.
    """
    heights: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        for line in page.lines:
            if _zone(line, page, _HEAD_ZONE) is not None:
                heights[_key(line.text)].append(line.top)
    many = 2 if len(pages) == 2 else max(3, min(0.3 * len(pages), 6))
    kinds: dict[int, str] = {}
    for page in pages:
        for at_top in (True, False):
            zone = [line for line in page.lines if _zone(line, page, _HEAD_ZONE) is at_top]
            rows = _by_rows(zone)
            for row in (rows if at_top else rows[::-1])[:_MOST_HEAD_ROWS]:
                found = {id(line): kind for line in row if (kind := _head_kind(line, page, heights, many))}
                kinds |= found if len(found) == len(row) else {}
                if len(found) < len(row):
                    break
    return kinds


def _head_kind(line: Line, page: Page, heights: dict[str, list[float]], many: float) -> str | None:
    if _zone(line, page, _NUMBER_ZONE) is not None and _PAGE_NUMBER.match(line.text):
        return "page_number"
    key = _key(line.text)
    if len(key) > _LONGEST_HEAD or not _WORD.search(key):
        return None
    return "running_head" if sum(abs(top - line.top) < _SAME_HEIGHT for top in heights[key]) >= many else None


def _zone(line: Line, page: Page, share: float) -> bool | None:
    """True in the top ``share`` of the page's height, False in the bottom one, None between."""
    if line.bottom < share * page.height:
        return True
    return False if line.top > (1 - share) * page.height else None


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))
