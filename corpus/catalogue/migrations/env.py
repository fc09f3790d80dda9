"""Alembic's entry point. The connection, with its transaction, comes from the caller; offline it writes SQL."""

from alembic import context

from corpus.catalogue.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(url=context.config.get_main_option("sqlalchemy.url"), target_metadata=metadata)
else:
    context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
