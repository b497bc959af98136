"""The team view for a screen in the room: what moved, what needs revisiting, what was decided; nothing that is not for all."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.access.refusals import NoPermission
from core.goals.decisions import Decision
from core.goals.goal import Kind, Measure, Owner, Visibility
from core.goals.room_views import REPORTS, Room, team_room
from core.goals.terms import terms_of
from tests.core.goals.desk import NOW, ONE, POLICY, TODAY, Desk, later
from tests.databases import EngineOf

SECRET = "what only two people know"


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """An organisation with people who set goals."""
    return Desk.on(engine_of("desk", Desk))


def room(desk: Desk, who: str = "boss", **asked: Any) -> Room:
    """The view as an account shows it."""
    with desk.engine.connect() as connection:
        return team_room(connection, desk.viewer(who), policy=POLICY, as_of=TODAY, **asked)


def test_what_moved_since_last_time_is_told_from_where_to_where(desk: Desk) -> None:
    """Progress before and now; what stood still is not news, a new goal and one that is done are."""
    moved = desk.active(title="Moved")
    still = desk.active(title="Still")
    done = desk.active(title="Done")
    desk.active(title="New", active_since=TODAY - timedelta(days=3))
    for days, value in ((-40, 10.0), (-5, 30.0)):
        desk.check_in(moved, value=value, at=later(days))
    for days in (-40, -5):
        desk.check_in(still, value=10.0, at=later(days))
    desk.decide(done, Decision.DONE, at=later(-2))

    found = room(desk)
    assert {(each.goal.title, each.what, each.before, each.after) for each in found.moved} == {
        ("Moved", "moved", 0.1, 0.3),
        ("Done", "done", None, None),
        ("New", "new", None, None),
    }
    assert [each.goal.title for each in room(desk, since=TODAY - timedelta(days=60)).moved if each.before is None]


def test_what_needs_revisiting_stands_in_the_order_of_the_queue(desk: Desk) -> None:
    """With the codes of its reasons, which are the queue's."""
    for title, value in (("A little late", 6.0), ("Very late", -50.0)):
        desk.check_in(desk.active(title=title, due=date(2026, 4, 1)), value=value)

    found = room(desk)
    queue = desk.queue()
    assert [each.goal.id for each in found.asking] == [item.goal.id for item in queue.items]
    assert [set(each.codes) for each in found.asking] == [
        {reason.code for reason in item.reasons} for item in queue.items
    ]
    assert found.sentence == "Since 6 February 2026: two goals moved, two need revisiting."


def test_decisions_are_told_without_their_words(desk: Desk) -> None:
    """What was decided, when, and what it changed; the reason that was written stays on the goal's page."""
    goal = desk.active(title="Re-scoped", code=None)
    desk.decide(
        goal, Decision.RE_SCOPE, reason=SECRET, terms=replace(terms_of(desk.goal(goal)), target=50.0), at=later(-1)
    )
    desk.check_in(goal, value=3.0, note=SECRET)

    found = room(desk)
    (taken,) = found.taken
    assert (taken.decision, taken.on, dict(taken.changes)) == (
        "re_scope",
        TODAY - timedelta(days=1),
        {"target": (100.0, 50.0)},
    )
    assert SECRET not in repr(found)
    assert found.last_review == TODAY - timedelta(days=1)


def test_only_goals_that_everyone_may_see_stand_on_the_screen(desk: Desk) -> None:
    """None for the team, none that is private, no development, no wellbeing, not even a team's."""
    kept = desk.active(title="Open")
    hidden = [
        desk.active(title="Team", visibility=Visibility.TEAM),
        desk.active(title="Private", visibility=Visibility.PRIVATE),
        desk.active(title="Development", kind=Kind.DEVELOPMENT),
        desk.active(title="Wellbeing", kind=Kind.WELLBEING, owner=ONE, measure=Measure.STAY_ABOVE),
        desk.active(title="Mine", kind=Kind.WELLBEING, visibility=Visibility.PRIVATE),
    ]
    for goal in hidden:
        desk.check_in(goal, "boss" if goal != hidden[-1] else "emp", value=1.0)
        if goal != hidden[-1]:
            desk.decide(goal, Decision.KEEP)

    found = room(desk, since=TODAY - timedelta(days=90))
    assert found.goals == 1
    shown = {each.goal.id for part in (found.moved, found.asking, found.taken) for each in part}
    assert shown == {kept}


def test_who_leads_no_team_does_not_show_one(desk: Desk) -> None:
    """Nor somebody else's; a leader chooses among all below."""
    desk.active()
    for who in ("emp", "peer", "hr", "admin"):
        with pytest.raises(NoPermission):
            room(desk, who)
    with pytest.raises(NoPermission):
        room(desk, "otherboss", team=ONE)
    assert [key for key, _ in room(desk, "chief").teams] == ["Co/A", "Co/A/One", "Co/A/Two"]
    assert room(desk, "chief", team="Co/A").goals == 1
    assert room(desk, "chief", team="Co/A/Two").goals == 0


def test_a_manager_whose_account_names_no_unit_shows_the_direct_reports(desk: Desk) -> None:
    """The goals of those whom they manage, and of nobody else."""
    desk.active(title="Of a report")
    desk.active(title="Of another", owner="far")
    with desk.engine.connect() as connection:
        boss = replace(desk.viewer("boss"), units=())
        found = team_room(connection, boss, policy=POLICY, as_of=TODAY, since=TODAY - timedelta(days=90))
    assert (found.team, found.goals) == (REPORTS, 1)
    assert [each.goal.owner for each in found.moved] == [Owner("emp", "", "emp")]


def test_an_empty_team_is_told_kindly(desk: Desk) -> None:
    """Nothing yet is said as such."""
    assert room(desk).sentence == "There is no open goal here yet."
    desk.active(active_since=date(2026, 1, 5), last_on=NOW.date() - timedelta(days=1))
    assert room(desk).sentence.startswith("Since 6 February 2026: nothing moved")
