"""What only the embedded engine has: a lock, a directory, an optimiser beside it, and errors of its own."""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import qdrant_edge
from numpy.typing import NDArray

from corpus.errors import EngineLocked, EngineUnavailable
from search.engine import edge
from search.engine.edge import EdgeEngine
from search.engine.edge_conversion import GRAPH_FROM, foreign_errors, is_linked
from search.engine.generations import read_ahead
from search.engine.interface import DENSE, AnyOf, Contains, Filter, Leg, Point
from search.engine.lock import OwnerLock
from tests.search.engine.points import document
from tests.search.engine.test_engine_conformance import (
    CONDITIONS,
    DIMENSIONS,
    EVERYTHING,
    identifier,
    numbers,
    point,
)

ROOT = str(Path(edge.__file__).parents[2])


def filled(folder: Path, count: int = 40) -> EdgeEngine:
    engine = EdgeEngine(folder)
    engine.ensure_collection(DIMENSIONS)
    engine.upsert(point(number) for number in range(count))
    return engine


def test_one_owner_and_the_message_names_it(tmp_path: Path) -> None:
    with filled(tmp_path) as owner:
        with pytest.raises(EngineLocked, match=rf"进程号 {os.getpid()}\b"):
            EdgeEngine(tmp_path)
        # The owner is unharmed: this flush would fail for ever after a failed second load of the shard.
        owner.upsert([point(50)])
        owner.flush()
    with EdgeEngine(tmp_path) as next_owner:
        assert next_owner.count(EVERYTHING) == 41


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from search.engine.lock import OwnerLock\n"
        "lock = OwnerLock.acquire(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": ROOT}) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(EngineLocked, match=str(process.pid)):
            OwnerLock.acquire(tmp_path)
        process.send_signal(signal.SIGKILL)
    OwnerLock.acquire(tmp_path).release()


def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = OwnerLock.acquire(tmp_path)
    context = multiprocessing.get_context("fork")
    started, finish = context.Event(), context.Event()
    child = context.Process(target=lambda: (started.set(), finish.wait(30)))
    child.start()
    try:
        assert started.wait(30)
        lock.release()
        OwnerLock.acquire(tmp_path).release()
    finally:
        finish.set()
        child.join()


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineUnavailable, match="无法写入索引目录"):
        EdgeEngine(tmp_path / "file" / "index")


def test_writes_survive_kill_without_a_flush(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tests.search.engine.test_edge import filled\n"
        "filled(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = os.environ | {"PYTHONPATH": ROOT}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, env=environment)
    with EdgeEngine(tmp_path) as engine:
        assert engine.count(EVERYTHING) == 40
        assert engine.count(Filter(must=(Contains("text", "值班员"),))) == 16


@pytest.mark.parametrize("optimised", [False, True])
@pytest.mark.parametrize("killed", [False, True])
def test_an_index_filled_without_field_indexes_has_them_afterwards(
    tmp_path: Path, optimised: bool, killed: bool
) -> None:
    points = list(map(point, range(1_200)))
    points[0] = replace(points[0], payload=points[0].payload | {"course": "桥梁工程"})
    conditions = [*CONDITIONS, AnyOf("version_id", (document(2_001),)), AnyOf("course", ("桥梁工程",))]
    with EdgeEngine(tmp_path / "usual") as usual:
        usual.ensure_collection(DIMENSIONS)
        usual.upsert(points)
        expected = [numbers(usual.query([Leg(Filter(must=(item,)), 2_000)])[0]) for item in conditions]
        fields = usual._indexed_fields()
    engine = EdgeEngine(tmp_path / "filled")
    engine.ensure_collection(DIMENSIONS)
    engine.defer_field_indexes()
    assert engine._indexed_fields() == fields
    first = [replace(item, payload={"kind": "course"}) for item in points[:5]]
    engine.upsert(first)
    assert engine._indexed_fields() == fields - {"kind"}, "what no point has needs no making"
    engine.upsert(points)
    held = {field for item in points[1:] for field in item.payload}
    assert "organization" in held
    assert "course" not in held, "few points have it"
    left_out = held | {"text_grams", "title_grams"}
    if optimised:
        engine.optimize(serving=False)
    assert engine._indexed_fields() == fields - left_out
    if not killed:
        engine.create_field_indexes()
        assert engine._indexed_fields() == fields
    engine.close()
    with EdgeEngine(tmp_path / "filled") as engine:
        engine.ensure_collection(DIMENSIONS)
        assert engine._indexed_fields() == fields
        assert [numbers(engine.query([Leg(Filter(must=(item,)), 2_000)])[0]) for item in conditions] == expected
        assert engine.facet("kind", EVERYTHING, 5) == [("course", 400), ("policy", 400), ("research", 400)]


def test_reads_and_writes_during_optimisation(tmp_path: Path) -> None:
    with filled(tmp_path) as engine:
        optimising = threading.Thread(target=engine.optimize)
        optimising.start()
        written = 40
        while optimising.is_alive():
            engine.upsert([point(written)])
            written += 1
            engine.delete(Filter(must=(AnyOf("document_id", (document(1_000),)),)))
            engine.set_payload(Filter(must=(AnyOf("document_id", (document(1_001),)),)), {"kind": "course"})
            assert len(engine.query([Leg(EVERYTHING, 5, DENSE, [1.0] * DIMENSIONS)])[0]) == 5
            time.sleep(0.01)
        optimising.join()
        expected = list(range(4, written))
        assert written > 41
        assert numbers(engine.query([Leg(EVERYTHING, 10_000)])[0]) == expected
        assert engine.count(Filter(must=(AnyOf("document_id", (document(1_001),)), AnyOf("kind", ("course",))))) == 4
        assert len(list(tmp_path.glob("shard-*"))) == 1
    with EdgeEngine(tmp_path) as engine:
        assert numbers(engine.query([Leg(EVERYTHING, 10_000)])[0]) == expected


@pytest.mark.parametrize("serving", [True, False])
def test_optimised_segments_give_the_same_results(tmp_path: Path, serving: bool) -> None:
    """Enough points that segments are rebuilt, codes and all; the dense leg is rescored with the full vectors."""
    chance = random.Random(1)
    points = [
        Point(identifier(number), point(number).vectors | {DENSE: [chance.gauss(0, 1) for _ in range(128)]}, {})
        for number in range(3_000)
    ]
    legs = [Leg(EVERYTHING, 20, name, vector) for name, vector in points[7].vectors.items()]
    with EdgeEngine(tmp_path) as engine:
        engine.ensure_collection(128)
        engine.upsert(points)
        before = [numbers(found) for found in engine.query(legs)]
        assert engine.unoptimized() == len(points)
        engine.optimize(serving=serving)
        assert engine.unoptimized() == 0
        assert [numbers(found) for found in engine.query(legs)] == before


@pytest.mark.slow
def test_a_graph_finds_nearly_all_of_the_nearest_and_only_what_the_filter_lets_pass(tmp_path: Path) -> None:
    """An index that grows past the bound. Few points are compared one by one."""
    chance = np.random.default_rng(1)
    count, dimensions, limit = GRAPH_FROM + 2_000, 256, 64
    centres = chance.standard_normal((300, dimensions))
    vectors = centres[chance.integers(0, len(centres), count)] + chance.standard_normal((count, dimensions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    readers = np.where(np.arange(count) % 10, "public", np.where(np.arange(count) % 100, "internal", "few"))

    def nearest(engine: EdgeEngine, query: NDArray[np.float64], reader: str) -> tuple[list[int], list[int]]:
        [found] = engine.query([Leg(Filter(must=(AnyOf("readers", (reader,)),)), limit, DENSE, query.tolist())])
        allowed = np.flatnonzero(readers == reader)
        return numbers(found), allowed[np.argsort(-(vectors[allowed] @ query))[:limit]].tolist()

    with EdgeEngine(tmp_path) as engine:
        engine.ensure_collection(dimensions)
        for start in range(0, count, 2_000):
            engine.upsert(
                Point(identifier(number), {DENSE: vectors[number].tolist()}, {"readers": [str(readers[number])]})
                for number in range(start, min(start + 2_000, count))
            )
            if start == 2_000:
                engine.optimize(serving=False)
                assert not is_linked(next(tmp_path.glob("shard-*")))
        engine.optimize(serving=False)
        assert is_linked(next(tmp_path.glob("shard-*")))
        shares = []
        for query in centres[:40]:
            found, best = nearest(engine, query, "public")
            assert all(readers[number] == "public" for number in found)
            assert len(found) == limit
            shares.append(len(set(found) & set(best)) / limit)
            few, fewest = nearest(engine, query, "few")
            assert few == fewest
        assert np.mean(shares) > 0.95
        before = nearest(engine, centres[0], "public")
        assert before == nearest(engine, centres[0], "public")
    with EdgeEngine(tmp_path) as engine:
        assert nearest(engine, centres[0], "public") == before


def test_a_failed_optimisation_leaves_the_index_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled(tmp_path) as engine:
        monkeypatch.setattr(sys, "executable", "false")
        with pytest.raises(EngineUnavailable, match="现有索引不受影响"):
            engine.optimize()
        engine.upsert([point(60)])
        assert engine.count(EVERYTHING) == 41
        assert len(list(tmp_path.glob("shard-*"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("serving", [True, False])
def test_killed_during_optimisation(tmp_path: Path, serving: bool) -> None:
    """Whatever the moment, the next owner finds every point and one generation."""
    script = (
        "import sys; from pathlib import Path; from search.engine.edge import EdgeEngine\n"
        "engine = EdgeEngine(Path(sys.argv[1])); print('open', flush=True)\n"
        f"while True: engine.optimize(serving={serving})"
    )
    filled(tmp_path).close()
    chance = random.Random(3)
    for _ in range(5):
        command = [sys.executable, "-c", script, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": ROOT}) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 1.5))
            process.send_signal(signal.SIGKILL)
        with EdgeEngine(tmp_path) as engine:
            assert numbers(engine.query([Leg(EVERYTHING, 100)])[0]) == list(range(40))
    with EdgeEngine(tmp_path):
        assert [path.name for path in tmp_path.glob("shard-*")] == [(tmp_path / "CURRENT").read_text()]


def test_a_damaged_index_can_be_dropped(tmp_path: Path) -> None:
    filled(tmp_path).close()
    [generation] = tmp_path.glob("shard-*")
    for damage in ("edge_config.json", "wal", "segments"):
        with filled(tmp_path) as engine:
            engine.flush()
        [generation] = tmp_path.glob("shard-*")
        for path in sorted((generation / damage).rglob("*")) or [generation / damage]:
            if path.is_file():
                path.write_bytes(b"{broken")
        with EdgeEngine(tmp_path) as engine:
            for act in (lambda: engine.ensure_collection(DIMENSIONS), lambda: engine.count(EVERYTHING)):
                with pytest.raises(EngineUnavailable, match="lunku reindex"):
                    act()
            engine.drop()
            engine.ensure_collection(DIMENSIONS)
            assert engine.count(EVERYTHING) == 0


def test_foreign_errors_are_mapped(tmp_path: Path) -> None:
    """Provoke what the engine raises by itself: plain ``Exception`` for everything it refuses."""
    shard = qdrant_edge.EdgeShard.create(
        str(tmp_path / "shard"),
        qdrant_edge.EdgeConfig(vectors={DENSE: qdrant_edge.EdgeVectorParams(2, qdrant_edge.Distance.Cosine)}),
    )
    wrong_point = qdrant_edge.Point(identifier(1), {DENSE: [1.0]}, {})
    query = qdrant_edge.Query.Nearest([1.0], using="none")

    def closed() -> None:
        shard.close()
        shard.flush()

    for act in (
        lambda: shard.update(qdrant_edge.UpdateOperation.upsert_points([wrong_point])),
        lambda: shard.query(qdrant_edge.QueryRequest(limit=1, query=query)),
        lambda: qdrant_edge.EdgeShard.load(str(tmp_path / "absent")),
        closed,
        (tmp_path / "absent" / "file").read_text,
    ):
        with pytest.raises(EngineUnavailable, match="索引引擎无法完成操作"), foreign_errors():
            act()
    with pytest.raises(TypeError), foreign_errors():
        qdrant_edge.MatchAny([1, "a"])


def test_a_process_that_ends_keeps_the_index_to_its_end(tmp_path: Path) -> None:
    leaving = filled(tmp_path)
    leaving.close(ending=True)
    with pytest.raises(EngineUnavailable):
        leaving.count(EVERYTHING)
    leaving.close(ending=True)
    with subprocess.Popen(
        [sys.executable, "-c", LEAVING, str(tmp_path / "other")],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": ROOT},
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        with pytest.raises(EngineLocked, match=str(process.pid)):
            EdgeEngine(tmp_path / "other")
        process.stdin.close()
        assert process.wait(30) == 0
    for folder in (tmp_path, tmp_path / "other"):
        with EdgeEngine(folder) as engine:
            assert engine.count(EVERYTHING) == 40
            engine.upsert([point(50)])
        OwnerLock.acquire(folder).release()


LEAVING = (
    "import sys; from pathlib import Path; from tests.search.engine.test_edge import filled\n"
    "filled(Path(sys.argv[1])).close(ending=True); print('left', flush=True); sys.stdin.read()"
)


def test_after_close_nothing_works_and_close_again_is_harmless(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    engine.close()
    engine.close()
    with pytest.raises(EngineUnavailable):
        engine.count(EVERYTHING)


def test_preloading_reads_what_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, int] = {}

    def note(descriptor: int, start: int, length: int, _advice: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        assert start == asked.get(name, 0), "each byte once, in order"
        asked[name] = start + length

    monkeypatch.setattr(os, "posix_fadvise", note)
    sizes = {"a": 300_000, "b": 0, "c": 200_000}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    for most, expected in ((500_000, {"a": 300_000, "c": 200_000}), (499_999, {"a": 300_000}), (0, {})):
        asked.clear()
        read_ahead(tmp_path, most)
        assert asked == expected


def test_a_preloaded_index_answers_as_before(tmp_path: Path) -> None:
    with filled(tmp_path) as engine:
        before = engine.query([Leg(EVERYTHING, 40)])
        engine.preload()
        assert engine.query([Leg(EVERYTHING, 40)]) == before != [[]]


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_an_index_of_an_earlier_release_searches_with_one_thread_too(tmp_path: Path) -> None:
    with filled(tmp_path) as engine:
        before = engine.query([Leg(EVERYTHING, 40)])
    [config] = tmp_path.glob("*/edge_config.json")
    stored = json.loads(config.read_text("utf-8"))
    assert stored.pop("max_search_threads") == 1
    config.write_text(json.dumps(stored), "utf-8")
    others = search_threads()
    with EdgeEngine(tmp_path) as engine:
        assert engine.query([Leg(EVERYTHING, 40)]) == before
        assert search_threads() - others <= 1


def search_threads() -> int:
    """Threads of every index that this process has open."""
    return sum(
        name.read_text("ascii", "replace").startswith("edge-search") for name in Path("/proc/self/task").glob("*/comm")
    )
