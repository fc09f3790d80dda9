"""From a reader's blocks to the canonical text: one paragraph per line, every change recorded and undoable."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.records import Removal, Repair
from ingest.blocks import Block, BlockType, ReadFile, RemovedBlock
from ingest.furniture import page_furniture
from ingest.joining import Layout, Line, cut, layout_of

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + ZERO_WIDTH
"""Characters that carry no text: they may be dropped around paragraphs, and the integrity proof does not count them."""

_LINE_BREAK = re.compile("[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_INNER_FIELD = re.compile(r"(?<=[^\s【])[ \t\u3000]*(?=【(?:摘\s*要|关键词|基金项目|作者简介|收稿日期)】)")
"""Marked fields that an export ran together with the line before them."""
_HAN = "\u4e00-\u9fff"
_STRAY_AND = re.compile(
    rf"(?<=[{_HAN}”》）])(?<![词字即])[ \t\u3000\xa0]+and[ \t\u3000\xa0]+(?=[{_HAN}“《（])(?![的是用表在和与及或等之])"
)
_ADJACENT_LATIN = re.compile(r"[0-9A-Za-z]\Z")
_NOTES = {
    "page_break_join": "分页处断开的句子已接上",
    "line_join": "断行的句子已接上",
    "bracket_join": "括号中断行已接上",
    "stray_word": "汉字间误入的英文 and 已改回“和”",
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the canonical text, [start, end), with what its format says of it."""

    start: int
    end: int
    type: BlockType = BlockType.PARAGRAPH
    heading_level: int | None = None
    page: int | None = None
    key_value: bool = False
    confidence: float | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class CleanText:
    """Canonical text: paragraphs joined by one line feed, without blanks around them."""

    text: str
    paragraphs: tuple[Paragraph, ...]
    repairs: tuple[Repair, ...] = ()
    removals: tuple[Removal, ...] = ()
    reader: str = ""

    def line(self, paragraph: Paragraph) -> str:
        """The text of a paragraph."""
        return self.text[paragraph.start : paragraph.end]


@dataclass(slots=True)
class _Piece:
    """A line of the original on its way into the canonical text."""

    line: Line
    block: Block
    removed: tuple[RemovedBlock, ...] = ()
    """What was taken out before it."""


def clean(read: ReadFile) -> CleanText:
    """The canonical text of what a reader saw.

    Lines that a page break or hard wrap cut are joined, a stray ``and`` between Han characters becomes 和, and page
    numbers and running heads of plain text are taken out. ``integrity.restore`` undoes all of it.
    """
    pieces, trailing = _pieces(read)
    pieces, trailing = _without_furniture(pieces, trailing)
    layout = layout_of([piece.line for piece in pieces])
    return _Assembly(read.reader).run(pieces, trailing, layout)


def _pieces(read: ReadFile) -> tuple[list[_Piece], tuple[RemovedBlock, ...]]:
    """Non-blank lines in order, each with what the reader removed before it; and what was removed after the last."""
    removed: dict[int, list[RemovedBlock]] = {}
    for item in read.removed:
        removed.setdefault(min(max(item.before, 0), len(read.blocks)), []).append(item)
    pieces: list[_Piece] = []
    pending: list[RemovedBlock] = []
    blank = page_break = False
    for index, block in enumerate(read.blocks):
        pending += removed.get(index, ())
        page_break = page_break or block.page_start
        blank = blank or block.blank_before
        for position, raw in enumerate(_lines(block)):
            page_break = page_break or (position > 0 and "\x0c" in block.text)
            text = raw.strip(BLANKS)
            if not text:
                blank = True
                continue
            pieces.append(_Piece(_line(raw, text, block, blank, page_break), block, tuple(pending)))
            pending, blank, page_break = [], False, False
    return pieces, (*pending, *removed.get(len(read.blocks), ()))


def _lines(block: Block) -> list[str]:
    lines = _LINE_BREAK.split(block.text)
    if "】" in block.text and block.type in (BlockType.LINE, BlockType.PARAGRAPH):
        lines = [part for line in lines for part in _INNER_FIELD.split(line)]
    return lines


def _line(raw: str, text: str, block: Block, blank_before: bool, page_break: bool) -> Line:
    indent = len(raw) - len(raw.lstrip(" \t\u3000\xa0"))
    indented = True if raw[:1] == "\u3000" or indent >= 2 else block.indented
    return Line(
        text=text,
        plain=block.type is BlockType.LINE,
        indented=indented,
        blank_before=blank_before,
        page_break=page_break,
        fixed=block.heading_level is not None or block.key_value or block.type in (BlockType.TABLE_ROW, BlockType.NOTE),
    )


def _without_furniture(
    pieces: list[_Piece], trailing: tuple[RemovedBlock, ...]
) -> tuple[list[_Piece], tuple[RemovedBlock, ...]]:
    if not any(piece.line.plain for piece in pieces):
        return pieces, trailing
    lines = [piece.line.text if piece.line.plain else "" for piece in pieces]
    starts = frozenset(index for index, piece in enumerate(pieces) if piece.line.page_break)
    furniture = page_furniture(lines, starts)
    if not furniture:
        return pieces, trailing
    kept: list[_Piece] = []
    pending: tuple[RemovedBlock, ...] = ()
    for index, piece in enumerate(pieces):
        pending += piece.removed
        if kind := furniture.get(index):
            pending += (RemovedBlock(kind, piece.line.text, index, piece.block.page),)
        else:
            line = replace(piece.line, page_break=True) if len(pending) > len(piece.removed) else piece.line
            kept.append(_Piece(line, piece.block, pending))
            pending = ()
    return kept, pending + trailing


class _Assembly:
    """Writes paragraphs one after the other and keeps the books."""

    def __init__(self, reader: str) -> None:
        self.reader = reader
        self.texts: list[str] = []
        self.paragraphs: list[Paragraph] = []
        self.repairs: list[Repair] = []
        self.removals: list[Removal] = []
        self.offset = 0

    def run(self, pieces: Sequence[_Piece], trailing: Sequence[RemovedBlock], layout: Layout) -> CleanText:
        group: list[tuple[_Piece, str]] = []
        for piece in pieces:
            kind = self._cut(group, piece, layout)
            if group and kind is None:
                self._write(group)
                group = []
            group.append((piece, kind or ""))
        if group:
            self._write(group)
        self._remove(trailing, max(self.offset - 1, 0))
        return CleanText(
            "\n".join(self.texts), tuple(self.paragraphs), tuple(self.repairs), tuple(self.removals), self.reader
        )

    def _cut(self, group: Sequence[tuple[_Piece, str]], piece: _Piece, layout: Layout) -> str | None:
        if not group:
            return None
        last = group[-1][0]
        before = last.line
        if len(group) > 1:  # the paragraph so far decides, not only its last line
            text = "".join(member.line.text for member, _ in group[-6:])
            if layout.wrap is None:
                before = replace(before, text=text)
        return cut(before, piece.line, layout)

    def _remove(self, removed: Sequence[RemovedBlock], at: int) -> None:
        self.removals += [Removal(item.kind, at, item.text, item.page) for item in removed if item.text.strip(BLANKS)]

    def _write(self, group: Sequence[tuple[_Piece, str]]) -> None:
        """One paragraph: its lines, the repairs at their joints, and the removals before and between them."""
        first = group[0][0]
        self._remove(first.removed, max(self.offset - 1, 0))
        text = first.line.text
        joints: list[tuple[int, str, str, Sequence[RemovedBlock]]] = []
        for piece, kind in group[1:]:
            blank = _joint(text, piece.line.text)
            joints.append((len(text), blank, kind, piece.removed))
            text += blank + piece.line.text
        text, edits = _restore_stray_and(text)
        repairs = [
            Repair("stray_word", self.offset + start, self.offset + start + 1, original, _NOTES["stray_word"])
            for start, original in edits
        ]
        for position, blank, kind, removed in joints:
            at = self.offset + _moved(position, edits)
            if not any(start <= at - self.offset <= start + 1 for start, _ in edits):
                repairs.append(Repair(kind, at, at + len(blank), "\n", _NOTES[kind]))
            self._remove(removed, at)
        self.repairs += sorted(repairs, key=lambda repair: repair.start)
        known = [p.block.confidence for p, _ in group if p.block.confidence is not None]
        self.paragraphs.append(_paragraph(self.offset, text, first.block, min(known, default=None)))
        self.texts.append(text)
        self.offset += len(text) + 1


def _paragraph(start: int, text: str, block: Block, confidence: float | None) -> Paragraph:
    return Paragraph(
        start,
        start + len(text),
        block.type,
        block.heading_level,
        block.page,
        block.key_value,
        confidence,
        block.quoted,
    )


def _joint(before: str, after: str) -> str:
    """What stands between two joined lines: a blank between Latin words, nothing between Han characters."""
    latin = before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum()
    return " " if latin or before.endswith(" and") or after.startswith("and ") else ""


def _restore_stray_and(text: str) -> tuple[str, list[tuple[int, str]]]:
    """``text`` with 和 for every stray ``and``; where each 和 stands, and what stood there."""
    if " and " not in text and "and" not in text:
        return text, []
    edits: list[tuple[int, str]] = []
    shift = 0

    def substitute(match: re.Match[str]) -> str:
        nonlocal shift
        edits.append((match.start() - shift, match[0]))
        shift += len(match[0]) - 1
        return "和"

    return _STRAY_AND.sub(substitute, text), edits


def _moved(position: int, edits: Sequence[tuple[int, str]]) -> int:
    """Where ``position`` of the text before the edits stands after them."""
    shift = 0
    for start, original in edits:
        begin = start + shift
        if position <= begin:
            break
        if position < begin + len(original):
            return start + 1
        shift += len(original) - 1
    return position - shift
