"""Queries. Every function takes a connection; ``Catalogue`` opens the transaction."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Text, and_, bindparam, case, false, func, or_, select

from corpus.catalogue.rows import (
    PASSAGE_COLUMNS,
    document_of,
    fields_of,
    passage_of,
    report_of,
    section_of,
    select_documents,
)
from corpus.catalogue.tables import documents, passages, sections, settings, versions
from corpus.catalogue.views import DocumentFacts, DocumentTitle, HeldFile, PassageInContext, VersionSummary
from corpus.errors import NotFound
from corpus.records import Document, Kind, Passage, Section, Status, Version

Value = TypeVar("Value")

MISSING = "没有这份文档，或您无权查看"


def batches(values: Iterable[Value], size: int = 500) -> Iterator[list[Value]]:
    """Lists short enough for one IN clause."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def unindexed(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """The column has the value; for conditions beside ids that are looked up.

    Compared as an expression: SQLite would otherwise walk its index on states, over every row, instead.
    """
    return column.concat("") == value


def readable(connection: Connection, groups: frozenset[str]) -> ColumnElement[bool]:
    """Condition: the document's readers meet ``groups``. There are only a handful of distinct reader sets, so the
    test is made here, exactly, and SQL compares whole sets; a set not seen here shows nothing (fail closed)."""
    sets = connection.scalars(select(documents.c.readers).distinct())
    allowed = [readers for readers in sets if readers & groups]
    return documents.c.readers.in_(allowed) if allowed else false()


def groups(connection: Connection) -> frozenset[str]:
    """Every group that some document names as a reader."""
    return frozenset().union(*connection.scalars(select(documents.c.readers).distinct()))


def by_sha256(connection: Connection, sha256s: Iterable[str], status: Status | None = None) -> dict[str, Document]:
    """Documents whose current version has one of the hashes, by hash."""
    found: dict[str, Document] = {}
    for batch in batches(sha256s):
        query = select_documents(versions.c.sha256).where(versions.c.sha256.in_(batch)).order_by(documents.c.id)
        if status:
            query = query.where(unindexed(documents.c.status, status))
        for row in connection.execute(query).mappings():
            found.setdefault(row["sha256"], document_of(row))
    return found


def by_source(connection: Connection, sources: Iterable[str]) -> dict[str, Document]:
    """Documents that came from one of the sources, by source."""
    found: dict[str, Document] = {}
    for batch in batches(sources):
        for row in connection.execute(select_documents().where(documents.c.source.in_(batch))).mappings():
            found[row["source"]] = document_of(row)
    return found


def by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Document]:
    """Documents by id."""
    found: dict[str, Document] = {}
    for batch in batches(ids):
        for row in connection.execute(select_documents().where(documents.c.id.in_(batch))).mappings():
            found[row["id"]] = document_of(row)
    return found


def document(connection: Connection, document_id: str, groups: frozenset[str] | None) -> Document:
    """One document; ``NotFound`` also when ``groups`` may not read it."""
    row = connection.execute(select_documents().where(documents.c.id == document_id)).mappings().one_or_none()
    if row is None or (groups is not None and not row["readers"] & groups):
        raise NotFound(MISSING)
    return document_of(row)


def list_documents(
    connection: Connection,
    groups: frozenset[str] | None,
    *,
    kind: Kind | None,
    query: str | None,
    status: Status,
    limit: int,
    offset: int,
) -> tuple[list[Document], int]:
    """A page of documents, latest change first, and how many there are in all."""
    conditions: list[ColumnElement[bool]] = [documents.c.status == status]
    if groups is not None:
        conditions.append(readable(connection, groups))
    if kind:
        conditions.append(documents.c.kind == kind)
    if query:
        columns = (documents.c.title, documents.c.document_number, documents.c.project)
        conditions.append(or_(*(column.icontains(query, autoescape=True) for column in columns)))
    total = connection.execute(select(func.count()).select_from(documents).where(*conditions)).scalar_one()
    page = (
        select_documents()
        .where(*conditions)
        .order_by(documents.c.updated_at.desc(), documents.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [document_of(row) for row in connection.execute(page).mappings()], total


def version(connection: Connection, document_id: str, number: int | None) -> Version:
    """A version with its text; the current one without ``number``."""
    query = select(versions).where(versions.c.document_id == document_id)
    if number is None:
        query = query.join(documents, documents.c.current_version_id == versions.c.id)
    else:
        query = query.where(versions.c.number == number)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(MISSING if number is None else f"这份文档没有第 {number} 版")
    return _version_of(connection, row)


def _version_of(connection: Connection, row: RowMapping) -> Version:
    return Version(
        id=row["id"],
        document_id=row["document_id"],
        number=row["number"],
        file_name=row["file_name"],
        sha256=row["sha256"],
        media_type=row["media_type"],
        text=row["text"],
        fields=fields_of(row["fields"]),
        sections=tuple(list_sections(connection, row["id"])),
        report=report_of(row["report"]),
        created_at=row["created_at"],
    )


_VERSION_TEXTS = select(versions.c.document_id, versions.c.number, versions.c.text).where(
    versions.c.document_id.in_(bindparam("ids", expanding=True)),
    versions.c.number.in_(bindparam("numbers", expanding=True)),
)


def version_texts(connection: Connection, numbers: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The texts of versions by document id and number."""
    if not numbers:
        return {}
    asked = {"ids": list({identifier for identifier, _ in numbers}), "numbers": list({number for _, number in numbers})}
    rows = connection.execute(_VERSION_TEXTS, asked)
    return {(document_id, number): text for document_id, number, text in rows if (document_id, number) in numbers}


def list_versions(connection: Connection, document_id: str) -> list[VersionSummary]:
    """Every version without its text, newest first."""
    columns = ("id", "number", "file_name", "sha256", "media_type", "created_at")
    query = (
        select(*(versions.c[name] for name in columns))
        .where(versions.c.document_id == document_id)
        .order_by(versions.c.number.desc())
    )
    return [VersionSummary(**row) for row in connection.execute(query).mappings()]


def held_files(connection: Connection) -> list[HeldFile]:
    """The files of active documents, by document id."""
    query = (
        select(versions.c.file_name, versions.c.sha256)
        .join(versions, versions.c.id == documents.c.current_version_id)
        .where(documents.c.status == Status.ACTIVE)
        .order_by(documents.c.id)
    )
    return [HeldFile(*row) for row in connection.execute(query)]


def earlier_versions(
    connection: Connection, groups: frozenset[str], document_ids: Iterable[str], holding: Sequence[str]
) -> list[Version]:
    """Replaced versions of active documents that ``groups`` may read, newest first.

    They are those of the given documents and those whose text has one of the strings. Few documents have any: they are
    found first, so that no other text is looked at.
    """
    replaced = and_(documents.c.id == versions.c.document_id, versions.c.number < documents.c.version)
    wanted: list[ColumnElement[bool]] = [versions.c.document_id.in_(list(document_ids))]
    wanted += [versions.c.text.contains(text, autoescape=True) for text in holding]
    query = (
        select(versions)
        .join(documents, replaced)
        .where(documents.c.version > 1, documents.c.status == Status.ACTIVE, readable(connection, groups), or_(*wanted))
        .order_by(versions.c.document_id, versions.c.number.desc())
    )
    return [_version_of(connection, row) for row in connection.execute(query).mappings()]


def namesakes(connection: Connection, groups: frozenset[str], titles: Iterable[str]) -> list[Document]:
    """Active documents that ``groups`` may read whose title is one of the given ones, or one with a bracket behind."""
    conditions: list[ColumnElement[bool]] = []
    for title in titles:
        conditions += [documents.c.title == title, documents.c.title.startswith(f"{title}（", autoescape=True)]
    if not conditions:
        return []
    query = select_documents().where(
        documents.c.status == Status.ACTIVE, readable(connection, groups), or_(*conditions)
    )
    return [document_of(row) for row in connection.execute(query).mappings()]


def list_sections(connection: Connection, version_id: str) -> list[Section]:
    """A version's headings in document order."""
    query = select(sections).where(sections.c.version_id == version_id).order_by(sections.c.ordinal)
    return [section_of(row) for row in connection.execute(query).mappings()]


def list_passages(connection: Connection, version_id: str) -> list[Passage]:
    """A version's passages in the order ingest gave them."""
    query = select(*PASSAGE_COLUMNS).where(passages.c.version_id == version_id).order_by(passages.c.ordinal)
    return [passage_of(row) for row in connection.execute(query).mappings()]


_IN_CONTEXT = (
    select_documents(passages.c.number, *PASSAGE_COLUMNS)
    .join(passages, passages.c.version_id == versions.c.id)
    .where(passages.c.number.in_(bindparam("numbers", expanding=True)))
)
# No further condition: SQLite would start from it, not from the few ids (8 ms instead of 0.5 ms over 6,000 documents).


def passages_in_context(connection: Connection, numbers: Iterable[int]) -> dict[int, PassageInContext]:
    """Passages, by number, of current versions of active documents, whoever may read them."""
    found = {}
    for batch in batches(numbers):
        for row in connection.execute(_IN_CONTEXT, {"numbers": batch}).mappings():
            if row["status"] == Status.ACTIVE:
                found[row["number"]] = PassageInContext(passage_of(row), document_of(row))
    return found


def sample_passages(connection: Connection, limit: int) -> list[PassageInContext]:
    """The passages of the smallest numbers, without those of replaced versions and trashed documents."""
    numbers = connection.scalars(select(passages.c.number).order_by(passages.c.number).limit(limit)).all()
    found = passages_in_context(connection, numbers)
    return [found[number] for number in numbers if number in found]


_FACTS = select(
    passages.c.number,
    documents.c.status,
    documents.c.readers,
    documents.c.id,
    documents.c.kind,
    documents.c.organization,
    documents.c.course,
    documents.c.project,
    documents.c.year,
    documents.c.issued_on,
).join(documents, documents.c.current_version_id == passages.c.version_id)
_FACTS_OF = _FACTS.where(passages.c.number.in_(bindparam("numbers", expanding=True)))


class PassageFacts(NamedTuple):
    """The facts of a passage's document, and who may know them."""

    readers: frozenset[str]
    facts: DocumentFacts


def passage_facts(connection: Connection, numbers: Sequence[int]) -> dict[int, PassageFacts]:
    """The facts of passages, by number, of current versions of active documents, whoever may read them."""
    found: dict[int, PassageFacts] = {}
    for batch in batches(numbers):
        found |= _facts_of(connection.execute(_FACTS_OF, {"numbers": batch}))
    return found


def all_passage_facts(connection: Connection, limit: int) -> dict[int, PassageFacts]:
    """``passage_facts`` of ``limit`` passages at most."""
    return _facts_of(connection.execute(_FACTS.limit(limit)))


def _facts_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, PassageFacts]:
    active = ((row[0], row[2], row[3:]) for row in rows if row[1] == Status.ACTIVE)
    return {number: PassageFacts(readers, DocumentFacts(*facts)) for number, readers, facts in active}


def names(connection: Connection, column: str) -> dict[str, frozenset[frozenset[str]]]:
    """What active documents have in a column, with the sets of readers of those that have it."""
    named = documents.c[column]
    query = select(named, documents.c.readers).where(documents.c.status == Status.ACTIVE, named.is_not(None)).distinct()
    found: dict[str, frozenset[frozenset[str]]] = {}
    alone: dict[frozenset[str], frozenset[frozenset[str]]] = {}
    for name, readers in connection.execute(query).all():
        only = alone.setdefault(readers, frozenset({readers}))
        found[name] = found[name] | only if name in found else only
    return found


def dated_titles(connection: Connection, document_ids: Sequence[str]) -> list[DocumentTitle]:
    """The titles and dates of active documents among those named, with what their fields say of their end."""
    columns = [documents.c[name] for name in ("id", "kind", "title", "readers", "issued_on")]
    columns += [documents.c.organization, documents.c.document_number]
    query = (
        select(*columns, case((_NAMES_AN_END, versions.c.fields)).label("fields"))
        .join(versions, versions.c.id == documents.c.current_version_id)
        .where(unindexed(documents.c.status, Status.ACTIVE))
    )
    rows = [
        row for batch in batches(document_ids) for row in connection.execute(query.where(documents.c.id.in_(batch)))
    ]
    return [
        DocumentTitle(
            row.id,
            row.kind,
            row.title,
            row.readers,
            row.issued_on,
            row.organization,
            row.document_number,
            tuple(item for item in fields_of(row.fields or []) if item.name in _TELLING and not item.restricted),
        )
        for row in rows
    ]


ENDS = ("validity", "expires_on", "repealed_on", "repeals", "prolongs")
"""Fields that tell of an end, a document's own or another's."""
_TELLING = (*ENDS, "effective_on")
_NAMES_AN_END = or_(*(versions.c.fields.cast(Text).contains(f'"{name}"') for name in ENDS))


_LAST_CHANGE = select(
    *(
        select(func.max(documents.c.updated_at)).where(documents.c.status == status).scalar_subquery()
        for status in Status
    )
)


def last_change(connection: Connection) -> datetime | None:
    """When a document was last added or changed; one look-up in the index on status and time for each status."""
    return max((moment for moment in connection.execute(_LAST_CHANGE).one() if moment), default=None)


def issue_dates(connection: Connection, document_ids: Sequence[str]) -> dict[str, date]:
    """成文日期 of the documents that have one, by document id."""
    columns = select(documents.c.id, documents.c.issued_on).where(documents.c.issued_on.is_not(None))
    found: dict[str, date] = {}
    for batch in batches(document_ids):
        found.update((row.id, row.issued_on) for row in connection.execute(columns.where(documents.c.id.in_(batch))))
    return found


def value(connection: Connection, key: str) -> str | None:
    """A stored setting."""
    return connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar_one_or_none()
