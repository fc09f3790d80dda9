"""Bands are looked up by their keys alone: a version keeps its keys, and their table is its own index."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_BATCH = 1_000


def upgrade() -> None:
    """Give every version its keys, and store their table without a second and third copy of it."""
    op.add_column("versions", sa.Column("band_keys", sa.LargeBinary))
    if op.get_context().as_sql:  # a script for a database elsewhere cannot read what is in it
        op.drop_index("ix_bands_version_id", "bands")
        return
    connection = op.get_bind()
    bands = sa.table("bands", sa.column("key", sa.BigInteger), sa.column("version_id"))
    _fill(connection, bands)
    op.drop_index("ix_bands_version_id", "bands")
    if connection.dialect.name == "sqlite":
        _without_row_ids(connection, bands)


def _fill(connection: sa.Connection, bands: sa.TableClause) -> None:
    versions = sa.table("versions", *map(sa.column, ("id", "letters", "band_keys")))
    ids = list(connection.scalars(sa.select(versions.c.id).where(versions.c.letters.is_not(None))))
    known = sa.update(versions).where(versions.c.id == sa.bindparam("version")).values(band_keys=sa.bindparam("packed"))
    for start in range(0, len(ids), _BATCH):
        keys: dict[str, list[int]] = {identifier: [] for identifier in ids[start : start + _BATCH]}
        rows = sa.select(bands.c.version_id, bands.c.key).where(bands.c.version_id.in_(keys)).order_by(bands.c.key)
        for version_id, key in connection.execute(rows):
            keys[version_id].append(key)
        packed = [
            {"version": identifier, "packed": b"".join(key.to_bytes(7) for key in found)}
            for identifier, found in keys.items()
        ]
        connection.execute(known, packed)


def _without_row_ids(connection: sa.Connection, bands: sa.TableClause) -> None:
    op.rename_table("bands", "bands_by_row_id")
    op.create_table(
        "bands",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version_id", sa.String(36), sa.ForeignKey("versions.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    before = sa.table("bands_by_row_id", sa.column("key"), sa.column("version_id"))
    rows = sa.select(before.c.key, before.c.version_id).order_by(before.c.key, before.c.version_id)
    connection.execute(sa.insert(bands).from_select(["key", "version_id"], rows))
    op.drop_table("bands_by_row_id")
