import json

import pytest

from search.results import Answer, Citation, Hit, Locator, SearchResult
from tests.api.conftest import headers
from tests.api.problems import assert_problem

SEARCH = "/api/v1/search"
ANSWERS = "/api/v1/answers"


def names(record):
    return set(record.__dataclass_fields__)


def test_a_hit_has_the_documented_shape(client, ids):
    body = client.get(SEARCH, params={"q": "压实属地责任"}).json()
    assert set(body) == names(SearchResult) == {"query", "total", "took_ms", "hits", "facets"}
    hit = body["hits"][0]
    assert set(hit) == names(Hit)
    assert set(hit["locator"]) == names(Locator)
    assert (hit["document_id"], hit["title"], hit["kind"]) == (ids.public, "关于做好冬季供暖工作的通知", "policy")
    assert hit["issued_on"] == "2022-10-08"
    start, end = hit["highlights"][0]
    assert hit["text"][start:end] in "压实属地责任"
    assert set(body["facets"]) >= {"kind", "organization", "year"}


def test_chinese_is_not_escaped(client):
    assert "供暖" in client.get(SEARCH, params={"q": "供暖"}).text


@pytest.mark.parametrize("groups", [None, ("public",), ("lecturers",), ("instructors", "讲师团")])
def test_an_internal_document_is_not_found_by_others(client, ids, groups):
    credentials = headers(*groups) if groups else {}
    body = client.get(SEARCH, params={"q": "“板凳课堂”"}, headers=credentials).json()
    assert (body["hits"], body["total"]) == ([], 0)
    assert ids.internal not in client.get(SEARCH, params={"q": "板凳课堂 晒谷场"}, headers=credentials).text


@pytest.mark.parametrize("groups", [(), ("researchers",), ("curators",)])
def test_an_internal_document_is_found_by_its_readers(client, ids, groups):
    body = client.get(SEARCH, params={"q": "“板凳课堂”"}, headers=headers(*groups)).json()
    assert {hit["document_id"] for hit in body["hits"]} == {ids.internal}


def test_filters_narrow(client, ids):
    def found(**given):
        body = client.get(SEARCH, params={"q": "供暖 宣讲员", **given}, headers=headers()).json()
        return {hit["document_id"] for hit in body["hits"]}

    assert ids.internal in found(kind="research")
    assert ids.public not in found(kind="research")
    assert found(date_from="2023-01-01") == set()
    assert ids.public in found(organization="松江市人民政府办公室", date_to="2022-12-31", year="2022")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "invalid_input"),
        ({"q": "供暖", "mode": "magic"}, "invalid_input"),
        ({"q": "供暖", "kind": "novel"}, "invalid_input"),
        ({"q": "供暖", "limit": "0"}, "invalid_input"),
        ({"q": "供暖", "limit": "很多"}, "invalid_input"),
        ({"q": "供暖", "year": "去年"}, "invalid_input"),
        ({"q": "   "}, "invalid_query"),
        ({"q": "供暖", "date_from": "昨天"}, "invalid_query"),
    ],
)
def test_a_search_that_cannot_be_understood_is_a_problem(client, given, code):
    body = assert_problem(client.get(SEARCH, params=given), 422, code)
    if code == "invalid_input":
        assert body["errors"][0]["field"] in body["detail"]


def test_pages_do_not_overlap_and_share_their_total(client):
    first = client.get(SEARCH, params={"q": "供暖", "limit": 1}).json()
    second = client.get(SEARCH, params={"q": "供暖", "limit": 1, "offset": 1}).json()
    assert first["total"] == second["total"]
    assert first["hits"][0]["passage_id"] != second["hits"][0]["passage_id"]


def test_group_by_document_gives_each_document_once(client):
    body = client.get(SEARCH, params={"q": "供暖", "group": "document", "limit": 50}, headers=headers()).json()
    found = [hit["document_id"] for hit in body["hits"]]
    assert len(found) == len(set(found)) > 0


# Answers


def test_an_answer_quotes_its_source(client, library):
    body = client.post(ANSWERS, json={"question": "冬季供暖要压实什么责任？"}).json()
    assert set(body) == names(Answer)
    for sentence in body["sentences"]:
        for citation in sentence["citations"]:
            assert set(citation) == names(Citation)
            text = library.catalogue.version(citation["document_id"]).text
            locator = citation["locator"]
            assert text[locator["start"] : locator["end"]] == citation["quote"]


def test_what_the_reader_may_not_see_is_not_answered(client, ids):
    response = client.post(ANSWERS, json={"question": "宣讲员把凳子搬到哪里？"})
    assert ids.internal not in response.text
    assert "晒谷场" not in response.text


def test_an_answer_can_be_streamed(client):
    question = {"question": "冬季供暖要压实什么责任？"}
    whole = client.post(ANSWERS, json=question).json()
    response = client.post(ANSWERS, json={**question, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in part.splitlines()) for part in response.text.strip().split("\n\n")]
    assert [item["event"] for item in events] == ["sources", *["sentence"] * len(whole["sentences"]), "done"]
    assert [json.loads(item["data"]) for item in events[1:-1]] == whole["sentences"]
    assert json.loads(events[-1]["data"])["status"] == whole["status"]


def test_an_error_after_the_stream_began_is_an_event(client):
    response = client.post(ANSWERS, json={"question": "。。。", "stream": True})
    assert response.text.startswith("event: error\n")
    assert json.loads(response.text.split("data: ")[1])["code"] == "invalid_query"


@pytest.mark.parametrize(
    "body", [{}, {"question": "问" * 501}, {"question": 5}, [], {"question": "甲", "stream": "也许"}]
)
def test_a_malformed_question_is_a_problem(client, body):
    assert_problem(client.post(ANSWERS, json=body), 422, "invalid_input")


def test_a_body_that_is_no_json_is_a_problem(client):
    response = client.post(ANSWERS, content=b"{", headers={"Content-Type": "application/json"})
    assert_problem(response, 422, "invalid_input")


# Everything else under /api


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/search", "/api/"])
def test_an_unknown_address_is_a_problem(client, path):
    assert_problem(client.get(path), 404, "not_found")


def test_a_wrong_method_is_a_problem(client):
    assert_problem(client.delete(SEARCH), 405, "method_not_allowed")


def test_terms_are_listed_and_searched(client):
    body = client.get("/api/v1/terms", params={"limit": 3}).json()
    assert len(body["items"]) == 3
    assert body["total"] > 3
    one = body["items"][0]["text"]
    found = client.get("/api/v1/terms", params={"q": one}).json()
    assert any(term["text"] == one for term in found["items"])


def test_health(client):
    assert client.get("/api/v1/health/live").json() == {"status": "ok"}
    ready = client.get("/api/v1/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.json()["pending"]) == (200, "ok", 0)


def test_every_operation_is_documented(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/search", "/api/v1/answers", "/api/v1/documents/{document_id}/report"} <= set(paths)
    assert all(operation.get("description") for path in paths.values() for operation in path.values())


def test_completions_and_corrections(client):
    found = client.get("/api/v1/suggest", params={"q": "banzhang kt"}, headers=headers("public")).json()
    assert found == {"completions": [], "corrected": None}
    found = client.get("/api/v1/suggest", params={"q": "bandengketang"}, headers=headers("researchers")).json()
    assert found["completions"] == [{"text": "板凳课堂调研", "origin": "title"}]
    assert client.get("/api/v1/suggest", params={"q": "bandengketang"}, headers=headers("public")).json() == {
        "completions": [],
        "corrected": None,
    }
