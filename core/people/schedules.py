"""By which working hours and in which time zone people worked in a week. Internal: returns no names."""

from collections.abc import Iterable
from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, or_, select

from core.calendar import WEEK
from core.people.tables import Assignment, OrgUnit

COLUMNS = ["person_id", "week", "unit_id", "schedule", "zone"]


def working_terms(connection: Connection, people: Iterable[int], weeks: Iterable[date]) -> pd.DataFrame:
    """Home unit, own schedule and own zone of each person (id) in each week: columns COLUMNS, one row where there is one.

    All three are those of the assignment that makes the home unit (most contracted hours; of equal ones the first by path).
    schedule, zone: as delivered, None where the source does not say. Weeks without an assignment have no row.
    """
    wanted, mondays = set(people), sorted(set(weeks))
    if not wanted or not mondays:
        return pd.DataFrame(columns=COLUMNS)
    rows = connection.execute(
        select(
            Assignment.person_id,
            Assignment.valid_from,
            Assignment.valid_to,
            func.coalesce(Assignment.contracted_hours, 0.0),
            OrgUnit.path,
            Assignment.unit_id,
            Assignment.schedule,
            Assignment.zone,
        )
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .where(
            Assignment.valid_from < mondays[-1] + WEEK,
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > mondays[0]),
        )
    ).all()
    found: dict[tuple[int, date], tuple[int, str | None, str | None]] = {}
    for person, start, end, _, _, unit, schedule, zone in sorted(rows, key=lambda row: (row[0], -row[3], row[4])):
        if person not in wanted:
            continue
        for monday in mondays:
            if start < monday + WEEK and (end is None or end > monday):
                found.setdefault((person, monday), (unit, schedule, zone))
    return pd.DataFrame([(*key, *terms) for key, terms in found.items()], columns=COLUMNS).astype(
        {"schedule": object, "zone": object}
    )
