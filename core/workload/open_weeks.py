"""How much of an open week has come in, for the company as a whole and as a class: nothing finer before a week closes."""

from datetime import date

from sqlalchemy import Connection, func, select

from core.people.headcount import people_in_week
from core.workload.tables import CollaborationWeek, PersonWeek

TOLD_FROM = 100  # people; below, a class could tell how few are missing
LEAST = 10  # people; below, "some" would tell how few there are
NEARLY_ALL, MOST = 0.95, 0.80


def came_in(connection: Connection, week: date) -> str:
    """'nearly all', 'most', 'part', 'some' (a small company) or 'nothing' of the week's people; '' below ten people.

    From 100 people on, 'most' and 'part' leave at least six people without hours, and 'nearly all' may leave none; so no
    class tells a number of people below the smallest group.
    """
    people = people_in_week(connection, week)
    if people < LEAST:
        return ""
    delivered = max(_rows(connection, PersonWeek, week), _rows(connection, CollaborationWeek, week))
    if not delivered:
        return "nothing"
    if people < TOLD_FROM:
        return "some"
    share = delivered / people
    return "nearly all" if share >= NEARLY_ALL else "most" if share >= MOST else "part"


def _rows(connection: Connection, table: type[PersonWeek] | type[CollaborationWeek], week: date) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(table.week == week)) or 0
