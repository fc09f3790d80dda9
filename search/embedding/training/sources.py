"""Reading collections: passages, the questions that belong to them, and which questions may be trained on.

A collection is a folder with ``corpus.jsonl.gz`` (id, title, text) and, when it is labelled, ``queries.jsonl.gz``
(id, text) and ``qrels.tsv`` (query-id, corpus-id, score); or a folder of Markdown statutes. ``FOLDER:PREFIX`` takes
only the documents whose id starts with the prefix.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.text.folding import fold
from search.evaluation import query_hash, read_corpus, read_queries

TRAINED_SHARE = 154
"""Queries whose hash starts with a byte below this (60 % of 256) may be trained on; the others only measure."""

PASSAGE_CHARACTERS = 400
"""Target length of the pieces that long documents are trained in."""

_ARTICLE = re.compile(r"\n+(?=#|第[一二三四五六七八九十百千零]+条)")
_INFO_END = "<!-- INFO END -->"


@dataclass(frozen=True, slots=True)
class Document:
    """A folded text with its folded title, and the collection and id it came from."""

    collection: str
    id: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document to train on; ``documents`` names every one that has it, as (collection, id)."""

    title: str
    body: str
    documents: list[tuple[str, str]]

    @property
    def collection(self) -> str:
        """The collection that had it first."""
        return self.documents[0][0]


@dataclass(frozen=True, slots=True)
class Question:
    """A folded query and the ids of its relevant documents in its collection."""

    collection: str
    text: str
    relevant: frozenset[str]


def may_train_on(text: str) -> bool:
    """Whether the query belongs to the share that training may see. Depends on nothing but its text."""
    return int(query_hash(text)[:2], 16) < TRAINED_SHARE


def read_passages(folders: Sequence[str]) -> list[Passage]:
    """Passages of all collections, long documents in pieces; a text that occurs twice is kept once."""
    passages: dict[str, Passage] = {}
    for argument in folders:
        folder, prefix = _split_argument(argument)
        documents = _read_documents(folder) if (folder / "corpus.jsonl.gz").exists() else _read_markdown(folder)
        for document in documents:
            if document.id.startswith(prefix):
                for body in _pieces(document.body):
                    passage = passages.setdefault(f"{document.title}\n{body}", Passage(document.title, body, []))
                    passage.documents.append((document.collection, document.id))
    return list(passages.values())


def read_questions(folders: Sequence[str]) -> list[Question]:
    """Labelled queries of all collections, held out or not."""
    questions = []
    for argument in folders:
        folder, prefix = _split_argument(argument)
        labelled = read_queries(folder / "queries.jsonl.gz", folder / "qrels.tsv")
        for identifier, text in labelled.texts.items():
            grades = labelled.judgements[identifier]
            relevant = frozenset(key for key, grade in grades.items() if grade > 0 and key.startswith(prefix))
            if relevant:
                questions.append(Question(folder.name, fold(text), relevant))
    return questions


def _split_argument(argument: str) -> tuple[Path, str]:
    folder, _, prefix = argument.partition(":")
    return Path(folder), prefix


def _read_documents(folder: Path) -> Iterator[Document]:
    for record in read_corpus(folder / "corpus.jsonl.gz"):
        yield Document(folder.name, record.id, fold(record.title), fold(record.text))


def _read_markdown(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.glob("*.md")):
        text = fold(path.read_text(encoding="utf-8")).replace("\r", "")
        title = text.partition("\n")[0].strip("# ")
        yield Document(folder.name, path.name, title, text.partition(_INFO_END.lower())[2] or text)


def _pieces(text: str) -> Iterable[str]:
    """The text in pieces of about ``PASSAGE_CHARACTERS``, broken before articles and headings or between lines."""
    if len(text) <= 2 * PASSAGE_CHARACTERS:
        return [text]
    parts = [line for part in _ARTICLE.split(text) for line in part.split("\n")]
    pieces, current = [], ""
    for part in parts:
        if current and len(current) + len(part) > PASSAGE_CHARACTERS:
            pieces.append(current)
            current = ""
        current += part + "\n"
    return [*pieces, current]
