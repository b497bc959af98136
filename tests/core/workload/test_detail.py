"""What stands beside the heatmap: a row against its own history and beside its siblings, from published cells in scope."""

import shutil
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, select, update

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.database.engine import make_engine
from core.metrics.catalogue import UnknownMetric
from core.people.views import units_seen
from core.privacy.tables import PublishedCell
from core.workload.board import WorkloadFilters
from core.workload.swing import usual_swing
from core.workload.unit_detail import UnitDetail, siblings_table, trend_table
from core.workload.unit_detail_views import unit_detail
from core.workload.views import workload_board
from tests.conftest import AS_OF as DEMO_AS_OF
from tests.core.overview.cells import AS_OF, BACK, COMPANY, HIDDEN, JOIN, JOINS, LAST, MISSING, QUIET, Cells, publish
from tests.organisations import POLICY, who

PLATFORM = "Northwind/Engineering/Infrastructure/Platform"
GAPS: list[float | str] = [*QUIET[:46], 0.96, HIDDEN, MISSING, 0.95, HIDDEN, 0.94]
CELLS: Cells = {
    **COMPANY,
    ("Co/A/Two", "meeting_hours"): [HIDDEN] * 52,
    ("Co/B/Three", "utilisation"): GAPS,
    ("Co/B/Three", "rest_day_share"): ["few"] * 51 + ["some"],
    ("Co/A/One", "focus_hours"): [12.0, 12.4] * 25 + [9.0, 8.0],
}


LEADER = who("leader", units=("Co",))


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One runs high, Two has come back, Three has gaps, Four and Five are joined; intervals of 0.03 to each side."""
    path = tmp_path_factory.mktemp("detail") / "company.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    publish(engine, CELLS, joins=JOINS)
    cell = PublishedCell
    with engine.begin() as connection:
        connection.execute(
            update(cell).where(cell.value.is_not(None)).values(low=cell.value - 0.03, high=cell.value + 0.03)
        )
    yield engine
    engine.dispose()


def join_key(ids: dict[str, int]) -> str:
    """The key of the join of Four and Five, as releases write it."""
    return f"join:unit:{ids['Co/B/Four']}+unit:{ids['Co/B/Five']}"


def key_of(engine: Engine, path: str, viewer: Viewer = LEADER) -> str:
    """The row of a unit."""
    with engine.connect() as connection:
        seen = units_seen(connection, viewer, own_line_open=True)
    return next(f"unit:{unit['id']}" for unit in seen if unit["path"] == path)


def detail(engine: Engine, key: str, viewer: Viewer = LEADER, **filters: object) -> UnitDetail:
    """The detail of a row, by its key or the path of its unit."""
    key = key if ":" in key else key_of(engine, key)
    with engine.connect() as connection:
        return unit_detail(connection, viewer, key, WorkloadFilters(**filters), policy=POLICY)  # type: ignore[arg-type]


def ids_of(engine: Engine) -> dict[str, int]:
    """Path -> id."""
    with engine.connect() as connection:
        return {unit["path"]: unit["id"] for unit in units_seen(connection, LEADER, own_line_open=True)}


def test_a_worn_team_is_beyond_its_own_usual_swing(company: Engine) -> None:
    """Limits 0.95 ± 2.66 x 0.02 come from the 26 weeks before those shown; nine weeks lie above them."""
    found = detail(company, "Co/A/One")

    assert found.swing.limits is not None
    assert (round(found.swing.limits.lower, 4), round(found.swing.limits.upper, 4)) == (0.8968, 1.0032)
    assert (found.reading.word, found.reading.direction, found.reading.weeks) == ("beyond usual swing", "up", 9)
    assert list(found.trend["side"]) == [0] * 17 + [1] * 9
    assert found.badge == "Beyond usual swing"
    assert found.swing_text.replace("\u00a0", " ") == "90–100 %"
    assert "Nine weeks above 110\u00a0%." in found.said and "90–100" in found.said


def test_the_shown_weeks_cannot_widen_their_own_limits(company: Engine) -> None:
    """The limits of the last 8 weeks come from the 26 before them, as those of the last 26 do."""
    for weeks in (8, 26):
        found = detail(company, "Co/A/One", weeks=weeks)
        assert len(found.trend) == weeks
        assert (found.swing.end, found.swing.first) == (found.weeks[0], found.weeks[0] - 26 * (LAST - found.weeks[-2]))


def test_a_team_that_has_come_back_has_improved(company: Engine) -> None:
    """Six weeks above, then six within: improved, and the sentence says that it is back."""
    found = detail(company, "Co/A/Two")

    assert found.reading.word == "improved"
    assert found.badge == "Improved"
    assert "Back within its own usual swing" in found.said


def test_too_little_history_draws_no_limits_and_says_so(company: Engine) -> None:
    """With 52 weeks shown none of the 26 before them has data: no limits, no side, no badge."""
    found = detail(company, "Co/A/One", weeks=52)

    assert found.swing.limits is None
    assert (found.swing_text, found.badge, found.reading.word) == ("", "", "too little history")
    assert "Too little history for a usual swing" in found.said
    assert not found.trend["side"].any()


def test_hidden_and_missing_weeks_have_no_number_anywhere(company: Engine) -> None:
    """In the trend, its table and the means beside siblings."""
    found = detail(company, "Co/B/Three", weeks=8)
    table = trend_table(found)

    assert list(found.trend["status"]) == [
        "shown", "shown", "shown", "hidden", "missing", "shown", "hidden", "shown",
    ]  # fmt: skip
    absent = found.trend[found.trend["status"] != "shown"]
    assert absent[["value", "low", "high"]].isna().all(axis=None)
    assert not absent["side"].any() and not absent["interval"].any()
    assert list(table["Load against available hours"])[1] == "hidden"
    assert list(table.iloc[:, 2])[1] == "" and list(table.iloc[:, 3])[1] == ""
    own = found.siblings.set_index("key").loc[found.key]
    assert own["value"] == pytest.approx((0.95 + 0.94) / 2)


def test_siblings_are_read_by_name_against_the_one_selected(company: Engine) -> None:
    """Two is lower than One; One is higher than Two; parts of a join stand as the join, and only once."""
    one, two = detail(company, "Co/A/One"), detail(company, "Co/A/Two")
    three = detail(company, "Co/B/Three")

    assert dict(zip(one.siblings["name"], one.siblings["relation"], strict=True)) == {"One": "selected", "Two": "lower"}
    assert dict(zip(two.siblings["name"], two.siblings["relation"], strict=True)) == {
        "One": "higher",
        "Two": "selected",
    }
    assert list(three.siblings["name"]) == [JOIN, "Three"]
    assert next(iter(siblings_table(one).columns)) == "Unit"


def test_a_unit_that_is_hidden_is_compared_with_nobody(company: Engine) -> None:
    """Four is shown only with Five: no number, no verdict on others, and the reason in words."""
    found = detail(company, "Co/B/Four")

    assert not found.trend["value"].notna().any()
    assert set(found.siblings.loc[found.siblings["key"] == found.key, "relation"]) == {"not shown"}
    assert not found.siblings["relation"].isin(["selected", "higher", "lower", "cannot tell apart"]).any()
    assert "is not shown in these weeks" in found.siblings_said


def test_a_join_is_a_row_of_its_own(company: Engine) -> None:
    """It has a trend, a verdict and siblings, but no address of a unit."""
    found = detail(company, join_key(ids_of(company)))

    assert (found.name, found.kind, found.path) == (JOIN, "join", "")
    assert found.reading.word == "beyond usual swing"
    assert dict(zip(found.siblings["name"], found.siblings["relation"], strict=True)) == {
        JOIN: "selected",
        "Three": "lower",
    }


def test_companions_have_their_own_swing_and_are_not_the_measure_of_the_picture(company: Engine) -> None:
    """Meetings above, focus below its own usual swing: both towards strain. Load is not repeated beside load."""
    found = {one.metric.id: one for one in detail(company, "Co/A/One").companions}

    assert {"meeting_hours", "focus_hours"} <= set(found)
    assert not {"utilisation", "contract_load"} & set(found)
    focus = found["focus_hours"]
    assert (focus.text.replace("\u00a0", " "), focus.reading.word, focus.reading.direction) == (
        "8.0 h",
        "beyond usual swing",
        "down",
    )
    assert len(focus.values) == len(focus.texts) == 26
    assert "utilisation" in [one.metric.id for one in detail(company, "Co/A/One", metric="meeting_hours").companions]


def test_a_class_is_a_word_and_never_a_number(company: Engine) -> None:
    """Beside the load and as the measure of the picture: the word is shown, no value, no limits, no bar."""
    beside = {one.metric.id: one for one in detail(company, "Co/B/Three").companions}["rest_day_share"]
    found = detail(company, "Co/B/Three", metric="rest_day_share")

    assert beside.text == "some"
    assert not any(map(isfinite, beside.values))
    assert list(found.trend["text"])[-2:] == ["few or none", "some"]
    assert not found.trend["value"].notna().any()
    assert found.swing.limits is None and not found.siblings["value"].notna().any()


def test_hidden_companions_say_no_number(company: Engine) -> None:
    """Two's meeting hours are never shown: the companion, if drawn, holds words only."""
    for one in detail(company, "Co/A/Two").companions:
        if one.metric.id == "meeting_hours":
            assert not any(map(isfinite, one.values)) and one.text == ""
            assert set(one.texts) == {"hidden"}


def test_a_manager_sees_no_sibling_outside_the_scope(company: Engine) -> None:
    """The head of One sees One; Two stands beside it in the company but not in this view."""
    manager = who("manager", units=("Co/A/One",))
    found = detail(company, key_of(company, "Co/A/One"), manager)

    assert list(found.siblings["name"]) == ["One"]
    assert "Two" not in found.siblings_said + found.siblings_alt
    assert "One" in found.siblings_said


def test_an_employee_sees_the_own_line_alone(company: Engine) -> None:
    """Own unit and those above; of a small team the join that its hours count in; never a sibling."""
    employee = who("employee", own="Co/B/Four")
    units = ids_of(company)
    own = detail(company, join_key(units), employee)

    assert list(own.siblings["name"]) == [JOIN]
    assert list(detail(company, f"unit:{units['Co/B']}", employee).siblings["name"]) == ["B"]
    three = who("employee", own="Co/B/Three")
    with pytest.raises(NoPermission):
        detail(company, join_key(units), three)


@pytest.mark.parametrize("path", ["Co", "Co/B", "Co/B/Three"])
def test_what_is_out_of_scope_reads_as_if_it_did_not_exist(path: str, company: Engine) -> None:
    """The refusal of a unit outside the scope is, letter by letter, that of one which does not exist."""
    leader = who("leader", units=("Co/A",))
    with pytest.raises(NoPermission) as outside:
        detail(company, key_of(company, path), leader)
    with pytest.raises(NoPermission) as nowhere:
        detail(company, "unit:999999", leader)
    assert str(outside.value) == str(nowhere.value)


@pytest.mark.parametrize(
    "key", ["", "unit", "unit:", "unit:x", "person:1", "others:1", "join:", "direct:1;drop", "..."]
)
def test_a_key_that_names_no_row_is_refused(key: str, company: Engine) -> None:
    """Nothing in an address can make the view fail or show another row."""
    with company.connect() as connection, pytest.raises(NoPermission):
        unit_detail(connection, LEADER, key, WorkloadFilters(), policy=POLICY)


def test_an_administrator_and_an_empty_scope_are_refused(company: Engine) -> None:
    """No scope, no rows."""
    for viewer in (who("admin", units=("Co",)), who("leader")):
        with pytest.raises(NoPermission):
            detail(company, key_of(company, "Co/A/One"), viewer)


def test_an_unknown_measure_is_refused(company: Engine) -> None:
    """As on the board."""
    with pytest.raises(UnknownMetric):
        detail(company, "Co/A/One", metric="burnout")


def test_the_panel_shows_the_measure_and_the_cells_of_the_board(company: Engine) -> None:
    """Row by row and week by week the trend is what the picture shows, also where the measure is left to the data."""
    for unit in ("Co", "Co/A", "Co/B"):
        filters = WorkloadFilters(unit=unit, weeks=8)
        with company.connect() as connection:
            board = workload_board(connection, LEADER, filters, policy=POLICY, as_of=AS_OF)
        for key in board.rows["key"]:
            found = detail(company, key, unit=unit, weeks=8)
            cells = board.cells[board.cells["key"] == key].reset_index(drop=True)
            assert found.metric == board.metric
            assert found.weeks == board.weeks
            assert list(found.trend["text"]) == list(cells["text"])
            assert found.trend["value"].equals(cells["value"])


def test_the_measure_is_that_of_the_board_where_siblings_have_another(sqlite_engine: Engine) -> None:
    """A delivers contracted hours only, B beside it both: the board of A and the panel about A show the same measure."""
    publish(
        sqlite_engine,
        {
            ("Co/A", "contract_load"): QUIET,
            ("Co/A/One", "contract_load"): QUIET,
            ("Co/B", "utilisation"): QUIET,
        },
    )
    filters = WorkloadFilters(unit="Co/A")
    with sqlite_engine.connect() as connection:
        board = workload_board(connection, LEADER, filters, policy=POLICY, as_of=AS_OF)
    found = detail(sqlite_engine, "Co/A", unit="Co/A")

    assert found.metric == board.metric
    assert found.trend["value"].notna().all()


def test_a_period_in_the_past_reads_as_it_did_then(company: Engine) -> None:
    """Until the peak of Two: beyond its usual swing, with limits from before the weeks shown."""
    peak = LAST - 6 * (LAST - detail(company, "Co/A/Two").weeks[-2])
    found = detail(company, "Co/A/Two", weeks=8, until=peak)

    assert found.weeks[-1] == peak
    assert (found.reading.word, found.reading.weeks) == ("beyond usual swing", BACK.count(1.15))


def platform_of(demo: Engine, viewer: Viewer) -> UnitDetail:
    """Platform in the demonstration."""
    with demo.connect() as connection:
        seen = units_seen(connection, viewer, own_line_open=True)
        key = next(f"unit:{unit['id']}" for unit in seen if unit["path"] == PLATFORM)
        return unit_detail(connection, viewer, key, WorkloadFilters(), policy=POLICY)


def test_the_demonstration_finds_platform(demo_readonly: Engine) -> None:
    """Beyond its usual swing, towards strain, beside siblings of which none is higher."""
    found = platform_of(demo_readonly, who("leader", units=("Northwind",)))

    assert (found.reading.word, found.reading.tone) == ("beyond usual swing", "over")
    assert "higher" not in set(found.siblings["relation"])
    assert "lower" in set(found.siblings["relation"])
    assert list(platform_of(demo_readonly, who("manager", units=(PLATFORM,))).siblings["name"]) == ["Platform"]


def test_the_demonstration_never_shows_a_number_of_a_cell_that_is_not_published(demo_readonly: Engine) -> None:
    """Every number of every panel under Infrastructure is a published one; limits and means follow from them alone."""
    viewer = who("leader", units=("Northwind",))
    filters = WorkloadFilters(unit="Northwind/Engineering/Infrastructure")
    cell = PublishedCell
    with demo_readonly.connect() as connection:
        board = workload_board(connection, viewer, filters, policy=POLICY, as_of=DEMO_AS_OF)
        for key in board.rows["key"]:
            found = unit_detail(connection, viewer, key, filters, policy=POLICY)
            rows = connection.execute(
                select(cell.measure, cell.period, cell.value).where(
                    cell.cell_id == key, cell.current, cell.status == "shown", cell.value.is_not(None)
                )
            )
            known = {(row.measure, row.period): row.value for row in rows}
            drawn = {
                (found.metric.id, week): value for week, value in zip(found.weeks, found.trend["value"], strict=True)
            }
            for one in found.companions:
                drawn |= {(one.metric.id, week): value for week, value in zip(found.weeks, one.values, strict=True)}
            assert {place: value for place, value in drawn.items() if isfinite(value)} == {
                place: value for place, value in known.items() if place in drawn
            }
            series = pd.Series({week: value for (measure, week), value in known.items() if measure == found.metric.id})
            assert usual_swing(series, found.weeks[0]) == found.swing
