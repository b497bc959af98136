"""Progress of goals, by the rules of the field: expected against actual, scores, and what key results say of an objective.

What cannot be known is None and never 0: a value that nobody gave, a target that is missing or equal to the baseline, a span of
no days. A value is known only when it was given; then a line that is not held is 0, because it is known not to be held.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.goals.goal import MOVING, Ambition, CheckIn, Goal, Measure, Milestone, Pace
from core.policy import GoalRules

HAIR = 1e-9  # what is exactly on a threshold stays on it, whatever the last bit of a subtraction says


class Standing(StrEnum):
    """How a goal stands against its pace, the weakest last."""

    ON_TRACK = "on track"
    BEHIND = "behind"
    AT_RISK = "at risk"


class Band(StrEnum):
    """The colour of a score."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def at_least(value: float, threshold: float) -> bool:
    """`value >= threshold`, where what lies a hair below counts as on it."""
    return value >= threshold - HAIR


def elapsed(start: date | None, due: date | None, today: date) -> float | None:
    """The share of the time that has passed, in [0, 1]; None when a day is missing or `due` is not after `start`."""
    if start is None or due is None or due <= start:
        return None
    return min(max((today - start).days / (due - start).days, 0.0), 1.0)


def milestones_expected(milestones: Sequence[Milestone], today: date) -> float | None:
    """The share, by weight, of milestones due by the end of `today`; None when one has no due day, or there is none."""
    if not milestones or any(each.due is None for each in milestones):
        return None
    total = sum(each.weight for each in milestones)
    return sum(each.weight for each in milestones if each.due is not None and each.due <= today) / total


def milestones_done(milestones: Sequence[Milestone]) -> float | None:
    """The share, by weight, of milestones that are done; None without any."""
    if not milestones:
        return None
    return sum(each.weight for each in milestones if each.done_on is not None) / sum(each.weight for each in milestones)


def expected(goal: Goal, today: date) -> float | None:
    """E: the progress that the pace expects by `today`, in [0, 1]. Back-loaded: the square of the time passed.

    None when it cannot be said: a missing day, `due` not after `start`, a milestone without a day, a KPI.
    """
    if goal.measure is Measure.RANGE:
        return None
    if goal.pace is Pace.MILESTONES:
        return milestones_expected(goal.milestones, today)
    passed = elapsed(goal.start, goal.due, today)
    if passed is None:
        return None
    return passed * passed if goal.pace is Pace.BACK_LOADED else passed


def value_progress(
    measure: Measure, baseline: float | None, target: float | None, current: float | None
) -> float | None:
    """P of a measured goal, not clipped: `(current - baseline) / (target - baseline)`, whichever way the target lies.

    Stay above and stay below: 1 while the line (`target`, itself included) is held, else 0. None when a number is missing or
    target equals baseline (where moving was meant), and for measures without a value.
    """
    if current is None or target is None:
        return None
    if measure is Measure.STAY_ABOVE:
        return 1.0 if current >= target else 0.0
    if measure is Measure.STAY_BELOW:
        return 1.0 if current <= target else 0.0
    if measure not in MOVING or baseline is None or target == baseline:
        return None
    found = (current - baseline) / (target - baseline)
    return found if math.isfinite(found) else None


def progress(goal: Goal, current: float | None) -> float | None:
    """P of a goal at the value `current`, not clipped: below 0 when it went the other way, above 1 when it went further.

    Milestones: the share done. None for a KPI, for what is not measured by a value, and when a number is missing.
    """
    if goal.measure is Measure.MILESTONES:
        return milestones_done(goal.milestones)
    return value_progress(goal.measure, goal.baseline, goal.target, current)


def gap(expects: float | None, has: float | None) -> float | None:
    """`E - P`: positive is behind. None when either is not known."""
    return None if expects is None or has is None else expects - has


def run_rate(goal: Goal, has: float | None, today: date) -> float | None:
    """How many times faster than so far the rest has to go: ((1 - P) / days left) / (P / days elapsed).

    The same as with values in place of shares. None: not a goal that moves or steps, no day left or none elapsed, P not known,
    or no progress yet (P at or below 0, where no multiple would do). Negative past the target.
    """
    if has is None or has <= 0 or goal.start is None or goal.due is None:
        return None
    if goal.measure not in MOVING and goal.measure is not Measure.MILESTONES:
        return None
    left, gone = (goal.due - today).days, (today - goal.start).days
    if left <= 0 or gone <= 0:
        return None
    return ((1.0 - has) / left) / (has / gone)


def standing(expects: float | None, has: float | None, rules: GoalRules) -> Standing | None:
    """On track, behind or at risk, by the gap; on track before pace is judged. None when the gap is not known."""
    behind = gap(expects, has)
    if behind is None or expects is None:
        return None
    if not at_least(expects, rules.judged_from) or not at_least(behind, rules.gap_behind):
        return Standing.ON_TRACK
    return Standing.AT_RISK if at_least(behind, rules.gap_at_risk) else Standing.BEHIND


def weakest(standings: Iterable[Standing | None]) -> Standing | None:
    """The status of an objective: that of its weakest key result. Blank ones say nothing; None when all are blank."""
    order = list(Standing)
    return max((each for each in standings if each is not None), key=order.index, default=None)


def weighted_mean(parts: Iterable[tuple[float | None, float]]) -> float | None:
    """The mean of (progress clipped to [0, 1], weight). Blank ones are left out, with their weight; None when all are."""
    known = [(min(max(value, 0.0), 1.0), weight) for value, weight in parts if value is not None and weight > 0]
    if not known:
        return None
    return sum(value * weight for value, weight in known) / sum(weight for _, weight in known)


def okr_score(scores: Iterable[float | None]) -> float | None:
    """The plain mean of graded key results, each clipped to [0, 1]; ungraded ones are left out."""
    return weighted_mean((score, 1.0) for score in scores)


def band(score: float | None, ambition: Ambition, rules: GoalRules) -> Band | None:
    """The colour of a score. Aspirational: green from 0.7, yellow from 0.4. Committed: green only at 1.0, yellow from 0.7."""
    if score is None:
        return None
    green, yellow = (
        (1.0, rules.score_green) if ambition is Ambition.COMMITTED else (rules.score_green, rules.score_yellow)
    )
    if at_least(score, green):
        return Band.GREEN
    return Band.YELLOW if at_least(score, yellow) else Band.RED


def healthy(value: float | None, low: float | None, high: float | None) -> bool | None:
    """Whether a KPI lies in its range, ends included; one end may be open. None without a value or without any end."""
    if value is None or (low is None and high is None):
        return None
    return (low is None or value >= low) and (high is None or value <= high)


def check_in_due(start: date | None, active_since: date | None, last: date | None, cadence_days: int) -> date | None:
    """The day of the next check-in: a cadence after the newest one (`last`), before the first after the goal began.

    It began on the later of its start and the day on which it was agreed; None when nothing of it is known.
    """
    base = last or max((day for day in (start, active_since) if day is not None), default=None)
    return None if base is None else base + timedelta(days=cadence_days)


@dataclass(frozen=True)
class Latest:
    """What the check-ins of a goal come down to.

    on: the day of the newest; value: the newest value given; confidence, before: the newest two confidences given; same: how
    many of the newest check-ins with a value have the same one.
    """

    on: date | None = None
    value: float | None = None
    confidence: int | None = None
    before: int | None = None
    same: int = 0


def latest_of(check_ins: Sequence[CheckIn]) -> Latest:
    """The newest of everything; `check_ins` in the order in which they were made.

    A check-in without a value leaves the value before in force, but one that says nothing at all (no value, confidence or note;
    files have such rows) says that there is none: not graded this time, whatever was before.
    """
    if not check_ins:
        return Latest()
    values: list[float] = []
    for each in reversed(check_ins):
        if each.value is not None:
            values.append(each.value)
        elif each.confidence is None and not each.note:
            break
    confidences = [each.confidence for each in reversed(check_ins) if each.confidence is not None]
    same = next((place for place, value in enumerate(values) if value != values[0]), len(values))
    return Latest(
        on=check_ins[-1].on,
        value=values[0] if values else None,
        confidence=confidences[0] if confidences else None,
        before=confidences[1] if len(confidences) > 1 else None,
        same=same,
    )
