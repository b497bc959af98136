"""The queue of goals on its screen: what needs revisiting and why, decisions one click away, snooze, filters, kind words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from streamlit.testing.v1 import AppTest

from core.access.tables import AccessLog
from core.calendar import now, today
from core.goals.decisions import Decision, snooze
from core.goals.goal import Status, Visibility
from core.goals.tables import GoalDecision
from tests.core.goals.desk import Desk
from tests.pages.conftest import Jar
from tests.pages.goal_desk import desk_on, opened_as, sound, words

Open = Callable[..., AppTest]


@pytest.fixture
def desk(database: Engine) -> Desk:
    """An organisation with people who set goals, on the database of the pages."""
    return desk_on(database)


@pytest.fixture
def goals(desk: Desk, jar: Jar) -> Open:
    """The screen of goals, as an account opens it."""

    def as_account(name: str = "boss", **address: str) -> AppTest:
        return opened_as(desk.engine, jar, name, "goals.py", **address)

    return as_account


def late(desk: Desk, title: str, **terms: Any) -> int:
    """An active goal in the middle of its time, without any check-in: stale, which weighs two."""
    begun = today() - timedelta(days=100)
    return desk.active(title=title, start=begun, active_since=begun, due=begun + timedelta(days=200), **terms)


def calm(desk: Desk) -> int:
    """An active goal that began today."""
    return desk.active(title="All is well", start=today(), active_since=today(), due=today() + timedelta(days=200))


def test_a_manager_reads_which_goals_need_revisiting_and_why(desk: Desk, goals: Open) -> None:
    """The answer as a sentence, the reasons as pills with counts, and a card a goal with evidence; nothing of calm ones."""
    for title in ("Answer sooner", "Fewer alarms"):
        late(desk, title)
    calm(desk)

    at = goals()

    assert at.title[0].value.replace("\\", "") == "Two goals need revisiting. The most frequent reason: no check-in."
    shown = words(at)
    assert "Answer sooner" in shown and "Fewer alarms" in shown and "All is well" not in shown
    assert "No check-in for 100 days" in shown
    (pills,) = [each for each in at.get("button_group") if each.label == "Show goals with this reason"]
    assert pills.options[0] == "No check-in 2"


def test_a_decision_is_one_click_and_a_reason_away(desk: Desk, goals: Open) -> None:
    """The click on the card opens the form for that goal and that decision; nothing is decided by the click alone."""
    number = late(desk, "Answer sooner")
    at = goals()
    at = sound(at.button_group(key=f"decide_{number}").set_value(Decision.STOP).run())

    assert [area.label for area in at.text_area] == ["Reason, for the goal's history"]
    assert "sees it on My goals" in words(at)
    with desk.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(GoalDecision)) == 0


def test_a_reason_of_the_address_narrows_the_list_and_one_that_is_none_does_not(desk: Desk, goals: Open) -> None:
    """A link from elsewhere shows goals with that reason; an unknown one shows everything."""
    late(desk, "Answer sooner")
    begun, due = today() - timedelta(days=3), today() + timedelta(days=200)
    desk.active(
        title="Not measurable at all", unit="", baseline=None, target=None, start=begun, active_since=begun, due=due
    )

    narrowed = words(goals(reason="not_measurable"))
    assert "Not measurable at all" in narrowed and "Answer sooner" not in narrowed
    everything = words(goals(reason="<script>"))
    assert "Not measurable at all" in everything and "Answer sooner" in everything


def test_what_is_snoozed_leaves_the_list_is_counted_and_found_again(desk: Desk, goals: Open) -> None:
    """Snoozing says when the goal is back; one press shows what is put off, one more the rest."""
    number = late(desk, "Answer sooner")
    at = sound(goals().button(key=f"snooze_{number}").click().run())
    assert "is back on" in words(at)
    with desk.engine.begin() as connection:
        snooze(connection, desk.viewer("boss", today()), number, reason="Wait for the vendor.", at=now())

    at = goals()
    assert at.title[0].value == "No goal needs revisiting."
    at = sound(at.button(key="to_snoozed").click().run())
    assert "Answer sooner" in words(at)


@pytest.mark.parametrize(
    ("name", "sees"), [("emp", True), ("boss", True), ("chief", True), ("peer", False), ("hr", False)]
)
def test_reasons_are_told_to_whom_they_are_for(desk: Desk, goals: Open, name: str, sees: bool) -> None:
    """Owner, manager and who leads the unit; a colleague and HR see the goal in the tree, and no reason anywhere."""
    late(desk, "Answer sooner")

    told = words(goals(name, view="revisit"))
    assert ("Answer sooner" in told) is sees
    tree = words(goals(name, view="tree"))
    assert "Answer sooner" in tree or any("Answer sooner" in button.label for button in goals(name, view="tree").button)
    assert ("Needs revisiting" in tree) is sees


def test_a_look_at_goals_that_are_not_open_is_recorded(desk: Desk, goals: Open) -> None:
    """The owner of a private goal sees that the manager read it; a look at open goals is nobody's business."""
    late(desk, "Between the two of us", visibility=Visibility.PRIVATE)
    late(desk, "In the open", owner="peer")
    goals()

    with desk.engine.connect() as connection:
        looks = connection.execute(select(AccessLog.viewer, AccessLog.subject)).all()
    assert [tuple(look) for look in looks] == [("boss", "emp")]


def test_an_empty_queue_is_kind_and_leads_on(desk: Desk, goals: Open) -> None:
    """Nothing to revisit, and the way to all goals."""
    calm(desk)
    at = goals()

    assert at.title[0].value == "No goal needs revisiting."
    at = sound(at.button(key="to_tree").click().run())
    assert at.query_params["view"] in ("tree", ["tree"])


def test_an_administrator_is_told_that_being_one_opens_nothing(goals: Open) -> None:
    """No permission, in words."""
    assert "Being an administrator does not open" in words(goals("admin"))


def test_a_paused_goal_says_so_and_offers_no_second_pause(desk: Desk, goals: Open) -> None:
    """Overdue while paused: it is on the list, with the badge."""
    begun = today() - timedelta(days=100)
    desk.active(
        title="On hold", status=Status.PAUSED, start=begun, active_since=begun, due=today() - timedelta(days=30)
    )

    at = goals()
    assert "On hold" in words(at) and "Paused" in words(at)
