"""What a failure of the database or of a disk means, in words: one text for people, one with the remedy for operators."""

import errno
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted


class DatabaseRefused(Exception):
    """The database is not one that this code may use as it stands; the message says what to do. Nothing was changed."""


class Kind(StrEnum):
    """What went wrong."""

    AWAY = "away"
    MISSING = "missing"
    BUSY = "busy"
    FULL = "full"
    CLOSED = "closed"  # not writable
    DAMAGED = "damaged"
    FILE = "file"  # a file beside the database


@dataclass(frozen=True)
class Fault:
    """A failure that is nobody's defect. title, text: for people, without addresses; reason: for operators, with the remedy."""

    kind: Kind
    title: str
    text: str
    reason: str


_PEOPLE = {
    Kind.AWAY: ("The database does not answer", "Nothing was lost. It is looked for again when you try again."),
    Kind.MISSING: ("The database is not there", "Tell your administrator. Nothing can be shown until it is back."),
    Kind.BUSY: ("The database is busy", "Much is being written just now. Nothing was changed. Try again in a minute."),
    Kind.FULL: ("The database has no room left", "Nothing was changed, and what is there can be read. Tell your administrator."),
    Kind.CLOSED: ("The database takes no changes", "What is there can be read. Tell your administrator."),
    Kind.DAMAGED: ("The database is damaged", "Tell your administrator. What is shown now may not be right."),
    Kind.FILE: ("A file could not be written", "Nothing was changed. Tell your administrator."),
}  # fmt: skip
# https://www.sqlite.org/rescode.html, primary codes
_SQLITE = {
    5: Kind.BUSY,
    6: Kind.BUSY,
    8: Kind.CLOSED,
    10: Kind.DAMAGED,
    11: Kind.DAMAGED,
    13: Kind.FULL,
    14: Kind.AWAY,
    26: Kind.DAMAGED,
}
_SQLITE_IOERR_WRITES = (778, 1034, 1290, 1546)  # write, fsync, directory fsync, truncate: no room, or no disk
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "53100": Kind.FULL,
    "53300": Kind.BUSY,
    "55P03": Kind.BUSY,
    "57014": Kind.BUSY,
    "40P01": Kind.BUSY,
    "40001": Kind.BUSY,
    "25006": Kind.CLOSED,
    "42501": Kind.CLOSED,
    "XX001": Kind.DAMAGED,
    "XX002": Kind.DAMAGED,
    "3D000": Kind.MISSING,
}
_POSTGRES_AWAY = ("08", "57P", "28")  # connection, shutdown, who may connect
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_DISK = (errno.EROFS, errno.EIO)
_NO_ACCESS = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)


def fault_of(error: BaseException, url: str = "") -> Fault | None:
    """What `error` means, when it is a failure of the database or of a disk; None for anything else (then it is a defect).

    url: of the database, so that the operator reads which one; a password in it is not repeated.
    """
    if isinstance(error, OSError):
        return _of_file(error)
    if isinstance(error, PoolExhausted):
        return _fault(Kind.BUSY, "All connections to the database are in use", "Try again.")
    if not isinstance(error, DBAPIError):
        return None
    kind = _kind(error)
    if kind is None:
        return None
    return _fault(kind, *_told(kind, _where(url), _first_line(error.orig)))


def _fault(kind: Kind, what: str, remedy: str) -> Fault:
    title, text = _PEOPLE[kind]
    return Fault(kind, title, text, f"{what.rstrip('.')}. {remedy}")


def _told(kind: Kind, where: str, cause: str) -> tuple[str, str]:
    database = f"The database{where}"
    return {
        Kind.AWAY: (
            f"{database} does not answer: {cause}",
            "Check that it runs and that EVENKEEL_DATABASE_URL names it, then run this again.",
        ),
        Kind.MISSING: (
            f"{database} is not there: {cause}",
            "Put it back, or check EVENKEEL_DATABASE_URL. For a new installation, run: python -m core db upgrade",
        ),
        Kind.BUSY: (
            f"{database} is busy with somebody else's change: {cause}",
            "Nothing was changed. Wait until it is done, then run this again.",
        ),
        Kind.FULL: (
            f"{database} has no room left: {cause}",
            "Nothing was changed. Free space on the disk that holds it, then run this again.",
        ),
        Kind.CLOSED: (
            f"{database} takes no changes: {cause}",
            "Give the account that runs this the right to write to it and to its folder.",
        ),
        Kind.DAMAGED: (
            f"{database} is damaged or is not a database: {cause}",
            "Stop serving and keep it for study (on SQLite, PRAGMA quick_check says what is wrong with it). Then restore a "
            "backup into an empty one: python -m core restore FILE",
        ),
        Kind.FILE: (cause, ""),
    }[kind]


def _kind(error: DBAPIError) -> Kind | None:
    orig: Any = error.orig
    if error.connection_invalidated:
        return Kind.AWAY
    code = getattr(orig, "sqlite_errorcode", None)
    if code is not None:
        return Kind.FULL if code in _SQLITE_IOERR_WRITES else _SQLITE.get(code & 0xFF)
    if hasattr(orig, "sqlstate"):
        state = orig.sqlstate
        if state is None:  # never reached a server, or lost it
            return Kind.AWAY if type(orig).__name__ in ("OperationalError", "ConnectionTimeout") else None
        if state in _POSTGRES:
            return _POSTGRES[state]
        return Kind.AWAY if state.startswith(_POSTGRES_AWAY) else None
    return Kind.MISSING if type(orig).__name__ == "DatabaseMissing" else None


def _of_file(error: OSError) -> Fault | None:
    name = f" {error.filename}" if error.filename else ""
    if error.errno in _NO_ROOM:
        what = f"The disk is full: the file{name} could not be written"
        return _fault(Kind.FILE, what, "Free space on it or name another place, then run this again.")
    if error.errno in _NO_DISK:
        what = f"The file{name} could not be used: {error.strerror}"
        return _fault(Kind.FILE, what, "Check the disk, or name another place.")
    if name and isinstance(error, _NO_ACCESS):
        what = f"{error.filename}: {error.strerror}"
        return _fault(Kind.FILE, what, "Check the name and who may use it, then run this again.")
    return None


def _where(url: str) -> str:
    if not url:
        return ""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return f" {Path(parsed.database or '').resolve()}"
    return f" {parsed.database} at {parsed.host or 'this machine'}"


def _first_line(orig: object) -> str:
    lines = str(orig).strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else type(orig).__name__
