"""Points whose vectors and payload follow from their numbers, and the engines that hold them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from search.engine.edge import EdgeEngine
from search.engine.interface import (
    BIGRAMS,
    DENSE,
    WORDS,
    Engine,
    Filter,
    Point,
    SparseVector,
)

DIMENSIONS = 8
EVERYTHING = Filter()


def local_server() -> Engine:
    from qdrant_client import QdrantClient

    from search.engine.server import ServerEngine

    return ServerEngine(QdrantClient(":memory:"))


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Engine]:
    engine: Engine = EdgeEngine(folder) if name == "edge" else local_server()
    engine.ensure_collection(DIMENSIONS)
    yield engine
    engine.close()


_FIRST = 2**62
"""Ids of points are as large as numbers of passages."""


def identifier(number: int) -> int:
    return _FIRST + number


def number(point_id: int) -> int:
    return point_id - _FIRST


def document(number: int) -> str:
    return str(UUID(int=number))


def numbers(points) -> list[int]:
    return [number(point.id) for point in points]


TEXTS = (
    "社区书屋每周三晚上开放，由值班员登记借阅。",
    "值班员请假须提前一天说明，并请人代班。",
    "书屋里的旧书可以换书，换书券当年有效。",
    "村民议事会每季度召开一次；议题由村民提出。",
    "议事会的记录保存三年，任何村民都可以查阅abc-12。",
)


def point(number: int, *, seed: int = 7) -> Point:
    """A point whose vectors and payload follow from its number."""
    chance = random.Random(seed * 1_000 + number)
    dense = [chance.uniform(-1, 1) for _ in range(DIMENSIONS)]
    words = SparseVector(sorted(chance.sample(range(40), 6)), [chance.randint(200, 2_000) / 1_024 for _ in range(6)])
    bigrams = SparseVector(
        sorted(chance.sample(range(90), 12)), [chance.randint(200, 2_000) / 1_024 for _ in range(12)]
    )
    payload = {
        "readers": ["public"] if number % 3 else ["curators", "researchers"],
        "document_id": document(1_000 + number // 4),
        "version_id": document(2_000 + number // 4),
        "kind": ("policy", "course", "research")[number % 3],
        "year": 2015 + number % 5,
        "issued_on": 20_150_101 + 10_000 * (number % 5) + number % 28,
        "text": TEXTS[number % len(TEXTS)],
        "title": ("社区书屋管理办法", "村民议事会记录")[number % 2],
    }
    if number % 4 == 0:
        payload["organization"] = "石桥镇文化站"
    return Point(identifier(number), {DENSE: dense, WORDS: words, BIGRAMS: bigrams}, payload)
