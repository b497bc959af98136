"""Re-scoping a goal: the target and the due day that would be on pace, and what other terms would come to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.goals.forecast import forecast
from core.goals.goal import MOVING, CheckIn, Goal

_GRAINS = 20  # a suggestion is as coarse as about a twentieth of the way, so that nobody reads precision into it
_WHOLE_FROM = 5  # a shorter way is told in parts, or every value on it would look alike


@dataclass(frozen=True)
class OnPace:
    """What would be on pace, one of them at a time. target: with the due day as it is. due: with the target as it is.

    None where nothing can be said, the pace leads away from the target, or the goal is on pace as it stands.
    """

    target: float | None = None
    due: date | None = None


def on_pace(goal: Goal, check_ins: Sequence[CheckIn], today: date) -> OnPace:
    """The terms that the pace so far would meet. A target is rounded to the easier side, so that it is met and not missed.

    A goal whose due day has passed has no target to suggest, only another day.
    """
    late = goal.due is not None and goal.due <= today
    found = forecast(replace(goal, due=today + timedelta(days=goal.cadence_days)) if late else goal, check_ins)
    if found is None or (found.share >= 1 and not late):
        return OnPace()
    due = found.due_on_pace if found.due_on_pace is not None and found.due_on_pace > today else None
    return OnPace(None if late else _easier(goal, found.value, found.share), due)


def what_if(goal: Goal, check_ins: Sequence[CheckIn], *, target: float | None, due: date | None, today: date) -> str:
    """What other terms would come to at the pace so far, in words; '' when nothing can be said."""
    if due is None or due <= today or (goal.start is not None and due <= goal.start):
        return ""
    found = forecast(replace(goal, target=target, due=due), check_ins)
    if found is None:
        return ""
    return "At this pace it would be on time." if found.share >= 1 else found.words


def grain(goal: Goal) -> float:
    """The step in which values of a moving goal are told: a power of ten, about a twentieth of its way or finer.

    Where it goes from one whole number to another over a way of some length, whole numbers.

    >>> from core.goals.goal import Kind, Measure
    >>> grain(Goal(1, "", Kind.KEY_RESULT, Measure.DECREASE, baseline=50.0, target=20.0))
    1.0
    """
    if goal.baseline is None or goal.target is None or goal.baseline == goal.target:
        return 1.0
    way = abs(goal.target - goal.baseline)
    step = float(10.0 ** math.floor(math.log10(way / _GRAINS)))
    whole = goal.target == int(goal.target) and goal.baseline == int(goal.baseline)
    return max(step, 1.0) if whole and way >= _WHOLE_FROM else step


def to_grain(goal: Goal, value: float) -> float:
    """A value of the goal as it is told."""
    step = grain(goal)
    return round(round(value / step) * step, 10)


def _easier(goal: Goal, value: float, share: float) -> float | None:
    if goal.measure not in MOVING or goal.target is None or goal.baseline is None or share <= 0:
        return None
    step = grain(goal)
    up = goal.target > goal.baseline
    found = round((math.floor(value / step + 1e-9) if up else math.ceil(value / step - 1e-9)) * step, 10)
    between = goal.baseline < found < goal.target if up else goal.target < found < goal.baseline
    return found if between else None
