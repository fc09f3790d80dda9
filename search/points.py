"""Passages of the catalogue → points of an engine."""

from collections.abc import Iterator, Sequence
from typing import Any

from corpus.catalogue import PassageToIndex
from corpus.fields import IDENTIFYING_FIELDS
from corpus.records import Document
from corpus.text.analyser import Analyser
from corpus.text.bulk_folding import fold_many
from corpus.text.folding import fold
from corpus.text.references import normalise_identifier
from corpus.text.titles import title_key
from search.embedding import Embedder
from search.engine.interface import DENSE, Point
from search.sparse import index_text, passage_vectors


def points_of(passages: Sequence[PassageToIndex], analyser: Analyser, embedder: Embedder) -> Iterator[Point]:
    """The points of passages that belong to whole versions."""
    texts = [index_text(item.document.title, item.passage.path, item.passage.text) for item in passages]
    rows = embedder.embed_passages(texts)
    # Folded together, in a fifth of the time; those of the payload as the phrases are that are looked for in it.
    folded = fold_many([*texts, *(item.passage.text for item in passages)])
    shared: dict[str, dict[str, Any]] = {}
    sparse = passage_vectors(folded[: len(texts)], analyser)
    for item, text, row, vectors in zip(passages, folded[len(texts) :], rows, sparse, strict=True):
        version = item.passage.version_id
        if version not in shared:
            shared[version] = version_payload(item)
        own = {"passage_id": item.passage.id, "text": text}
        yield Point(item.passage.number, {DENSE: row.tolist(), **vectors}, shared[version] | own)


def version_payload(item: PassageToIndex) -> dict[str, Any]:
    """What the engine filters on, equal for all passages of a version. Fields without a value are left out."""
    document = item.document
    values = {
        "readers": sorted(document.readers),
        "title": fold(document.title),
        "document_id": document.id,
        "version_id": item.passage.version_id,
        "kind": document.kind.value,
        "organization": document.organization,
        "course": document.course,
        "project": document.project,
        "document_number": document.document_number and normalise_identifier(document.document_number),
        "identifiers": _identifiers(item),
        "issued_on": _day(document),
        "year": document.year,
    }
    return {field: value for field, value in values.items() if value is not None}


def _identifiers(item: PassageToIndex) -> list[str]:
    """The keys that name the document: its numbers, and its title as ``corpus.text.titles`` compares titles."""
    document = item.document
    numbers: set[str] = {number for number in (document.document_number, document.project) if number}
    for field in item.fields:
        if field.name in IDENTIFYING_FIELDS and not field.restricted:
            numbers.update(map(str, field.value if isinstance(field.value, list) else [field.value]))
    return sorted({title_key(document.title), *map(normalise_identifier, numbers)} - {""})


def _day(document: Document) -> int | None:
    day = document.issued_on
    return day.year * 10_000 + day.month * 100 + day.day if day else None
