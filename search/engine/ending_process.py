"""Indexes that a process which ends leaves open, so that the system keeps their pages for the next one (0030)."""

import ctypes
from pathlib import Path

import qdrant_edge as edge

from search.engine.lock import OwnerLock

_left: dict[Path, tuple[edge.EdgeShard, OwnerLock]] = {}
"""By their directories."""


def leave(path: Path, shard: edge.EdgeShard, lock: OwnerLock) -> None:
    """Keep an index and its lock to the end of the process, whoever else lets go of them."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(shard))  # else Python would free it while it ends
    _left[path] = shard, lock


def has_left(path: Path) -> bool:
    """Whether this process has left the index in a directory open."""
    return path in _left


def take_back(path: Path) -> None:
    """Close an index that this process, as if it were ending, has left open; it goes on after all."""
    if found := _left.pop(path.resolve(), None):
        shard, lock = found
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(shard))
        shard.close()
        lock.release()
