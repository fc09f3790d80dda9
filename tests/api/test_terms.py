"""The term base by HTTP, on the pages and on the command line, and what a change does to the index."""

import pytest

from api.library import open_index
from corpus.catalogue import Catalogue
from corpus.settings import load_settings
from search.results import SearchRequest
from tests.api.conftest import headers
from tests.api.lunku import lunku, lunku_json, served, wait_until, write_files

CURATOR = headers("curators", "public")
READER = headers("public")


def post(client, path, body, code=201, groups=CURATOR):
    response = client.post(f"/api/v1/terms{path}", json=body, headers=groups)
    assert response.status_code == code, response.text
    return response.json()


def listed(client, groups=READER, **query):
    return [item["text"] for item in client.get("/api/v1/terms", params=query, headers=groups).json()["items"]]


def test_a_term_is_added_changed_and_rejected(client):
    added = post(client, "", {"text": " 坝坝会 ", "aliases": ["院坝会", "坝坝会", ""], "category": "宣讲"})
    assert added == {
        "text": "坝坝会",
        "aliases": ["院坝会"],
        "category": "宣讲",
        "replaced_by": "",
        "status": "accepted",
        "source": "manual",
        "occurrences": 0,
    }
    assert listed(client, q="院坝") == ["坝坝会"]
    changed = client.patch("/api/v1/terms/坝坝会", json={"status": "rejected"}, headers=CURATOR).json()
    assert (changed["status"], changed["aliases"]) == ("rejected", ["院坝会"])
    assert listed(client, q="院坝") == []
    assert listed(client, CURATOR, q="院坝", status="rejected") == ["坝坝会"]


def test_a_shipped_term_can_be_rejected_and_comes_back(client):
    for status, seen in (("rejected", []), ("accepted", ["百姓名嘴"])):
        client.patch("/api/v1/terms/百姓名嘴", json={"status": status}, headers=CURATOR)
        assert listed(client, q="百姓名嘴") == seen


@pytest.mark.parametrize(
    ("body", "code"), [({"text": " "}, 422), ({"text": "长" * 61}, 422), ({"text": "——"}, 422), ({"aliases": []}, 422)]
)
def test_what_cannot_be_a_term_is_refused(client, body, code):
    post(client, "", body, code)


def test_only_curators_change_terms_or_see_candidates(client):
    for path, body in (("", {"text": "坝坝会"}), ("/candidates", {})):
        assert post(client, path, body, 403, READER)["code"] == "forbidden"
    assert client.patch("/api/v1/terms/百姓名嘴", json={"status": "rejected"}, headers=READER).status_code == 403
    post(client, "/candidates", {}, 200)
    assert listed(client, status="candidate") == []
    assert client.patch("/api/v1/terms/没有的", json={}, headers=CURATOR).status_code == 404


def test_the_page_lets_curators_decide(client):
    page = client.get("/terms", headers=CURATOR)
    assert "添加术语" in page.text
    assert "添加术语" not in client.get("/terms", headers=READER).text
    data = {"text": "<b>夜谈</b>会", "aliases": "夜谈、夜话"}
    place = client.post("/terms", data=data, headers=CURATOR).headers["location"]
    shown = client.get(place, headers=CURATOR).text
    assert "&lt;b&gt;夜谈&lt;/b&gt;会" in shown
    assert "<b>夜谈" not in shown
    assert client.post("/terms", data={"text": "—"}, headers=CURATOR).status_code == 422
    decided = {"text": "<b>夜谈</b>会", "status": "rejected", "back": "https://example.org/terms"}
    assert client.post("/terms/decide", data=decided, headers=CURATOR).headers["location"] == "/terms"


def words_of(settings, text):
    with Catalogue.open(settings.catalogue_url) as catalogue, open_index(settings, catalogue) as index:
        return index.searcher.search(SearchRequest(text), frozenset({"public"})).query.terms


def test_the_command_line_changes_terms_and_the_index_follows(tmp_path):
    data_dir = tmp_path / "data"
    lunku(data_dir, "ingest", write_files(tmp_path / "files"), code=1)
    settings = load_settings(data_dir)
    with Catalogue.open(settings.catalogue_url) as catalogue:
        before = {item.id: item.updated_at for item in catalogue.documents()[0]}
    added = lunku_json(data_dir, "terms", "add", "河湖巡护", "--alias", "护河")
    assert added["terms"][0]["status"] == "accepted"
    with Catalogue.open(settings.catalogue_url) as catalogue:
        assert catalogue.pending_count() == 0
        assert catalogue.is_cut_by(catalogue.term_base().accepted.folded_names)
        assert {item.id: item.updated_at for item in catalogue.documents()[0]} == before
    assert "河湖巡护" in words_of(settings, "河湖巡护")
    assert lunku_json(data_dir, "terms", "list", "护河")["total"] == 1
    lunku(data_dir, "terms", "reject", "河湖巡护")
    assert "河湖巡护" not in words_of(settings, "河湖巡护")
    assert lunku_json(data_dir, "terms", "accept", "没有的", code=1)["error"]["code"] == "not_found"
    assert "candidates" in lunku_json(data_dir, "terms", "discover")


def test_a_running_server_follows(tmp_path):
    data_dir = tmp_path / "data"
    lunku(data_dir, "ingest", write_files(tmp_path / "files"), code=1)
    with served(data_dir):
        lunku(data_dir, "terms", "add", "河湖巡护")
        wait_until(lambda: "河湖巡护" in lunku_json(data_dir, "search", "河湖巡护")["query"]["terms"])
