"""Originals: the files as they came, stored by the hash of their bytes and never changed."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from corpus.errors import NotFound, StorageError
from corpus.identifiers import content_hash

_SYNCED_TOGETHER = 16
"""Files that wait for the disk at a time: enough to share a commit of its journal."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Originals:
    """Content-addressed files under one directory: ``ab/cd/abcd….`` Equal bytes are stored once."""

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
        batch = OriginalsBatch(self._path)
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
            return self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"没有哈希为 {sha256} 的原件，请重新入库该文件") from error

    def read(self, sha256: str) -> bytes:
        """The original's bytes; raises as ``open``."""
        with self.open(sha256) as stream:
            return stream.read()

    def __contains__(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def _path(self, sha256: str) -> Path:
        """Where the original lies. Anything but a hash is refused, so that no name leads out of the directory."""
        if not _SHA256.fullmatch(sha256):
            raise NotFound(f"“{sha256}”不是原件的哈希")
        return self._directory / sha256[:2] / sha256[2:4] / sha256


class OriginalsBatch:
    """Files on their way to the disk: written under temporary names, and moved to their places when all are safe."""

    def __init__(self, path_of: Callable[[str], Path]) -> None:
        self._path_of = path_of
        self._waiting: dict[Path, IO[bytes]] = {}

    def add(self, data: bytes) -> str:
        """Write ``data`` and return its SHA-256.

        Raises:
            OSError: the directory cannot be written.
        """
        sha256 = content_hash(data)
        target = self._path_of(sha256)
        if target not in self._waiting and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False)  # noqa: SIM115
            self._waiting[target] = temporary
            temporary.write(data)
            temporary.flush()
        return sha256

    def commit(self) -> None:
        """Wait for the disk, then give every file its name.

        Raises:
            OSError: the disk refuses.
        """
        if not self._waiting:
            return
        with ThreadPoolExecutor(min(_SYNCED_TOGETHER, len(self._waiting))) as threads:
            list(threads.map(lambda file: os.fsync(file.fileno()), self._waiting.values()))
            for target, temporary in self._waiting.items():
                Path(temporary.name).replace(target)
            # A new name reaches the disk with its directory, and that with the directories above it.
            above = {folder for target in self._waiting for folder in target.parents[:3]}
            list(threads.map(_sync_directory, above))

    def close(self) -> None:
        """Remove what was not given its name."""
        for temporary in self._waiting.values():
            temporary.close()
            Path(temporary.name).unlink(missing_ok=True)


def _sync_directory(directory: Path) -> None:
    """Make a rename survive a power loss: the directory entry has to reach the disk too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
