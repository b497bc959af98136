"""What the page of one goal says in sentences, whom it names, and the rules in words with the thresholds of the policy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from core.access.refusals import NoPermission
from core.goals import detail_wording as words
from core.goals.deciding import choices, proposed, saves, tells
from core.goals.decisions import Decision
from core.goals.detail_views import GoalDetail, goal_detail, successors
from core.goals.goal import Goal, Kind, Measure, Owner, Status, Visibility
from core.goals.history_wording import lines
from core.goals.reasons import CODES, Reason
from core.goals.rules_wording import BEGIN, END, rules_in_words, with_reasons
from core.goals.terms import terms_of
from core.policy import Policy
from tests.core.goals.desk import NOW, POLICY, START, TODAY, Desk, later

FOUND = (Reason("off_pace", 2, {}, "76 % of the way was expected by today; 43 % is done."),)


def read(desk: Desk, goal: int, who: str = "boss", on: date = TODAY) -> GoalDetail:
    """A goal as an account opens it."""
    with desk.engine.connect() as connection:
        return goal_detail(connection, desk.viewer(who, on), goal, policy=POLICY, as_of=on)


@pytest.fixture
def desk(sqlite_engine: Engine) -> Desk:
    """People who set goals."""
    return Desk(sqlite_engine)


@pytest.fixture
def detail(desk: Desk) -> Callable[..., GoalDetail]:
    """Opens a goal of the desk."""
    return partial(read, desk)


def day(number: int) -> datetime:
    """So many days after the goals of the desk begin."""
    return NOW + (START - TODAY) + timedelta(days=number)


def test_every_reason_has_its_rule_in_words() -> None:
    """One for each of the fourteen, and each says what it takes to weigh one or two."""
    found = rules_in_words(Policy())

    assert tuple(found) == CODES
    assert all(rule.once or rule.twice for rule in found.values())


def test_the_rules_follow_the_policy() -> None:
    """Another threshold in the policy is another number in the words, on the screen and in the documentation."""
    stricter = Policy().goals.model_copy(update={"gap_behind": 0.25, "most_objectives": 5, "revisit_from": 4})
    policy = Policy().model_copy(update={"goals": stricter})

    assert words.why(FOUND, policy)["Off pace"].startswith(
        "76\u00a0% of the way was expected by today; 43\u00a0% is done. The rule: 25 points or more behind"
    )
    page = with_reasons(f"before\n{BEGIN}\nold\n{END}\nafter", policy)
    assert page.startswith("before\n") and page.endswith("\nafter") and "old" not in page
    assert "25 points or more" in page and "more than 5 open objectives" in page and "weigh 4" in page


@pytest.mark.parametrize("page", ["", BEGIN, END, f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{END}"])
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    """Nothing is written over where the marks are not there, or there twice."""
    with pytest.raises(ValueError, match="once each"):
        with_reasons(page, Policy())


def test_what_applies_is_not_always_enough_for_the_list() -> None:
    """Nothing, something that weighs one, and something that weighs two read differently."""
    one = (replace(FOUND[0], severity=1),)

    assert words.why_heading((), POLICY) == "Not on the list"
    assert words.why_heading(one, POLICY) == "Worth knowing"
    assert words.why_heading(FOUND, POLICY) == "Why it is on the list"


def test_an_active_goal_says_where_its_pace_leads(desk: Desk, detail: Callable[..., GoalDetail]) -> None:
    """Met, not met, and away from the target."""
    goal = desk.active(measure=Measure.INCREASE)
    assert words.sentence(detail(goal)) == "Nobody has said yet how far it is."
    desk.check_in(goal, value=10.0, at=day(40))
    assert words.sentence(detail(goal)) == "At this pace it reaches 44\u00a0teams by the due date."
    desk.check_in(goal, value=-1.0, at=day(42))
    assert words.sentence(detail(goal)) == "At this pace there is no progress by the due date."
    desk.check_in(goal, value=60.0, at=day(44))
    assert words.sentence(detail(goal)) == "At this pace it is met by the due date."


@pytest.mark.parametrize(
    ("value", "said"),
    [(96.0, "The line is held: 96\u00a0% against 95\u00a0%."), (94.0, "The line is not held: 94\u00a0% against 95\u00a0%.")],
)  # fmt: skip
def test_a_line_is_held_or_not(desk: Desk, detail: Callable[..., GoalDetail], value: float, said: str) -> None:
    """A line that is to be held has no pace."""
    goal = desk.active(measure=Measure.STAY_ABOVE, baseline=None, target=95.0, unit="%")
    desk.check_in(goal, value=value, at=day(40))
    assert words.sentence(detail(goal)) == said


def test_a_kpi_is_within_its_range_or_outside(desk: Desk, detail: Callable[..., GoalDetail]) -> None:
    """And has no value at first."""
    goal = desk.active(kind=Kind.KPI, measure=Measure.RANGE, baseline=None, target=None, low=2.0, high=4.0, unit="%")
    assert words.sentence(detail(goal)) == "No value was given yet."
    desk.check_in(goal, value=5.0, at=day(40))
    assert words.sentence(detail(goal)) == "It is at 5\u00a0%, outside its healthy range."


def test_an_objective_speaks_of_its_key_results(desk: Desk, detail: Callable[..., GoalDetail]) -> None:
    """Together, and by the weakest of them."""
    objective = desk.active(kind=Kind.OBJECTIVE, measure=Measure.NONE, baseline=None, target=None, unit="")
    for value in (0.0, 60.0):
        below = desk.active(parent_id=objective, standalone=False)
        desk.check_in(below, value=value, at=day(40))
    assert (
        words.sentence(detail(objective))
        == "Its key results are at 30\u00a0% together, and the weakest of them is behind."
    )


def test_a_goal_that_is_not_active_says_so(desk: Desk, detail: Callable[..., GoalDetail]) -> None:
    """Paused, taken up, closed, archived, drafted, proposed: each in a sentence."""
    goal = desk.active()
    desk.decide(goal, Decision.PAUSE)
    assert words.sentence(detail(goal)) == "It is paused, and asks for nothing until it is taken up again."
    assert words.state(detail(goal)) == "Paused"
    desk.decide(goal, Decision.DONE, based_on=2)
    assert words.sentence(detail(goal)) == "It was closed as done on 20 February 2026."
    draft = desk.draft().goal_id
    assert words.sentence(detail(draft, "emp")) == "It is a draft. Propose it on My goals when it is ready."
    assert words.terms_heading(detail(draft, "emp")) == "What is drafted"
    desk.propose(draft)
    assert words.sentence(detail(draft, "boss")) == "It waits for you on My goals."
    assert words.sentence(detail(draft, "emp")) == "It is active as soon as both have agreed."


def test_who_sees_it_is_said_for_every_kind(desk: Desk, detail: Callable[..., GoalDetail]) -> None:
    """Open, private, and a person's own wellbeing goal, to its owner."""
    viewer = desk.viewer("emp")
    private = desk.active(visibility=Visibility.PRIVATE)
    own = desk.active(kind=Kind.WELLBEING, visibility=Visibility.PRIVATE)

    assert "Everyone who works here sees the goal" in words.seen_by(detail(desk.active(), "emp"), viewer)
    assert "never counted" in words.seen_by(detail(private, "emp"), viewer)
    assert words.seen_by(detail(own, "emp"), viewer).startswith("Only you see this, and whomever you share it with.")
    assert words.note_readers(desk.goal(own)) == "Only you read confidence and note."
    assert "whoever leads the unit" not in words.note_readers(desk.goal(private))


def test_a_goal_above_that_is_not_shown_is_not_named(engine: Engine) -> None:
    """Titles of goals that the viewer may not see stay away from the page, also from its history."""
    desk = Desk(engine)
    detail = partial(read, desk)
    hidden = desk.active(owner="other", title="Nobody's business", visibility=Visibility.PRIVATE)
    goal = desk.active(parent_id=hidden, standalone=False)

    found = detail(goal)

    assert hidden not in found.titles and found.page.parent is None
    assert detail(hidden, "other").goal.title == "Nobody's business"
    with pytest.raises(NoPermission):
        detail(hidden, "boss")


def test_the_history_tells_who_did_what_and_why(engine: Engine) -> None:
    """Newest first, by name: check-ins with what they said, decisions with what they changed; former owners by name as well."""
    desk = Desk(engine)
    detail = partial(read, desk)
    goal = desk.settled(Visibility.OPEN, start=START)
    desk.check_in(goal, value=55.0, confidence=7, note="A start.", at=NOW)
    desk.decide(goal, Decision.HAND_OVER, owner=Owner(person="peer"), based_on=1, at=later(1))

    found = detail(goal, "boss", TODAY + timedelta(days=1))
    told = [text for _, text in lines(found.page, found.names, found.titles)]

    assert told[0] == "The boss: Handed over. Whose goal: peer, was emp. “We looked at it together.”"
    assert told[1] == "The emp: 55 minutes, confidence 7 of 10. A start."
    assert told[-1] == "The emp: Drafted."


def test_those_who_only_look_read_the_values_and_nothing_else(desk: Desk, detail: Callable[..., GoalDetail]) -> None:
    """No name, confidence, note or decision."""
    goal = desk.active()
    desk.check_in(goal, value=55.0, confidence=7, note="A start.", at=NOW)
    desk.decide(goal, Decision.KEEP)

    found = detail(goal, "far")

    assert [text for _, text in lines(found.page, found.names, found.titles)] == ["55 teams"]
    assert found.page.reasons is None and found.page.history is None


def test_what_can_be_decided_follows_the_goal_and_the_reader(desk: Desk) -> None:
    """A paused goal is taken up again; a private one is handed over by its owner alone, a wellbeing goal by nobody."""
    boss, emp = desk.viewer("boss"), desk.viewer("emp")
    goal = Goal(1, "t", Kind.KEY_RESULT, Measure.INCREASE, owner=Owner(person="emp", name="Emp"))
    private = replace(goal, visibility=Visibility.PRIVATE)

    assert choices(boss, goal)[0] is Decision.KEEP and Decision.HAND_OVER in choices(boss, goal)
    assert choices(boss, replace(goal, status=Status.PAUSED))[0] is Decision.RESUME
    assert Decision.HAND_OVER not in choices(boss, private) and Decision.HAND_OVER in choices(emp, private)
    assert Decision.HAND_OVER not in choices(emp, replace(private, kind=Kind.WELLBEING))


def test_the_reasons_suggest_a_choice() -> None:
    """Late in a team without room: re-scope. No active owner: hand over. Else the first."""
    offered = (Decision.KEEP, Decision.RE_SCOPE, Decision.PAUSE, Decision.STOP, Decision.HAND_OVER, Decision.DONE)
    tired = Reason("capacity_conflict", 1, {}, "")

    assert proposed((*FOUND, tired), offered) is Decision.RE_SCOPE
    assert proposed(FOUND, offered) is Decision.KEEP
    assert proposed((Reason("no_active_owner", 2, {}, ""),), offered) is Decision.HAND_OVER
    assert proposed((Reason("no_active_owner", 2, {}, ""),), offered[:3]) is Decision.KEEP


def test_the_button_promises_what_holds(desk: Desk) -> None:
    """The owner is told who is somebody else and keeps the goal; nobody else is promised anything."""
    boss, emp = desk.viewer("boss"), desk.viewer("emp")
    goal = Goal(1, "t", Kind.KEY_RESULT, Measure.INCREASE, owner=Owner(person="emp", name="Emp"))

    assert saves(boss, goal, Decision.STOP) == "Save and tell the owner"
    assert saves(emp, goal, Decision.STOP) == saves(boss, goal, Decision.HAND_OVER) == "Save"
    assert "The new owner finds it on My goals." in tells(boss, goal, Decision.HAND_OVER)
    assert saves(boss, replace(goal, owner=Owner(unit="Co/A", name="A")), Decision.KEEP) == "Save"


def test_a_successor_is_somebody_to_whom_the_viewer_may_give_a_goal(engine: Engine) -> None:
    """Every name that is offered is taken; the owner is not offered again; nobody for a private goal of somebody else."""
    desk = Desk(engine)
    goal = desk.active()
    with desk.engine.connect() as connection:
        offered = successors(connection, desk.viewer("boss"), desk.goal(goal), TODAY)
        private = replace(desk.goal(goal), visibility=Visibility.PRIVATE)
        assert successors(connection, desk.viewer("boss"), private, TODAY) == ()

    assert {each.person or each.unit for each in offered} == {"boss", "peer", "Co/A/One"}
    for based_on, each in enumerate(offered, start=1):
        assert desk.decide(goal, Decision.HAND_OVER, owner=each, based_on=based_on).version == based_on + 1
    assert terms_of(desk.goal(goal)).owner.unit == "Co/A/One"
