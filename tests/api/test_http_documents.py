import io
import time

import pytest
from starlette.testclient import TestClient

from api.http import create_app, guard
from api.http.state import open_library
from corpus.identifiers import content_hash
from corpus.settings import Settings
from tests.api.conftest import TOKEN, fill, headers
from tests.api.problems import assert_problem
from tests.corpus.drafts import TEXT, make_draft

DOCUMENTS = "/api/v1/documents"
CURATOR = headers("curators")
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def changing(tmp_path):
    """A client over a library of its own, for tests that change it."""
    settings = Settings(data_dir=tmp_path)
    found = fill(settings)
    with (
        open_library(settings, TOKEN) as library,
        TestClient(create_app(library), base_url="http://127.0.0.1", follow_redirects=False) as client,
    ):
        client.library = library
        client.ids = found
        yield client


def finished(client, job_id):
    for _ in range(200):
        job = client.get(f"/api/v1/jobs/{job_id}", headers=CURATOR).json()
        if job["status"] in {"done", "failed"}:
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def indexed(client):
    for _ in range(100):
        if not client.library.catalogue.pending_count():
            return
        time.sleep(0.1)
    raise AssertionError("the background indexer did not catch up")


def hits(client, text, **given):
    return client.get("/api/v1/search", params={"q": text}, **given).json()["hits"]


# Reading


def test_the_list_holds_what_the_caller_may_read(client, ids):
    public = client.get(DOCUMENTS).json()
    assert {item["id"] for item in public["items"]} == {ids.public, ids.hostile}
    assert (public["total"], public["limit"], public["offset"]) == (2, 50, 0)
    assert client.get(DOCUMENTS, headers=headers()).json()["total"] == 3
    assert client.get(DOCUMENTS, params={"q": "供暖"}).json()["total"] == 1
    assert client.get(DOCUMENTS, params={"limit": 1, "offset": 1}).json()["total"] == 2


def test_where_a_file_came_from_is_not_shown(client, ids):
    assert "/资料/" not in client.get(DOCUMENTS, headers=headers()).text
    assert "/资料/" not in client.get(f"{DOCUMENTS}/{ids.public}", headers=headers()).text


@pytest.mark.parametrize("part", ["", "/text", "/original", "/report", "/versions"])
def test_a_document_that_the_caller_may_not_read_does_not_exist(client, ids, part):
    hidden = assert_problem(client.get(f"{DOCUMENTS}/{ids.internal}{part}"), 404, "not_found")
    assert hidden == assert_problem(client.get(f"{DOCUMENTS}/{UNKNOWN}{part}"), 404, "not_found")
    assert client.get(f"{DOCUMENTS}/{ids.internal}{part}", headers=headers("researchers")).status_code == 200


def test_restricted_fields_and_their_characters_are_for_those_who_may_see_them(client, ids):
    path = f"{DOCUMENTS}/{ids.public}"
    names = {field["name"] for field in client.get(path).json()["fields"]}
    assert "document_number" in names
    assert "distribution" not in names
    text = client.get(f"{path}/text").json()["text"]
    assert text == TEXT[:2] + "██" + TEXT[4:]
    assert_problem(client.get(f"{path}/original"), 403, "forbidden")
    full = {field["name"] for field in client.get(path, headers=headers("researchers")).json()["fields"]}
    assert "distribution" in full
    assert client.get(f"{path}/text", headers=CURATOR).json()["text"] == TEXT


def test_the_original_comes_back_as_a_download(client, ids):
    response = client.get(f"{DOCUMENTS}/{ids.public}/original", headers=CURATOR)
    assert content_hash(response.content) == make_draft().sha256
    assert response.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E9%80%9A")


def test_the_report_and_the_versions(client, ids):
    report = client.get(f"{DOCUMENTS}/{ids.public}/report", headers=headers()).json()
    assert report["integrity"]["holds"] is True
    assert report["repairs"][0]["kind"] == "line_join"
    versions = client.get(f"{DOCUMENTS}/{ids.public}/versions").json()
    assert [item["number"] for item in versions["items"]] == [1]
    assert_problem(client.get(f"{DOCUMENTS}/{ids.public}/text", params={"version": 7}), 404, "not_found")


# Changing


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("post", DOCUMENTS, {"files": {"files": ("甲.txt", b"x")}}),
        ("patch", DOCUMENTS + "/{}", {"json": {"kind": "course"}}),
        ("delete", DOCUMENTS + "/{}", {}),
        ("post", DOCUMENTS + "/{}/restore", {}),
        ("get", "/api/v1/jobs", {}),
        ("get", "/api/v1/jobs/x", {}),
        ("get", "/api/v1/jobs/x/events", {}),
    ],
)
@pytest.mark.parametrize("groups", [None, ("public",), ("researchers",)])
def test_only_curators_change_the_library(client, ids, method, path, given, groups):
    credentials = headers(*groups) if groups else {}
    response = getattr(client, method)(path.format(ids.public), headers=credentials, **given)
    assert_problem(response, 403, "forbidden")


def test_a_wrong_token_is_refused(client):
    response = client.get(DOCUMENTS, headers={"Authorization": "Bearer 令牌".encode()})
    assert_problem(response, 403, "forbidden")


def test_an_uploaded_file_becomes_searchable(changing):
    body = "关于开展河湖巡护的通知\n一、巡护安排\n每月逢五组织志愿者巡护河岸，登记漂浮物数量。\n".encode("gb18030")
    files = [("files", ("巡护通知.txt", body)), ("files", ("..\\..\\空.txt", b""))]
    response = changing.post(DOCUMENTS, files=files, data={"readers": "lecturers"}, headers=CURATOR)
    assert response.status_code == 202
    job = finished(changing, response.json()["job_id"])
    outcomes = {item["path"].rsplit("/", 1)[-1]: item for item in job["outcomes"]}
    assert (job["status"], job["done"], job["total"]) == ("done", 2, 2)
    assert outcomes["巡护通知.txt"]["outcome"] == "indexed"
    assert outcomes["空.txt"]["outcome"] != "indexed"
    assert outcomes["空.txt"]["reason"]
    indexed(changing)
    assert hits(changing, "“登记漂浮物数量”", headers=headers("lecturers"))
    assert hits(changing, "“登记漂浮物数量”") == []
    assert list((changing.library.settings.data_dir / "uploads").iterdir()) == []
    events = changing.get(f"/api/v1/jobs/{job['id']}/events", headers=CURATOR)
    assert events.text.startswith("event: done\ndata: {")
    assert changing.get("/api/v1/jobs", headers=CURATOR).json()["total"] == 1


def test_an_upload_without_files_is_a_problem(client):
    assert_problem(client.post(DOCUMENTS, data={"kind": "policy"}, headers=CURATOR), 422, "invalid_input")


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(client, monkeypatch):
    monkeypatch.setattr(guard, "UPLOAD_BYTES", 1000)
    response = client.post(DOCUMENTS, files={"files": ("大.txt", b"x" * 100_000)}, headers=CURATOR)
    assert_problem(response, 413, "too_large")


def test_an_upload_that_does_not_say_its_length_is_cut_off(client, monkeypatch):
    monkeypatch.setattr(guard, "UPLOAD_BYTES", 1000)

    def chunks():
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 10_000
        yield b"\r\n--b--\r\n"

    given = {**CURATOR, "Content-Type": "multipart/form-data; boundary=b"}
    assert_problem(client.post(DOCUMENTS, content=chunks(), headers=given), 413, "too_large")


def test_other_bodies_have_a_small_limit(client):
    body = io.BytesIO(b'{"question": "' + b"x" * 2_000_000 + b'"}')
    response = client.post("/api/v1/answers", content=body.read(), headers={"Content-Type": "application/json"})
    assert_problem(response, 413, "too_large")


def test_narrowed_readers_take_effect_at_once(changing):
    identifier = changing.ids.public
    assert hits(changing, "“压实属地责任”")
    changed = changing.patch(f"{DOCUMENTS}/{identifier}", json={"readers": ["curators"]}, headers=CURATOR)
    assert changed.json()["readers"] == ["curators"]
    assert hits(changing, "“压实属地责任”") == []
    assert_problem(changing.get(f"{DOCUMENTS}/{identifier}"), 404, "not_found")
    indexed(changing)
    assert hits(changing, "“压实属地责任”", headers=CURATOR)


@pytest.mark.parametrize("body", [{"readers": []}, {"readers": [""]}, {"kind": "novel"}, {"titel": "x"}])
def test_a_change_that_makes_no_sense_is_a_problem(client, ids, body):
    assert_problem(client.patch(f"{DOCUMENTS}/{ids.public}", json=body, headers=CURATOR), 422, "invalid_input")


def test_the_trash_is_for_curators_and_can_be_undone(changing):
    path = f"{DOCUMENTS}/{changing.ids.public}"
    assert changing.delete(path, headers=CURATOR).status_code == 204
    assert_problem(changing.get(path), 404, "not_found")
    assert_problem(changing.get(f"{path}/text"), 404, "not_found")
    assert hits(changing, "“压实属地责任”") == []
    assert changing.get(DOCUMENTS, params={"status": "trashed"}).json()["total"] == 0
    trash = changing.get(DOCUMENTS, params={"status": "trashed"}, headers=headers("public", "curators")).json()
    assert [item["id"] for item in trash["items"]] == [changing.ids.public]
    restored = changing.post(f"{path}/restore", headers=headers("public", "curators")).json()
    assert restored["status"] == "active"
    indexed(changing)
    assert hits(changing, "“压实属地责任”")
