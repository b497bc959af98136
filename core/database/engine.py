"""Engines for SQLite (default) and PostgreSQL, with the settings that make each safe."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url

BUSY_TIMEOUT_MS = 15_000
STATEMENT_TIMEOUT_MS = 120_000


def make_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine for `url` (as `Settings.database_url` gives it).

    SQLite: write-ahead log, foreign keys on, waits for a lock instead of failing; its folder is made when missing.
    PostgreSQL: connections are checked before use and recycled; a statement may run two minutes.
    `read_only` refuses every write on the connection (screens use it for what only reads).
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            if read_only:
                cursor.execute("PRAGMA query_only=ON")
            cursor.close()

        return engine
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
    if read_only:
        options += " -c default_transaction_read_only=on"
    return create_engine(parsed, pool_pre_ping=True, pool_recycle=1800, connect_args={"options": options})
