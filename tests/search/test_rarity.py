"""Query tokens weighted by how rare they are in the library: learnt from a sample, kept, reread, never stale."""

import numpy as np
import pytest

from search.rarity import SAMPLE, TokenRarity, has_token_counts, store_token_counts
from search.retrieval import QueryAnalyser


@pytest.fixture
def parts(library):
    retriever = library._retrieval.retriever
    return retriever.catalogue, retriever.encoder


def test_indexing_counts_the_tokens_of_the_library(parts):
    catalogue, encoder = parts
    assert has_token_counts(catalogue)
    texts = [item.passage.text for item in catalogue.sample_passages(SAMPLE)]
    weights = TokenRarity(catalogue, encoder.embedder).weights()
    ids = encoder.embedder.count_tokens(texts)
    common, absent = int(np.argmax(ids)), int(np.argmin(ids))
    assert weights[common] < weights[absent]
    assert np.isfinite(weights).all()
    assert (weights > 0).all()


def test_a_sample_is_the_same_again_and_never_longer_than_asked(parts):
    catalogue, _ = parts
    sample = [item.passage.id for item in catalogue.sample_passages(5)]
    assert sample == sorted(sample)
    assert len(sample) == 5
    assert sample == [item.passage.id for item in catalogue.sample_passages(5)]


def test_a_query_leans_towards_what_is_rare_here(parts):
    catalogue, encoder = parts
    embed, weights = encoder.embedder.embed_query, TokenRarity(catalogue, encoder.embedder).weights()
    counts = encoder.embedder.count_tokens([item.passage.text for item in catalogue.sample_passages(SAMPLE)])
    held = {word: counts[encoder.embedder.count_tokens([word]) > 0].max() for word in ("的", "讲堂", "量子", "纠缠")}
    common, rare = max(held, key=held.get), min(held, key=held.get)
    assert held[common] > held[rare]
    plain, leaning = np.array(embed(f"{common} {rare}")), np.array(embed(f"{common} {rare}", weights))
    assert leaning @ np.array(embed(rare)) > plain @ np.array(embed(rare))


def test_counts_of_another_model_are_not_used(parts):
    catalogue, _ = parts

    class Other:
        revision = "other"

    assert TokenRarity(catalogue, Other()).weights() is None


def test_a_model_that_weighs_its_own_tokens_stores_nothing(parts):
    catalogue, _ = parts
    before = catalogue.value("token_counts")

    class Transformer:
        revision = "transformer"

        def count_tokens(self, texts):
            return None

    store_token_counts(catalogue, Transformer())
    assert catalogue.value("token_counts") == before


def test_what_changes_is_reread(parts, monkeypatch):
    catalogue, encoder = parts
    monkeypatch.setattr("search.rarity._REFRESH_SECONDS", 0.0)
    rarity = TokenRarity(catalogue, encoder.embedder)
    assert rarity.weights() is rarity.weights()
    before = catalogue.value("token_counts")
    catalogue.set_value("token_counts", before.replace('"texts": ', '"texts": 1'))
    changed = rarity.weights()
    catalogue.set_value("token_counts", before)
    assert not np.array_equal(changed, rarity.weights())


def test_a_search_uses_the_weights(parts, analyser, embedder):
    catalogue, encoder = parts
    query = QueryAnalyser(analyser).run(text="讲堂的取暖补贴怎么发")["query"]
    dense = encoder.encode(query).dense
    assert dense == embedder.embed_query(query.text, TokenRarity(catalogue, embedder).weights())
    assert dense != embedder.embed_query(query.text)
