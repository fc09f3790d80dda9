"""The labelled questions, and their export as a retrieval set: ``python -m corpus.eval.questions``.

The export has a file of passages (one for every part of a sample between two headings), and for each half of the
questions a file of queries and one of relevance judgements: a passage is relevant when an evidence string stands in it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from corpus.samples.source import load_sources

EVAL_DIR = Path(__file__).parent
QUESTIONS_FILE = EVAL_DIR / "questions.jsonl"

Split = Literal["dev", "held-back"]
SPLITS: tuple[Split, ...] = ("dev", "held-back")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and where its answer stands.

    Attributes:
        id: stable; first letter of the group and a number.
        text: as a user would put it.
        group: ``instructor``, ``researcher`` or ``lecturer``: who asks.
        answerable: whether the samples answer it.
        split: ``dev`` to develop with, ``held-back`` to judge a release by.
        type: what is asked for; None when not answerable.
        gap: why it cannot be answered (``year``, ``place``, ``figure``, ``identifier``: the topic is there, this is
            not; ``topic``: the samples say nothing of it); None when answerable.
        documents: paths of the built files that answer, below the folder of built files.
        evidence: sentences, points or table cells of those documents, character for character.
    """

    id: str
    text: str
    group: str
    answerable: bool
    split: Split
    type: str | None = None
    gap: str | None = None
    documents: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def load_questions(split: Split | None = None) -> list[Question]:
    """The questions in file order; all, or those of one half."""
    lines = QUESTIONS_FILE.read_text(encoding="utf-8").splitlines()
    questions = [_question(json.loads(line)) for line in lines]
    return [question for question in questions if split in (None, question.split)]


def _question(record: dict[str, Any]) -> Question:
    documents, evidence = record.pop("documents", ()), record.pop("evidence", ())
    return Question(**record, documents=tuple(documents), evidence=tuple(evidence))


def export() -> dict[str, str]:
    """Text of every file of the retrieval set, by file name."""
    passages = list(_passages())
    files = {"corpus.jsonl": _json_lines(passages)}
    for split in SPLITS:
        questions = [question for question in load_questions(split) if question.answerable]
        files[f"queries.{split}.jsonl"] = _json_lines([{"id": q.id, "text": q.text} for q in questions])
        judgements = [f"{q.id}\t{passage['id']}\t1\n" for q in questions for passage in passages if _holds(passage, q)]
        files[f"qrels.{split}.tsv"] = "query-id\tcorpus-id\tscore\n" + "".join(judgements)
    return files


def _passages() -> Iterator[dict[str, str]]:
    for source in load_sources():
        for number, (path, text) in enumerate(source.sections()):
            yield {
                "id": f"{source.path.as_posix()}#{number}",
                "title": " › ".join((source.title, *path)),
                "text": text,
            }


def _holds(passage: dict[str, str], question: Question) -> bool:
    document = passage["id"].rpartition("#")[0]
    return document in question.documents and any(sentence in passage["text"] for sentence in question.evidence)


def _json_lines(records: list[dict[str, str]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def main() -> None:
    """Write the retrieval set beside the questions."""
    for name, text in export().items():
        (EVAL_DIR / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
