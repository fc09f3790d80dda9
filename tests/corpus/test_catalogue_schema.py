import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from threading import Timer
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from corpus.catalogue import Catalogue, JobStatus
from corpus.catalogue.connection import connect
from corpus.catalogue.migrations import configuration
from corpus.catalogue.tables import HEAD, metadata
from corpus.errors import CatalogueUnavailable
from corpus.identifiers import passage_number
from corpus.records import MetadataField
from tests.corpus.drafts import EVERYONE, make_draft

ROOT = Path(__file__).parents[2]
TO_0008 = """
CREATE TABLE old_passages (
    id VARCHAR(36) NOT NULL PRIMARY KEY, version_id VARCHAR(36) NOT NULL REFERENCES versions (id),
    ordinal INTEGER NOT NULL, path JSON NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    page INTEGER, paragraph INTEGER, flags JSON NOT NULL, confidence FLOAT
);
INSERT INTO old_passages
    SELECT id, version_id, ordinal, path, text, start, "end", page, paragraph, flags, confidence FROM passages;
DROP TABLE passages;
ALTER TABLE old_passages RENAME TO passages;
CREATE UNIQUE INDEX ix_passages_version_id_ordinal ON passages (version_id, ordinal);
UPDATE alembic_version SET version_num = '0008';
"""
TO_0007 = f"""{TO_0008}
CREATE TABLE old (
    key BIGINT NOT NULL, version_id VARCHAR(36) NOT NULL REFERENCES versions (id), PRIMARY KEY (key, version_id)
);
INSERT INTO old SELECT key, version_id FROM bands ORDER BY version_id;
DROP TABLE bands;
ALTER TABLE old RENAME TO bands;
CREATE INDEX ix_bands_version_id ON bands (version_id);
ALTER TABLE versions DROP COLUMN band_keys;
UPDATE alembic_version SET version_num = '0007';
"""
"""Take a catalogue back to these revisions."""


def url_of(path):
    return f"sqlite:///{path}"


def run_python(code, *args):
    return subprocess.run(
        [sys.executable, "-c", code, *args], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_stamp_is_the_head_of_the_migrations():
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def test_migrations_build_exactly_the_tables(tmp_path):
    engine = connect(url_of(tmp_path / "c.sqlite3"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_opening_an_up_to_date_catalogue_needs_no_alembic(tmp_path):
    url = url_of(tmp_path / "c.sqlite3")
    Catalogue.open(url).close()
    code = (
        "import sys; from corpus.catalogue import Catalogue\n"
        "Catalogue.open(sys.argv[1]).documents()\n"
        "print('alembic' in sys.modules)"
    )
    assert run_python(code, url).stdout.strip() == "False"


def test_what_was_set_by_hand_before_corrections_were_kept_is_carried_over(tmp_path):
    path = tmp_path / "c.sqlite3"
    config = configuration()
    engine = create_engine(url_of(path))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO documents VALUES ('d', 'course', '题“一”', '[\"curators\"]', 'active', '/a', 1, 'v', "
            "'[\"kind\", \"readers\"]', NULL, NULL, NULL, NULL, NULL, NULL, '2024-01-01', '2024-01-02 03:04:05.000000')"
        )
        connection.exec_driver_sql(
            "INSERT INTO versions VALUES ('v', 'd', 1, 'a.txt', 'h', 'text/plain', 'pending', NULL, "
            "'2024-01-01 00:00:00.000000', '[]', '{\"reader\": \"txt\"}', '文')"
        )
    engine.dispose()
    with Catalogue.open(url_of(path)) as catalogue:
        assert {item.name: item.value for item in catalogue.corrections("d")} == {
            "kind": "course",
            "readers": ["curators"],
        }
        changed = catalogue.update_document("d", title="新题")
        assert (changed.kind, changed.readers, changed.title) == ("course", {"curators"}, "新题")


def test_documents_that_were_there_are_known_by_their_names(tmp_path):
    url = url_of(tmp_path / "c.sqlite3")
    ended = make_draft("/a", "一", title="甲办法（已废止）")
    repealing = make_draft("/b", "二", title="乙办法", fields=(MetadataField("repeals", ["《丙办法》"]),))
    with Catalogue.open(url) as catalogue:
        ids = [document.id for document, _ in catalogue.add_versions([ended, repealing, make_draft("/c", "三")])]
        by_hand = catalogue.update_document(ids[2], fields={"expires_on": "2020-01-01"})
        before = (catalogue.uncertain(), catalogue.named(["甲办法", "乙办法", by_hand.document_number]))
    with sqlite3.connect(tmp_path / "c.sqlite3") as database:
        database.executescript(
            f"{TO_0007} DROP TABLE document_names; DROP INDEX ix_documents_tells_of_end;"
            "ALTER TABLE documents DROP COLUMN tells_of_end; UPDATE alembic_version SET version_num = '0006';"
        )
    with Catalogue.open(url) as catalogue:
        after = (catalogue.uncertain(), catalogue.named(["甲办法", "乙办法", by_hand.document_number]))
    assert before == after == (sorted(ids), sorted(ids))


def test_documents_that_were_there_are_found_as_alike(tmp_path):
    url = url_of(tmp_path / "c.sqlite3")
    texts = ["".join(f"\n第{number}小组{name}登记旧书。" for number in range(40)) for name in ("每周", "每周", "按月")]
    drafts = [make_draft(f"/{place}", text + "。" * place) for place, text in enumerate([*texts, "太短"])]
    with Catalogue.open(url) as catalogue:
        ids = [document.id for document, _ in catalogue.add_versions(drafts)]
        before = catalogue.alike(ids)
    with sqlite3.connect(tmp_path / "c.sqlite3") as database:
        database.executescript(TO_0007)
    with Catalogue.open(url) as catalogue:
        after = catalogue.alike(ids)
        [(later, _)] = catalogue.add_versions([make_draft("/later", texts[2] + "！")])
        assert ids[2] in {item.document_id for item in catalogue.alike([later.id])[later.id]}
    assert before == after
    assert {ids[0], ids[1]} <= set(before)


def test_passages_that_were_there_are_found_by_their_numbers(tmp_path):
    url = url_of(tmp_path / "c.sqlite3")
    with Catalogue.open(url) as catalogue:
        documents = [item for item, _ in catalogue.add_versions([make_draft(f"/{at}", str(at)) for at in range(9)])]
        passages = [item for found in documents for item in catalogue.passages_of(catalogue.version(found.id).id)]
    with sqlite3.connect(tmp_path / "c.sqlite3") as database:
        database.executescript(TO_0008)
    with Catalogue.open(url) as catalogue:
        found = catalogue.hydrate([passage.number for passage in passages], EVERYONE)
    assert {number: item.passage for number, item in found.items()} == {item.number: item for item in passages}


def test_processes_that_open_a_new_catalogue_at_once_all_succeed(tmp_path):
    url = url_of(tmp_path / "new" / "c.sqlite3")
    code = "import sys; from corpus.catalogue import Catalogue; print(Catalogue.open(sys.argv[1]).documents()[1])"
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: run_python(code, url), range(4)))
    assert [(run.returncode, run.stdout) for run in runs] == [(0, "0\n")] * 4, [run.stderr for run in runs]


def test_a_new_catalogue_waits_for_a_writer_that_has_not_left_the_journal(tmp_path):
    path = tmp_path / "c.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for statement in ("CREATE TABLE t (x)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)"):
        writer.execute(statement)
    commit = Timer(0.3, lambda: writer.execute("COMMIT"))
    commit.start()
    Catalogue.open(url_of(path)).close()
    commit.join()
    writer.close()


def test_a_catalogue_of_a_newer_program_is_refused(tmp_path):
    path = tmp_path / "c.sqlite3"
    Catalogue.open(url_of(path)).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CatalogueUnavailable, match="升级论库"):
        Catalogue.open(url_of(path))


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/no/such/c.sqlite3", "oracle-of-delphi://x"])
def test_an_address_that_cannot_be_opened_is_reported(url):
    with pytest.raises(CatalogueUnavailable):
        Catalogue.open(url)


def test_a_file_that_is_no_database_is_reported(tmp_path):
    path = tmp_path / "c.sqlite3"
    path.write_text("这不是数据库" * 100)
    with pytest.raises(CatalogueUnavailable, match="lunku doctor"):
        Catalogue.open(url_of(path))


def test_writers_in_two_processes_wait_for_each_other(tmp_path):
    url = url_of(tmp_path / "c.sqlite3")
    Catalogue.open(url).close()
    code = (
        "import sys; from corpus.catalogue import Catalogue; from tests.corpus.drafts import make_draft\n"
        "catalogue = Catalogue.open(sys.argv[1])\n"
        "for n in range(20):\n"
        "    catalogue.add_versions([make_draft(source=f'{sys.argv[2]}/{n}', body=sys.argv[2] + str(n))])"
    )
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda name: run_python(code, url, name), "abc"))
    assert [run.returncode for run in runs] == [0, 0, 0], [run.stderr for run in runs]
    with Catalogue.open(url) as catalogue:
        assert catalogue.documents()[1] == 60


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.4])
def test_kill_9_loses_no_finished_batch_and_leaves_no_half(tmp_path, seconds):
    url = url_of(tmp_path / "c.sqlite3")
    Catalogue.open(url).close()
    code = (
        "import sys; from corpus.catalogue import Catalogue; from tests.corpus.drafts import make_draft\n"
        "catalogue = Catalogue.open(sys.argv[1])\n"
        "for n in range(10_000):\n"
        "    catalogue.add_versions([make_draft(source=f'{n}/{m}', body=f'{n}/{m}') for m in range(5)])\n"
        "    print(n, flush=True)"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    writer.stdout.readline()
    time.sleep(seconds)
    writer.kill()
    finished = len(writer.communicate()[0].splitlines()) + 1
    with Catalogue.open(url) as catalogue:
        documents, total = catalogue.documents(limit=1_000_000)
        assert total % 5 == 0
        assert finished * 5 <= total <= finished * 5 + 5
        for document in documents:
            assert len(catalogue.passages_of(catalogue.version(document.id).id)) == 2


# PostgreSQL


def test_every_table_compiles_for_postgresql():
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_the_migrations_write_sql_for_postgresql():
    config = configuration()
    config.set_main_option("sqlalchemy.url", "postgresql+psycopg://")
    config.output_buffer = StringIO()
    command.upgrade(config, "head", sql=True)
    sql = config.output_buffer.getvalue()
    assert all(f"CREATE TABLE {table.name}" in sql for table in metadata.sorted_tables)


@pytest.fixture
def postgresql_url(tmp_path):
    """A throw-away PostgreSQL server, run as its own user: it refuses to run as root."""
    found = [Path(path).resolve().parent for path in [shutil.which("postgres")] if path]
    binaries = found or sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        pytest.skip("no PostgreSQL server on this machine")
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    user = "postgres" if os.geteuid() == 0 else None
    data = tmp_path / "pg"
    data.mkdir()
    if user:
        shutil.chown(data, user)
        for directory in (tmp_path, *tmp_path.parents[:3]):
            directory.chmod(0o755)
    binary = binaries[-1]
    subprocess.run(
        [binary / "initdb", "-D", data, "-A", "trust", "-U", "lunku", "--no-sync", "-E", "UTF8"],
        user=user,
        cwd=data,
        check=True,
        capture_output=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [binary / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", data, "-F"],
        user=user,
        cwd=data,
        stderr=subprocess.PIPE,
    )
    for line in server.stderr:
        if b"ready to accept" in line:
            break
    yield f"postgresql+psycopg://lunku@127.0.0.1:{port}/postgres"
    server.terminate()
    server.communicate()


def test_the_catalogue_runs_on_postgresql(postgresql_url):
    everyone = frozenset({"public"})
    with Catalogue.open(postgresql_url) as catalogue:
        draft = make_draft()
        [(document, is_new)] = catalogue.add_versions([draft])
        assert is_new
        version = catalogue.version(document.id)
        assert (version.text, version.fields, version.report) == (draft.text, draft.fields, draft.report)
        pending = catalogue.pending_versions(10)
        items = catalogue.passages_to_index(pending)
        catalogue.mark_indexed(pending, "f")
        assert catalogue.document(document.id, everyone).indexed
        numbers = [item.passage.number for item in items]
        assert set(catalogue.hydrate(numbers, everyone)) == set(numbers)
        assert catalogue.hydrate(numbers, frozenset({"Public"})) == {}
        assert catalogue.documents(everyone, query="供暖", limit=1)[1] == 1
        assert catalogue.documents(frozenset({"lecturers"})) == ([], 0)
        catalogue.update_document(document.id, fields={"issued_on": "2023-01-05"})
        assert catalogue.add_versions([make_draft(body="改")])[0][0].version == 2
        assert catalogue.stale_versions(10) == pending
        catalogue.trash(document.id)
        catalogue.reset_index()
        assert catalogue.pending_count() == 0
        job = catalogue.create_job(1)
        assert catalogue.update_job(job.id, status=JobStatus.DONE, outcomes=[{"path": "甲"}]).done == 1
        catalogue.set_value("k", "v")
        assert catalogue.value("k") == "v"
    Catalogue.open(postgresql_url).close()


def test_passages_that_were_there_are_numbered_on_postgresql(postgresql_url):
    ids = [str(uuid4()) for _ in range(50)]
    config = configuration()
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        connection.execute(
            text(
                "INSERT INTO documents (id, kind, title, readers, status, source, version,"
                " current_version_id, created_at, updated_at, tells_of_end)"
                " VALUES ('d', '', '', '', '', '', 1, 'v', now(), now(), false)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO versions (id, document_id, number, file_name, sha256, media_type,"
                " index_state, created_at, fields, report, text, kind, title, readers)"
                " VALUES ('v', 'd', 1, '', '', '', '', now(), '[]', '{}', '', '', '', '')"
            )
        )
        for ordinal, identifier in enumerate(ids):
            connection.execute(
                text(
                    'INSERT INTO passages (id, version_id, ordinal, path, text, start, "end", flags)'
                    " VALUES (:id, 'v', :ordinal, '[]', '', 0, 0, '[]')"
                ),
                {"id": identifier, "ordinal": ordinal},
            )
        command.upgrade(config, "head")
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        numbers = connection.execute(text("SELECT id, number FROM passages")).all()
    engine.dispose()
    assert dict(map(tuple, numbers)) == {identifier: passage_number(identifier) for identifier in ids}
