import pytest

from corpus.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite3'}") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_catalogue(tmp_path_factory):
    """For generated examples, which would spend their time on creating databases."""
    with Catalogue.open(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'c.sqlite3'}") as opened:
        yield opened
