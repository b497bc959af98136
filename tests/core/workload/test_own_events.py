"""A person's own events: their number by week, for the person alone."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.people.tables import OrgUnit
from core.workload.own_events import COLUMNS, SHOWN_WEEKS, events_table, own_events
from core.workload.tables import ActivityHour
from tests.organisations import codes, employ

LAST = date(2026, 3, 2)
AS_OF = date(2026, 3, 18)
ME, OTHER = "Co/A#0", "Co/A#1"
Event = tuple[str, int, str, int, int, int]  # person, weeks back, source, events, outside, rest day
EVENTS: tuple[Event, ...] = (
    (ME, 0, "commits", 20, 5, 0),
    (ME, 0, "commits", 4, 0, 1),
    (ME, 0, "calendar", 7, 0, 0),
    (ME, 3, "commits", 1, 1, 0),
    (ME, SHOWN_WEEKS - 1, "commits", 2, 0, 2),
    (ME, SHOWN_WEEKS, "commits", 99, 0, 0),
    (ME, -3, "commits", 98, 0, 0),
    (OTHER, 0, "commits", 97, 0, 0),
)


def write(engine: Engine, events: Sequence[Event]) -> None:
    """Two people in one team, and these events, each in an hour of its own."""
    employ(engine, {ME: "Co/A", OTHER: "Co/A"})
    with engine.begin() as connection:
        ids = codes(connection)
        unit = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/A"))
        for hour, (person, back, source, count, outside, rest) in enumerate(events):
            connection.execute(
                insert(ActivityHour).values(
                    person_id=ids[person], week=LAST - timedelta(weeks=back), source=source, weekday=1, hour=hour,
                    unit_id=unit, unit_given=False, events=count, outside=outside, rest_day=rest,
                )
            )  # fmt: skip


def read(engine: Engine, code: str, roles: tuple[str, ...] = ("employee",)) -> pd.DataFrame:
    """What the person of that code reads."""
    with engine.connect() as connection:
        return own_events(connection, Viewer(1, "me", "Me", roles, own_unit="Co/A", person_code=code), as_of=AS_OF)


def test_events_are_added_up_by_week_and_source_for_the_person_alone(engine: Engine) -> None:
    """By hand: two hours become one row, sources stay apart, twelve weeks are shown, none that is to come."""
    write(engine, EVENTS)

    assert read(engine, ME).values.tolist() == [
        [LAST, "calendar", 7, 0, 0],
        [LAST, "commits", 24, 5, 1],
        [LAST - timedelta(weeks=3), "commits", 1, 1, 0],
        [LAST - timedelta(weeks=SHOWN_WEEKS - 1), "commits", 2, 0, 2],
    ]
    assert read(engine, OTHER).values.tolist() == [[LAST, "commits", 97, 0, 0]]


@pytest.mark.parametrize("code", ["", "co/a#0", "Co/A#", "nobody"])
@pytest.mark.parametrize("roles", [("employee",), ("leader", "hr", "manager", "employee")])
def test_no_role_and_no_likeness_of_a_code_reads_somebody_elses(
    engine: Engine, code: str, roles: tuple[str, ...]
) -> None:
    """An account without a person, or with a code that only resembles one, finds nothing, whatever its roles."""
    write(engine, EVENTS)
    found = read(engine, code, roles)

    assert (list(found.columns), len(found)) == (list(COLUMNS), 0)


def test_an_administrator_has_no_week_to_open(engine: Engine) -> None:
    """The role opens no screen with rows of persons."""
    write(engine, EVENTS)
    with pytest.raises(NoPermission):
        read(engine, ME, ("admin",))


def test_the_table_says_parts_with_their_share(engine: Engine) -> None:
    """Texts as people read them; nothing is 0, never a share of it."""
    write(engine, EVENTS)
    table = events_table(read(engine, ME))

    assert [text.replace("\u00a0", " ") for text in table.iloc[1]] == ["2 Mar", "commits", "24", "5 (21 %)", "1 (4 %)"]
    assert table.iloc[0].tolist()[2:] == ["7", "0", "0"]
    assert all(len(before) <= 12 for before, _ in pairwise(table["Week"]))
