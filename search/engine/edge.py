"""Qdrant in this process (qdrant-edge-py). Importing it costs 20 ms; qdrant-client would cost a second."""

import ctypes
import logging
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Self, cast

import qdrant_edge as edge

from corpus.errors import EngineUnavailable, IndexMismatch
from corpus.module_process import module_command, module_environment
from search.engine import edge_conversion as conversion
from search.engine import ending_process, schema
from search.engine.generations import Generations, read_ahead, sync_tree
from search.engine.interface import Filter, Leg, Point, ScoredPoint, SparseVector
from search.engine.lock import OwnerLock
from search.engine.ties import cut

logger = logging.getLogger(__name__)

_RARE = 10
"""A field that fewer than one of so many points have is rare."""

_CONVERTED_TOGETHER = 200
"""Points whose grams are made together (0040)."""

_REMEMBERED = 50_000
"""Best scores kept at most, about 500 bytes each."""


class EdgeEngine:
    """The engine over one directory, which it owns alone until ``close``. Safe to use from several threads.

    Writes go to the engine's log at once and survive the death of the process; ``flush`` makes them survive a power
    loss. Three locks, always taken in this order: one optimisation at a time, one writer at a time, and the shard
    itself, which is exchanged when an optimised copy takes its place.
    """

    def __init__(self, path: Path) -> None:
        """Open the index in ``path``. One that cannot be read raises when it is used, so that ``drop`` can remove it.

        Raises:
            EngineLocked: another process, or another engine of this one, owns the directory.
            EngineUnavailable: the directory cannot be written.
        """
        self._path = path.resolve()
        ending_process.take_back(path)
        self._lock = OwnerLock.acquire(path)
        self._optimising, self._writing, self._using = Lock(), RLock(), RLock()
        self._generations = Generations(path)
        self._shard: edge.EdgeShard | None = None
        self._dense_search = edge.SearchParams()
        self._dimensions = 0
        self._log: list[edge.UpdateOperation] | None = None
        """Writes since an optimisation copied the shard, to be repeated on the copy."""
        self._best: dict[Hashable, float | None] = {}
        """Best scores since the last write. Nobody else writes here, so they are true."""
        self._filling = False
        """Whether the indexes of payload fields are left to ``create_field_indexes``."""
        self._unreadable: EngineUnavailable | None = None
        self._generations.remove_others()
        if current := self._generations.current():
            try:
                self._open(current)
            except EngineUnavailable as error:
                self._unreadable = error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, generation: Path) -> None:
        with conversion.foreign_errors():
            self._dimensions = conversion.stored_dimensions(generation)
            self._use(edge.EdgeShard.load(str(generation), conversion.as_stored(self._dimensions)))

    def _use(self, shard: edge.EdgeShard) -> None:
        self._shard, self._dense_search = shard, conversion.dense_search(shard)

    def ensure_collection(self, dimensions: int) -> None:
        """Create the collection with its vectors and payload indexes, or those of them that do not exist.

        Raises:
            IndexMismatch: it exists with another number of dimensions.
        """
        with self._writing, conversion.foreign_errors():
            if self._unreadable:
                raise self._unreadable
            if self._shard is not None:
                if self._dimensions != dimensions:
                    raise IndexMismatch(
                        f"索引的向量为 {self._dimensions} 维，模型为 {dimensions} 维。请运行 lunku reindex 重建索引。"
                    )
                self.create_field_indexes()  # A filling that was killed has left them out.
                return
            generation = self._generations.new()
            shard = edge.EdgeShard.create(str(generation), conversion.collection(dimensions))
            for operation in conversion.field_indexes().values():
                shard.update(operation)
            shard.flush()
            sync_tree(generation)
            self._generations.switch(generation)
            with self._using:
                self._use(shard)
                self._dimensions = dimensions

    def upsert(self, points: Iterable[Point]) -> None:
        """Write points as one operation: after a crash either all of them are there or none is."""
        batch, fields = self._converted(points)
        if batch:
            with self._writing:
                if self._filling:
                    self._drop_field_indexes(field for field, count in fields.items() if count * _RARE > len(batch))
                self._update(edge.UpdateOperation.upsert_points(batch))

    def _converted(self, points: Iterable[Point]) -> tuple[list[edge.Point], Counter[str]]:
        """The engine's own points, and how many have each field. A few at a time: a point in Python's objects takes
        five times the memory."""
        converted, fields, rest = [], Counter[str](), iter(points)
        while some := list(islice(rest, _CONVERTED_TOGETHER)):
            for point in some:
                schema.check_point(point, self._dimensions)
                fields.update(point.payload.keys())
            converted += conversion.to_points(some)
        return converted, fields

    def delete(self, where: Filter) -> None:
        """Delete every point that passes the filter."""
        self._update(edge.UpdateOperation.delete_points_by_filter(conversion.to_filter(where)))

    def set_payload(self, where: Filter, payload: dict[str, Any]) -> None:
        """Merge ``payload`` into every point that passes the filter."""
        condition, stored = conversion.to_filter(where), schema.with_grams([payload])[0]
        self._update(edge.UpdateOperation.set_payload_by_filter(condition, stored))

    def defer_field_indexes(self) -> None:
        """From now on drop the indexes of fields that many new points have, until ``create_field_indexes``.

        Those of other fields stay: to keep them up to date costs less than to make them, which reads every payload.
        """
        self._filling = True

    def _drop_field_indexes(self, fields: Iterable[str]) -> None:
        names = set(fields)
        for field in self._indexed_fields() & {*names, *map(schema.grams_field, names)}:
            self._update(edge.UpdateOperation.delete_field_index(field))

    def create_field_indexes(self) -> None:
        """Create those indexes of payload fields that are missing."""
        with self._writing:
            existing, self._filling = self._indexed_fields(), False
            for field, operation in conversion.field_indexes().items():
                if field not in existing:
                    self._update(operation)

    def _indexed_fields(self) -> set[str]:
        with self._open_shard() as shard:
            return set(shard.info().payload_schema)

    def _update(self, operation: edge.UpdateOperation) -> None:
        with self._writing:
            with self._open_shard() as shard:
                self._best.clear()
                shard.update(operation)
            if self._log is not None:
                self._log.append(operation)

    @contextmanager
    def _open_shard(self) -> Iterator[edge.EdgeShard]:
        """The shard, kept from being exchanged meanwhile."""
        with self._using, conversion.foreign_errors():
            if self._shard is None:
                raise self._unreadable or EngineUnavailable("索引尚未建立或已关闭。请先用 lunku ingest 入库。")
            yield self._shard

    def query(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """Run the legs in one round trip; each result by score descending, then id, without payload."""
        with self._open_shard() as shard:
            requests = [self._request(leg, leg.limit + 1) for leg in legs if schema.is_ranked(leg)]
            answers = iter(shard.query_batch(edge.QueryBatchRequest(requests)) if requests else ())
            return [
                self._rank(shard, leg, next(answers)) if schema.is_ranked(leg) else _scroll(shard, leg) for leg in legs
            ]

    def _request(self, leg: Leg, limit: int) -> edge.QueryRequest:
        return conversion.to_request(leg, limit, self._dense_search)

    def _rank(self, shard: edge.EdgeShard, leg: Leg, answer: list[edge.ScoredPoint]) -> list[ScoredPoint]:
        def fetch(size: int) -> list[ScoredPoint]:
            return conversion.from_scored(shard.query(self._request(leg, size)))

        return cut(conversion.from_scored(answer), leg.limit, fetch)

    def best_scores(self, legs: Sequence[Leg]) -> list[float | None]:
        """The score that ``query`` gives the first point of each leg, in one round trip; None where nothing ranks."""
        keys = [_key(leg) if schema.is_ranked(leg) else None for leg in legs]
        with self._open_shard() as shard:
            if len(self._best) > _REMEMBERED:
                self._best.clear()
            new = {key: leg for key, leg in zip(keys, legs, strict=True) if key is not None and key not in self._best}
            if new:
                requests = [self._request(leg, 1) for leg in new.values()]
                answers = shard.query_batch(edge.QueryBatchRequest(requests))
                self._best |= {key: found[0].score if found else None for key, found in zip(new, answers, strict=True)}
            return [self._best.get(key) for key in keys]

    def retrieve(self, ids: Sequence[int]) -> list[Point]:
        """The points with these ids that exist, with payload and vectors, in the order of ``ids``."""
        with self._open_shard() as shard:
            found = {record.id: record for record in shard.retrieve(list(ids), True, True)}
        return [conversion.from_record(found[identifier]) for identifier in ids if identifier in found]

    def count(self, where: Filter) -> int:
        """Exact number of points that pass the filter."""
        with self._open_shard() as shard:
            return shard.count(edge.CountRequest(exact=True, filter=conversion.to_filter(where)))

    def facet(self, field: str, where: Filter, limit: int) -> list[tuple[str | int, int]]:
        """Values of a keyword or integer field with exact counts, most frequent first, ties by value."""
        schema.check_facet(field)
        with self._open_shard() as shard:
            condition = conversion.to_filter(where)

            def fetch(size: int) -> list[tuple[str | int, int]]:
                request = edge.FacetRequest(field, limit=size, exact=True, filter=condition)
                return [(hit.value, hit.count) for hit in shard.facet(request).hits]

            return cut(fetch(limit + 1), limit, fetch)

    def preload(self) -> None:
        """Have the index read into the system's memory, as far as there is room: after a restart each page that a query
        touches would come from the disk, alone."""
        import psutil

        with self._open_shard():
            if current := self._generations.current():
                read_ahead(current, psutil.virtual_memory().available // 2)

    def flush(self) -> None:
        """Make every write so far survive a power loss."""
        with self._writing, self._open_shard() as shard:
            shard.flush()

    def unoptimized(self) -> int:
        """Points whose dense vectors are compared one by one; the engine counts the sparse ones as indexed at once."""
        with self._open_shard() as shard:
            info = shard.info()
            return info.points_count * len(schema.VECTORS) - info.indexed_vectors_count

    def optimize(self, *, serving: bool = True) -> None:
        """Build what makes queries fast.

        Serving, a child process works on a copy, and what was written meanwhile is repeated on it before it takes the
        place of the index: searches go on all the time, writes wait for the copying and for the exchange, a few tenths
        of a second each for 100,000 points. That needs disk space and memory for a second index. Otherwise the index is
        optimised here, where it lies, and every thread of this process waits; that takes half of the memory and three
        quarters of the time. The engine keeps every acknowledged write when it is killed meanwhile.
        """
        with self._optimising:
            try:
                if serving:
                    self._optimize_copy()
                else:
                    self._optimize_in_place()
            except OSError as error:
                raise EngineUnavailable(
                    f"索引优化失败：{error.strerror}。现有索引不受影响，请检查磁盘空间。"
                ) from error

    def _optimize_copy(self) -> None:
        copy = self._generations.new()
        try:
            self._copy(copy)
            self._optimise(copy, self.count(Filter()))
            self._exchange(copy)
        finally:
            with self._writing:
                self._log = None
                self._generations.remove_others()

    def _optimize_in_place(self) -> None:
        with self._writing, self._using:
            points = self.count(Filter())
            current = self._generations.current()
            assert current is not None
            if points >= conversion.GRAPH_FROM and not conversion.is_linked(current):
                self._reopen(current, conversion.collection(self._dimensions, points))
            with self._open_shard() as shard:
                self._best.clear()
                shard.optimize()
                shard.flush()
                self._use(shard)
            sync_tree(current)
            give_memory_back()

    def _reopen(self, generation: Path, collection: edge.EdgeConfig) -> None:
        """What links the points are to have is said when an index is opened."""
        with conversion.foreign_errors(), self._open_shard() as shard:
            shard.flush()
            shard.close()
            self._shard = None
            self._use(edge.EdgeShard.load(str(generation), collection))

    def _copy(self, copy: Path) -> None:
        with self._writing:
            self.flush()
            current = self._generations.current()
            assert current is not None
            shutil.copytree(current, copy)
            self._log = []

    def _optimise(self, generation: Path, points: int) -> None:
        command = module_command("search.engine.optimiser", generation, self._dimensions, points)
        result = subprocess.run(  # noqa: S603 - our own module
            command, capture_output=True, text=True, check=False, env=module_environment()
        )
        if result.returncode:
            logger.error("optimising the index failed: %s", result.stderr.strip())
            raise EngineUnavailable("索引优化失败，现有索引不受影响，可继续使用。请检查磁盘空间与内存后重试。")
        sync_tree(generation)

    def _exchange(self, copy: Path) -> None:
        with conversion.foreign_errors():
            shard = edge.EdgeShard.load(str(copy), conversion.as_stored(self._dimensions))
        with self._writing, conversion.foreign_errors():
            for operation in self._log or ():
                shard.update(operation)
            shard.flush()
            self._generations.switch(copy)
            with self._using:
                old = self._shard
                self._use(shard)
                self._best.clear()
            if old is not None:
                old.close()

    def drop(self) -> None:
        """Delete the collection."""
        with self._optimising, self._writing, self._using, conversion.foreign_errors():
            if self._shard is not None:
                self._shard.close()
            self._shard = self._unreadable = None
            self._best.clear()
            self._generations.switch(None)
            self._generations.remove_others()

    def close(self, *, ending: bool = False) -> None:
        """Flush, and let another process have the directory. Harmless when done twice.

        A process that is ``ending`` keeps the index, unused, and lets others have it by its end. For of an index that
        is closed, or that Python frees, the engine has the system forget all pages: the next process would read 420 MB
        for 50,000 documents from the disk again, which takes it a quarter of its time.
        """
        with self._optimising, self._writing, self._using, conversion.foreign_errors():
            shard, self._shard = self._shard, None
            try:
                if shard is not None:
                    shard.flush()
                    if ending:
                        ending_process.leave(self._path, shard, self._lock)
                        return
                    shard.close()
            finally:
                if not ending_process.has_left(self._path):
                    self._lock.release()


def give_memory_back() -> None:
    """What the engine and a batch of points freed, Linux's allocator keeps: hundreds of MB after an optimisation."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def _key(leg: Leg) -> Hashable:
    """What the best score of a leg depends on."""
    vector = leg.vector
    if isinstance(vector, SparseVector):
        return leg.where, leg.using, tuple(vector.indices), tuple(vector.values)
    return leg.where, leg.using, tuple(vector or ())


def _scroll(shard: edge.EdgeShard, leg: Leg) -> list[ScoredPoint]:
    where = conversion.to_filter(leg.where)
    if leg.using or not leg.limit:
        return []
    request = edge.ScrollRequest(limit=leg.limit, filter=where, with_payload=False)
    return [ScoredPoint(cast("int", record.id), 0.0) for record in shard.scroll(request)[0]]
