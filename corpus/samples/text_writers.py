"""Markdown, and plain text as word processors export it."""

import re
from collections.abc import Iterable, Iterator

from corpus.samples.source import NOTICE, Source, SourceBlock

_INDENT = "\u3000\u3000"
_LABEL = re.compile("^(摘要：|关键词：)")


def render_markdown(source: Source) -> bytes:
    """Markdown with ``#`` headings and pipe tables."""
    return ("\n\n".join([*map(_markdown, source.blocks), f"*{NOTICE}*"]) + "\n").encode()


def _markdown(block: SourceBlock) -> str:
    if block.role == "table":
        header, *rows = block.rows
        return "\n".join(map(_pipe_row, [header, ("---",) * len(header), *rows]))
    if block.role == "paragraph":
        return _LABEL.sub(r"**\1**", block.text)
    prefix = {"title": "# ", "heading": "#" * (block.level + 1) + " ", "bullet": "- "}.get(block.role, "")
    return prefix + block.text


def _pipe_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def render_text(source: Source) -> bytes:
    """Plain text in ``layout.encoding`` (UTF-8 by default).

    ``layout.width`` wraps lines after that many characters, and ``layout.page_lines`` puts a page number between
    blank lines after that many lines, wherever that is: what copying out of a PDF does to a text.
    """
    width = source.layout.get("width")
    lines = [line for block in source.blocks for line in _wrapped(_text_line(block), width)]
    page_lines = source.layout.get("page_lines")
    if page_lines:
        lines = list(_paged(lines, page_lines))
    newline = "\r\n" if source.layout.get("crlf") else "\n"
    text = newline.join([*lines, "", f"（{NOTICE}）"]) + newline
    return text.encode(source.layout.get("encoding", "utf-8"))


def _text_line(block: SourceBlock) -> str:
    match block.role:
        case "title" | "center" | "head" | "attachment":
            return "\u3000" * max(0, (34 - len(block.text)) // 2) + block.text
        case "right":
            return "\u3000" * max(0, 34 - len(block.text)) + block.text
        case "left" | "table":
            return block.text.replace("｜", "\t")
        case _:
            return _INDENT + block.text


def _wrapped(line: str, width: int | None) -> Iterator[str]:
    if width is None or "\n" in line:
        yield line
        return
    for start in range(0, len(line), width):
        yield line[start : start + width]


def _paged(lines: list[str], page_lines: int) -> Iterator[str]:
    for index, line in enumerate(lines, start=1):
        yield line
        if index % page_lines == 0 and index < len(lines):
            yield from ("", f"— {index // page_lines} —", "")
