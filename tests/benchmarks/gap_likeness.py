"""The gap register's rule for two wordings of one question, on questions that people asked about the same passage.

    LUNKU_EVAL_DATA=FOLDER python -m tests.benchmarks.gap_likeness

Of cmrc2018 and drcd, two questions on one passage with the same short answer are taken for one question in other words
(not all of them are: an answer can have two questions), and such with answers of which neither holds the other for two
questions.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from corpus.settings import Settings
from corpus.terms import TermBase
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from search.embedding import open_embedder
from search.gaps import WordingReader
from tests.benchmarks.search import read_lines

SETS = ("cmrc2018", "drcd")


def pairs_of(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Two questions on one passage, and whether their answers are the same."""
    answers: Mapping[str, list[str]] = {
        row["id"]: [fold(answer) for answer in row["answers"]] for row in read_lines(folder / "answers.jsonl.gz")
    }
    passage_of = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text().splitlines()[1:])
    asked = defaultdict(list)
    for row in read_lines(folder / "queries.jsonl.gz"):
        if row["id"] in passage_of and answers.get(row["id"]) and row["text"].strip():
            asked[passage_of[row["id"]]].append(row)
    for rows in asked.values():
        for one, other in combinations(rows, 2):
            same = bool(set(answers[one["id"]]) & set(answers[other["id"]]))
            near = any(a in b or b in a for a in answers[one["id"]] for b in answers[other["id"]])
            if same or not near:
                yield one["text"], other["text"], same


def main() -> None:
    reader = WordingReader(Analyser(TermBase.load()), open_embedder(Settings()))
    for name in SETS:
        told: dict[bool, list[bool]] = {True: [], False: []}
        for one, other, same in pairs_of(Path(os.environ["LUNKU_EVAL_DATA"]) / name):
            told[same].append(reader.likeness(one, other) is not None)
        figures = {
            "same answer": f"{sum(told[True])} of {len(told[True])} taken for one question",
            "other answers": f"{sum(told[False])} of {len(told[False])} taken for one question",
        }
        print(name, json.dumps(figures))


if __name__ == "__main__":
    main()
