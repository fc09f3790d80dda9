import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from api.http.pages.rendering import moment
from tests.api.conftest import HOSTILE, headers
from tests.corpus.drafts import TEXT

CURATOR = headers("public", "curators")


class Page(HTMLParser):
    """Tags with their attributes, and the text of ``<mark>`` and of the whole page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.marks, self.text, self._in_mark = [], [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._in_mark = tag == "mark"

    def handle_data(self, data):
        self.text += data
        if self._in_mark:
            self.marks.append(data)
        self._in_mark = False

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def foreign_scripts(self):
        """Scripts that are not files of ours: the policy of every response runs no others."""
        return [item for item in self.all("script") if not item.get("src", "").startswith("/static/")]


def get(client, path, status=200, **given):
    response = client.get(path, **given)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return Page(response.text)


PATHS = [
    "/",
    "/?q=供暖",
    "/?q=绝无此词汇甲乙丙",
    "/?q=。",
    "/ask",
    "/ask?q=冬季供暖要压实什么责任？",
    "/documents",
    "/nothing",
]


@pytest.mark.parametrize("path", PATHS)
def test_pages_need_nothing_from_elsewhere(client, path):
    page = Page(client.get(path).text)
    addresses = [
        attributes[name] for _, attributes in page.tags for name in ("src", "href", "action") if name in attributes
    ]
    assert addresses
    assert all(not urlsplit(address).netloc for address in addresses)
    assert page.foreign_scripts() == []
    assert not [attributes for _, attributes in page.tags if "style" in attributes]
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert page.all("meta")[1]["name"] == "viewport"
    for attributes in page.all("input"):
        if attributes.get("type") == "hidden":
            continue
        assert attributes.get("aria-label") or attributes["name"] in {
            "organization",
            "course",
            "project",
            "year",
            "date_from",
            "date_to",
            "readers",
            "files",
        }, "every field has a label"


def test_hits_are_marked_cited_and_linked_to_their_passage(client, ids):
    page = get(client, "/", params={"q": "压实属地责任"})
    assert "".join(page.marks).count("属地责任") >= 1
    assert "《关于做好冬季供暖工作的通知》（松江市人民政府办公室，松政办发〔2022〕7号，2022年10月8日）" in page.text
    link = next(item["href"] for item in page.all("a") if f"/documents/{ids.public}?" in item["href"])
    reading = get(client, link)
    anchor = link.split("#")[1]
    [target] = [attributes for _, attributes in reading.tags if attributes.get("id") == anchor]
    assert target["class"] == "marked"


def test_recognised_text_is_marked_as_such_wherever_it_is_shown(client, ids):
    [hit] = client.get("/api/v1/search", params={"q": "板凳课堂"}, headers=headers()).json()["hits"][:1]
    assert (hit["document_id"], hit["flags"], hit["confidence"]) == (ids.internal, ["ocr"], 0.934)
    answer = client.post("/api/v1/answers", json={"question": "宣讲员把凳子搬到哪里？"}, headers=headers()).json()
    [citation] = [item for sentence in answer["sentences"] for item in sentence["citations"]][:1]
    assert (citation["flags"], citation["confidence"]) == (["ocr"], 0.934)
    said = "文字识别，可能有误（把握 93%）"
    for path in ("/?q=板凳课堂", "/ask?q=宣讲员把凳子搬到哪里？"):
        assert said in Page(client.get(path, headers=headers()).text).text
    page = Page(client.get(f"/documents/{ids.internal}", headers=headers()).text)
    assert [attributes["title"] for _, attributes in page.tags if "title" in attributes] == [said]
    assert said not in get(client, "/?q=压实属地责任").text


def test_text_from_documents_never_becomes_markup(client, ids):
    for path in ("/?q=混入文字", "/?q=“alert”", "/ask?q=四是提防什么？", "/documents", f"/documents/{ids.hostile}"):
        response = client.get(path, headers=headers())
        page = Page(response.text)
        assert page.foreign_scripts() == []
        assert not page.all("img")
        assert not page.all("b")
        assert not page.all("i")
    assert HOSTILE.strip() in page.text


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "{{ 7 * 7 }}", "' onfocus='alert(1)"])
@pytest.mark.parametrize("path", ["/", "/ask", "/documents"])
def test_what_was_typed_never_becomes_markup(client, path, text):
    page = Page(client.get(path, params={"q": text}).text)
    assert page.foreign_scripts() == []
    assert page.all("input")[0]["value"].strip() == text
    assert not any("onfocus" in attributes for _, attributes in page.tags)


def test_an_empty_result_says_what_to_try(client):
    page = get(client, "/", params={"q": "“绝无此句甲乙丙丁”"})
    assert "没有找到" in page.text
    assert "去掉引号" in page.text


def test_a_query_that_cannot_be_understood_is_explained_on_the_page(client):
    page = get(client, "/", status=422, params={"q": "供暖", "date_from": "昨天"})
    assert "日期" in page.text
    assert page.all("input")[0]["value"] == "供暖"


def test_filters_stay_in_the_form_and_in_the_links(client):
    page = get(client, "/", params={"q": "供暖", "kind": "policy", "date_from": "2022-01-01"})
    assert [item["value"] for item in page.all("option") if "selected" in item] == ["policy"]
    assert next(item for item in page.all("input") if item["name"] == "date_from")["value"] == "2022-01-01"
    assert "open" in page.all("details")[0]


def test_every_filter_narrows_and_can_be_cleared(client):
    chosen = {
        "q": "供暖",
        "organization": "松江市人民政府办公室",
        "year": " 2022年 ",
        "group": "document",
        "sort": "date",
    }
    page = get(client, "/", params=chosen)
    assert "找到 1 份文献" in page.text
    fields = {item["name"]: item.get("value") for item in page.all("input")}
    assert (fields["organization"], fields["year"]) == ("松江市人民政府办公室", "2022年")
    assert {"date", "document"} <= {item["value"] for item in page.all("option") if "selected" in item}
    assert [item["href"] for item in page.all("a") if item["href"].startswith("/?")] == ["/?q=%E4%BE%9B%E6%9A%96"]
    for name, value in (("course", "没有这门课"), ("project", "99ZK999"), ("year", "1999"), ("organization", "某局")):
        assert "没有找到" in get(client, "/", params={"q": "供暖", name: value}).text


def test_a_year_that_is_none_is_explained(client):
    page = get(client, "/", status=422, params={"q": "供暖", "year": "去年"})
    assert "四位数字" in page.text
    assert next(item for item in page.all("input") if item["name"] == "year")["value"] == "去年"


def test_choices_that_people_make_up_are_none(client):
    page = get(client, "/", params={"q": "供暖", "kind": "poem", "sort": "size", "group": "shelf", "mode": "psychic"})
    assert "找到" in page.text
    assert "open" not in page.all("details")[0]


def test_an_abstention_says_so(client):
    page = get(client, "/ask", params={"q": "火星基地的食堂有几个窗口？"})
    assert "未见直接依据" in page.text


def test_the_reading_view_shows_the_whole_text_with_headings(client, ids):
    page = get(client, f"/documents/{ids.public}", headers=headers())
    for line in TEXT.split("\n"):
        assert line in page.text
    assert {"s-0", "s-1"} <= {item.get("id") for item in page.all("h2")}
    assert "原文一字未失" in page.text


def test_the_reading_view_masks_what_the_reader_may_not_see(client, ids):
    page = get(client, f"/documents/{ids.public}")
    assert TEXT[:2] + "██" + TEXT[4:8] in page.text
    assert "市委办公室" not in page.text
    assert not [item for item in page.all("a") if item["href"].endswith("/original")]
    assert "市委办公室" in get(client, f"/documents/{ids.public}", headers=headers("researchers", "public")).text


@pytest.mark.parametrize("path", ["/documents/{}", "/documents/00000000-0000-0000-0000-000000000000", "/jobs/x", "/x"])
def test_errors_are_pages_for_people(client, ids, path):
    page = get(client, path.format(ids.internal), status=403 if "jobs" in path else 404)
    assert re.search("没有|只有", page.text)


def test_the_upload_form_is_for_curators(client):
    assert not [item for item in get(client, "/documents").all("form") if item["action"] == "/upload"]
    assert [item for item in get(client, "/documents", headers=CURATOR).all("form") if item["action"] == "/upload"]


def test_an_upload_from_the_page_leads_to_its_progress(client):
    response = client.post(
        "/upload", files={"files": ("空.txt", b"")}, data={"kind": "", "readers": ""}, headers=CURATOR
    )
    assert response.status_code == 303
    page = get(client, response.headers["location"], headers=CURATOR)
    assert "上传进度" in page.text


def test_a_moment_is_told_by_the_clock_of_china() -> None:
    assert moment(datetime(2024, 5, 31, 16, 5, tzinfo=UTC)) == "2024-06-01 00:05"
