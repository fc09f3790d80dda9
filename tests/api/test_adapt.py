"""``lunku adapt`` over the samples: real training, of fewer steps."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from api.library import open_index, owner_groups
from corpus.catalogue import AcceptedPair, Catalogue
from corpus.records import PassageSpan
from corpus.samples.source import FILES_DIR
from corpus.settings import Settings
from corpus.text.folding import fold
from search.embedding import ADAPTED_NOTE, BUNDLED_MODEL, adaptation, open_embedder
from search.embedding.static import StaticEmbedder
from search.results import SearchRequest
from tests.api.lunku import lunku, lunku_json
from tests.corpus.drafts import make_draft

BUNDLED = StaticEmbedder(BUNDLED_MODEL).revision


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("adapt") / "data"
    lunku(data_dir, "ingest", FILES_DIR)
    return data_dir


@pytest.fixture
def jargon_dir(tmp_path):
    """A library of its own language: what is said in one half of a subject's words goes with the other half."""
    pieces = [piece for piece in StaticEmbedder(BUNDLED_MODEL)._tokenizer.get_vocab() if len(piece) == 2]
    random = Random(4)
    common = random.sample(sorted(piece for piece in pieces if not piece.isascii()), 1200)
    drafts = []
    for number in range(0, len(common), 40):
        asked, told = common[number : number + 12], common[number + 12 : number + 40]
        for copy in range(10):
            text = f"{'、'.join(random.sample(asked, 8))}。{'、'.join(told + random.sample(told, 14))}。"
            passages = (PassageSpan(0, len(text), ()),)
            name = f"/资料/{number}-{copy}.txt"
            drafts.append(make_draft(name, text, fields=(), sections=(), text=text, title="行话", passages=passages))
    with Catalogue.open(Settings(data_dir=tmp_path).catalogue_url) as catalogue:
        catalogue.add_versions(drafts)
    lunku(tmp_path, "reindex")
    return tmp_path


@pytest.fixture
def passages(data_dir):
    with Catalogue.open(Settings(data_dir=data_dir).catalogue_url) as catalogue:
        return catalogue.sample_passages(adaptation.MOST_PASSAGES)


def first_hits(data_dir):
    """The model's revision and what is found for the first words of a passage."""
    settings = Settings(data_dir=data_dir)
    with Catalogue.open(settings.catalogue_url) as catalogue, open_index(settings, catalogue) as index:
        [passage] = catalogue.sample_passages(1)
        found = index.searcher.search(SearchRequest(passage.passage.text[:20]), owner_groups(catalogue))
        return index.embedder.revision, [hit.passage_id for hit in found.hits]


@pytest.mark.slow
def test_a_better_model_is_used_from_then_on_and_can_be_undone(jargon_dir, monkeypatch):
    data_dir = jargon_dir
    monkeypatch.setattr(adaptation, "STEPS", 40)
    before = first_hits(data_dir)
    assert before[0] == BUNDLED
    found = lunku_json(data_dir, "adapt")
    assert found["improved"]
    assert found["sentences"]["after"] > found["sentences"]["before"]
    assert found["indexed"] == lunku_json(data_dir, "documents", "list")["total"]
    adapted, hits = first_hits(data_dir)
    assert adapted != BUNDLED
    assert hits
    assert "按馆藏改进" in lunku(data_dir, "doctor").stdout
    note = json.loads((Settings(data_dir=data_dir).adapted_model_dir / ADAPTED_NOTE).read_text(encoding="utf-8"))
    assert (note["bundled"], note["passages"]) == (BUNDLED, found["passages"])

    again = lunku(data_dir, "adapt").stdout  # The same library gives the same model, which does not beat itself.
    assert "没有可靠的提高" in again
    assert first_hits(data_dir) == (adapted, hits)

    assert lunku_json(data_dir, "adapt", "--undo") == {"undone": True, "indexed": found["indexed"]}
    assert first_hits(data_dir) == before
    assert not [path for path in data_dir.iterdir() if path.name.startswith("adapted-model")]
    assert "自带模型" in lunku(data_dir, "adapt", "--undo").stdout


@pytest.mark.slow
def test_a_model_that_is_no_better_changes_nothing(data_dir, monkeypatch):
    monkeypatch.setattr(adaptation, "STEPS", 2)
    monkeypatch.setattr(adaptation, "LEARNING_RATE", 1.0)  # Two steps that ruin the vectors.
    before = first_hits(data_dir)
    said = lunku(data_dir, "adapt").stdout
    assert "没有可靠的提高，仍用原来的模型" in said
    assert first_hits(data_dir) == before
    assert not [path for path in data_dir.iterdir() if path.name.startswith("adapted-model")]


def test_it_needs_the_bundled_model_and_a_library(data_dir, tmp_path, monkeypatch):
    assert "馆藏文字太少" in lunku(tmp_path / "empty", "adapt", code=1).stderr
    monkeypatch.setenv("LUNKU_EMBEDDING_MODEL", "./some-model")
    assert "LUNKU_EMBEDDING_MODEL" in lunku(data_dir, "adapt", code=1).stderr


def test_a_damaged_adapted_model_names_the_way_back(tmp_path):
    settings = Settings(data_dir=tmp_path)
    settings.adapted_model_dir.mkdir()
    with pytest.raises(Exception, match="lunku adapt --undo"):
        open_embedder(settings)
    assert "已改回自带模型" in lunku(tmp_path, "adapt", "--undo").stdout
    assert open_embedder(settings).revision == BUNDLED


def test_what_is_held_back_is_not_trained_on(passages):
    texts = [adaptation._text(item) for item in passages]
    answer = next(text for text in texts if adaptation._hashed(text.key) < adaptation._HELD_BACK)
    pairs = adaptation._sentence_pairs(texts, set())
    assert len(pairs) >= adaptation.LEAST_PAIRS
    assert answer.key not in adaptation._sentence_pairs(texts, {answer.id})
    for key, pair in pairs.items():
        assert {texts[place].key for place in pair.places} == {key}
        assert pair.query.strip() not in pair.text or texts[pair.places[0]].body.count(pair.query.strip()) > 1


def test_accepted_questions_are_trained_on_or_held_back_but_never_both(passages):
    texts = [adaptation._text(item) for item in passages]
    now = datetime(2024, 5, 1, tzinfo=UTC)
    pairs = [
        AcceptedPair(f"第{number}个问题怎么办？", text.id, text.key, 1, now) for number, text in enumerate(texts[:40])
    ]
    outdated = [replace(pairs[0], question="问的是旧版本？", text_hash="0" * 64), replace(pairs[1], passage_id="gone")]
    trained, held_back = adaptation._questions([*pairs, *outdated], texts)
    assert trained
    assert held_back
    assert not trained.keys() & held_back.keys()
    assert trained.keys() | held_back.keys() == {fold(pair.question) for pair in pairs}
    assert adaptation._questions(pairs[::-1], texts) == (trained, held_back)
    [pair, *_] = adaptation._question_pairs(held_back, texts)
    assert pair.query in held_back
