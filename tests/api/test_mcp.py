import json
import subprocess
import sys
import threading
import time
from contextlib import closing

import anyio
import httpx2
import pytest
import uvicorn
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from api.http import create_app
from api.library import own_index
from api.mcp.kept import KeptIndex
from corpus.catalogue import GapStatus
from corpus.errors import EngineLocked
from corpus.settings import Settings
from search.results import SearchRequest
from tests.api.conftest import fill, headers
from tests.api.lunku import COMMAND, ROOT

QUESTION = "冬季供暖要压实什么责任？"


@pytest.fixture(scope="module")
def address(library):
    """The app of the library over real HTTP."""
    server = uvicorn.Server(uvicorn.Config(create_app(library), port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    server.should_exit = True
    thread.join(timeout=10)


def over_http(address, work, credentials=None):
    async def run():
        async with (
            httpx2.AsyncClient(headers=credentials or {}) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            return await work(client)

    return anyio.run(run)


def result(found):
    assert not found.is_error, found
    return json.loads(found.content[0].text)


def test_the_tools(address):
    async def work(client):
        return (await client.list_tools()).tools

    tools = over_http(address, work)
    assert {tool.name for tool in tools} == {"search", "read", "ask", "check_quotes"}
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint


def test_search_read_ask_and_check(address, ids, client):
    async def work(session):
        found = result(await session.call_tool("search", {"query": "压实属地责任", "limit": 1}))
        [hit] = found["hits"]
        place = {"document_id": hit["document_id"], "start": hit["locator"]["start"], "characters": 8}
        text = result(await session.call_tool("read", place))
        answer = result(await session.call_tool("ask", {"question": QUESTION}))
        checked = result(await session.call_tool("check_quotes", {"text": f"“{hit['text'][:12]}”"}))
        return hit, text, answer, checked

    hit, text, answer, checked = over_http(address, work)
    assert hit["document_id"] == ids.public
    assert text["text"] == hit["text"][:8]
    assert answer == client.post("/api/v1/answers", json={"question": QUESTION}).json()
    assert checked["summary"]["exact"] == 1


def test_readers_are_those_of_the_request(address, ids):
    async def work(session):
        found = await session.call_tool("search", {"query": "“板凳课堂”"})
        text = await session.call_tool("read", {"document_id": ids.internal})
        answer = await session.call_tool("ask", {"question": "宣讲员把凳子搬到哪里？"})
        return result(found), text, result(answer)

    found, text, answer = over_http(address, work)
    assert found["hits"] == []
    assert text.is_error
    assert "晒谷场" not in json.dumps(answer, ensure_ascii=False)
    found, text, answer = over_http(address, work, headers("researchers"))
    assert {hit["document_id"] for hit in found["hits"]} == {ids.internal}
    assert "晒谷场" in result(text)["text"]


def test_a_wrong_token_is_refused(address):
    async def work(session):
        return await session.call_tool("search", {"query": "供暖"})

    found = over_http(address, work, {"Authorization": "Bearer wrong"})
    assert found.is_error
    assert "forbidden" in found.content[0].text


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("search", {"query": " "}),
        ("search", {"query": "供暖", "limit": 1000}),
        ("read", {"document_id": "nothing"}),
        ("read", {"document_id": "nothing", "characters": 10**9}),
        ("ask", {"question": "。。。"}),
        ("ask", {}),
    ],
)
def test_what_cannot_be_done_is_said(address, name, given):
    async def work(session):
        return await session.call_tool(name, given)

    found = over_http(address, work)
    assert found.is_error
    assert "Traceback" not in found.content[0].text


def test_over_standard_input_and_output(settings, ids):
    command = [*COMMAND, "mcp", "--as", "researchers", "--data-dir", str(settings.data_dir)]
    server = StdioServerParameters(command=command[0], args=command[1:], cwd=str(ROOT))

    async def run():
        async with Client(stdio_client(server)) as session:
            tools = (await session.list_tools()).tools
            text = result(await session.call_tool("read", {"document_id": ids.internal}))
            return {tool.name for tool in tools}, text

    tools, text = anyio.run(run)
    assert tools == {"search", "read", "ask", "check_quotes"}
    assert "晒谷场" in text["text"]


def test_unanswered_questions_are_registered(address, library):
    question = "拖拉机的年检由哪个部门负责？"

    async def work(session):
        return result(await session.call_tool("ask", {"question": question}))

    answer = over_http(address, work)
    assert answer["status"] == "abstained"
    assert answer["gap"]["status"] == "open"
    gaps, _ = library.catalogue.gaps(GapStatus.OPEN, limit=50, offset=0)
    assert [question] in [gap.wordings for gap in gaps]


def test_the_sdk_is_imported_at_the_first_request():
    code = "import sys, api.http; print('mcp' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@pytest.fixture
def own_settings(tmp_path):
    settings = Settings(data_dir=tmp_path)
    fill(settings)
    return settings


def test_the_index_stays_open_between_calls_and_is_given_to_whoever_wants_it(own_settings):
    with closing(KeptIndex()) as kept:
        with kept.using(own_settings) as first:
            pass
        with kept.using(own_settings) as second:
            assert second is first
        with own_index(own_settings) as other:
            assert other is not first
        with kept.using(own_settings) as third:
            assert third.searcher.search(SearchRequest("供暖"), frozenset({"public"})).hits


def test_an_index_in_use_is_not_given_away(own_settings, monkeypatch):
    monkeypatch.setattr("api.library.WAIT_SECONDS", 0.5)
    with closing(KeptIndex()) as kept, kept.using(own_settings), pytest.raises(EngineLocked), own_index(own_settings):
        pass
    with own_index(own_settings):
        pass


def test_an_index_that_nobody_uses_is_given_back(own_settings):
    with closing(KeptIndex(idle_seconds=0)) as kept:
        with kept.using(own_settings):
            pass
        with own_index(own_settings):
            pass
