import pytest
from hypothesis import settings

from corpus.catalogue import Catalogue
from corpus.settings import Settings
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from search.embedding import open_embedder
from search.engine.edge import EdgeEngine
from search.indexing import Indexer
from search.searcher import Searcher
from tests.search.library import LIBRARY, make_draft

# A busy machine must not fail a property.
settings.register_profile("search", deadline=None)
settings.load_profile("search")


@pytest.fixture(scope="session")
def terms():
    return TermBase.load()


@pytest.fixture(scope="session")
def analyser(terms):
    return Analyser(terms)


@pytest.fixture(scope="session")
def embedder():
    return open_embedder(Settings())


@pytest.fixture
def open_library(tmp_path, analyser, embedder):
    """Opens a searcher over drafts; what it opened is closed after the test."""
    opened = []

    def build(*drafts):
        catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}")
        engine = EdgeEngine(tmp_path / "index")
        opened.extend([catalogue, engine])
        engine.ensure_collection(embedder.dimensions)
        catalogue.add_versions(drafts)
        Indexer(catalogue, engine, analyser, embedder).index_pending()
        return Searcher(catalogue, engine, analyser, embedder), catalogue

    yield build
    for item in reversed(opened):
        item.close()


@pytest.fixture(scope="session")
def library(tmp_path_factory, analyser, embedder):
    """A searcher over the test library, for tests that only read."""
    folder = tmp_path_factory.mktemp("library")
    engine = EdgeEngine(folder / "index")
    with Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite3'}") as catalogue:
        engine.ensure_collection(embedder.dimensions)
        catalogue.add_versions([make_draft(source) for source in LIBRARY])
        Indexer(catalogue, engine, analyser, embedder).index_pending()
        yield Searcher(catalogue, engine, analyser, embedder)
    engine.close()
