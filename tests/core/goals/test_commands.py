"""Goals are agreed by two, changed with a reason, decided about, and never lost: commands, history, bad input, two at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.access.changes import verify
from core.access.refusals import NoPermission, Refused
from core.access.tables import ChangeLog, User
from core.goals.commands import add_evidence, edit, finish_milestone
from core.goals.decisions import Decision, archive, snooze, withdraw
from core.goals.goal import Kind, Measure, Milestone, Owner, Status, Visibility
from core.goals.history import ChangedMeanwhile
from core.goals.tables import GoalChange, GoalRow
from core.goals.terms import metric_key, terms_of
from core.people.tables import Assignment
from tests.core.goals.desk import NOW, ONE, POLICY, START, TERMS, TODAY, Desk, later
from tests.databases import EngineOf
from tests.organisations import codes


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """The organisation without goals, on both databases."""
    return Desk.on(engine_of("desk", Desk))


@pytest.fixture
def small(sqlite_engine_of: EngineOf) -> Desk:
    """The same on one database, for rules that SQL has no part in."""
    return Desk.on(sqlite_engine_of("desk", Desk))


# --- agreed by two -------------------------------------------------------------------------------------------------


def test_a_goal_is_active_when_both_have_agreed_to_the_same_version(desk: Desk) -> None:
    """Drafted, proposed, changed by the manager (proposed back), agreed by the employee."""
    goal = desk.draft().goal_id
    assert desk.goal(goal).status is Status.DRAFT
    assert desk.propose(goal) is Status.PROPOSED
    assert desk.page(goal, "boss").waits_for_viewer and not desk.page(goal, "emp").waits_for_viewer
    assert desk.edit(goal, "boss", target=25.0).version == 2
    assert desk.page(goal, "emp").waits_for_viewer and not desk.page(goal, "boss").waits_for_viewer
    with pytest.raises(ChangedMeanwhile):
        desk.agree(goal, "emp", based_on=1)
    assert desk.agree(goal, "emp", based_on=2) is Status.ACTIVE
    page = desk.page(goal, "emp")
    assert (page.goal.active_since, page.goal.target, page.agreed_by) == (TODAY, 25.0, ("The boss", "The emp"))
    assert page.history is not None
    assert [(step.by, step.action, step.version) for step in page.history] == [
        ("The emp", "drafted", 1),
        ("The emp", "proposed", 1),
        ("The boss", "changed", 2),
        ("The emp", "agreed", 2),
        ("The emp", "became active", 2),
    ]
    assert page.history[2].changes == {"target": [20.0, 25.0]}


def test_one_alone_cannot_make_a_goal_active(desk: Desk) -> None:
    """Agreeing twice is agreeing once; a third one is not asked."""
    goal = desk.draft().goal_id
    desk.propose(goal)
    assert desk.agree(goal, "emp") is Status.PROPOSED
    for who in ("peer", "chief", "hr"):
        with pytest.raises(NoPermission):
            desk.agree(goal, who)
    assert desk.agree(goal, "boss") is Status.ACTIVE


def test_a_manager_proposes_to_a_report_who_agrees(desk: Desk) -> None:
    """Either of the two begins; nobody proposes to somebody else's people."""
    goal = desk.draft("boss").goal_id
    with pytest.raises(NoPermission):
        desk.page(goal, "emp")  # a draft is its author's
    desk.propose(goal, "boss")
    assert desk.agree(goal, "emp") is Status.ACTIVE
    for who in ("otherboss", "peer", "hr"):
        with pytest.raises(NoPermission):
            desk.draft(who)


def test_a_unit_s_goal_is_written_by_those_who_lead_it(desk: Desk) -> None:
    """Agreed with one's own manager; where the roster names none, nobody else has to."""
    team = {"owner": Owner(unit=ONE), "kind": Kind.OBJECTIVE, "measure": Measure.NONE, "metric": "", "unit": ""}
    goal = desk.draft("boss", **team).goal_id
    assert desk.propose(goal, "boss") is Status.PROPOSED
    assert desk.agree(goal, "chief") is Status.ACTIVE
    top = desk.draft("chief", **{**team, "owner": Owner(unit="Co/A")}).goal_id
    assert desk.propose(top, "chief") is Status.ACTIVE
    for who in ("emp", "otherboss", "hr"):
        with pytest.raises(NoPermission):
            desk.draft(who, **team)


# --- history and locking -------------------------------------------------------------------------------------------


def test_two_who_edit_at_once_lose_nothing(desk: Desk) -> None:
    """The second is refused with both versions, saves on top of the first, and the history has all of it."""
    goal = desk.settled(Visibility.OPEN)
    desk.edit(goal, "emp", target=25.0)
    with pytest.raises(ChangedMeanwhile) as refused:
        desk.edit(goal, "boss", title="Recover quickly", based_on=1)
    assert (refused.value.theirs.target, refused.value.theirs.version) == (25.0, 2)
    assert refused.value.yours is not None and refused.value.yours.title == "Recover quickly"
    assert desk.goal(goal).title == TERMS.title  # nothing of it was saved
    desk.edit(goal, "boss", title="Recover quickly", target=25.0, based_on=2)
    kept = desk.goal(goal)
    assert (kept.title, kept.target, kept.version) == ("Recover quickly", 25.0, 3)


def test_of_edits_at_the_same_moment_exactly_one_is_saved(desk: Desk) -> None:
    """Whatever the database does in between."""
    goal = desk.settled(Visibility.OPEN)
    viewers = [desk.viewer(who) for who in ("emp", "boss", "chief")]
    start = Barrier(len(viewers))

    def attempt(place: int) -> str:
        start.wait()
        try:
            with desk.engine.begin() as connection:
                terms = replace(TERMS, title=f"Title of {place}")
                edit(connection, viewers[place], goal, terms, based_on=1, reason="r", at=NOW, policy=POLICY)
        except ChangedMeanwhile as refused:
            assert refused.yours is not None and refused.yours.title == f"Title of {place}"
            return "refused"
        return "saved"

    with ThreadPoolExecutor(len(viewers)) as pool:
        outcomes = list(pool.map(attempt, range(len(viewers))))
    assert sorted(outcomes) == ["refused", "refused", "saved"]
    assert desk.goal(goal).title == f"Title of {outcomes.index('saved')}"
    with desk.engine.connect() as connection:
        changed = select(func.count()).select_from(GoalChange).where(GoalChange.action == "changed")
        assert connection.scalar(changed) == 1


def test_every_change_is_in_the_history_and_in_the_change_log_which_says_no_words(desk: Desk) -> None:
    """Who, when, from what to what, and why; the log of the house knows only that."""
    goal = desk.settled(Visibility.OPEN)
    desk.check_in(goal, value=55.0, confidence=7, note="A note of mine")
    desk.edit(goal, "emp", title="Other words", reason="Because of this")
    desk.decide(goal, Decision.PAUSE, reason="We wait for parts", based_on=2)
    page = desk.page(goal)
    assert page.history is not None
    assert [step.action for step in page.history][-3:] == ["checked in", "changed", "decided: pause"]
    assert page.history[-2].changes == {"title": [TERMS.title, "Other words"]}
    assert [step.reason for step in page.history][-2:] == ["Because of this", "We wait for parts"]
    with desk.engine.connect() as connection:
        logged = connection.execute(
            select(ChangeLog.action, ChangeLog.detail).where(ChangeLog.subject == f"goal {goal}")
        ).all()
        assert verify(connection).broken_at is None
    assert len(logged) == len(page.history)
    for words in ("Other words", "Because", "parts", "note of mine", TERMS.title):
        assert words not in str(logged)


def test_saving_what_is_there_changes_nothing(small: Desk) -> None:
    """No version, no entry."""
    goal = small.settled(Visibility.OPEN)
    before = small.page(goal).history
    assert small.edit(goal, "emp").version == 1
    assert small.page(goal).history == before


def test_terms_survive_being_read_and_written_back(small: Desk) -> None:
    """What `terms_of` gives of a goal, saved again, is no change."""
    goal = small.settled(
        Visibility.OPEN, co_owners=("far", "peer"), delegate="boss", milestones=(Milestone("One", TODAY, None, 2.0),)
    )
    kept = small.goal(goal)
    with small.engine.begin() as connection:
        saved = edit(
            connection, small.viewer("emp"), goal, terms_of(kept), based_on=1, reason="r", at=NOW, policy=POLICY
        )
    assert saved.version == 1
    assert small.goal(goal) == kept


# --- check-ins, milestones, evidence -------------------------------------------------------------------------------


def test_check_ins_are_kept_in_the_order_of_their_days(desk: Desk) -> None:
    """One for an earlier day that comes later does not become the newest; the row keeps what they come down to."""
    goal = desk.settled(Visibility.OPEN)
    desk.check_in(goal, value=50.0, confidence=8)
    desk.check_in(goal, value=55.0, confidence=9, on=TODAY - timedelta(days=7))
    desk.check_in(goal, value=50.0, at=later(3))
    page = desk.page(goal)
    assert [each.value for each in page.check_ins] == [55.0, 50.0, 50.0]
    assert page.next_check_in == (NOW + timedelta(days=17)).date()
    with desk.engine.connect() as connection:
        row = connection.execute(select(GoalRow.__table__).where(GoalRow.id == goal)).one()
    assert (row.last_on, row.last_value, row.last_confidence, row.before_confidence, row.same_values) == (
        later(3).date(), 50.0, 8, 9, 2,
    )  # fmt: skip
    assert row.reviewed_on == later(3).date()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "says something"),
        ({"note": "   "}, "says something"),
        ({"value": float("nan")}, "not a number"),
        ({"value": float("inf")}, "not a number"),
        ({"confidence": 11}, "0 to 10"),
        ({"confidence": -1}, "0 to 10"),
        ({"value": 1.0, "on": TODAY + timedelta(days=1)}, "not come yet"),
        ({"note": "x" * 2001}, "2,000 characters"),
        ({"note": "turned \u202e round"}, "control character"),
    ],
)
def test_a_check_in_that_cannot_be_is_refused(small: Desk, said: dict[str, Any], why: str) -> None:
    """With what would be right."""
    goal = small.active()
    with pytest.raises(Refused, match=why):
        small.check_in(goal, **said)
    assert small.page(goal).check_ins == ()


def test_milestones_are_marked_and_unmarked(small: Desk) -> None:
    """Progress follows; what is not there is refused."""
    steps = (Milestone("One", date(2026, 2, 1)), Milestone("Two", date(2026, 3, 1), weight=3.0))
    goal = small.settled(Visibility.OPEN, measure=Measure.MILESTONES, milestones=steps, acceptance="Shown.")
    with small.engine.begin() as connection:
        finish_milestone(connection, small.viewer("emp"), goal, 2, done_on=TODAY, at=NOW)
    assert small.page(goal).going.progress == 0.75
    with small.engine.begin() as connection:
        finish_milestone(connection, small.viewer("emp"), goal, 2, done_on=None, at=NOW)
        for place, day in ((3, TODAY), (0, TODAY), (1, TODAY + timedelta(days=1))):
            with pytest.raises(Refused):
                finish_milestone(connection, small.viewer("emp"), goal, place, done_on=day, at=NOW)
    assert small.page(goal).going.progress == 0.0


def test_evidence_is_a_link_to_the_web(small: Desk) -> None:
    """Never a script, a file or two links, nor one that a browser takes elsewhere than where it seems to lead."""
    goal = small.active()
    with small.engine.begin() as connection:
        add_evidence(connection, small.viewer("emp"), goal, label="Board", link="https://board.example/7", at=NOW)
        for link in (
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://a b",
            "",
            "//x",
            "https://",
            "https://[",
            "https:///elsewhere.example",
            "https://elsewhere.example\\@board.example",
            "https://board.example@elsewhere.example",
            "h" * 3000,
        ):
            with pytest.raises(Refused):
                add_evidence(connection, small.viewer("emp"), goal, label="Board", link=link, at=NOW)
    assert [(each.label, each.link) for each in small.page(goal).evidence] == [("Board", "https://board.example/7")]


# --- decisions -----------------------------------------------------------------------------------------------------


def test_each_decision_does_what_it_says_and_keeps_the_reasons_that_held(desk: Desk) -> None:
    """Keep changes nothing; re-scope the terms; pause, resume, stop, done the state; hand over the owner."""
    after = later(300)
    kept = desk.active(title="kept")
    desk.decide(kept, Decision.KEEP, at=after)
    decided = desk.page(kept, on=after.date()).decisions
    assert decided is not None
    assert (decided[0].decision, decided[0].by) == ("keep", "The boss")
    assert {"stale": 2, "overdue": 2}.items() <= decided[0].reasons.items()
    assert desk.goal(kept).version == 1

    scoped = desk.active(title="scoped")
    terms = replace(terms_of(desk.goal(scoped)), target=60.0)
    assert desk.decide(scoped, Decision.RE_SCOPE, terms=terms).version == 2
    assert desk.goal(scoped).target == 60.0

    paused = desk.active(title="paused")
    desk.decide(paused, Decision.PAUSE)
    assert desk.goal(paused).status is Status.PAUSED
    desk.decide(paused, Decision.RESUME, based_on=2)
    assert desk.goal(paused).status is Status.ACTIVE
    desk.decide(paused, Decision.STOP, based_on=3)
    assert (desk.goal(paused).status, desk.goal(paused).closed_on) == (Status.STOPPED, TODAY)

    handed = desk.active(title="handed", delegate_id=None)
    desk.decide(handed, Decision.HAND_OVER, owner=Owner(person="peer"))
    assert desk.goal(handed).owner.person == "peer"


def test_a_decision_needs_a_reason_a_state_and_something_that_changes(small: Desk) -> None:
    """Refused without; nothing is written."""
    goal = small.active()
    for decision, said, why in (
        (Decision.KEEP, {"reason": "  "}, "needs words"),
        (Decision.RE_SCOPE, {}, "what is different"),
        (Decision.RE_SCOPE, {"terms": terms_of(small.goal(goal))}, "Nothing would change"),
        (Decision.HAND_OVER, {}, "new owner"),
        (Decision.HAND_OVER, {"owner": Owner(person="nobody")}, "nobody who is employed"),
        (Decision.RESUME, {}, "cannot be decided"),
        (Decision.KEEP, {"based_on": 7}, "changed while"),
    ):
        with pytest.raises(Refused, match=why):
            small.decide(goal, decision, **said)
    with pytest.raises(NoPermission):
        small.decide(goal, Decision.HAND_OVER, owner=Owner(person="other"))  # somebody else's people
    small.decide(goal, Decision.STOP)
    with pytest.raises(Refused, match="cannot be decided"):
        small.decide(goal, Decision.KEEP, based_on=2)
    with pytest.raises(Refused, match="stopped"):
        small.check_in(goal, value=1.0)
    assert small.goal(goal).version == 2


def test_a_snoozed_goal_is_back_with_its_next_check_in(desk: Desk) -> None:
    """Off the queue until then, with the reason; a decision wakes it up."""
    goal = desk.active(cadence_days=7)
    assert [item.goal.id for item in desk.queue().items] == [goal]
    with desk.engine.begin() as connection:
        viewer = desk.viewer("boss")
        with pytest.raises(Refused, match="needs words"):
            snooze(connection, viewer, goal, reason=" ", at=NOW)
        until = snooze(connection, viewer, goal, reason="Parts come on Monday", at=NOW)
    assert until == date(2026, 2, 23)  # seven weeks after the start on Monday, 5 January
    for on, there in ((TODAY, 0), (until - timedelta(days=1), 0), (until, 1)):
        found = desk.queue(on=on)
        assert (found.found, found.snoozed) == (there, 1 - there)
    assert desk.page(goal, "boss").snoozed_until == until
    desk.decide(goal, Decision.KEEP)
    assert desk.page(goal, "boss").snoozed_until is None


def test_what_is_archived_is_on_no_list_and_still_on_record(desk: Desk) -> None:
    """Only after it is closed; it can be read, and not be changed."""
    goal = desk.active()
    viewer = desk.viewer("emp")
    with desk.engine.begin() as connection, pytest.raises(Refused, match="done or stopped"):
        archive(connection, viewer, goal, reason="Over", at=NOW)
    desk.decide(goal, Decision.DONE)
    with desk.engine.begin() as connection:
        archive(connection, viewer, goal, reason="Over", at=NOW)
    assert desk.own().goals == ()
    page = desk.page(goal)
    assert page.archived and not page.may_edit and not page.may_check_in
    with pytest.raises(NoPermission):
        desk.edit(goal, "emp", based_on=2)
    with desk.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(GoalRow)) == 1


def test_a_draft_is_withdrawn_by_its_author_alone(small: Desk) -> None:
    """Off the list, on record."""
    goal = small.draft().goal_id
    small.propose(goal)
    with small.engine.begin() as connection:
        with pytest.raises(NoPermission):
            withdraw(connection, small.viewer("boss"), goal, at=NOW)
        withdraw(connection, small.viewer("emp"), goal, at=NOW)
    assert small.own().drafts == small.own().proposals == small.own("boss").proposals == ()


# --- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"title": ""}, "title needs words"),
        ({"title": "x" * 5000}, "300 characters at most; this has 5,000"),
        ({"title": "a\x00b"}, "control character"),
        ({"acceptance": "x" * 2001}, "2,000 characters"),
        ({"due": START}, "not after the start"),
        ({"due": START - timedelta(days=1)}, "not after the start"),
        ({"target": 60.0}, "equal to the baseline"),
        ({"target": 70.0}, "the other direction"),
        ({"measure": Measure.INCREASE}, "the other direction"),
        ({"target": float("inf")}, "not a number"),
        ({"baseline": float("nan")}, "not a number"),
        ({"weight": 0.0}, "more than 0"),
        ({"weight": -1.0}, "more than 0"),
        ({"cadence_days": 0}, "1 to 366"),
        ({"cadence_days": 1000}, "1 to 366"),
        ({"owner": Owner()}, "needs an owner"),
        ({"owner": Owner(person="emp", unit=ONE)}, "one owner"),
        ({"owner": Owner(person="nobody")}, "nobody who is employed"),
        ({"owner": Owner(unit="Co/Nowhere")}, "no unit"),
        ({"co_owners": ("emp",)}, "named again"),
        ({"delegate": "nobody"}, "nobody who is employed"),
        ({"parent_id": 999}, "not one that you can see"),
        ({"guardrail_id": 999}, "guardrail"),
        ({"kind": Kind.KPI}, "healthy range"),
        ({"measure": Measure.RANGE, "low": 3.0, "high": 2.0}, "ends before it begins"),
        ({"milestones": (Milestone(""),)}, "needs words"),
        ({"milestones": (Milestone("a", weight=0.0),)}, "more than 0"),
        ({"milestones": tuple(Milestone("a") for _ in range(51))}, "50 milestones"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_what_would_be_right(
    small: Desk, terms: dict[str, Any], why: str
) -> None:
    """Nothing is written."""
    with pytest.raises(Refused, match=why):
        small.draft(**terms)
    with small.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(GoalRow)) == 0


def test_somebody_who_left_gets_no_goal(small: Desk) -> None:
    """From the day after the last one on."""
    with small.engine.begin() as connection:
        leaver = codes(connection)["emp"]
        connection.execute(update(Assignment).where(Assignment.person_id == leaver).values(valid_to=TODAY))
    with pytest.raises(Refused, match="nobody who is employed"):
        small.draft("boss")


def test_scripts_are_text_like_any_other(small: Desk) -> None:
    """Kept as written, to be shown as written."""
    title = "<script>alert('x')</script> ![](x) =1+1 {{7*7}}"
    assert small.goal(small.draft(title=title).goal_id).title == title


def test_a_goal_never_lies_under_itself(desk: Desk) -> None:
    """Not directly, not through others; a tree has twelve levels at most."""
    chain = [desk.active(title="0", kind=Kind.OBJECTIVE)]
    for place in range(1, 12):
        chain.append(desk.active(title=str(place), kind=Kind.OBJECTIVE, parent_id=chain[-1]))
    for above in (chain[0], chain[1], chain[5]):
        with pytest.raises(Refused, match="under itself"):
            moved(desk, chain[0], above)
    with pytest.raises(Refused, match="12 levels"):
        desk.draft(parent_id=chain[-1])
    assert desk.draft(parent_id=chain[-2]).version == 1


def moved(desk: Desk, goal: int, above: int) -> None:
    """The goal is put under another."""
    with desk.engine.begin() as connection:
        terms = replace(terms_of(desk.goal(goal)), parent_id=above)
        edit(connection, desk.viewer("emp"), goal, terms, based_on=1, reason="r", at=NOW, policy=POLICY)


def test_a_parent_of_another_year_has_to_be_meant(small: Desk) -> None:
    """Refused, unless it is said; spans that share a day are of one period."""
    last_year = small.active(start=date(2025, 1, 6), due=date(2025, 12, 29))
    with pytest.raises(Refused, match="another period"):
        small.draft(parent_id=last_year)
    assert small.draft(parent_id=last_year, other_year=True).version == 1
    assert small.draft(parent_id=small.active(due=START + timedelta(days=1))).version == 1


def test_a_goal_is_not_seen_by_more_people_than_the_one_above(small: Desk) -> None:
    """Neither when it is put there, nor when the one above is shown to fewer; drafts and wellbeing are nobody's parent."""
    team = small.active(visibility=Visibility.TEAM)
    with pytest.raises(Refused, match="fewer people"):
        small.draft(parent_id=team)
    assert small.draft(parent_id=team, visibility=Visibility.PRIVATE).version == 1
    small.active(visibility=Visibility.TEAM, parent_id=team)
    with small.engine.begin() as connection, pytest.raises(Refused, match="seen by more people"):
        terms = replace(terms_of(small.goal(team)), visibility=Visibility.PRIVATE)
        edit(connection, small.viewer("emp"), team, terms, based_on=1, reason="r", at=NOW, policy=POLICY)
    with pytest.raises(Refused, match="not one that you can see"):
        small.draft(parent_id=small.draft().goal_id)
    mine = small.active(kind=Kind.WELLBEING, visibility=Visibility.PRIVATE)
    with pytest.raises(Refused, match="wellbeing"):
        small.draft(parent_id=mine, visibility=Visibility.PRIVATE)


def test_a_hidden_goal_is_no_parent_and_no_guardrail(small: Desk) -> None:
    """Whether it exists cannot be found out so."""
    hidden = small.active(owner="other", visibility=Visibility.PRIVATE)
    for field in ("parent_id", "guardrail_id"):
        for goal in (hidden, 999):
            with pytest.raises(Refused, match=r"not (one that you can see|a goal that everybody)"):
                small.draft(**{field: goal})


def test_a_thirteenth_key_result_is_warned_of_and_taken(small: Desk) -> None:
    """A thousand are read all the same."""
    objective = small.active(kind=Kind.OBJECTIVE, measure=Measure.NONE, unit="", baseline=None, target=None)
    for _ in range(11):
        small.active(parent_id=objective)
    assert small.draft(parent_id=objective).warnings == ()
    small.active(parent_id=objective)
    assert "12 other key results" in small.draft(parent_id=objective).warnings[0]


def test_private_goals_belong_to_persons(small: Desk) -> None:
    """A unit's goal is open or for the team."""
    with pytest.raises(Refused, match="open or for the team"):
        small.draft("boss", owner=Owner(unit=ONE), visibility=Visibility.PRIVATE)


def test_whoever_has_to_agree_needs_an_account(small: Desk) -> None:
    """Said before anything is written."""
    with small.engine.begin() as connection:
        people = codes(connection)
        connection.execute(
            update(Assignment).where(Assignment.person_id == people["emp"]).values(manager_id=people["hrp"])
        )
        connection.execute(update(User).where(User.name == "hr").values(active=False))
    with pytest.raises(Refused, match="no account"):
        small.draft()


def test_names_of_metrics_are_compared_without_case_and_blanks() -> None:
    """Full-width letters are letters."""
    assert (
        metric_key("  Rework   SHARE ") == metric_key("rework share") == metric_key("Ｒework share") == "rework share"
    )
