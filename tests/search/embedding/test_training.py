"""Training from a folder: what may be trained on, the tokenizer, the batches, and a model from beginning to end."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from search.embedding.static import StaticEmbedder
from search.embedding.training import examples
from search.embedding.training.__main__ import prepare
from search.embedding.training.examples import Bags, PieceSplitter, TokenLists
from search.embedding.training.export import write_model
from search.embedding.training.optimisation import BatchMaker, Recipe, train
from search.embedding.training.sources import may_train_on, read_passages, read_questions
from search.embedding.training.vocabulary import UNKNOWN, build_tokenizer, decompositions
from search.evaluation import query_hash, read_hashes

PUBLISHED = Path(__file__).parents[3] / "search" / "embedding" / "training_queries.txt"
SMALL = Recipe(dimensions=16, steps=30, spans=16, keywords=16, titles=8, questions=16, hard_negatives=8, threads=1)

token_lists = st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=30), min_size=1, max_size=20)


def bags_of(lists: list[list[int]]) -> Bags:
    return TokenLists(lists).take(np.arange(len(lists)), 1000, np.random.default_rng(0))


def lists_of(bags: Bags) -> list[list[int]]:
    return [bags.tokens[bags.owners == owner].tolist() for owner in range(bags.count)]


def test_no_published_query_is_of_the_held_out_share() -> None:
    hashes = read_hashes(PUBLISHED)
    assert hashes
    assert all(len(value) == 64 and int(value[:2], 16) < 154 for value in hashes)


def test_the_split_depends_on_the_folded_text_alone() -> None:
    queries = [f"第{number}个问题是什么？" for number in range(400)]
    trained = [query for query in queries if may_train_on(query)]
    assert 0.5 < len(trained) / len(queries) < 0.7
    assert may_train_on("志願服務") == may_train_on("志愿服务")


def test_held_out_queries_stay_out(collection: Path) -> None:
    _, data, hashes = prepare([], [str(collection)], 600)
    questions = read_questions([str(collection)])
    trained = [question for question in questions if may_train_on(question.text)]
    assert 0 < len(trained) < len(questions)
    assert len(data.questions) == len(trained)
    assert hashes == sorted(query_hash(question.text) for question in trained)


def test_hard_negatives_are_not_relevant(collection: Path) -> None:
    _, data, _ = prepare([], [str(collection)], 600)
    assert any(len(found) for found in data.negatives)
    for relevant, negatives in zip(data.relevant, data.negatives, strict=True):
        assert not set(relevant) & set(negatives)


def test_a_prefix_takes_some_documents(collection: Path) -> None:
    every, some = read_passages([str(collection)]), read_passages([f"{collection}:d1"])
    assert 0 < len(some) < len(every)
    assert all(key.startswith("d1") for passage in some for _, key in passage.documents)


def test_statutes_are_cut_into_articles(tmp_path: Path) -> None:
    articles = [f"第{number}条 {'应当依法履行职责。' * 30}" for number in ("一", "二", "三", "四")]
    text = "# 某某服务条例\n\n2020年通过\n\n<!-- INFO END -->\n\n" + "\n\n".join(articles)
    (tmp_path / "某某服务条例.md").write_text(text, encoding="utf-8")
    passages = read_passages([str(tmp_path)])
    assert [passage.body.strip()[:3] for passage in passages] == ["第一条", "第二条", "第三条", "第四条"]
    assert {passage.title for passage in passages} == {"某某服务条例"}


def test_tokenizer_cuts_words_and_falls_back_to_characters() -> None:
    tokenizer = build_tokenizer(["志愿服务组织开展志愿服务活动，服务社会。愿望志向"] * 10, 200)
    assert tokenizer.encode("志愿服务").tokens == ["志愿", "服务"]
    assert tokenizer.encode("愿志").tokens == ["愿", "志"]
    assert tokenizer.encode("，。 ").ids == []
    assert tokenizer.token_to_id(UNKNOWN) == 0


def test_pieces_come_apart_into_what_writes_them() -> None:
    tokenizer = build_tokenizer(["志愿服务组织开展志愿服务活动，服务社会"] * 10, 200)
    names = {number: piece for piece, number in tokenizer.get_vocab().items()}
    split = 0
    for number, parts in enumerate(decompositions(tokenizer)):
        if parts:
            split += 1
            assert "".join(names[part] for part in parts) == names[number]
            assert number not in parts
    assert split


@given(token_lists, st.integers(0, 1000))
def test_span_cloze_takes_a_span_out(lists: list[list[int]], seed: int) -> None:
    queries, passages = examples.span_cloze(bags_of(lists), np.random.default_rng(seed), kept_share=0)
    for whole, query, rest in zip(lists, lists_of(queries), lists_of(passages), strict=True):
        assert len(query) + len(rest) == len(whole)
        assert any(rest[:i] + query + rest[i:] == whole for i in range(len(rest) + 1))


@given(token_lists, st.integers(0, 1000))
def test_keyword_cloze_takes_tokens_out(lists: list[list[int]], seed: int) -> None:
    queries, passages = examples.keyword_cloze(bags_of(lists), np.ones(51, np.float32), np.random.default_rng(seed))
    for whole, query, rest in zip(lists, lists_of(queries), lists_of(passages), strict=True):
        assert 1 <= len(query) <= 7
        assert sorted(rest) in (sorted(whole), sorted(without(whole, query)))


def without(whole: list[int], query: list[int]) -> list[int]:
    rest = list(whole)
    for token in query:
        rest.remove(token)
    return rest


@given(token_lists, st.integers(0, 1000))
def test_dropping_keeps_every_bag_and_its_order(lists: list[list[int]], seed: int) -> None:
    for whole, kept in zip(
        lists, lists_of(examples.drop_tokens(bags_of(lists), 0.5, np.random.default_rng(seed))), strict=True
    ):
        remaining = iter(whole)
        assert kept
        assert all(token in remaining for token in kept)


@given(token_lists)
def test_distinct_tokens_are_counted_in_their_bags(lists: list[list[int]]) -> None:
    bags, counts = examples.distinct(bags_of(lists))
    assert lists_of(bags) == [sorted(set(tokens)) for tokens in lists]
    for owner, tokens in enumerate(lists):
        assert [Counter(tokens)[token] for token in sorted(set(tokens))] == counts[bags.owners == owner].tolist()


@pytest.mark.parametrize(("rate", "expected"), [(0.0, [[1, 2], [3, 1]]), (1.0, [[2, 3, 2], [3, 2, 3]])])
def test_splitting_replaces_words_by_their_parts(rate: float, expected: list[list[int]]) -> None:
    split = PieceSplitter([[], [2, 3], [], []])
    assert lists_of(split(bags_of([[1, 2], [3, 1]]), rate, np.random.default_rng(0))) == expected


def test_bags_know_where_they_start() -> None:
    bags = bags_of([[1, 2, 3], [4], [5, 6]])
    assert bags.offsets.tolist() == [0, 3, 4]
    assert bags.keep(bags.tokens != 4).offsets.tolist() == [0, 3, 3]
    assert lists_of(examples.join([bags, bags])) == [[1, 2, 3], [4], [5, 6]] * 2


def test_long_lists_are_trained_in_windows() -> None:
    lists = TokenLists([list(range(1, 101))])
    window = lists.take(np.array([0]), 10, np.random.default_rng(3)).tokens
    assert len(window) == 10
    assert np.array_equal(window, np.arange(window[0], window[0] + 10))


def test_a_batch_pairs_each_query_with_its_passage(collection: Path) -> None:
    _, data, _ = prepare([], [str(collection)], 600)
    batch = BatchMaker(data, SMALL)()
    assert batch.queries.count == 16 + 16 + 8 + 16
    assert batch.queries.count < batch.passages.count == len(batch.passage_ids)
    # A query's own passage is among the positions that count as relevant.
    first = 16 + 16 + 8
    own = {(position, position) for position in range(first, batch.queries.count)}
    assert own <= {(int(row), int(column)) for row, column in batch.also_relevant}


def trained(collection: Path, recipe: Recipe = SMALL) -> tuple[object, NDArray[np.float32]]:
    tokenizer, data, _ = prepare([], [str(collection)], 600)
    return tokenizer, train(data, recipe)


def test_equal_seeds_give_equal_vectors(collection: Path) -> None:
    assert np.array_equal(trained(collection)[1], trained(collection)[1])


def test_vectors_are_averaged_over_the_last_steps(collection: Path) -> None:
    # A tenth of 21 steps holds one that is averaged, the last; six tenths hold the tenth before it too.
    last, both = (trained(collection, replace(SMALL, steps=21, averaged_share=share))[1] for share in (0.1, 0.6))
    before = trained(collection, replace(SMALL, steps=11, averaged_share=0.1))[1]
    assert np.allclose(both, (before + last) / 2, atol=1e-6)
    assert not np.allclose(both, last, atol=1e-3)


def test_the_command_makes_a_model_that_finds_what_it_was_trained_on(collection: Path, tmp_path: Path) -> None:
    output = tmp_path / "model"
    options = ["--vocabulary", "600", "--dimensions", "32", "--steps", "40", "--threads", "1"]
    command = [sys.executable, "-m", "search.embedding.training", "--pairs", collection, "--output", output, *options]
    subprocess.run(command, capture_output=True, check=True)
    embedder = StaticEmbedder(output)
    assert embedder.dimensions == 32
    assert read_hashes(tmp_path / "training_queries.txt")
    passages = read_passages([str(collection)])
    vectors = embedder.embed_passages([f"{passage.title}\n{passage.body}" for passage in passages])
    found = 0
    questions = read_questions([str(collection)])
    for question in questions:
        best = int(np.argmax(vectors @ np.array(embedder.embed_query(question.text))))
        found += passages[best].documents[0][1] in question.relevant
    assert found / len(questions) > 0.8


def test_the_written_model_keeps_directions(tmp_path: Path) -> None:
    tokenizer = build_tokenizer(["志愿服务组织开展志愿服务活动，服务社会"] * 10, 200)
    vectors = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 64)).astype(np.float32)
    vectors[0] = 0
    write_model(tmp_path, tokenizer, vectors)
    embedder = StaticEmbedder(tmp_path)
    expected = vectors[tokenizer.token_to_id("志愿")] + vectors[tokenizer.token_to_id("服务")]
    assert np.allclose(embedder.embed_query("志愿服务"), expected / np.linalg.norm(expected), atol=0.01)
    assert not np.any(embedder.embed_query("卐"))
