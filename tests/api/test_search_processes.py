"""Searches in processes of their own give what the server itself would give, and nothing depends on them."""

import json
import os
import signal

import psutil
import pytest
from starlette.testclient import TestClient

from api.http import create_app
from api.http.state import open_library
from api.search_processes import FoundAsJson, SearchProcesses, process_count
from api.term_base import new_term
from corpus.errors import InvalidQuery
from corpus.records import PUBLIC
from corpus.settings import Settings
from search.results import Mode, SearchFilters, SearchRequest, Sort
from tests.api.conftest import TOKEN, fill
from tests.api.lunku import served, wait_until
from tests.corpus.drafts import make_draft

READER, STAFF = frozenset({PUBLIC}), frozenset({PUBLIC, "researchers"})


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), search_processes=1)
    fill(settings)
    with open_library(settings, TOKEN) as opened:
        wait_until_ready(opened)
        yield opened


def wait_until_ready(library):
    wait_until(lambda: library.processes.search(SearchRequest("供暖"), READER) is not None)


def untimed(found):
    assert found is not None, "the process was not free"
    return json.loads(found.body) | {"took_ms": None}


@pytest.mark.parametrize("groups", [READER, STAFF, frozenset()])
@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest("冬季供暖"),
        SearchRequest("“压实属地责任”"),
        SearchRequest("板凳课堂"),
        SearchRequest("供暖 OR 混入", Mode.LEXICAL),
        SearchRequest("讲清政策", Mode.SEMANTIC, sort=Sort.DATE),
        SearchRequest("责任", filters=SearchFilters(kind="policy"), limit=1, offset=1, group_by_document=True),
    ],
    ids=lambda request: request.text,
)
def test_the_same_result_as_in_the_server(library, request_, groups):
    found = library.processes.search(request_, groups)
    own = FoundAsJson.of(library.searcher.search(request_, groups))
    assert untimed(found) == untimed(own)
    assert found.total == own.total
    assert FoundAsJson.of(found.decoded()) == found


def test_errors_are_those_of_the_search_and_the_process_goes_on(library):
    for text in ("", "“"):
        with pytest.raises(InvalidQuery):
            library.processes.search(SearchRequest(text), READER)
    assert library.processes.search(SearchRequest("供暖"), READER).total > 0


def test_pages_and_api_are_answered_by_the_process(library, monkeypatch):
    monkeypatch.setattr(library.searcher, "search", None)  # Nobody else could have answered.
    with TestClient(create_app(library), base_url="http://127.0.0.1:8000") as client:
        assert client.get("/api/v1/search", params={"q": "供暖"}).json()["total"] > 0
        assert "压实属地责任" in client.get("/", params={"q": "压实属地责任"}).text
        assert client.get("/api/v1/search", params={"q": " "}).status_code == 422


def test_what_changes_in_the_library_changes_there(library):
    def found():
        return untimed(library.processes.search(SearchRequest("琉璃窑火"), READER))

    assert "琉璃窑火" not in found()["query"]["terms"]
    text = "琉璃窑火传习所每周三开放，学员自带围裙。"
    [(document, _)] = library.catalogue.add_versions([make_draft("/资料/窑火.txt", text)])
    wait_until(lambda: found()["hits"] and found()["hits"][0]["document_id"] == document.id)
    library.catalogue.put_terms([new_term("琉璃窑火")])
    wait_until(lambda: "琉璃窑火" in found()["query"]["terms"])
    library.catalogue.trash(document.id)
    assert document.id not in {hit["document_id"] for hit in found()["hits"]}


def test_a_process_that_dies_is_replaced(library, caplog):
    [process] = [child for child in psutil.Process().children() if "api.search_worker" in child.cmdline()]
    process.kill()
    process.wait(10)
    assert library.processes.search(SearchRequest("供暖"), READER) is None, "the server searches itself"
    assert "another one takes its place" in caplog.text
    wait_until_ready(library)
    assert library.processes.search(SearchRequest("供暖"), READER).total > 0


def test_without_processes_the_server_searches(library):
    none = SearchProcesses(library.settings, library.searcher.engine, library.searcher._analyser, 0)
    none.start()
    assert none.search(SearchRequest("供暖"), READER) is None
    none.close()


def test_they_end_with_a_server_that_is_killed(tmp_path, monkeypatch):
    monkeypatch.setenv("LUNKU_SEARCH_PROCESSES", "2")
    settings = Settings(data_dir=tmp_path / "data")
    fill(settings)
    with served(settings.data_dir) as (server, _):
        wait_until(lambda: len(psutil.Process(server.pid).children(recursive=True)) >= settings.search_processes)
        started = psutil.Process(server.pid).children(recursive=True)
        os.kill(server.pid, signal.SIGKILL)
        server.wait(10)
        _, alive = psutil.wait_procs(started, 20)
        assert not alive


def test_their_number(monkeypatch):
    monkeypatch.delenv("LUNKU_SEARCH_PROCESSES", raising=False)
    for cores, expected in ((1, 0), (2, 3), (3, 4), (16, 4)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)), raising=False)
        assert process_count(Settings()) == expected
        assert process_count(Settings(search_processes=7)) == 7
        assert process_count(Settings(embedding_model="any")) == process_count(Settings(reranker_model="any")) == 0
