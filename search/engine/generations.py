"""Where the embedded index lies: generations of one shard, and a pointer to the one that counts.

``CURRENT`` holds the name of a directory. A generation that it does not name is what an interrupted creation or
optimisation left behind, and is removed at the next open.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

_POINTER = "CURRENT"
_PREFIX = "shard-"
_READ_AHEAD = 128 * 1024
"""Bytes asked for at a time: Linux reads no more for one request than its read-ahead, of which this is the default."""


class Generations:
    """The generations in one directory. Only the owner of the directory's lock may use it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._pointer = directory / _POINTER

    def current(self) -> Path | None:
        """The generation that counts, or None before the collection is created."""
        try:
            path = self._directory / self._pointer.read_text("ascii").strip()
        except FileNotFoundError:
            return None
        return path if path.is_dir() else None

    def new(self) -> Path:
        """A path for a generation that does not exist yet."""
        return self._directory / f"{_PREFIX}{uuid4().hex[:12]}"

    def switch(self, generation: Path | None) -> None:
        """Make ``generation`` the current one, or none at all. Atomic, and safe against power loss."""
        if generation is None:
            self._pointer.unlink(missing_ok=True)
        else:
            draft = self._pointer.with_suffix(".new")
            with draft.open("w", encoding="ascii") as file:
                file.write(generation.name)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._pointer)
        _sync(self._directory)

    def remove_others(self) -> None:
        """Remove every generation but the current one."""
        current = self.current()
        for path in self._directory.glob(f"{_PREFIX}*"):
            if path != current:
                shutil.rmtree(path, ignore_errors=True)


def sync_tree(directory: Path) -> None:
    """Write every file below ``directory`` through to the disk: a copy is not safe until then."""
    for folder, _, files in os.walk(directory):
        for name in files:
            _sync(Path(folder) / name)
        _sync(Path(folder))


def read_ahead(directory: Path, most: int) -> None:
    """Ask the system to read every file below ``directory`` into its memory, up to ``most`` bytes in all.

    Files that are mapped are read page by page otherwise, as the engine asks for no more (madvise(2), MADV_RANDOM).
    Does nothing where the system cannot be asked.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        with path.open("rb", buffering=0) as file:
            for start, end in _written(file.fileno()):
                most -= end - start
                if most < 0:
                    return
                for at in range(start, end, _READ_AHEAD):
                    os.posix_fadvise(file.fileno(), at, min(_READ_AHEAD, end - at), os.POSIX_FADV_WILLNEED)


def _written(descriptor: int) -> Iterator[tuple[int, int]]:
    """The ranges of a file that are on the disk: the engine reserves more than it writes, half of a small index."""
    end, size = 0, os.fstat(descriptor).st_size
    while end < size:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError:  # Nothing but a hole is left.
            return
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
