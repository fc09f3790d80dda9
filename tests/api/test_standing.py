"""What a document repeals is said wherever its victim is shown, to those who may read the repealing document."""

from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

from api.http import create_app
from api.http.state import open_library
from api.library import open_index
from corpus.catalogue import Catalogue
from corpus.originals import Originals
from corpus.records import Kind, MetadataField
from corpus.settings import Settings
from tests.api.conftest import TOKEN, headers
from tests.corpus.drafts import make_draft

OLD, NEW = "渡口值守办法（试行）", "关于印发《渡口值守办法》的通知"
RULE = "\n第三条　渡口值守每班不少于两人，夜间由镇里派车接送。"


@contextmanager
def _served(settings, drafts):
    """A client of a library of the drafts, and the first one's document."""
    with Catalogue.open(settings.catalogue_url) as catalogue:
        for draft in drafts:
            Originals(settings.originals_dir).store(draft.text.encode())
        old, *_ = (document.id for document, _ in catalogue.add_versions(drafts))
        with open_index(settings, catalogue) as index:
            index.indexer.index_pending()
    with (
        open_library(settings, TOKEN) as library,
        TestClient(create_app(library), base_url="http://127.0.0.1") as client,
    ):
        yield client, old


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    dated = [MetadataField("issued_on", day, (), (), 0.9) for day in ("2019-05-01", "2023-05-01")]
    repeals = MetadataField("repeals", [f"《{OLD}》"], (), (), 0.9)
    drafts = [
        make_draft("/旧.txt", RULE, title=OLD, kind=Kind.POLICY, fields=(dated[0],)),
        make_draft(
            "/新.txt",
            RULE.replace("两人", "三人"),
            title=NEW,
            kind=Kind.POLICY,
            readers=frozenset({"researchers"}),
            fields=(dated[1], repeals),
        ),
    ]
    with _served(settings, drafts) as client_and_old:
        yield client_and_old


@pytest.fixture(scope="module")
def prolonged(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("prolonged"))
    expires = MetadataField("expires_on", "2020-01-01", (), (), 0.9)
    prolongs = MetadataField("prolongs", [f"《{OLD}》有效期延长至2999年12月31日"], (), (), 0.9)
    drafts = [
        make_draft("/旧.txt", RULE, title=OLD, fields=(expires,)),
        make_draft("/新.txt", title="关于延长有效期的通知", readers=frozenset({"researchers"}), fields=(prolongs,)),
    ]
    with _served(settings, drafts) as client_and_old:
        yield client_and_old


def test_who_may_read_what_prolongs_a_text_is_told(prolonged):
    client, old = prolonged
    page = client.get(f"/documents/{old}", headers=headers("researchers", "public")).text
    assert "延长至 2999-12-31" in page
    assert "已过有效期" not in page
    page = client.get(f"/documents/{old}").text
    assert "关于延长有效期的通知" not in page
    assert "已过有效期" not in page


@pytest.mark.parametrize("path", ["/documents/{}", "/?q=渡口值守每班不少于两人"])
def test_who_may_read_the_repealing_document_is_told(served, path):
    client, old = served
    page = client.get(path.format(old), headers=headers("researchers", "public")).text
    assert "已废止" in page
    assert NEW in page
    page = client.get(path.format(old)).text
    assert OLD in page
    assert "已废止" not in page
    assert NEW not in page


@pytest.mark.parametrize(("groups", "present"), [(("researchers", "public"), True), (("public",), False)])
def test_answers_take_what_holds_as_far_as_the_reader_may_know(served, groups, present):
    client, old = served
    question = {"question": "渡口值守每班不少于多少人？", "stream": False}
    answer = client.post("/api/v1/answers", json=question, headers=headers(*groups)).json()
    cited = [citation for sentence in answer["sentences"] for citation in sentence["citations"]]
    assert (cited[0]["document_id"] != old) is present
    assert ("三人" in cited[0]["quote"]) is present
    told = {item["standing"] for item in [*cited, *answer["nearest"]] if item["document_id"] == old}
    assert told <= {"repealed" if present else None}
