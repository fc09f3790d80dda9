import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from corpus.errors import ModelUnavailable
from corpus.settings import Settings
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.embedding import BUNDLED_MODEL, open_embedder
from search.embedding.static import REPETITION, StaticEmbedder

TEXTS = [
    "依托省委党校成立志愿服务理论研究专门机构",
    "农村宅基地能不能转让给城里人？",
    "The Communist Manifesto was published in 1848.",
    "關於深化新時代文明實踐志願服務的意見",
    "２０２４年第3期，共12页",
    "讲员讲理论，理论讲给百姓，讲员讲政策",
]


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder(BUNDLED_MODEL)


def test_is_the_default_and_needs_no_torch() -> None:
    script = (
        "import sys; from corpus.settings import Settings; from search.embedding import open_embedder;"
        "embedder = open_embedder(Settings()); embedder.embed_query('志愿服务'); embedder.embed_passages(['理论宣讲']);"
        "print([name for name in ('torch', 'sentence_transformers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_agrees_with_sentence_transformers(embedder: StaticEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(BUNDLED_MODEL), local_files_only=True, device="cpu")
    texts = [text for text in TEXTS if len(set(embedder._tokenise(text))) == len(embedder._tokenise(text))]
    assert len(texts) > 2
    expected = model.encode([fold(text) for text in texts])
    assert np.allclose(embedder.embed_passages(texts), expected, atol=1e-3)
    assert model.get_embedding_dimension() == embedder.dimensions


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """The model's, as sentence-transformers takes it."""
    return Tokenizer.from_file(str(BUNDLED_MODEL / "tokenizer.json"))


# Not of characters that this Python does not know yet.
_TEXT = st.text(st.sampled_from("志愿服务Aｂ１0²ⅳ①㎡İΣ， _\u0301臺〇") | st.characters(exclude_categories=["Cs", "Cn"]))


@given(_TEXT)
def test_texts_are_prepared_as_the_tokenizer_would(embedder: StaticEmbedder, tokenizer: Tokenizer, text: str) -> None:
    assert embedder._tokenise(text) == tokenizer.encode(fold(text), add_special_tokens=False).ids


def test_passages_and_queries_are_embedded_alike(embedder: StaticEmbedder) -> None:
    rows = embedder.embed_passages(TEXTS)
    assert rows.dtype == np.float32
    for row, text in zip(rows, TEXTS, strict=True):
        assert np.allclose(row, embedder.embed_query(text), atol=1e-6)


def test_a_repeated_word_counts_less_each_time(embedder: StaticEmbedder) -> None:
    one, other, both = embedder.embed_passages(["志愿", "宣讲", "志愿、志愿、志愿、志愿。宣讲"])
    lengths = [
        float(embedder._scales[token] * np.linalg.norm(embedder._vectors[token].astype(np.float32)))
        for token in embedder._tokenise("志愿宣讲")
    ]
    expected = 4**REPETITION * lengths[0] * one + lengths[1] * other
    assert np.allclose(both, expected / np.linalg.norm(expected), atol=1e-5)
    assert np.allclose(embedder.embed_query("志愿、志愿、志愿、志愿。宣讲"), both, atol=1e-6)


@given(st.lists(st.text(max_size=60), max_size=8))
def test_rows_are_unit_or_zero(embedder: StaticEmbedder, texts: list[str]) -> None:
    rows = embedder.embed_passages(texts)
    assert rows.shape == (len(texts), embedder.dimensions)
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


def test_texts_cut_into_words_are_embedded_like_whole_ones(embedder: StaticEmbedder, analyser: Analyser) -> None:
    words = [analyser.cut(fold(text)) for text in TEXTS]
    rows = embedder.embed_words([*words, [], ["。"]])
    assert np.allclose(rows[: len(TEXTS)], embedder.embed_passages(TEXTS), atol=1e-6)
    assert not np.any(rows[len(TEXTS) :])
    assert embedder.embed_words([]).shape == (0, embedder.dimensions)


def test_a_text_of_words_has_one_vector_whatever_stands_beside_it(embedder: StaticEmbedder, analyser: Analyser) -> None:
    words = [analyser.cut(fold(text)) for text in TEXTS]
    together = embedder.embed_words(words)
    for text, row in zip(words, together, strict=True):
        assert np.array_equal(embedder.embed_words([text])[0], row)


def test_a_term_that_the_model_has_no_token_for_is_made_of_its_parts(embedder: StaticEmbedder) -> None:
    [whole] = embedder.embed_words([["取暖补贴发放办法"]])
    assert np.allclose(whole, embedder.embed_query("取暖补贴发放办法"), atol=1e-6)


@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=6))
def test_rows_of_words_are_unit_or_zero(embedder: StaticEmbedder, texts: list[list[str]]) -> None:
    lengths = np.linalg.norm(embedder.embed_words(texts), axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


@pytest.mark.parametrize("text", ["", "   \n", "，。！？", "\U0001f600"])
def test_text_without_words_is_the_zero_vector(embedder: StaticEmbedder, text: str) -> None:
    assert not np.any(embedder.embed_query(text))
    assert not np.any(embedder.embed_passages([text, text]))


def test_embeds_the_folded_text(embedder: StaticEmbedder) -> None:
    assert embedder.embed_query("志願服務２０２１") == embedder.embed_query("志愿服务2021")


def test_batches_do_not_change_rows(embedder: StaticEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = embedder.embed_passages(TEXTS)
    monkeypatch.setattr("search.embedding.static._BATCH_CHARACTERS", 10)
    assert np.array_equal(embedder.embed_passages(TEXTS), whole)


@pytest.mark.parametrize(
    ("question", "passage", "other"),
    [
        ("老板拖欠工资怎么办", "用人单位应当按时足额支付劳动报酬，不得克扣。", "机动车驾驶人应当遵守道路交通信号。"),
        (
            "捡到别人的东西要还吗",
            "拾得遗失物应当返还权利人，或者送交公安等有关部门。",
            "公司设立董事会，董事任期由章程规定。",
        ),
        (
            "孩子上不起学国家有什么帮助",
            "国家对家庭经济困难学生给予资助，保障其接受义务教育。",
            "食品生产者应当取得食品生产许可。",
        ),
    ],
)
def test_meaning_counts_without_shared_words(embedder: StaticEmbedder, question: str, passage: str, other: str) -> None:
    query = np.array(embedder.embed_query(question))
    near, far = embedder.embed_passages([passage, other]) @ query
    assert near > far


def test_revision_follows_the_files(tmp_path: Path, embedder: StaticEmbedder) -> None:
    for name in ("tokenizer.json", "model.safetensors"):
        (tmp_path / name).write_bytes((BUNDLED_MODEL / name).read_bytes())
    assert StaticEmbedder(tmp_path).revision == embedder.revision
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert StaticEmbedder(tmp_path).revision != embedder.revision


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors"])
def test_damaged_model_is_reported(tmp_path: Path, name: str) -> None:
    for file in ("tokenizer.json", "model.safetensors"):
        (tmp_path / file).write_bytes((BUNDLED_MODEL / file).read_bytes())
    (tmp_path / name).write_bytes(b"broken")
    with pytest.raises(ModelUnavailable, match="重新安装"):
        StaticEmbedder(tmp_path)


def test_missing_model_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        StaticEmbedder(tmp_path / "absent")


def test_bundled_model_is_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLED_MODEL.rglob("*")) <= 16_000_000


def test_a_query_is_fast(embedder: StaticEmbedder) -> None:
    embedder.embed_query("预热")
    started = time.process_time()
    for _ in range(200):
        embedder.embed_query("基层宣讲员如何把党的创新理论讲到百姓心里？")
    assert (time.process_time() - started) / 200 < 0.003  # ten times the target: a loaded machine must not fail it


def test_settings_choose_the_bundled_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUNKU_EMBEDDING_MODEL", raising=False)
    assert isinstance(open_embedder(Settings()), StaticEmbedder)
