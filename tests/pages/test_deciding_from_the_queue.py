"""Deciding from the queue: every decision saved where it waits, seen by the owner, and nothing lost on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from core.calendar import long_label, now, today
from core.goals.decisions import Decision
from core.goals.goal import Status
from core.goals.terms import terms_of
from core.metrics.wording import NBSP
from pages.parts.goal_decide_memory import Deciding
from tests.core.goals.desk import Desk
from tests.pages.conftest import Jar
from tests.pages.goal_desk import desk_on, opened_as, press, sound, widget, words

SINCE, DUE = timedelta(days=60), timedelta(days=40)
KEEP, RE_SCOPE, PAUSE, STOP, HAND_OVER = list(Decision)[:5]
WHY = "The vendor is late, and we agreed on less."


@pytest.fixture
def desk(database: Engine) -> Desk:
    """An organisation with people who set goals, on the database of the pages."""
    return desk_on(database)


@pytest.fixture
def queue_of(desk: Desk, jar: Jar) -> Callable[..., AppTest]:
    """The queue, as an account opens it."""

    def as_account(name: str = "boss", place: str = "", **address: str) -> AppTest:
        at = opened_as(desk.engine, jar, name, "goals.py", view="revisit", **address)
        if place:
            at.query_params["page"] = place
            at.run()
        return sound(at)

    return as_account


@pytest.fixture
def stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialog runs by itself in a browser; here the whole page runs, so it is opened again as it was with every press."""
    monkeypatch.setattr(Deciding, "forget", lambda _: None)


def begun(desk: Desk, title: str, value: float = 60.0, **terms: object) -> int:
    """A goal from 0 to 100 that is in its second half, with a check-in of today."""
    days = {"start": today() - SINCE, "due": today() + DUE, "active_since": today() - SINCE}
    goal = desk.active(**{"title": title, **days, **terms})
    desk.check_in(goal, str(terms.get("owner", "emp")), value=value, at=now())
    return goal


def asked(at: AppTest, goal: int, decision: Decision) -> AppTest:
    """Press a decision on the card of a goal."""
    return sound(at.segmented_control(key=f"decide_{goal}").select(decision).run())


def saved(at: AppTest, goal: int, decision: Decision, reason: str = WHY) -> AppTest:
    """Write the reason into the dialog that is open, and save."""
    widget(at, "text_area", "reason").set_value(reason)
    widget(at, "button", f"save_{decision}").set_value(True)
    return asked(at, goal, decision)


def snoozed(at: AppTest, goal: int, reason: str) -> AppTest:
    """Write the reason into the dialog of a snooze that is open, and save."""
    widget(at, "text_area", "reason").set_value(reason)
    widget(at, "button", "save").set_value(True)
    return press(at, f"snooze_{goal}")


def titles_on(at: AppTest) -> list[str]:
    """Titles of the cards, from the top."""
    return [each.value.strip("*") for each in at.markdown if each.value.startswith("**")]


def test_the_queue_tells_every_reason_of_a_goal_at_once(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """The answer on top, a card a goal with all its reasons, its way, its progress; what is on pace is not there."""
    begun(desk, "Late", 10.0)
    begun(desk, "Vague", unit="")
    begun(desk, "On its way")

    at = queue_of()

    assert at.title[0].value.startswith("Two goals need revisiting.")
    assert titles_on(at) == ["Late", "Vague"]
    said = words(at)
    assert "Goals · One · 3 open" in said
    assert "Off pace by 50 points" in said
    assert "Needs 13.5 times the pace" in said
    assert "It lacks: unit" in said
    assert f"due {long_label(today() + DUE)}" in said.replace(NBSP, " ")


def test_the_queue_is_ordered_by_weight_or_by_due_date(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """What weighs most comes first, unless the reader asks for what is due."""
    begun(desk, "Vague and soon", unit="", due=today() + timedelta(days=2), start=today() - timedelta(days=1))
    begun(desk, "Heavy", 10.0, unit="")

    assert titles_on(queue_of()) == ["Heavy", "Vague and soon"]
    assert titles_on(queue_of(order="due")) == ["Vague and soon", "Heavy"]


@pytest.mark.usefixtures("stays_open")
def test_a_manager_re_scopes_from_the_list_and_the_owner_reads_why(
    desk: Desk, queue_of: Callable[..., AppTest], jar: Jar
) -> None:
    """What would be on pace is filled in; saved, the goal has other terms, its history the reason, and the owner sees it."""
    goal = begun(desk, "Late", 30.0)
    at = asked(queue_of(), goal, RE_SCOPE)
    target = widget(at, "number_input", "target")
    assert target.value == 50.0  # 30 in 60 of 100 days

    at = saved(at, goal, RE_SCOPE)

    assert "Re-scoped. emp sees it on My goals." in words(at)
    assert desk.goal(goal).target == 50.0
    assert "No goal needs revisiting." in at.title[0].value
    owner = opened_as(desk.engine, jar, "emp", "my_goals.py")
    assert f"Re-scoped by The boss on {long_label(today())}: {WHY}" in words(owner)


@pytest.mark.usefixtures("stays_open")
@pytest.mark.parametrize(
    ("decision", "status", "stays"),
    [(KEEP, Status.ACTIVE, True), (PAUSE, Status.PAUSED, False), (STOP, Status.STOPPED, False)],
)
def test_keeping_pausing_and_stopping_take_one_click_and_a_reason(
    desk: Desk, queue_of: Callable[..., AppTest], decision: Decision, status: Status, stays: bool
) -> None:
    """Each is saved with who and why; a goal that is kept late stays on the list, as nothing about it is different."""
    goal = begun(desk, "Late", 10.0)

    at = saved(asked(queue_of(), goal, decision), goal, decision)

    assert desk.goal(goal).status is status
    decisions = desk.page(goal, "boss", today()).decisions
    assert decisions is not None
    assert [(each.decision, each.by, each.reason) for each in decisions] == [(decision, "The boss", WHY)]
    assert titles_on(at) == (["Late"] if stays else [])


@pytest.mark.usefixtures("stays_open")
def test_a_goal_that_nobody_owns_any_more_is_handed_over(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """Whom it may go to is offered by name; the new owner has it."""
    goal = begun(desk, "Late", 10.0)
    at = asked(queue_of(), goal, HAND_OVER)
    owner = widget(at, "selectbox", "owner")
    owner.set_value(next(each for each in owner.options if each == "peer"))

    saved(at, goal, HAND_OVER)

    assert desk.goal(goal).owner.person == "peer"


@pytest.mark.usefixtures("stays_open")
def test_a_decision_without_a_reason_is_refused_and_nothing_is_lost(
    desk: Desk, queue_of: Callable[..., AppTest]
) -> None:
    """The dialog stays open with what was filled in, and says what is missing."""
    goal = begun(desk, "Late", 30.0)
    at = asked(queue_of(), goal, RE_SCOPE)
    widget(at, "number_input", "target").set_value(70.0)

    at = saved(at, goal, RE_SCOPE, "   ")

    assert "A decision needs words." in words(at)
    assert widget(at, "number_input", "target").value == 70.0
    assert desk.goal(goal).target == 100.0


@pytest.mark.usefixtures("stays_open")
def test_somebody_else_was_quicker_and_both_versions_are_shown(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """Nothing is written over what was saved meanwhile until the reader has seen it and saves again."""
    goal = begun(desk, "Late", 10.0)
    at = asked(queue_of(), goal, RE_SCOPE)
    theirs = replace(terms_of(desk.goal(goal)), target=80.0)
    desk.decide(goal, RE_SCOPE, "emp", at=now(), terms=theirs, reason="Eighty is enough.")
    widget(at, "number_input", "target").set_value(60.0)

    at = saved(at, goal, RE_SCOPE)
    assert desk.goal(goal).target == 80.0
    assert "Your text is kept; compare before saving." in words(at)
    assert "Eighty is enough." in words(at)
    assert widget(at, "text_area", "reason").value == WHY

    saved(at, goal, RE_SCOPE)
    assert desk.goal(goal).target == 60.0
    history = desk.page(goal, "boss", today()).history
    assert history is not None
    assert [step.reason for step in history if step.reason] == ["Eighty is enough.", WHY]


@pytest.mark.usefixtures("stays_open")
def test_a_goal_is_snoozed_with_a_reason_and_found_again(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """It says when it is back, leaves the list, and stands behind one press until then."""
    goal = begun(desk, "Late", 10.0)
    begun(desk, "Vague", unit="")
    at = press(queue_of(), f"snooze_{goal}")
    back = long_label(today() + timedelta(days=14))
    assert f"is back on {back}" in words(at)

    at = snoozed(at, goal, " ")
    assert "Snoozing a goal needs words." in words(at)
    at = snoozed(at, goal, "We wait for the audit.")

    assert f"Snoozed. It is back on the list on {back}." in words(at)
    assert titles_on(at) == ["Vague"]
    at = press(at, "to_snoozed")
    assert titles_on(at) == ["Late"]
    at = sound(next(each for each in at.button if each.label == "Back to what waits").click().run())
    assert titles_on(at) == ["Vague"]


def test_long_queues_are_paged_and_a_page_beyond_the_end_is_the_last_one(
    desk: Desk, queue_of: Callable[..., AppTest]
) -> None:
    """Five at a time; a link to a page that is gone, as after the last goal on it was decided, shows the last that there is."""
    for number in range(7):
        begun(desk, f"Late {number}", 10.0)

    assert len(titles_on(queue_of())) == 5
    for page in ("2", "99"):
        at = queue_of(place=page)
        assert titles_on(at) == ["Late 5", "Late 6"]
        assert "6–7 of 7." in words(at)
    for page in ("0", "-1", "two", "²", "9" * 40):
        assert titles_on(queue_of(place=page))[0] == "Late 0"


def test_what_people_write_is_text_and_stays_text(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """A script, a link and a picture in a title are shown as they were typed."""
    nasty = "<script>alert(1)</script> [here](https://example.com) ![x](y) :red[x] $x$"
    begun(desk, nasty, 10.0)

    at = queue_of()

    card = next(each.value for each in at.markdown if "alert" in each.value)
    assert "\\<script\\>" in card
    assert "\\[here\\]" in card
    assert nasty in words(at)


@pytest.mark.usefixtures("stays_open")
def test_a_paused_goal_is_taken_up_again_from_the_queue(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """Overdue while it rests, it waits on the list; going on is the first choice there, resting again is none."""
    goal = begun(desk, "Rests", 10.0, due=today() - timedelta(days=20), status=Status.PAUSED)
    at = queue_of()
    assert at.segmented_control(key=f"decide_{goal}").options == [
        "Take up again",
        "Keep",
        "Re-scope",
        "Stop",
        "Hand over",
    ]

    saved(asked(at, goal, Decision.RESUME), goal, Decision.RESUME)

    assert desk.goal(goal).status is Status.ACTIVE


def test_who_leads_several_units_looks_at_one_of_them(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """The unit stands in the address; one that is not the reader's is as good as none; an empty one has a way back."""
    begun(desk, "Of one", 10.0)
    begun(desk, "Of two", 10.0, owner="far")

    at = queue_of("chief")
    assert titles_on(at) == ["Of one", "Of two"]
    assert at.selectbox(key="goals_unit").options == ["All units", "A", "One", "Two"]

    at = sound(at.selectbox(key="goals_unit").set_value("Co/A/Two").run())
    assert titles_on(at) == ["Of two"]
    assert "Goals · Two · 1 open" in words(at)
    assert titles_on(queue_of("chief", unit="Co/B/Three")) == ["Of one", "Of two"]
    assert not [each for each in queue_of("boss", unit="Co/A/Two").selectbox if each.key == "goals_unit"]


def test_a_unit_without_goals_keeps_the_way_back(desk: Desk, queue_of: Callable[..., AppTest]) -> None:
    """Nothing is active there: the box of units is still on the page."""
    begun(desk, "Of one", 10.0)
    at = queue_of("chief", unit="Co/A/Two")

    assert "No goal is active in this unit yet." in words(at)
    assert titles_on(sound(at.selectbox(key="goals_unit").set_value("").run())) == ["Of one"]
