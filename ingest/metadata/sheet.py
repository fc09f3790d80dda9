"""A document as metadata rules see it: its lines, where the front matter ends, and the label：value pairs in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from corpus.fields import IDENTIFYING_FIELDS
from corpus.labels import FIELD_OF_LABEL, field_named
from corpus.records import Section, Span
from corpus.text.bulk_folding import fold_many
from ingest.blocks import BlockType
from ingest.cleaning import CleanText
from ingest.lines import field_of, is_organization, names_offices
from ingest.metadata.labels import LABEL, RUN_ON

_FRONT_LINES = 60
_SUBJECT = re.compile("(?P<issuer>[\u4e00-\u9fff（） \u3000]{0,60}?)(?:关于|[印转批]发|对)")
_OTHER_LABEL = re.compile(r"[ \t\u3000]+[\u4e00-\u9fff]{2,8}[：:]")
"""A label that names no field ends the value before it all the same."""
_PAIR_LINES = 120
_BODY = 20
_OPENING, _CLOSING, _SEPARATORS = "（(【[", "）)】]", " \t\u3000；;，,|"
_LONGEST_NUMBER = 60
"""Characters of a number, or of several; what a label in running text is followed by goes on behind it."""
_AFTER_A_NUMBER = re.compile("[。；;，,]")
_OF_THE_DOCUMENT = frozenset(
    {
        "title",
        "document_number",
        "document_type",
        "index_number",
        "organization",
        "issued_on",
        "published_on",
        "validity",
    }
    | {"expires_on", "project_number", "project_title", "principal", "authors", "year"}
)
"""Fields that a row of a list has of what it lists: a list of files is none of them."""
_OWN_RULES = frozenset({"distribution", "abstract", "instructions", "phone", "editor"})
"""Lines with colons that other rules read."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value: ``field`` is the metadata field that the label names."""

    label: str
    field: str
    value: str
    span: Span
    lines: tuple[Span, ...]
    """Whole lines that hold nothing but pairs; empty for a pair among other text."""


class Sheet:
    """Lines of a document with their spans and kinds."""

    def __init__(self, clean: CleanText, sections: tuple[Section, ...]) -> None:
        self.clean = clean
        self.sections = sections
        self.lines = [clean.line(paragraph) for paragraph in clean.paragraphs]

    def span(self, index: int) -> Span:
        """Where line ``index`` stands."""
        paragraph = self.clean.paragraphs[index]
        return Span(paragraph.start, paragraph.end)

    def part(self, index: int, start: int, end: int) -> Span:
        """Where characters [start, end) of line ``index`` stand."""
        offset = self.clean.paragraphs[index].start
        return Span(offset + start, offset + end)

    @cached_property
    def folded(self) -> str:
        """The whole text, folded."""
        [folded] = fold_many([self.clean.text])
        return folded

    @cached_property
    def kinds(self) -> list[str | None]:
        """Field of each line that stands for itself (``lines.LINES``), else None."""
        prose = (BlockType.LINE, BlockType.PARAGRAPH)
        return [
            field_of(line) if paragraph.type in prose else None
            for line, paragraph in zip(self.lines, self.clean.paragraphs, strict=True)
        ]

    @cached_property
    def front_end(self) -> int:
        """Index of the first line of the text proper: a heading, a salutation or a paragraph of prose."""
        starts = {section.start for section in self.sections}
        for index, (line, paragraph) in enumerate(zip(self.lines, self.clean.paragraphs, strict=True)):
            if index >= _FRONT_LINES:
                return index
            if paragraph.key_value or self.kinds[index] or index in self.header_lines:
                continue
            if paragraph.start in starts or (len(line) > _BODY and _is_prose(line)) or len(line) > 120:
                return index
        return len(self.lines)

    def heads_title(self, index: int) -> bool:
        """Whether a line of offices is the first of a title: 关于 … follows, below further offices if it is joint.

        A title that opens with the same offices again stands below a letterhead.
        """
        above: list[str] = []
        while index + 1 < len(self.lines) and names_offices(self.lines[index]):
            above += self.lines[index].split()
            index += 1
        found = _SUBJECT.match(self.lines[index])
        if not found:
            return False
        first, *others = found["issuer"].split() or [""]
        cut_in_two = bool(above) and not is_organization(first) and is_organization(above[-1] + first)
        names = others if not first or cut_in_two else [first, *others]
        return all(is_organization(name) and name not in above for name in names)

    @cached_property
    def main_end(self) -> int:
        """Index of the line where the first attachment or printed document starts, else the number of lines."""
        starts = [section.start for section in self.sections if section.style in ("附件", "document")]
        if not starts:
            return len(self.lines)
        first = next((i for i, item in enumerate(self.clean.paragraphs) if item.start >= starts[0]), len(self.lines))
        return first if first > self.front_end else len(self.lines)

    @cached_property
    def header_lines(self) -> frozenset[int]:
        """Lines of a header table whose labels stand alone, each with its value in the next line."""
        alone = [index for index, line in enumerate(self.lines[:_FRONT_LINES]) if _label_alone(line)]
        if len(alone) < 3:
            return frozenset()
        found: set[int] = set()
        for index in alone:
            found.add(index)
            if index + 1 < len(self.lines) and index + 1 not in alone and index != alone[-1]:
                found.add(index + 1)
        return frozenset(found)

    @cached_property
    def listing_rows(self) -> frozenset[int]:
        """Rows of tables among the first lines that list other things: numbered, or several with the same columns."""
        columns = {
            index: tuple(label for label, _ in row_cells(self.lines[index]))
            for index, paragraph in enumerate(self.clean.paragraphs[: _PAIR_LINES + 1])
            if paragraph.type is BlockType.TABLE_ROW and not paragraph.key_value
        }
        return frozenset(
            index
            for index, labels in columns.items()
            if labels[:1] == ("序号",)
            or (len(labels) > 1 and labels in {columns.get(index - 1), columns.get(index + 1)})
        )

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All label：value pairs of the first lines and of tables."""
        return tuple(self._pairs())

    def _pairs(self) -> Iterator[Pair]:
        for index, line in enumerate(self.lines[:_PAIR_LINES]):
            if index in self.header_lines:
                if _label_alone(line) and index + 1 in self.header_lines and not _label_alone(self.lines[index + 1]):
                    label = re.sub(r"\s", "", line[:-1])
                    yield Pair(
                        label, FIELD_OF_LABEL[label], self.lines[index + 1], self.span(index + 1),
                        (self.span(index), self.span(index + 1)),
                    )  # fmt: skip
            elif (
                self.kinds[index] not in _OWN_RULES
                and line[0] not in "（("
                and len(line) <= 2000
                and ("：" in line or ":" in line)
            ):
                yield from self._pairs_in(index, line)

    def _pairs_in(self, index: int, line: str) -> Iterator[Pair]:
        found = list(LABEL.finditer(line))
        if not found:
            return
        if found[0].start() == 0:
            taken = {position for match in found for position in range(*match.span())}
            run_on = (match for match in RUN_ON.finditer(line, found[0].end()) if match.start() not in taken)
            found = sorted([*found, *run_on], key=lambda match: match.start())
        row = self.clean.paragraphs[index].type is BlockType.TABLE_ROW
        whole = found[0].start() == 0 and (len(line) <= 200 or self.clean.paragraphs[index].key_value)
        pairs: list[tuple[str, str, Span]] = []
        for match, following in zip(found, [*found[1:], None], strict=True):
            end = following.start() if following else len(line)
            stop = line.find("；", match.end(), end) if row else -1
            raw = line[match.end() : stop if stop >= 0 else end]
            if other := _OTHER_LABEL.search(raw):
                raw = raw[: other.start()]
            label = re.sub(r"\s", "", match["label"])
            own = _own_part(FIELD_OF_LABEL[label], line[: match.start()], raw)
            value = own.strip(_SEPARATORS).rstrip(_OPENING + _SEPARATORS)
            behind = (line[stop + 1 : end] if stop >= 0 else "") + raw[len(own) :].strip(_CLOSING + _SEPARATORS)
            whole = whole and not behind.strip()
            start = match.end() + (raw.find(value) if value else 0)
            pairs.append((label, value, self.part(index, start, start + len(value))))
        lines = (self.span(index),) if whole else ()
        listing = index in self.listing_rows
        yield from (
            Pair(label, FIELD_OF_LABEL[label], value, span, lines)
            for label, value, span in pairs
            if not (listing and FIELD_OF_LABEL[label] in _OF_THE_DOCUMENT)
        )


def row_cells(line: str) -> list[tuple[str, str]]:
    """Names and values of a table's row as its reader writes it, 列名：值 joined by ；; a value alone has no name."""
    cells = (cell.partition("：") for cell in line.split("；"))
    return [(label, value) if colon else ("", label) for label, colon, value in cells]


def _own_part(field: str, before: str, value: str) -> str:
    """The part of what follows a label that is its value."""
    value = _within(before, value)
    runs_on = field in IDENTIFYING_FIELDS and len(value) > _LONGEST_NUMBER
    return _AFTER_A_NUMBER.split(value)[0] if runs_on else value


def _within(before: str, value: str) -> str:
    """A value up to where the bracket closes in which its label stands: （项目编号：某号）已由某局批准."""
    opened = sum(map(before.count, _OPENING)) - sum(map(before.count, _CLOSING))
    if opened <= 0:
        return value
    depth = 0
    for at, character in enumerate(value):
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth < 0:
            return value[:at]
    return value


def _label_alone(line: str) -> bool:
    return len(line) <= 12 and line[-1] in "：:" and field_named(line[:-1]) is not None


def _is_prose(line: str) -> bool:
    return "。" in line or line.count("，") >= 2
