import pytest

from corpus.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(f"sqlite:///{tmp_path / 'c.sqlite3'}") as opened:
        yield opened
