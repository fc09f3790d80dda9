"""The ingest report and corrections: over HTTP, on the page and on the command line."""

import pytest

from api import wording
from corpus.fields import FIELD_TYPES
from tests.api.conftest import headers
from tests.api.lunku import lunku, lunku_json, write_files
from tests.api.problems import assert_problem
from tests.api.test_http_documents import DOCUMENTS, changing, hits, indexed

CURATOR = headers("curators")

__all__ = ["changing"]


def report(client, identifier, **given):
    response = client.get(f"{DOCUMENTS}/{identifier}/report", **given)
    assert response.status_code == 200, response.text
    return response.json()


def test_every_field_has_a_name_of_its_own():
    assert set(FIELD_TYPES) <= set(wording.FIELDS)
    assert len(set(wording.CORRECTABLE.values())) == len(wording.CORRECTABLE)


def test_the_report_says_where_each_value_was_read(client, ids):
    found = report(client, ids.public)
    fields = {item["name"]: item for item in found["fields"]}
    assert fields["organization"] == {
        "name": "organization",
        "label": "机关或单位",
        "value": "松江市人民政府办公室",
        "confidence": 0.9,
        "restricted": False,
        "corrected": False,
        "sources": [{"start": 0, "end": 2, "page": 1, "paragraph": 1, "text": "关于"}],
    }
    assert found["kind_reasons"] == ["有发文字号"]
    assert found["missing_fields"] == ["title", "document_type"]
    assert found["integrity"]["holds"]
    assert found["removals"] == [{"kind": "page_number", "at": 9, "original": "— 1 —", "page": 1}]


def test_restricted_fields_their_repairs_and_the_history_are_kept_back(client, ids):
    """The repair of the sample lies next to the distribution list's characters."""
    public, staff = report(client, ids.public), report(client, ids.public, headers=headers("researchers"))
    assert "distribution" not in {item["name"] for item in public["fields"]}
    assert "distribution" in {item["name"] for item in staff["fields"]}
    assert public["repairs"] == []
    [repair] = staff["repairs"]
    assert (repair["before"], repair["after"], repair["original"]) == (
        "关于做↵好冬季供暖工作的通知",
        "关于做好冬季供暖工作的通知",
        "\n",
    )


def test_a_correction_reaches_search_and_can_be_undone(changing):
    path = f"{DOCUMENTS}/{changing.ids.public}"
    body = {"fields": {"organization": "松江市教育局", "copies": None}, "title": "冬季供暖通知"}
    changed = changing.patch(path, json=body, headers=CURATOR)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["organization"], changed.json()["title"]) == ("松江市教育局", "冬季供暖通知")
    indexed(changing)
    found = changing.get("/api/v1/search", params={"q": "供暖", "organization": "松江市教育局"}).json()["hits"]
    assert {item["title"] for item in found} == {"冬季供暖通知"}

    seen = report(changing, changing.ids.public, headers=CURATOR)
    fields = {item["name"]: item for item in seen["fields"]}
    assert (fields["organization"]["corrected"], fields["organization"]["sources"]) == (True, [])
    assert "copies" not in fields
    assert {item["author"] for item in seen["corrections"]} == {"数据目录所有者"}
    assert report(changing, changing.ids.public)["corrections"] == []

    [wrong] = [item for item in seen["corrections"] if item["name"] == "organization"]
    undone = changing.delete(f"{path}/corrections/{wrong['id']}", headers=CURATOR)
    assert undone.json()["organization"] == "松江市人民政府办公室"
    assert_problem(changing.delete(f"{path}/corrections/{wrong['id']}", headers=CURATOR), 404, "not_found")
    indexed(changing)
    assert {item["organization"] for item in hits(changing, "供暖")} == {"松江市人民政府办公室"}


def test_only_curators_correct_and_only_what_there_is(changing):
    path = f"{DOCUMENTS}/{changing.ids.public}"
    body = {"fields": {"organization": "甲"}}
    assert_problem(changing.patch(path, json=body, headers=headers("researchers")), 403, "forbidden")
    assert_problem(changing.delete(f"{path}/corrections/1", headers=headers("researchers")), 403, "forbidden")
    assert_problem(changing.patch(path, json={"fields": {"颜色": "红"}}, headers=CURATOR), 422, "invalid_field")
    assert_problem(changing.patch(path, json={"fields": {"issued_on": "去年"}}, headers=CURATOR), 422, "invalid_field")


def test_the_page_shows_the_report_and_corrects(changing):
    page = f"/documents/{changing.ids.public}"
    public = changing.get(f"{page}/report")
    assert public.status_code == 200
    assert "原文一字未失" in public.text
    assert "更正" not in public.text
    assert "市委办公室" not in public.text
    form = {"name": "issued_on", "value": "2022年11月9日"}
    assert changing.post(f"{page}/corrections", data=form).status_code == 403
    done = changing.post(f"{page}/corrections", data=form, headers=CURATOR)
    assert (done.status_code, done.headers["location"]) == (303, f"{page}/report")
    shown = changing.get(f"{page}/report", headers=CURATOR).text
    assert "2022-11-09" in shown
    assert "人工更正" in shown
    [number] = [item["id"] for item in report(changing, changing.ids.public, headers=CURATOR)["corrections"]]
    assert changing.post(f"{page}/corrections/{number}/undo", headers=CURATOR).status_code == 303
    assert "2022-10-08" in changing.get(f"{page}/report", headers=CURATOR).text
    assert changing.get(f"/documents/{changing.ids.internal}/report").status_code == 404


@pytest.fixture
def taken_in(tmp_path):
    write_files(tmp_path / "files")
    lunku(tmp_path / "data", "ingest", tmp_path / "files", code=1)
    return tmp_path / "data"


def test_the_command_line_reports_corrects_and_undoes(taken_in):
    [found] = lunku_json(taken_in, "documents", "list", "巡护")["items"]
    read = lunku_json(taken_in, "documents", "report", found["id"])
    assert read["kind"] == "policy"
    assert all(item["sources"][0]["text"] for item in read["fields"] if item["sources"])
    changed = lunku_json(
        taken_in, "documents", "set", found["id"], "成文日期=2023.4.7", "authors=方白；柳青", "--by", "古月"
    )
    assert changed["issued_on"] == "2023-04-07"
    corrections = lunku_json(taken_in, "documents", "report", found["id"])["corrections"]
    assert {(item["name"], item["author"]) for item in corrections} == {("issued_on", "古月"), ("authors", "古月")}
    text = lunku(taken_in, "documents", "report", found["id"]).stdout
    assert "人工更正" in text
    [number] = [item["id"] for item in corrections if item["name"] == "issued_on"]
    assert lunku_json(taken_in, "documents", "undo", found["id"], number)["issued_on"] == "2023-03-06"
    assert lunku_json(taken_in, "documents", "set", found["id"], "成文日期", code=1)["error"]["code"] == "invalid_field"
