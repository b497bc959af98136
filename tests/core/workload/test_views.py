"""What the workload screen asks: the right cells, for the right viewer, in words that the cells back."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.database.engine import make_engine
from core.metrics.catalogue import UnknownMetric
from core.workload.board import WorkloadBoard, WorkloadFilters
from core.workload.views import workload_board
from tests.databases import CopyOf
from tests.organisations import AS_OF, POLICY, WEEK, deliver, employ, hours, people_in, release, who

PEOPLE = people_in(
    {"Co/A/One": 9, "Co/A/Two": 8, "Co/B/Three": 12, "Co/B/Four": 4, "Co/B/Five": 5, "Co/B/Six": 8, "Co": 1}
)
WEEKS = [WEEK - timedelta(days=7 * i) for i in reversed(range(6))]


LEADER = who("leader", units=("Co",))


@pytest.fixture
def org(copy_of: CopyOf) -> Iterator[Engine]:
    """Six released weeks: One has run high for the last four, Two was not delivered in the last, the rest is ordinary."""
    engine = make_engine(copy_of("six-weeks", _six_weeks))
    yield engine
    engine.dispose()


def _six_weeks(engine: Engine) -> None:
    employ(engine, PEOPLE)
    for i, week in enumerate(WEEKS):
        facts = hours(PEOPLE, week, worked=35.0)
        for key in list(facts):
            if PEOPLE[key[0]] == "Co/A/One" and i >= 2:
                facts[key] = {**facts[key], "worked": 46.0}
            if PEOPLE[key[0]] == "Co/A/Two" and i == 5:
                del facts[key]
        deliver(engine, PEOPLE, facts)
    release(engine)


def board(org: Engine, viewer: Viewer = LEADER, **filters: object) -> WorkloadBoard:
    """The board of a viewer."""
    with org.connect() as connection:
        return workload_board(connection, viewer, WorkloadFilters(**filters), policy=POLICY, as_of=AS_OF)  # type: ignore[arg-type]


def names(found: WorkloadBoard) -> list[str]:
    """Row names in order."""
    return list(found.rows["name"])


def test_a_leader_opens_at_the_top_and_sees_one_level(org: Engine) -> None:
    """The company in bold, then its units, each of which opens."""
    found = board(org)

    assert names(found) == ["Co", "A", "B"]
    assert list(found.rows["heading"]) == [True, False, False]
    assert list(found.rows["opens"]) == [True, True, True]
    assert found.trail == ()
    assert found.weeks[-1] == WEEK


def test_the_sentence_names_the_team_that_has_run_high(org: Engine) -> None:
    """One team of those shown has been above 110 % for four weeks; the sentence counts what the cells show."""
    assert board(org).sentence == "One of 5 teams has run above 110\u00a0% for four weeks or more: One (four weeks)."
    assert board(org, unit="Co/B").sentence == "None of 3 teams have run above 110\u00a0% for four weeks or more."
    assert board(org, unit="Co/A/One").sentence == "One has run above 110\u00a0% for four weeks, now at 115\u00a0%."


def test_how_long_load_has_lasted_does_not_depend_on_the_weeks_in_view(org: Engine) -> None:
    """Two weeks in the picture, four weeks in the sentence."""
    assert "One (four weeks)" in board(org, weeks=2).sentence
    assert board(org, weeks=2).weeks == (WEEKS[-2], WEEKS[-1])


def test_parts_of_a_join_stand_together_before_it(org: Engine) -> None:
    """Five and Four are hidden and shown together; the join follows its parts and carries the value."""
    found = board(org, unit="Co/B")

    assert names(found) == ["B", "Five", "Four", "Five and Four together", "Six", "Three"]
    join = found.rows["key"][3]
    assert list(found.rows["joined_with"]) == ["", join, join, "", "", ""]
    cells = found.cells[found.cells["week"] == WEEK].set_index("key")
    parts = cells.loc[list(found.rows["key"][1:3])]
    assert list(parts["status"]) == ["hidden", "hidden"]
    assert list(parts["shown_with_name"]) == ["Five and Four together"] * 2
    assert parts["value"].isna().all()
    assert cells.loc[join, "status"] == "shown"


def test_hidden_missing_and_shown_are_told_apart(org: Engine) -> None:
    """Two has no data in the last week: missing, not hidden, not zero; the week before it is shown."""
    found = board(org, unit="Co/A")
    key = found.rows.set_index("name").loc["Two", "key"]
    line = found.cells[found.cells["key"] == key].set_index("week")

    assert (line.loc[WEEK, "status"], line.loc[WEEK, "text"]) == ("missing", "no data")
    assert line.loc[WEEKS[-2], "status"] == "shown"
    assert "One row has no data in the latest week." in found.support


def test_the_trail_leads_up_and_links_work_by_slug_and_path(org: Engine) -> None:
    """A unit is found by its path or its slug; its ancestors in scope are the trail."""
    by_path, by_slug = board(org, unit="Co/A/One"), board(org, unit="co.a.one")

    assert by_path.unit == by_slug.unit
    assert [unit.path for unit in by_path.trail] == ["Co", "Co/A"]


def test_a_leader_of_one_part_sees_that_part_only(org: Engine) -> None:
    """In scope: A with all below. Not in scope: the company and B, which read as if they did not exist."""
    leader = who("leader", units=("Co/A",))

    assert names(board(org, leader)) == ["A", "One", "Two"]
    for path in ("Co", "Co/B", "Co/B/Three", "Nowhere"):
        with pytest.raises(NoPermission):
            board(org, leader, unit=path)


def test_an_employee_sees_the_own_unit_and_those_above(org: Engine) -> None:
    """Own line only: no sibling at any level, not in rows and not in the count of the sentence."""
    employee = who("employee", own="Co/A/One")

    assert names(board(org, employee)) == ["Co", "A"]
    assert names(board(org, employee, unit="Co/A")) == ["A", "One"]
    with pytest.raises(NoPermission):
        board(org, employee, unit="Co/A/Two")


def test_an_employee_of_a_small_team_sees_it_with_the_team_that_it_reports_with(org: Engine) -> None:
    """The own team is hidden; the join that includes it is shown; the other part's own row is not."""
    found = board(org, who("employee", own="Co/B/Four"), unit="Co/B")

    assert names(found) == ["B", "Four", "Five and Four together"]


def test_joins_of_siblings_stay_outside_an_employees_view(org: Engine) -> None:
    """Somebody in Three sees B and Three, not the join of two sibling teams."""
    assert names(board(org, who("employee", own="Co/B/Three"), unit="Co/B")) == ["B", "Three"]


def test_an_administrator_sees_nothing_by_virtue_of_the_role(org: Engine) -> None:
    """No scope, no rows, and the reason in words."""
    with pytest.raises(NoPermission, match="administrator"):
        board(org, who("admin", units=("Co",)))
    with pytest.raises(NoPermission):
        board(org, who("leader"))


def test_an_unknown_metric_is_refused_with_the_known_ones(org: Engine) -> None:
    """The message lists what there is."""
    with pytest.raises(UnknownMetric, match="utilisation"):
        board(org, metric="burnout")


def test_only_metrics_with_data_are_offered(org: Engine) -> None:
    """Meeting hours were never delivered: the measure is not offered; asked for by link it says that there is no data."""
    offered = [metric.id for metric in board(org).metrics]
    assert "utilisation" in offered
    assert "meeting_hours" not in offered
    assert board(org, metric="meeting_hours").empty.startswith("Meeting hours: no data")


def test_the_notice_tells_of_old_data_and_of_waiting_corrections(org: Engine) -> None:
    """Both are said in words, the number of waiting weeks only as a class."""
    assert "Data is" in board(org).notice
    facts = hours(PEOPLE, WEEK, worked=20.0)
    few = {key: facts[key] for key in list(facts)[:2]}
    deliver(org, PEOPLE, few)
    release(org)
    assert "Files have named fewer than five released weeks again" in board(org).notice


def test_nothing_released_says_so(engine: Engine) -> None:
    """Units without any released week give an empty board with the reason."""
    employ(engine, PEOPLE)
    found = board(engine)

    assert found.empty == "No week has been released yet."
    assert found.cells.empty


def test_a_period_in_the_past_ends_where_it_was_asked_to(org: Engine) -> None:
    """`until` moves the window; the weeks shown are exactly those asked for."""
    found = board(org, weeks=2, until=WEEKS[3])

    assert found.weeks == (WEEKS[2], WEEKS[3])
    assert set(found.cells["week"]) == {WEEKS[2], WEEKS[3]}


def test_every_cell_of_the_demonstration_is_one_of_three_states(demo_readonly: Engine) -> None:
    """Shown cells carry a number or a class with a band of n; hidden and missing ones carry neither."""
    with demo_readonly.connect() as connection:
        _check_states(connection)


def _check_states(connection: Connection) -> None:
    from tests.conftest import AS_OF as DEMO_AS_OF

    leader = who("leader", units=("Northwind",))
    for metric in ("utilisation", "sustained_load", "overtime"):
        found = workload_board(
            connection,
            leader,
            WorkloadFilters(unit="Northwind/Engineering/Infrastructure", metric=metric),
            policy=POLICY,
            as_of=DEMO_AS_OF,
        )
        for cell in found.cells.to_dict("records"):
            shown = cell["status"] == "shown"
            assert cell["status"] in ("shown", "hidden", "missing")
            assert shown == bool(cell["n_band"])
            assert shown or (cell["value"] != cell["value"] and cell["low"] != cell["low"] and not cell["coverage"])


@pytest.mark.parametrize("until", [date(1, 1, 1), date(1969, 12, 29), date(9999, 12, 27)])
def test_a_week_beyond_every_calendar_is_no_failure(until: date, demo_readonly: Engine) -> None:
    """An address or a command may name any day: before all data there is none, after it the newest is shown."""
    leader = Viewer(1, "dana", "Dana", ("leader",), ("Northwind",))
    with demo_readonly.connect() as connection:
        board = workload_board(
            connection, leader, WorkloadFilters(until=until, weeks=52), policy=POLICY, as_of=date(2026, 3, 18)
        )

    assert bool(board.empty) is (until.year < 2000)


@pytest.mark.parametrize("asked", [None, "Co"])
def test_before_anything_is_brought_in_there_is_no_data_and_no_refusal(engine: Engine, asked: str | None) -> None:
    """An empty database gives an empty board that says so; once there are units, no scope is a refusal again."""
    found = board(engine, unit=asked)
    assert found.empty == "Nothing has been brought in yet: neither people nor hours." and not found.metrics

    employ(engine, PEOPLE)
    with pytest.raises(NoPermission, match="No unit is in your scope"):
        board(engine, Viewer(9, "x", "X", ("leader",)), unit=asked)
