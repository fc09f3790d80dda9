"""Training one vector per token with in-batch negatives, on the CPU."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from search.embedding.static import REPETITION
from search.embedding.training.examples import (
    Bags,
    Batch,
    PieceSplitter,
    Positions,
    TokenLists,
    distinct,
    drop_tokens,
    join,
    keyword_cloze,
    span_cloze,
)

logger = logging.getLogger(__name__)

_WARM_UP = 18
"""Steps in which the learning rate rises."""
_AVERAGED = 10
"""Steps from one of the vectors that are averaged to the next."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the result besides the data.

    Attributes:
        averaged_share: share of the steps, the last ones, above 0, over which the vectors are averaged.
    """

    dimensions: int = 256
    steps: int = 1000
    averaged_share: float = 0.8
    spans: int = 448
    keywords: int = 320
    titles: int = 128
    questions: int = 1024
    hard_negatives: int = 512
    passage_tokens: int = 192
    initial_scale: float = 0.03
    learning_rate: float = 0.01
    similarity_scale: float = 24.0
    token_dropout: float = 0.3
    split_rate: float = 0.1
    title_share: float = 0.7
    balance: float = 0.6
    seed: int = 20
    threads: int = 2


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Tokenised passages and questions.

    Attributes:
        titles, bodies: one list per passage; a title may be empty.
        title_queries: passages whose title may be trained as a query for its body.
        questions: one token list per question.
        relevant: for each question the indices of its passages.
        negatives: for each question the indices of passages that look relevant and are not labelled so.
        passage_groups, question_groups: the collection of each passage and question, as small integers.
    """

    titles: TokenLists
    bodies: TokenLists
    title_queries: Positions
    questions: TokenLists
    relevant: Sequence[Positions]
    negatives: Sequence[Positions]
    passage_groups: Positions
    question_groups: Positions
    idf: NDArray[np.float32]
    decompositions: Sequence[Sequence[int]]


class BatchMaker:
    """Draws batches. Collections are drawn in proportion to their size to the power of ``balance``."""

    def __init__(self, data: TrainingData, recipe: Recipe) -> None:
        self._data = data
        self._recipe = recipe
        self._rng = np.random.default_rng(recipe.seed)
        self._split = PieceSplitter(data.decompositions)
        self._passage_weights = _balanced(data.passage_groups, recipe.balance) * (data.bodies.sizes >= 12)
        self._passage_weights /= self._passage_weights.sum()
        self._question_weights = _balanced(data.question_groups, recipe.balance)

    def __call__(self) -> Batch:
        """The next batch."""
        recipe, rng = self._recipe, self._rng
        spans = rng.choice(len(self._data.bodies), recipe.spans, p=self._passage_weights)
        keywords = rng.choice(len(self._data.bodies), recipe.keywords, p=self._passage_weights)
        titles = rng.choice(self._data.title_queries, recipe.titles if len(self._data.title_queries) else 0)
        asked = len(self._data.questions) and recipe.questions
        questions = rng.choice(len(self._data.questions), asked, p=self._question_weights if asked else None)
        answers = np.array([rng.choice(self._data.relevant[question]) for question in questions], dtype=np.int64)
        negatives = self._hard_negatives(questions)

        span_queries, span_passages = span_cloze(self._passages(spans), rng)
        keyword_queries, keyword_passages = keyword_cloze(self._passages(keywords), self._data.idf, rng)
        queries = join(
            [
                span_queries,
                keyword_queries,
                self._data.titles.take(titles, recipe.passage_tokens, rng),
                self._data.questions.take(questions, recipe.passage_tokens, rng),
            ]
        )
        passages = join(
            [
                span_passages,
                keyword_passages,
                self._data.bodies.take(titles, recipe.passage_tokens, rng),
                self._passages(np.concatenate([answers, negatives])),
            ]
        )
        first_question = recipe.spans + recipe.keywords + len(titles)
        passage_ids = np.concatenate([spans, keywords, titles, answers, negatives])
        return Batch(
            self._augment(queries),
            self._augment(passages),
            passage_ids,
            _also_relevant([self._data.relevant[question] for question in questions], passage_ids, first_question),
        )

    def _passages(self, indices: Positions) -> Bags:
        """Bodies, most of them after their title, in one bag each."""
        data, recipe, rng = self._data, self._recipe, self._rng
        bodies = data.bodies.take(indices, recipe.passage_tokens, rng)
        titles = data.titles.take(indices, recipe.passage_tokens, rng)
        titles = titles.keep((rng.random(titles.count) < recipe.title_share)[titles.owners])
        owners = np.concatenate([titles.owners, bodies.owners])
        order = np.argsort(owners, kind="stable")
        return Bags(np.concatenate([titles.tokens, bodies.tokens])[order], owners[order], bodies.count)

    def _hard_negatives(self, questions: Positions) -> Positions:
        data, rng = self._data, self._rng
        drawn = [rng.choice(data.negatives[question]) for question in questions if len(data.negatives[question])]
        return np.array(drawn[: self._recipe.hard_negatives], dtype=np.int64)

    def _augment(self, bags: Bags) -> Bags:
        split = self._split(bags, self._recipe.split_rate, self._rng)
        return drop_tokens(split, self._recipe.token_dropout, self._rng)


def train(
    data: TrainingData,
    recipe: Recipe,
    on_step: Callable[[int], None] | None = None,
    initial: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Token vectors, one row per token; row 0 (the unknown token) is zero.

    The learning rate stays, and the vectors are averaged over the steps (Izmailov et al., *Averaging Weights Leads to
    Wider Optima and Better Generalization*, 2018).

    Args:
        data: what to train on.
        recipe: how.
        on_step: called after each step with its number, to watch the progress.
        initial: vectors to start from; random ones by default.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    size = len(data.idf)
    # Random directions as long as the token's idf: before any training, cosines already behave like tf-idf's.
    start = (
        torch.randn(size, recipe.dimensions) * recipe.initial_scale * torch.from_numpy(data.idf)[:, None]
        if initial is None
        else torch.from_numpy(initial.copy())
    )
    bag = torch.nn.EmbeddingBag(size, recipe.dimensions, mode="sum", padding_idx=0, _weight=start)
    with torch.no_grad():
        bag.weight[0] = 0
    optimiser = torch.optim.Adam(bag.parameters(), lr=recipe.learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, (step + 1) / _WARM_UP))
    first = recipe.steps * (1 - recipe.averaged_share)
    averaged = [step for step in range(recipe.steps - 1, -1, -_AVERAGED) if step >= first]
    total = torch.zeros_like(start)
    next_batch = BatchMaker(data, recipe)
    for step in range(recipe.steps):
        loss = _loss(bag, next_batch(), recipe.similarity_scale)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            logger.info("step %d of %d, loss %.4f", step, recipe.steps, loss.item())
        if step in averaged:
            total += bag.weight.detach()
        if on_step:
            on_step(step)
    return np.asarray((total / len(averaged)).numpy(), dtype=np.float32)


def _loss(bag: torch.nn.EmbeddingBag, batch: Batch, scale: float) -> torch.Tensor:
    queries, passages = _embed(bag, batch.queries), _embed(bag, batch.passages)
    scores = queries @ passages.T * scale
    count = len(queries)
    ids = torch.from_numpy(batch.passage_ids)
    excluded = ids[:count, None] == ids[None, :]
    excluded[batch.also_relevant[:, 0], batch.also_relevant[:, 1]] = True
    target = torch.arange(count)
    excluded[target, target] = False
    scores = scores.masked_fill(excluded, -1e4)
    forward = functional.cross_entropy(scores, target)
    backward = functional.cross_entropy(scores[:, :count].T, target)
    return (forward + backward) / 2


def _embed(bag: torch.nn.EmbeddingBag, bags: Bags) -> torch.Tensor:
    bags, counts = distinct(bags)
    weights = torch.from_numpy(counts.astype(np.float32) ** REPETITION)
    offsets = torch.from_numpy(bags.offsets.astype(np.int32))
    vectors = bag(torch.from_numpy(bags.tokens), offsets, per_sample_weights=weights)
    return functional.normalize(vectors, dim=-1)


def _balanced(groups: Positions, power: float) -> NDArray[np.float64]:
    """Weights that sum to 1 and give each group its size to the power of ``power``."""
    if not len(groups):
        return np.zeros(0)
    sizes = np.bincount(groups)
    weights = sizes[groups].astype(np.float64) ** (power - 1)
    return np.asarray(weights / weights.sum())


def _also_relevant(relevant: Sequence[Positions], passage_ids: Positions, first: int) -> Positions:
    """(query, passage) positions of a batch where another relevant passage of the query stands."""
    columns: dict[int, list[int]] = {}
    for column, identifier in enumerate(passage_ids.tolist()):
        columns.setdefault(identifier, []).append(column)
    pairs = [
        (first + row, column)
        for row, identifiers in enumerate(relevant)
        for identifier in identifiers.tolist()
        for column in columns.get(identifier, ())
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
