"""Optimise a copy of a shard, in a process of its own: the engine holds Python's lock for as long as it works.

Run as ``python -m search.engine.optimiser DIRECTORY DIMENSIONS POINTS``.
"""

import ctypes
import os
import signal
import sys

import qdrant_edge as edge

from search.engine import edge_conversion as conversion


def optimise(directory: str, dimensions: int, points: int) -> None:
    """Merge segments, build the sparse indexes and the dense codes, drop what was deleted."""
    shard = edge.EdgeShard.load(directory, conversion.collection(dimensions, points))
    shard.optimize()
    shard.flush()
    shard.close()


def die_with_parent() -> None:
    """What nobody waits for any more would go on writing into what the next owner of the index removes.

    Linux only (prctl(2), PR_SET_PDEATHSIG); elsewhere an orphan works to its end, and its copy goes at a later open.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


if __name__ == "__main__":
    die_with_parent()
    os.nice(10)
    optimise(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
