"""Hard negatives: what BM25 finds for a question besides its relevant passages."""

from collections.abc import Sequence

import numpy as np
import rjieba
from numpy.typing import NDArray

from search.embedding.training.sources import Passage, Question

_FOUND = 60
_SKIPPED = 3
"""The first hits beside the labelled ones are often relevant too and only not labelled."""


def hard_negatives(
    questions: Sequence[Question], passages: Sequence[Passage], relevant: Sequence[NDArray[np.int64]]
) -> list[NDArray[np.int64]]:
    """For each question indices of passages of its collection that BM25 ranks high and that are not relevant."""
    negatives: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)] * len(questions)
    for collection in dict.fromkeys(question.collection for question in questions):
        members = np.flatnonzero([any(name == collection for name, _ in passage.documents) for passage in passages])
        asked = [number for number, question in enumerate(questions) if question.collection == collection]
        found = _bm25(
            [_words(f"{passages[member].title}\n{passages[member].body}") for member in members.tolist()],
            [_words(questions[number].text) for number in asked],
        )
        for number, hits in zip(asked, found, strict=True):
            others = members[hits]
            negatives[number] = others[~np.isin(others, relevant[number])][_SKIPPED:]
    return negatives


def _words(text: str) -> list[str]:
    return [word for word in rjieba.cut_for_search(text, False) if word[0].isalnum()]


def _bm25(documents: Sequence[list[str]], queries: Sequence[list[str]]) -> NDArray[np.int64]:
    import bm25s

    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index(documents, show_progress=False)
    hits, _ = index.retrieve(queries, k=min(_FOUND, len(documents)), show_progress=False)
    return np.asarray(hits, dtype=np.int64)
