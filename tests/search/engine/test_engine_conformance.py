"""One suite for both engines. ServerEngine runs over qdrant-client's local mode, an independent implementation."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import EngineUnavailable, IndexMismatch
from search.engine.edge import EdgeEngine
from search.engine.interface import (
    BIGRAMS,
    DENSE,
    WORDS,
    AnyOf,
    Between,
    Contains,
    Either,
    Engine,
    Filter,
    HasId,
    Leg,
    Point,
    SparseVector,
)
from tests.search.engine.points import (
    DIMENSIONS,
    EVERYTHING,
    document,
    identifier,
    numbers,
    opened,
    point,
)

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect", "ignore:.*local mode")


@pytest.fixture(params=["edge", "server"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with opened(request.param, tmp_path) as engine:
        yield engine


@pytest.fixture
def filled(engine: Engine) -> Engine:
    engine.upsert(point(number) for number in range(60))
    return engine


@pytest.fixture(scope="module", params=["edge", "server"])
def unchanged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """``filled`` for tests that only read."""
    with opened(request.param, tmp_path_factory.mktemp("unchanged")) as engine:
        engine.upsert(point(number) for number in range(60))
        yield engine


def matching(condition) -> list[int]:
    """The points of ``filled`` that a condition lets pass, by plain Python."""

    def passes(number: int, condition) -> bool:
        payload = point(number).payload
        value = payload.get(getattr(condition, "field", None))
        match condition:
            case HasId(ids):
                return identifier(number) in ids
            case AnyOf(_, values):
                return bool(set(values) & set(value if isinstance(value, list) else [value]))
            case Between(_, low, high):
                return value is not None and (low is None or low <= value) and (high is None or value <= high)
            case Contains(_, text):
                return text in value
            case Either(conditions):
                return any(passes(number, alternative) for alternative in conditions)
            case Filter(must, must_not):
                return all(passes(number, part) for part in must) and not any(passes(number, part) for part in must_not)

    return [number for number in range(60) if passes(number, condition)]


CONDITIONS = [
    AnyOf("readers", ("public",)),
    AnyOf("readers", ("researchers", "lecturers")),
    AnyOf("kind", ("policy", "course")),
    AnyOf("organization", ("石桥镇文化站",)),
    AnyOf("year", (2016, 2019)),
    AnyOf("document_id", (document(1_003),)),
    AnyOf("readers", ()),
    AnyOf("kind", ("thesis",)),
    Between("issued_on", 20_160_101, 20_171_231),
    Between("year", 2017, None),
    Between("year", None, 2016),
    Between("year", 2030, 2040),
    Contains("text", "值班员"),
    Contains("text", "换书"),
    Contains("text", "值班员请假须提前一天说明，并请人代班。"),
    Contains("text", "放，由值"),
    Contains("text", "；"),
    Contains("text", "书"),
    Contains("text", "c-12"),
    Contains("text", "村民书屋"),
    Contains("text", "员值"),
    HasId((identifier(3), identifier(41), identifier(999))),
    HasId(()),
    Either(()),
    Either((Contains("text", "值班员"),)),
    Either((Filter(must=(Contains("text", "值班员"), AnyOf("kind", ("policy",)))),)),
    Filter(must=(Contains("text", "值班员"), Either((Contains("text", "换书"),)), AnyOf("year", (2016, 2019)))),
    Filter(must=(Contains("text", "值班员"),), must_not=(AnyOf("kind", ("policy",)),)),
    Either((Contains("text", "换书"), AnyOf("kind", ("course",)))),
    Either((Either(()), Contains("title", "书屋"), HasId((identifier(5),)))),
    Filter(must_not=(Contains("text", "值班员"), AnyOf("kind", ("policy",)))),
    Filter(
        must=(Contains("text", "书"), Either((AnyOf("year", (2016,)), Filter(must_not=(Contains("title", "议事"),)))))
    ),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=repr)
def test_conditions(unchanged: Engine, condition) -> None:
    expected = matching(condition)
    where, rest = Filter(must=(condition,)), Filter(must_not=(condition,))
    assert unchanged.count(where) == len(expected)
    assert unchanged.count(rest) == 60 - len(expected)
    listed, ranked, excluded = unchanged.query(
        [
            Leg(where, 100),
            Leg(where, 100, DENSE, [1.0] * DIMENSIONS),
            Leg(rest, 100, DENSE, [1.0] * DIMENSIONS),
        ]
    )
    assert numbers(listed) == expected
    assert sorted(numbers(ranked)) == expected
    assert sorted(numbers(excluded)) == sorted(set(range(60)) - set(expected))


@pytest.mark.parametrize("count", [2, 3])
def test_conditions_combine(unchanged: Engine, count: int) -> None:
    chance = random.Random(count)
    for _ in range(12):
        must, must_not = chance.sample(CONDITIONS, count), chance.sample(CONDITIONS, 1)
        expected = set(range(60)).intersection(*map(matching, must)) - set(matching(must_not[0]))
        where = Filter(tuple(must), tuple(must_not))
        assert numbers(unchanged.query([Leg(where, 100)])[0]) == sorted(expected)


def test_wrong_conditions_raise(unchanged: Engine) -> None:
    for condition, error in [
        (AnyOf("reader", ("public",)), ValueError),
        (AnyOf("text", ("书",)), ValueError),
        (Between("kind", 1, 2), ValueError),
        (Between("year"), ValueError),
        (Contains("kind", "policy"), ValueError),
        (Contains("text", ""), ValueError),
        (AnyOf("year", ("2016",)), TypeError),
        (AnyOf("year", (True,)), TypeError),
        (AnyOf("kind", (1,)), TypeError),
        ("readers = public", TypeError),
    ]:
        for where in (Filter(must=(condition,)), Filter(must_not=(condition,))):
            for act in (
                unchanged.count,
                unchanged.delete,
                lambda where: unchanged.set_payload(where, {"kind": "course"}),
                lambda where: unchanged.query([Leg(where, 10)]),
                lambda where: unchanged.query([Leg(where, 10, DENSE, [0.0] * DIMENSIONS)]),
                lambda where: unchanged.facet("kind", where, 10),
            ):
                with pytest.raises(error):
                    act(where)
    assert unchanged.count(EVERYTHING) == 60
    with pytest.raises(ValueError, match="facets"):
        unchanged.facet("text", EVERYTHING, 10)


def test_upsert_replaces(engine: Engine) -> None:
    engine.upsert([point(1), point(2)])
    changed = Point(identifier(2), point(3).vectors, {"readers": ["public"], "text": "新的一段话"})
    engine.upsert([changed])
    assert engine.count(EVERYTHING) == 2
    assert engine.count(Filter(must=(Contains("text", "新的一段"),))) == 1
    assert engine.count(Filter(must=(AnyOf("kind", ("research",)),))) == 0
    engine.upsert([])
    assert engine.count(EVERYTHING) == 2


def test_retrieve_gives_back_what_was_written(engine: Engine) -> None:
    written = [point(number) for number in (3, 1, 2)]
    engine.upsert(written)
    wanted = [identifier(number) for number in (2, 9, 3)]
    found = engine.retrieve(wanted)
    assert numbers(found) == [2, 3]
    assert found[1].payload == written[0].payload
    assert found[1].vectors[WORDS] == written[0].vectors[WORDS]
    length = sum(value * value for value in written[0].vectors[DENSE]) ** 0.5
    assert found[1].vectors[DENSE] == pytest.approx([value / length for value in written[0].vectors[DENSE]], abs=1e-6)


def test_delete_and_set_payload(filled: Engine) -> None:
    first = Filter(must=(AnyOf("document_id", (document(1_000),)),))
    filled.set_payload(first, {"readers": ["lecturers"], "text": "改写后的文字"})
    lecturers = Filter(must=(AnyOf("readers", ("lecturers",)),))
    assert numbers(filled.query([Leg(lecturers, 10)])[0]) == [0, 1, 2, 3]
    assert filled.count(Filter(must=(Contains("text", "改写后"), AnyOf("kind", ("policy",))))) == 2
    filled.delete(lecturers)
    assert filled.count(EVERYTHING) == 56
    assert filled.count(lecturers) == 0
    filled.delete(Filter(must=(AnyOf("readers", ()),)))
    assert filled.count(EVERYTHING) == 56


def test_facets(unchanged: Engine) -> None:
    assert unchanged.facet("kind", EVERYTHING, 10) == [("course", 20), ("policy", 20), ("research", 20)]
    assert unchanged.facet("kind", EVERYTHING, 2) == [("course", 20), ("policy", 20)]
    assert unchanged.facet("year", Filter(must=(AnyOf("kind", ("policy",)),)), 1) == [(2015, 4)]
    assert unchanged.facet("readers", EVERYTHING, 10) == [("public", 40), ("curators", 20), ("researchers", 20)]
    assert unchanged.facet("organization", Filter(must=(AnyOf("readers", ()),)), 10) == []
    assert unchanged.facet("kind", EVERYTHING, 0) == []


def test_legs_without_direction_find_nothing(unchanged: Engine) -> None:
    legs = [
        Leg(EVERYTHING, 10, DENSE, [0.0] * DIMENSIONS),
        Leg(EVERYTHING, 10, WORDS, SparseVector([], [])),
        Leg(EVERYTHING, 10, WORDS, SparseVector([4], [0.0])),
        Leg(EVERYTHING, 0, DENSE, [1.0] * DIMENSIONS),
        Leg(EVERYTHING, 0),
        Leg(EVERYTHING, 10, BIGRAMS, SparseVector([4_000_000_000], [1.0])),
    ]
    assert unchanged.query(legs) == [[], [], [], [], [], []]
    assert unchanged.query([]) == []


def test_equal_scores_are_cut_by_id(engine: Engine) -> None:
    same = point(0).vectors
    order = list(range(80))
    random.Random(5).shuffle(order)
    for number in order:
        engine.upsert([Point(identifier(number), same, {"readers": ["public"]})])
    for limit in (1, 3, 30, 79, 80, 200):
        legs = [Leg(EVERYTHING, limit, name, same[name]) for name in (DENSE, WORDS, BIGRAMS)]
        for found in engine.query(legs):
            assert numbers(found) == list(range(80))[:limit]


def test_sparse_scores_are_bm25(engine: Engine) -> None:
    """The engine multiplies by IDF as Robertson's ln(1 + (N - n + ½) / (n + ½)), over the whole collection."""
    from math import log

    engine.upsert(Point(identifier(n), {WORDS: SparseVector([1, n + 10], [1.5, 2.0])}, {}) for n in range(9))
    engine.upsert([Point(identifier(9), {WORDS: SparseVector([2], [1.0])}, {})])
    found = engine.query([Leg(EVERYTHING, 3, WORDS, SparseVector([1, 14], [1.0, 2.0]))])[0]
    common, rare = log(1 + 1.5 / 9.5), log(1 + 9.5 / 1.5)
    assert numbers(found) == [4, 0, 1]
    assert found[0].score == pytest.approx(1.5 * common + 2 * 2.0 * rare, rel=1e-5)
    assert found[1].score == pytest.approx(1.5 * common, rel=1e-5)


def test_best_scores_are_those_of_the_first_points(unchanged: Engine) -> None:
    asked = point(3).vectors
    legs = [Leg(EVERYTHING, 2, name, asked[name]) for name in (DENSE, WORDS, BIGRAMS)]
    nothing = [Leg(EVERYTHING, 2, WORDS, SparseVector([], [])), Leg(EVERYTHING, 2, WORDS, SparseVector([999], [1.0]))]
    best = unchanged.best_scores([*legs, *nothing])
    assert best == [*(pytest.approx(found[0].score) for found in unchanged.query(legs)), None, None]


def test_best_scores_follow_every_write(engine: Engine) -> None:
    """A score that was asked for before is that of the points of now."""
    one, two = SparseVector([1], [1.0]), SparseVector([1], [2.0])
    legs = [Leg(where, 1, WORDS, one) for where in (EVERYTHING, Filter((AnyOf("kind", ("policy",)),)))]

    def true_now() -> None:
        first = [found[0].score if found else None for found in engine.query(legs)]
        assert engine.best_scores(legs) == engine.best_scores(legs) == pytest.approx(first)

    true_now()
    engine.upsert([Point(identifier(1), {WORDS: one}, {"kind": "course"})])
    true_now()
    engine.upsert([Point(identifier(2), {WORDS: two}, {"kind": "course"})])
    true_now()
    engine.set_payload(Filter((AnyOf("kind", ("course",)),)), {"kind": "policy"})
    true_now()
    engine.optimize(serving=True)
    true_now()
    engine.delete(Filter((HasId((identifier(2),)),)))
    true_now()
    engine.drop()
    engine.ensure_collection(DIMENSIONS)
    true_now()


@pytest.mark.parametrize(
    "wrong",
    [
        Point(identifier(8), {DENSE: [1.0, 2.0]}, {}),
        Point(identifier(8), {"title": [1.0] * DIMENSIONS}, {}),
        Point(identifier(8), {WORDS: SparseVector([1, 1], [1.0, 2.0])}, {}),
        Point(identifier(8), {WORDS: SparseVector([1, 2], [1.0])}, {}),
        Point(identifier(8), {WORDS: [1.0] * DIMENSIONS}, {}),
    ],
    ids=["dimensions", "name", "repeated", "unpaired", "type"],
)
def test_a_wrong_point_leaves_nothing_of_its_batch(engine: Engine, wrong: Point) -> None:
    with pytest.raises(ValueError, match=str(identifier(8))):
        engine.upsert([point(1), wrong, point(2)])
    assert engine.count(EVERYTHING) == 0


def test_ensure_collection_keeps_what_is_there(filled: Engine) -> None:
    filled.ensure_collection(DIMENSIONS)
    assert filled.count(EVERYTHING) == 60
    with pytest.raises(IndexMismatch, match="lunku reindex"):
        filled.ensure_collection(DIMENSIONS + 1)


def test_drop_and_start_again(filled: Engine) -> None:
    filled.drop()
    filled.ensure_collection(DIMENSIONS + 2)
    assert filled.count(EVERYTHING) == 0


@pytest.mark.parametrize("serving", [True, False])
def test_optimize_and_flush_change_no_result(filled: Engine, serving: bool) -> None:
    legs = some_legs(11)
    before = filled.query(legs)
    filled.flush()
    filled.optimize(serving=serving)
    for after, unoptimised in zip(filled.query(legs), before, strict=True):
        assert numbers(after) == numbers(unoptimised)


def some_legs(seed: int, where: Filter = EVERYTHING) -> list[Leg]:
    query = point(0, seed=seed).vectors
    return [Leg(where, limit, name, query[name]) for limit in (5, 25) for name in (DENSE, WORDS, BIGRAMS)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    with opened("edge", tmp_path_factory.mktemp("pair")) as edge, opened("server", Path()) as server:
        for engine in (edge, server):
            engine.upsert(point(number) for number in range(60))
        yield edge, server


conditions = st.lists(st.sampled_from(CONDITIONS), max_size=2, unique=True).map(tuple)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), conditions, conditions)
def test_both_engines_agree(pair, seed: int, must, must_not) -> None:
    edge, server = pair
    legs = some_legs(seed, Filter(must, must_not))
    for ours, theirs in zip(edge.query(legs), server.query(legs), strict=True):
        assert numbers(ours) == numbers(theirs)
        assert [found.score for found in ours] == pytest.approx([found.score for found in theirs], rel=1e-4, abs=1e-6)


def test_operations_on_an_absent_collection_raise(tmp_path: Path) -> None:
    with EdgeEngine(tmp_path) as engine:
        for act in (
            lambda: engine.count(EVERYTHING),
            lambda: engine.query([Leg(EVERYTHING, 1)]),
            lambda: engine.delete(EVERYTHING),
            lambda: engine.retrieve([identifier(1)]),
            engine.flush,
            engine.optimize,
        ):
            with pytest.raises(EngineUnavailable, match="尚未建立"):
                act()
