"""The roll-up in SQL against the formulas over arrays: the same people, hours and signals, on both databases."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, insert, select

from core.people.tables import OrgUnit, Person
from core.workload import rollup
from core.workload.lookback import HISTORY, HOURS, SIGNALS, person_weeks
from core.workload.measures.limits import within_person_swing
from core.workload.rollup import RollUp, quarter_swings, read_arrays, read_panel, signals_of
from core.workload.tables import PersonWeek

LAST = date(2026, 1, 5)
SPAN = 45
MONDAYS = [LAST - timedelta(7 * i) for i in reversed(range(SPAN))]
Maker = Callable[[], Engine]
Row = dict[str, float | None]

# Hours at which rules turn: a fifth and two fifths of 40 and 20, loads of exactly 1.10, 48 and 55 hours.
contracted = st.sampled_from([None, 0.0, 20.0, 37.5, 40.0])
absence = st.sampled_from([None, 0.0, 0.0, 8.0, 12.0, 16.0, 24.0, 32.0, 40.0])
worked = st.sampled_from([None, 0.0, 8.8, 22.0, 35.2, 40.0, 44.0, 44.1, 47.9, 48.0, 54.9, 55.0, 60.0])
person_week = st.fixed_dictionaries({"contracted": contracted, "leave": absence, "worked": worked})
a_year = st.dictionaries(st.integers(0, SPAN - 1), person_week, min_size=1)
busy_year = st.lists(
    st.sampled_from(
        [None, {"leave": 0.0, "worked": 44.0}, {"leave": 0.0, "worked": 44.25}, {"leave": 24.0, "worked": 17.6}]
    ),
    min_size=SPAN,
    max_size=SPAN,
).map(lambda weeks: {at: {"contracted": 40.0, **week} for at, week in enumerate(weeks) if week is not None})


def write(connection: Connection, people: Iterable[dict[int, Row]]) -> None:
    """Everybody in one unit, with these weeks; what is not said is missing, holidays and sickness are none."""
    connection.execute(
        insert(OrgUnit),
        {
            "id": 1,
            "path": "Co",
            "slug": "co",
            "name": "Co",
            "parent_id": None,
            "depth": 0,
            "first_day": None,
            "last_day": None,
        },
    )
    rows = []
    for number, weeks in enumerate(people, start=1):
        connection.execute(insert(Person), {"id": number, "code": f"P{number}", "name": None, "email": None})
        for at, week in weeks.items():
            rest = dict.fromkeys(HOURS) | {"public_holiday": 0.0, "sickness": 0.0}
            rows.append({"person_id": number, "week": MONDAYS[at], "unit_id": 1, **rest, **week})
    if rows:
        connection.execute(insert(PersonWeek), rows)


def in_sql(connection: Connection, week: date) -> dict[int, list[float]]:
    """Person -> hours and signals by the statement."""
    person, _unit, *values = read_arrays(connection, *person_weeks(week))
    return {int(each): [float(column[at]) for column in values] for at, each in enumerate(person)}


def by_formulas(connection: Connection, week: date) -> dict[int, list[float]]:
    """The same by reading everything and running the formulas of `core.workload.measures`."""
    span = [week - timedelta(7 * i) for i in reversed(range(HISTORY + 1))]
    people = 1, (connection.scalar(select(func.max(PersonWeek.person_id))) or 0) + 1
    panel = read_panel(connection, PersonWeek, HOURS, span, people)
    columns = {**panel.columns, **signals_of(panel)}
    return {
        int(person): [float(columns[name][at, -1]) for name in (*HOURS, *SIGNALS)]
        for at, person in enumerate(panel.people)
        if panel.units[at, -1]
    }


def assert_equal(found: dict[int, list[float]], expected: dict[int, list[float]]) -> None:
    """Bit by bit; missing equals missing."""
    assert found.keys() == expected.keys()
    for person, values in expected.items():
        np.testing.assert_array_equal(found[person], values, err_msg=f"person {person}")


@given(people=st.lists(st.one_of(a_year, busy_year), min_size=1, max_size=4), back=st.integers(0, 12))
def test_the_statement_finds_what_the_formulas_find(
    fresh_engine: Maker, people: list[dict[int, Row]], back: int
) -> None:
    """Weeks that are missing, blank, partly free or at the edge of a rule."""
    with fresh_engine().begin() as connection:
        write(connection, people)
        week = MONDAYS[-1 - back]

        assert_equal(in_sql(connection, week), by_formulas(connection, week))


def random_people(count: int) -> list[dict[int, Row]]:
    """Years of many kinds: steady, overloaded, full of holes, long absences."""
    rng = np.random.default_rng(5)
    found = []
    for number in range(count):
        kept = rng.random(SPAN) < rng.choice([0.3, 0.8, 1.0])
        load = rng.choice([0.9, 1.1, 1.15, 1.3])
        weeks: dict[int, Row] = {}
        for at in np.flatnonzero(kept).tolist():
            leave = float(rng.choice([0, 0, 0, 8, 16, 24, 32, 40]))
            hours = round((40 - leave) * load * (1 if number % 3 else rng.uniform(0.8, 1.2)) * 4) / 4
            weeks[at] = {
                "contracted": 40.0,
                "leave": None if number % 11 == 0 and at % 4 else leave,
                "worked": None if rng.random() < 0.03 else hours,
                "after_hours": hours / 8,
                "meeting": float(rng.integers(0, 20)),
            }
        found.append(weeks)
    return found


def test_many_people_give_the_same_on_both_databases(engine: Engine) -> None:
    """Four hundred years of hours; every signal occurs, and so does its absence."""
    with engine.begin() as connection:
        write(connection, random_people(400))
    with engine.connect() as connection:
        found = in_sql(connection, LAST)
        assert_equal(found, by_formulas(connection, LAST))

    signals = np.array([values[-len(SIGNALS) :] for values in found.values()])
    for place, name in enumerate(SIGNALS):
        assert {0.0, 1.0} <= set(signals[:, place]), name


def test_one_week_and_many_weeks_give_the_same_contributions(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reduced in SQL, or read in blocks of people and parts of weeks: the same people, units, values and unknowns."""
    with engine.begin() as connection:
        write(connection, random_people(60))
    weeks = MONDAYS[-9:]
    monkeypatch.setattr(rollup, "BLOCK", 17)
    monkeypatch.setattr(rollup, "CHUNK_WEEKS", 4)
    together = RollUp(weeks)
    with engine.connect() as connection:
        for week in weeks:
            alone = RollUp([week])
            alone.read(connection, week)
            together.read(connection, week)
            one, many = alone.contributions(week), together.contributions(week)

            assert [family.family for family in one] == [family.family for family in many]
            for a, b in zip(one, many, strict=True):
                np.testing.assert_array_equal(a.people, b.people)
                np.testing.assert_array_equal(a.units, b.units)
                assert a.delivered == b.delivered
                assert a.variables.keys() == b.variables.keys()
                for name, values in a.variables.items():
                    np.testing.assert_array_equal(values, b.variables[name], err_msg=name)


def test_the_swing_of_a_quarter_does_not_depend_on_the_blocks(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added up in blocks of seven people it is that of everybody at once."""
    with engine.begin() as connection:
        write(connection, random_people(40))
    first, end = MONDAYS[-13], LAST + timedelta(7)
    with engine.connect() as connection:
        panel = read_panel(connection, PersonWeek, HOURS, MONDAYS[-13:], (1, 41))
        monkeypatch.setattr(rollup, "BLOCK", 7)
        found = quarter_swings(connection, first, end)

    worked = panel.columns["worked"]
    expected, people = within_person_swing(np.where(worked == 0, np.nan, panel.columns["meeting"]))
    assert found["meeting_hours"] == (pytest.approx(expected, rel=1e-12), people)


@pytest.mark.parametrize("weeks_back", [0, 20, 45])
@pytest.mark.parametrize("database", ["demo_readonly", pytest.param("demo_on_postgres", marks=pytest.mark.long)])
def test_the_demonstration_organisation_gives_the_same_both_ways(
    database: str, weeks_back: int, request: pytest.FixtureRequest
) -> None:
    """Twelve hundred people, on SQLite; with the long tests on PostgreSQL, where four hundred are counted above."""
    engine: Engine = request.getfixturevalue(database)
    with engine.connect() as connection:
        newest = connection.scalar(select(func.max(PersonWeek.week)))
        assert newest is not None
        week = newest - timedelta(7 * weeks_back)
        found = in_sql(connection, week)
        assert len(found) > 1000
        assert_equal(found, by_formulas(connection, week))
