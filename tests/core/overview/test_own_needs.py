"""What of goals and conversations waits for whoever opens the overview: it appears when it is due and goes when it is done."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from core.access.accounts import account_id
from core.access.viewer import SCREENS
from core.goals.goal import Status
from core.overview import own, own_wording
from core.overview.board import Need, Overview
from core.overview.own import own_needs, with_own
from core.people.views import load_viewer
from core.rhythm.feedback import decline_feedback
from tests import conftest
from tests.core.goals.desk import NOW, POLICY, TODAY, Desk, later
from tests.core.rhythm.talk import AT, DAY, RULES, Talk
from tests.core.rhythm.talk import TODAY as TALK_TODAY
from tests.organisations import who

GOAL_SCREENS = ("goals", "goal", "my_goals", "conversations", "conversation")


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """An organisation that sets goals, on SQLite and on PostgreSQL."""
    return Desk(engine)


@pytest.fixture
def talk(engine: Engine) -> Talk:
    """A company in which people talk, on SQLite and on PostgreSQL."""
    return Talk(engine)


@pytest.fixture(autouse=True)
def screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screens of goals and conversations are open to everybody."""
    for name in GOAL_SCREENS:
        monkeypatch.setitem(SCREENS, name, ("leader", "hr", "manager", "employee", "admin"))


def waits(at: Desk | Talk, name: str, on: date) -> dict[str, Need]:
    """What waits for an account, by kind."""
    with at.engine.connect() as connection:
        found = own_needs(connection, at.viewer(name, on), policy=POLICY, as_of=on)
    assert len({need.id for need in found}) == len(found) or any(need.id == "conversation_prepared" for need in found)
    return {need.id: need for need in found}


# --- goals ---------------------------------------------------------------------------------------------------------


def test_a_goal_that_needs_revisiting_is_told_to_whoever_decides_and_to_nobody_else(desk: Desk) -> None:
    """Owner, manager and leader of the unit; not a colleague, another manager, HR or an administrator."""
    desk.active(last_value=5.0, last_on=TODAY)

    told = {name for name in ("emp", "peer", "boss", "chief", "otherboss", "hr", "admin") if _revisit(desk, name)}

    assert told == {"emp", "boss", "chief"}
    need = waits(desk, "boss", TODAY)["goals_to_revisit"]
    assert need.title == "One goal needs revisiting"
    assert need.way is not None
    assert (need.way.label, need.way.screen) == ("Revisit it", "goals")


def _revisit(desk: Desk, name: str) -> bool:
    return "goals_to_revisit" in waits(desk, name, TODAY)


def test_what_the_title_says_is_not_said_again_below_it(desk: Desk) -> None:
    """The rest of the queue's own sentence; without one, what to do."""
    for _ in range(2):
        desk.active(last_value=5.0, last_on=TODAY)
    need = waits(desk, "boss", TODAY)["goals_to_revisit"]

    assert need.title == "Two goals need revisiting"
    assert need.sentence == desk.queue().sentence.partition(". ")[2]
    assert own_wording.revisit(1, "One goal needs revisiting.")[1] == "See why, and decide what becomes of it."


def test_a_queue_too_long_for_an_overview_is_led_to_and_not_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is judged then, and no number is said; one goal fewer, and it is."""
    for _ in range(3):
        desk.active(last_value=5.0, last_on=TODAY)
    monkeypatch.setattr(own, "MOST_JUDGED", 2)
    many = waits(desk, "chief", TODAY)["goals_to_revisit"]
    monkeypatch.setattr(own, "MOST_JUDGED", 3)
    few = waits(desk, "chief", TODAY)["goals_to_revisit"]

    assert many.title == own_wording.MANY_GOALS
    assert many.way is not None
    assert few.title == "Three goals need revisiting"


def test_a_proposal_waits_for_the_other_until_it_is_answered(desk: Desk) -> None:
    """For the one who has not agreed, by its title; never for the one who wrote it, nor while it is a draft."""
    goal = desk.draft().goal_id
    assert "proposals" not in waits(desk, "boss", TODAY)
    desk.propose(goal)

    need = waits(desk, "boss", TODAY)["proposals"]
    assert "Recover from an incident in twenty minutes" in need.sentence
    assert "proposals" not in waits(desk, "emp", TODAY)

    desk.edit(goal, "boss", target=25.0)  # proposed back
    assert "proposals" not in waits(desk, "boss", TODAY)
    assert "proposals" in waits(desk, "emp", TODAY)
    assert desk.agree(goal, "emp", based_on=2) is Status.ACTIVE
    assert "proposals" not in waits(desk, "emp", TODAY)


@pytest.mark.parametrize(("days", "is_due"), [(13, False), (14, True), (15, True)])
def test_a_check_in_is_due_a_cadence_after_the_newest(desk: Desk, days: int, is_due: bool) -> None:
    """For the owner; on the day itself, not before; one that is made takes it away."""
    goal = desk.active(start=TODAY - timedelta(days=60), active_since=TODAY - timedelta(days=60))
    desk.check_in(goal, value=60.0, at=later(-days))

    assert ("check_ins_due" in waits(desk, "emp", TODAY)) is is_due
    assert "check_ins_due" not in waits(desk, "peer", TODAY)
    desk.check_in(goal, value=62.0)
    assert "check_ins_due" not in waits(desk, "emp", TODAY)


def test_several_check_ins_are_named_with_the_one_that_has_waited_longest(desk: Desk) -> None:
    """Three by title; where they are made is one's own list, for a single one its page."""
    goals = [desk.active(title=f"Goal {number}", active_since=TODAY - timedelta(days=20 + number)) for number in (1, 2)]
    both = waits(desk, "emp", TODAY)["check_ins_due"]
    desk.check_in(goals[1], note="Here.")
    one = waits(desk, "emp", TODAY)["check_ins_due"]

    assert both.title == "Two check-ins are due"
    assert both.way is not None
    assert both.way.screen == "my_goals"
    assert one.sentence.startswith("“Goal 1”, due for ")
    assert one.way is not None
    assert (one.way.screen, one.way.address) == ("goal", (("goal", str(goals[0])),))


# --- conversations -------------------------------------------------------------------------------------------------


def test_a_conversation_is_owed_from_the_day_after_its_grace_until_it_was_held(talk: Talk) -> None:
    """To the manager alone, by name; the employee is not told to owe anything."""
    last_day = TALK_TODAY + timedelta(days=RULES.check_in_days + RULES.grace_days)
    assert "conversation_owed" not in waits(talk, "max", last_day)

    need = waits(talk, "max", last_day + DAY)["conversation_owed"]
    assert "Ann" in need.title
    assert "Bo" in need.title
    assert "conversation_owed" not in waits(talk, "ann", last_day + DAY)
    for who_ in ("ann", "bo"):
        held = talk.plan("max", talk.pair("max", who_), at=_noon(last_day + DAY))
        talk.hold(held, last_day + DAY, "max")
    assert "conversation_owed" not in waits(talk, "max", last_day + DAY)


def _noon(day: date) -> datetime:
    return AT + (day - AT.date())


def test_a_preparation_that_was_shown_waits_for_the_other_and_a_private_one_does_not(talk: Talk) -> None:
    """The employee shares; the manager is led to that conversation; the employee reads when it is."""
    coming = talk.plan("ann", due=TALK_TODAY + 3 * DAY)
    talk.prepare(coming, progress="The first half is done.")
    assert "conversation_prepared" not in waits(talk, "max", TALK_TODAY)
    own_next = waits(talk, "ann", TALK_TODAY)["next_conversation"]

    talk.share(coming)
    need = waits(talk, "max", TALK_TODAY)["conversation_prepared"]

    assert need.title == "Ann has prepared your conversation"
    assert need.way is not None
    assert need.way.address == (("conversation", str(coming)),)
    assert own_next.title == "Max, 5 Mar"
    assert own_next.sentence == own_wording.NEXT_PREPARED
    assert "conversation_prepared" not in waits(talk, "bo", TALK_TODAY)
    assert "first half" not in str(need)


def test_a_question_for_feedback_waits_until_it_is_answered_or_declined(talk: Talk) -> None:
    """By who asked; what was asked is not read."""
    question = talk.ask("bo", "ann", "Was the talk too long?")
    need = waits(talk, "ann", TALK_TODAY)["feedback_asked"]

    assert need.title == "Bo asks for your feedback"
    assert "too long" not in str(need)
    assert need.way is not None
    assert need.way.address == (("view", "feedback"),)
    assert "feedback_asked" not in waits(talk, "bo", TALK_TODAY)
    talk.give("ann", "bo", answers=question)
    assert "feedback_asked" not in waits(talk, "ann", TALK_TODAY)
    again = talk.ask("bo", "ann")
    with talk.engine.begin() as connection:
        decline_feedback(connection, talk.viewer("ann"), again, at=AT)
    assert "feedback_asked" not in waits(talk, "ann", TALK_TODAY)


@pytest.mark.parametrize("name", ["root", "lea", "hr", "admin"])
def test_roles_open_nothing_between_two_other_people(talk: Talk, name: str) -> None:
    """Leader, HR, administrator, or all at once: what waits between Ann and Max is told to nobody else."""
    coming = talk.plan("ann", due=TALK_TODAY + 3 * DAY)
    talk.prepare(coming, progress="The first half is done.")
    talk.share(coming)
    talk.ask("bo", "ann", "Was the talk too long?")
    late = TALK_TODAY + 60 * DAY

    assert "Ann" not in str(waits(talk, name, late))
    assert "Ann" not in str(waits(talk, name, TALK_TODAY))


# --- the whole -----------------------------------------------------------------------------------------------------


def test_what_waits_for_the_reader_stands_first() -> None:
    """Before what the numbers need; nothing is lost."""
    mine, theirs = Need("proposals", "A", "a", None), Need("lasting_load", "B", "b", None)

    assert with_own(Overview("manager", "where", "How it is.", needs=(theirs,)), (mine,)).needs == (mine, theirs)


def test_without_the_screen_there_is_no_way_to_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs somebody is said all the same."""
    desk.active(last_value=5.0, last_on=TODAY)
    monkeypatch.delitem(SCREENS, "goals")

    assert waits(desk, "boss", TODAY)["goals_to_revisit"].way is None


def _reads(engine: Engine, name: str) -> tuple[list[str], tuple[Need, ...]]:
    asked: list[str] = []
    with engine.connect() as connection:
        viewer = load_viewer(connection, account_id(connection, name), conftest.AS_OF)
        assert viewer is not None
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
        found = own_needs(connection, viewer, policy=POLICY, as_of=conftest.AS_OF)
    return asked, found


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("leader", ["goals_to_revisit"]),
        ("hr", []),
        ("manager", ["goals_to_revisit", "conversation_owed", "proposals"]),
        ("employee", ["proposals", "check_ins_due"]),
        ("admin", []),
    ],
)
def test_in_the_demonstration_everybody_finds_what_is_theirs(
    name: str, kinds: list[str], demo_readonly: Engine
) -> None:
    """Without a key nobody has prepared or asked anything; and few questions are put to the database for it."""
    asked, found = _reads(demo_readonly, name)

    assert [need.id for need in found] == kinds
    assert len(asked) <= 45


def test_somebody_without_person_and_units_has_nothing_here(desk: Desk) -> None:
    """And no error."""
    with desk.engine.connect() as connection:
        for viewer in (who("leader"), who("employee"), who("manager"), who("admin", units=("Co",))):
            assert own_needs(connection, viewer, policy=POLICY, as_of=NOW.date()) == ()
