"""How many people are assigned in a week, for telling whether files are complete. Internal: exact counts never leave core."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, distinct, func, or_, select

from core.calendar import WEEK
from core.people.loading import batches
from core.people.tables import Assignment


def people_in_week(connection: Connection, monday: date) -> int:
    """Everybody with an assignment on at least one day of the week."""
    statement = select(func.count(distinct(Assignment.person_id))).where(*_during(monday))
    return int(connection.execute(statement).scalar_one())


def people_in_units(connection: Connection, units: Collection[int], monday: date) -> dict[int, int]:
    """Unit (id) -> people with an assignment in exactly that unit on a day of the week; units without any are left out."""
    found: dict[int, int] = {}
    for batch in batches(sorted(units)):
        rows = connection.execute(
            select(Assignment.unit_id, func.count(distinct(Assignment.person_id)))
            .where(Assignment.unit_id.in_(batch), *_during(monday))
            .group_by(Assignment.unit_id)
        )
        found |= {int(unit): int(people) for unit, people in rows}
    return found


def _during(monday: date) -> tuple[ColumnElement[bool], ...]:
    return (Assignment.valid_from < monday + WEEK, or_(Assignment.valid_to.is_(None), Assignment.valid_to > monday))
