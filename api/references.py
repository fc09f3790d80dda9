"""References as the HTTP API and the command line give them."""

from dataclasses import dataclass

from corpus.catalogue import Catalogue
from corpus.errors import NotFound
from corpus.records import Document, Passage
from search.references import Style
from search.references.sources import cite, source_of
from search.references.styles import write_reference


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a document, or to a passage of it.

    Attributes:
        text: the reference in its style.
        missing: Chinese names of elements that the style asks for and the library does not know.
        citation: the source in one readable line, as under a hit.
    """

    document_id: str
    version: int
    passage_id: str | None
    style: Style
    text: str
    missing: list[str]
    citation: str


def refer(
    catalogue: Catalogue, document: Document, passage_id: str | None, style: Style, groups: frozenset[str] | None
) -> Reference:
    """The reference to a document that ``groups`` may read, from fields that they may see; None is the owner.

    Raises:
        NotFound: the document's current version has no such passage.
    """
    version = catalogue.version(document.id)
    passage = _passage(catalogue, version.id, passage_id) if passage_id else None
    source = source_of(document, version, groups, passage)
    return Reference(
        document_id=document.id,
        version=version.number,
        passage_id=passage_id,
        style=style,
        text=write_reference(source, style),
        missing=list(source.missing),
        citation=cite(document, passage.path if passage else ()),
    )


def _passage(catalogue: Catalogue, version_id: str, passage_id: str) -> Passage:
    for passage in catalogue.passages_of(version_id):
        if passage.id == passage_id:
            return passage
    raise NotFound("这份文档的现行版本没有这一段，请从检索结果重新打开")
