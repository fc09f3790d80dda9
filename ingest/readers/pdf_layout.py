"""From lines on pages to paragraphs in reading order: columns, running heads, and lines that belong together."""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from ingest.metadata.labels import LABEL
from ingest.numbering import numbering
from ingest.readers.pdf_columns import Gutter, body_right, reading_order, within
from ingest.readers.pdf_lines import HYPHEN, Line, Page, join
from ingest.readers.pdf_margins import body_size, footnotes, running_heads
from ingest.readers.tables import Cell

_REMEMBERED = 6
"""Regions before a short one that may say how wide its column is."""
_HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十]+[）)]|第[〇零一二三四五六七八九十百\d]+[编篇章节条讲]"
    r"|[（(]\d{1,2}[）)]|[①-⑳]|附件|抄送|报[：:]|送[：:]|【)"
)
_NUMBERED_ITEM = re.compile(r"^\s*\d{1,2}[.．、](?!\d)")
_NUMBERED = re.compile(rf"{_HEADING.pattern}|^\s*\d{{1,2}}(?:[.．]\d{{1,2}})*[.．、)）\s](?!\d)")
_APART = 1.6
"""In em: white space between two lines of a column that no line spacing explains."""
_LEAST_FULL = 9
"""In em: lines shorter than this are full only by chance, as in a list of short items."""
_INDENT = (1.4, 2.7)
"""In em: first-line indents."""
_SHORT = 0.3
"""Share of the column that a line leaves blank where a paragraph ends with it."""
_LEAST_STARTS, _MOST_FLUSH = 3, 0.2
"""Paragraph starts that show whether paragraphs are indented, and the share of them that may not be."""
_TERMINAL = re.compile(r"[。！？；：…”』」）)】》!?;:]$")
_LATIN = re.compile(r"[A-Za-z ]+")
_SENTENCE_END = re.compile(r"[。！？；]$")
_PAUSE = re.compile("[。；：，、]")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together.

    ``page`` is that of the first line; ``removals`` counts those made before it; ``confidence`` is the mean score of
    recognised lines, by their length; a ``note`` is a footnote.
    """

    page: int
    page_start: bool
    indented: bool | None
    size: float
    text: str
    lines: int = 1
    removals: int = 0
    confidence: float | None = None
    note: bool = False


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
    """Neighbouring lines of one size, and the edges of the column they stand in.

    ``starts`` counts the lines below short ones, with which paragraphs begin, ``indented`` those set in by an indent;
    ``indents`` says whether that is how paragraphs begin here; None where too few begin to tell.
    """

    lines: list[Line]
    left: float
    right: float
    starts: int = 0
    indented: int = 0
    indents: bool | None = None


_Part = _Region | list[list[Line]]


@dataclass(slots=True)
class _Sheet:
    """A page's regions and tables in reading order, its footnotes apart; ``removals`` were made up to its end."""

    page: int
    removals: int
    body: list[_Part]
    notes: list[_Part]


def lay_out(pages: Sequence[Page]) -> Layout:
    """Paragraphs of all pages; a paragraph may run over columns and pages, past the footnotes between."""
    layout = Layout()
    heads = running_heads(pages)
    size = body_size(pages)
    widths: deque[_Region] = deque(maxlen=_REMEMBERED)
    gutters: list[Gutter] = []
    sheets = []
    for page in pages:
        kept = []
        for line in page.lines:
            kind = line.aside or heads.get(id(line))
            if kind:
                layout.removed.append(Removed(kind, line.text, page.number))
            else:
                kept.append(line)
        notes = footnotes(kept, page, size)
        body = _column_parts([line for line in kept if line not in notes], widths, gutters)
        below = _column_parts(notes, deque(maxlen=_REMEMBERED), [])
        sheets.append(_Sheet(page.number, len(layout.removed), body, below))
    _settle_indents([part for sheet in sheets for part in sheet.body if isinstance(part, _Region)])
    open_paragraph = _Open()
    for sheet in sheets:
        start = len(layout.items)
        _set(sheet.body, sheet, layout, open_paragraph)
        first = len(layout.items)
        _set(sheet.notes, sheet, layout, _Open())
        for item in layout.items[first:]:
            if isinstance(item, Paragraph):
                item.note = True
        if len(layout.items) > start:
            layout.items[start].page_start = True
    for paragraph in layout.paragraphs:
        paragraph.text = paragraph.text.replace(HYPHEN, "-")
    return layout


@dataclass(slots=True)
class _Open:
    """The paragraph that the next line may go on with, its last line and that line's region."""

    paragraph: Paragraph | None = None
    last: tuple[Line, _Region] | None = None


def _column_parts(lines: list[Line], widths: deque[_Region], gutters: list[Gutter]) -> list[_Part]:
    return [part for column in reading_order(lines, gutters) for part in _parts(column, widths)]


def _settle_indents(regions: Sequence[_Region]) -> None:
    """Take how paragraphs begin in all regions of a size where too few begin nearby: a narrow column is two of them."""
    telling = [region for region in regions if region.starts]
    found: dict[float, bool | None] = {}  # by size, for a file may have a hundred thousand regions
    for region in regions:
        if region.indents is None:
            size = round(region.lines[0].size, 1)
            if size not in found:
                found[size] = _indents(known for known in telling if _same_size(known, region))
            region.indents = found[size]


def _indents(regions: Iterable[_Region]) -> bool | None:
    counts = [(region.starts, region.indented) for region in regions]
    starts, indented = sum(count for count, _ in counts), sum(count for _, count in counts)
    return indented >= (1 - _MOST_FLUSH) * starts if starts >= _LEAST_STARTS else None


def _same_size(region: _Region, other: _Region) -> bool:
    return abs(region.lines[0].size - other.lines[0].size) < 0.15 * other.lines[0].size


def _set(parts: Sequence[_Part], sheet: _Sheet, layout: Layout, open_paragraph: _Open) -> None:
    """Append the paragraphs and tables of ``parts``, the first of which may go on with the open paragraph."""
    for part in parts:
        if isinstance(part, list):
            layout.items.append(_table(part, sheet.page, sheet.removals))
            open_paragraph.last = None
            continue
        for line in part.lines:
            known, last = open_paragraph.paragraph, open_paragraph.last
            if known and last and _continues(known.text, last, line, part):
                _extend(known, line)
            else:
                open_paragraph.paragraph = _paragraph(line, part, sheet.page, sheet.removals)
                layout.items.append(open_paragraph.paragraph)
            open_paragraph.last = (line, part)


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


def _continues(text: str, last: tuple[Line, _Region], line: Line, region: _Region) -> bool:
    """Whether a line goes on with the paragraph before it, of which ``text`` is known.

    The strongest sign is the missing first-line indent, for Chinese paragraphs have one of two em; then that the line
    before is full, by its width or, where paragraphs are indented, by its number of characters: half-width figures
    leave a line short that was cut after so many.
    """
    before, column = last
    em = line.size
    if abs(before.size - em) > 0.15 * em:
        return False
    ended = _TERMINAL.search(before.text) is not None
    word = re.match(r"[!-~]*", line.text)
    first_word = len(word[0]) * line.width / len(line.text) if word else 0.0
    full = before.right >= column.right - max(2.2 * em, first_word) and before.width > _LEAST_FULL * em
    flush = abs(line.left - region.left) <= 0.6 * em
    if _begins_item(before.text, line.text, ended or not full) and not (full and flush and _counts_on(text, line.text)):
        return False
    if LABEL.match(line.text) and (not full or LABEL.match(text)):
        return False  # Each particular of a course or a project has a line of its own.
    if not flush:
        shift = before.left - line.left
        outdented = _INDENT[0] * em < shift < _INDENT[1] * em and before.text[-1] != "."  # entries of a bibliography
        below = abs(shift) < 0.4 * em or outdented
        return full and not ended and below and not _NUMBERED.match(line.text)
    apart = line.top - before.bottom > _APART * em
    wide = before.width > 0.6 * (column.right - column.left) and not apart
    characters = len(_LATIN.sub("", before.text))
    counted = before.left - column.left + characters * em > column.right - column.left - 0.5 * em
    return full or (wide and (not ended or (counted and bool(column.indents and region.indents))))


def _begins_item(before: str, line: str, may_end: bool) -> bool:
    """Whether a line has the number or mark of a heading or item, and the one before it allows for that."""
    if _SENTENCE_END.search(before) and _HEADING.match(line):
        return True
    if _NUMBERED.match(before) and _NUMBERED.match(line):
        return True
    return may_end and _NUMBERED_ITEM.match(line) is not None


def _counts_on(text: str, line: str) -> bool:
    """Whether the number that a line begins with is the next of those inside the paragraph: （1）…；（2）…；."""
    number = numbering(line)
    if number is None or number.number < 2:
        return False
    return any(
        (inside := numbering(text[mark.end() :])) is not None
        and (inside.style, inside.number) == (number.style, number.number - 1)
        for mark in _PAUSE.finditer(text)
    )


def _parts(rows: list[list[Line]], widths: deque[_Region]) -> Iterator[_Part]:
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
    left = next((x for x in edges if within(edges, x, 0.4 * em) >= 2), edges[0])
    right = max(map(body_right, lines))
    if len(lines) < 8:
        alike = [line for line in column if abs(line.size - em) < 0.15 * em and abs(line.left - left) < 3 * em]
        if len(alike) > 3:
            right = max(right, sorted(map(body_right, alike))[int(0.9 * (len(alike) - 1))])
        else:
            known = (r for r in reversed(widths) if abs(r.left - left) < 3 * em)
            right = max(right, next((r.right for r in known if abs(r.lines[0].size - em) < 0.15 * em), right))
    region = _Region(lines, left, right, *_starts(lines, left, right))
    region.indents = _indents([region, *(known for known in widths if _same_size(known, region))])
    if len(lines) > 3:
        widths.append(region)
    return region


def _starts(lines: list[Line], left: float, right: float) -> tuple[int, int]:
    """How many lines stand below short ones, and how many of these have a first-line indent."""
    em = lines[0].size
    short = right - _SHORT * (right - left)
    starts = [line.left - left for before, line in pairwise(lines) if before.right < short]
    return len(starts), sum(_INDENT[0] * em < start < _INDENT[1] * em for start in starts)
