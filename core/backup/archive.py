"""`backup`: everything of a database in one file, as of one moment, while others read and write."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, MetaData, Table, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from core.access.changes import record, verify
from core.access.refusals import Refused
from core.access.tables import LoginAttempt, SignInCode, UserSession
from core.backup.manifest import MANIFEST, Manifest, TablePart
from core.backup.rows import kind_of, line_of
from core.database.faults import DatabaseRefused
from core.database.schema import Condition, condition_of
from core.declared import declared_names
from core.privacy.publish import CODE_VERSION

LEFT_OUT = (UserSession, SignInCode, LoginAttempt)  # whoever is signed in signs in again after a restore
AT_ONCE = 2_000
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class BackupSummary:
    """What was written: the manifest, the size in bytes, and whether the change log could note it."""

    manifest: Manifest
    size: int
    noted: bool


def backup(engine: Engine, path: Path, *, at: datetime, actor: str, progress: Progress | None = None) -> BackupSummary:
    """Write everything but sessions, sign-in codes and tries to sign in to `path`, which must not exist; mode 0600.

    One read transaction sees one state (SQLite: the write-ahead log; PostgreSQL: REPEATABLE READ), so writers go on meanwhile.
    Until it is whole the file has another name, `.NAME.….part`; a kill leaves that, and the next run for `path` removes it.
    The change log notes the backup before it is begun. Where the database takes no changes (a full disk, a replica), the
    backup is made all the same.

    Raises:
        Refused: `path` exists.
        DatabaseRefused: the database is none of Evenkeel's, from a newer version, half-migrated, or damaged.
        OSError: the file cannot be written; nothing of it stays.
    """
    if path.exists():
        raise Refused(f"{path} exists already. Name another file, for example by the day; nothing is overwritten.")
    with engine.connect() as connection:
        _refuse_unfit(connection)
    noted = _noted(engine, path, at=at, actor=actor)
    with _partial(path) as file:
        with _one_state(engine) as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write(connection, archive, at, progress)
        size = file.tell()
    return BackupSummary(manifest, size, noted)


def _refuse_unfit(connection: Connection) -> None:
    """An older schema is fit: its backup is restored by way of the migrations."""
    schema = condition_of(connection, declared_names())
    if schema.condition not in (Condition.CURRENT, Condition.BEHIND):
        raise DatabaseRefused(schema.reason)
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise DatabaseRefused(
                f"The database file is damaged ({str(found).splitlines()[-1]}). No backup was made of it. "
                "Keep the file, and restore the last backup into a new one: python -m core restore FILE"
            )


def _noted(engine: Engine, path: Path, *, at: datetime, actor: str) -> bool:
    try:
        with engine.begin() as connection:
            record(connection, at=at, actor=actor, action="backup", subject=path.name)
    except SQLAlchemyError:
        return False
    return True


@contextmanager
def _one_state(engine: Engine) -> Iterator[Connection]:
    """A connection on which everything that is read is of one moment."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.begin()
            driver: Any = connection.connection.driver_connection
            if not driver.in_transaction:  # an engine that only reads has begun by itself
                connection.exec_driver_sql("BEGIN")
            yield connection
            connection.rollback()
        return
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection


def _write(connection: Connection, archive: zipfile.ZipFile, at: datetime, progress: Progress | None) -> Manifest:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name in declared_names())
    left_out = {table.__tablename__ for table in LEFT_OUT}
    schema = condition_of(connection, declared_names())
    parts = [
        _write_table(connection, archive, table, progress)
        for table in metadata.sorted_tables
        if table.name not in left_out
    ]
    chain = verify(connection)
    if chain.broken_at is not None:
        raise DatabaseRefused(
            f"The change log was altered at its entry {chain.broken_at}, so a backup could not be restored. None was made. "
            "Find out who wrote to the database; an older backup holds the log as it was."
        )
    manifest = Manifest(
        schema=schema.found,
        code=CODE_VERSION,
        at=at.isoformat(timespec="seconds"),
        database=connection.dialect.name,
        tables=tuple(parts),
        left_out=tuple(sorted(left_out)),
        entries=chain.entries,
        head=chain.head,
    )
    archive.writestr(_member(MANIFEST), manifest.as_bytes())
    return manifest


def _write_table(
    connection: Connection, archive: zipfile.ZipFile, table: Table, progress: Progress | None
) -> TablePart:
    columns = tuple((column.name, kind_of(column)) for column in table.columns)
    kinds = tuple(kind for _, kind in columns)
    part = TablePart(table.name, columns, 0, "")
    total = connection.scalar(select(func.count()).select_from(table)) if progress else None
    digest, rows = hashlib.sha256(), 0
    found = connection.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key.columns))
    with archive.open(_member(part.member), "w", force_zip64=True) as member:
        for some in found.partitions():
            lines = b"".join(line_of(row, kinds) for row in some)
            digest.update(lines)
            member.write(lines)
            rows += len(some)
            if progress:
                progress(table.name, rows, total)
    return TablePart(table.name, columns, rows, digest.hexdigest())


def _member(name: str) -> zipfile.ZipInfo:
    """Members carry no time and no owner: equal contents make equal files."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


@contextmanager
def _partial(path: Path) -> Iterator[IO[bytes]]:
    """A new file, its account's alone, that takes the name `path` when the block ends well, and is removed when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with _new_file(partial) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # says to another run that somebody is at it
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.link(partial, path)  # refuses, unlike a rename, when somebody has made one of that name meanwhile
            partial.unlink()
        except BaseException:
            partial.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # what is still in its buffer has no place either
                file.close()
            raise
    _settle(path.parent)


def _new_file(partial: Path) -> Any:
    return os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


def _clear(path: Path) -> None:
    """Remove what runs for the same file left when they were killed: it holds people's hours and is of no use."""
    for left in path.parent.glob(f".{_literal(path.name)}.*.part"):
        with contextlib.suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{each}]" if each in "*?[" else each for each in name)


def _settle(folder: Path) -> None:
    """Make the new name survive a loss of power."""
    with contextlib.suppress(OSError):
        at = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(at)
        finally:
            os.close(at)
