import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search import sparse
from search.engine.interface import BIGRAMS, WORDS, SparseVector
from search.sparse import index_text, passage_vectors, query_vectors, term_index


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(TermBase.load())


def vectors_of(folded: str, analyser: Analyser) -> dict[str, SparseVector]:
    [vectors] = passage_vectors([folded], analyser)
    return vectors


def weights(vector) -> dict[int, float]:
    return dict(zip(vector.indices, vector.values, strict=True))


def test_term_index_is_crc32_of_utf8() -> None:
    # RFC 1952's check value of CRC-32 is that of "123456789".
    assert term_index("123456789") == 0xCBF43926
    assert term_index("志愿") != term_index("愿志")


def test_passage_weights_are_the_bm25_term_factor(analyser: Analyser) -> None:
    text = "茶馆讲理，茶馆评事"
    words = analyser.words(text)
    length = sparse.K1 * (1 - sparse.B + sparse.B * len(words) / sparse.AVERAGE_LENGTH[WORDS])
    found = weights(vectors_of(fold(text), analyser)[WORDS])
    assert set(found) == {term_index(word) for word in words}
    for word in set(words):
        count = words.count(word)
        assert found[term_index(word)] == pytest.approx(count * (sparse.K1 + 1) / (count + length))


def test_query_weights_are_counts(analyser: Analyser) -> None:
    vectors = query_vectors("茶馆茶馆评理", analyser)
    assert weights(vectors[WORDS])[term_index("茶馆")] == 2.0
    assert weights(vectors[BIGRAMS]) == {
        term_index(pair): 1.0 + (pair == "茶馆") for pair in ("茶馆", "馆茶", "馆评", "评理")
    }


def test_a_number_is_found_however_it_is_written(analyser: Analyser) -> None:
    passage = weights(vectors_of(fold("四月十二日起开放三年，设一百二十个座位"), analyser)[WORDS])
    asked = weights(query_vectors("4月12日 3年 120个", analyser)[WORDS])
    assert {term_index(term) for term in ("4月12日", "3年", "120个")} <= passage.keys() & asked.keys()


def test_text_without_terms_has_empty_vectors(analyser: Analyser) -> None:
    for vectors in (vectors_of("……！", analyser), query_vectors("", analyser)):
        assert all(not vector.indices and not vector.values for vector in vectors.values())


def test_headings_count_for_the_passage(analyser: Analyser) -> None:
    text = index_text("乡村茶馆管理办法", ("第二章 开放", "一、时间"), "每日八时开门。")
    assert text.split("\n") == ["乡村茶馆管理办法", "第二章 开放", "一、时间", "每日八时开门。"]
    assert term_index("茶馆") in vectors_of(fold(text), analyser)[WORDS].indices


@settings(deadline=None)
@given(text=st.text(st.sampled_from("志愿服务ABＣ２0，。 臺二〇年") | st.characters()))
def test_a_query_is_folded_as_passages_are(analyser: Analyser, text: str) -> None:
    assert query_vectors(fold(text), analyser) == query_vectors(text, analyser)
    assert all(
        set(vector.indices) == set(vectors_of(fold(text), analyser)[name].indices)
        for name, vector in query_vectors(text, analyser).items()
    )


@settings(deadline=None)
@given(text=st.text())
def test_vectors_are_valid_for_any_text(analyser: Analyser, text: str) -> None:
    for vector in (*vectors_of(fold(text), analyser).values(), *query_vectors(text, analyser).values()):
        assert len(set(vector.indices)) == len(vector.indices) == len(vector.values)
        assert all(0 <= index < 2**32 for index in vector.indices)
        assert all(value > 0 for value in vector.values)


@settings(deadline=None)
@given(
    texts=st.lists(st.text(st.sampled_from("志愿服务A2，。\n") | st.characters(exclude_categories=["Cs"])), max_size=7)
)
def test_a_passage_has_the_same_vectors_whatever_stands_beside_it(analyser: Analyser, texts: list[str]) -> None:
    folded = [fold(text) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse, "_TOGETHER", 3)
        together = list(passage_vectors(folded, analyser))
    assert together == [vectors_of(text, analyser) for text in folded]


def test_colliding_terms_share_a_dimension(analyser: Analyser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparse, "term_indices", lambda terms: [7 for _ in terms])
    vector = query_vectors("茶馆评理", analyser)[BIGRAMS]
    assert (vector.indices, vector.values) == ([7], [3.0])
    words = vectors_of("茶馆评理", analyser)[WORDS]
    assert (words.indices, len(words.values)) == ([7], 1)
