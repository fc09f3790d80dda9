from pathlib import Path

import pytest

from corpus.errors import ModelUnavailable
from corpus.identifiers import passage_number
from corpus.settings import Settings
from search.candidates import in_order
from search.cross_encoder import READ, CrossEncoderRanker, open_cross_encoder
from search.query import build_filter
from search.results import Mode, SearchFilters, SearchRequest
from search.searcher import Searcher
from tests.search.library import STAFF

WHERE = build_filter(STAFF, SearchFilters())


@pytest.fixture(scope="module")
def model_path(tmp_path_factory) -> str:
    return save_model(tmp_path_factory.mktemp("cross"))


def save_model(folder: Path, labels: int = 1) -> str:
    """A BERT with random weights that scores pairs."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"冬季取暖补贴讲堂宣传员经费县政办工作"]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(set(words)),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def ranked(library, model, text, mode=Mode.HYBRID):
    """The candidates of a query before and after the second order, and the model's scores."""
    retrieval = library._retrieval
    query = retrieval.analyser.run(text=text, mode=mode, where=WHERE)["query"]
    before = retrieval.retriever.run(query=query, where=WHERE, groups=STAFF)["ranking"]
    ranker = CrossEncoderRanker(retrieval.retriever.catalogue, model)
    return before, ranker.run(query=query, ranking=before)["ranking"]


def test_the_model_decides_the_order(library, model_path):
    model = open_cross_encoder(Settings(reranker_model=model_path))
    before, after = ranked(library, model, "冬季取暖补贴")
    texts = library._retrieval.retriever.catalogue.texts_of([item.id for item in before.candidates])
    assert 1 < len(before.candidates) <= READ
    says = {
        item.id: float(
            model.predict([("冬季取暖补贴", "\n".join((texts[item.id][0], *texts[item.id][1], texts[item.id][2])))])[0]
        )
        for item in before.candidates
    }
    assert {item.id for item in after.candidates} == set(says)
    assert [item.id for item in after.candidates] == sorted(says, key=lambda name: (-says[name], name))
    assert [item.id for item in after.candidates] != [item.id for item in before.candidates]
    assert [item.legs for item in after.candidates] == [
        {item.id: item.legs for item in before.candidates}[item.id] for item in after.candidates
    ]
    assert ranked(library, model, "冬季取暖补贴")[1] == after, "same query, same order"


def test_exact_matches_stay_on_top_and_other_modes_as_they_are(library, model_path):
    model = open_cross_encoder(Settings(reranker_model=model_path))
    before, after = ranked(library, model, "22YL037")
    assert after == before
    before, after = ranked(library, model, "冬季取暖补贴", Mode.LEXICAL)
    assert after == before
    before, after = ranked(library, model, "关于办好云岭社区讲堂的调研报告")
    tiers = [item.tier for item in after.candidates]
    assert tiers[0] > 0
    assert [item.score for item in after.candidates] == [item.score for item in in_order(after.candidates)]
    assert tiers == sorted(tiers, reverse=True)


def test_what_is_not_read_stays_behind_in_its_order(library, model_path, monkeypatch):
    monkeypatch.setattr("search.cross_encoder.READ", 2)
    model = open_cross_encoder(Settings(reranker_model=model_path))
    before, after = ranked(library, model, "冬季取暖补贴")
    assert {item.id for item in after.candidates[:2]} == {item.id for item in before.candidates[:2]}
    assert [item.id for item in after.candidates[2:]] == [item.id for item in before.candidates[2:]]
    scores = [item.score for item in after.candidates]
    assert scores == sorted(scores, reverse=True)


def test_a_search_shows_the_order_of_the_model(library, model_path):
    model = open_cross_encoder(Settings(reranker_model=model_path))
    retriever = library._retrieval.retriever
    parts = (retriever.catalogue, retriever.engine, retriever.encoder.analyser, retriever.encoder.embedder)
    searcher = Searcher(*parts, reranker=CrossEncoderRanker(retriever.catalogue, model))
    _, after = ranked(library, model, "冬季取暖补贴")
    hits = searcher.search(SearchRequest("冬季取暖补贴", limit=20), STAFF).hits
    assert [passage_number(hit.passage_id) for hit in hits] == [item.id for item in after.candidates]


def test_no_setting_no_model():
    assert open_cross_encoder(Settings()) is None


def test_a_model_that_cannot_be_used_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailable, match="LUNKU_RERANKER_MODEL"):
        open_cross_encoder(Settings(reranker_model="no-such-owner/no-such-model"))
    with pytest.raises(ModelUnavailable, match="3 个分数"):
        open_cross_encoder(Settings(reranker_model=save_model(tmp_path, labels=3)))
