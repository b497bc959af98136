"""What would be: where a goal arrives at the pace so far, and which terms would be on pace. A what-if, not a promise.

The pace is the way from the baseline on the first day to the newest value, divided by the days between. The cone is the 80 %
prediction interval of a random walk with drift (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.2) for
check-ins at uneven distances: variance `s2 (h + h * h / T)` after `h` days, where `T` are the days observed and
`s2 = sum((step - pace * days) ** 2 / days) / (steps - 1)`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from core.goals.goal import MOVING, CheckIn, Goal
from core.goals.progress import value_progress

EIGHTY = 1.2815515655446004  # of the normal distribution: 80 % lie within so many standard deviations
LEAST_STEPS = 3  # fewer say nothing about how much steps differ
FARTHEST = 36_525  # days; an arrival beyond is no arrival
ORIGIN = (
    "From the pace so far. The cone holds 80 of 100 such ways on, if steps go on to differ as they have "
    "(a random walk with drift)."
)


@dataclass(frozen=True)
class Forecast:
    """A goal at the pace so far.

    since: the day of the value that it starts from. pace: change a day. value: on the due day; low, high: the cone there, None
    with fewer than three steps. share: progress on the due day, not clipped. arrives: the day on which the target is met; None
    when it never is. target_on_pace: the target that would be met on the due day. due_on_pace: the due day on which the target
    would be met (the day of arrival).
    """

    since: date
    pace: float
    value: float
    low: float | None
    high: float | None
    share: float
    arrives: date | None
    target_on_pace: float
    due_on_pace: date | None

    @property
    def words(self) -> str:
        """Such as `At this pace: 62 % by the due date.`"""
        if self.share <= 0:
            return "At this pace: no progress by the due date."
        return f"At this pace: {min(self.share, 9.99):.0%} by the due date.".replace("%", " %")


def forecast(goal: Goal, check_ins: Sequence[CheckIn]) -> Forecast | None:
    """Where the goal arrives at the pace so far. `check_ins` in the order of their days.

    None when it cannot be said: a goal that does not move from a baseline to a target, a missing number or day, a zero range, no
    value after the start, or the newest value on or after the due day.
    """
    if goal.measure not in MOVING or goal.start is None or goal.due is None or goal.due <= goal.start:
        return None
    base, target = goal.baseline, goal.target
    if base is None or target is None or base == target:
        return None
    by_day = {each.on: each.value for each in check_ins if each.value is not None and each.on > goal.start}
    if not by_day:
        return None
    last = max(by_day)
    horizon = (goal.due - last).days
    if horizon <= 0:
        return None
    observed = (last - goal.start).days
    pace = (by_day[last] - base) / observed
    value = by_day[last] + pace * horizon
    half = _half_width([(goal.start, base), *sorted(by_day.items())], pace, horizon)
    share = value_progress(goal.measure, base, target, value)
    if share is None:
        return None
    arrives = _arrival(last, by_day[last], target, pace, up=target > base)
    return Forecast(
        since=last,
        pace=pace,
        value=value,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        share=share,
        arrives=arrives,
        target_on_pace=value,
        due_on_pace=arrives,
    )


def _half_width(points: list[tuple[date, float]], pace: float, horizon: int) -> float | None:
    steps = [((after - before).days, later - earlier) for (before, earlier), (after, later) in pairwise(points)]
    if len(steps) < LEAST_STEPS:
        return None
    observed = sum(days for days, _ in steps)
    spread = sum((step - pace * days) ** 2 / days for days, step in steps) / (len(steps) - 1)
    return EIGHTY * math.sqrt(spread * (horizon + horizon * horizon / observed))


def _arrival(last: date, value: float, target: float, pace: float, *, up: bool) -> date | None:
    if value >= target if up else value <= target:
        return last
    if pace == 0 or (pace > 0) is not up:
        return None
    days = (target - value) / pace
    return last + timedelta(days=math.ceil(days - 1e-9)) if days <= FARTHEST else None
