"""My goals and the form's choices: what is one's own and nobody else's, whom one may name, and milestones as lines."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.goals.choices import Choices, choices
from core.goals.commands import share
from core.goals.decisions import Decision
from core.goals.form_rules import MEASURES_OF, measured_by, owners_for, partner
from core.goals.goal import Kind, Measure, Milestone, Owner, Status, Visibility
from core.goals.milestone_lines import lines_of_milestones, milestones_of_lines
from core.goals.mine_views import MyGoals, my_goals
from core.goals.templates import TEMPLATES
from core.goals.terms import TermRefused, Terms
from core.goals.terms_wording import facts, way
from tests.core.goals.desk import ACCOUNTS, BEYOND, NOW, ONE, POLICY, START, TERMS, TODAY, TWO, Desk


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """An organisation with people who set goals."""
    return Desk(engine)


def mine(desk: Desk, who: str = "emp", on: date = TODAY) -> MyGoals:
    """My goals of an account."""
    with desk.engine.connect() as connection:
        return my_goals(connection, desk.viewer(who, on), policy=POLICY, as_of=on)


def offered(desk: Desk, who: str) -> Choices:
    """What the form offers an account."""
    with desk.engine.connect() as connection:
        return choices(connection, desk.viewer(who), on=TODAY)


def test_everything_of_ones_own_is_there_and_nothing_else(desk: Desk) -> None:
    """Owned, shared with others, stood in for; drafts, proposals; not those of a colleague, not what was archived long ago."""
    own = desk.active(title="Own")
    desk.active(title="Of a colleague", owner="peer")
    together = desk.draft("peer", owner=Owner("peer"), co_owners=("emp",)).goal_id
    desk.propose(together, "peer")
    desk.agree(together)
    draft, proposed = desk.draft().goal_id, desk.draft(title="Proposed").goal_id
    desk.propose(proposed)
    closed = desk.active(title="Done", status=Status.DONE, closed_on=date(2026, 2, 1))
    desk.active(title="Done long ago", status=Status.DONE, closed_on=date(2024, 2, 1))

    found = mine(desk)
    assert {each.line.goal.id for each in found.goals} == {own, together, closed}
    assert [each.goal.id for each in found.drafts] == [draft]
    assert [(each.goal.id, each.waits, each.other) for each in found.proposals] == [(proposed, False, "The boss")]
    boss = mine(desk, "boss")
    assert [(each.goal.id, each.waits, each.author) for each in boss.proposals] == [(proposed, True, "The emp")]
    assert (boss.goals, boss.drafts, boss.about) == ((), (), ("emp",))


@pytest.mark.parametrize("who", [name for name in ACCOUNTS if name not in ("emp", "boss")])
def test_nobody_else_finds_drafts_and_proposals_among_their_own(desk: Desk, who: str) -> None:
    """Neither by position nor by role."""
    desk.draft()
    desk.propose(desk.draft().goal_id)
    found = mine(desk, who)
    assert (found.goals, found.drafts, found.proposals) == ((), (), ())


def test_the_newest_decision_and_the_next_check_in_stand_with_the_goal(desk: Desk) -> None:
    """By whom and why; counted from the newest check-in, and none while it is paused."""
    goal = desk.active(cadence_days=14)
    desk.check_in(goal, value=1.0, on=date(2026, 2, 16))
    desk.decide(goal, Decision.KEEP, reason="First.")
    desk.decide(goal, Decision.KEEP, reason="Second.")
    (own,) = mine(desk).goals
    assert own.decided is not None
    assert (own.decided.by, own.decided.reason, own.next_check_in) == ("The boss", "Second.", date(2026, 3, 2))

    desk.decide(goal, Decision.PAUSE)
    assert mine(desk).goals[0].next_check_in is None


def test_a_shared_wellbeing_goal_says_with_whom(desk: Desk) -> None:
    """It stays on the list of the one whose it is; it is not among the own goals of who may see it."""
    goal = desk.draft(kind=Kind.WELLBEING, visibility=Visibility.PRIVATE).goal_id
    desk.propose(goal)
    with desk.engine.begin() as connection:
        share(connection, desk.viewer("emp"), goal, at=NOW)
    (own,) = mine(desk).goals
    assert (own.shared_with, own.personal) == (("boss",), True)
    assert mine(desk, "boss").goals == ()


def test_a_goal_may_be_given_to_whom_one_manages_or_leads(desk: Desk) -> None:
    """Oneself first; a manager's reports and unit; a leader's everybody below; HR and administrators by their role nobody."""
    owners = {who: [each.person or each.unit for each in offered(desk, who).owners] for who in ACCOUNTS}
    assert owners["emp"] == ["emp"]
    assert owners["boss"] == ["boss", "emp", "peer", ONE]
    assert owners["chief"] == ["chief", "boss", "emp", "far", "peer", "Co/A", ONE, TWO]
    assert owners["hr"] == ["hrp"]
    assert owners["admin"] == []


def test_people_are_named_to_whom_already_knows_them(desk: Desk) -> None:
    """One's manager; colleagues of the own unit only once one sees a goal of theirs; nobody beyond."""
    assert {each.person for each in offered(desk, "emp").people} == {"emp", "boss"}
    desk.active(owner="peer")
    desk.active(owner="other")
    assert {each.person for each in offered(desk, "emp").people} == {"emp", "boss", "peer"}
    assert {each.person for each in offered(desk, "admin").people} == set()


def test_goals_that_may_be_served_are_those_that_one_sees(desk: Desk) -> None:
    """None that is closed, private to others, or about somebody's development or wellbeing; the own unit's come first."""
    far = desk.active(title="Far", owner=BEYOND, kind=Kind.OBJECTIVE, measure=Measure.NONE, due=date(2026, 2, 1))
    near = desk.active(title="Near", owner=ONE, kind=Kind.OBJECTIVE, measure=Measure.NONE)
    desk.active(title="Private", owner="peer", visibility=Visibility.PRIVATE)
    desk.active(title="Development", kind=Kind.DEVELOPMENT)
    desk.active(title="Over", owner=ONE, status=Status.DONE)
    desk.active(title="Mine", kind=Kind.WELLBEING, visibility=Visibility.PRIVATE)
    assert [each.id for each in offered(desk, "emp").above] == [near, far]
    assert offered(desk, "emp").manager == "boss"


@given(
    st.lists(st.tuples(st.text("abc ,;(", min_size=1, max_size=12), st.none() | st.dates(date(2000, 1, 1))), max_size=5)
)
def test_milestones_survive_being_written_as_lines(steps: list[tuple[str, date | None]]) -> None:
    """Whatever the words: read again, they are the same, and what was done stays done."""
    kept = tuple(
        Milestone(" ".join(title.split()) + "x", due, START if place % 2 else None)
        for place, (title, due) in enumerate(steps)
    )
    unique = tuple({each.title: each for each in kept}.values())
    assert milestones_of_lines(lines_of_milestones(unique), unique) == unique


@pytest.mark.parametrize("text", ["Half, 2026-02-30", "2026-03-31", "x\n\nHalf 2026-13-1"])
def test_a_line_that_holds_no_day_or_no_words_is_told_by_its_number(text: str) -> None:
    """The number counts lines as they are seen."""
    with pytest.raises(TermRefused, match=r"^Line [13]") as refused:
        milestones_of_lines(text)
    assert refused.value.field == "milestones"


def test_every_template_can_be_filled_in_and_is_measurable(desk: Desk) -> None:
    """With a title, numbers and days it is taken; each measure is one that its kind offers."""
    numbers = {"baseline": 10.0, "target": 5.0, "low": 1.0, "high": 9.0}
    for template in TEMPLATES:
        owner = Owner(unit=ONE) if template.of_unit else Owner("boss")
        shown = measured_by(template.measure)
        assert template.measure in MEASURES_OF[template.kind]
        given_ = {name: value for name, value in numbers.items() if name in shown}
        saved = desk.draft(
            "boss",
            title=template.example,
            kind=template.kind,
            measure=template.measure,
            owner=owner,
            visibility=template.visibility,
            metric=template.metric,
            unit=template.unit or "x",
            baseline=given_.get("baseline"),
            target=given_.get("target"),
            low=given_.get("low"),
            high=given_.get("high"),
            milestones=(Milestone("Half"),) if "milestones" in shown else (),
            acceptance="It is shown." if "acceptance" in shown else "",
        )
        assert desk.goal(saved.goal_id).kind is template.kind


def test_who_has_to_agree_is_told_before_it_is_proposed() -> None:
    """The one whose goal it is; one's manager for one's own and for a unit's; nobody for one's own wellbeing."""
    names = {"emp": "The emp", "boss": "The boss"}
    for owner, kind, other in (
        (Owner("emp"), Kind.OBJECTIVE, "The emp"),
        (Owner("boss"), Kind.OBJECTIVE, "The chief"),
        (Owner(unit=ONE), Kind.WELLBEING, "The chief"),
        (Owner("boss"), Kind.WELLBEING, ""),
    ):
        terms = Terms("A goal", kind, Measure.NONE, owner)
        assert partner(terms, "boss", names, "The chief") == other
    assert owners_for(Kind.WELLBEING, (Owner("boss"), Owner("emp"), Owner(unit=ONE)), "boss") == (
        Owner("boss"),
        Owner(unit=ONE),
    )


def test_terms_are_told_in_words_without_codes() -> None:
    """Names in place of codes and numbers, days as people write them, and what is as usual is left out."""
    said = facts(TERMS, {"emp": "Noor Haddad"}, {})
    assert said == {
        "Kind": "Key result",
        "Whose goal": "Noor Haddad",
        "How it is measured": "Decrease",
        "What is measured": "Minutes to recover",
        "Counted in": "minutes",
        "From": "60",
        "To": "20",
        "Begins": "5 January 2026",
        "Due": "29 June 2026",
        "Stands alone": "yes",
        "Who sees it": "Everyone",
        "Check-in": "Every two weeks",
    }
    assert way(TERMS) == "from 60 to 20 minutes"
