"""My goals: what is one's own, how a goal is drafted, proposed back and agreed, and what is refused beside its field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from core.access.tables import AccessLog
from core.goals.decisions import Decision
from core.goals.goal import Kind, Measure, Owner, Status, Visibility
from core.goals.tables import GoalRow
from core.goals.templates import TEMPLATES
from tests.core.goals.desk import TERMS, Desk
from tests.pages.conftest import Jar
from tests.pages.goal_desk import desk_on, opened_as, press, press_in_form, widget, words


@pytest.fixture
def desk(database: Engine) -> Desk:
    """An organisation with people who set goals, on the database of the pages."""
    return desk_on(database)


@pytest.fixture
def mine(desk: Desk, jar: Jar) -> Callable[..., AppTest]:
    """My goals, as an account opens it."""

    def as_account(name: str = "emp", **address: str) -> AppTest:
        return opened_as(desk.engine, jar, name, "my_goals.py", **address)

    return as_account


def statuses(desk: Desk) -> list[str]:
    """Where every goal stands, oldest first."""
    with desk.engine.connect() as connection:
        return list(connection.scalars(select(GoalRow.status).order_by(GoalRow.id)))


def test_nothing_yet_says_how_to_begin(mine: Callable[..., AppTest]) -> None:
    """An empty page is kind: what to do, and that a draft is one's own."""
    at = mine()

    assert at.title[0].value == "You have no goals yet."
    assert "nobody sees a draft before you propose it" in words(at)
    assert [button.label for button in at.button if button.label == "New goal"] == ["New goal"]


def test_every_template_is_offered_and_starts_a_form(mine: Callable[..., AppTest]) -> None:
    """Eight ways to begin, each with its purpose; one press opens the form with what is usual."""
    at = press(mine(), "new_goal")
    for template in TEMPLATES:
        assert at.button(key=f"start_{template.id}").label == "Start"
        assert template.purpose in words(at)

    at = press(at, "start_decrease-duration")
    assert widget(at, "text_input", "unit").value == "minutes"
    assert widget(at, "text_input", "title").value == ""


def test_a_goal_is_drafted_proposed_back_and_agreed(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """The employee proposes, the manager changes it, the employee agrees; each step stands in the history."""
    at = mine(new="decrease-duration")
    widget(at, "text_input", "title").set_value("Recover faster")
    widget(at, "number_input", "baseline").set_value(60.0)
    widget(at, "number_input", "target").set_value(20.0)
    at = press_in_form(at, "save_and_go_on")
    assert "Proposed. The goal is active as soon as you both agree." in words(at)
    assert statuses(desk) == ["proposed"]

    boss = mine("boss")
    assert boss.title[0].value.startswith("One proposal waits for you.")
    boss = press(boss, "change_1")
    widget(boss, "number_input", "target").set_value(30.0)
    boss = press_in_form(boss, "save_and_go_on")
    assert "Proposed like this." in words(boss)

    emp = mine()
    assert "To: 30, was 20" in words(emp)
    emp = press(emp, "agree_1")
    assert "Agreed. The goal is active." in words(emp)
    goal = desk.goal(1)
    assert (goal.status, goal.target, goal.baseline) == (Status.ACTIVE, 30.0, 60.0)
    history = desk.page(1).history
    assert history is not None
    assert [(step.action, step.by) for step in history] == [
        ("drafted", "The emp"),
        ("proposed", "The emp"),
        ("changed", "The boss"),
        ("agreed", "The emp"),
        ("became active", "The emp"),
    ]


def test_a_manager_drafts_for_a_report_who_sees_it_when_it_is_proposed(
    desk: Desk, mine: Callable[..., AppTest]
) -> None:
    """A draft is its author's alone; proposing shows it to the one whose goal it would be."""
    at = mine("boss", new="key-result")
    owner = widget(at, "selectbox", "owner_False")
    owner.set_value(next(option for option in owner.options if option == "emp"))
    widget(at, "text_input", "title").set_value("Write the guide")
    at = press_in_form(at, "save_draft")
    assert "Draft saved. Only you see it." in words(at)
    assert "Write the guide" not in words(mine("emp"))

    boss = mine("boss")
    press(boss, "propose_1")
    assert "Write the guide" in words(mine("emp"))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ({"title": "x" * 5000}, "title", "A title holds 300 characters at most; this has 5,000. Shorten it."),
        ({"title": ""}, "title", "A title needs words."),
        ({"target": 60.0}, "target", "The target is equal to the baseline, so there is no way to go."),
        ({"target": 90.0}, "target", "To decrease from 60 to 90 is the other direction."),
        ({"due": date(2020, 1, 1), "start": date(2026, 1, 1)}, "due", "The due date (1 January 2020) is not after"),
        ({"weight": 0.0}, "weight", "A weight is more than 0 and at most 1,000."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_kept(
    field: dict[str, object], typed: str, said: str, desk: Desk, mine: Callable[..., AppTest]
) -> None:
    """The refusal stands right after the field that it is about; nothing that was typed is lost, and nothing is written."""
    at = mine(new="decrease-duration")
    values = {"title": "Recover faster", "baseline": 60.0, "target": 20.0, **field}
    kinds = {str: "text_input", float: "number_input", date: "date_input"}
    for name, value in values.items():
        widget(at, kinds[type(value)], name).set_value(value)
    at = press_in_form(at, "save_draft")

    assert said in words(at)
    flat = [getattr(each, "key", None) or str(getattr(each, "value", "")).replace("\\", "") for each in _leaves(at)]
    place = next(at for at, text in enumerate(flat) if said in text)
    before = next(text for text in reversed(flat[:place]) if text.startswith("goal_new-decrease-duration"))
    assert before.endswith(f"_{typed}")
    for name, value in values.items():
        assert widget(at, kinds[type(value)], name).value == value
    assert statuses(desk) == []


def _leaves(at: AppTest) -> list[object]:
    """Every element of the page, in the order in which it is drawn."""
    found: list[object] = []

    def walk(node: object) -> None:
        children = getattr(node, "children", None)
        if children:
            for child in children.values():
                walk(child)
        else:
            found.append(node)

    walk(at.main)
    return found


def test_a_script_in_a_title_is_text(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """What looks like HTML or Markdown is shown as it was written."""
    written = "<script>alert(1)</script> **[x](https://example.org)**"
    desk.settled(Visibility.OPEN, title=written)
    at = mine()

    shown = next(each.value for each in at.markdown if "script" in each.value)
    assert "\\<script\\>" in shown
    assert written in shown.replace("\\", "")


def test_two_who_change_at_once_see_both_versions_and_lose_nothing(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """What only the other one changed stays theirs, what the viewer wrote is chosen as theirs to keep; saving is a decision."""
    number = desk.settled(Visibility.OPEN)
    at = mine(edit=str(number))
    desk.edit(number, "boss", based_on=1, reason="The rota is new.", due=date(2026, 12, 18))
    widget(at, "number_input", "target").set_value(25.0)
    widget(at, "text_area", "reason").set_value("Twenty is out of reach.")
    at = press_in_form(at, "save_and_go_on")

    assert any("changed while you were writing" in each.proto.title or "" for each in at.warning) or "compare" in words(
        at
    )
    due, target = (widget(at, "radio", f"side_2_{field}") for field in ("due", "target"))
    assert (due.value, target.value) == ("theirs", "yours")
    assert due.options == ["18 December 2026", "29 June 2026"]
    assert target.options == ["20", "25"]
    assert desk.goal(number).target == 20.0

    at = press_in_form(at, "save_and_go_on")
    assert "Saved. What changed stands in the goal's history." in words(at)
    goal = desk.goal(number)
    assert (goal.target, goal.due, goal.version) == (25.0, date(2026, 12, 18), 3)


def test_an_agreed_goal_is_changed_with_a_reason(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """Without one it is refused beside the reason, and the text stays."""
    number = desk.settled(Visibility.OPEN)
    at = mine(edit=str(number))
    widget(at, "number_input", "target").set_value(25.0)
    at = press_in_form(at, "save_and_go_on")

    assert "A reason needs words." in words(at)
    assert widget(at, "number_input", "target").value == 25.0
    assert desk.goal(number).target == 20.0


def test_a_decision_of_the_manager_is_told(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """Who decided, when, and why stands on the card of the goal."""
    number = desk.settled(Visibility.OPEN)
    desk.decide(
        number,
        Decision.RE_SCOPE,
        reason="The vendor is late.",
        terms=replace(TERMS, target=30.0, visibility=Visibility.OPEN),
    )
    said = words(mine())

    assert "Re-scoped by The boss on 20 February 2026: The vendor is late." in said


def test_a_wellbeing_goal_is_shared_and_taken_back(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """Nobody has to agree to it; the page says who sees it, before and after."""
    at = mine(new="workload-balance")
    assert "Only you see this goal. You may share it with boss, and take it back." in words(at)
    widget(at, "text_input", "title").set_value("Leave on time")
    at = press_in_form(at, "save_and_go_on")
    assert "Saved. The goal is active." in words(at)
    assert "Only you see this. You may share it with boss, and take it back." in words(at)

    at = press(at, "share_1")
    assert "You and boss see this. You may take it back." in words(at)
    at = press(at, "unshare_1")
    assert "Only you see this." in words(at)
    assert statuses(desk) == ["active"]


def test_more_objectives_than_a_handful_are_told(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """Four active objectives are more than three; four with one paused are not."""
    goals = [desk.active(kind=Kind.OBJECTIVE, title=f"Objective {place}") for place in range(4)]
    assert "You have four active objectives. A handful keeps them in view: three at most." in words(mine())

    desk.decide(goals[0], Decision.PAUSE)
    assert "A handful" not in words(mine())


@pytest.mark.parametrize("asked", ["7", "999999999999999999999", "x", "-1", "1 or 1=1"])
def test_a_goal_of_others_and_one_that_does_not_exist_look_alike(
    asked: str, desk: Desk, mine: Callable[..., AppTest]
) -> None:
    """Changing by address what is not one's own is refused in the same words, with a way back."""
    desk.draft("boss", owner=Owner(person="boss"))
    other, nothing = mine("emp", edit="1"), mine("emp", edit=asked)

    for at in (other, nothing):
        assert [header.value for header in at.header] == ["Not part of your view"]
        assert at.button(key="way_back").label == "Back to what you can see"
    assert words(other) == words(nothing)


def test_who_belongs_to_nobody_reads_why_no_goal_can_be_theirs(
    desk: Desk, mine: Callable[..., AppTest], database: Engine
) -> None:
    """An account without a person and without units."""
    at = mine("hr-of-northwind", new="choose")
    assert "Your account belongs to nobody on the roster and leads no unit." in words(at)


def test_a_look_at_the_proposal_of_a_report_is_recorded(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """The one whose goal it would be can see who looked; looking at one's own leaves no trace."""
    desk.propose(desk.draft().goal_id)
    mine("emp")
    with desk.engine.connect() as connection:
        assert connection.scalars(select(AccessLog.viewer)).all() == []
    mine("boss")
    with desk.engine.connect() as connection:
        assert connection.execute(select(AccessLog.viewer, AccessLog.subject)).all() == [("boss", "emp")]


def test_milestones_are_written_as_lines(desk: Desk, mine: Callable[..., AppTest]) -> None:
    """One a line with its day; a day that is none is told with its line, and the text stays."""
    at = mine(new="milestones")
    widget(at, "text_input", "title").set_value("Move all services")
    area = widget(at, "text_area", "milestones")
    area.set_value("Half are moved, 2026-13-01\nAll are moved")
    at = press_in_form(at, "save_draft")
    assert "Line 1: 2026-13-01 is not a day." in words(at)
    assert widget(at, "text_area", "milestones").value.startswith("Half are moved, 2026-13-01")

    widget(at, "text_area", "milestones").set_value("Half are moved, 2026-12-01\nAll are moved")
    press_in_form(at, "save_draft")
    goal = desk.goal(1)
    assert [(each.title, each.due) for each in goal.milestones] == [
        ("Half are moved", date(2026, 12, 1)),
        ("All are moved", None),
    ]
    assert goal.measure is Measure.MILESTONES
