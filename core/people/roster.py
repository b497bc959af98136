"""Who was where in a week, for the release of group numbers. Internal: returns no names and no attributes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, or_, select

from core.calendar import WEEK
from core.people.tables import Assignment, OrgUnit, Person


@dataclass(frozen=True)
class WeekRoster:
    """The org tree and the headcount of one week.

    units: frame with columns id, parent_id (float, NaN at the top), path, name; every unit that has people at or below it.
    headcount: unit id -> people whose home unit it is.
    """

    units: pd.DataFrame
    headcount: dict[int, int]


class Rosters:
    """All assignments, read once, answered week by week (a release of many weeks asks often)."""

    def __init__(self, connection: Connection) -> None:
        self._units = pd.DataFrame(
            connection.execute(select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.path, OrgUnit.name)).all(),
            columns=["id", "parent_id", "path", "name"],
        )
        rows = connection.execute(
            select(
                Assignment.person_id,
                Assignment.unit_id,
                Assignment.valid_from,
                Assignment.valid_to,
                func.coalesce(Assignment.contracted_hours, 0.0),
                OrgUnit.path,
            ).join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        ).all()
        frame = pd.DataFrame(rows, columns=["person", "unit", "start", "end", "hours", "path"])
        frame["start"] = [day.toordinal() for day in frame["start"]]
        frame["end"] = [day.toordinal() if day is not None else date.max.toordinal() for day in frame["end"]]
        # the home unit: most contracted hours, tie by path
        self._assignments = frame.sort_values(["person", "hours", "path"], ascending=[True, False, True])
        self._parents = {
            int(unit): None if pd.isna(parent) else int(parent)
            for unit, parent in zip(self._units["id"], self._units["parent_id"], strict=True)
        }

    def week(self, monday: date) -> WeekRoster:
        """The roster of the week `monday`: everybody assigned on at least one of its days."""
        return self._between(monday.toordinal(), (monday + WEEK).toordinal())

    def on(self, day: date) -> WeekRoster:
        """The roster of a single day."""
        return self._between(day.toordinal(), day.toordinal() + 1)

    def first_day_with_people(self, first: date, end: date) -> date | None:
        """The first Monday in `[first, end)` in whose week anybody is on the roster; None when there is none."""
        day = first
        while day < end:
            if self.week(day).headcount:
                return day
            day += WEEK
        return None

    def _between(self, start: int, end: int) -> WeekRoster:
        frame = self._assignments
        here = frame[(frame["start"] < end) & (frame["end"] > start)].drop_duplicates("person")
        headcount = {int(unit): int(n) for unit, n in here["unit"].value_counts().items()}
        alive: set[int] = set()
        for unit in headcount:
            at: int | None = unit
            while at is not None and at not in alive:
                alive.add(at)
                at = self._parents[at]
        return WeekRoster(self._units[self._units["id"].isin(alive)].sort_values("path"), headcount)


def unit_paths(connection: Connection) -> dict[int, str]:
    """The path of every unit that there ever was, by id."""
    return {row.id: row.path for row in connection.execute(select(OrgUnit.id, OrgUnit.path))}


def is_known(connection: Connection, code: str) -> bool:
    """Whether anybody on record has this id. For operators, who link accounts to people."""
    return connection.scalar(select(Person.id).where(Person.code == code)) is not None


def home_units(connection: Connection, people: Iterable[int], weeks: Iterable[date]) -> pd.DataFrame:
    """The home unit of each person in each week: columns person_id, week, unit_id; no row where there is no assignment."""
    wanted, mondays = list(people), sorted(set(weeks))
    columns = ["person_id", "week", "unit_id"]
    if not wanted or not mondays:
        return pd.DataFrame(columns=columns)
    rows = connection.execute(
        select(
            Assignment.person_id,
            Assignment.unit_id,
            Assignment.valid_from,
            Assignment.valid_to,
            func.coalesce(Assignment.contracted_hours, 0.0),
            OrgUnit.path,
        )
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .where(
            Assignment.valid_from < mondays[-1] + WEEK,
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > mondays[0]),
        )
    ).all()
    chosen = set(wanted)
    rows = [row for row in rows if row[0] in chosen]
    rows.sort(key=lambda row: (row[0], -row[4], row[5]))
    found: dict[tuple[int, date], int] = {}
    for person, unit, start, end, _, _ in rows:
        for monday in mondays:
            if start < monday + WEEK and (end is None or end > monday):
                found.setdefault((person, monday), unit)
    return pd.DataFrame([(person, week, unit) for (person, week), unit in found.items()], columns=columns)
