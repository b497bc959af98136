"""The fourteen reasons: each at, just under and just over its threshold, with its evidence, in words about the goal."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from core.goals.goal import CheckIn, Goal, Kind, Measure, Milestone, Owner, Pace, Status
from core.goals.progress import Latest, latest_of
from core.goals.reasons import (
    CODES,
    LABELS,
    Reason,
    Situation,
    queue_key,
    reasons_of,
    revisit,
    suggestion,
    total,
)
from core.policy import GoalRules
from tests.core.goals.cases import cases

RULES = GoalRules()
START, DUE = date(2026, 1, 1), date(2026, 4, 11)  # a hundred days
GOAL = Goal(
    1, "Shorter recovery", Kind.KEY_RESULT, Measure.INCREASE, owner=Owner("P1", "", "Ada"), parent_id=9, metric="recovered",
    unit="incidents", baseline=0.0, target=100.0, start=START, due=DUE, cadence_days=7, active_since=START,
)  # fmt: skip
FINE = Situation(parent_status=Status.ACTIVE)


def day(number: int) -> date:
    """So many days after the start."""
    return START + timedelta(days=number)


def found(
    today: int,
    *,
    goal: Goal = GOAL,
    ins: Sequence[CheckIn] | None = None,
    value: float | None = None,
    situation: Situation = FINE,
    rules: GoalRules = RULES,
) -> dict[str, int]:
    """Code -> severity on a day; by default with a check-in of that very day at `value` (where it is expected to be)."""
    if ins is None:
        ins = [CheckIn(day(today), float(today) if value is None else value, 8)]
    return {each.code: each.severity for each in reasons_of(goal, ins, situation, rules, day(today))}


def reason(today: int, code: str, **asked: Any) -> Reason:
    """One reason as it is told."""
    asked.setdefault("ins", [CheckIn(day(today), float(today), 8)])
    all_of_them = reasons_of(asked.get("goal", GOAL), asked["ins"], asked.get("situation", FINE), RULES, day(today))
    return next(each for each in all_of_them if each.code == code)


def test_a_goal_on_its_way_has_no_reason() -> None:
    """Half way at half time, looked at today."""
    assert found(50) == {}


def test_the_oracle_goal_is_off_pace_and_has_to_run_and_is_to_be_revisited() -> None:
    """January to March, 20 to 50, at 26 on 15 February: severity one each, two together."""
    goal = replace(GOAL, baseline=20, target=50, due=date(2026, 3, 31))
    reasons = reasons_of(goal, [CheckIn(date(2026, 2, 15), 26.0, 8)], FINE, RULES, date(2026, 2, 15))
    assert [(each.code, each.severity) for each in reasons] == [("off_pace", 1), ("run_rate", 1)]
    assert reasons[0].evidence == {"expected": 0.505618, "progress": 0.2, "gap": 0.305618}
    assert reasons[1].evidence == {"multiplier": 4.0909, "days_left": 44}
    assert total(reasons) == 2 and revisit(reasons, RULES)


@pytest.mark.parametrize(
    ("cadence", "days", "severity"),
    [(7, 14, 0), (7, 15, 1), (7, 28, 1), (7, 29, 2), (30, 60, 0), (30, 61, 1), (30, 120, 1), (30, 121, 2)],
)
def test_stale(cadence: int, days: int, severity: int) -> None:
    """More than two cadences without a check-in, or more than four; weekly 14 days, monthly 60."""
    goal = replace(GOAL, cadence_days=cadence, due=day(400), target=400.0)
    ins = [CheckIn(day(10), 10.0, 8)]
    assert found(10 + days, goal=goal, ins=ins).get("stale", 0) == severity


def test_stale_without_a_check_in_counts_from_when_it_began() -> None:
    """From the start or the day it was agreed, whichever is later; with neither nothing is told."""
    assert found(14, ins=[]).get("stale") is None
    assert found(15, ins=[])["stale"] == 1
    late = replace(GOAL, active_since=day(10))
    assert found(24, goal=late, ins=[]).get("stale") is None
    assert found(25, goal=late, ins=[])["stale"] == 1
    assert "stale" not in found(90, goal=replace(GOAL, start=None, active_since=None), ins=[])


@pytest.mark.parametrize(
    ("today", "value", "severity"),
    [
        (50, 33.6, 0),
        (50, 33.5, 1),
        (50, 33.4, 1),
        (50, 17.1, 1),
        (50, 17.0, 2),
        (50, 16.9, 2),
        (19, 0.0, 0),  # expected progress below 0.20 is not judged
        (20, 0.0, 1),
        (21, 0.0, 1),
    ],
)
def test_off_pace(today: int, value: float, severity: int) -> None:
    """A gap of 0.165 or of 0.33, from expected progress of 0.20 on."""
    assert found(today, value=value).get("off_pace", 0) == severity


def test_off_pace_knows_the_pace_profile() -> None:
    """At half time a quarter is expected of what is back-loaded, and of milestones what is due."""
    assert "off_pace" not in found(50, goal=replace(GOAL, pace=Pace.BACK_LOADED), value=9.0)
    assert found(50, goal=replace(GOAL, pace=Pace.BACK_LOADED), value=8.5)["off_pace"] == 1
    steps = (Milestone("a", day(40), day(39)), Milestone("b", day(60)), Milestone("c", day(90)))
    goal = replace(GOAL, measure=Measure.MILESTONES, pace=Pace.MILESTONES, milestones=steps, acceptance="shown")
    assert "off_pace" not in found(59, goal=goal)
    assert found(60, goal=goal)["off_pace"] == 2


@pytest.mark.parametrize(
    ("today", "value", "fires"),
    [
        (50, 25.1, False),
        (50, 25.0, True),  # the rest, three times as fast
        (50, 24.9, True),
        (50, 0.0, True),  # no progress yet
        (50, -5.0, True),
        (19, 0.0, False),
        (20, 0.0, True),
        (99, 90.0, True),
        (100, 0.0, False),  # no days left
        (50, 150.0, False),
    ],
)
def test_run_rate(today: int, value: float, *, fires: bool) -> None:
    """Three times the pace so far or no progress yet, while days are left and expected progress is 0.20."""
    assert ("run_rate" in found(today, value=value)) is fires


def test_run_rate_says_nothing_about_what_nobody_measured() -> None:
    """An unknown value is not no progress; a line to hold needs no pace."""
    assert "run_rate" not in found(50, ins=[CheckIn(day(50), None, 8)])
    assert "run_rate" not in found(50, goal=replace(GOAL, measure=Measure.STAY_ABOVE), value=0.0)


@pytest.mark.parametrize(
    ("before", "now", "today", "severity"),
    [
        (8, 7, 50, 0),
        (8, 6, 50, 1),
        (8, 5, 50, 1),
        (4, 4, 50, 0),
        (3, 3, 49, 0),  # low, but the first half
        (3, 3, 50, 2),
        (3, 3, 51, 2),
        (8, 3, 49, 1),
        (8, 3, 50, 2),
        (None, 2, 50, 2),
        (None, 4, 50, 0),
    ],
)
def test_confidence_drop(before: int | None, now: int, today: int, severity: int) -> None:
    """A fall of two since the last check-in, or three and less from half way on."""
    ins = [CheckIn(day(today - 5), today - 5.0, before), CheckIn(day(today), float(today), now)]
    assert found(today, ins=ins).get("confidence_drop", 0) == severity


def test_confidence_is_compared_with_the_last_one_that_was_given() -> None:
    """A check-in that names none does not hide a fall."""
    ins = [CheckIn(day(40), 40.0, 8), CheckIn(day(45), 45.0), CheckIn(day(50), 50.0, 6)]
    assert found(50, ins=ins)["confidence_drop"] == 1
    assert reason(50, "confidence_drop", ins=ins).evidence == {"confidence": 6, "before": 8}


@pytest.mark.parametrize(
    ("values", "fires"),
    [
        ([50.0, 50.0], False),
        ([50.0, 50.0, 50.0], True),
        ([50.0, 50.0, 50.0, 50.0], True),
        ([50.0, 50.0, 50.0, 51.0], False),
        ([49.0, 50.0, 50.0], False),
        ([50.0, None, 50.0, 50.0], True),
    ],
)
def test_stalled(values: list[float | None], *, fires: bool) -> None:
    """The same value in three check-ins in a row; one without a value neither counts nor interrupts."""
    ins = [CheckIn(day(50 - len(values) + place), value, 8) for place, value in enumerate(values)]
    assert ("stalled" in found(50, ins=ins)) is fires


def test_what_steps_or_holds_does_not_stall() -> None:
    """Milestones, a line to be held, and a range are meant to stay."""
    ins = [CheckIn(day(each), 50.0, 8) for each in (40, 45, 50)]
    for measure in (Measure.MILESTONES, Measure.STAY_ABOVE, Measure.STAY_BELOW, Measure.RANGE):
        assert "stalled" not in found(50, goal=replace(GOAL, measure=measure), ins=ins)


@pytest.mark.parametrize(("today", "severity"), [(99, 0), (100, 0), (101, 1), (114, 1), (115, 2)])
def test_overdue(today: int, severity: int) -> None:
    """After the due day; more than fourteen days after it weighs two."""
    assert found(today, value=100.0).get("overdue", 0) == severity


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"target": None}, ["target"]),
        ({"baseline": None}, ["baseline"]),
        ({"unit": ""}, ["unit"]),
        ({"target": 0.0}, ["target other than the baseline"]),
        ({"baseline": None, "target": None, "unit": ""}, ["baseline", "target", "unit"]),
        ({"measure": Measure.STAY_BELOW, "baseline": None}, []),
        ({"measure": Measure.STAY_BELOW, "target": None}, ["target"]),
        ({"measure": Measure.RANGE, "low": 1.0}, []),
        ({"measure": Measure.RANGE}, ["healthy range"]),
        ({"measure": Measure.NONE}, ["acceptance test"]),
        ({"measure": Measure.NONE, "acceptance": "The audit passes."}, []),
        ({"measure": Measure.MILESTONES}, ["milestones", "acceptance test"]),
        ({"measure": Measure.MILESTONES, "milestones": (Milestone("a"),), "acceptance": "Shown."}, []),
    ],
)
def test_not_measurable(changes: dict[str, Any], missing: list[str]) -> None:
    """Target, baseline or unit missing, or reached-or-not without an acceptance test: weighs two, and says what is missing."""
    reasons = reasons_of(replace(GOAL, **changes), [CheckIn(day(5), 5.0, 8)], FINE, RULES, day(5))
    told = [each for each in reasons if each.code == "not_measurable"]
    assert [(each.severity, each.evidence) for each in told] == ([(2, {"missing": missing})] if missing else [])


def test_an_objective_is_measured_by_its_key_results() -> None:
    """With one it needs no acceptance test; a key result of a key result does not count for it."""
    objective = replace(GOAL, kind=Kind.OBJECTIVE, measure=Measure.NONE)
    assert found(5, goal=objective)["not_measurable"] == 2
    assert "not_measurable" not in found(5, goal=objective, situation=replace(FINE, key_results=1))
    key_result = replace(objective, kind=Kind.KEY_RESULT)
    assert "not_measurable" in found(5, goal=key_result, situation=replace(FINE, key_results=1))


def test_unaligned() -> None:
    """No parent and not marked as standing alone, or a parent that is done or stopped; weighs one."""
    alone = replace(GOAL, parent_id=None)
    nothing = Situation()
    assert found(5, goal=alone, situation=nothing) == {"unaligned": 1}
    assert found(5, goal=replace(alone, standalone=True), situation=nothing) == {}
    for status in Status:
        closed = status in (Status.DONE, Status.STOPPED)
        assert found(5, situation=Situation(parent_status=status)) == ({"unaligned": 1} if closed else {})


def test_no_active_owner() -> None:
    """Nobody named, left, or on leave for more than 21 days without a delegate; the evidence never says which."""
    since = day(10)
    cases_of = [
        (31, replace(FINE, on_leave_since=since), 0),
        (32, replace(FINE, on_leave_since=since), 2),
        (32, replace(FINE, on_leave_since=since, delegate_active=True), 0),
        (32, replace(FINE, owner_active=False), 2),
        (32, replace(FINE, owner_active=False, delegate_active=True), 2),
    ]
    told = set()
    for today, situation, severity in cases_of:
        reasons = reasons_of(GOAL, [CheckIn(day(today), float(today), 8)], situation, RULES, day(today))
        assert [each.severity for each in reasons] == [severity] * bool(severity)
        told |= {(str(each.evidence), each.words) for each in reasons}
    assert told == {(str({"owner": "no active owner"}), "no active owner")}


@pytest.mark.parametrize(
    ("objectives", "results", "fires"), [(3, 12, False), (4, 12, True), (4, 0, True), (3, 13, True), (0, 12, False)]
)
def test_owner_overcommitted(objectives: int, results: int, *, fires: bool) -> None:
    """More than three open objectives or more than twelve open key results: a count, and nothing else."""
    situation = replace(FINE, objectives=objectives, key_results_of_owner=results)
    assert found(5, situation=situation) == ({"owner_overcommitted": 1} if fires else {})


@pytest.mark.parametrize(
    ("shown", "fires"),
    [
        (None, False),
        ((), False),
        ((1.15,), False),
        ((1.15, 1.10), False),
        ((1.10, 1.15), False),
        ((1.11, 1.15), True),
        ((1.21, 1.25), True),
        ((0.9, 1.15, 1.15), True),
    ],
)
def test_capacity_conflict(shown: tuple[float, ...] | None, *, fires: bool) -> None:
    """The team's released utilisation above the stretched band (1.10) in the newest two weeks; hidden says nothing."""
    assert found(5, situation=replace(FINE, utilisation=shown)) == ({"capacity_conflict": 1} if fires else {})


def test_context_changed() -> None:
    """Whatever changed is named."""
    situation = replace(FINE, changed=("the target of the goal above", "its team"))
    assert found(5, situation=situation) == {"context_changed": 1}
    told = reason(5, "context_changed", situation=situation)
    assert told.words == "Changed since its last review: the target of the goal above, its team."


@pytest.mark.parametrize(
    ("today", "value", "fires"), [(49, 100.0, True), (49, 99.9, False), (50, 100.0, False), (49, 150.0, True)]
)
def test_too_easy(today: int, value: float, *, fires: bool) -> None:
    """Reached while less than half was expected; a line that is held is not easy."""
    assert found(today, value=value) == ({"too_easy": 1} if fires else {})
    assert "too_easy" not in found(today, goal=replace(GOAL, measure=Measure.STAY_ABOVE), value=value)


def test_conflict() -> None:
    """Another open goal that names the same metric the other way weighs two."""
    assert found(5, situation=replace(FINE, opposite=(7,))) == {"conflict": 2}
    assert reason(5, "conflict", situation=replace(FINE, opposite=(7,))).evidence == {
        "metric": "recovered",
        "goals": [7],
    }


def test_only_what_is_agreed_and_open_has_reasons() -> None:
    """Drafts, proposals and closed goals have none; a paused one is overdue or without an owner, and nothing else."""
    everything = replace(FINE, owner_active=False, objectives=9, opposite=(7,), changed=("x",), utilisation=(1.3, 1.3))
    for status in Status:
        told = set(found(130, goal=replace(GOAL, status=status), ins=[], situation=everything))
        if status is Status.ACTIVE:
            assert {"stale", "overdue", "no_active_owner", "conflict"} < told
        else:
            assert told == ({"overdue", "no_active_owner"} if status is Status.PAUSED else set())


def test_when_a_goal_is_to_be_revisited() -> None:
    """One reason that weighs two, or several that do together."""
    one, two = (Reason("stale", weight, {}, "") for weight in (1, 2))
    assert not revisit([], RULES) and not revisit([one], RULES)
    assert revisit([two], RULES) and revisit([one, one], RULES)
    strict = GoalRules(revisit_from=3)
    assert not revisit([one, one], strict) and revisit([one, one, one], strict) and revisit([two], strict)


def test_the_queue_begins_with_what_weighs_most_and_is_due_first() -> None:
    """Sum, then due date, then id; without a due date last among equals."""
    one, two = (Reason("stale", weight, {}, "") for weight in (1, 2))
    rows = [([one], DUE, 1), ([two], None, 2), ([two], DUE, 4), ([two], DUE, 3), ([two, one], day(300), 5)]
    assert [row[2] for row in sorted(rows, key=lambda row: queue_key(*row))] == [5, 3, 4, 2, 1]


def test_a_late_goal_in_a_team_over_capacity_is_not_pressed() -> None:
    """It is re-scoped; each of the two alone suggests nothing."""
    late, full = Reason("off_pace", 1, {}, ""), Reason("capacity_conflict", 1, {}, "")
    assert "re-scoping will help more than pressing" in suggestion([late, full])
    assert suggestion([late]) == suggestion([full]) == suggestion([]) == ""
    assert suggestion([Reason("no_active_owner", 2, {}, "")]) == "Hand it over, or stop it."


def test_thresholds_come_from_the_policy() -> None:
    """Another policy, another outcome, for every threshold that there is."""
    assert "stale" not in found(15, ins=[], rules=GoalRules(stale_cadences=3.0))
    assert found(50, value=40.0, rules=GoalRules(gap_behind=0.1)) == {"off_pace": 1}
    assert found(50, value=30.0, rules=GoalRules(gap_at_risk=0.2))["off_pace"] == 2
    assert "off_pace" not in found(50, value=0.0, rules=GoalRules(judged_from=0.6))
    assert "run_rate" in found(50, value=40.0, rules=GoalRules(run_rate=1.5))
    assert "owner_overcommitted" in found(5, situation=replace(FINE, objectives=2), rules=GoalRules(most_objectives=1))
    assert (
        "overdue" in found(103, value=100.0)
        and found(103, value=100.0, rules=GoalRules(overdue_days_long=2))["overdue"] == 2
    )
    away = replace(FINE, on_leave_since=day(10))
    assert "no_active_owner" in found(20, situation=away, rules=GoalRules(leave_days=9))


# --- what holds for any goal ---------------------------------------------------------------------------------------

_PERSONS = re.compile(r"\b(he|she|they|you|lazy|failed|fault|blame|should have|burn|Ada|P1)\b", re.IGNORECASE)


@given(cases())
def test_reasons_are_in_order_once_each_and_about_the_goal(case: Any) -> None:
    """Known codes, severity one or two, evidence as plain JSON, words that name nobody."""
    goal, ins, situation, today = case
    reasons = reasons_of(goal, ins, situation, RULES, today)
    codes = [each.code for each in reasons]
    assert codes == sorted(set(codes), key=CODES.index)
    for each in reasons:
        assert each.severity in (1, 2)
        assert isinstance(each.evidence, dict) and each.evidence
        assert each.words and not _PERSONS.search(each.words), each.words
    assert set(LABELS) == set(CODES) and len(CODES) == 14


@given(cases())
def test_the_newest_of_everything_is_what_a_loop_finds(case: Any) -> None:
    """Against walking through the check-ins one by one."""
    _, ins, _, _ = case
    at = Latest()
    for each in ins:
        value, same = at.value, at.same
        if each.value is not None:
            same = same + 1 if value == each.value else 1
            value = each.value
        elif each.confidence is None:
            value, same = None, 0  # nothing was said: not graded
        confidence, before = at.confidence, at.before
        if each.confidence is not None:
            confidence, before = each.confidence, confidence
        at = Latest(each.on, value, confidence, before, same)
    assert latest_of(ins) == at
