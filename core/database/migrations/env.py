"""Alembic's entry. The connection and its transaction come from `core.database.migrate`; nothing is read from an ini file."""

from alembic import context

connection = context.config.attributes["connection"]
# the caller's transaction holds everything, on SQLite too, where Alembic by itself would assume that it cannot
context.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
