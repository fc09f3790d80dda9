"""Texts that are alike: a hash of a version's letters, and the keys of its MinHash bands."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add both. Versions taken in before have none, and are found as alike once they are taken in again."""
    op.add_column("versions", sa.Column("letters", sa.String(64)))
    op.create_index("ix_versions_letters", "versions", ["letters"])
    op.create_table(
        "bands",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version_id", sa.String(36), sa.ForeignKey("versions.id"), primary_key=True, index=True),
    )
