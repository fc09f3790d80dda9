"""Writes OLE compound files ([MS-CFB]) of a few streams and storages, as Outlook and old Excel do."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECTOR = 512
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_Tree = Mapping[str, Any]
"""Streams are bytes, storages are trees."""


class _Chains:
    """Data cut into sectors of one size, and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.sectors: list[bytes] = []
        self.table: list[int] = []

    def store(self, data: bytes) -> int:
        first = len(self.sectors)
        count = max(1, -(-len(data) // self.size))
        self.sectors += [data[i * self.size : (i + 1) * self.size].ljust(self.size, b"\0") for i in range(count)]
        self.table += [*range(first + 1, first + count), END]
        return first

    def packed_table(self) -> bytes:
        packed = b"".join(struct.pack("<I", value) for value in self.table).ljust(SECTOR, b"\xff")
        assert len(packed) == SECTOR, "one sector of the table is all that this writes"
        return packed


def write_ole(path: Path, tree: _Tree, *, endless: bool = False) -> Path:
    """A compound file of small streams; with ``endless``, the chain of its directory leads back to its beginning."""
    small, large = _Chains(64), _Chains(SECTOR)
    entries: list[bytes] = [b""]
    child = _add(tree, entries, small.store)
    stream = b"".join(small.sectors)
    entries[0] = _entry("Root Entry", 5, FREE, child, large.store(stream), len(stream))
    small_table = large.store(small.packed_table())
    directory = large.store(b"".join(entries))
    if endless:
        large.table[-1] = directory
    table = len(large.sectors)
    large.table.append(FAT_SECTOR)
    large.sectors.append(large.packed_table())
    header = struct.pack("<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6, 0, 1,
                         directory, 0, 4096, small_table, 1, END, 0, table)  # fmt: skip
    path.write_bytes(header.ljust(SECTOR, b"\xff") + b"".join(large.sectors))
    return path


def _add(tree: _Tree, entries: list[bytes], store: Any) -> int:
    """Entries of a storage's children, each the right sibling of the one before; the number of the first."""
    following = FREE
    for name, content in reversed(list(tree.items())):
        if isinstance(content, bytes):
            entry = _entry(name, 2, following, FREE, store(content), len(content))
        else:
            entry = _entry(name, 1, following, _add(content, entries, store), 0, 0)
        entries.append(entry)
        following = len(entries) - 1
    return following


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI8x8xIQ", encoded, len(encoded), kind, 1, FREE, right, child, 0, start, size)
