"""The plain source of a sample: TOML front matter between ``+++`` lines, then a small dialect of Markdown.

One line is one block:

- ``# title``, ``## heading`` … ``##### heading``: headings, with their numbering as a reader of the document sees it
- ``- point``: a bullet
- ``| a | b |``: a table row; the first row of a table is its header, unless the table is a form of labels and values
- ``::head``, ``::attachment``, ``::center``, ``::right``, ``::left``, ``::note`` and a space: letterhead,
  title of what a notice prints, centred, signature, unindented line, speaker note
- anything else: a body paragraph. Blank lines separate and mean nothing.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus.records import Kind

NOTICE = "本文件为论库示例，内容系虚构"
"""Stands in every sample, so that nobody takes one for a real document."""

SAMPLES_DIR = Path(__file__).parent
SOURCES_DIR = SAMPLES_DIR / "sources"
FILES_DIR = SAMPLES_DIR / "files"
EXPECTED_FILE = SAMPLES_DIR / "expected.json"

_NUMBERED_PARAGRAPH = re.compile("[一二三四五六七八九十]+、")
_MARKED = ("head", "attachment", "center", "right", "left", "note")


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """One block of a source.

    Attributes:
        role: ``title``, ``heading``, ``paragraph``, ``bullet``, ``table``, or a ``::`` marker's name.
        text: without the marker; for a table, its rows one a line, cells joined by ``｜``.
        level: of a heading, from 1.
        rows: cells of a table.
    """

    role: str
    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Source:
    """A sample before it is rendered.

    Attributes:
        kind: of document.
        file: name of the built file; its suffix says the format.
        readers: groups that the default access rule must give.
        written: container timestamp.
        fields: gold metadata, by field name.
        layout: options of the writer of the format.
        blocks: the document.
    """

    kind: Kind
    file: str
    readers: tuple[str, ...]
    written: datetime
    fields: dict[str, Any]
    layout: dict[str, Any]
    blocks: tuple[SourceBlock, ...]

    @property
    def path(self) -> Path:
        """Where the built file is, below the folder of built files."""
        return Path(self.kind.value) / self.file

    @property
    def title(self) -> str:
        """Title of the document."""
        return str(self.fields["title"])

    @cached_property
    def text(self) -> str:
        """Everything a reader of the document sees of its body, one block a line."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def headings(self) -> list[str]:
        """Headings of the first level below the title, as printed.

        Of a notice that prints something, the title of what it prints; of numbered paragraphs, their first clause.
        """
        attached = [block.text for block in self.blocks if block.role == "attachment"]
        marked = attached or [block.text for block in self.blocks if block.role == "heading" and block.level == 1]
        numbered = [block.text for block in self.blocks if _NUMBERED_PARAGRAPH.match(block.text)]
        return marked or [re.split("[，。；：]", text)[0] for text in numbered]

    def sections(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Heading path and text, heading included, of every part between two headings that is more than a heading.

        A heading with nothing under it is a part of its own: a numbered point in one sentence.
        """
        path: list[str] = []
        lines: list[str] = []
        for block in self.blocks:
            if block.role == "heading":
                parent = lines == path[-1:] and block.level > len(path)
                if lines and not parent:
                    yield tuple(path), "\n".join(lines)
                path, lines = [*path[: block.level - 1], block.text], []
            lines.append(block.text)
        yield tuple(path), "\n".join(lines)


def load_source(path: Path) -> Source:
    """Read one source.

    Raises:
        ValueError: the front matter is missing or lacks a key.
    """
    _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    head = tomllib.loads(front)
    written = datetime.combine(head["written"], datetime.min.time(), tzinfo=UTC).replace(hour=9)
    return Source(
        kind=Kind(path.parent.name),
        file=head["file"],
        readers=tuple(head["readers"]),
        written=written,
        fields=head["fields"],
        layout=head.get("layout", {}),
        blocks=tuple(_blocks(body)),
    )


def load_sources() -> list[Source]:
    """Every source, ordered by the path of its built file."""
    sources = [load_source(path) for path in SOURCES_DIR.glob("*/*.md")]
    return sorted(sources, key=lambda source: source.path.as_posix())


def _blocks(body: str) -> Iterator[SourceBlock]:
    rows: list[tuple[str, ...]] = []
    for line in [*body.splitlines(), ""]:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip().strip("|").split("|")))
            continue
        if rows:
            yield SourceBlock("table", "\n".join("｜".join(row) for row in rows), rows=tuple(rows))
            rows = []
        if line.strip():
            yield _block(line.strip())


def _block(line: str) -> SourceBlock:
    marker, _, text = line.partition(" ")
    if marker and set(marker) == {"#"}:
        return SourceBlock("heading", text, len(marker) - 1) if len(marker) > 1 else SourceBlock("title", text)
    if marker == "-":
        return SourceBlock("bullet", text)
    if marker.startswith("::"):
        if marker[2:] not in _MARKED:
            raise ValueError(f"unknown marker: {marker}")
        return SourceBlock(marker[2:], text.strip())
    return SourceBlock("paragraph", line)
