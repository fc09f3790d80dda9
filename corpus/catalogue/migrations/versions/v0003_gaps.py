"""Questions that the library does not answer, and question-passage pairs that readers accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of the gap register."""
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("document_id", sa.String(36), sa.ForeignKey("documents.id")),
        sa.Column("abstained", sa.Integer, nullable=False),
        sa.Column("no_hits", sa.Integer, nullable=False),
        sa.Column("thumbs_down", sa.Integer, nullable=False),
        sa.Column("requested", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("closed_at", sa.DateTime),
    )
    op.create_index("ix_gaps_status_asked_at", "gaps", ["status", "asked_at"])
    op.create_table(
        "gap_wordings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("gap_id", sa.String(36), sa.ForeignKey("gaps.id"), nullable=False, index=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "accepted_pairs",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("passage_id", sa.String(36), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("accepted_at", sa.DateTime, nullable=False, index=True),
    )
