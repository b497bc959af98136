"""The page of one goal: how it goes, why it is on the list, deciding, checking in; and what it is to those who may not see it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from streamlit.testing.v1 import AppTest

from core.access.tables import AccessLog
from core.calendar import today
from core.goals.commands import add_evidence
from core.goals.decisions import Decision
from core.goals.goal import Kind, Measure, Owner, Status, Visibility
from core.goals.tables import GoalChange, GoalCheckIn, GoalDecision, GoalEvidence, GoalMilestone
from core.goals.terms import terms_of
from tests.core.goals.desk import Desk
from tests.pages.conftest import Jar
from tests.pages.goal_desk import desk_on, opened_as, press, widget, words

TITLE = "Bring recovery after an incident *down* to 20 minutes"
NOTE = "The vendor is late."
SAVE = "Save and tell the owner"


def at(days_ago: int) -> datetime:
    """The start of a day so many days ago."""
    return datetime.combine(today() - timedelta(days=days_ago), time(), UTC)


@pytest.fixture
def desk(database: Engine) -> Desk:
    """People who set goals."""
    return desk_on(database)


@pytest.fixture
def late(desk: Desk) -> int:
    """A goal of `emp` that is behind: ten of thirty minutes after ninety of 130 days."""
    goal = desk.active(
        title=TITLE,
        measure=Measure.DECREASE,
        direction=-1,
        metric="Minutes to recover",
        metric_key="minutes to recover",
        unit="minutes",
        baseline=50.0,
        target=20.0,
        start=today() - timedelta(days=90),
        due=today() + timedelta(days=40),
        active_since=today() - timedelta(days=90),
    )
    for days, value in ((70, 48.0), (50, 46.0), (30, 43.0), (2, 40.0)):
        desk.check_in(goal, at=at(days), value=value, confidence=6, note=NOTE)
    return goal


@pytest.fixture
def opened(database: Engine, jar: Jar) -> Callable[[str, object], AppTest]:
    """Opens the page of a goal as an account."""
    return lambda name, goal: opened_as(database, jar, name, "goal.py", goal=str(goal))


def said(page: AppTest) -> str:
    """All words of the page, its tables and badges among them."""
    tables = "\n".join(each.value.to_string() for each in page.table)
    return f"{words(page)}\n{tables}".replace("\u00a0", " ").replace("\\", "")


def test_a_manager_reads_how_it_goes_and_why_it_is_on_the_list(opened: Callable[..., AppTest], late: int) -> None:
    """Title, pace, every reason with its evidence and its rule, the history with notes, and what would be on pace."""
    page = opened("boss", late)

    assert [each.value.replace("\\", "") for each in page.title] == [TITLE]
    shown = said(page)
    assert "At this pace it reaches 35 minutes by the due date." in shown
    assert "Off pace by 36 points" in shown
    assert "69 % of the way was expected by today; 33 % is done. The rule: 16.5 points or more behind" in shown
    assert "The emp: 40 minutes, confidence 6 of 10. The vendor is late." in shown
    assert "36 minutes by" in page.radio[0].proto.captions[1].replace("\\", "")
    assert len(page.get("plotly_chart")) == 1


def test_somebody_else_sees_goal_and_progress_alone(opened: Callable[..., AppTest], late: int) -> None:
    """Everybody may read an open goal with its values; no reason, note, confidence, name of who checked in, or decision."""
    page = opened("far", late)

    shown = said(page)
    assert TITLE in shown and "40 minutes" in shown
    for hidden in ("Off pace", NOTE, "confidence", "Decide", "The emp", "History", "Check in"):
        assert hidden not in shown
    assert not page.radio
    assert {each.key for each in page.button} == {"up_goals"}


def in_dialog(page: AppTest, kind: str, ending: str) -> Any:
    """The widget of the open dialog whose key ends so; the page under it has a form of its own."""
    return next(
        each for each in getattr(page, kind) if str(each.key).endswith(f"_{ending}") and "_snooze-" in str(each.key)
    )


@pytest.mark.parametrize("asked", ["999999", "", "x", "1e3", "-1", "٣", "9" * 30])
def test_a_goal_that_is_not_there_reads_like_one_that_is_not_shown(
    opened: Callable[..., AppTest], desk: Desk, asked: str
) -> None:
    """A private goal of somebody else, an unknown number and no number at all give one and the same calm state."""
    private = desk.active(title="Only for two", visibility=Visibility.PRIVATE)

    hidden, unknown = opened("peer", private), opened("peer", asked)

    assert said(hidden) == said(unknown)
    assert "Not part of your view" in said(hidden) and "Only for two" not in said(hidden)
    assert "to_goals" in {each.key for each in hidden.button}


@pytest.mark.parametrize("name", ["peer", "far", "other", "otherboss", "hr"])
def test_nobody_else_opens_a_draft_or_a_wellbeing_goal(opened: Callable[..., AppTest], desk: Desk, name: str) -> None:
    """By its address as by any other way: not for colleagues, other managers or HR."""
    draft = desk.draft(title="A quiet thought").goal_id
    own = desk.active(title="Sleep before midnight", kind=Kind.WELLBEING, visibility=Visibility.PRIVATE)

    for goal in (draft, own):
        shown = said(opened(name, goal))
        assert "Not part of your view" in shown
        assert "A quiet thought" not in shown and "Sleep before midnight" not in shown


def test_an_administrator_has_no_page_of_goals(opened: Callable[..., AppTest], late: int) -> None:
    """Being an administrator opens no goal."""
    assert "Being an administrator does not open it." in said(opened("admin", late))


def test_a_re_scope_that_is_on_pace_takes_one_click_and_a_reason(
    opened: Callable[..., AppTest], desk: Desk, late: int
) -> None:
    """The target that would be on pace is filled in; saved, it shows at once and stands in the owner's history."""
    page = opened("boss", late)
    page.radio[0].set_value("re_scope").run()
    assert widget(page, "number_input", "target").value == 36.0

    widget(page, "text_area", "reason").set_value("The *vendor* is late.")
    press(page, widget(page, "button", "save_re_scope").key)

    goal = desk.goal(late)
    assert (goal.target, goal.version) == (36.0, 2)
    assert "Re-scoped. emp sees it on My goals." in said(page)
    shown = said(opened("emp", late))
    assert "The boss: Re-scoped. To: 36, was 20. “The *vendor* is late.”" in shown


def test_a_decision_needs_a_reason_and_keeps_what_was_typed(
    opened: Callable[..., AppTest], desk: Desk, late: int
) -> None:
    """Without one nothing is saved, it says so, and the choice and the target stay."""
    page = opened("boss", late)
    page.radio[0].set_value("re_scope").run()
    widget(page, "number_input", "target").set_value(30.0).run()

    press(page, widget(page, "button", "save_re_scope").key)

    assert "A decision needs words." in said(page)
    assert widget(page, "number_input", "target").value == 30.0
    assert desk.goal(late).version == 1


def test_whoever_is_slower_sees_both_versions_and_nothing_is_lost(
    opened: Callable[..., AppTest], desk: Desk, late: int
) -> None:
    """Somebody re-scopes while another one types: both targets stand side by side, with who did it; saving again decides."""
    page = opened("boss", late)
    page.radio[0].set_value("re_scope").run()
    widget(page, "number_input", "target").set_value(30.0)
    widget(page, "text_area", "reason").set_value("We agreed on thirty.").run()
    desk.decide(late, Decision.RE_SCOPE, who="emp", terms=replace(terms_of(desk.goal(late)), target=25.0))

    press(page, widget(page, "button", "save_re_scope").key)

    shown = said(page)
    assert "Your text is kept; compare before saving." in shown
    assert "The emp: Re-scoped. To: 25, was 20." in shown
    both = next(each.value for each in page.table if "As you wrote it" in each.value)
    assert list(both.iloc[0]) == ["To", "25", "30"]
    assert widget(page, "text_area", "reason").value == "We agreed on thirty."
    assert desk.goal(late).target == 25.0

    press(page, widget(page, "button", "save_re_scope").key)

    assert (desk.goal(late).target, desk.goal(late).version) == (30.0, 3)
    with desk.engine.connect() as connection:
        steps = connection.scalars(select(GoalChange.by).where(GoalChange.action == "decided: re_scope")).all()
    assert steps == ["The emp", "The boss"]


def test_a_form_in_which_nothing_was_typed_follows_the_goal(
    opened: Callable[..., AppTest], desk: Desk, late: int
) -> None:
    """What was filled in for an older version goes when the goal has changed and nothing was typed."""
    page = opened("boss", late)
    page.radio[0].set_value("re_scope").run()
    desk.decide(late, Decision.RE_SCOPE, who="emp", terms=replace(terms_of(desk.goal(late)), target=39.0))

    page.run()
    page.radio[0].set_value("re_scope").run()

    assert widget(page, "number_input", "target").value == 39.0


def test_a_goal_ends_as_stopped_done_or_handed_over(opened: Callable[..., AppTest], desk: Desk, late: int) -> None:
    """The fourth choice asks which; a successor is somebody whom the viewer may give a goal to."""
    page = opened("boss", late)
    page.radio[0].set_value("end").run()
    page.get("button_group")[0].set_value(Decision.HAND_OVER).run()
    successor = widget(page, "selectbox", "owner")
    assert "peer" in successor.options and "other" not in successor.options and "emp" not in successor.options

    successor.select("peer")
    widget(page, "text_area", "reason").set_value("Peer has room.")
    press(page, widget(page, "button", "save_hand_over").key)

    assert desk.goal(late).owner.person == "peer"
    assert "To: " not in said(page) and "Whose goal: peer, was emp" in said(page)


def test_a_snoozed_goal_says_when_it_is_back(opened: Callable[..., AppTest], desk: Desk, late: int) -> None:
    """A snooze asks for a reason, and the page says until when."""
    page = press(opened("boss", late), "snooze")
    assert "It leaves the list, and is back on" in said(page)
    in_dialog(page, "text_area", "reason").set_value("We look again after the release.")
    page.button(key="snooze").set_value(True)
    press(page, in_dialog(page, "button", "save").key)

    until = desk.page(late, "boss", today()).snoozed_until
    assert until is not None and until > today()
    assert "Snoozed: back on the list on" in said(opened("boss", late))


def test_the_owner_checks_in(opened: Callable[..., AppTest], desk: Desk, late: int) -> None:
    """Value, confidence and note for a day; the page shows them at once."""
    page = press(opened("emp", late), "check_in")
    widget(page, "number_input", "value").set_value(36.0)
    widget(page, "number_input", "confidence").set_value(8)
    widget(page, "text_area", "note").set_value("The new rota helps.")
    page.button(key="check_in").set_value(True)
    page.button[-1].click().run()

    with desk.engine.connect() as connection:
        row = connection.execute(select(GoalCheckIn).order_by(GoalCheckIn.id.desc()).limit(1)).one()
    assert (row.value, row.confidence, row.note, row.day) == (36.0, 8, "The new rota helps.", today())
    assert "The emp: 36 minutes, confidence 8 of 10. The new rota helps." in said(page)


def test_milestones_are_ticked(opened: Callable[..., AppTest], desk: Desk) -> None:
    """A box for each; a ticked one is done on the day, and the picture rises."""
    goal = desk.active(
        title="Move", measure=Measure.MILESTONES, pace="milestones", baseline=None, target=None,
        acceptance="All moved", start=today() - timedelta(days=20), due=today() + timedelta(days=20),
    )  # fmt: skip
    with desk.engine.begin() as connection:
        rows = [
            {"goal_id": goal, "place": place, "title": f"Step {place}", "due": today(), "done_on": None, "weight": 1.0}
            for place in (1, 2)
        ]
        connection.execute(insert(GoalMilestone), rows)

    page = press(opened("emp", goal), "check_in")
    widget(page, "checkbox", "milestone_2").check()
    page.button(key="check_in").set_value(True)
    page.button[-1].click().run()

    assert [each.done_on for each in desk.goal(goal).milestones] == [None, today()]
    assert "50 % of the way is done" in said(page)


def test_a_link_is_a_link_only_when_it_leads_to_a_page(opened: Callable[..., AppTest], desk: Desk, late: int) -> None:
    """What came in by other ways and would run a script is shown as words; text in names is text."""
    with desk.engine.begin() as connection:
        viewer = desk.viewer("emp")
        add_evidence(connection, viewer, late, label="The *board*", link="https://wiki.example/a?b=1", at=at(1))
        row = {"goal_id": late, "label": "Bad", "link": "javascript:alert(1)", "by": "a file", "at": at(1)}
        connection.execute(insert(GoalEvidence), row)

    page = opened("boss", late)

    links = [each.proto.url for each in page.get("link_button")]
    assert links == ["https://wiki.example/a?b=1"]
    assert "The *board*" not in said(page) or "wiki.example" in said(page)
    assert "javascript:alert(1)" in said(page)


def test_an_objective_shows_its_key_results_a_page_at_a_time(opened: Callable[..., AppTest], desk: Desk) -> None:
    """Forty key results under one objective: eight are drawn, the others are a page away."""
    objective = desk.active(
        title="Calm", kind=Kind.OBJECTIVE, measure=Measure.NONE, baseline=None, target=None, unit=""
    )
    for number in range(40):
        desk.active(title=f"Result {number}", parent_id=objective, standalone=False)

    page = opened("boss", objective)

    drawn = [each.key for each in page.button if str(each.key).startswith("open_")]
    assert len(drawn) == 8
    assert "Key results" in said(page)


def test_what_is_over_can_be_archived_and_stays_on_record(
    opened: Callable[..., AppTest], desk: Desk, late: int
) -> None:
    """A stopped goal leaves every list with a reason; its address still shows it."""
    desk.decide(late, Decision.STOP)
    page = press(opened("boss", late), "archive")
    widget(page, "text_area", "reason").set_value("The quarter is over.")
    page.button(key="archive").set_value(True)
    press(page, widget(page, "button", "save").key)

    assert desk.page(late, "boss", today()).archived
    assert "It is archived: on no list any more" in said(opened("boss", late))


def test_a_look_at_a_private_goal_is_on_record_once_a_visit(
    opened: Callable[..., AppTest], desk: Desk, database: Engine
) -> None:
    """The manager's look at a private goal is told to its owner; the owner's own, and looks at open goals, are not."""
    private = desk.active(title="Learn to say no", visibility=Visibility.PRIVATE, kind=Kind.DEVELOPMENT)
    page = opened("boss", private)
    page.run()
    opened("emp", private)

    with database.connect() as connection:
        looks = connection.execute(select(AccessLog.viewer, AccessLog.subject, AccessLog.what, AccessLog.reads)).all()
    assert [tuple(each) for each in looks] == [("boss", "emp", "goals", 1)]


def test_a_proposal_says_where_it_waits(opened: Callable[..., AppTest], desk: Desk) -> None:
    """The other one is led to My goals, where both agree."""
    goal = desk.draft().goal_id
    desk.propose(goal)

    shown = said(opened("boss", goal))

    assert "It waits for you on My goals." in shown
    assert "A proposal: the two who are agreeing on it see it." in shown


def test_the_owner_of_a_unit_s_goal_is_told_in_the_history(opened: Callable[..., AppTest], desk: Desk) -> None:
    """Nobody is promised to be told where no person owns the goal, or where one decides for oneself."""
    unit = desk.active(owner="Co/A/One", title="The team's goal")
    own = desk.active(owner="boss", title="The manager's own")

    assert widget(opened("boss", unit), "button", "save_keep").label == "Save"
    assert widget(opened("boss", own), "button", "save_keep").label == "Save"
    assert widget(opened("chief", own), "button", "save_keep").label == SAVE


def test_a_decision_is_kept_with_the_reasons_that_held(opened: Callable[..., AppTest], desk: Desk, late: int) -> None:
    """Keeping it, with a reason: nothing changes but the record."""
    page = opened("boss", late)
    widget(page, "text_area", "reason").set_value("The plan still holds.")
    press(page, widget(page, "button", "save_keep").key)

    with desk.engine.connect() as connection:
        row = connection.execute(select(GoalDecision)).one()
    assert (row.decision, row.by, row.day) == ("keep", "The boss", today())
    assert "off_pace" in row.reasons
    assert desk.goal(late).status is Status.ACTIVE and desk.goal(late).owner == Owner("emp", "", "emp")
