import re

import pytest

from api.registration import IN_ALL, PER_CLIENT, Turnstile
from corpus.catalogue import Gap, GapReceipt
from corpus.errors import TooManyRequests
from corpus.settings import Settings
from tests.api.conftest import fill, headers
from tests.api.lunku import lunku, lunku_json
from tests.api.problems import assert_problem

GAPS, ANSWERS, FEEDBACK = "/api/v1/gaps", "/api/v1/answers", "/api/v1/feedback"
CURATOR, RESEARCHER = headers("public", "curators"), headers("public", "researchers")
ANSWERED = "冬季供暖要压实什么责任？"


@pytest.fixture
def client(client, library):
    """The shared client; every test begins with an open turnstile, and asks what no other one asks."""
    library.registration.turnstile = Turnstile()
    return client


def listed(client, wording, **given):
    """The open gaps with the wording."""
    body = client.get(GAPS, params={"limit": 200, **given}, headers=CURATOR).json()
    return [gap for gap in body["items"] if wording in gap["wordings"]]


def test_an_abstention_is_registered_once_and_its_asker_told_when_it_is_closed(client, ids):
    question = "火星基地的食堂有几个窗口？"
    first = client.post(ANSWERS, json={"question": question}).json()
    assert (first["status"], first["gap"]["status"]) == ("abstained", "open")
    client.post(ANSWERS, json={"question": question})
    [gap] = listed(client, question)
    assert set(gap) == set(Gap.__dataclass_fields__)
    assert gap["counts"]["abstained"] == 1, "asked twice in a row by one client"

    closing = {"note": "建馆后答复", "document_id": ids.internal}
    path = f"{GAPS}/{gap['id']}/close"
    assert_problem(client.post(path, json=closing, headers=RESEARCHER), 403, "forbidden")
    assert client.post(path, json=closing, headers=CURATOR).json()["status"] == "closed"
    assert listed(client, question) == []
    again = client.post(ANSWERS, json={"question": question}).json()["gap"]
    assert set(again) == set(GapReceipt.__dataclass_fields__)
    assert (again["status"], again["note"], again["document_id"]) == ("closed", "建馆后答复", None)
    [receipt] = client.get(f"{GAPS}/receipts", params={"id": again["id"]}, headers=RESEARCHER).json()
    assert (receipt["document_id"], receipt["question"]) == (ids.internal, question)


def test_only_the_staff_see_what_was_asked(client):
    question = "月球基地的食堂有几个窗口？"
    client.post(GAPS, json={"question": question})
    for groups in (("public",), ("instructors", "lecturers")):
        for path in (GAPS, "/gaps", f"{FEEDBACK}/accepted"):
            response = client.get(path, headers=headers(*groups))
            assert response.status_code == 403
            assert question not in response.text
    assert question in client.get(GAPS, headers=RESEARCHER).text
    assert client.get(f"{GAPS}/receipts", params={"id": "x"}).json() == []


def test_a_search_without_hits_is_a_gap_unless_a_filter_is_why(client):
    client.get("/api/v1/search", params={"q": "“绝无此句甲乙丙丁”"})
    client.get("/", params={"q": "“绝无此句戊己庚辛”"})
    client.get("/api/v1/search", params={"q": "“供暖”", "date_from": "2099"})
    for text in ("“绝无此句甲乙丙丁”", "“绝无此句戊己庚辛”"):
        assert [gap["counts"]["no_hits"] for gap in listed(client, text)] == [1]
    assert listed(client, "“供暖”") == []


def test_verdicts_keep_accepted_pairs_or_open_a_gap(client):
    answer = client.post(ANSWERS, json={"question": ANSWERED}).json()
    assert answer["sentences"]
    assert answer["gap"] is None
    passages = [citation["passage_id"] for item in answer["sentences"] for citation in item["citations"]]
    good = {"question": ANSWERED, "verdict": "up", "passages": [*passages, "nothing"]}
    assert client.post(FEEDBACK, json=good).json() is None
    assert client.post(FEEDBACK, json=good).status_code == 201
    accepted = client.get(f"{FEEDBACK}/accepted", headers=CURATOR).json()
    assert {item["passage_id"] for item in accepted["items"]} == set(passages)
    assert {item["count"] for item in accepted["items"]} == {1}, "a second click is not a second verdict"
    receipt = client.post(FEEDBACK, json={"question": ANSWERED, "verdict": "down"}).json()
    assert receipt["status"] == "open"
    assert client.post(ANSWERS, json={"question": ANSWERED}).json()["gap"]["id"] == receipt["id"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (GAPS, {}, "invalid_input"),
        (GAPS, {"question": "？？"}, "invalid_query"),
        (GAPS, {"question": "问" * 501}, "invalid_input"),
        (FEEDBACK, {"question": "甲", "verdict": "maybe"}, "invalid_input"),
    ],
)
def test_what_cannot_be_registered_is_a_problem(client, path, body, code):
    assert_problem(client.post(path, json=body), 422, code)


def test_a_gap_is_closed_with_something_to_say(client):
    question = "金星基地的食堂有几个窗口？"
    client.post(GAPS, json={"question": question})
    path = f"{GAPS}/{listed(client, question)[0]['id']}/close"
    assert_problem(client.post(path, json={"note": " "}, headers=CURATOR), 422, "invalid_input")
    assert_problem(client.post(path, json={"document_id": "nothing"}, headers=CURATOR), 404, "not_found")
    assert_problem(client.post(f"{GAPS}/nothing/close", json={"note": "答"}, headers=CURATOR), 404, "not_found")
    assert listed(client, question)


def test_one_click_on_the_page_registers_and_the_browser_keeps_the_receipt(client, ids):
    question = "水星基地的食堂有几个窗口？"
    page = client.get("/ask", params={"q": question}).text
    assert f'name="q" value="{question}"' in re.search(r'action="/questions".*?</form>', page, re.DOTALL)[0]
    assert "还没有登记过问题" in client.get("/questions").text
    response = client.post("/questions", data={"q": question})
    assert (response.status_code, response.headers["location"]) == (303, "/questions")
    assert "HttpOnly" in response.headers["set-cookie"]
    assert question in client.get("/questions").text

    [gap] = listed(client, question)
    assert gap["counts"] == {"abstained": 1, "no_hits": 0, "thumbs_down": 0, "requested": 1}
    page = client.get("/gaps", headers=CURATOR).text
    assert question in page
    assert f'action="/gaps/{gap["id"]}"' in page
    assert f'action="/gaps/{gap["id"]}"' not in client.get("/gaps", headers=RESEARCHER).text
    assert client.post(f"/gaps/{gap['id']}", data={"note": ""}, headers=CURATOR).status_code == 422
    answered = {"note": "<b>见通知</b>", "document": f"http://127.0.0.1/documents/{ids.public}?passage=1#p-1"}
    assert client.post(f"/gaps/{gap['id']}", data=answered, headers=CURATOR).status_code == 303
    for path in ("/questions", f"/ask?q={question}"):
        page = client.get(path).text
        assert "&lt;b&gt;见通知&lt;/b&gt;" in page
        assert f"/documents/{ids.public}" in page


def test_a_verdict_on_the_page_is_kept_and_answered(client):
    page = client.get("/ask", params={"q": ANSWERED}).text
    passages = re.findall(r'name="passage" value="([^"]+)"', page)
    assert passages
    response = client.post("/feedback", data={"q": ANSWERED, "verdict": "up", "passage": passages})
    assert "已记下" in client.get(response.headers["location"]).text
    accepted = client.get(f"{FEEDBACK}/accepted", headers=CURATOR).json()["items"]
    assert set(passages) <= {item["passage_id"] for item in accepted}
    response = client.post("/feedback", data={"q": ANSWERED, "verdict": "down"})
    assert "我的登记" in client.get(response.headers["location"]).text
    assert ANSWERED in client.get("/questions").text


def test_a_receipt_that_is_none_is_ignored(client):
    assert client.get("/questions", headers={"Cookie": "lunku_questions=a.'--.<b>"}).status_code == 200


def test_registrations_are_limited_for_one_client_and_for_all():
    turnstile = Turnstile()
    assert turnstile.admits("a", "0")
    assert not turnstile.admits("a", "0")
    for number in range(1, PER_CLIENT):
        assert turnstile.admits("a", str(number))
    with pytest.raises(TooManyRequests):
        turnstile.admits("a", "one more")
    for number in range(IN_ALL - PER_CLIENT):
        assert turnstile.admits(f"b{number}", "0")
    with pytest.raises(TooManyRequests):
        turnstile.admits("c", "0")


def test_beyond_the_limit_a_request_is_refused_and_an_answer_is_not(client):
    for number in range(PER_CLIENT):
        assert client.post(GAPS, json={"question": f"第{number}个问题是什么？"}).status_code == 201
    assert_problem(client.post(GAPS, json={"question": "又一个问题"}), 429, "too_many_requests")
    assert client.post(ANSWERS, json={"question": "土星基地的食堂有几个窗口？"}).json()["gap"] is None


def test_the_command_line_lists_and_closes(tmp_path):
    settings, question = Settings(data_dir=tmp_path / "data"), "火星基地的食堂有几个窗口？"
    ids = fill(settings)
    lunku(settings.data_dir, "ask", question)
    [gap] = lunku_json(settings.data_dir, "gaps", "list")["items"]
    assert gap["counts"]["abstained"] == 1
    assert question in lunku(settings.data_dir, "gaps", "list").stdout
    lunku(settings.data_dir, "gaps", "close", gap["id"], code=1)
    closed = lunku_json(settings.data_dir, "gaps", "close", gap["id"], "--note", "已补", "--document", ids.public)
    assert closed["status"] == "closed"
    assert lunku_json(settings.data_dir, "gaps", "list", "--closed")["total"] == 1
    assert "资料管理员的答复：已补" in lunku(settings.data_dir, "ask", question).stdout
    assert lunku_json(settings.data_dir, "gaps", "accepted")["items"] == []
