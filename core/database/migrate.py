"""Bring a database to the newest schema, and tell which one it has."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from core.database.faults import DatabaseRefused, fault_of
from core.database.schema import UPGRADE, Condition, condition_of, stored_revision

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_251_003  # an arbitrary, fixed number: two starts at once migrate one after the other


def upgrade(engine: Engine, to: str = "head") -> tuple[str | None, str]:
    """Apply every migration that is missing (up to the revision `to`); returns (revision before, revision after).

    Does nothing when up to date. All of it is one transaction, on SQLite too: a kill or an error leaves the database as it was.
    A database of SQLite that does not exist is made.

    Raises:
        DatabaseRefused: the database is from a newer version, half-migrated by something else, or none of Evenkeel's.
    """
    make_file(engine)
    with engine.connect() as connection, whole(connection):
        before = stored_revision(connection) or None
        apply(connection, to)
        after = stored_revision(connection)
    return before, after


def apply(connection: Connection, to: str = "head") -> None:
    """Apply the missing migrations within the transaction of the caller, which `whole` has begun.

    Raises:
        DatabaseRefused: as `upgrade`; the transaction must then be given up.
    """
    from alembic import command

    schema = condition_of(connection)
    if schema.condition in (Condition.NEWER, Condition.HALF, Condition.FOREIGN):
        raise DatabaseRefused(schema.reason)
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except (OperationalError, ProgrammingError, IntegrityError) as error:
        if fault_of(error) is not None:
            raise
        raise DatabaseRefused(
            f"The upgrade from {schema.found or 'an empty database'} could not be done: {str(error.orig).splitlines()[0]}. "
            "Nothing was changed. The database is not as a release of Evenkeel left it: restore the backup from before "
            f"(python -m core restore FILE --replace), then run: {UPGRADE}"
        ) from error


class whole:  # noqa: N801  (a context manager reads as a verb)
    """`with whole(connection):` one transaction over tables and rows alike: committed as a whole, or not at all.

    SQLite: the driver would commit each CREATE TABLE by itself, so the transaction is begun by hand, with the writer's lock.
    Foreign keys are off while tables are rebuilt, as SQLite prescribes, and checked before the commit.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def __enter__(self) -> None:
        """Begin."""
        if self._sqlite:
            self._connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # what is done here takes as long as it takes; the wait for others stays limited
            self._connection.execute(text("SET LOCAL statement_timeout = 0"))
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def __exit__(self, failed: object, *_: object) -> None:
        """Commit, or give everything up."""
        try:
            if failed is None:
                if self._sqlite:
                    self._refuse_strays()
                self._connection.commit()
            else:
                self._connection.rollback()
        finally:
            if self._sqlite and not self._connection.closed and not self._connection.invalidated:
                self._connection.rollback()
                self._connection.exec_driver_sql("PRAGMA foreign_keys=ON")
                self._connection.rollback()

    def _refuse_strays(self) -> None:
        stray = self._connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if stray is not None:
            raise DatabaseRefused(
                f"A row of {stray[0]} refers to a row of {stray[2]} that is not there. Nothing was changed. "
                "The database was altered by something else: restore a backup."
            )


def current(engine: Engine) -> str | None:
    """The revision the database has, or None when it has none."""
    with engine.connect() as connection:
        return stored_revision(connection) or None


def head() -> str:
    """The newest revision that this code knows."""
    from alembic.script import ScriptDirectory

    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def make_file(engine: Engine) -> None:
    """Where an engine of SQLite has no file yet, make an empty one, which is an empty database; only its account may read it."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch(mode=0o600)
