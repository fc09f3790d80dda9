"""The term base that ships, and term bases of one's own."""

from pathlib import Path

import pytest

from corpus.errors import InvalidSetting
from corpus.terms import Term, TermBase


def test_the_shipped_terms_are_sound() -> None:
    terms = TermBase.load().terms
    assert len(terms) >= 150
    assert len({term.text for term in terms}) == len(terms)
    assert all(term.category and len(term.text) > 1 and term.text not in term.aliases for term in terms)


def test_the_hash_follows_the_content_not_the_order() -> None:
    one, two = Term("入户夜话", ("夜话",), "宣讲"), Term("板凳课堂", (), "宣讲")
    assert TermBase((one, two)).hash == TermBase((two, one)).hash
    assert TermBase((one,)).hash != TermBase((one, two)).hash
    assert TermBase((Term("入户夜话", (), "宣讲"),)).hash != TermBase((one,)).hash


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text("term\taliases\tcategory\n入户夜话\t夜话、炕头会\t宣讲\n", encoding="utf-8")
    assert TermBase.load(path).terms == (Term("入户夜话", ("夜话", "炕头会"), "宣讲"),)
    assert TermBase.load(path).words == ("入户夜话", "夜话", "炕头会")


@pytest.mark.parametrize(
    "content", [b"term\taliases\tcategory\n\xff\xfe\n", b"word\nx\n", b"term\taliases\tcategory\n\t\tx\n"]
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "terms.tsv"
    path.write_bytes(content)
    with pytest.raises(InvalidSetting, match=r"terms\.tsv"):
        TermBase.load(path)
