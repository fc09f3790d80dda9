"""Optimise a copy of a shard, in a process of its own: the engine holds Python's lock for as long as it works.

Run as ``python -m search.engine.optimiser DIRECTORY DIMENSIONS POINTS``.
"""

import os
import sys

import qdrant_edge as edge

from search.engine import edge_conversion as conversion


def optimise(directory: str, dimensions: int, points: int) -> None:
    """Merge segments, build the sparse indexes and the dense codes, drop what was deleted."""
    shard = edge.EdgeShard.load(directory, conversion.collection(dimensions, points))
    shard.optimize()
    shard.flush()
    shard.close()


if __name__ == "__main__":
    os.nice(10)
    optimise(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
