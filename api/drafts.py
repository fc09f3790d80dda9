"""A draft that is to be checked, from a file: the same reader and the same canonical text as for documents."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from corpus.errors import InputError, UnreadableFile, UnsupportedFile
from corpus.records import Span
from ingest.cleaning import CleanText, clean
from ingest.reading import ReaderPool

_WORD = "docx"
"""Name of the reader of Word files (``ReadFile.reader``)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, which is never stored.

    Attributes:
        text: its canonical text, in which the offsets of findings count.
        word: the file's bytes if it is a Word file (docx).
        blocks: ranges of ``text`` that its format sets off as quotations.
    """

    text: str
    word: bytes | None = None
    blocks: tuple[Span, ...] = ()


def read_draft(path: Path, name: str | None = None) -> Draft:
    """The draft in a file.

    Args:
        path: the file.
        name: its own name, where ``path`` is a temporary one.

    Raises:
        UnreadableFile: it cannot be read; the class says why.
    """
    with ReaderPool(1) as pool:
        [(_, read)] = pool.read([path], [name])
    if isinstance(read, UnreadableFile):
        raise read
    if not read.blocks:
        raise UnsupportedFile("压缩包不能直接核验，请解压后选择其中的文稿。")
    text = clean(read)
    return Draft(text.text, path.read_bytes() if read.reader == _WORD else None, _set_off(text))


def _set_off(text: CleanText) -> tuple[Span, ...]:
    """The paragraphs set off as quotations; none where most are, for that is the layout of the whole."""
    quoted = [Span(item.start, item.end) for item in text.paragraphs if item.quoted]
    return tuple(quoted) if 2 * len(quoted) < len(text.paragraphs) else ()


def receive_draft(stream: IO[bytes], name: str) -> Draft:
    """The draft in an uploaded file. Raises as ``read_draft``."""
    with tempfile.NamedTemporaryFile(prefix="lunku-draft-", suffix=Path(name).suffix[:16]) as copy:
        while part := stream.read(1024 * 1024):
            copy.write(part)
        copy.flush()
        return read_draft(Path(copy.name), name)


def typed_draft(data: bytes) -> Draft:
    """A draft that was typed or piped in.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        return Draft(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError("输入不是 UTF-8 文本，请转换编码，或把文件本身交来核验") from error
