"""Files of events and people for tests of activity, and hours of activity written straight into the table."""

import csv
import gzip
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, insert, select

from core.people.tables import OrgUnit, Person
from core.workload.activity_loading import note_cards
from core.workload.release import note_delivery
from core.workload.tables import ActivityHour
from tests.organisations import AS_OF

COMMITS = Path(__file__).parents[2] / "data" / "git_commits"
Hours = Mapping[tuple[str, date, int, int], int]


def events_file(
    folder: Path,
    rows: Iterable[Sequence[str]],
    header: Sequence[str] = ("actor", "time"),
    *,
    name: str = "events.csv",
) -> Path:
    """A file of events with these cells."""
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def own_commits(folder: Path) -> tuple[Path, list[str]]:
    """The commits that are no merges, as git recorded them, all columns; and their authors."""
    with gzip.open(COMMITS / "vivainsights_r_commits.csv.gz", "rt", encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    merge, author = header.index("is_merge"), header.index("author_id")
    own = [row for row in rows if row[merge] == "0"]
    return events_file(folder, own, header, name="commits.csv"), sorted({row[author] for row in own})


def on_record(engine: Engine) -> dict[tuple[str, date, str, int, int], tuple[str, int, int, int]]:
    """(person, week, source, weekday, hour) -> (unit, events, outside, on rest days)."""
    with engine.connect() as connection:
        people = {row.id: row.code for row in connection.execute(select(Person.id, Person.code))}
        paths = {row.id: row.path for row in connection.execute(select(OrgUnit.id, OrgUnit.path))}
        return {
            (people[row["person_id"]], row["week"], row["source"], row["weekday"], row["hour"]): (
                paths[row["unit_id"]],
                row["events"],
                row["outside"],
                row["rest_day"],
            )
            for row in connection.execute(select(ActivityHour)).mappings()
        }


def active(engine: Engine, people: Mapping[str, str], hours: Hours, *, outside: int = 0, rest: int = 0) -> None:
    """Write events by (person, week, weekday, hour), and note what awaits release. outside, rest: of each hour's events."""
    with engine.begin() as connection:
        ids = {row.code: row.id for row in connection.execute(select(Person.code, Person.id))}
        units = {row.path: row.id for row in connection.execute(select(OrgUnit.path, OrgUnit.id))}
        connection.execute(
            insert(ActivityHour),
            [
                {
                    "person_id": ids[code],
                    "week": week,
                    "source": "events",
                    "weekday": weekday,
                    "hour": hour,
                    "unit_id": units[people[code]],
                    "unit_given": False,
                    "events": events,
                    "outside": min(outside, events),
                    "rest_day": min(rest, events - min(outside, events)),
                }
                for (code, week, weekday, hour), events in hours.items()
            ],
        )
        weeks = {week for _, week, _, _ in hours}
        note_delivery(connection, weeks, held=False, as_of=AS_OF)
        note_cards(connection, weeks)
