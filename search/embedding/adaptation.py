"""Fitting the bundled model further on a library's own passages, and judging the result.

The model learns from inverse cloze (words of a passage as the query, the rest of it as what is to be found), from
titles and headings with what stands below them, and from the questions whose answers readers accepted. A share of the
passages and of the accepted questions is held back, chosen by hash, and never trained on: on those the model in use and
the new one are compared, and only a gain that is no accident counts.

Training starts from the bundled model's vectors and goes on where its own training ended
(``search.embedding.training``); the words stay the same. Equal libraries give equal models on the same machine. torch
is imported here, by training alone.
"""

import json
import math
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from corpus.catalogue import AcceptedPair, PassageInContext
from corpus.errors import InputError
from corpus.identifiers import text_hash
from corpus.records import Span
from corpus.text.folding import fold
from corpus.text.sentences import split_sentences
from search.embedding import ADAPTED_NOTE, BUNDLED_MODEL
from search.embedding.static import StaticEmbedder
from search.rarity import SAMPLE, token_weights
from search.sparse import index_text

MOST_PASSAGES = 50_000
"""Passages that are trained on: those with the smallest ids, which are hashes. More would not fit better in the steps
there are, and each takes about 2 KB of memory."""

LEAST_PAIRS = 30
"""Held-back pairs below which no gain can be told from an accident."""

STEPS = 200
LEARNING_RATE = 0.005
_SPANS, _KEYWORDS, _TITLES, _QUESTIONS = 256, 256, 128, 256

_HELD_BACK = 51
"""Of 256: passages whose text's hash starts with a byte below this may be held back; a fifth."""
_HELD_BACK_QUESTIONS = 64
"""Of 256: accepted questions held back; a quarter, for there are few."""
_MOST_PAIRS = 1_000
"""Pairs of each sort that are compared on; passages beyond them are trained on."""
_SHORTEST_TOKENS = 12
"""Tokens of a passage that is trained on, as ``BatchMaker`` wants."""
_SENTENCE = range(8, 81)
"""Characters of a sentence that can stand for a query."""
_REST = 30
"""Characters that must remain of its passage."""
_DEPTH = 10
_CERTAIN = 1.96
"""Standard errors by which the mean gain must exceed zero: of gains by accident 2.5 % do."""

Progress = Callable[[int, int], None]
"""Told after each step: steps done, steps in all."""


@dataclass(frozen=True, slots=True)
class Score:
    """Mean nDCG@10 over held-back pairs, with the model in use and with the new one."""

    pairs: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What came of it.

    Attributes:
        improved: whether the new model is better on what it was not trained on.
        passages, questions: how many were trained on.
        sentences: a sentence against the rest of its passage.
        accepted: accepted questions against their passages; with no pairs where none is held back.
    """

    improved: bool
    passages: int
    questions: int
    sentences: Score
    accepted: Score


@dataclass(frozen=True, slots=True)
class _Text:
    id: str
    heading: str
    body: str
    key: str

    @property
    def whole(self) -> str:
        return f"{self.heading}\n{self.body}"


@dataclass(frozen=True, slots=True)
class _HeldBack:
    """A query, the text that it belongs to and the places of passages that hold that text; they are no rivals."""

    query: str
    text: str
    places: NDArray[np.int64]


def adapt(
    passages: Sequence[PassageInContext],
    accepted: Sequence[AcceptedPair],
    in_use: StaticEmbedder,
    output: Path,
    on_step: Progress | None = None,
) -> Adaptation:
    """Train a model on the passages and write it to ``output``, a folder that is created anew.

    Args:
        passages: of the library.
        accepted: questions with the passages that answer them; those of other passages are left out.
        in_use: the model that the new one must beat.
        output: where to write the new model, whether or not it is better.
        on_step: told how far the training is.

    Raises:
        InputError: too few passages to hold back and compare with.
    """
    texts = [_text(item) for item in passages]
    trained, kept = _questions(accepted, texts)
    answers = {answer for found in trained.values() for answer in found}
    sentences = _sentence_pairs(texts, answers)
    learnt = [text for text in texts if text.key not in sentences]
    if len(sentences) < LEAST_PAIRS:
        raise InputError(
            f"馆藏文字太少（{len(texts)} 段，可供检验的只有 {len(sentences)} 段，至少要 {LEAST_PAIRS} 段），"
            "还不能按馆藏改进模型。请在入库更多文献后再试。"
        )
    _train(learnt, trained, output, on_step)
    new = StaticEmbedder(output)
    questions = _question_pairs(kept, texts)
    compared = [list(sentences.values()), questions]
    first, second = _score(in_use, texts, compared), _score(new, texts, compared)
    found = Adaptation(
        improved=_certain(second[0] - first[0]) and _no_worse(second[1] - first[1]),
        passages=len(learnt),
        questions=len(trained),
        sentences=_mean(first[0], second[0]),
        accepted=_mean(first[1], second[1]),
    )
    note = {"bundled": StaticEmbedder(BUNDLED_MODEL).revision, **asdict(found)}
    (output / ADAPTED_NOTE).write_text(json.dumps(note, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return found


def _text(item: PassageInContext) -> _Text:
    heading = index_text(item.document.title, item.passage.path, "").strip()
    return _Text(item.passage.id, heading, item.passage.text, text_hash(item.passage.text))


def _hashed(digest: str) -> int:
    """The first byte of a hexadecimal hash."""
    return int(digest[:2], 16)


def _questions(
    accepted: Sequence[AcceptedPair], texts: Sequence[_Text]
) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Questions to train on and questions held back, with the ids of their passages, all sorted."""
    keys = {text.id: text.key for text in texts}
    found: dict[str, set[str]] = {}
    for pair in accepted:
        if keys.get(pair.passage_id) == pair.text_hash:
            found.setdefault(fold(pair.question), set()).add(pair.passage_id)
    asked = {question: sorted(found[question]) for question in sorted(found)}
    held = {question for question in asked if _hashed(text_hash(question)) < _HELD_BACK_QUESTIONS}
    return (
        {question: ids for question, ids in asked.items() if question not in held},
        {question: ids for question, ids in asked.items() if question in held},
    )


def _sentence_pairs(texts: Sequence[_Text], answers: Collection[str]) -> dict[str, _HeldBack]:
    """One sentence of each held-back passage, chosen by hash, and its passage without it; by the key of the text.

    Never of a text that is an answer to train on, not even of a copy of it.
    """
    places = _places(texts)
    learnt = {text.key for text in texts if text.id in answers}
    pairs: dict[str, _HeldBack] = {}
    for text in texts:
        if _hashed(text.key) >= _HELD_BACK or text.key in pairs or text.key in learnt:
            continue
        spans = [span for span in split_sentences(text.body) if _can_ask(text, span)]
        if spans:
            span = spans[int(text.key[2:8], 16) % len(spans)]
            rest = f"{text.heading}\n{text.body[: span.start]}{text.body[span.end :]}"
            pairs[text.key] = _HeldBack(text.body[span.start : span.end], rest, places[text.key])
        if len(pairs) == _MOST_PAIRS:
            break
    return pairs


def _can_ask(text: _Text, span: Span) -> bool:
    """Whether a sentence can stand for a query: it is no heading, and leaves enough of its passage."""
    sentence = text.body[span.start : span.end]
    rest = len(text.body) - len(sentence)
    return len(sentence) in _SENTENCE and rest >= _REST and sentence.strip() not in text.heading


def _question_pairs(questions: Mapping[str, list[str]], texts: Sequence[_Text]) -> list[_HeldBack]:
    places, by_id = _places(texts), {text.id: text for text in texts}
    pairs = [
        _HeldBack(question, by_id[identifier].whole, places[by_id[identifier].key])
        for question, identifiers in questions.items()
        for identifier in identifiers
    ]
    return pairs[:_MOST_PAIRS]


def _places(texts: Sequence[_Text]) -> dict[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        found.setdefault(text.key, []).append(place)
    return {key: np.array(places, dtype=np.int64) for key, places in found.items()}


def _train(texts: Sequence[_Text], questions: Mapping[str, list[str]], output: Path, on_step: Progress | None) -> None:
    from search.embedding.training.examples import TokenLists
    from search.embedding.training.export import write_model
    from search.embedding.training.optimisation import Recipe, TrainingData, train
    from search.embedding.training.vocabulary import decompositions, encode, inverse_document_frequency

    tokenizer, vectors = _bundled()
    headings, bodies = (encode(tokenizer, [fold(text) for text in column]) for column in _columns(texts))
    places = {text.id: place for place, text in enumerate(texts)}
    nothing = np.zeros(0, dtype=np.int64)
    data = TrainingData(
        titles=TokenLists(headings),
        bodies=TokenLists(bodies),
        title_queries=np.flatnonzero(
            [len(body) >= _SHORTEST_TOKENS and bool(heading) for heading, body in zip(headings, bodies, strict=True)]
        ),
        questions=TokenLists(encode(tokenizer, list(questions))),
        relevant=[np.array([places[identifier] for identifier in ids]) for ids in questions.values()],
        negatives=[nothing] * len(questions),
        passage_groups=np.zeros(len(texts), dtype=np.int64),
        question_groups=np.zeros(len(questions), dtype=np.int64),
        idf=inverse_document_frequency((np.array(body, dtype=np.int32) for body in bodies), len(vectors)),
        decompositions=decompositions(tokenizer),
    )
    recipe = Recipe(
        dimensions=vectors.shape[1],
        steps=STEPS,
        averaged_share=0.5,
        spans=_SPANS,
        keywords=_KEYWORDS,
        titles=_TITLES,
        questions=min(_QUESTIONS, len(questions)),
        hard_negatives=0,
        learning_rate=LEARNING_RATE,
    )
    told = None if on_step is None else lambda step: on_step(step + 1, STEPS)
    trained = train(data, recipe, told, initial=vectors)
    shutil.rmtree(output, ignore_errors=True)
    write_model(output, tokenizer, trained)


def _columns(texts: Sequence[_Text]) -> tuple[list[str], list[str]]:
    return [text.heading for text in texts], [text.body for text in texts]


def _bundled() -> tuple[Tokenizer, NDArray[np.float32]]:
    tensors = load_file(BUNDLED_MODEL / "model.safetensors")
    vectors = tensors["embeddings"].astype(np.float32) * tensors["weights"].astype(np.float32)[:, None]
    return Tokenizer.from_file(str(BUNDLED_MODEL / "tokenizer.json")), vectors


def _score(
    embedder: StaticEmbedder, texts: Sequence[_Text], groups: Sequence[Sequence[_HeldBack]]
) -> list[NDArray[np.float64]]:
    """For each group of pairs the nDCG@10 of each: the place of the text it belongs to among all passages."""
    wholes = [text.whole for text in texts]
    weights = token_weights(embedder.count_tokens(wholes[:SAMPLE]), len(wholes[:SAMPLE]))
    passages = embedder.embed_passages(wholes)
    return [np.array([_gain(embedder, pair, weights, passages) for pair in pairs]) for pairs in groups]


def _gain(
    embedder: StaticEmbedder, pair: _HeldBack, weights: NDArray[np.float32], passages: NDArray[np.float32]
) -> float:
    query = np.array(embedder.embed_query(pair.query, weights), dtype=np.float32)
    scores = passages @ query
    scores[pair.places] = -1
    own = float(embedder.embed_passages([pair.text])[0] @ query)
    rank = int((scores > own).sum())
    return 1 / float(np.log2(rank + 2)) if rank < _DEPTH else 0.0


def _mean(before: NDArray[np.float64], after: NDArray[np.float64]) -> Score:
    if not len(before):
        return Score(0, 0.0, 0.0)
    return Score(len(before), float(before.mean()), float(after.mean()))


def _certain(gains: NDArray[np.float64]) -> bool:
    error = float(gains.std(ddof=1)) / math.sqrt(len(gains))
    return float(gains.mean()) > _CERTAIN * error


def _no_worse(gains: NDArray[np.float64]) -> bool:
    return not len(gains) or float(gains.mean()) >= 0
