"""What surrounds goals, read from the database: capacity, other goals of the owner, leave, changes, the same metric."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, update

from core.calendar import WEEK
from core.goals.commands import edit
from core.goals.goal import Kind, Measure, Visibility
from core.goals.queue_views import QueueFilters, queue
from core.goals.tables import GoalCheckIn, GoalMilestone, GoalRow
from core.goals.terms import terms_of
from core.people.tables import Assignment, OrgUnit
from core.policy import Policy
from core.workload.capacity import shown_utilisation
from core.workload.tables import PersonWeek
from tests.core.goals.desk import ONE, POLICY, START, TODAY, TWO, Desk, later
from tests.databases import EngineOf
from tests.organisations import WEEK as RELEASED
from tests.organisations import codes, deliver, employ, hours, people_in, release


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """The organisation without goals, on both databases."""
    return Desk.on(engine_of("desk", Desk))


def codes_of(desk: Desk, goal: int, who: str = "boss", on: date = TODAY) -> set[str]:
    """The reasons of a goal."""
    reasons = desk.page(goal, who, on).reasons
    assert reasons is not None
    return {each.code for each in reasons}


def test_the_queue_tells_what_the_page_tells(desk: Desk) -> None:
    """Whatever was found in arrays is told in full, with the same reasons; sums and order agree."""
    goals = [
        desk.active(title="late", due=date(2026, 2, 10)),
        desk.active(title="no unit", unit=""),
        desk.active(title="alone", standalone=False, cadence_days=7),
        desk.active(title="steps", measure=Measure.MILESTONES, acceptance="", pace="milestones"),
    ]
    with desk.engine.begin() as connection:
        connection.execute(
            insert(GoalMilestone).values(goal_id=goals[3], place=1, title="a", due=START, done_on=None, weight=1.0)
        )
    found = desk.queue()
    assert {item.goal.title for item in found.items} == {"late", "no unit", "alone", "steps"}
    for item in found.items:
        assert desk.page(item.goal.id, "boss").reasons == item.reasons
    sums = [sum(each.severity for each in item.reasons) for item in found.items]
    assert sums == sorted(sums, reverse=True)
    everything = [each.code for item in found.items for each in item.reasons]
    assert found.counts == {code: everything.count(code) for code in everything}
    one = desk.queue(reason="not_measurable")
    assert {item.goal.title for item in one.items} == {"no unit", "steps"} and one.counts == found.counts
    page = desk.queue(limit=1, offset=1)
    assert [item.goal.id for item in page.items] == [found.items[1].goal.id] and page.found == 4
    assert desk.queue(unit=TWO).found == 0 and desk.queue(unit=ONE).found == 4
    assert desk.queue(kind=Kind.KPI).looked_at == 0


def test_an_owner_with_many_open_goals_is_told_by_counts_of_open_goals_alone(desk: Desk) -> None:
    """The fourth open objective; private ones are not counted, so nothing can be subtracted."""
    objective: dict[str, Any] = {"kind": Kind.OBJECTIVE, "measure": Measure.NONE, "acceptance": "Shown."}
    goals = [desk.active(**objective) for _ in range(3)]
    for _ in range(5):
        desk.active(visibility=Visibility.PRIVATE, **objective)
    assert "owner_overcommitted" not in codes_of(desk, goals[0])
    desk.active(**objective)
    assert "owner_overcommitted" in codes_of(desk, goals[0])
    told = [each for each in desk.page(goals[0], "boss").reasons or () if each.code == "owner_overcommitted"]
    assert told[0].evidence == {"objectives": 4, "key_results": 0}


def test_goals_that_pull_the_same_metric_both_ways_name_each_other(desk: Desk) -> None:
    """Also with other letters; only open active goals are named; the same way is no conflict."""
    metric = {"metric": "Rework share", "metric_key": "rework share"}
    up = desk.active(direction=1, **metric)
    same = desk.active(direction=1, owner="far", **metric)
    assert "conflict" not in codes_of(desk, up)
    hidden = desk.active(direction=-1, visibility=Visibility.TEAM, **metric)
    assert "conflict" not in codes_of(desk, up)
    assert "conflict" in codes_of(desk, hidden)
    down = desk.active(direction=-1, owner="other", **metric)
    told = [each for each in desk.page(up, "boss").reasons or () if each.code == "conflict"]
    assert told[0].evidence == {"metric": "Rework share", "goals": [down]}
    assert {item.goal.id for item in desk.queue(reason="conflict").items} == {up, hidden}
    assert same not in told[0].evidence["goals"]


def test_a_change_after_the_last_review_is_told_until_the_next_one(desk: Desk) -> None:
    """The parent's target; then the goal's own weight; a check-in on a later day is a review."""
    parent = desk.active(title="above", owner="boss")
    child = desk.active(parent_id=parent)
    desk.check_in(child, value=20.0)
    with desk.engine.begin() as connection:
        terms = replace(terms_of(desk.goal(parent)), target=120.0)
        edit(connection, desk.viewer("boss"), parent, terms, based_on=1, reason="r", at=later(2), policy=POLICY)
    after = later(3).date()
    told = [each for each in desk.page(child, "boss", after).reasons or () if each.code == "context_changed"]
    assert told[0].evidence == {"changed": ["the target or date of the goal above"]}
    desk.check_in(child, value=21.0, at=later(4))
    assert "context_changed" not in codes_of(desk, child, on=later(4).date())
    with desk.engine.begin() as connection:
        terms = replace(terms_of(desk.goal(child)), weight=3.0)
        edit(connection, desk.viewer("boss"), child, terms, based_on=1, reason="r", at=later(5), policy=POLICY)
    assert "context_changed" in codes_of(desk, child, on=later(5).date())
    assert {item.goal.id for item in desk.queue(on=later(5).date(), reason="context_changed").items} <= {child}


def test_a_move_of_the_owner_changes_the_context(desk: Desk) -> None:
    """To another unit, after the last review; other hours in the same unit do not."""
    goal = desk.active()
    desk.check_in(goal, value=50.0, confidence=8)
    for unit, changed in ((ONE, False), (TWO, True)):
        with desk.engine.begin() as connection:
            person = codes(connection)["emp"]
            place = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == unit))
            newest = select(Assignment).where(Assignment.person_id == person).order_by(Assignment.valid_from.desc())
            row = dict(connection.execute(newest.limit(1)).mappings().one())
            start = (TODAY if unit == ONE else TODAY + WEEK) + timedelta(days=1)
            connection.execute(update(Assignment).where(Assignment.id == row.pop("id")).values(valid_to=start))
            row |= {"unit_id": place, "valid_from": start, "contracted_hours": 30.0, "valid_to": None}
            connection.execute(insert(Assignment).values(**row))
        on = start + timedelta(days=1)
        assert ("context_changed" in codes_of(desk, goal, on=on)) is changed


def test_an_owner_who_is_away_for_long_needs_a_delegate(desk: Desk) -> None:
    """Whole weeks of leave for more than 21 days; hours worked in the newest week, a delegate, or old data say otherwise."""
    goal = desk.active(standalone=True)
    monday = date(2026, 2, 16)
    away = {"contracted": 40.0, "leave": 40.0, "worked": 0.0}
    person_weeks(desk, {"emp": {monday - n * WEEK: away for n in range(1, 4)}})
    assert "no_active_owner" not in codes_of(desk, goal, on=date(2026, 2, 16))  # 21 days
    assert "no_active_owner" in codes_of(desk, goal, on=date(2026, 2, 17))  # 22
    assert "no_active_owner" not in codes_of(desk, goal, on=date(2026, 3, 10))  # nobody knows about now
    with desk.engine.begin() as connection:
        connection.execute(update(GoalRow).values(delegate_id=codes(connection)["peer"]))
    assert "no_active_owner" not in codes_of(desk, goal, on=date(2026, 2, 17))
    person_weeks(desk, {"peer": {monday - WEEK: away}})
    assert "no_active_owner" in codes_of(desk, goal, on=date(2026, 2, 17))  # the delegate is away as well
    person_weeks(desk, {"emp": {monday: {"contracted": 40.0, "leave": 32.0, "worked": 8.0}}})
    assert "no_active_owner" not in codes_of(desk, goal, on=date(2026, 2, 17))


def person_weeks(desk: Desk, facts: dict[str, dict[date, dict[str, float]]]) -> None:
    """Hours of people, written straight into the table."""
    from core.workload.partitions import ensure_partitions

    with desk.engine.begin() as connection:
        people = codes(connection)
        unit = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == ONE))
        if connection.dialect.name == "postgresql":
            ensure_partitions(connection, {week for weeks in facts.values() for week in weeks})
        for code, weeks in facts.items():
            for week, values in weeks.items():
                row = {"person_id": people[code], "week": week, "unit_id": unit, **values}
                connection.execute(insert(PersonWeek).values(**row))


def busy(engine: Engine) -> None:
    """Two released weeks: unit One above capacity, unit Two within; goals for somebody in each."""
    people = people_in({"Co/A/One": 8, "Co/A/Two": 8})
    employ(engine, people)
    desk = Desk(engine)
    for week in (RELEASED, RELEASED + WEEK):
        facts = hours(people, week, worked=48.0)
        for (code, _), values in facts.items():
            if people[code] == "Co/A/Two":
                values["worked"] = 34.0
        deliver(engine, people, facts)
    release(engine)
    for owner in ("Co/A/One#0", "Co/A/Two#0"):
        desk.active(owner=owner, title=owner, due=date(2026, 2, 1))


@pytest.fixture
def released(engine_of: EngineOf) -> Desk:
    """That organisation, on both databases."""
    return Desk.on(engine_of("goals-and-capacity", busy))


def test_a_late_goal_of_a_team_over_capacity_suggests_re_scoping(released: Desk) -> None:
    """From the team's released cells in the viewer's scope, and from nothing finer."""
    found = released.queue("chief")
    told = {item.goal.title: ({each.code for each in item.reasons}, item.suggestion) for item in found.items}
    assert "capacity_conflict" in told["Co/A/One#0"][0] and "re-scoping will help" in told["Co/A/One#0"][1]
    assert "capacity_conflict" not in told["Co/A/Two#0"][0] and told["Co/A/Two#0"][1] == ""
    assert "over capacity, so re-scoping will help more than pressing" in found.sentence


def test_capacity_is_read_for_units_of_the_viewer_and_from_recent_weeks_only(released: Desk) -> None:
    """A unit outside the scope, too many weeks asked for, and a release of long ago say nothing."""
    with released.engine.connect() as connection:
        units = {row.path: row.id for row in connection.execute(select(OrgUnit.path, OrgUnit.id))}
        asked = {"policy": POLICY, "on": TODAY}
        chief, other = released.viewer("chief"), released.viewer("other")
        shown = shown_utilisation(connection, chief, set(units.values()), 2, **asked)
        assert all(value > 1.1 for value in shown[units[ONE]]) and len(shown[units[ONE]]) == 2
        assert all(value < 1.0 for value in shown[units[TWO]])
        assert shown_utilisation(connection, other, {units[ONE]}, 2, **asked) == {}
        assert shown_utilisation(connection, chief, {units[ONE]}, 3, **asked) == {}
        assert shown_utilisation(connection, chief, {units[ONE]}, 2, policy=POLICY, on=date(2026, 6, 1)) == {}
        assert shown_utilisation(connection, chief, set(), 2, **asked) == {}
        later_on = queue(connection, chief, QueueFilters(), policy=Policy(), as_of=date(2026, 6, 1))
    assert "capacity_conflict" not in later_on.counts


def test_key_results_that_fewer_people_see_do_not_count_for_an_open_objective(desk: Desk) -> None:
    """Its progress is the same for everybody who sees it; stopped ones do not count either."""
    top = desk.active(kind=Kind.OBJECTIVE, measure=Measure.NONE, unit="", baseline=None, target=None)
    seen = {"open": 50.0, "team": 100.0, "private": 100.0}
    for visibility, value in seen.items():
        part = desk.active(parent_id=top, visibility=visibility)
        desk.check_in(part, value=value)
    desk.check_in(desk.active(parent_id=top, weight=3.0), value=10.0)
    desk.active(parent_id=top)  # never measured: left out
    assert "not_measurable" not in codes_of(desk, top)
    for who in ("emp", "boss", "other"):
        assert desk.page(top, who).going.progress == pytest.approx((0.5 + 3 * 0.1) / 4)
    with desk.engine.connect() as connection:
        assert len(connection.scalars(select(GoalCheckIn.id)).all()) == 4


def test_a_queue_asks_as_many_questions_for_many_goals_as_for_few(sqlite_engine: Engine) -> None:
    """A few statements, whatever there is to judge: goals are read together and never one by one."""
    desk = Desk(sqlite_engine)
    asked: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    counts = []
    for goals in (3, 60):
        for _ in range(goals):
            desk.active(cadence_days=7)
        viewer = desk.viewer("boss")
        event.listen(sqlite_engine, "before_cursor_execute", heard)
        with sqlite_engine.connect() as connection:
            asked.clear()
            found = queue(connection, viewer, QueueFilters(limit=200), policy=POLICY, as_of=TODAY)
            counts.append(len([each for each in asked if each.startswith("SELECT")]))
        event.remove(sqlite_engine, "before_cursor_execute", heard)
    assert found.found == 63
    assert counts[0] == counts[1] <= 20
