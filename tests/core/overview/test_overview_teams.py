"""Teams week by week: the rule written twice, the edges by hand, and what hidden cells could hold."""

from datetime import date, timedelta
from math import isfinite, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.access.viewer import Viewer
from core.metrics.catalogue import catalogue
from core.overview.board import Way
from core.overview.changes import found_in
from core.overview.numbers import key_number, standing_for
from core.overview.teams import LOOKBACK, Teams, above_by_week, lasting, reporting_units
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.trends import TrendCell, published_trends
from core.privacy.views import newest_period, published
from core.workload.wording import RECENT, sustained, team_series

LAST = date(2026, 3, 2)
LINE, LEAST = 1.10, 4
LOAD = catalogue(Policy())["utilisation"]
UNIT = {"id": 1, "parent_id": None, "path": "Co", "slug": "co", "name": "Co"}
value = st.one_of(st.just(nan), st.sampled_from([0.9, 1.0, 1.10, 1.11, 1.3]))


def mondays(count: int) -> tuple[date, ...]:
    """So many weeks, the last of them LAST."""
    return tuple(LAST - timedelta(weeks=back) for back in reversed(range(count)))


def teams(*rows: list[float]) -> Teams:
    """Teams with these values."""
    keys = tuple(f"unit:{place}" for place in range(len(rows)))
    names = {key: f"Team {key[5:]}" for key in keys}
    return Teams(keys, mondays(len(rows[0])), np.array(rows, dtype=float), names, dict.fromkeys(keys, 1))


def naive(found: Teams) -> list[tuple[float, int]]:
    """The count of each week as the workload screen would have made it that week, with its own functions."""
    counts = []
    for end in range(1, len(found.weeks) + 1):
        here = [row[max(0, end - LOOKBACK) : end] for row in found.values]
        counted = [row for row in here if np.isfinite(row[-RECENT:]).any()]
        above = sum(sustained(list(row), LINE) >= LEAST for row in counted)
        counts.append((float(above) if counted and end >= LEAST else nan, len(counted)))
    return counts


@given(st.lists(st.lists(value, min_size=40, max_size=40), min_size=1, max_size=4))
def test_the_count_of_a_week_is_the_one_that_was_right_in_that_week(rows: list[list[float]]) -> None:
    """Against a second, slow way that cuts the weeks off and counts with the functions of the workload screen."""
    found = teams(*rows)
    above, counted = above_by_week(found, LINE, LEAST)
    slow = naive(found)

    assert list(counted) == [count for _, count in slow]
    np.testing.assert_array_equal(above, [number for number, _ in slow])


@given(st.lists(st.lists(value, min_size=30, max_size=30), min_size=1, max_size=5))
def test_the_newest_count_is_the_number_of_teams_under_lasting_load(rows: list[list[float]]) -> None:
    """The card, the list of what needs somebody and the sentence count the same teams."""
    found = teams(*rows)
    above, _ = above_by_week(found, LINE, LEAST)

    assert len(lasting(found, LINE, LEAST)) == (above[-1] if isfinite(above[-1]) else 0)


def test_hidden_weeks_neither_count_nor_reset_and_old_ones_are_out_of_sight() -> None:
    """Four shown weeks above with gaps count; a team not shown for four weeks does not; runs know whether they are whole."""
    gaps = [0.9] * 4 + [1.2, nan, 1.2, nan, 1.2, 1.2]
    gone = [0.9] * 2 + [1.2] * 4 + [nan] * 4
    whole = [nan] * 4 + [1.2] * 5 + [nan]
    found = lasting(teams(gaps, gone, whole), LINE, LEAST)

    assert [(run.key, run.weeks, run.or_more, run.current) for run in found] == [
        ("unit:2", 5, True, False),
        ("unit:0", 4, False, True),
    ]


# --- against their own swing -----------------------------------------------------------------------------------------


def quiet(*newest: float) -> list[float]:
    """26 quiet weeks before (limits 0.8968 to 1.0032), quiet ones after, and these at the end."""
    return [*([0.94, 0.96] * 26)[: 52 - len(newest)], *newest]


def test_teams_are_found_beyond_longest_first_then_improved_newest_first() -> None:
    """A run of two before one of one; a return after four weeks outside is an improvement from its fourth week on."""
    found = found_in(
        teams(
            quiet(1.2),
            quiet(1.2, nan, 1.2),
            quiet(*[1.2] * 4, *[0.95] * 9),
            quiet(*[1.2] * 4, *[0.95] * 4),
            quiet(*[1.2] * 4, *[0.95] * 3),
            quiet(*[1.2] * 3, *[0.95] * 3),
            quiet(),
        ),
        "higher",
    )

    assert [(each.key, each.reading.word, each.reading.weeks, each.inside) for each in found] == [
        ("unit:1", "beyond usual swing", 2, 0),
        ("unit:0", "beyond usual swing", 1, 0),
        ("unit:3", "improved", 0, 4),
        ("unit:2", "improved", 0, 9),
        ("unit:4", "usual swing", 0, 3),
    ]


def test_where_low_is_strain_falling_is_what_is_found() -> None:
    """Focus hours: below the range is strain, above it has improved; without a direction both are only beyond."""
    low, high = quiet(0.5), quiet(1.4)
    assert [each.reading.word for each in found_in(teams(low, high), "lower")] == ["beyond usual swing", "improved"]
    assert [each.reading.tone for each in found_in(teams(low, high), "")] == ["beyond", "beyond"]


def test_too_little_history_is_never_a_change() -> None:
    """Eleven weeks before the shown ones, then a jump."""
    assert found_in(teams([*[nan] * 15, *[0.95] * 11, *[1.3] * 26]), "higher") == ()


# --- what is hidden ----------------------------------------------------------------------------------------------------


def cell(
    week: date, status: str, number: float | None, key: str = "unit:1", shown_with: str | None = None
) -> TrendCell:
    """A published cell of load."""
    kind = key.partition(":")[0]
    return TrendCell("utilisation", week, key, kind, 1, key, status, number, "", None, shown_with, 7)


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([0.9, 1.0, 1.2])), min_size=52, max_size=52),
    st.lists(st.floats(0, 5), min_size=52, max_size=52),
)
def test_a_hidden_cell_could_hold_any_value_and_change_nothing(
    weeks: list[tuple[bool, float]], secrets: list[float]
) -> None:
    """Numbers behind hidden cells reach neither the card nor the teams."""
    place = mondays(52)
    honest = [
        cell(week, "shown" if on else "hidden", number if on else None)
        for week, (on, number) in zip(place, weeks, strict=True)
    ]
    tempted = [
        each if each.status == "shown" else each._replace(value=secret, share_class="many")
        for each, secret in zip(honest, secrets, strict=True)
    ]
    made = [
        (
            repr(key_number(LOAD, cells, place, id="load", label="Load", way=Way("Go", "workload"))),
            repr(reporting_units(cells, [UNIT], 1, place)),
        )
        for cells in (honest, tempted)
    ]
    assert made[0] == made[1]


def test_a_hidden_cell_is_stood_for_by_a_shown_join_and_by_nothing_else() -> None:
    """By its join when that is shown; by itself when the join is hidden too, or when it counts in a unit above."""
    own = cell(LAST, "hidden", None, shown_with="join:9")
    join, above = cell(LAST, "shown", 0.9, "join:9"), cell(LAST, "shown", 0.9, "unit:2")

    assert standing_for([own, join], "unit:1", LAST) == join
    assert standing_for([own, join._replace(status="hidden")], "unit:1", LAST) == own
    assert standing_for([own._replace(shown_with="unit:2"), above], "unit:1", LAST) == own._replace(shown_with="unit:2")
    assert standing_for([join], "unit:1", LAST) is None


# --- the same cells, the same teams as everywhere ----------------------------------------------------------------------


def named(units: set[int]) -> list[str]:
    """The cells of units and of their direct people."""
    return [f"{kind}:{unit}" for unit in units for kind in ("unit", "direct")]


@pytest.fixture
def scopes() -> dict[str, Viewer]:
    """Viewers of very different reach."""
    infrastructure = "Northwind/Engineering/Infrastructure"
    return {
        "leader": Viewer(0, "", "", ("leader",), ("Northwind",)),
        "department": Viewer(0, "", "", ("leader",), (infrastructure,)),
        "manager": Viewer(0, "", "", ("manager",), (f"{infrastructure}/Network",)),
        "employee": Viewer(0, "", "", ("employee",), (), f"{infrastructure}/Network"),
        "nobody": Viewer(0, "", "", ("admin",)),
    }


@pytest.mark.parametrize("database", ["demo_readonly", pytest.param("demo_on_postgres", marks=pytest.mark.long)])
def test_trends_are_the_published_cells_of_the_scope(
    database: str, scopes: dict[str, Viewer], request: pytest.FixtureRequest
) -> None:
    """Row by row what the one way out gives, others apart, for every reach and on both databases; the same newest week."""
    engine: Engine = request.getfixturevalue(database)
    first, end = LAST - timedelta(weeks=9), LAST + timedelta(weeks=1)
    with engine.connect() as connection:
        assert newest_period(connection, "workload") == LAST
        assert newest_period(connection, "elsewhere") is None
        for reach, viewer in scopes.items():
            units = {unit["id"] for unit in units_seen(connection, viewer, own_line_open=True)}
            ids = [*named(units), "join:1", "others:1"]  # only units and their direct people may be asked for
            trends = published_trends(connection, "workload", ["utilisation", "meeting_hours"], ids, first, end)
            for measure in ("utilisation", "meeting_hours"):
                frame = published(connection, "workload", measure, units, first, end)
                frame = frame[frame["kind"] != "others"]
                expected = [
                    tuple(None if pd.isna(field) else field for field in row)
                    for row in frame[["period", "cell_id", "name", "status", "value", "shown_with"]].itertuples(
                        index=False
                    )
                ]
                found = [
                    (each.period, each.cell_id, each.name, each.status, each.value, each.shown_with)
                    for each in trends
                    if each.measure == measure
                ]
                assert found == expected, reach
                assert bool(found) == (reach != "nobody")


def test_reporting_units_are_those_of_the_workload_screen(demo_readonly: Engine, scopes: dict[str, Viewer]) -> None:
    """The same teams with the same values in the same order, so that both count alike."""
    place = mondays(26)
    with demo_readonly.connect() as connection:
        for reach in ("leader", "department", "manager"):
            below = [dict(unit) for unit in units_seen(connection, scopes[reach], own_line_open=False)]
            units, top = {unit["id"] for unit in below}, min(below, key=lambda unit: unit["depth"])["id"]
            first, end = place[0], LAST + timedelta(weeks=1)
            frame = published(connection, "workload", "utilisation", units, first, end)
            cells = published_trends(connection, "workload", ["utilisation"], named(units), first, end)
            mine = reporting_units(cells, below, top, place).now().table(26)
            theirs = team_series(frame, below, top, place)

            assert list(mine.index) == list(theirs.index)
            np.testing.assert_array_equal(mine.to_numpy(float), theirs.to_numpy(float))
