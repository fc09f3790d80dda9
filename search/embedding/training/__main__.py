"""Command line of the training: see the package's docstring."""

import argparse
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from search.embedding.training.examples import TokenLists
from search.embedding.training.export import write_model
from search.embedding.training.negatives import hard_negatives
from search.embedding.training.optimisation import Recipe, TrainingData, train
from search.embedding.training.sources import (
    Passage,
    Question,
    may_train_on,
    read_passages,
    read_questions,
)
from search.embedding.training.vocabulary import (
    build_tokenizer,
    decompositions,
    encode,
    inverse_document_frequency,
)
from search.evaluation import query_hash

logger = logging.getLogger(__name__)


def prepare(texts: Sequence[str], pairs: Sequence[str], vocabulary: int) -> tuple[Tokenizer, TrainingData, list[str]]:
    """The tokenizer, the tokenised data and the hashes of the queries in it.

    Held-out queries are left out, and so is every title that is one of them.
    """
    passages = read_passages([*pairs, *texts])
    every = read_questions(pairs)
    questions = [question for question in every if may_train_on(question.text)]
    held_out = {question.text for question in every} - {question.text for question in questions}
    tokenizer = build_tokenizer((f"{passage.title}\n{passage.body}" for passage in passages), vocabulary)
    relevant, questions = _resolve(questions, passages)
    titles = [passage.title for passage in passages]
    bodies = TokenLists(encode(tokenizer, [passage.body for passage in passages]))
    logger.info("%d passages, %d tokens, %d questions", len(passages), bodies.sizes.sum(), len(questions))
    data = TrainingData(
        titles=TokenLists(encode(tokenizer, titles)),
        bodies=bodies,
        title_queries=np.flatnonzero([bool(title) and title not in held_out for title in titles]),
        questions=TokenLists(encode(tokenizer, [question.text for question in questions])),
        relevant=relevant,
        negatives=hard_negatives(questions, passages, relevant),
        passage_groups=_groups([passage.collection for passage in passages]),
        question_groups=_groups([question.collection for question in questions]),
        idf=inverse_document_frequency((bodies[i] for i in range(len(bodies))), tokenizer.get_vocab_size()),
        decompositions=decompositions(tokenizer),
    )
    return tokenizer, data, sorted({query_hash(question.text) for question in questions})


def main() -> None:
    """Train and write the model."""
    parser = argparse.ArgumentParser(prog="python -m search.embedding.training", description=__doc__)
    parser.add_argument("--texts", nargs="*", default=[], help="collections without questions, FOLDER or FOLDER:PREFIX")
    parser.add_argument("--pairs", nargs="+", required=True, help="collections with questions")
    parser.add_argument(
        "--output", type=Path, required=True, help="folder of the model; training_queries.txt is put beside it"
    )
    parser.add_argument("--vocabulary", type=int, default=44_000, help="pieces of the tokenizer")
    parser.add_argument("--dimensions", type=int, default=Recipe().dimensions)
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--threads", type=int, default=Recipe().threads, help="part of what decides the bytes")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    started = time.monotonic()
    tokenizer, data, hashes = prepare(arguments.texts, arguments.pairs, arguments.vocabulary)
    recipe = Recipe(dimensions=arguments.dimensions, steps=arguments.steps, threads=arguments.threads)
    write_model(arguments.output, tokenizer, train(data, recipe))
    arguments.output.with_name("training_queries.txt").write_text(
        "".join(f"{value}\n" for value in hashes), encoding="ascii"
    )
    logger.info("done in %.0f s", time.monotonic() - started)


def _resolve(questions: list[Question], passages: Sequence[Passage]) -> tuple[list[NDArray[np.int64]], list[Question]]:
    """Indices of the passages relevant to each question, and the questions that have any."""
    index: dict[tuple[str, str], list[int]] = {}
    for position, passage in enumerate(passages):
        for document in passage.documents:
            index.setdefault(document, []).append(position)
    found = [
        (np.array(sorted(p for key in question.relevant for p in index.get((question.collection, key), ()))), question)
        for question in questions
    ]
    return [positions for positions, _ in found if len(positions)], [
        question for positions, question in found if len(positions)
    ]


def _groups(names: Sequence[str]) -> NDArray[np.int64]:
    order = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([order[name] for name in names], dtype=np.int64)


if __name__ == "__main__":
    main()
