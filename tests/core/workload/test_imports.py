"""Person-weeks: what is loaded, what blank and absent mean, and the one home unit of a week."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from core.delivery import ImportOptions
from core.intake.imports import ImportRefused
from core.workload.imports import examine
from core.workload.loading import CHANGED, NEW, SAME, Stored, WeekFacts, difference, facts_of
from core.workload.tables import PersonWeek
from tests.core.intake.content import bring_in, content, people_file, person, rows_of, weeks_file

WEEK = ("person_id", "week", "worked", "leave", "meeting")
VALUES = select(PersonWeek.week, PersonWeek.worked, PersonWeek.leave, PersonWeek.meeting, PersonWeek.focus).order_by(
    PersonWeek.week
)
HOMES = text(
    "SELECT p.code, u.path FROM person_week w JOIN person p ON p.id = w.person_id JOIN org_unit u ON u.id = w.unit_id "
    "ORDER BY p.code, w.week"
)
MONDAY = date(2024, 3, 4)


def test_blank_is_missing_and_zero_is_zero(engine: Engine, tmp_path: Path) -> None:
    """A blank cell and an absent column become None; a written 0 stays 0."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1")]))

    bring_in(engine, "person-weeks", weeks_file(tmp_path, WEEK, [("P1", MONDAY, "", "0", "7.25")]))

    assert rows_of(engine, VALUES) == [(MONDAY, None, 0.0, 7.25, None)]


def test_a_row_on_record_is_replaced_and_an_absent_column_leaves_what_is_there(engine: Engine, tmp_path: Path) -> None:
    """Hours from timesheets and hours from calendars may come in files of their own."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1")]))
    first = [("P1", MONDAY, "40", "0", "8"), ("P1", MONDAY + timedelta(7), "38", "0", "9")]
    bring_in(engine, "person-weeks", weeks_file(tmp_path, WEEK, first))

    calendar = [("P1", MONDAY, "", "12"), ("P1", MONDAY + timedelta(14), "5", "20")]
    summary = bring_in(
        engine, "person-weeks", weeks_file(tmp_path, ("person_id", "week", "meeting", "focus"), calendar)
    )

    assert (summary.counts.loaded, summary.counts.replaced, summary.counts.unchanged) == (1, 1, 0)
    assert summary.closed_weeks_touched == (MONDAY, MONDAY + timedelta(14))
    assert rows_of(engine, VALUES) == [
        (MONDAY, 40.0, 0.0, None, 12.0),
        (MONDAY + timedelta(7), 38.0, 0.0, 9.0, None),
        (MONDAY + timedelta(14), None, None, 5.0, 20.0),
    ]


def test_only_weeks_with_other_values_are_touched(engine: Engine, tmp_path: Path) -> None:
    """The same week again among new ones is unchanged and not reported."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1"), person("P2")]))
    bring_in(engine, "person-weeks", weeks_file(tmp_path, WEEK, [("P1", MONDAY, "40", "0", "8")]))

    rows = [("P1", MONDAY, "40.0", "0.00", "8"), ("P2", MONDAY + timedelta(7), "30", "", "")]
    summary = bring_in(engine, "person-weeks", weeks_file(tmp_path, WEEK, rows))

    assert (summary.counts.loaded, summary.counts.replaced, summary.counts.unchanged) == (1, 0, 1)
    assert summary.closed_weeks_touched == (MONDAY + timedelta(7),)


def test_the_home_unit_is_the_assignment_with_the_most_hours_in_a_tie_the_first_path(
    engine: Engine, tmp_path: Path
) -> None:
    """Largest contract; tie by path; unknown hours count least; a move within the week counts by hours, not by days."""
    people = [
        person("P1", "N/A", contracted_hours="16", begins="2024-01-01"),
        person("P1", "N/B", contracted_hours="20", begins="2024-01-01"),
        person("P2", "N/B", contracted_hours="20", begins="2024-01-01"),
        person("P2", "N/A", contracted_hours="20", begins="2024-01-01"),
        person("P3", "N/A", contracted_hours="", begins="2024-01-01"),
        person("P3", "N/B", contracted_hours="1", begins="2024-01-01"),
        person("P4", "N/B", contracted_hours="20"),
        person("P4", "N/A", contracted_hours="30", begins="2024-03-10"),
        person("P5", "N/A", hired="2024-03-10"),
        person("P6", "N/A", left="2024-03-04"),
    ]
    bring_in(engine, "people", people_file(tmp_path, people))
    rows = [(f"P{each}", MONDAY, "10", "0", "1") for each in range(1, 7)]
    summary = bring_in(engine, "person-weeks", weeks_file(tmp_path, WEEK, rows))

    assert dict(rows_of(engine, HOMES)) == {
        "P1": "N/B",
        "P2": "N/A",
        "P3": "N/B",
        "P4": "N/A",
        "P5": "N/A",
        "P6": "N/A",
    }
    assert (summary.counts.people, summary.counts.units) == (6, 2)


@pytest.mark.parametrize(("week", "there"), [(-7, False), (0, True), (7, True), (14, False)])
def test_a_week_counts_as_employed_from_the_first_day_to_the_last(
    week: int, there: bool, sqlite_engine: Engine, tmp_path: Path
) -> None:
    """Hired on the Sunday of one week and gone on the Monday of the next: those two weeks, and no others."""
    bring_in(sqlite_engine, "people", people_file(tmp_path, [person("P1", hired="2024-03-10", left="2024-03-11")]))
    path = weeks_file(tmp_path, WEEK, [("P1", MONDAY + timedelta(week), "8", "0", "1")])

    if there:
        assert bring_in(sqlite_engine, "person-weeks", path).counts.loaded == 1
    else:
        with pytest.raises(ImportRefused, match="P1 had no assignment"):
            bring_in(sqlite_engine, "person-weeks", path)


def test_a_small_difference_from_rounding_is_no_contradiction(engine: Engine, tmp_path: Path) -> None:
    """After-hours equal to the hours worked, or above them by a hundredth, are taken; two hundredths are refused."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1"), person("P2")]))
    header = ("person_id", "week", "worked", "after_hours", "rest_day")
    bring_in(
        engine, "person-weeks", weeks_file(tmp_path, header, [("P1", MONDAY, 3, 3.01, 3), ("P2", MONDAY, "", 5, 5)])
    )
    before = content(engine)

    with pytest.raises(ImportRefused) as refusal:
        bring_in(engine, "person-weeks", weeks_file(tmp_path, header, [("P1", MONDAY, 3, 3.02, 3)]))

    assert [(each.row, each.column) for each in refusal.value.problems] == [(2, "after_hours")]
    assert content(engine) == before


def test_synonyms_and_decimal_commas_of_a_semicolon_file_are_read(engine: Engine, tmp_path: Path) -> None:
    """As a spreadsheet program in much of Europe writes it."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1")]))
    path = tmp_path / "hours.csv"
    path.write_text("Employee ID;Week;Worked hours;Leave Hours\nP1;2024-03-04;37,25;0\n", encoding="utf-8")

    bring_in(engine, "person-weeks", path)

    assert rows_of(engine, VALUES) == [(MONDAY, 37.25, 0.0, None, None)]


HOURS = st.one_of(st.none(), st.sampled_from([0.0, 7.5, 40.0]))
FACTS = st.dictionaries(
    st.tuples(st.sampled_from(["P1", "P2", "P3"]), st.integers(0, 3)),
    st.tuples(HOURS, HOURS, st.sampled_from(["N/A", "N/B"])),
    max_size=8,
)


def _frame(facts: dict[tuple[str, int], tuple[float | None, float | None, str]]) -> pd.DataFrame:
    rows = [
        (code, pd.Timestamp(MONDAY + timedelta(7 * week)), unit, worked, leave)
        for (code, week), (worked, leave, unit) in facts.items()
    ]
    frame = pd.DataFrame(rows, columns=["code", "week", "unit", "worked", "leave"])
    return frame.astype({"week": "datetime64[s]", "code": object, "unit": object, "worked": float, "leave": float})


def _on_record(facts: dict, beside: WeekFacts) -> Iterator[Stored]:
    """One piece for each fact, as the database would give it beside the facts of a file."""
    for (code, week), (worked, leave, unit) in facts.items():
        if code in beside.codes:
            yield Stored(
                np.array([beside.codes.index(code)]),
                np.array([(MONDAY + timedelta(7 * week) - date(1970, 1, 1)).days]),
                np.array([beside.paths.index(unit) if unit in beside.paths else -2]),
                {name: np.array([value], dtype=float) for name, value in (("worked", worked), ("leave", leave))},
            )


@given(FACTS, FACTS)
def test_the_difference_is_what_a_comparison_row_by_row_finds(stored: dict, given_facts: dict) -> None:
    """New, changed and unchanged against a naive comparison of dictionaries; missing equals missing."""
    facts = facts_of(_frame(given_facts), ("worked", "leave"), units=True)
    found = difference(facts, _on_record(stored, facts))

    keys = list(given_facts)
    assert [keys[at] for at in np.flatnonzero(found.state == NEW)] == [key for key in keys if key not in stored]
    changed = [key for key in keys if key in stored and given_facts[key] != stored[key]]
    assert [keys[at] for at in np.flatnonzero(found.state == CHANGED)] == changed
    assert found.count(SAME) == sum(given_facts[key] == stored[key] for key in keys if key in stored)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 2)), max_size=9))
def test_every_row_that_stands_further_up_already_is_found_with_the_first_of_its_kind(keys: list) -> None:
    """Against a dictionary of first rows."""
    frame = pd.DataFrame(
        {
            "code": pd.Series([code for code, _ in keys], dtype=object),
            "week": pd.Series([MONDAY + timedelta(7 * week) for _, week in keys], dtype="datetime64[s]"),
        }
    )
    first: dict[object, int] = {}
    expected = [(at, first[key]) for at, key in enumerate(keys) if first.setdefault(key, at) != at]

    again, before = facts_of(frame, ()).again()

    assert list(zip(again.tolist(), before.tolist(), strict=True)) == expected


def test_hours_are_stored_exactly_as_written(engine: Engine, tmp_path: Path) -> None:
    """A third of an hour comes back bit by bit, so that the same file is unchanged on both databases."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1")]))
    path = weeks_file(tmp_path, WEEK, [("P1", MONDAY, repr(1 / 3), "1e-07", repr(math.pi))])
    bring_in(engine, "person-weeks", path)

    assert rows_of(engine, VALUES) == [(MONDAY, 1 / 3, 1e-07, math.pi, None)]
    assert bring_in(engine, "person-weeks", path).counts.unchanged == 1


def test_a_large_load_that_is_put_aside_first_writes_the_same(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prepared before the transaction takes the writer's lock, or not: the same rows, new and changed ones."""
    monkeypatch.setattr("core.workload.loading.STAGED", 2)
    bring_in(engine, "people", people_file(tmp_path, [person("P1"), person("P2")]))
    bring_in(engine, "person-weeks", weeks_file(tmp_path, WEEK, [("P1", MONDAY, "40", "0", "8")]))
    rows = [
        ("P2", MONDAY, "30", None, "1"),
        ("P1", MONDAY, "38", "0", "8"),
        ("P2", MONDAY + timedelta(7), "", "0", "2"),
    ]
    frame = pd.DataFrame(
        {
            "code": pd.Series([code for code, *_ in rows], dtype=object),
            "week": pd.Series([week for _, week, *_ in rows]).astype("datetime64[s]"),
            **{name: [float(row[at] or "nan") for row in rows] for at, name in enumerate(WEEK[2:], start=2)},
        }
    )
    with engine.connect() as connection:
        findings, plan = examine(connection, frame, ImportOptions())
        assert findings == []
        assert plan is not None
    with engine.begin() as connection:
        plan.prepare(connection)
        plan.load(connection)

    assert (plan.counts.loaded, plan.counts.replaced) == (2, 1)
    assert sorted(rows_of(engine, VALUES), key=repr) == sorted(
        [
            (MONDAY, 30.0, None, 1.0, None),
            (MONDAY, 38.0, 0.0, 8.0, None),
            (MONDAY + timedelta(7), None, 0.0, 2.0, None),
        ],
        key=repr,
    )
