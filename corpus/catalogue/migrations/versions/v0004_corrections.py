"""Corrections of any field with author and time, in place of the list of attributes that were set by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_AS_JSON = {
    "sqlite": {"kind": "json_quote(kind)", "title": "json_quote(title)", "readers": "readers"},
    "postgresql": {"kind": "to_json(kind)", "title": "to_json(title)", "readers": "CAST(readers AS JSON)"},
}


def upgrade() -> None:
    """Create ``corrections``; what was set by hand so far becomes corrections of an unknown author."""
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("document_id", sa.String(36), sa.ForeignKey("documents.id"), nullable=False, index=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("previous", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", sa.DateTime),
    )
    for name, value in _AS_JSON[op.get_context().dialect.name].items():
        op.add_column("versions", sa.Column(name, sa.Text, nullable=False, server_default=""))
        op.execute(
            f"UPDATE versions SET {name} = (SELECT {name} FROM documents WHERE documents.id = versions.document_id)"  # noqa: S608
        )
        op.execute(
            "INSERT INTO corrections (document_id, name, value, previous, author, created_at) "  # noqa: S608
            f"SELECT id, '{name}', {value}, {value}, '', updated_at FROM documents "
            f"WHERE CAST(edited AS TEXT) LIKE '%\"{name}\"%'"
        )
    op.drop_column("documents", "edited")
