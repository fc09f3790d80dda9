"""Markdown (CommonMark with tables): markup is taken off, headings and tables are kept for what they are."""

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.blocks import BlockType, ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import decode
from ingest.readers.guards import read_text_bytes
from ingest.readers.plain_text import INDENT, split_paragraphs
from ingest.readers.tables import Cell, add_table

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_CHINESE_HEADING = re.compile(r"^(#{1,6})(?=[^#\s\x00-\x7f])(.*)$")
"""``#标题`` without the space that CommonMark asks for; common in Chinese notes."""
_SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_BULLET = re.compile(r"^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_NUMBERED = re.compile(r"^[ \t]*(?=\d{1,9}[.)][ \t]+)")
_QUOTE = re.compile(r"^ {0,3}(?:>[ \t]?)+")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PROPERTY = re.compile(r"^([\w\u4e00-\u9fff]{1,20})[:：][ \t]*(.+)$")
_INLINE = (
    (re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]+)>"), r"\1"),
    (re.compile(r"</?(?:b|i|u|em|strong|span|font|center|sub|sup|p|div|a|img|kbd|mark)\b[^>\n]*>", re.IGNORECASE), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![*A-Za-z0-9])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![*A-Za-z0-9])"), r"\1"),
    (re.compile(r"~~(?=\S)(.+?)(?<=\S)~~"), r"\1"),
    (re.compile(r"(`+)(.+?)\1"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def read_markdown(path: Path) -> ReadFile:
    """Blocks without markup; lines of a paragraph stay lines, for many writers end a paragraph with a single one.

    Raises:
        DamagedFile: the encoding cannot be told, or nothing is in the file.
    """
    decoded = decode(read_text_bytes(path))
    collector = Collector()
    collector.warnings += decoded.warnings
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if front := _FRONT_MATTER.match(text):
        collector.remove("front_matter", front[1])
        collector.properties |= {
            m[1]: m[2].strip(" \"'") for line in front[1].split("\n") if (m := _PROPERTY.match(line))
        }
        text = text[front.end() :]
    _Parser(collector).feed(_without_comments(text, collector))
    return collector.finish("md", f"text/markdown; charset={decoded.encoding}")


def _without_comments(text: str, collector: Collector) -> str:
    for comment in _COMMENT.findall(text):
        collector.remove("comment", comment)
    return _COMMENT.sub("", text)


class _Parser:
    """One pass over the lines with one line of look-ahead."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._lines: list[str] = []
        self._at = 0

    def feed(self, text: str) -> None:
        self._lines = text.split("\n")
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if fence := _FENCE.match(line):
                self._code(fence[1])
            elif "|" in line and _TABLE_RULE.match(self._peek()) and "-" in self._peek():
                self._table(line)
            else:
                self._line(line)

    def _peek(self) -> str:
        return self._lines[self._at] if self._at < len(self._lines) else ""

    def _code(self, fence: str) -> None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.strip().startswith(fence) and not line.strip(f" {fence[0]}"):
                return
            self._collector.add(line, type=BlockType.PARAGRAPH)

    def _table(self, header: str) -> None:
        self._at += 1
        rows = [_cells(header, header=True)]
        while "|" in self._peek():
            rows.append(_cells(self._peek(), header=False))
            self._at += 1
        add_table(self._collector, rows)

    def _line(self, line: str) -> None:
        if not line.strip() or _RULE.match(line):
            self._collector.blank()
        elif heading := _HEADING.match(line) or _CHINESE_HEADING.match(line):
            self._collector.add(plain(heading[2]), heading_level=len(heading[1]))
        elif (underline := _SETEXT.match(self._peek())) and not _BULLET.match(line) and not _QUOTE.match(line):
            self._at += 1
            self._collector.add(plain(line), heading_level=1 if underline[1][0] == "=" else 2)
        else:
            self._text(_QUOTE.sub("", line), quoted=bool(_QUOTE.match(line)))

    def _text(self, line: str, *, quoted: bool) -> None:
        item = _BULLET.match(line) or _NUMBERED.match(line)
        block_type = BlockType.PARAGRAPH if item else BlockType.LINE
        content = plain(line[item.end() :] if item else line)
        for paragraph in split_paragraphs(content):
            indented = True if item else bool(INDENT.match(paragraph))
            self._collector.add(paragraph.rstrip(), type=block_type, indented=indented, quoted=quoted)


def plain(text: str) -> str:
    """``text`` without inline markup."""
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text


def _cells(line: str, *, header: bool) -> list[Cell]:
    parts: Iterator[str] = iter(re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")))
    return [Cell((plain(part.strip()),), header=header) for part in parts]
