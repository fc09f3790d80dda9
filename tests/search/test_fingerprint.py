from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.errors import IndexMismatch
from search import fingerprint as module
from search.fingerprint import check_fingerprint, fingerprint, forget_fingerprint, store_fingerprint


@dataclass
class Part:
    """What the fingerprint looks at of an analyser and an embedder."""

    fingerprint: str = "a1"
    revision: str = "m1"
    dimensions: int = 8


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}") as opened:
        yield opened


def test_an_index_never_built_fits_everything(catalogue: Catalogue) -> None:
    assert check_fingerprint(catalogue, Part(), Part()) == fingerprint(Part(), Part())


@pytest.mark.parametrize(
    ("changed", "named"),
    [(Part(fingerprint="a2"), "分词与词表"), (Part(revision="m2"), "向量模型"), (Part(dimensions=9), "向量维数")],
)
def test_a_change_is_named_with_the_command(catalogue: Catalogue, changed: Part, named: str) -> None:
    store_fingerprint(catalogue, Part(), Part())
    assert check_fingerprint(catalogue, Part(), Part())
    with pytest.raises(IndexMismatch, match="lunku reindex") as raised:
        check_fingerprint(catalogue, changed, changed)
    assert named in raised.value.detail
    others = {"索引结构", "分词与词表", "向量模型", "向量维数"} - {named}
    assert not any(other in raised.value.detail for other in others)


def test_a_new_schema_is_a_change(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    store_fingerprint(catalogue, Part(), Part())
    monkeypatch.setattr(module, "SCHEMA", module.SCHEMA + 1)
    with pytest.raises(IndexMismatch, match="索引结构已变"):
        check_fingerprint(catalogue, Part(), Part())


def test_an_unfinished_rebuild_is_a_mismatch(catalogue: Catalogue) -> None:
    store_fingerprint(catalogue, Part(), Part())
    forget_fingerprint(catalogue)
    with pytest.raises(IndexMismatch, match="lunku reindex"):
        check_fingerprint(catalogue, Part(), Part())
    store_fingerprint(catalogue, Part(), Part())
    check_fingerprint(catalogue, Part(), Part())
