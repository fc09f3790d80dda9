"""Passages as the hits and citations that users see, and hits as Haystack documents."""

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from haystack import Document as HaystackDocument
from haystack import component

from corpus.catalogue.views import PassageInContext
from corpus.identifiers import text_hash
from corpus.records import Passage
from search.engine.interface import DENSE, WORDS
from search.highlighting import Marked
from search.references.sources import cite
from search.results import Citation, Hit, Locator, Standing

LEG_NAMES: Mapping[str, str] = MappingProxyType({WORDS: "lexical", DENSE: "semantic"})
"""What users see of the legs' names; the others keep their own."""


def make_hit(
    found: PassageInContext,
    score: float,
    legs: Mapping[str, float],
    marked: Marked,
    standing: Standing | None = None,
) -> Hit:
    """A passage as a hit."""
    passage, document = found.passage, found.document
    return Hit(
        passage_id=passage.id,
        document_id=document.id,
        version=document.version,
        title=document.title,
        kind=str(document.kind),
        path=list(passage.path),
        text=passage.text,
        highlights=marked.highlights,
        locator=_locator(passage, 0, len(passage.text)),
        score=score,
        legs={LEG_NAMES.get(name, name): value for name, value in legs.items()},
        issued_on=document.issued_on.isoformat() if document.issued_on else None,
        organization=document.organization,
        document_number=document.document_number,
        citation=cite(document, passage.path),
        flags=sorted(passage.flags),
        snippet=marked.snippet,
        confidence=passage.confidence,
        standing=standing,
    )


def make_citation(found: PassageInContext, start: int, end: int, standing: Standing | None = None) -> Citation:
    """The citation of [start, end) of the passage's text."""
    passage, document = found.passage, found.document
    locator = _locator(passage, start, end)
    return Citation(
        passage_id=passage.id,
        document_id=document.id,
        version=document.version,
        title=document.title,
        path=list(passage.path),
        locator=locator,
        quote=passage.text[start:end],
        text_hash=locator.text_hash,
        flags=sorted(passage.flags),
        confidence=passage.confidence,
        standing=standing,
    )


def hit_to_document(hit: Hit) -> HaystackDocument:
    """A hit for anyone's Haystack pipeline: the text as content, everything else in ``meta``."""
    meta = {name: value for name, value in asdict(hit).items() if name not in {"passage_id", "text", "score"}}
    return HaystackDocument(id=hit.passage_id, content=hit.text, score=hit.score, meta=meta)


def document_to_hit(document: HaystackDocument) -> Hit:
    """The hit that ``hit_to_document`` made the document from."""
    meta: dict[str, Any] = dict(document.meta)
    meta["locator"] = Locator(**meta["locator"])
    meta["highlights"] = [(start, end) for start, end in meta["highlights"]]
    meta["snippet"] = tuple(meta["snippet"])
    return Hit(passage_id=document.id, text=document.content or "", score=document.score or 0.0, **meta)


@component
class HitsToDocuments:
    """Haystack component: the end of a retrieval pipeline whose hits go on as documents."""

    @component.output_types(documents=list[HaystackDocument])
    def run(self, hits: list[Hit]) -> dict[str, list[HaystackDocument]]:
        """Hits as documents, in the same order."""
        return {"documents": [hit_to_document(hit) for hit in hits]}


def _locator(passage: Passage, start: int, end: int) -> Locator:
    """Where [start, end) of the passage stands in its version; the page is the one on which the passage starts."""
    before = passage.text.count("\n", 0, start)
    return Locator(
        page=passage.page,
        paragraph=None if passage.paragraph is None else passage.paragraph + before,
        start=passage.start + start,
        end=passage.start + end,
        text_hash=text_hash(passage.text[start:end]),
    )
