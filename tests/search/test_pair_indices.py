from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.code_points import code_points
from search.pair_indices import pair_indices
from search.sparse import term_index

# One byte of UTF-8, two, three and four; runs of one; marks.
_TEXT = st.text(st.sampled_from("志愿服务a1²éω𠮷，_ \n") | st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(TermBase())


@given(st.lists(_TEXT, max_size=5))
def test_the_dimensions_are_those_of_the_bigrams(analyser: Analyser, texts: list[str]) -> None:
    owners, indices = pair_indices(code_points(texts))
    expected = Counter((at, term_index(pair)) for at, text in enumerate(texts) for pair in analyser.bigrams(text))
    assert Counter(zip(owners.tolist(), indices.tolist(), strict=True)) == expected
