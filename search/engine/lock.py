"""The lock that gives one process the embedded index.

Qdrant's engine has a lock of its own, but a second open that fails on it damages the first one's journal
(qdrant-edge-py 0.9.0), so ours is taken before the engine touches a file.
"""

import fcntl
import os
from pathlib import Path
from typing import Self
from weakref import WeakSet

from corpus.errors import EngineLocked, EngineUnavailable

_held: "WeakSet[OwnerLock]" = WeakSet()


class OwnerLock:
    """An exclusive lock on a directory, held until ``release`` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        _held.add(self)

    @classmethod
    def acquire(cls, directory: Path) -> Self:
        """Lock ``directory``, which is created if it does not exist.

        Raises:
            EngineLocked: somebody has it, another process or this one; names the process.
            EngineUnavailable: the directory cannot be written.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EngineUnavailable(
                f"无法写入索引目录 {directory}：{error.strerror}。请检查权限与磁盘空间。"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "未知"
            os.close(descriptor)
            raise EngineLocked(
                f"索引正由另一进程使用（进程号 {owner}）：{directory}。请先结束该进程，"
                "或改用 LUNKU_QDRANT_URL 连接 Qdrant 服务。"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Let others have the directory. Harmless when done twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _release_in_child() -> None:
    """A forked child shares the lock and would keep it when its parent dies; it gives its share back."""
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_release_in_child)
