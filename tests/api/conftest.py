"""A served library of three documents: a public one with restricted fields, an internal scan, and a hostile one."""

import os
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.http import create_app
from api.http.state import open_library
from api.library import open_index
from corpus.catalogue import Catalogue
from corpus.originals import Originals
from corpus.records import Flag, Kind, PassageSpan
from corpus.settings import Settings
from tests.corpus.drafts import TEXT, make_draft

TOKEN = "t" * 43
INTERNAL = "\n三是推广板凳课堂，宣讲员把凳子搬到晒谷场上，讲清政策怎么落到户。"
HOSTILE = '\n四是提防<script>alert("x")</script>与<img src=x onerror=alert(1)>这样的混入文字。'


def headers(*groups):
    """Credentials of the owner, restricted to the groups if any are named."""
    named = {"Lunku-Groups": quote(",".join(groups))} if groups else {}
    return {"Authorization": f"Bearer {TOKEN}", **named}


def make_drafts():
    internal = make_draft(
        "/资料/板凳课堂.txt",
        INTERNAL,
        title="板凳课堂调研",
        kind=Kind.RESEARCH,
        readers=frozenset({"researchers", "curators"}),
        passages=(
            PassageSpan(len(TEXT) + 1, len(TEXT + INTERNAL), ("三是",), flags=frozenset({Flag.OCR}), confidence=0.934),
        ),
    )
    hostile = make_draft(
        "/资料/混入.txt",
        HOSTILE,
        title='<b>混入</b>"文字',
        fields=(),
        passages=(PassageSpan(len(TEXT) + 1, len(TEXT + HOSTILE), ("<i>路径</i>",)),),
    )
    return [make_draft(), internal, hostile]


def fill(settings):
    """Add and index the documents; their ids by name."""
    with Catalogue.open(settings.catalogue_url) as catalogue:
        drafts = make_drafts()
        for draft in drafts:
            Originals(settings.originals_dir).store(draft.text.encode())
        found = [document.id for document, _ in catalogue.add_versions(drafts)]
        with open_index(settings, catalogue) as index:
            index.indexer.index_pending()
    return SimpleNamespace(public=found[0], internal=found[1], hostile=found[2])


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def ids(settings):
    return fill(settings)


@pytest.fixture(scope="module")
def library(settings, ids):
    with open_library(settings, TOKEN) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(library):
    with TestClient(create_app(library), base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    """Variables of whoever runs the tests must not change them."""
    for name in [name for name in os.environ if name.startswith("LUNKU_")]:
        monkeypatch.delenv(name)
