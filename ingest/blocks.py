"""What every reader returns: a document as blocks in reading order. The one model between formats and structure."""

from dataclasses import dataclass, field
from enum import StrEnum


class BlockType(StrEnum):
    """What a block is in its format's own terms."""

    PARAGRAPH = "paragraph"
    LINE = "line"
    """A line of a plain text file, which may be wrapped or cut by a page break; cleaning decides."""
    TABLE_ROW = "table_row"
    """One row, as 列名：值 pairs joined by ；, header row repeated by the reader."""
    NOTE = "note"
    """Speaker notes, footnotes."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text with what its format says of it.

    Attributes:
        text: as in the file, decoded, with automatic numbering made visible; no line feed inside.
        type: what it is.
        heading_level: 1.. when the format marks a heading (style, <h2>, ``##``, slide title), else None.
        indented: first-line indent known (True/False) or unknown (None); strong evidence against a join.
        blank_before: blank lines or a page break stood before it.
        page: page or slide, from 1.
        page_start: first block of its page.
        generated: leading characters of ``text`` that the format generates (automatic numbering).
        key_value: the block is a ``key：value`` metadata row of the container (government site header tables).
        confidence: how sure recognised text is, 0 to 1; None where it was not recognised in an image but read.
        quoted: set off as a quotation: by its style, by an indent on the left, by Markdown's ``>``.
    """

    text: str
    type: BlockType = BlockType.PARAGRAPH
    heading_level: int | None = None
    indented: bool | None = None
    blank_before: bool = False
    page: int | None = None
    page_start: bool = False
    generated: int = 0
    key_value: bool = False
    confidence: float | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """Text the reader took out (running head, page number, navigation), and before which block it stood."""

    kind: str
    text: str
    before: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as its reader saw it.

    Attributes:
        reader: name of the reader (``docx``, ``pdf`` …).
        media_type: by content.
        properties: container metadata, by field name of the design where known (``title``, ``organization``,
            ``issued_on`` …); html <meta>, header tables.
        removed: what was taken out, recorded for the integrity proof.
        warnings: Chinese sentences for the report.
        members: documents inside the file, to be unpacked and read for themselves (attachments, files of an archive).
        ocr_pages: pages whose text was recognised in their image.
    """

    reader: str
    media_type: str
    blocks: tuple[Block, ...]
    removed: tuple[RemovedBlock, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    members: int = 0
    ocr_pages: tuple[int, ...] = ()
