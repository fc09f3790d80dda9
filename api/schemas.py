"""Documents as the API shows them. Search results and answers go out as they are (``search.results``)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from corpus.catalogue import visible_fields
from corpus.records import Document, Kind, MetadataField, Section, Status, Version

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Part of a list. ``total`` counts the whole list."""

    items: list[Item]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document in a list. Where its file came from is not shown: it is a path on someone's machine."""

    id: str
    kind: Kind
    title: str
    readers: list[str]
    status: Status
    version: int
    issued_on: date | None
    organization: str | None
    document_number: str | None
    year: int | None
    course: str | None
    project: str | None
    indexed: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, document: Document) -> "DocumentSummary":
        """The summary of a document."""
        return cls(
            id=document.id,
            kind=document.kind,
            title=document.title,
            readers=sorted(document.readers),
            status=document.status,
            version=document.version,
            issued_on=document.issued_on,
            organization=document.organization,
            document_number=document.document_number,
            year=document.year,
            course=document.course,
            project=document.project,
            indexed=document.indexed,
            created_at=document.created_at,
            updated_at=document.updated_at,
        )


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """A document with its current version's fields and headings, as far as the caller may see them."""

    document: DocumentSummary
    file_name: str
    media_type: str
    sha256: str
    characters: int
    fields: list[MetadataField]
    sections: list[Section]

    @classmethod
    def of(cls, document: Document, version: Version, groups: frozenset[str] | None) -> "DocumentDetail":
        """The detail for a caller with ``groups``; None is the owner."""
        return cls(
            document=DocumentSummary.of(document),
            file_name=version.file_name,
            media_type=version.media_type,
            sha256=version.sha256,
            characters=len(version.text),
            fields=list(visible_fields(version.fields, groups)),
            sections=list(version.sections),
        )
