import json
from dataclasses import replace
from html import unescape

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.http import create_app
from search.embedding import open_embedder
from search.generation.model import LanguageModel
from search.results import SearchFilters
from search.searcher import Searcher
from tests.search.generation.endpoint import MISBEHAVIOURS, SECRET, quoting, running, says

ANSWERS = "/api/v1/answers"
QUESTION = "冬季供暖要压实什么责任？"


@pytest.fixture(scope="module")
def endpoint():
    with running() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(library, endpoint):
    """The app over a library whose answers are written by a model."""
    own = library.searcher
    model = LanguageModel(endpoint.url, "某模型", SecretStr(SECRET), seconds=30.0)
    embedder = open_embedder(library.settings)
    searcher = Searcher(library.catalogue, own.engine, own._analyser, embedder, model)
    app = create_app(replace(library, searcher=searcher))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


def events(response):
    parts = [part.split("\n") for part in response.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def test_sentences_are_streamed_after_their_sources(client, endpoint):
    endpoint.behaviour = says(quoting)
    sources, *sentences, done = events(client.post(ANSWERS, json={"question": QUESTION, "stream": True}))
    assert (sources[0], done[0]) == ("sources", "done")
    assert {name for name, _ in sentences} == {"sentence"}
    given = {citation["passage_id"] for citation in sources[1]}
    assert {citation["passage_id"] for _, sentence in sentences for citation in sentence["citations"]} <= given
    assert done[1]["model"] == "某模型"
    whole = client.post(ANSWERS, json={"question": QUESTION}).json()
    assert whole["sentences"] == [sentence for _, sentence in sentences]


@pytest.mark.parametrize("name", ["no citations", "malformed stream", "unauthorised", "invented citations", "markup"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_misbehaving_model_leads_to_the_librarys_own_words(name, stream, client, library, endpoint, caplog):
    endpoint.behaviour = MISBEHAVIOURS[name]
    own = library.searcher.answer(QUESTION, SearchFilters(), frozenset({"public"}))
    response = client.post(ANSWERS, json={"question": QUESTION, "stream": stream})
    assert response.status_code == 200
    assert SECRET not in response.text + caplog.text
    if stream:
        found = events(response)
        shown, last = [data["text"] for name, data in found if name == "sentence"], found[-1][1]
    else:
        last = response.json()
        shown = [sentence["text"] for sentence in last["sentences"]]
    assert shown == [sentence.text for sentence in own.sentences]
    assert "没有采用大模型" in last["reason"]


def test_the_page_says_who_wrote_and_what_was_withheld(client, endpoint):
    endpoint.behaviour = says(lambda prompt: quoting(prompt) + "责任已经取消。[1]")
    page = client.get("/ask", params={"q": QUESTION}).text
    assert "由大模型 某模型 依据所列原文写成" in page
    assert "另有 1 句在资料中没有依据，未予显示" in page
    assert "责任已经取消" not in page
    assert "逐字取自馆藏原件，并注明出处。</footer>" not in page
    endpoint.behaviour = MISBEHAVIOURS["server error"]
    assert "大模型服务出错，没有采用大模型" in client.get("/ask", params={"q": QUESTION}).text


def test_a_follow_up_on_the_page(client, endpoint):
    endpoint.behaviour = MISBEHAVIOURS["server error"]
    first = "《关于做好冬季供暖工作的通知》是谁发的？"
    page = client.get("/ask", params={"q": "它要求压实什么责任？", "before": first}).text
    assert "按“《关于做好冬季供暖工作的通知》要求压实什么责任？”查找" in page
    assert page.count('name="before"') == 2


def test_history_is_bounded(client):
    for history in ([{"question": "问" * 501}], [{"question": "问"}] * 51, [{}], "问"):
        assert client.post(ANSWERS, json={"question": QUESTION, "history": history}).status_code == 422


def test_the_page_comes_sentence_by_sentence_to_a_script(client, endpoint):
    endpoint.behaviour = says(quoting)
    asked = {"params": {"q": QUESTION}}
    assert "data-streams" in client.get("/ask").text
    *sentences, page = events(client.get("/ask", **asked, headers={"Accept": "text/event-stream"}))
    assert sentences
    assert {name for name, _ in sentences} == {"sentence"}
    assert page == ("page", client.get("/ask", **asked).text)
    assert all(text in unescape(page[1]) for _, text in sentences)


def test_what_is_no_question_is_told_on_the_streamed_page(client):
    [(name, page)] = events(client.get("/ask", params={"q": "。。。"}, headers={"Accept": "text/event-stream"}))
    assert name == "page"
    assert 'role="alert"' in page


def test_without_a_model_no_script_is_needed(library):
    with TestClient(create_app(library), base_url="http://127.0.0.1") as plain:
        assert "data-streams" not in plain.get("/ask").text
