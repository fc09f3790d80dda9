from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelUnavailable
from corpus.settings import Settings
from search.embedding import Embedder, open_embedder, static_model
from search.embedding.transformer import TransformerEmbedder


def save_model(folder: Path, seed: int = 0, prompts: dict[str, str] | None = None) -> str:
    """A BERT with random weights and 16 dimensions, saved as sentence-transformers does."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    source = folder / "bert"
    source.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ":", *"志愿服务理论宣讲问文"]
    (source / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(source)
    BertTokenizer(str(source / "vocab.txt")).save_pretrained(source)
    transformer = Transformer(str(source))
    model = SentenceTransformer(modules=[transformer, Pooling(16)], prompts=prompts, device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return str(folder / "model")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return save_model(tmp_path_factory.mktemp("plain"))


def test_a_configured_path_is_used(model: str) -> None:
    embedder = open_embedder(Settings(embedding_model=model))
    assert isinstance(embedder, TransformerEmbedder)
    rows = embedder.embed_passages(["志愿服务", "理论宣讲", "志愿"])
    assert rows.shape == (3, 16) == (3, embedder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(embedder.embed_query("志愿服务"), rows[0], atol=1e-5)


def test_beside_it_the_bundled_model_reads_the_best_candidates(model: str) -> None:
    bundled = open_embedder(Settings())
    assert static_model(bundled) is bundled
    assert static_model(open_embedder(Settings(embedding_model=model))).revision == bundled.revision


def test_no_passages_give_no_rows(model: str) -> None:
    assert TransformerEmbedder(model).embed_passages([]).shape == (0, 16)


def test_the_models_own_prompts_apply(tmp_path: Path) -> None:
    prompts = {"query": "问:", "document": "文:"}
    embedder = TransformerEmbedder(save_model(tmp_path, prompts=prompts))
    assert embedder.revision != TransformerEmbedder(save_model(tmp_path / "plain")).revision
    query, passage = embedder.embed_query("志愿"), embedder.embed_passages(["志愿"])[0]
    assert not np.allclose(query, passage, atol=1e-3)


def test_prefixes_can_be_set(model: str) -> None:
    plain = TransformerEmbedder(model)
    settings = Settings(embedding_model=model, embedding_query_prefix="问:", embedding_passage_prefix="文:")
    prefixed = open_embedder(settings)
    assert np.allclose(prefixed.embed_query("志愿"), plain.embed_query("问:志愿"), atol=1e-5)
    assert np.allclose(prefixed.embed_passages(["志愿"]), plain.embed_passages(["文:志愿"]), atol=1e-5)
    assert prefixed.revision != plain.revision, "an index without them must not be searched with them"


def test_a_set_prefix_goes_before_the_models_own(tmp_path: Path) -> None:
    model = save_model(tmp_path, prompts={"query": "问:", "document": "文:"})
    embedder = open_embedder(Settings(embedding_model=model, embedding_query_prefix=""))
    assert np.allclose(embedder.embed_query("志愿"), save_free(embedder, "志愿"), atol=1e-5)


def save_free(embedder: Embedder, text: str) -> list[float]:
    """The vector without any prompt."""
    assert isinstance(embedder, TransformerEmbedder)
    vector = embedder._model.encode([text], prompt="")[0]
    return list(vector / np.linalg.norm(vector))


def test_a_revision_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    asked: list[object] = []

    def refuse(name: str, **options: object) -> None:
        asked.append((name, options["revision"], options["backend"]))
        raise OSError

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", refuse)
    with pytest.raises(ModelUnavailable):
        open_embedder(Settings(embedding_model="owner/model", embedding_revision="1a2b3c"))
    assert set(asked) == {("owner/model", "1a2b3c", "torch")}


@pytest.mark.skipif(find_spec("optimum") is not None, reason="optimum is installed")
def test_the_onnx_backend_says_what_it_needs(model: str) -> None:
    with pytest.raises(ModelUnavailable, match="optimum"):
        open_embedder(Settings(embedding_model=model, embedding_backend="onnx"))


@pytest.mark.skipif(find_spec("optimum") is None, reason="optimum is not installed")
def test_the_onnx_backend_gives_the_same_vectors(model: str) -> None:
    onnx = open_embedder(Settings(embedding_model=model, embedding_backend="onnx"))
    assert np.allclose(onnx.embed_query("志愿服务"), TransformerEmbedder(model).embed_query("志愿服务"), atol=1e-4)


def test_revision_follows_the_weights(model: str, tmp_path: Path) -> None:
    other = TransformerEmbedder(save_model(tmp_path, seed=1))
    same = TransformerEmbedder(model)
    assert same.revision == TransformerEmbedder(model).revision
    assert same.revision != other.revision


@pytest.mark.parametrize("name", ["no-such-owner/no-such-model", "./no/such/folder"])
def test_a_model_that_cannot_be_loaded_says_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailable, match="LUNKU_EMBEDDING_MODEL"):
        TransformerEmbedder(name)


def test_a_damaged_model_is_reported(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[", encoding="utf-8")
    with pytest.raises(ModelUnavailable):
        TransformerEmbedder(str(tmp_path))
