"""Each failure of a database or a disk has a sentence and a remedy, for operators, and a plain one for people."""

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from core.database.engine import make_engine
from core.database.faults import Fault, Kind, fault_of
from tests.cli.conftest import CommandLine

URL = "postgresql+psycopg://ada:the-password@db.example/evenkeel"


def of_postgres(error: psycopg.Error) -> DBAPIError:
    """As SQLAlchemy hands it on."""
    return OperationalError("SELECT 1", None, error)


@pytest.mark.parametrize(
    ("error", "kind", "remedy"),
    [
        (psycopg.errors.DiskFull("could not extend file"), Kind.FULL, "Free space on the disk"),
        (psycopg.errors.AdminShutdown("terminating connection"), Kind.AWAY, "Check that it runs"),
        (psycopg.errors.CannotConnectNow("starting up"), Kind.AWAY, "Check that it runs"),
        (psycopg.OperationalError("connection refused"), Kind.AWAY, "Check that it runs"),
        (psycopg.errors.InvalidPassword("password authentication failed"), Kind.AWAY, "EVENKEEL_DATABASE_URL"),
        (psycopg.errors.InvalidCatalogName("does not exist"), Kind.MISSING, "python -m core db upgrade"),
        (psycopg.errors.LockNotAvailable("lock timeout"), Kind.BUSY, "Wait until it is done"),
        (psycopg.errors.DeadlockDetected("deadlock"), Kind.BUSY, "run this again"),
        (psycopg.errors.TooManyConnections("too many"), Kind.BUSY, "run this again"),
        (psycopg.errors.ReadOnlySqlTransaction("read-only"), Kind.CLOSED, "the right to write"),
        (psycopg.errors.DataCorrupted("invalid page"), Kind.DAMAGED, "python -m core restore"),
    ],
)
def test_what_postgresql_says_is_told_with_a_remedy(error: psycopg.Error, kind: Kind, remedy: str) -> None:
    """By its code, never with the password."""
    fault = fault_of(of_postgres(error), URL)

    assert fault is not None and fault.kind is kind
    assert remedy in fault.reason and "evenkeel at db.example" in fault.reason
    assert "the-password" not in fault.reason
    assert_plain(fault)


def assert_plain(fault: Fault) -> None:
    """What people read has no address, no path and no code."""
    words = f"{fault.title}. {fault.text}"
    assert not [part for part in ("db.example", "/", "Error", "python", "\n") if part in words], words


@pytest.mark.parametrize("error", [psycopg.errors.UndefinedTable("no table"), psycopg.errors.SyntaxError("typo")])
def test_a_defect_is_not_taken_for_a_fault(error: psycopg.Error) -> None:
    """A wrong statement shows itself."""
    assert fault_of(of_postgres(error), URL) is None
    assert fault_of(ValueError("no")) is None
    assert fault_of(OSError("no number")) is None


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "The disk is full: the file out.csv could not be written. Free space"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EROFS, "Read-only file system. Check the disk"),
        (errno.ENOENT, "out.csv: No such file or directory. Check the name"),
        (errno.EACCES, "out.csv: Permission denied. Check the name"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(number: int, told: str) -> None:
    """With what is wrong and what to do."""
    fault = fault_of(OSError(number, os.strerror(number), "out.csv"))

    assert fault is not None and fault.kind is Kind.FILE and told in fault.reason


def broken(path: Path) -> None:
    """Not a database."""
    path.write_bytes(b"this is a letter, not a database\n" * 200)


def flipped(path: Path) -> None:
    """A database whose first page of a table lost its type."""
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    for page in range(1, len(content) // size):
        content[page * size] ^= 0xFF
    path.write_bytes(content)


def closed(path: Path) -> None:
    """A folder in its place."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (broken, "is damaged or is not a database: file is not a database.*PRAGMA quick_check.*core restore FILE"),
        (flipped, "is damaged or is not a database: database disk image is malformed.*PRAGMA quick_check"),
        (closed, "does not answer: unable to open database file"),
        (Path.unlink, "is not there: there is no file"),
    ],
)
def test_a_file_of_sqlite_that_is_no_use_is_refused_in_words(
    damage: Callable[[Path], None],
    told: str,
    sqlite_template: Path,
    tmp_path: Path,
    command_line: Callable[[str], CommandLine],
) -> None:
    """Exit 1 from every command, the path, what is wrong and what to do."""
    import re

    path = tmp_path / "ours.db"
    path.write_bytes(sqlite_template.read_bytes())
    damage(path)
    line = command_line(f"sqlite:///{path}")

    for command in (("user", "list"), ("privacy", "release"), ("backup", tmp_path / "b.zip")):
        assert re.search(told, line.refused(*command)), line.refused(*command)
    assert not (tmp_path / "b.zip").exists()


def test_a_lock_that_is_not_given_up_ends_the_wait(
    sqlite_template: Path, tmp_path: Path, command_line: Callable[[str], CommandLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has a limit; then the reason, and nothing written."""
    path = tmp_path / "ours.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr("core.database.engine.BUSY_TIMEOUT_MS", 50)
    held = sqlite3.connect(path)
    held.execute("BEGIN IMMEDIATE")
    line = command_line(f"sqlite:///{path}")

    reason = line.refused("user", "add", "ada", "--roles", "hr", "--password-stdin", given="a long enough one\n")
    held.rollback()

    assert "is busy with somebody else's change" in reason and "Nothing was changed" in reason
    assert line.done("user", "list") == ""
    held.close()


def test_a_database_that_was_replaced_is_found_again_and_the_old_file_is_let_go(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """An open engine does not go on writing into a file that was removed."""
    path = tmp_path / "ours.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE old_one (id integer)")
    for each in tmp_path.glob("ours.db*"):
        each.unlink()

    with pytest.raises(OperationalError, match="there is no file"):
        engine.connect()
    path.write_bytes(sqlite_template.read_bytes())
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'old_one'").scalar()
    assert found == 0
    engine.dispose()
