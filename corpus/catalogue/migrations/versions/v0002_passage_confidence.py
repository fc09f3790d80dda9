"""How sure recognised passages are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; passages that were there were read, not recognised."""
    op.add_column("passages", sa.Column("confidence", sa.Float))
