"""A lent engine answers as the one that it is lent from, errors included."""

import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path

import pytest

from corpus.errors import EngineUnavailable
from search.engine.edge import EdgeEngine
from search.engine.interface import DENSE, AnyOf, Filter, HasId, Leg
from search.engine.lent import LentEngine, answer
from tests.search.engine.test_engine_conformance import DIMENSIONS, EVERYTHING, identifier, point


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[EdgeEngine]:
    with EdgeEngine(tmp_path) as engine:
        engine.ensure_collection(DIMENSIONS)
        engine.upsert(point(number) for number in range(40))
        yield engine


@pytest.fixture
def lent(owner: EdgeEngine) -> Iterator[LentEngine]:
    ours, theirs = Pipe()

    def serve() -> None:
        while (call := ours.recv()) is not None:
            answer(owner, call, ours)

    thread = threading.Thread(target=serve)
    thread.start()
    yield LentEngine(theirs)
    theirs.send(None)
    thread.join()


def test_it_reads_what_the_owner_reads(owner: EdgeEngine, lent: LentEngine) -> None:
    vector = point(3).vectors[DENSE]
    some = Filter(must=(HasId(tuple(identifier(number) for number in range(9))),))
    legs = [Leg(EVERYTHING, 7, DENSE, vector), Leg(some, 40), Leg(Filter(must=(AnyOf("readers", ()),)), 5)]
    assert lent.query(legs) == owner.query(legs) != [[], [], []]
    assert lent.best_scores(legs[:1]) == owner.best_scores(legs[:1]) != [None]
    ids = [identifier(5), identifier(2)]
    assert lent.retrieve(ids) == owner.retrieve(ids) != []
    assert lent.count(some) == owner.count(some) == 9
    assert lent.facet("kind", EVERYTHING, 9) == owner.facet("kind", EVERYTHING, 9) != []


def test_errors_of_the_engine_are_raised_at_the_borrower(owner: EdgeEngine, lent: LentEngine) -> None:
    owner.close()
    with pytest.raises(EngineUnavailable):
        lent.count(EVERYTHING)


def test_a_mistake_is_told_without_its_text_and_calls_go_on(lent: LentEngine, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RuntimeError, match="another process") as raised:
        lent.facet("no_such_field", EVERYTHING, 3)
    assert "no_such_field" not in str(raised.value)
    assert "no_such_field" in caplog.text
    assert lent.count(EVERYTHING) == 40


@pytest.mark.parametrize("method", ["drop", "upsert", "__class__"])
def test_only_reading_is_lent(lent: LentEngine, owner: EdgeEngine, method: str) -> None:
    with pytest.raises(RuntimeError):
        lent._ask(method)
    assert owner.count(EVERYTHING) == 40
