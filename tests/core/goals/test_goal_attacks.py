"""Ways round the rules for goals, tried one by one: what somebody could learn who is not one of those whom a goal is for."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from core.access.refusals import NoPermission, Refused
from core.goals.goal import Kind, Measure, Owner, Status, Visibility
from core.goals.mine_views import Unsettled, my_goals
from core.goals.tables import GoalCoOwner, GoalRow
from core.people.tables import Assignment
from tests.core.goals.desk import POLICY, TODAY, Desk
from tests.databases import EngineOf
from tests.organisations import codes


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """People, their managers and accounts, on both databases."""
    return Desk.on(engine_of("desk", Desk))


SECRET = "I cannot stand this team any longer"
OWN = {
    "kind": Kind.WELLBEING,
    "visibility": Visibility.PRIVATE,
    "measure": Measure.NONE,
    "baseline": None,
    "target": None,
}


def unsettled(desk: Desk, who: str) -> tuple[Unsettled, ...]:
    """The proposals that somebody finds under My goals."""
    with desk.engine.connect() as connection:
        return my_goals(connection, desk.viewer(who), policy=POLICY, as_of=TODAY).proposals


def test_how_a_draft_was_worded_before_it_was_proposed_stays_with_its_author(desk: Desk) -> None:
    """Neither the manager who is asked to agree nor anybody who reads the history later finds a word of it."""
    goal = desk.draft(title=SECRET, acceptance=SECRET).goal_id
    desk.edit(goal, "emp", title="Talk every week")
    desk.propose(goal, based_on=2)
    (waits,) = unsettled(desk, "boss")
    assert SECRET not in str(waits) and SECRET not in str(desk.page(goal, "boss"))
    desk.agree(goal, based_on=2)
    for who in ("boss", "chief"):
        page = desk.page(goal, who)
        assert page.history and SECRET not in str(page), who
    assert SECRET in str(desk.page(goal, "emp").history)


def test_what_two_proposed_to_each_other_is_not_in_the_history_that_others_read(desk: Desk) -> None:
    """The two find each step; a leader above reads the history from the day on which the goal was agreed."""
    goal = desk.draft(title=SECRET, visibility=Visibility.PRIVATE).goal_id
    desk.propose(goal)
    desk.edit(goal, "boss", title="Talk every week", visibility=Visibility.OPEN)
    desk.agree(goal, "emp", based_on=2)
    for who in ("emp", "boss"):
        assert SECRET in str(desk.page(goal, who).history), who
    read = desk.page(goal, "chief")
    assert read.history and SECRET not in str(read)
    desk.edit(goal, "boss", based_on=2, title="Talk every other week")
    assert "every other week" in str(desk.page(goal, "chief").history)


def test_a_draft_that_becomes_a_wellbeing_goal_of_one_s_own_is_shown_to_nobody(desk: Desk) -> None:
    """Who has to agree follows from the draft as it is when it is proposed, not as it was begun."""
    goal = desk.draft(kind=Kind.DEVELOPMENT, visibility=Visibility.PRIVATE).goal_id
    desk.edit(goal, "emp", title=SECRET, **OWN)
    assert desk.propose(goal, based_on=2) is Status.ACTIVE
    for who in ("boss", "chief", "hr", "admin", "peer"):
        with pytest.raises(NoPermission):
            desk.page(goal, who)
        assert not unsettled(desk, who)


def test_a_goal_of_work_that_was_begun_as_something_else_is_agreed_by_two(desk: Desk) -> None:
    """Changing the kind of a draft does not get round the manager."""
    goal = desk.draft(**OWN).goal_id
    desk.edit(goal, "emp", title="A goal of work")
    assert desk.propose(goal, based_on=2) is Status.PROPOSED
    assert [each.goal.id for each in unsettled(desk, "boss")] == [goal]


def test_a_draft_for_one_report_that_is_given_to_another_asks_the_other(desk: Desk) -> None:
    """The first one sees nothing of it, and the second has to agree."""
    goal = desk.draft("boss", owner=Owner(person="emp")).goal_id
    desk.edit(goal, "boss", owner=Owner(person="peer"))
    assert desk.propose(goal, "boss", based_on=2) is Status.PROPOSED
    assert not unsettled(desk, "emp")
    assert [each.goal.id for each in unsettled(desk, "peer")] == [goal]


@pytest.mark.parametrize("terms", [{"owner": Owner(person="peer")}, OWN])
def test_a_proposal_is_given_to_nobody_who_was_not_asked(desk: Desk, terms: dict[str, Any]) -> None:
    """Two who agree cannot set a goal for a third, nor is a wellbeing goal written where the manager reads on."""
    goal = desk.draft().goal_id
    desk.propose(goal)
    for who in ("boss", "emp"):
        with pytest.raises(Refused, match=r"draft another|by that person alone"):
            desk.edit(goal, who, **terms)
    assert desk.goal(goal).version == 1


def test_a_draft_is_not_proposed_to_a_manager_whom_its_author_did_not_expect(desk: Desk) -> None:
    """The roster names another manager by now: that is said, nobody is shown anything, and the form finds the new one."""
    goal = desk.draft(title=SECRET).goal_id
    with desk.engine.begin() as connection:
        ids = codes(connection)
        moved = update(Assignment).where(Assignment.person_id == ids["emp"]).values(manager_id=ids["chief"])
        connection.execute(moved)
    with pytest.raises(Refused, match="somebody else has to agree"):
        desk.propose(goal)
    assert not unsettled(desk, "boss") and not unsettled(desk, "chief")
    desk.edit(goal, "emp", title=SECRET)
    assert desk.propose(goal) is Status.PROPOSED
    assert unsettled(desk, "chief") and not unsettled(desk, "boss")


def test_a_private_key_result_of_another_is_not_read_off_the_objective_above(desk: Desk) -> None:
    """Who shares a private objective may put a private key result under it: its progress is in no mean but their own."""
    objective = desk.active(kind=Kind.OBJECTIVE, measure=Measure.NONE, visibility=Visibility.PRIVATE)
    with desk.engine.begin() as connection:
        connection.execute(insert(GoalCoOwner).values(goal_id=objective, person_id=codes(connection)["far"]))
    own = {"parent_id": objective, "visibility": Visibility.PRIVATE}
    theirs, mine = desk.active(owner="far", last_value=73.0, **own), desk.active(last_value=20.0, **own)
    for who in ("emp", "far", "boss"):
        assert desk.page(objective, who).going.progress == pytest.approx(0.2), who
    with pytest.raises(NoPermission):
        desk.page(theirs, "emp")
    with desk.engine.begin() as connection:
        connection.execute(update(GoalRow).where(GoalRow.id == mine).values(status=Status.STOPPED))
    page = desk.page(objective, "emp")
    assert page.going.progress is None and page.reasons is not None
    assert "not_measurable" in [each.code for each in page.reasons]
