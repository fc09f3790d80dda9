"""Originals: the files as they came, stored by the hash of their bytes and never changed."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from corpus.errors import NotFound, StorageError
from corpus.identifiers import content_hash

_SYNCED_TOGETHER = 16
"""Files that wait for the disk at a time: enough to share a commit of its journal."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Originals:
    """Content-addressed files under one directory: ``a/abcd…``. Equal bytes are stored once.

    Sixteen directories, as each one that a batch writes to is another wait for the disk.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def store(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256. When this returns, the file survives a power loss.

        Raises:
            StorageError: the directory cannot be written.
        """
        with self.batch() as batch:
            return batch.add(data)

    @contextmanager
    def batch(self) -> Iterator["OriginalsBatch"]:
        """Keep several files and wait for the disk once for all of them; after the block they survive a power loss.

        A file system writes what waits together in one commit of its journal, so 64 files cost little more than one.
        Of a batch that raises, nothing is kept.

        Raises:
            StorageError: the directory cannot be written.
        """
        batch = OriginalsBatch(self._place)
        try:
            yield batch
            batch.commit()
        except OSError as error:
            raise StorageError(f"原件无法写入 {self._directory}：{error.strerror}。请检查磁盘空间与目录权限") from error
        finally:
            batch.close()

    def open(self, sha256: str) -> BinaryIO:
        """The original as a binary stream.

        Raises:
            NotFound: no original has this hash.
        """
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"没有哈希为 {sha256} 的原件，请重新入库该文件") from error

    def path(self, sha256: str) -> Path:
        """The file of an original, which may not be there: nobody but us should have taken it away."""
        return self._place(sha256)

    def read(self, sha256: str) -> bytes:
        """The original's bytes; raises as ``open``."""
        with self.open(sha256) as stream:
            return stream.read()

    def __contains__(self, sha256: str) -> bool:
        return self._place(sha256).exists()

    def _place(self, sha256: str) -> Path:
        """Where an original lies or is to lie; earlier releases kept them two directories down.

        Anything but a hash is refused, so that no name leads out of the directory.
        """
        if not _SHA256.fullmatch(sha256):
            raise NotFound(f"“{sha256}”不是原件的哈希")
        place = self._directory / f"{sha256[0]}/{sha256}"
        earlier = self._directory / f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
        return earlier if earlier.exists() else place


class OriginalsBatch:
    """Files on their way to the disk: written under temporary names, and moved to their places when all are safe."""

    def __init__(self, place_of: Callable[[str], Path]) -> None:
        self._place_of = place_of
        self._waiting: dict[Path, Path] = {}
        """Temporary names by the places that the files are to have."""

    def add(self, data: bytes) -> str:
        """Write ``data`` and return its SHA-256.

        Raises:
            OSError: the directory cannot be written.
        """
        sha256 = content_hash(data)
        target = self._place_of(sha256)
        if target not in self._waiting and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".")
            self._waiting[target] = Path(name)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        return sha256

    def commit(self) -> None:
        """Wait for the disk, then give every file its name.

        Raises:
            OSError: the disk refuses.
        """
        if not self._waiting:
            return
        with ThreadPoolExecutor(min(_SYNCED_TOGETHER, len(self._waiting))) as threads:
            _sync(threads, list(self._waiting.values()))
            # A new name reaches the disk with its directory, and that with the directory above it.
            above = {folder for target in self._waiting for folder in target.parents[:2]}
            for target, temporary in list(self._waiting.items()):
                temporary.replace(target)
                del self._waiting[target]
            _sync(threads, list(above))

    def close(self) -> None:
        """Remove what was not given its name."""
        for temporary in self._waiting.values():
            temporary.unlink(missing_ok=True)


def _sync(threads: ThreadPoolExecutor, paths: Sequence[Path]) -> None:
    """Wait until files and directories are on the disk, a part of them in each thread: to hand them over one by one
    costs more than most of them take."""

    def sync_part(part: Sequence[Path]) -> None:
        for path in part:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    list(threads.map(sync_part, (paths[start::_SYNCED_TOGETHER] for start in range(_SYNCED_TOGETHER))))
