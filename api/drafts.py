"""A draft that is to be checked, from a file: the same reader and the same canonical text as for documents."""

import tempfile
from pathlib import Path
from typing import IO

from corpus.errors import InputError, UnreadableFile
from ingest.cleaning import clean
from ingest.reading import ReaderPool


def file_text(path: Path, name: str | None = None) -> str:
    """The canonical text of a file, in which the offsets of findings count. Nothing is stored.

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
    return clean(read).text


def stream_text(stream: IO[bytes], name: str) -> str:
    """The canonical text of an uploaded file. Raises as ``file_text``."""
    with tempfile.NamedTemporaryFile(prefix="lunku-draft-", suffix=Path(name).suffix[:16]) as copy:
        while part := stream.read(1024 * 1024):
            copy.write(part)
        copy.flush()
        return file_text(Path(copy.name), name)


def plain_text(data: bytes) -> str:
    """Text that was typed or piped in.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("输入不是 UTF-8 文本，请转换编码，或把文件本身交来核验") from error
