from io import BytesIO, TextIOWrapper

import pytest
from docx import Document

from api.quote_report import MEDIA_TYPE
from corpus.settings import Settings
from search.quotation.findings import Finding, QuoteCheck
from search.results import Citation
from tests.api.conftest import fill, headers
from tests.api.lunku import lunku, lunku_json
from tests.api.problems import assert_problem
from tests.api.test_pages import Page

CHECKS = "/api/v1/quote-checks"
DRAFT = "通知指出，“坚持民生优先，压实属地责任”。又说“坚持民生优先，落实属地责任”。"
INTERNAL = "“宣讲员把凳子搬到晒谷场上，讲清政策怎么落到户”"


def names(record):
    return set(record.__dataclass_fields__)


def test_findings_have_the_documented_shape(client, library, ids):
    body = client.post(CHECKS, json={"text": DRAFT}).json()
    assert set(body) == names(QuoteCheck)
    assert [item["verdict"] for item in body["findings"]] == ["exact", "altered"]
    assert body["summary"] == {"exact": 1, "altered": 1, "misattributed": 0, "spliced": 0, "not_found": 0}
    for item in body["findings"]:
        assert set(item) == names(Finding)
        assert set(item["source"]) == names(Citation)
        assert DRAFT[item["start"] : item["end"]] == item["text"]
        locator = item["source"]["locator"]
        stored = library.catalogue.version(ids.public).text
        assert stored[locator["start"] : locator["end"]] == item["source"]["quote"]
    changed = [step for step in body["findings"][1]["diff"] if step["op"] != "equal"]
    assert changed == [{"op": "replace", "draft": "落", "source": "压"}]


@pytest.mark.parametrize("name", ["文稿.txt", "文稿.md", "文稿"])
def test_a_file_is_checked_like_its_text(client, name):
    response = client.post(CHECKS, files={"file": (name, DRAFT.encode("gb18030"), "application/octet-stream")})
    assert response.json() == client.post(CHECKS, json={"text": DRAFT}).json()


def test_what_markdown_sets_off_is_checked_however_it_is_sent(client):
    text = "通知原文：\n\n> 坚持民生优先，压实属地责任\n\n以上。"
    sent = client.post(CHECKS, files={"file": ("文稿.md", text.encode())}).json()["findings"]
    assert [item["verdict"] for item in sent] == ["exact"]
    plain = "通知原文：\n坚持民生优先，压实属地责任\n以上。"
    given = client.post(CHECKS, json={"text": plain, "blocks": [[6, 19]]}).json()["findings"]
    assert [item["text"] for item in given] == ["坚持民生优先，压实属地责任"]
    assert client.post(CHECKS, json={"text": plain}).json()["findings"] == []


def test_what_the_caller_may_not_read_is_not_found(client, ids):
    response = client.post(CHECKS, json={"text": INTERNAL})
    assert [item["verdict"] for item in response.json()["findings"]] == ["not_found"]
    assert ids.internal not in response.text
    found = client.post(CHECKS, json={"text": INTERNAL}, headers=headers("researchers")).json()["findings"]
    assert [item["source"]["document_id"] for item in found] == [ids.internal]


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": {}}, 422, "invalid_input"),
        ({"json": {"text": 5}}, 422, "invalid_input"),
        ({"json": {"text": "文", "files": []}}, 422, "invalid_input"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "invalid_input"),
        ({"json": {"text": "文" * 50_001}}, 413, "too_large"),
        ({"files": {"draft": ("a.txt", b"abc")}}, 422, "invalid_input"),
        ({"files": {"file": ("a.gif", b"GIF89a" + b"\0" * 40)}}, 422, "unsupported_file"),
        ({"files": {"file": ("a.txt", b"")}}, 422, "damaged_file"),
    ],
)
def test_what_cannot_be_checked_is_a_problem(client, request_, status, code):
    assert_problem(client.post(CHECKS, **request_), status, code)


def test_a_word_draft_comes_back_with_comments(client, tmp_path):
    path = tmp_path / "文稿.docx"
    document = Document()
    document.add_paragraph(DRAFT)
    document.save(path)
    response = client.post(f"{CHECKS}/report", files={"file": ("文稿.docx", path.read_bytes())})
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["cache-control"] == "no-store"
    report = Document(BytesIO(response.content))
    assert report.paragraphs[0].text == DRAFT
    notes = [comment.text for comment in report.comments]
    assert notes[0].startswith("1. 与原文一致\n出处：《关于做好冬季供暖工作的通知》（")
    assert "原文“压”，文稿作“落”" in notes[1]
    pasted = client.post(f"{CHECKS}/report", json={"text": DRAFT})
    assert [comment.text for comment in Document(BytesIO(pasted.content)).comments] == notes


def test_the_report_tells_only_what_the_caller_may_read(client, ids):
    report = Document(BytesIO(client.post(f"{CHECKS}/report", json={"text": INTERNAL}).content))
    [comment] = report.comments
    assert comment.text.startswith("1. 馆藏未见")
    assert "板凳课堂" not in comment.text


def test_the_check_is_documented_with_both_bodies(client):
    operation = client.get("/api/v1/openapi.json").json()["paths"][CHECKS]["post"]
    assert set(operation["requestBody"]["content"]) == {"application/json", "multipart/form-data"}


# The page


def test_the_page_is_linked_and_its_fields_have_labels(client):
    assert "/quotes" in {item.get("href") for item in Page(client.get("/").text).all("a")}
    page = Page(client.get("/quotes").text)
    [form] = page.all("form")
    assert (form["action"], form["method"], form["enctype"]) == ("/quotes", "post", "multipart/form-data")
    assert len(page.all("label")) == 2
    assert not page.all("script")


def test_findings_are_shown_with_badge_difference_and_place(client, ids):
    response = client.post("/quotes", data={"text": DRAFT + "“滩涂上留下许多不知名的贝壳”"})
    page = Page(response.text)
    assert response.status_code == 200
    for name in ("与原文一致", "与原文有出入", "馆藏未见"):
        assert name in page.text
    assert "<del>压</del><ins>落</ins>" in response.text
    assert any(f"/documents/{ids.public}?" in item.get("href", "") for item in page.all("a"))
    assert DRAFT in page.text, "the draft stays in the form"


def test_a_file_may_be_uploaded_on_the_page(client):
    response = client.post("/quotes", data={"text": ""}, files={"file": ("文稿.txt", DRAFT.encode())})
    assert "与原文有出入" in response.text


def test_the_page_offers_the_report_for_download(client):
    page = Page(client.get("/quotes").text)
    [address] = [item["formaction"] for item in page.all("button") if "formaction" in item]
    response = client.post(address, data={"text": DRAFT})
    assert response.headers["content-type"] == MEDIA_TYPE
    assert len(list(Document(BytesIO(response.content)).comments)) == 2
    refused = client.post(address, data={"text": " "})
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)


def test_a_draft_is_shown_as_text(client):
    hostile = "</textarea><script>alert(1)</script>“<img src=x onerror=alert(1)>这样的混入文字甲乙”"
    page = Page(client.post("/quotes", data={"text": hostile}).text)
    assert not page.all("script")
    assert not page.all("img")


@pytest.mark.parametrize("given", [{"data": {"text": "  "}}, {"files": {"file": ("a.txt", b"")}}])
def test_an_empty_draft_is_explained_on_the_page(client, given):
    response = client.post("/quotes", **given)
    assert response.status_code == 422
    assert 'role="alert"' in response.text


# The command


def test_check_quotes_over_files_and_standard_input(tmp_path, monkeypatch):
    data_dir = tmp_path / "data"
    fill(Settings(data_dir=data_dir))
    draft = tmp_path / "文稿.txt"
    draft.write_text(DRAFT + INTERNAL, encoding="utf-8")
    found = lunku_json(data_dir, "check-quotes", draft)
    assert [item["verdict"] for item in found["findings"]] == ["exact", "altered", "exact"]
    public = lunku_json(data_dir, "check-quotes", draft, "--as", "public")
    assert public["summary"]["not_found"] == 1
    shown = lunku(data_dir, "check-quotes", draft).stdout
    assert "［-压-］［+落+］" in shown
    assert "关于做好冬季供暖工作的通知" in shown
    report = tmp_path / "报告.docx"
    lunku(data_dir, "check-quotes", draft, "--output", report)
    assert len(list(Document(report).comments)) == 3
    for refused in (draft, tmp_path / "报告.pdf", tmp_path / "没有" / "报告.docx"):
        assert "错误" in lunku(data_dir, "check-quotes", draft, "--output", refused, code=1).stderr
    assert draft.read_text(encoding="utf-8") == DRAFT + INTERNAL
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO((DRAFT + INTERNAL).encode())))
    assert lunku_json(data_dir, "check-quotes", "-") == found
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(DRAFT.encode("gb18030"))))
    assert "UTF-8" in lunku(data_dir, "check-quotes", "-", code=1).stderr
    assert "错误" in lunku(data_dir, "check-quotes", tmp_path / "没有.txt", code=1).stderr
