"""Tells old Office files (OLE compound files, [MS-CFB]) apart by the streams that only one kind has."""

import re
import struct
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from corpus.errors import EncryptedFile, UnsupportedFile
from ingest.readers.formats import Format

_KINDS = (
    ("WordDocument", Format.DOC),
    ("PowerPoint Document", Format.PPT),
    ("Workbook", Format.XLS),
    ("Book", Format.XLS),
    ("__properties_version1.0", Format.MSG),
)
_FIB_MAGIC = 0xA5EC
_FIB_ENCRYPTED = 0x0100
_BOUND_SHEET, _DIMENSIONS = 0x0085, 0x0200
_LEAST_DIMENSIONS, _DIMENSIONS_SINCE_97 = 8, 14
"""Bytes of a Dimensions record; before Excel 97, rows were 16 bits wide."""
_MOST_ROWS, _MOST_COLUMNS, _MOST_SHEETS = 0x10000, 0x100, 1_000
_SEARCHED_BYTES = 64 * 1024**2


def sniff_ole(path: Path) -> Format:
    """Format of an OLE file.

    Raises:
        EncryptedFile: a password is needed to open it.
        UnsupportedFile: a kind that is not read.
    """
    with path.open("rb") as file:
        data = file.read(_SEARCHED_BYTES)
    if _entry(data, "EncryptedPackage") or _entry(data, "EncryptedSummary") or _encrypted_word(data):
        raise EncryptedFile("文件设有打开密码。请去掉密码、另存后再入库。")
    for stream, detected in _KINDS:
        if _entry(data, stream):
            return detected
    raise UnsupportedFile("暂不支持这种旧版 Office 格式。请另存为 docx、pptx 或 pdf 后再入库。")


def is_memory_trap(path: Path) -> bool:
    """Whether a workbook makes a trusting reader take all memory.

    So do a chain of sectors that leads back into itself, and a sheet said to be larger than sheets can be
    ([MS-XLS] 2.4.90, Dimensions: 65,536 rows and 256 columns).

    Raises:
        OSError: the file is broken otherwise.
    """
    import olefile

    with olefile.OleFileIO(path) as ole:
        ole.loadminifat()
        entries = [entry for entry in ole.direntries if entry is not None]
        root, streams = entries[0], entries[1:]
        large = [entry.isectStart for entry in streams if entry.size >= ole.minisectorcutoff]
        small = [entry.isectStart for entry in streams if entry.size < ole.minisectorcutoff]
        chains = [
            (start, ole.fat) for start in (ole.first_dir_sector, ole.first_mini_fat_sector, root.isectStart, *large)
        ]
        chains += [(start, ole.minifat) for start in small]
        if any(_is_endless(start, table) for start, table in chains):
            return True
        name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        return name is not None and _has_impossible_sheet(ole.openstream(name).read())


def _has_impossible_sheet(stream: bytes) -> bool:
    """Whether a sheet claims an impossible size, wherever the list of sheets says that it begins."""
    starts = {0} | {int.from_bytes(data[:4], "little") for kind, data in records(stream, 0) if kind == _BOUND_SHEET}
    return any(
        kind == _DIMENSIONS and len(data) >= _LEAST_DIMENSIONS and _is_impossible(data)
        for start in islice(starts, _MOST_SHEETS)
        for kind, data in records(stream, start)
    )


def _is_impossible(dimensions: bytes) -> bool:
    """Whether the sheet ends before it begins, which calamine reads as nearly endless, or beyond all sheets."""
    form = "<IIHH" if len(dimensions) >= _DIMENSIONS_SINCE_97 else "<HHHH"
    top, bottom, left, right = struct.unpack_from(form, dimensions)
    return bool(bottom > _MOST_ROWS or right > _MOST_COLUMNS or top > bottom or left > right)


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Types and contents of the records from ``at`` on ([MS-XLS] 2.1.4)."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _is_endless(start: int, table: Sequence[int]) -> bool:
    sector, seen = start, 0
    while sector < len(table):
        sector, seen = table[sector], seen + 1
        if seen > len(table):
            return True
    return False


def _entry(data: bytes, name: str) -> bytes | None:
    """Directory entry of the stream called ``name`` (128 bytes, aligned; [MS-CFB] 2.6.1)."""
    for match in re.finditer(re.escape(name.encode("utf-16-le") + b"\0\0"), data):
        if match.start() % 128 == 0:
            return data[match.start() : match.start() + 128]
    return None


def _encrypted_word(data: bytes) -> bool:
    """The fEncrypted bit of the file information block ([MS-DOC] 2.5.2), at the start of the WordDocument stream."""
    entry = _entry(data, "WordDocument")
    if entry is None:
        return False
    sector_size = 1 << (int.from_bytes(data[30:32], "little") & 0x1F)
    start = (int.from_bytes(entry[116:120], "little") + 1) * sector_size
    block = data[start : start + 12]
    return int.from_bytes(block[:2], "little") == _FIB_MAGIC and bool(
        int.from_bytes(block[10:12], "little") & _FIB_ENCRYPTED
    )
