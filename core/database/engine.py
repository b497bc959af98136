"""Engines for SQLite (default) and PostgreSQL, with the settings that make each safe."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

BUSY_TIMEOUT_MS = 60_000  # longer than the last step of a load of millions of rows, so that sign-ins get through
LOCK_TIMEOUT_MS = 30_000
STATEMENT_TIMEOUT_MS = 120_000
CONNECT_TIMEOUT_S = 5
SYNCHRONOUS = "NORMAL"  # SQLite: a commit survives a kill; a machine that stops may lose the last of them, as a whole


class DatabaseMissing(sqlite3.OperationalError):
    """There is no file where the database should be. Only `upgrade` makes one: nothing else writes into a new, empty one."""


def make_engine(url: str, *, read_only: bool = False, name: str = "evenkeel") -> Engine:
    """An engine for `url` (as `Settings.database_url` gives it).

    SQLite: write-ahead log, foreign keys on, waits a minute for a lock instead of failing. The file has to exist; when it is
    put aside or replaced while the engine is in use, connections to the old one are given up.
    PostgreSQL: connections are checked before use and recycled, so that a server that went away and came back is found again;
    a statement may run two minutes and wait half a minute for a lock. `name` is what the server's list of sessions shows.
    The values of a statement are left out of its error message, which ends up in logs: they may be names, hours or keys.
    `read_only` refuses every write on the connection, and shows all statements of a transaction the same state (screens use it
    for what only reads).
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(create_engine(parsed, hide_parameters=True), read_only=read_only)
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
    if read_only:
        options += " -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
    known = {"options": options, "application_name": name[:63], "connect_timeout": CONNECT_TIMEOUT_S}
    engine = create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={key: value for key, value in known.items() if key not in parsed.query},
    )
    event.listen(engine, "handle_error", _without_values)
    return engine


def _without_values(context: ExceptionContext) -> None:
    """Leave out what the server tells beside its first line: DETAIL quotes keys, and whole rows where a check failed."""
    first = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if first is not None and context.sqlalchemy_exception is not None:
        context.original_exception.args = (first,)
        context.sqlalchemy_exception.args = (f"({type(context.original_exception).__name__}) {first}",)


def _sqlite(engine: Engine, *, read_only: bool) -> Engine:
    path = engine.url.database
    file = Path(path) if path and path != ":memory:" else None

    @event.listens_for(engine, "do_connect")
    def _exists(_dialect: Any, _record: Any, _args: Any, _params: Any) -> None:
        if file is not None and not file.exists():
            raise DatabaseMissing(f"there is no file {file}")

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        record.info["file"] = _identity(file)
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "checkout")
    def _same_file(_connection: Any, record: Any, _proxy: Any) -> None:
        # an open connection keeps working on a file that was removed: what it writes would be lost without a word
        if file is not None and record.info.get("file") != _identity(file):
            raise DisconnectionError(f"{file} is not the file that was opened")

    if read_only:

        @event.listens_for(engine, "begin")
        def _one_state(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN")  # the driver begins with the first write only

    return engine


def _identity(file: Path | None) -> tuple[int, int] | None:
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
