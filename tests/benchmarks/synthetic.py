"""An organisation of any size: company, divisions, departments, teams of four to fourteen, and weeks of hours for everybody.

Made of numbers alone, with a fixed seed, so that two runs measure the same. Facts are written by the way that imports use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, insert

from core.calendar import WEEK
from core.database.bulk import write_arrays, write_rows
from core.people.loading import refresh_unit_days
from core.people.tables import Assignment, EmploymentSpell, OrgUnit, Person
from core.workload.imports import METRIC_NAMES
from core.workload.partitions import ensure_partitions
from core.workload.tables import PersonWeek

LAST_WEEK = date(2026, 3, 2)
AS_OF = date(2026, 3, 18)
AT = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
SINCE = date(2020, 1, 6)
TEAM, DEPARTMENT, DIVISION = 9, 10, 10  # people in a team on average, teams in a department, departments in a division
Array = NDArray[Any]


@dataclass(frozen=True)
class Organisation:
    """people: how many. weeks: how many weeks of hours, the last of them LAST_WEEK."""

    people: int
    weeks: int
    seed: int = 11

    @property
    def mondays(self) -> list[date]:
        """The weeks, oldest first."""
        return [LAST_WEEK - i * WEEK for i in reversed(range(self.weeks))]

    def team_of(self) -> NDArray[np.int64]:
        """The team of each person: sizes vary from four to fourteen."""
        sizes = np.random.default_rng(self.seed).integers(4, 15, size=self.people // 4 + 1)
        return np.repeat(np.arange(len(sizes)), sizes)[: self.people]

    def home(self) -> NDArray[np.int64]:
        """The id of each person's unit, a team."""
        team = self.team_of()
        return team + (self.units()[-1]["id"] - int(team[-1]))

    def units(self) -> list[dict[str, Any]]:
        """Rows of the org tree, parents first; the teams are the last ones."""
        teams = int(self.team_of()[-1]) + 1
        departments = -(-teams // DEPARTMENT)
        divisions = -(-departments // DIVISION)
        rows: list[dict[str, Any]] = [_unit(1, "Co", None, 0)]
        for i in range(divisions):
            rows.append(_unit(2 + i, f"Co/V{i:04}", 1, 1))
        for i in range(departments):
            rows.append(_unit(2 + divisions + i, f"Co/V{i // DIVISION:04}/D{i:05}", 2 + i // DIVISION, 2))
        first = 2 + divisions + departments
        for i in range(teams):
            above = i // DEPARTMENT
            path = f"Co/V{above // DIVISION:04}/D{above:05}/T{i:06}"
            rows.append(_unit(first + i, path, 2 + divisions + above, 3))
        return rows

    def employ(self, connection: Connection) -> None:
        """Write units, persons (ids 1 to n, codes P0000001 and so on), and one assignment for each."""
        units = self.units()
        write_rows(connection, insert(OrgUnit), units)
        home = self.home()
        persons = [{"id": i, "code": f"P{i:07}", "name": None, "email": None} for i in range(1, self.people + 1)]
        write_rows(connection, insert(Person), persons)
        spell = {"hired": SINCE, "left": None, "leaving_reason": None, "source": "people"}
        spells = [{"id": i, "person_id": i, **spell} for i in range(1, self.people + 1)]
        write_rows(connection, insert(EmploymentSpell), spells)
        rest = dict.fromkeys(
            column.name for column in Assignment.__table__.columns if column.name not in ("id", "person_id", "unit_id")
        )
        rest |= {"valid_from": SINCE, "contracted_hours": 40.0, "source": "people"}
        assigned = [{"id": i, "person_id": i, "unit_id": unit, **rest} for i, unit in enumerate(home.tolist(), 1)]
        write_rows(connection, insert(Assignment), assigned)
        refresh_unit_days(connection)

    def hours(self, week: int) -> dict[str, Array]:
        """The hours of everybody in one week (its place among `mondays`), in quarters of an hour; some are away."""
        rng = np.random.default_rng((self.seed, week))
        n = self.people
        busy = 1 + 0.12 * np.sin(np.arange(n) * 0.37 + week / 9)
        contracted = np.where(np.arange(n) % 7 == 0, 20.0, 40.0)
        leave = np.where(rng.random(n) < 0.08, contracted * rng.choice([0.2, 0.4, 1.0], n), 0.0)
        worked = np.clip((contracted - leave) * busy + rng.normal(0, 2, n), 0, 90)
        worked[leave == contracted] = 0.0
        after = worked * rng.uniform(0, 0.2, n)
        values = {
            "contracted": contracted,
            "leave": leave,
            "public_holiday": np.full(n, 8.0 if week % 26 == 17 else 0.0),
            "sickness": np.where(rng.random(n) < 0.02, 8.0, 0.0),
            "worked": worked,
            "after_hours": after,
            "rest_day": np.where(rng.random(n) < 0.05, 2.0, 0.0),
            "meeting": worked * rng.uniform(0.1, 0.5, n),
            "focus": worked * rng.uniform(0.1, 0.4, n),
        }
        values["rest_day"] = np.minimum(values["rest_day"], worked)
        return {name: np.floor(column * 4) / 4 for name, column in values.items()}

    def deliver(self, connection: Connection) -> None:
        """Write all weeks of hours, week by week."""
        home = self.home()
        ids = np.arange(1, self.people + 1)
        ensure_partitions(connection, self.mondays)
        for place, monday in enumerate(self.mondays):
            week = np.full(self.people, np.datetime64(monday, "D"))
            columns = {"person_id": ids, "week": week, "unit_id": home, **self.hours(place)}
            write_arrays(
                connection,
                insert(PersonWeek),
                self.people,
                lambda start, end, columns=columns: {n: v[start:end] for n, v in columns.items()},
            )

    def build(self, engine: Engine) -> None:
        """Everything, in one transaction."""
        with engine.begin() as connection:
            self.employ(connection)
            self.deliver(connection)

    def write_csv(self, path: Path, weeks: range | None = None) -> int:
        """A file of person-weeks as an import takes it, by week; returns the number of rows.

        weeks: places among `mondays`; all of them when not given.
        """
        codes = [f"P{i:07}" for i in range(1, self.people + 1)]
        places = range(self.weeks) if weeks is None else weeks
        for place in places:
            frame = pd.DataFrame({"person_id": codes, "week": self.mondays[place].isoformat(), **self.hours(place)})
            frame.to_csv(path, mode="w" if place == places[0] else "a", header=place == places[0], index=False)
        return self.people * len(places)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Typed frames of one week each, as reading a file gives them: code, week and the hours."""
        codes = np.array([f"P{i:07}" for i in range(1, self.people + 1)], dtype=object)
        for place, monday in enumerate(self.mondays):
            yield pd.DataFrame({"code": codes, "week": np.datetime64(monday, "s"), **self.hours(place)})


def _unit(number: int, path: str, parent: int | None, depth: int) -> dict[str, Any]:
    return {
        "id": number,
        "path": path,
        "slug": path.lower().replace("/", "-"),
        "name": path.rsplit("/", 1)[-1],
        "parent_id": parent,
        "depth": depth,
        "first_day": SINCE,
        "last_day": None,
    }


assert set(METRIC_NAMES) == set(Organisation(4, 1).hours(0)), "the hours of a person-week have changed"
