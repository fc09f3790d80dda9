"""What documents are called, and whether they tell of an end."""

import sqlalchemy as sa
from alembic import op

from corpus.catalogue.naming import names
from corpus.text.titles import tells_of_end

revision = "0007"
down_revision = "0006"

_FIELDS = ("validity", "expires_on", "repealed_on", "repeals")
_BATCH = 1_000


def upgrade() -> None:
    """Add both and fill them for the documents that are there."""
    op.add_column("documents", sa.Column("tells_of_end", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_documents_tells_of_end", "documents", ["tells_of_end"])
    table = op.create_table(
        "document_names",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("document_id", sa.String(36), sa.ForeignKey("documents.id"), primary_key=True),
    )
    op.create_index("ix_document_names_document_id", "document_names", ["document_id"])
    if not op.get_context().as_sql:  # a script for a database elsewhere cannot read what is in it
        _fill(op.get_bind(), table)


def _fill(connection: sa.Connection, table: sa.Table) -> None:
    documents, versions, corrections = (
        sa.table(name, *map(sa.column, columns.split()))
        for name, columns in (
            ("documents", "id title document_number current_version_id tells_of_end"),
            ("versions", "id fields"),
            ("corrections", "document_id name"),
        )
    )
    named = sa.or_(*(sa.cast(versions.c.fields, sa.Text).contains(f'"{name}"') for name in _FIELDS))
    by_fields = documents.c.current_version_id.in_(sa.select(versions.c.id).where(named))
    by_hand = documents.c.id.in_(sa.select(corrections.c.document_id).where(corrections.c.name.in_(_FIELDS)))
    connection.execute(sa.update(documents).where(sa.or_(by_fields, by_hand)).values(tells_of_end=sa.true()))
    rows = connection.execute(sa.select(documents.c.id, documents.c.title, documents.c.document_number)).all()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        entries = [
            {"name": name, "document_id": row.id} for row in batch for name in names(row.title, row.document_number)
        ]
        if entries:
            connection.execute(sa.insert(table), entries)
        ended = [row.id for row in batch if tells_of_end(row.title)]
        if ended:
            connection.execute(sa.update(documents).where(documents.c.id.in_(ended)).values(tells_of_end=sa.true()))
