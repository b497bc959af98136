"""Teams against their own swing, what hidden cells could hold, and that the cells are those of the scope."""

from datetime import date, timedelta
from math import nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.access.viewer import Viewer
from core.metrics.catalogue import catalogue
from core.overview.board import Way
from core.overview.numbers import key_number, standing_for
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.trends import TrendCell, published_trends
from core.privacy.views import newest_period, published
from core.workload.changes import found_in
from core.workload.teams import Teams, reporting_units
from tests.core.workload.boards import fabricated_teams

LAST = date(2026, 3, 2)
LOAD = catalogue(Policy())["utilisation"]
UNIT = {"id": 1, "parent_id": None, "path": "Co", "slug": "co", "name": "Co"}


def mondays(count: int) -> tuple[date, ...]:
    """So many weeks, the last of them LAST."""
    return tuple(LAST - timedelta(weeks=back) for back in reversed(range(count)))


def teams(*rows: list[float]) -> Teams:
    """Teams with these values."""
    return fabricated_teams(mondays(len(rows[0])), {f"unit:{place}": row for place, row in enumerate(rows)})


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
