"""The gap register: questions that the library does not answer, and pairs of question and passage that readers accept.

Nothing here says who asked. A question is kept once for each of its wordings; wordings of one question share a gap.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from corpus.catalogue import reading
from corpus.catalogue.tables import accepted_pairs, documents, gap_wordings, gaps
from corpus.catalogue.views import AcceptedPair, Gap, GapCause, GapReceipt, GapStatus
from corpus.errors import NotFound
from corpus.records import Status

_MISSING = "没有这条登记"


def register(connection: Connection, key: str, text: str, cause: GapCause, same_as: str | None) -> str:
    """Count a question under its gap; the wording's id.

    Args:
        connection: a writing one.
        key: of the wording.
        text: the wording.
        cause: why it counts as not answered.
        same_as: the wording of the same question, if one is known, under another key.
    """
    now = datetime.now(UTC)
    wording = _wording(connection, key)
    if wording is None:
        known = None if same_as is None else _wording(connection, same_as)
        gap = known["gap_id"] if known else _create(connection, now)
        wording = _add_wording(connection, gap, key, text, now)
    column = gaps.c[cause.value]
    values = {column: column + 1, gaps.c.asked_at: now}
    if cause is GapCause.THUMBS_DOWN:  # What was thought to be answered is not.
        values |= {gaps.c.status: GapStatus.OPEN, gaps.c.closed_at: None}
    connection.execute(update(gaps).where(gaps.c.id == wording["gap_id"]).values(values))
    return str(wording["id"])


def _create(connection: Connection, now: datetime) -> str:
    identifier = str(uuid4())
    counts = {cause.value: 0 for cause in GapCause}
    values = {"id": identifier, "status": GapStatus.OPEN, "note": "", "created_at": now, "asked_at": now}
    connection.execute(insert(gaps).values({**values, **counts}))
    return identifier


def _add_wording(connection: Connection, gap: str, key: str, text: str, now: datetime) -> RowMapping:
    values = {"id": str(uuid4()), "gap_id": gap, "key": key, "text": text, "created_at": now}
    try:
        with connection.begin_nested():
            connection.execute(insert(gap_wordings).values(values))
    except IntegrityError:  # Another process registered the same words meanwhile (PostgreSQL); theirs holds.
        connection.execute(gaps.delete().where(gaps.c.id == gap, ~gaps.c.id.in_(select(gap_wordings.c.gap_id))))
    added = _wording(connection, key)
    assert added is not None
    return added


def _wording(connection: Connection, key: str) -> RowMapping | None:
    return connection.execute(select(gap_wordings).where(gap_wordings.c.key == key)).mappings().one_or_none()


def recent_wordings(connection: Connection, limit: int) -> dict[str, str]:
    """The newest wordings as key and text."""
    query = select(gap_wordings.c.key, gap_wordings.c.text).order_by(gap_wordings.c.created_at.desc()).limit(limit)
    return {row.key: row.text for row in connection.execute(query)}


def wording_of(connection: Connection, key: str) -> str | None:
    """The id of the wording with that key."""
    found = _wording(connection, key)
    return None if found is None else str(found["id"])


def receipts(connection: Connection, ids: Iterable[str], groups: frozenset[str] | None) -> dict[str, GapReceipt]:
    """What became of wordings, by id; a closing document is named only to those who may read it."""
    query = (
        select(gap_wordings.c.id, gap_wordings.c.text, gaps.c.status, gaps.c.note, documents.c.id.label("document"))
        .add_columns(documents.c.title, documents.c.readers, documents.c.status.label("document_status"))
        .join(gaps, gaps.c.id == gap_wordings.c.gap_id)
        .outerjoin(documents, documents.c.id == gaps.c.document_id)
    )
    found = {}
    for batch in reading.batches(ids):
        for row in connection.execute(query.where(gap_wordings.c.id.in_(batch))):
            shown = row.document_status == Status.ACTIVE and (groups is None or bool(row.readers & groups))
            document, title = (row.document, row.title) if shown else (None, None)
            found[row.id] = GapReceipt(row.id, row.text, GapStatus(row.status), row.note, document, title)
    return found


def list_gaps(connection: Connection, status: GapStatus | None, limit: int, offset: int) -> tuple[list[Gap], int]:
    """A page of gaps, those that came up most often first, and how many there are in all."""
    conditions = [] if status is None else [gaps.c.status == status]
    total = connection.execute(select(func.count()).select_from(gaps).where(*conditions)).scalar_one()
    often = sum((gaps.c[cause.value] for cause in GapCause), start=gaps.c.abstained * 0)
    page = select(gaps).where(*conditions).order_by(often.desc(), gaps.c.asked_at.desc(), gaps.c.id)
    rows = connection.execute(page.limit(limit).offset(offset)).mappings().all()
    return _with_wordings(connection, rows), total


def gap(connection: Connection, gap_id: str) -> Gap:
    """One gap."""
    rows = connection.execute(select(gaps).where(gaps.c.id == gap_id)).mappings().all()
    if not rows:
        raise NotFound(_MISSING)
    return _with_wordings(connection, rows)[0]


def close(connection: Connection, gap_id: str, note: str, document_id: str | None) -> Gap:
    """Close a gap, or change what a closed one says."""
    gap(connection, gap_id)
    if document_id is not None:
        reading.document(connection, document_id, None)
    values = {"status": GapStatus.CLOSED, "note": note, "document_id": document_id, "closed_at": datetime.now(UTC)}
    connection.execute(update(gaps).where(gaps.c.id == gap_id).values(values))
    return gap(connection, gap_id)


def _with_wordings(connection: Connection, rows: Iterable[RowMapping]) -> list[Gap]:
    rows = list(rows)
    texts: dict[str, list[str]] = {row["id"]: [] for row in rows}
    for batch in reading.batches(texts):
        query = select(gap_wordings.c.gap_id, gap_wordings.c.text).where(gap_wordings.c.gap_id.in_(batch))
        for row in connection.execute(query.order_by(gap_wordings.c.created_at, gap_wordings.c.id)):
            texts[row.gap_id].append(row.text)
    return [_gap(row, texts[row["id"]]) for row in rows]


def _gap(row: RowMapping, wordings: list[str]) -> Gap:
    return Gap(
        id=row["id"],
        status=GapStatus(row["status"]),
        wordings=wordings,
        counts={cause.value: row[cause.value] for cause in GapCause},
        note=row["note"],
        document_id=row["document_id"],
        created_at=row["created_at"],
        asked_at=row["asked_at"],
        closed_at=row["closed_at"],
    )


def accept(connection: Connection, key: str, question: str, passages: Mapping[str, str]) -> None:
    """Count passages, given as id and hash of the text, as answers to a question."""
    now = datetime.now(UTC)
    for passage_id, text_hash in passages.items():
        same = (accepted_pairs.c.key == key) & (accepted_pairs.c.passage_id == passage_id)
        values = {"count": accepted_pairs.c.count + 1, "accepted_at": now}
        if connection.execute(update(accepted_pairs).where(same).values(values)).rowcount == 0:
            row = {"key": key, "passage_id": passage_id, "question": question, "text_hash": text_hash}
            connection.execute(insert(accepted_pairs).values({**row, "count": 1, "accepted_at": now}))


def list_accepted(connection: Connection, limit: int, offset: int) -> tuple[list[AcceptedPair], int]:
    """A page of accepted pairs, newest first, and how many there are in all."""
    total = connection.execute(select(func.count()).select_from(accepted_pairs)).scalar_one()
    page = select(accepted_pairs).order_by(
        accepted_pairs.c.accepted_at.desc(), accepted_pairs.c.key, accepted_pairs.c.passage_id
    )
    rows = connection.execute(page.limit(limit).offset(offset)).mappings()
    return [AcceptedPair(**{name: value for name, value in row.items() if name != "key"}) for row in rows], total
