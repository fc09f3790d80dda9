"""Gathers what a reader finds, in reading order."""

import re
from typing import Any

from corpus.errors import DamagedFile
from ingest.blocks import Block, ReadFile, RemovedBlock

_LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff]")
"""Control characters and lone surrogates: no text, and neither XML nor SQLite takes all of them."""


class Collector:
    """Blocks and removals of one file while it is read.

    Attributes:
        properties: container metadata by field name.
        warnings: Chinese sentences for the report.
        ocr_pages: pages whose text was recognised in their image.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.removed: list[RemovedBlock] = []
        self.properties: dict[str, str] = {}
        self.warnings: list[str] = []
        self.ocr_pages: list[int] = []
        self._blank = False
        self._page_break = False

    def add(self, text: str, **attributes: Any) -> None:
        """Append a block, or one per line of ``text``; blank text only marks the next block as ``blank_before``."""
        lines = _LINE_BREAKS.split(_UNSTORABLE.sub("", text))
        for line in lines:
            if not line.strip():
                self._blank = self._blank or len(lines) == 1
                continue
            blank_before = attributes.pop("blank_before", False) or self._blank or self._page_break
            page_start = attributes.pop("page_start", False) or self._page_break
            self.blocks.append(Block(line, blank_before=blank_before, page_start=page_start, **attributes))
            self._blank = self._page_break = False
            attributes.pop("generated", None)

    def extend(self, blocks: list[Block]) -> None:
        """Append finished blocks."""
        self.blocks.extend(block for block in blocks if block.text.strip())

    def blank(self) -> None:
        """A blank line stood here."""
        self._blank = True

    def page_break(self) -> None:
        """A page ended here."""
        self._page_break = True

    def remove(self, kind: str, text: str, page: int | None = None) -> None:
        """Record text that is left out, at this place in the reading order."""
        text = _UNSTORABLE.sub("", text).strip()
        if text:
            self.removed.append(RemovedBlock(kind, text, len(self.blocks), page))

    def confirm_title(self, title: str) -> None:
        """Take the title from the file's properties only if the text's opening says it too: it is often left over."""
        opening = "".join("".join(block.text.split()) for block in self.blocks[:20])
        if len(title) > 3 and "".join(title.split()) in opening:
            self.properties.setdefault("title", title)

    def finish(self, reader: str, media_type: str, members: int = 0) -> ReadFile:
        """The file as read; ``members`` counts the documents inside it, which are read for themselves.

        Raises:
            DamagedFile: nothing to read was found.
        """
        if not self.blocks:
            raise DamagedFile("文件里没有可以入库的文字。请打开原件核对内容后重新入库。")
        return ReadFile(
            reader=reader,
            media_type=media_type,
            blocks=tuple(self.blocks),
            removed=tuple(self.removed),
            properties={name: value for name, value in self.properties.items() if value},
            warnings=tuple(self.warnings),
            members=members,
            ocr_pages=tuple(self.ocr_pages),
        )
