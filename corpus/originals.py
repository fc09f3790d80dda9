"""Originals: the files as they came, stored by the hash of their bytes and never changed."""

import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from corpus.errors import NotFound, StorageError
from corpus.identifiers import content_hash

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
        sha256 = content_hash(data)
        target = self._path(sha256)
        if target.exists():
            return sha256
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as temporary:
                temporary.write(data)
                temporary.flush()
                os.fsync(temporary.fileno())
            Path(temporary.name).replace(target)
            _sync_directory(target.parent)
        except OSError as error:
            raise StorageError(f"原件无法写入 {self._directory}：{error.strerror}。请检查磁盘空间与目录权限") from error
        return sha256

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


def _sync_directory(directory: Path) -> None:
    """Make a rename survive a power loss: the directory entry has to reach the disk too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
