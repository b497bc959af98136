"""The access log: who read what about whom, one row per viewer, subject and day."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from core.access.tables import AccessLog


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
