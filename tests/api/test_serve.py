"""One process owns the index; the others ask it."""

import json
import os
import signal
import socket
import stat
import threading
import urllib.error
import urllib.request

import pytest

from api import library
from api.http.access import CURATORS
from api.ownership import announced, read_record
from corpus.settings import Settings
from search.engine.lock import OwnerLock
from tests.api.conftest import fill
from tests.api.lunku import lunku, lunku_json, served, wait_until, write_files


@pytest.fixture
def data_dir(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    fill(settings)
    return settings.data_dir


def get(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def test_commands_work_beside_a_server(data_dir, tmp_path):
    alone = lunku_json(data_dir, "search", "“压实属地责任”")["hits"]
    with served(data_dir) as (_, url):
        record = data_dir / "server.json"
        assert stat.S_IMODE(record.stat().st_mode) == 0o600
        assert get(f"{url}/api/v1/documents")["total"] == 2, "without the token the caller is public"
        assert lunku_json(data_dir, "search", "“压实属地责任”")["hits"] == alone
        assert lunku_json(data_dir, "search", "“板凳课堂”")["total"] == 1, "the owner reads everything"
        assert lunku_json(data_dir, "search", "“板凳课堂”", "--as", "public")["total"] == 0
        assert lunku_json(data_dir, "search", "“板凳课堂”", "--as", f"讲师团,{CURATORS}")["total"] == 1
        assert lunku_json(data_dir, "ask", "冬季供暖要压实什么责任？")["status"]
        assert lunku_json(data_dir, "search", "供暖", "--from", "昨天", code=1)["error"]["code"] == "invalid_query"
        assert lunku_json(data_dir, "doctor")["ok"] is True
        assert "先停止 lunku serve" in lunku(data_dir, "reindex", code=1).stderr.replace("\n", "")

        files = write_files(tmp_path / "资料")
        lunku(data_dir, "ingest", files / "巡护通知.txt")
        found = get(f"{url}/api/v1/health/ready")
        assert (found["status"], found["pending"]) == ("ok", 0)
        assert lunku_json(data_dir, "search", "“登记漂浮物数量”")["total"] == 1
    assert not record.exists()


def test_a_killed_server_leaves_nothing_that_blocks(data_dir):
    with served(data_dir) as (process, _):
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert (data_dir / "server.json").exists()
        assert lunku_json(data_dir, "search", "“压实属地责任”")["total"] == 1
    with served(data_dir):
        assert lunku_json(data_dir, "search", "“压实属地责任”")["total"] == 1


def test_without_a_server_the_owner_of_the_lock_is_named(data_dir, monkeypatch):
    monkeypatch.setattr(library, "WAIT_SECONDS", 0.3)
    lock = OwnerLock.acquire(data_dir / "index")
    try:
        error = lunku_json(data_dir, "search", "供暖", code=1)["error"]
    finally:
        lock.release()
    assert error["code"] == "engine_locked"
    assert str(os.getpid()) in error["detail"]


def test_a_command_waits_for_another_one_to_finish(data_dir):
    lock = OwnerLock.acquire(data_dir / "index")
    threading.Timer(0.5, lock.release).start()
    assert lunku_json(data_dir, "search", "“压实属地责任”")["total"] == 1


def test_a_taken_port_is_reported(data_dir):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = lunku(data_dir, "serve", "--port", port, code=1)
    assert f"127.0.0.1:{port}" in run.stderr.replace("\n", "")


def test_more_groups_are_not_served_beyond_this_machine(data_dir, monkeypatch):
    monkeypatch.setenv("LUNKU_ANONYMOUS_GROUPS", "curators")
    run = lunku(data_dir, "serve", "--host", "0.0.0.0", "--port", "0", code=1)
    assert "LUNKU_ANONYMOUS_GROUPS" in run.stderr


def test_an_upload_in_a_demo_is_indexed(data_dir):
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        "河道巡查要点\n逢五巡河，登记漂浮物数量，当日上报。\r\n"
        f"--{boundary}--\r\n"
    ).encode()
    with served(data_dir) as (_, url):
        token = json.loads((data_dir / "server.json").read_text())["token"]
        request = urllib.request.Request(
            f"{url}/api/v1/documents",
            data=body,
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": f"multipart/form-data; boundary={boundary}",
            },
        )
        with urllib.request.urlopen(request) as response:
            assert response.status == 202
        wait_until(lambda: lunku_json(data_dir, "search", "“登记漂浮物数量”")["total"] == 1)


def test_a_record_of_a_dead_process_or_of_nonsense_is_no_server(tmp_path):
    settings = Settings(data_dir=tmp_path)
    path = tmp_path / "server.json"
    assert read_record(settings) is None
    for text in ("", "[]", '{"url": "x"}', '{"url": "x", "token": "t", "pid": 4194305}'):
        path.write_text(text)
        assert read_record(settings) is None
    with announced(settings, "http://127.0.0.1:1", "t") as record:
        assert read_record(settings) == record
        assert record.pid == os.getpid()
    assert not path.exists()
