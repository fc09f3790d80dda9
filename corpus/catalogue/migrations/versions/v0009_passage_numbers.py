"""Passages are looked up by an integer made of their id, as they are in the index."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from corpus.identifiers import passage_number

revision = "0009"
down_revision = "0008"

_INDEX = "ix_passages_version_id_ordinal"


def upgrade() -> None:
    """Give every passage its number, and make that the primary key."""
    if op.get_context().dialect.name == "sqlite":
        _copy_sqlite()
    else:
        _alter()


def _alter() -> None:
    """The first 16 hexadecimal digits as 64 bits, without the last of them."""
    op.add_column("passages", sa.Column("number", sa.BigInteger))
    op.execute(
        "UPDATE passages SET number ="
        " (('x' || substr(replace(id, '-', ''), 1, 16))::bit(64)::bigint >> 1) & 9223372036854775807"
    )
    op.drop_constraint("passages_pkey", "passages", type_="primary")
    op.create_primary_key("passages_pkey", "passages", ["number"])


def _copy_sqlite() -> None:
    """SQLite's primary keys are for good: the table is made anew, its rows in their order."""
    connection = op.get_bind()
    connection.connection.driver_connection.create_function(  # type: ignore[union-attr]
        "passage_number", 1, passage_number, deterministic=True
    )
    op.drop_index(_INDEX, "passages")
    op.rename_table("passages", "passages_by_id")
    columns: list[sa.Column[Any]] = [
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("version_id", sa.String(36), sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("path", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("paragraph", sa.Integer),
        sa.Column("flags", sa.JSON, nullable=False),
        sa.Column("confidence", sa.Float),
    ]
    names = ", ".join(f'"{column.name}"' for column in columns)
    op.create_table("passages", sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False), *columns)
    connection.exec_driver_sql(
        f"INSERT INTO passages (number, {names}) SELECT passage_number(id), {names} FROM passages_by_id ORDER BY rowid"  # noqa: S608 - our own names
    )
    op.drop_table("passages_by_id")
    op.create_index(_INDEX, "passages", ["version_id", "ordinal"], unique=True)
