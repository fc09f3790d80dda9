import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.errors import IndexMismatch
from corpus.identifiers import passage_number
from corpus.records import Kind, MetadataField, PassageSpan, VersionDraft
from corpus.settings import Settings
from corpus.terms import Term, TermBase, TermStatus
from corpus.text.analyser import Analyser
from search import indexing
from search.embedding import Embedder, open_embedder
from search.engine.edge import EdgeEngine
from search.engine.interface import BIGRAMS, DENSE, WORDS, AnyOf, Between, Contains, Filter, Leg
from search.fingerprint import forget_fingerprint
from search.indexing import Indexer
from search.sparse import query_vectors, term_index
from tests.corpus.drafts import make_draft

EVERYTHING = Filter()


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(TermBase.load())


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(Settings(embedding_model=None))


@dataclass
class Library:
    """A catalogue, its index, and what brings them together."""

    catalogue: Catalogue
    engine: EdgeEngine
    indexer: Indexer

    def ids(self, where: Filter = EVERYTHING) -> set[int]:
        return {point.id for point in self.engine.query([Leg(where, 10_000)])[0]}

    def passages(self, *document_ids: str) -> set[int]:
        versions = [self.catalogue.version(document_id) for document_id in document_ids]
        return {passage.number for version in versions for passage in self.catalogue.passages_of(version.id)}


@pytest.fixture
def library(tmp_path: Path, analyser: Analyser, embedder: Embedder) -> Iterator[Library]:
    catalogue = Catalogue.open(catalogue_url(tmp_path))
    with catalogue, EdgeEngine(tmp_path / "index") as engine:
        yield Library(catalogue, engine, Indexer(catalogue, engine, analyser, embedder))


def catalogue_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'catalogue.sqlite3'}"


def make_drafts(count: int, passages: int = 3) -> list[VersionDraft]:
    """Documents of several passages, each with its own words."""
    drafts = []
    for number in range(count):
        lines = [f"第{number}号院落第{line}段：茶摊理事会登记灯笼{number * 31 + line}盏。" for line in range(passages)]
        starts = [sum(len(line) + 1 for line in lines[:at]) for at in range(passages)]
        spans = tuple(
            PassageSpan(start, start + len(line), ("灯笼会",)) for start, line in zip(starts, lines, strict=True)
        )
        text, digest = "\n".join(lines), f"{number:064x}"
        draft = make_draft(f"/灯会/{number}.txt", text=text, passages=spans, sections=(), fields=())
        drafts.append(replace(draft, sha256=digest, title=f"灯会记录{number}"))
    return drafts


def test_every_passage_becomes_a_point(library: Library) -> None:
    added = library.catalogue.add_versions(make_drafts(5))
    assert library.indexer.index_pending() == 5
    assert library.ids() == library.passages(*(document.id for document, _ in added))
    assert library.catalogue.pending_count() == 0
    assert library.indexer.index_pending() == 0


def test_points_carry_what_is_filtered_on(library: Library) -> None:
    fields = (
        MetadataField("organization", "松江市人民政府办公室"),
        MetadataField("document_number", "松政办发[2022] 7 号"),
        MetadataField("issued_on", "2022-10-08"),
        MetadataField("project_number", ["21bzz001", "20ZK019"]),
        MetadataField("copies", 60),
        MetadataField("course_code", "内部7", restricted=True),
    )
    draft = make_draft(title="《冬季供暖》工作的通知", readers=frozenset({"curators", "researchers"}), fields=fields)
    [(document, _)] = library.catalogue.add_versions([draft])
    library.indexer.index_pending()
    [point] = library.engine.retrieve(sorted(library.ids(Filter(must=(Contains("text", "坚持民生优先,压实"),)))))
    assert point.payload == {
        "readers": ["curators", "researchers"],
        "title": "《冬季供暖》工作的通知",
        "document_id": document.id,
        "version_id": library.catalogue.version(document.id).id,
        "kind": "policy",
        "organization": "松江市人民政府办公室",
        "document_number": "松政办发〔2022〕7号",
        "project": "21bzz001",
        "identifiers": sorted({"20ZK019", "21BZZ001", "《冬季供暖》工作的通知", "松政办发〔2022〕7号"}),
        "issued_on": 20221008,
        "year": 2022,
        "passage_id": point.payload["passage_id"],
        "text": point.payload["text"],
    }
    assert passage_number(point.payload["passage_id"]) == point.id
    assert document.issued_on == date(2022, 10, 8)
    assert set(point.vectors) == {DENSE, WORDS, BIGRAMS}
    for condition in (
        AnyOf("identifiers", ("21BZZ001",)),
        AnyOf("kind", (Kind.POLICY,)),
        Between("issued_on", 20221008, 20221008),
        AnyOf("readers", ("researchers",)),
    ):
        assert library.engine.count(Filter(must=(condition,))) == 2
    assert library.engine.count(Filter(must=(AnyOf("readers", ("public",)),))) == 0


def test_a_search_finds_the_passage(library: Library, analyser: Analyser, embedder: Embedder) -> None:
    library.catalogue.add_versions(make_drafts(30))
    library.indexer.index_pending()
    query = "灯笼63盏"
    vectors = query_vectors(query, analyser)
    legs = [Leg(EVERYTHING, 5, name, vector) for name, vector in vectors.items()]
    words, bigrams = library.engine.query(legs)
    wanted = library.ids(Filter(must=(Contains("text", query),)))
    assert len(wanted) == 1
    assert {words[0].id, bigrams[0].id} == wanted
    [dense] = library.engine.query([Leg(EVERYTHING, 90, DENSE, embedder.embed_query("院落里的茶摊"))])
    assert len(dense) == 90
    assert dense[0].score > 0


def test_a_new_version_replaces_the_old_points(library: Library) -> None:
    [(document, _)] = library.catalogue.add_versions([make_draft()])
    library.indexer.index_pending()
    before = library.ids()
    library.catalogue.add_versions([make_draft(body="三是公开进度。")])
    assert library.indexer.index_pending() == 1
    assert library.ids() == library.passages(document.id)
    assert not library.ids() & before


def test_trash_and_restore(library: Library) -> None:
    [(first, _), (second, _)] = library.catalogue.add_versions([make_draft(), *make_drafts(1)])
    library.indexer.index_pending()
    library.catalogue.trash(first.id)
    assert library.indexer.index_pending() == 0
    assert library.ids() == library.passages(second.id)
    library.catalogue.restore(first.id)
    assert library.indexer.index_pending() == 1
    assert library.ids() == library.passages(first.id, second.id)


def test_a_change_of_readers_reaches_the_index(library: Library) -> None:
    [(document, _)] = library.catalogue.add_versions([make_draft()])
    library.indexer.index_pending()
    library.catalogue.update_document(document.id, readers=frozenset({"curators"}))
    library.indexer.index_pending()
    assert library.ids(Filter(must=(AnyOf("readers", ("public",)),))) == set()
    assert library.ids(Filter(must=(AnyOf("readers", ("curators",)),))) == library.passages(document.id)


def test_progress_counts_versions(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH_PASSAGES", 6)
    monkeypatch.setattr(indexing, "_CLAIMED_AT_ONCE", 2)
    library.catalogue.add_versions(make_drafts(7))
    seen: list[tuple[int, int]] = []
    library.indexer.index_pending(lambda done, total: seen.append((done, total)))
    assert seen == [(2, 7), (4, 7), (6, 7), (7, 7)]


def test_a_lost_index_is_made_again(tmp_path: Path, analyser: Analyser, embedder: Embedder) -> None:
    with Catalogue.open(catalogue_url(tmp_path)) as catalogue:
        catalogue.add_versions(make_drafts(4))
        for folder in ("first", "second"):
            with EdgeEngine(tmp_path / folder) as engine:
                assert Indexer(catalogue, engine, analyser, embedder).index_pending() == 4
                assert engine.count(EVERYTHING) == 12


def test_rebuild_after_a_mismatch(library: Library) -> None:
    library.catalogue.add_versions(make_drafts(4))
    library.indexer.index_pending()
    before = library.ids()
    forget_fingerprint(library.catalogue)
    with pytest.raises(IndexMismatch, match="lunku reindex"):
        library.indexer.index_pending()
    assert library.indexer.rebuild() == 4
    assert library.ids() == before
    assert library.indexer.index_pending() == 0


_CHILD = """
import sys
from pathlib import Path
from corpus.catalogue import Catalogue
from corpus.settings import Settings
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search import indexing
from search.embedding import open_embedder
from search.engine import edge
from search.engine.edge import EdgeEngine

indexing.BATCH_PASSAGES, indexing._CLAIMED_AT_ONCE, indexing.FILLING_VERSIONS = 30, 5, 20
edge.OPTIMISE_FROM = 100
folder, act = Path(sys.argv[1]), sys.argv[2]
with Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite3'}") as catalogue, EdgeEngine(folder / "index") as engine:
    embedder = open_embedder(Settings(embedding_model=None))
    indexer = indexing.Indexer(catalogue, engine, Analyser(TermBase.load()), embedder)
    print("ready", flush=True)
    getattr(indexer, act)()
    print("done", flush=True)
"""


def test_what_another_adds_is_indexed_while_it_adds_it(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "FOLLOW_VERSIONS", 4)
    monkeypatch.setattr(indexing, "FILLING_VERSIONS", 4)
    drafts = make_drafts(10)
    found: list[int] = []

    def ended() -> bool:
        found.append(library.engine.count(EVERYTHING))
        adding = drafts[:4]
        del drafts[:4]
        library.catalogue.add_versions(adding)
        return not drafts

    create = library.engine.create_field_indexes
    filled: list[int] = []
    without: list[bool] = []
    defer = library.engine.defer_field_indexes
    monkeypatch.setattr(library.engine, "defer_field_indexes", lambda: (without.append(True), defer()))
    monkeypatch.setattr(
        library.engine, "create_field_indexes", lambda: (filled.append(library.engine.count(EVERYTHING)), create())
    )
    library.indexer.follow(ended)
    assert without == [True]
    assert filled == [30], "once, over all that was indexed"
    assert library.ids(Filter(must=(Contains("text", "第3号院落第2段"),)))
    assert found == [0, 12, 24], "each four documents of three passages before the next are added"
    assert library.engine.count(EVERYTHING) == 30
    assert library.catalogue.pending_count() == 0


@pytest.mark.parametrize(
    ("held", "added", "deferred"), [(0, 1, False), (0, 3, True), (1, 3, True), (2, 3, False), (3, 1, False)]
)
def test_field_indexes_are_made_at_the_end_where_most_of_the_index_is_new(
    library: Library, monkeypatch: pytest.MonkeyPatch, held: int, added: int, deferred: bool
) -> None:
    monkeypatch.setattr(indexing, "FILLING_VERSIONS", 2)
    drafts = make_drafts(held + added)
    library.catalogue.add_versions(drafts[:held])
    library.indexer.index_pending()
    library.catalogue.add_versions(drafts[held:])
    calls: list[bool] = []
    defer = library.engine.defer_field_indexes
    monkeypatch.setattr(library.engine, "defer_field_indexes", lambda: (calls.append(True), defer()))
    library.indexer.index_pending()
    assert calls == [True] * deferred
    for number in range(held + added):
        assert len(library.ids(Filter(must=(Contains("text", f"第{number}号院落第2段"),)))) == 1


def run_child(folder: Path, act: str, kill_after: float | None) -> str:
    """Index in a process of its own; killed so many seconds after it began, unless it is done by then."""
    command = [sys.executable, "-c", _CHILD, str(folder), act]
    environment = os.environ | {"PYTHONPATH": str(Path(indexing.__file__).parents[1])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        output = process.stdout.readline()
        if kill_after is not None:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        return output + process.stdout.read()


def is_rebuilding(catalogue: Catalogue) -> bool:
    return catalogue.value("index_fingerprint") == ""


@pytest.mark.slow
def test_killed_at_any_moment_it_is_whole_and_goes_on(tmp_path: Path) -> None:
    """After every kill each document is in the index with all its passages or none, and the rest is still pending."""
    chance = random.Random(20_231)
    with Catalogue.open(catalogue_url(tmp_path)) as catalogue:
        documents = [document for document, _ in catalogue.add_versions(make_drafts(200, passages=4))]
        expected = {
            document.id: {passage.number for passage in catalogue.passages_of(catalogue.version(document.id).id)}
            for document in documents
        }
        killed = 0
        for attempt in range(5):
            act = "rebuild" if attempt == 3 else "index_pending"
            output = run_child(tmp_path, act, kill_after=chance.uniform(0.02, 0.8))
            killed += "done" not in output
            if not (tmp_path / "index" / "CURRENT").exists():
                continue
            with EdgeEngine(tmp_path / "index") as engine:
                for document_id, passages in expected.items():
                    where = Filter(must=(AnyOf("document_id", (document_id,)),))
                    found = {point.id for point in engine.query([Leg(where, 100)])[0]}
                    assert found in (set(), passages)
        assert killed >= 2
        assert "done" in run_child(tmp_path, "rebuild" if is_rebuilding(catalogue) else "index_pending", None)
        assert catalogue.pending_count() == 0
        with EdgeEngine(tmp_path / "index") as engine:
            found = {point.id for point in engine.query([Leg(EVERYTHING, 10_000)])[0]}
            assert found == set().union(*expected.values())
            named = engine.query([Leg(Filter(must=(Contains("text", "第7号院落第1段"),)), 10)])[0]
            assert {point.id for point in named} <= expected[documents[7].id]
            assert len(named) == 1


def test_a_new_term_has_only_the_passages_indexed_that_hold_it(library: Library, embedder: Embedder) -> None:
    indexer = Indexer(library.catalogue, library.engine, Analyser(TermBase.load()), embedder)
    drafts = make_drafts(4)
    other = replace(drafts[0], sha256="f" * 64, source="/灯会/围炉.txt", title="围炉夜校开办记")
    [*_, (about, _)] = library.catalogue.add_versions([*drafts, other])
    indexer.index_pending()
    [passage, *_] = library.passages(about.id)
    for status in (TermStatus.ACCEPTED, TermStatus.REJECTED):
        library.catalogue.put_terms([Term("圍爐夜校", status=status)])
        indexer.follow_terms()
        assert library.catalogue.pending_count() == 1
        assert not library.catalogue.document(about.id).indexed
        indexer.index_pending()
        [point] = library.engine.retrieve([passage])
        assert (term_index("围炉夜校") in point.vectors[WORDS].indices) is (status is TermStatus.ACCEPTED)
        indexer.follow_terms()
        assert library.catalogue.pending_count() == 0
