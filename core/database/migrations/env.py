"""Alembic's entry. The connection comes from `core.database.migrate`; nothing is read from an ini file."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=False, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
