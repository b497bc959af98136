"""Who was where in a week, for imports and for the release of group numbers. Internal: returns no names and no attributes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from core.calendar import WEEK
from core.people.tables import Assignment, OrgUnit, Person

Ints = NDArray[np.int64]
EPOCH = date(1970, 1, 1).toordinal()  # days are counted from here, as `datetime64[D]` does
FOREVER = date.max.toordinal() - EPOCH
NOWHERE = -1
FETCH = 50_000  # rows read at a time


@dataclass(frozen=True)
class WeekRoster:
    """The org tree and the headcount of one week.

    units: frame with columns id, parent_id (float, NaN at the top), path, name; every unit that has people at or below it.
    headcount: unit id -> people whose home unit it is.
    """

    units: pd.DataFrame
    headcount: dict[int, int]


@dataclass(frozen=True)
class _Assignments:
    """Assignments by person, within a person the home unit first: most contracted hours, then the earlier path.

    person, unit: ids. start, end: days since 1970, half-open. All of shape (assignments,).
    """

    person: Ints
    unit: Ints
    start: Ints
    end: Ints


def _assignments(connection: Connection) -> _Assignments:
    paths = sorted((path, unit) for unit, path in unit_paths(connection).items())
    rank = {unit: place for place, (_, unit) in enumerate(paths)}
    statement = select(
        Assignment.person_id,
        Assignment.unit_id,
        Assignment.valid_from,
        Assignment.valid_to,
        func.coalesce(Assignment.contracted_hours, 0.0),
    )
    pieces: list[list[Ints | NDArray[np.float64]]] = []
    for rows in connection.execute(statement, execution_options={"yield_per": FETCH}).partitions():
        person, unit, start, end, hours = zip(*rows, strict=True)
        pieces.append(
            [
                np.array(person, dtype=np.int64),
                np.array(unit, dtype=np.int64),
                np.array([day.toordinal() - EPOCH for day in start], dtype=np.int64),
                np.array([FOREVER if day is None else day.toordinal() - EPOCH for day in end], dtype=np.int64),
                np.array(hours, dtype=np.float64),
                np.array([rank[number] for number in unit], dtype=np.int64),
            ]
        )
    if not pieces:
        none = np.empty(0, dtype=np.int64)
        return _Assignments(none, none, none, none)
    columns: list[Any] = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    person, unit, start, end, hours, place = columns
    order = np.lexsort((place, -hours, person))
    return _Assignments(person[order], unit[order], start[order], end[order])


class Rosters:
    """All assignments, read once, answered week by week (a release of many weeks asks often)."""

    def __init__(self, connection: Connection) -> None:
        self._units = pd.DataFrame(
            connection.execute(select(OrgUnit.id, OrgUnit.parent_id, OrgUnit.path, OrgUnit.name)).all(),
            columns=["id", "parent_id", "path", "name"],
        )
        self._assignments = _assignments(connection)
        self._parents = {
            int(unit): None if pd.isna(parent) else int(parent)
            for unit, parent in zip(self._units["id"], self._units["parent_id"], strict=True)
        }

    def week(self, monday: date) -> WeekRoster:
        """The roster of the week `monday`: everybody assigned on at least one of its days."""
        return self._between(monday.toordinal() - EPOCH, (monday + WEEK).toordinal() - EPOCH)

    def on(self, day: date) -> WeekRoster:
        """The roster of a single day."""
        return self._between(day.toordinal() - EPOCH, day.toordinal() + 1 - EPOCH)

    def first_day_with_people(self, first: date, end: date) -> date | None:
        """The first Monday in `[first, end)` in whose week anybody is on the roster; None when there is none."""
        day = first
        while day < end:
            if self.week(day).headcount:
                return day
            day += WEEK
        return None

    def _between(self, start: int, end: int) -> WeekRoster:
        every = self._assignments
        here = (every.start < end) & (every.end > start)
        person, unit = every.person[here], every.unit[here]
        home = np.ones(len(person), dtype=bool)
        home[1:] = person[1:] != person[:-1]
        found, count = np.unique(unit[home], return_counts=True)
        headcount = dict(zip(found.tolist(), count.tolist(), strict=True))
        alive: set[int] = set()
        for number in headcount:
            at: int | None = number
            while at is not None and at not in alive:
                alive.add(at)
                at = self._parents[at]
        return WeekRoster(self._units[self._units["id"].isin(alive)].sort_values("path"), headcount)


def unit_paths(connection: Connection) -> dict[int, str]:
    """The path of every unit that there ever was, by id."""
    return {row.id: row.path for row in connection.execute(select(OrgUnit.id, OrgUnit.path))}


def person_ids(connection: Connection) -> dict[str, int]:
    """The number of everybody on record, by the employer's own id."""
    found: dict[str, int] = {}
    statement = select(Person.code, Person.id)
    for rows in connection.execute(statement, execution_options={"yield_per": FETCH}).partitions():
        found.update((code, number) for code, number in rows)
    return found


def is_known(connection: Connection, code: str) -> bool:
    """Whether anybody on record has this id. For operators, who link accounts to people."""
    return connection.scalar(select(Person.id).where(Person.code == code)) is not None


class HomeUnits:
    """All assignments, read once, to be asked for the home units of people in weeks."""

    def __init__(self, connection: Connection) -> None:
        self._assignments = _assignments(connection)

    def of(self, people: NDArray[Any], days: NDArray[Any]) -> Ints:
        """The home unit (id) of a person in a week, for aligned arrays of shape (n,); -1 in a week without an assignment.

        people: ids. days: Mondays, as days since 1970. The home unit is the assignment with the most contracted hours among
        those that hold on at least one day of the week, in a tie the first by path.
        """
        every = self._assignments
        found = np.full(len(people), NOWHERE, dtype=np.int64)
        begin = np.searchsorted(every.person, people)
        waiting = np.arange(len(people))
        place = 0
        while len(waiting):
            at = begin[waiting] + place
            inside = at < len(every.person)
            waiting, at = waiting[inside], at[inside]
            same = every.person[at] == people[waiting]
            waiting, at = waiting[same], at[same]
            here = (every.start[at] < days[waiting] + 7) & (every.end[at] > days[waiting])
            found[waiting[here]] = every.unit[at[here]]
            waiting = waiting[~here]
            place += 1
        return found


def _day(number: Any) -> date:
    return date.fromordinal(int(number) + EPOCH)


def as_dates(days: Iterable[int]) -> list[date]:
    """Days since 1970 as dates."""
    return [_day(day) for day in days]
