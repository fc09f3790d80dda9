"""The heading tree of a document: from its format's headings and from its numbering, down to 一是 … 二是 … points."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.records import Section
from ingest.blocks import BlockType
from ingest.cleaning import CleanText, Paragraph
from ingest.headings import attachment, clause, heading_text, is_contents_line, is_printed_title, is_title_line
from ingest.lines import ends_as_title, field_of, is_organization
from ingest.numbering import FREE_START, UNNUMBERED, Numbering, numbering
from ingest.points import may_have_points, points
from ingest.readers.formats import SLIDES

_GAP = 2
"""A list may skip one number (deleted, or lost in a scan); articles may skip any."""
_LOOK_BACK = 6
_FRONT = 12
_PAUSES = ("，", "、", "：", ",")
_ATTACHMENTS = 12


@dataclass(slots=True)
class _Node:
    parent: int | None
    level: int
    style: str
    label: str
    heading: str
    start: int
    end: int = -1


@dataclass(slots=True)
class _Frame:
    """An open heading: ``number`` is the last of its list, ``suspended`` what it was before the list started again."""

    style: str
    node: int
    number: int = 0
    part: tuple[int, ...] = ()
    suspended: int | None = None


@dataclass(slots=True)
class _Outline:
    """The tree as far as it has been read."""

    nodes: list[_Node] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)
    """Last number of each style: （十一） may go on under a new 二、"""

    def add(self, style: str, label: str, heading: str, start: int) -> None:
        parent = self.stack[-1].node if self.stack else None
        level = self.nodes[parent].level + 1 if parent is not None else 1
        self.nodes.append(_Node(parent, level, style, label, heading, start))

    def push(
        self, style: str, label: str, heading: str, start: int, number: int = 0, part: tuple[int, ...] = ()
    ) -> None:
        self.add(style, label, heading, start)
        self.stack.append(_Frame(style, len(self.nodes) - 1, number, part))
        self.last[style] = number

    def pop_to(self, depth: int) -> None:
        del self.stack[depth:]

    def find(self, style: str) -> int | None:
        return next((depth for depth in range(len(self.stack) - 1, -1, -1) if self.stack[depth].style == style), None)

    def restart(self) -> None:
        """Forget the numbering: an attachment or printed document counts from one again."""
        self.last.clear()


def sections(clean: CleanText) -> tuple[Section, ...]:
    """Sections in document order, parents before their children.

    The order of levels is what the document shows, not a fixed one: a list that starts anew stands under the
    heading before it. Numbers must count up. 附件 and documents printed after a 通知 start a tree of their own.
    """
    if not clean.text:
        return ()
    nodes = _Reader(clean).read()
    _close(nodes, clean.text)
    if may_have_points(clean.text):
        nodes = _with_points(clean, nodes)
    return tuple(
        Section(ordinal, node.parent, node.level, node.style, node.label, node.heading, node.start, node.end)
        for ordinal, node in enumerate(nodes)
    )


class _Reader:
    """Reads paragraphs one after the other into an outline."""

    def __init__(self, clean: CleanText) -> None:
        self.clean = clean
        self.lines = [clean.line(paragraph) for paragraph in clean.paragraphs]
        self.numbers = [
            numbering(line)
            if paragraph.type in (BlockType.LINE, BlockType.PARAGRAPH) and not paragraph.key_value
            else None
            for line, paragraph in zip(self.lines, clean.paragraphs, strict=True)
        ]
        self.title = _title_lines(clean, self.numbers)
        self.outline = _Outline()
        self.last_heading = -1
        self.suspended: int | None = None

    def read(self) -> list[_Node]:
        skip_to = 0
        for index, paragraph in enumerate(self.clean.paragraphs):
            if index < skip_to or index in self.title:
                continue
            if after := self._contents(index):
                skip_to = after
            elif self._accept(index, paragraph):
                self.last_heading = index
        self._end_body(len(self.lines))
        return self.outline.nodes

    def _end_body(self, index: int) -> None:
        """Close all sections before the signature, date and 版记 that stand before paragraph ``index``."""
        while index - 1 > self.last_heading and _closes_document(self.lines[index - 1]):
            index -= 1
        index = self._before_attachment_list(index)
        end = self.clean.paragraphs[index - 1].end if index else 0
        for node in self.outline.nodes:
            node.end = end if node.end < 0 else node.end

    def _before_attachment_list(self, index: int) -> int:
        """附件：1.… 2.… above the signature lists attachments (GB/T 9704-2012 7.3.4) and belongs to no section."""
        for position in range(index - 1, max(self.last_heading, index - 1 - _ATTACHMENTS), -1):
            if field_of(self.lines[position]) == "attachment_list":
                return position
            if not self.numbers[position]:
                break
        return index

    def _accept(self, index: int, paragraph: Paragraph) -> bool:
        line, number = self.lines[index], self.numbers[index]
        if paragraph.heading_level is not None:
            return self._format_heading(paragraph, line, number)
        if paragraph.type not in (BlockType.LINE, BlockType.PARAGRAPH) or paragraph.key_value:
            return False
        if line[0] == "附" and (label := attachment(self.lines, index)):
            return self._attachment(index, label)
        if number and not (number.style in UNNUMBERED and field_of(line)):
            return self._numbered(index, number)
        if len(line) <= 40 and index and is_printed_title(line, self.clean.text, paragraph.start):
            return self._document(index)
        return False

    def _format_heading(self, paragraph: Paragraph, line: str, number: Numbering | None) -> bool:
        outline, level = self.outline, paragraph.heading_level or 1
        while outline.stack and not _above(outline.stack[-1].style, level):
            outline.stack.pop()
        outline.push(f"#{level}", number.label if number else "", heading_text(line, number), paragraph.start)
        node = outline.nodes[-1]
        node.style = number.style if number else "slide" if self.clean.reader in SLIDES else "outline"
        return True

    def _attachment(self, index: int, label: str) -> bool:
        outline, line = self.outline, self.lines[index]
        self._end_body(index)
        outline.pop_to(0)
        outline.restart()
        heading = line
        if len(label) == len(line) and index + 1 < len(self.lines) and is_title_line(self.lines[index + 1]):
            heading = f"{line} {self.lines[index + 1]}"
        outline.push("附件", label, heading, self.clean.paragraphs[index].start)
        return True

    def _document(self, index: int) -> bool:
        """A document printed within this one, named by its title."""
        outline = self.outline
        keep = 1 if outline.stack and outline.stack[0].style == "附件" else 0
        if keep and outline.nodes[outline.stack[0].node].heading.endswith(self.lines[index]):
            return False
        self._end_body(index)
        outline.pop_to(keep)
        outline.restart()
        outline.push("document", "", self.lines[index], self.clean.paragraphs[index].start)
        return True

    def _numbered(self, index: int, number: Numbering) -> bool:
        outline = self.outline
        self.suspended = None
        if not (self._follows(number) or self._starts(index, number)):
            return False
        paragraph, line = self.clean.paragraphs[index], self.lines[index]
        heading = heading_text(line, number)
        if number.style in UNNUMBERED and len(heading) < len(line):
            outline.add(
                number.style, number.label, heading, paragraph.start
            )  # 【思考题】… on one line heads nothing else
            return True
        outline.push(number.style, number.label, heading, paragraph.start, number.number, number.part)
        outline.stack[-1].suspended = self.suspended
        return True

    def _follows(self, number: Numbering) -> bool:
        """Go on with a list that is open, or with one of a style that counts through the document."""
        outline = self.outline
        depth = outline.find(number.style)
        if depth is not None:
            frame = outline.stack[depth]
            if number.style in UNNUMBERED or _next(number, frame.number, frame.part):
                outline.pop_to(depth)
                self.suspended = frame.suspended
                return True
            if frame.suspended is not None and number.number == frame.suspended + 1:
                outline.pop_to(depth)
                return True
            return False
        last = outline.last.get(number.style, 0)
        if last and not number.style.startswith("1.1") and number.number == last + 1:
            self._leave_finer(number.style)
            return True
        return False

    def _leave_finer(self, style: str) -> None:
        """第三条 after the items of 第二条 in a new chapter is no item: drop frames that opened below its own kind."""
        outline = self.outline
        if style != "第X条":
            return
        while (
            outline.stack
            and outline.stack[-1].style not in ("第X编", "第X章", "第X节", "附件", "document")
            and (not outline.stack[-1].style.startswith("#"))
        ):
            outline.stack.pop()

    def _starts(self, index: int, number: Numbering) -> bool:
        """A new list: it counts from one, or is of a kind that a file may hold the middle of."""
        outline = self.outline
        if number.style in UNNUMBERED:
            return True
        if number.style.startswith("1.1"):
            return self._starts_decimal(index, number)
        if number.number != 1 and not (number.style in FREE_START and number.style not in outline.last):
            return False
        if number.style == "1 " and not self._has_decimal(index, number.number):
            return False
        depth = outline.find(number.style)
        if depth is None:
            return True
        last = outline.stack[depth].number
        title = self._title_before(index)
        if title is not None:
            self._document(title)
        else:
            outline.pop_to(depth)
            self.suspended = last
        return True

    def _starts_decimal(self, index: int, number: Numbering) -> bool:
        """1.1 needs its chapter (1, 1., 第一章) above it, or 1.2 after it; 2.1.1 needs 2.1."""
        if number.number != 1:
            return False
        outline = self.outline
        for depth in range(len(outline.stack) - 1, -1, -1):
            frame = outline.stack[depth]
            if (*frame.part, frame.number) == number.part and (frame.style.startswith("1") or len(number.part) == 1):
                outline.pop_to(depth + 1)
                return True
        following = (other for other in self.numbers[index + 1 :] if other and other.style == number.style)
        after = next(following, None)
        return bool(after and after.part == number.part and after.number == 2)

    def _has_decimal(self, index: int, number: int) -> bool:
        """Whether 1.1 or 2 comes after a bare 1: without them it is a table cell or a quantity."""
        for other in self.numbers[index + 1 : index + 40]:
            if other and other.style == "1.1/1" and other.part == (number,):
                return True
            if other and other.style == "1 ":
                return other.number == number + 1
        return False

    def _title_before(self, index: int) -> int | None:
        """The line that names the document or lesson in which a top-level list starts again."""
        stop = max(self.last_heading, index - _LOOK_BACK - 1, -1)
        for position in range(index - 1, stop, -1):
            near = index - position <= 2
            if self.clean.paragraphs[position].type in (BlockType.LINE, BlockType.PARAGRAPH) and is_title_line(
                self.lines[position], must_be_typed=not near
            ):
                return position
        return None

    def _contents(self, index: int) -> int | None:
        """Where the text goes on after a table of contents that starts here."""
        if not is_contents_line(self.lines[index]):
            return None
        first = next((n for n in self.numbers[index + 1 : index + 4] if n), None)
        if first is None:
            return None
        for position in range(index + 1, len(self.lines)):
            number = self.numbers[position]
            if position > index + 1 and number and (number.style, number.number) == (first.style, first.number):
                return position
            if len(self.lines[position]) > 60:
                return None
        return None


def _above(style: str, level: int) -> bool:
    """Whether a frame stays open when a format heading of ``level`` comes."""
    return style.startswith("#") and int(style[1:]) < level


def _next(number: Numbering, last: int, part: tuple[int, ...]) -> bool:
    if number.style == "第X条":
        inserted = bool(number.part) and number.number == last
        return inserted or number.number > last
    if number.style.startswith("1.1"):
        return number.part == part and 0 < number.number - last <= _GAP
    return 0 < number.number - last <= _GAP


def _title_lines(clean: CleanText, numbers: Sequence[Numbering | None]) -> frozenset[int]:
    """Headings that are the document's title or stand above it, not sections of it.

    The only heading of the first level when it comes first (over two lines at most), a heading 关于…的通知 with what
    stands above it, a deck's first slide, and the only 第N讲 in a lesson's file.
    """
    paragraphs = clean.paragraphs
    headings = [index for index, item in enumerate(paragraphs[:_FRONT]) if item.heading_level is not None]
    if headings and clean.reader in SLIDES:
        return frozenset({0}) if headings[0] == 0 else frozenset()
    for index in headings:
        line = clean.line(paragraphs[index])
        if "关于" in line and ends_as_title(line) and not numbers[index]:
            return frozenset(other for other in headings if other <= index)
    first = [index for index, item in enumerate(paragraphs) if item.heading_level == 1]
    if headings and first and first[0] == headings[0] and first in ([first[0]], [first[0], first[0] + 1]):
        return frozenset(first)
    number = numbers[0]
    if number and number.style in FREE_START and number.style != "第X条" and paragraphs[0].heading_level in (None, 1):
        alone = sum(other is not None and other.style == number.style for other in numbers) == 1
        return frozenset({0}) if alone else frozenset()
    return frozenset()


def _with_points(clean: CleanText, nodes: list[_Node]) -> list[_Node]:
    """``nodes`` with the inline points of each section's own text below it."""
    starts = [node.start for node in nodes]
    result: list[_Node] = []
    places: dict[int, int] = {}
    for ordinal in range(-1, len(nodes)):
        begin = starts[ordinal] if ordinal >= 0 else 0
        end = starts[ordinal + 1] if ordinal + 1 < len(starts) else len(clean.text)
        end = min(end, nodes[ordinal].end) if ordinal >= 0 else end
        place = None
        if ordinal >= 0:
            node = nodes[ordinal]
            node.parent = places[node.parent] if node.parent is not None else None
            places[ordinal] = place = len(result)
            result.append(node)
        _append_points(clean.text, begin, end, place, result)
    return result


def _append_points(text: str, start: int, end: int, parent: int | None, result: list[_Node]) -> None:
    if start >= end:
        return
    open_points: list[int] = []
    for point in points(text, start, end):
        while open_points and result[open_points[-1]].end <= point.start:
            open_points.pop()
        above = open_points[-1] if open_points else parent
        level = result[above].level + 1 if above is not None else 1
        after = point.start + len(point.label)
        heading = clause(text[point.start : point.end], len(point.label) + (text[after : after + 1] in _PAUSES))
        result.append(_Node(above, level, point.style, point.label, heading, point.start, point.end))
        open_points.append(len(result) - 1)


def _close(nodes: Sequence[_Node], text: str) -> None:
    """Let every heading section end where the next one that is not below it starts."""
    open_nodes: list[_Node] = []
    for node in nodes:
        while open_nodes and open_nodes[-1].level >= node.level:
            closed = open_nodes.pop()
            closed.end = min(closed.end, _before(text, node.start))
        open_nodes.append(node)


def _before(text: str, position: int) -> int:
    return position - 1 if position and text[position - 1] == "\n" else position


def _closes_document(line: str) -> bool:
    """Whether a line belongs to the signature and 版记 below the text."""
    return field_of(line) not in (None, "abstract", "keywords", "document_number") or is_organization(line)
