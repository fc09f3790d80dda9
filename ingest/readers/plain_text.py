"""Plain text: every line is a block; whether it was wrapped or cut by a page break is for cleaning to decide."""

import re
from pathlib import Path

from ingest.blocks import BlockType, ReadFile
from ingest.readers.collector import Collector
from ingest.readers.decoding import decode
from ingest.readers.guards import read_text_bytes

_LINE_BREAKS = re.compile(r"\r\n|[\r\n\v\x85\u2028\u2029]")
_INNER_PARAGRAPH = re.compile(r"(?<=[。！？；：…”』」）])(?=\u3000\u3000\S)")
"""Two ideographic spaces after a full stop: a paragraph of a text whose line breaks were lost."""
INDENT = re.compile(r"^(?:\u3000| {2,}|\t|\xa0{2,})")


def split_paragraphs(line: str) -> list[str]:
    """The paragraphs inside one long line, which together are the line."""
    return _INNER_PARAGRAPH.split(line)


def read_plain_text(path: Path) -> ReadFile:
    """Blocks of type LINE, indentation kept.

    Raises:
        DamagedFile: the encoding cannot be told, or nothing is in the file.
    """
    decoded = decode(read_text_bytes(path))
    collector = Collector()
    collector.warnings += decoded.warnings
    add_lines(collector, decoded.text)
    return collector.finish("txt", f"text/plain; charset={decoded.encoding}")


def add_lines(collector: Collector, text: str) -> None:
    """Append the lines of a text."""
    for line in _LINE_BREAKS.split(text.replace("\f", "\n\f")):
        if line.startswith("\f"):
            collector.page_break()
        content = line.replace("\f", "")
        if not content.strip():
            collector.blank()
        for paragraph in split_paragraphs(content):
            collector.add(paragraph.rstrip(), type=BlockType.LINE, indented=bool(INDENT.match(paragraph)))
