"""The access log: who read what about whom, one row per viewer, subject and day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from core.access.tables import AccessLog, User
from core.access.viewer import Viewer, only_own

UNIT = "unit "  # subjects that are units begin so
_IN_THE_VIEW_OF = " as "  # how the command line signs a look: `operator NAME as ACCOUNT`


@dataclass(frozen=True)
class Look:
    """What one reader read of one subject on one day. `who`: the display name where the account exists, else as logged.

    what: the newest thing read that day; reads: how many times anything was.
    """

    day: date
    who: str
    what: str
    reads: int


def record_read(connection: Connection, *, viewer: str, subjects: Iterable[str], what: str, day: date) -> None:
    """Note that `viewer` read `what` about each of `subjects` (people by id, or a unit as `unit PATH`) on `day`.

    One statement a subject: two looks at the same moment count as two, in one row.
    """
    key = [AccessLog.viewer, AccessLog.subject, AccessLog.day]
    again = {"reads": AccessLog.reads + 1, "what": what}
    for subject in sorted(set(subjects)):
        row = {"viewer": viewer, "subject": subject, "day": day, "what": what, "reads": 1}
        if connection.dialect.name == "postgresql":
            connection.execute(
                postgresql.insert(AccessLog).values(row).on_conflict_do_update(index_elements=key, set_=again)
            )
        else:
            connection.execute(
                sqlite.insert(AccessLog).values(row).on_conflict_do_update(index_elements=key, set_=again)
            )


def reads_about(connection: Connection, subject: str) -> list[dict[str, object]]:
    """Who looked at `subject`, newest day first: viewer, day, what, reads."""
    rows = connection.execute(
        select(AccessLog.viewer, AccessLog.day, AccessLog.what, AccessLog.reads)
        .where(AccessLog.subject == subject)
        .order_by(AccessLog.day.desc(), AccessLog.viewer)
    )
    return [dict(row._mapping) for row in rows]


def looks_at_own(connection: Connection, viewer: Viewer) -> tuple[Look, ...]:
    """Who read the viewer's own record, newest day first; nothing for an account without a person."""
    return _looks(connection, only_own(viewer, AccessLog.subject))


def looks_at_unit(connection: Connection, viewer: Viewer) -> tuple[Look, ...]:
    """Who took somebody's view of the viewer's own unit by the command line, newest day first; nothing without a unit."""
    return _looks(connection, AccessLog.subject == UNIT + viewer.own_unit) if viewer.own_unit else ()


def _looks(connection: Connection, about: ColumnElement[bool]) -> tuple[Look, ...]:
    rows = connection.execute(
        select(AccessLog.viewer, AccessLog.day, AccessLog.what, AccessLog.reads)
        .where(about)
        .order_by(AccessLog.day.desc(), AccessLog.viewer)
    ).all()
    accounts = {part for row in rows for part in row.viewer.split(_IN_THE_VIEW_OF)}
    names = {
        row.name: row.display_name
        for row in connection.execute(select(User.name, User.display_name).where(User.name.in_(sorted(accounts))))
    }
    return tuple(Look(row.day, _reader(row.viewer, names), row.what, row.reads) for row in rows)


def _reader(logged: str, names: dict[str, str]) -> str:
    """`mara` -> Mara Lindqvist; `operator root as mara` -> operator root, in the view of Mara Lindqvist."""
    if logged in names:
        return names[logged]
    reader, found, account = logged.partition(_IN_THE_VIEW_OF)
    return f"{reader}, in the view of {names.get(account, account)}" if found else logged
