"""Teams: which units they are, how long each has been above a line, and the rule week by week, written twice."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import isfinite, isnan, nan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.access.viewer import Viewer
from core.metrics.catalogue import catalogue
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.trends import published_trends
from core.privacy.views import published
from core.workload.standing import Standing
from core.workload.teams import (
    LOOKBACK,
    RECENT,
    Run,
    Teams,
    reporting_units,
    runs,
    trail,
    under,
)
from tests.core.workload.boards import fabricated_teams
from tests.core.workload.one_by_one import above_by_week, every_team

LAST = date(2026, 3, 2)
POLICY = Policy()
LOAD = catalogue(POLICY)["utilisation"]
LINE, LEAST = 1.10, 4  # as in the policy
value = st.one_of(st.just(nan), st.sampled_from([0.9, 1.0, 1.10, 1.11, 1.3]))


def mondays(count: int) -> tuple[date, ...]:
    """So many weeks, the last of them LAST."""
    return tuple(LAST - timedelta(weeks=back) for back in reversed(range(count)))


def teams(*rows: list[float]) -> Teams:
    """Teams with these values."""
    return fabricated_teams(mondays(len(rows[0])), {f"unit:{place}": row for place, row in enumerate(rows)})


# --- one run ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "weeks"),
    [
        ([], 0),
        ([nan, nan], 0),
        ([1.2, 1.2, 1.2], 3),
        ([1.2, 1.0, 1.2, 1.2], 2),
        ([1.2, 1.2, 1.0], 0),
        ([1.2, nan, 1.2, nan], 2),  # a hidden week neither counts nor resets
        ([1.2, 1.1, 1.2], 1),  # the line itself is not above it
        ([1.2, 0.1 + 1.0, 1.2], 1),  # nor is it with a crumb of binary fraction
    ],
)
def test_a_run_is_of_shown_weeks_back_from_the_newest(values: list[float], weeks: int) -> None:
    """Consecutive shown weeks above the line."""
    assert Run.of(values, LINE).weeks == weeks


loads = st.lists(st.one_of(st.just(nan), st.integers(95, 125).map(lambda percent: percent / 100)), max_size=12)


@given(loads)
def test_a_run_agrees_with_a_loop_over_what_is_shown(values: list[float]) -> None:
    """Drop the hidden weeks, then count from the end; it fills what is shown when nothing ever ended it."""
    run = 0
    shown = [value for value in values if not isnan(value)]
    for value in shown:
        run = run + 1 if round(value * 100) > 110 else 0
    found = Run.of(values, LINE)

    assert (found.weeks, found.shown, found.or_more) == (run, len(shown), run == len(shown))
    assert found.current == bool(values and not isnan(values[-1]))
    assert found.newest == shown[-1] if shown else isnan(found.newest)


@given(loads, st.integers(0, 12))
def test_hiding_changes_nothing_wherever_the_hidden_week_lies(values: list[float], place: int) -> None:
    """A hidden week put in anywhere neither counts nor resets."""
    assert Run.of([*values[:place], nan, *values[place:]], LINE).weeks == Run.of(values, LINE).weeks


# --- week by week ----------------------------------------------------------------------------------------------------


def naive(found: Teams) -> list[tuple[float, int]]:
    """The count of each week as it would have been made in that week, one run at a time."""
    counts = []
    for end in range(1, len(found.weeks) + 1):
        here = [row[max(0, end - LOOKBACK) : end] for row in found.values.tolist()]
        counted = [row for row in here if any(isfinite(value) for value in row[-RECENT:])]
        above = sum(Run.of(row, LINE).weeks >= LEAST for row in counted)
        counts.append((float(above) if counted and end >= LEAST else nan, len(counted)))
    return counts


def lasting(found: Teams) -> tuple[Run, ...]:
    """Runs that the list tells, of the teams that count now."""
    return Standing.of(found.now().newest(LOOKBACK), LOAD, POLICY).runs


@given(st.lists(st.lists(value, min_size=40, max_size=40), min_size=1, max_size=4))
def test_the_count_of_a_week_is_the_one_that_was_right_in_that_week(rows: list[list[float]]) -> None:
    """Against a second, slow way that cuts the weeks off and counts single runs."""
    found = teams(*rows)
    above, counted = above_by_week(found, LINE, LEAST)
    slow = naive(found)

    assert list(counted) == [count for _, count in slow]
    np.testing.assert_array_equal(above, [number for number, _ in slow])


@given(st.lists(st.lists(value, min_size=30, max_size=30), min_size=1, max_size=5))
def test_the_newest_count_is_the_number_of_teams_under_lasting_load(rows: list[list[float]]) -> None:
    """The card and the list of what needs somebody count the same teams."""
    found = teams(*rows)
    above, _ = above_by_week(found, LINE, LEAST)

    assert len(lasting(found)) == (above[-1] if isfinite(above[-1]) else 0)


def test_hidden_weeks_neither_count_nor_reset_and_old_ones_are_out_of_sight() -> None:
    """Four shown weeks above with gaps count; a team not shown for four weeks does not; runs know whether they are whole."""
    gaps = [0.9] * 4 + [1.2, nan, 1.2, nan, 1.2, 1.2]
    gone = [0.9] * 2 + [1.2] * 4 + [nan] * 4
    whole = [nan] * 4 + [1.2] * 5 + [nan]
    found = lasting(teams(gaps, gone, whole))

    assert [(run.key, run.weeks, run.or_more, run.current) for run in found] == [
        ("unit:2", 5, True, False),
        ("unit:0", 4, False, True),
    ]


def test_runs_come_longest_first_then_by_name_then_by_key() -> None:
    """Two departments may each have a team North: the order does not depend on how cells come in."""
    found = teams([1.2, 1.2], [1.0, 1.2], [1.2, 1.2], [1.2, 1.2])
    named = Teams(
        found.keys, found.weeks, found.values, {**found.names, "unit:0": "North", "unit:2": "North"}, found.owners
    )

    assert [run.key for run in runs(named, LINE)] == ["unit:0", "unit:2", "unit:3", "unit:1"]


# --- which units are teams -------------------------------------------------------------------------------------------


def cell(cell_id: str, kind: str, name: str, week: date, value: float | None) -> dict[str, object]:
    """A published cell as `published` gives it."""
    status = "hidden" if value is None else "shown"
    owner = int(cell_id.partition(":")[2])
    return {
        "cell_id": cell_id,
        "kind": kind,
        "unit_id": owner,
        "name": name,
        "period": week,
        "status": status,
        "value": value,
    }


def shown_of(teams: Teams) -> dict[str, list[float]]:
    """Names with values, -1 where nothing is shown."""
    rows = zip(teams.keys, np.nan_to_num(teams.values, nan=-1.0).tolist(), strict=True)
    return {teams.names[key]: row for key, row in rows}


def test_reporting_units_are_leaves_joins_and_direct_people() -> None:
    """Inner units and 'others' are sums of them and would count twice; what is never shown is no team."""
    weeks = mondays(2)
    below = [
        {"id": 1, "parent_id": None},
        {"id": 2, "parent_id": 1},
        {"id": 3, "parent_id": 2},
        {"id": 4, "parent_id": 2},
    ]
    frame = pd.DataFrame(
        [
            cell("unit:1", "unit", "Northwind", weeks[1], 1.0),
            cell("unit:2", "unit", "Products", weeks[1], 1.0),
            cell("unit:3", "unit", "Billing", weeks[0], None),
            cell("unit:3", "unit", "Billing", weeks[1], 1.1),
            cell("unit:4", "unit", "Checkout", weeks[1], None),
            cell("join:9", "join", "Billing and Checkout together", weeks[1], 1.2),
            cell("direct:2", "direct", "Products, direct", weeks[0], 0.9),
            cell("others:2", "others", "Others in Products", weeks[1], 0.8),
        ]
    )
    assert shown_of(every_team(frame, below, 1, weeks).now()) == {
        "Billing": [-1.0, 1.1],
        "Billing and Checkout together": [-1.0, 1.2],
        "Products, direct": [0.9, -1.0],
    }
    own = frame[frame["cell_id"] == "unit:3"]
    assert shown_of(every_team(own, [{"id": 3, "parent_id": 2}], 3, weeks).now()) == {"Billing": [-1.0, 1.1]}


def test_the_top_of_a_scope_with_gaps_is_no_team() -> None:
    """Where the units between are not seen, the top is the parent of nobody, and still it is above the team."""
    top, team = {"id": 1, "parent_id": None}, {"id": 3, "parent_id": 2}
    cells = pd.DataFrame([cell(f"unit:{i}", "unit", str(i), LAST, 1.0) for i in (1, 3)])

    assert every_team(cells, [top, team], 1, (LAST,)).now().keys == ("unit:3",)


def test_a_team_is_told_with_the_units_between() -> None:
    """Top first, without the unit looked at; a join and direct people with the unit that they belong to."""
    paths = ("Co", "Co/A", "Co/A/B", "Co/A/B/C", "Co/AB", "Co/Z")
    seen = [{"path": path, "name": path[-1], "depth": path.count("/")} for path in paths]
    top, team = seen[0], seen[3]

    assert trail("unit:4", team, top, seen) == "A · B"
    assert trail("join:4", team, top, reversed(seen)) == "A · B · C"
    assert trail("unit:1", top, top, seen) == trail("direct:1", top, top, seen) == ""
    assert [unit["path"] for unit in under(seen, seen[1])] == ["Co/A", "Co/A/B", "Co/A/B/C"]  # Co/AB is beside it


# --- the same cells, the same teams ----------------------------------------------------------------------------------


def by_pivot(frame: pd.DataFrame, below: list[dict[str, Any]], top: int, weeks: tuple[date, ...]) -> pd.DataFrame:
    """The teams that count now, another way: a pivot of the shown cells."""
    parents = {unit["parent_id"] for unit in below}
    leaves = {f"unit:{unit['id']}" for unit in below if unit["id"] not in parents} - {f"unit:{top}"}
    reporting = frame[frame["cell_id"].isin(leaves) | frame["kind"].isin(["join", "direct"])]
    shown = reporting[reporting["status"] == "shown"]
    table = shown.pivot_table(index="cell_id", columns="period", values="value", aggfunc="last", dropna=False)
    table = table.reindex(columns=list(weeks))
    return table[table.iloc[:, -4:].notna().any(axis=1)]


def test_the_two_ways_out_give_the_same_teams(demo_readonly: Engine) -> None:
    """Frame and trend cells: the same teams with the same values, names and owners in the same order, also by a pivot."""
    weeks = mondays(26)
    end = LAST + timedelta(weeks=1)
    paths = ("Northwind", "Northwind/Engineering/Infrastructure", "Northwind/Engineering")
    with demo_readonly.connect() as connection:
        for path in paths:
            viewer = Viewer(0, "", "", ("leader",), (path,))
            below: list[Mapping[str, Any]] = units_seen(connection, viewer, own_line_open=False)
            ids, top = {unit["id"] for unit in below}, below[0]["id"]
            frame = published(connection, "workload", "utilisation", ids, weeks[0], end)
            named = [f"{kind}:{unit}" for unit in ids for kind in ("unit", "direct")]
            cells = published_trends(connection, "workload", ["utilisation"], named, weeks[0], end)
            of_frame = every_team(frame, below, top, weeks).now()
            of_cells = reporting_units(cells, below, top, weeks).now()
            pivot = by_pivot(frame, [dict(unit) for unit in below], top, weeks)

            assert of_frame.keys == of_cells.keys == tuple(pivot.index)
            assert of_frame.names == of_cells.names and of_frame.owners == of_cells.owners
            np.testing.assert_array_equal(of_frame.values, of_cells.values)
            np.testing.assert_array_equal(of_frame.values, pivot.to_numpy(float))
            assert len(of_frame.keys) > 1
