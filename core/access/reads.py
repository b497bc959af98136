"""The access log: who read what about whom, one row per viewer, subject and day."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, insert, select, update

from core.access.tables import AccessLog


def record_read(connection: Connection, *, viewer: str, subjects: Iterable[str], what: str, day: date) -> None:
    """Note that `viewer` read `what` about each of `subjects` (people by id, or a unit as `unit PATH`) on `day`."""
    for subject in sorted(set(subjects)):
        where = (AccessLog.viewer == viewer, AccessLog.subject == subject, AccessLog.day == day)
        seen = connection.scalar(select(AccessLog.reads).where(*where))
        if seen is None:
            connection.execute(insert(AccessLog).values(viewer=viewer, subject=subject, day=day, what=what, reads=1))
        else:
            connection.execute(update(AccessLog).where(*where).values(reads=AccessLog.reads + 1, what=what))


def reads_about(connection: Connection, subject: str) -> list[dict[str, object]]:
    """Who looked at `subject`, newest day first: viewer, day, what, reads."""
    rows = connection.execute(
        select(AccessLog.viewer, AccessLog.day, AccessLog.what, AccessLog.reads)
        .where(AccessLog.subject == subject)
        .order_by(AccessLog.day.desc(), AccessLog.viewer)
    )
    return [dict(row._mapping) for row in rows]
