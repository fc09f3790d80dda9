"""References over HTTP, on pages and from the command line."""

import pytest

from api.references import Reference
from corpus.settings import Settings
from search.references import Style
from tests.api.conftest import fill, headers
from tests.api.lunku import lunku, lunku_json
from tests.api.problems import assert_problem
from tests.api.test_pages import Page

TITLE = "关于做好冬季供暖工作的通知"


def address(document_id):
    return f"/api/v1/documents/{document_id}/references"


@pytest.mark.parametrize("style", Style)
def test_a_document_has_a_reference_in_every_style(client, ids, style):
    body = client.get(address(ids.public), params={"style": style}).json()
    assert set(body) == set(Reference.__dataclass_fields__)
    assert (body["document_id"], body["version"], body["passage_id"], body["style"]) == (ids.public, 1, None, style)
    assert TITLE in body["text"]
    assert body["citation"].startswith(f"《{TITLE}》")


def test_a_passage_is_cited_with_its_page(client, library, ids):
    [passage, *_] = library.catalogue.passages_of(library.catalogue.version(ids.public).id)
    body = client.get(address(ids.public), params={"passage": passage.id}).json()
    assert body["passage_id"] == passage.id
    assert body["text"].endswith(f": {passage.page}.") == (passage.page is not None)


def test_the_line_under_a_hit_and_the_reference_have_one_source(client, ids):
    hit = client.get("/api/v1/search", params={"q": "“民生优先”"}).json()["hits"][0]
    body = client.get(address(hit["document_id"]), params={"passage": hit["passage_id"]}).json()
    assert body["citation"] == hit["citation"]


def test_what_cannot_be_cited_is_a_problem(client, ids):
    assert_problem(client.get(address(ids.internal)), 404, "not_found")
    assert client.get(address(ids.internal), headers=headers("researchers")).status_code == 200
    assert_problem(client.get(address(ids.public), params={"passage": "p"}), 404, "not_found")
    assert_problem(client.get(address(ids.public), params={"style": "apa"}), 422, "invalid_input")


def test_hits_and_documents_lead_to_the_reference(client, ids):
    for page in ("/?q=“民生优先”", f"/documents/{ids.public}"):
        [link, *_] = [item["href"] for item in Page(client.get(page).text).all("a") if "references" in item["href"]]
        shown = client.get(link)
        assert shown.status_code == 200
        assert shown.text.count('class="copyable"') == 4
        assert "缺：" not in shown.text
    assert "缺：主要责任者、日期" in client.get(f"/documents/{ids.hostile}/references").text
    assert client.get(f"/documents/{ids.internal}/references").status_code == 404
    assert "<b>混入</b>" not in client.get(f"/documents/{ids.hostile}/references").text


def test_cite_prints_the_reference(tmp_path):
    data_dir = tmp_path / "data"
    ids = fill(Settings(data_dir=data_dir))
    shown = lunku(data_dir, "cite", ids.public)
    assert TITLE in shown.stdout
    assert shown.stdout.count("\n") == 1
    assert "缺：出版地" in lunku(data_dir, "cite", ids.internal).stderr
    assert lunku(data_dir, "cite", ids.public, "--style", "bibtex").stdout.startswith("@misc{")
    assert lunku_json(data_dir, "cite", ids.public, "--style", "ris")["text"].startswith("TY  - ")
    assert "bibtex" in lunku(data_dir, "cite", ids.public, "--style", "apa", code=1).stderr
    assert "没有这份文档" in lunku(data_dir, "cite", ids.internal, "--as", "public", code=1).stderr
