"""Counts made at release say exactly what counting every cell says, for everybody, after corrections and moves too."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, func, select, update

from core.access.viewer import Viewer
from core.people.tables import OrgUnit
from core.people.views import units_seen
from core.policy import Policy
from core.privacy import trends
from core.privacy.tables import PublishedCell
from core.workload import counting, standing
from core.workload.board import WorkloadFilters
from core.workload.counting import count_teams, reopen
from core.workload.standing import Below
from core.workload.tables import CountedUnit, TeamChange, TeamCount, TeamCounting, TeamRun
from core.workload.views import workload_board
from tests.conftest import AS_OF
from tests.core.overview.cells import COMPANY, JOIN, JOINS, LAST, WEEKS, publish, rising
from tests.core.workload.one_by_one import one_by_one, overview_said, said
from tests.organisations import POLICY, WEEK, deliver, employ, hours, people_in, release, who

Maker = Callable[[], Engine]
ENGINEERING = "Northwind/Engineering"
INFRASTRUCTURE = f"{ENGINEERING}/Infrastructure"
VIEWERS = {
    "hr": who("hr"),
    "hr who is on the roster": who("hr", "employee", own=INFRASTRUCTURE),
    "leader of the company": who("leader", units=("Northwind",)),
    "leader of two units": who("leader", units=(ENGINEERING, "Northwind/Products")),
    "leader of a unit with the line above": who("leader", "employee", units=(ENGINEERING,), own=ENGINEERING),
    "manager of a department with the line above": who("manager", "employee", units=(INFRASTRUCTURE,), own=ENGINEERING),
    "employee": who("employee", own=INFRASTRUCTURE),
}
QUICK = ("leader of the company", "manager of a department with the line above", "employee")
TABLES = (TeamCounting, CountedUnit, TeamCount, TeamRun, TeamChange)


def everything_said(
    connection: Connection, viewer: Viewer, policy: Policy, as_of: date, filters: Sequence[WorkloadFilters]
) -> list[str]:
    """The three screens that count teams; the overview has no filters."""
    boards = [said(connection, viewer, each, policy, as_of) for each in filters]
    return [*boards, overview_said(connection, viewer, policy, as_of)]


def counted_rows(engine: Engine) -> list[list[tuple[object, ...]]]:
    """Everything that was counted, in a fixed order."""
    with engine.connect() as connection:
        tables = (select(*table.__table__.columns).order_by(*table.__table__.primary_key.columns) for table in TABLES)
        return [[tuple(row) for row in connection.execute(each)] for each in tables]


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in VIEWERS]
)
def test_the_demonstration_says_the_same_either_way(demo_readonly: Engine, name: str) -> None:
    """Sentence, list and overview, letter by letter: several viewers, units, measures, weeks and ends."""
    viewer, policy = VIEWERS[name], Policy()
    with demo_readonly.connect() as connection:
        seen = units_seen(connection, viewer, own_line_open=True)
        inner = [unit["path"] for unit in seen if unit["id"] in {each["parent_id"] for each in seen}]
        places = [None, *inner[:2], inner[-1]] if inner else [None]
        measures = ("utilisation", "meeting_hours", "after_hours_share")
        for unit, measure in product(places, measures):
            for weeks, until in ((26, None), (60, LAST - timedelta(weeks=9)), (8, LAST - timedelta(weeks=40))):
                filters = WorkloadFilters(unit=unit, metric=measure, weeks=weeks, until=until)
                fast = said(connection, viewer, filters, policy, AS_OF)
                with one_by_one():
                    assert fast == said(connection, viewer, filters, policy, AS_OF), (unit, measure, weeks)
        fast = overview_said(connection, viewer, policy, AS_OF)
        with one_by_one():
            assert fast == overview_said(connection, viewer, policy, AS_OF)


@pytest.mark.parametrize("path", ["Northwind", ENGINEERING])
def test_the_screens_of_a_leader_read_no_cell_of_a_team_that_needs_nobody(demo_readonly: Engine, path: str) -> None:
    """Only the unit's own cells, and those of teams that are told by name."""
    read: list[int] = []

    def counted(connection: Connection, area: str, measure: str, units: object, first: date, end: date) -> object:
        found = trends.trends_of_units(connection, area, measure, units, first, end)  # type: ignore[arg-type]
        read.append(len({cell.cell_id for cell in found}))
        return found

    with demo_readonly.connect() as connection, patch.object(standing, "trends_of_units", counted):
        everything_said(connection, who("leader", units=(path,)), Policy(), AS_OF, [WorkloadFilters()])

    assert read and max(read) <= 5


def test_a_viewer_reads_counts_of_units_in_scope_only(demo_readonly: Engine) -> None:
    """Of a unit of which a part is seen, the count is not read: it would tell of teams that the viewer does not see."""
    asked: list[set[int]] = []
    original = standing._counted_units

    def noted(*arguments: object) -> object:
        found = original(*arguments)  # type: ignore[arg-type]
        asked.append(set(found))
        return found

    for name, viewer in VIEWERS.items():
        asked.clear()
        with demo_readonly.connect() as connection, patch.object(standing, "_counted_units", noted):
            seen = {unit["id"] for unit in units_seen(connection, viewer, own_line_open=True)}
            every = connection.execute(select(OrgUnit.id, OrgUnit.path)).all()
            workload_board(connection, viewer, WorkloadFilters(), policy=Policy(), as_of=AS_OF)
        paths = {row.id: row.path for row in every}
        for unit in set().union(*asked):
            assert {row.id for row in every if f"{row.path}/".startswith(f"{paths[unit]}/")} <= seen, name


@pytest.fixture
def company(engine: Engine) -> Iterator[Engine]:
    """A year of published cells by hand, counted."""
    publish(engine, COMPANY, joins=JOINS)
    assert "utilisation" in count_teams(engine, POLICY)
    yield engine


def same_either_way(
    engine: Engine,
    policy: Policy = POLICY,
    as_of: date = AS_OF,
    last: date = LAST,
    lengths: tuple[int, ...] = (8, 30),
) -> None:
    """For the company's leader and one with a part of it; boards of so many weeks, to the newest and to the one before."""
    viewers = (who("leader", units=("Co",)), who("leader", "employee", units=("Co/A",), own="Co/A"), who("hr"))
    ends = product((None, last - timedelta(weeks=1)), lengths)
    filters = [WorkloadFilters(until=until, weeks=weeks) for until, weeks in ends]
    with engine.connect() as connection:
        for viewer in viewers:
            fast = everything_said(connection, viewer, policy, as_of, filters)
            with one_by_one():
                assert fast == everything_said(connection, viewer, policy, as_of, filters)


def test_cells_by_hand_say_the_same_on_both_databases(company: Engine) -> None:
    """Joins, words, hidden and missing weeks among them; and counting again finds nothing to do."""
    same_either_way(company)
    assert count_teams(company, POLICY) == ()


def test_what_was_counted_up_to_a_week_does_not_depend_on_when(company: Engine) -> None:
    """Taken back by twenty weeks and counted again, or from nothing: the same rows."""
    before = counted_rows(company)
    with company.begin() as connection:
        reopen(connection, WEEKS[-20])
    same_either_way(company)
    assert count_teams(company, POLICY)
    assert counted_rows(company) == before
    with company.begin() as connection:
        for table in TABLES:
            connection.execute(delete(table))
    same_either_way(company)
    count_teams(company, POLICY)
    assert counted_rows(company) == before


def test_another_line_is_counted_anew_and_told_right_meanwhile(company: Engine) -> None:
    """A policy with a lower line and fewer weeks: no count of the old one is used."""
    strict = POLICY.model_copy(update={"utilisation_bands": (0.8, 0.9, 0.95, 1.2), "sustained_weeks": 2})
    same_either_way(company, strict)
    assert "utilisation" in count_teams(company, strict)
    same_either_way(company, strict)


def test_a_release_in_between_takes_back_what_is_being_counted(company: Engine) -> None:
    """Cells that change while they are counted: nothing of that count is kept, the next one counts them."""
    with company.begin() as connection:
        reopen(connection, WEEKS[-3])

    def meanwhile(*arguments: object) -> object:
        with company.begin() as connection:
            reopen(connection, WEEKS[-5])
        return original(*arguments)  # type: ignore[arg-type]

    original = counting._counted
    with patch.object(counting, "_counted", meanwhile):
        assert count_teams(company, POLICY) == ()
    with company.connect() as connection:
        assert connection.scalar(select(func.max(TeamCounting.upto))) == WEEKS[-6]
    same_either_way(company)
    assert "utilisation" in count_teams(company, POLICY)


def test_a_team_that_comes_new_leaves_the_counts_and_one_that_moves_does_not(company: Engine) -> None:
    """Until units are counted as they are now, what they touch is read cell by cell."""
    with company.begin() as connection:
        above = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/B"))
        connection.execute(
            OrgUnit.__table__.insert().values(  # type: ignore[attr-defined]
                parent_id=above, path="Co/B/New", name="New", slug="co.b.new", depth=2, first_day=None, last_day=None
            )
        )
    same_either_way(company)
    assert count_teams(company, POLICY) == ()
    same_either_way(company)
    with company.begin() as connection:
        to = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/A"))
        connection.execute(
            update(OrgUnit)
            .where(OrgUnit.path == "Co/B/Three")
            .values(parent_id=to, path="Co/A/Three", slug="co.a.three")
        )
    same_either_way(company)
    assert "utilisation" in count_teams(company, POLICY)
    same_either_way(company)


def move_to_a(engine: Engine, *teams: str) -> None:
    """Teams of Co/B belong to Co/A from now on."""
    with engine.begin() as connection:
        to = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/A"))
        for name in teams:
            connection.execute(
                update(OrgUnit)
                .where(OrgUnit.path == f"Co/B/{name}")
                .values(parent_id=to, path=f"Co/A/{name}", slug=f"co.a.{name.lower()}")
            )


def join_whose_parts_have_moved(engine: Engine, teams: tuple[str, ...], joined_again: bool) -> None:
    """The department that they left reads what its cells say, and so does the one that they came to, then and later on."""
    publish(engine, {**COMPANY, (JOIN, "utilisation"): rising(9)}, joins=JOINS)
    move_to_a(engine, *teams)
    if joined_again:  # under the new department, for the last six weeks
        with engine.begin() as connection:
            to = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/A"))
            connection.execute(
                update(PublishedCell)
                .where(PublishedCell.kind == "join", PublishedCell.period >= WEEKS[-6])
                .values(unit_id=to)
            )
    assert "utilisation" in count_teams(engine, POLICY)
    same_either_way(engine)
    with engine.begin() as connection:  # the next count begins in the middle, and remembers
        reopen(connection, WEEKS[-2])
    assert "utilisation" in count_teams(engine, POLICY)
    same_either_way(engine)
    with engine.connect() as connection:
        read_by_cell = set(
            connection.scalars(
                select(OrgUnit.path)
                .join(CountedUnit, CountedUnit.unit_id == OrgUnit.id)
                .where(CountedUnit.below == "", OrgUnit.path.in_(("Co", "Co/A", "Co/B")))
            )
        )
    assert read_by_cell == {"Co", "Co/A", "Co/B"}


ONE, BOTH = ("Four",), ("Four", "Five")


@pytest.mark.parametrize(("teams", "joined_again"), [(ONE, False), (ONE, True), (BOTH, False)])
def test_a_join_whose_parts_have_moved_is_told_to_nobody_by_its_counts(
    sqlite_engine: Engine, teams: tuple[str, ...], joined_again: bool
) -> None:
    """One part or both, and whether they are joined again where they came to."""
    join_whose_parts_have_moved(sqlite_engine, teams, joined_again)


def test_a_join_that_has_moved_as_a_whole_is_told_to_nobody_by_its_counts(engine: Engine) -> None:
    """Both parts, joined again, on both databases."""
    join_whose_parts_have_moved(engine, BOTH, True)


@pytest.mark.long
@pytest.mark.parametrize(("teams", "joined_again"), [(ONE, False), (ONE, True), (BOTH, False)])
def test_any_move_of_parts_of_a_join_is_told_the_same_on_both_databases(
    engine: Engine, teams: tuple[str, ...], joined_again: bool
) -> None:
    """The others too."""
    join_whose_parts_have_moved(engine, teams, joined_again)


def test_teams_that_move_together_are_not_told_to_the_department_that_they_left(fresh_engine: Maker) -> None:
    """Two joined teams of six, above the line for weeks, go to another department, where the next quarter joins them again."""
    engine = fresh_engine()
    people = people_in({"Co/A/One": 9, "Co/A/Two": 9, "Co/B/Three": 9, "Co/B/Eight": 9, "Co/B/Four": 6, "Co/B/Five": 6})
    employ(engine, people)
    weeks = [date(2026, 3, 2) + timedelta(weeks=i) for i in range(7)]  # a quarter begins with the fifth

    def bring(some: list[date]) -> None:
        for week in some:
            facts = hours(people, week)
            for code, row in ((code, row) for (code, _), row in facts.items()):
                row["worked"] = 47.0 if code.startswith("Co/B/F") else 38.0
            deliver(engine, people, facts, as_of=week + timedelta(days=20))
            release(engine, as_of=week + timedelta(days=20))

    bring(weeks[:3])
    move_to_a(engine, "Four", "Five")
    people |= {code: path.replace("Co/B", "Co/A") for code, path in people.items() if code.startswith("Co/B/F")}
    bring(weeks[3:])
    with engine.connect() as connection:
        joins = set(
            connection.execute(
                select(PublishedCell.unit_id, PublishedCell.cell_id).where(PublishedCell.kind == "join")
            ).tuples()
        )
    assert (len(joins), len({cell for _, cell in joins})) == (2, 1)  # one cell of two departments, one after the other
    same_either_way(engine, as_of=weeks[-1] + timedelta(days=20), last=weeks[-1])


TEAMS = ("Co/A/One", "Co/A/Two", "Co/B/Three", "Co/B/Four", "Co/A", "Co")
sizes = st.dictionaries(st.sampled_from(TEAMS), st.integers(3, 12), min_size=2, max_size=6)
levels = st.lists(st.sampled_from([30.0, 38.0, 44.0, 46.0, None]), min_size=6, max_size=6)
late = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(TEAMS), st.integers(1, 9)), max_size=3)


@settings(max_examples=10)
@given(sizes=sizes, by_team=st.lists(levels, min_size=6, max_size=6), late=late)
def test_small_organisations_with_corrections_say_the_same(
    fresh_engine: Maker, sizes: dict[str, int], by_team: list[list[float | None]], late: list[tuple[int, str, int]]
) -> None:
    """Six weeks released one by one, then corrected: both ways agree before and after, on a board that holds all six."""
    engine, people = fresh_engine(), people_in(sizes)
    weeks = [WEEK + timedelta(weeks=i) for i in range(6)]
    worked = dict(zip(TEAMS, by_team, strict=True))
    employ(engine, people)
    facts = {
        (code, week): {**row, "worked": level}
        for i, week in enumerate(weeks)
        for (code, _), row in hours(people, week).items()
        if (level := worked[people[code]][i]) is not None
    }
    as_of = weeks[-1] + timedelta(days=30)
    for week in weeks:
        of_week = {key: row for key, row in facts.items() if key[1] == week}
        if of_week:
            deliver(engine, people, of_week)
            release(engine, as_of=as_of)
    same_either_way(engine, as_of=as_of, last=weeks[-1], lengths=(8,))
    for place, team, count in late:
        codes = {code for code, path in people.items() if path == team}
        codes = set(sorted(codes)[:count])
        changed = {
            key: {**row, "worked": 47.0} for key, row in facts.items() if key[0] in codes and key[1] == weeks[place]
        }
        if changed:
            deliver(engine, people, changed)
            release(engine, as_of=as_of)
    same_either_way(engine, as_of=as_of, last=weeks[-1], lengths=(8,))
    assert count_teams(engine, POLICY) == ()


def test_below_reads_counts_where_they_hold(demo_readonly: Engine) -> None:
    """The tests above compare two ways: here the first really is the one with counts."""
    with demo_readonly.connect() as connection:
        viewer = who("leader", units=("Northwind",))
        seen = units_seen(connection, viewer, own_line_open=False)
        last = connection.scalar(select(func.max(TeamCount.week)))
        assert last is not None
        weeks = tuple(last - timedelta(weeks=i) for i in reversed(range(26)))
        from core.metrics.catalogue import catalogue

        below = Below(connection, catalogue(Policy())["utilisation"], seen, seen[0], weeks, Policy(), changes=True)
        assert below._ids == (seen[0]["id"],)
        assert len(below._loose.keys) == 0
        assert below.standing().teams > 50
