"""A unit against its own history: XmR limits from the weeks before, and what the shown weeks say against them.

Everything here is computed from published values, so it discloses nothing new. No unit is compared with another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite, nan

import pandas as pd

from core.calendar import WEEK
from core.workload.measures.limits import Limits, xmr_limits

BASELINE_WEEKS = 26
LEAST_SHOWN = 12
RECOVERED = 4  # shown weeks back inside after as many outside before one may say that it has improved


@dataclass(frozen=True)
class Swing:
    """The usual swing of a unit: limits frozen before the shown weeks, or None when too few weeks were shown.

    shown: how many of the weeks before were shown. first, end: the window `[first, end)` that they come from.
    """

    limits: Limits | None
    shown: int
    first: date
    end: date


@dataclass(frozen=True)
class Reading:
    """What the newest shown week says against the unit's own swing.

    word: 'beyond usual swing', 'improved', 'usual swing' or 'too little history'.
    tone: 'over' (towards strain), 'improved', 'beyond' (outside, where no direction is strain), 'usual' or 'unknown'.
    direction: 'up', 'down' or ''. weeks: consecutive shown weeks outside on that side, the newest among them.
    """

    word: str
    tone: str
    direction: str
    weeks: int


def usual_swing(values: pd.Series, first_shown: date) -> Swing:
    """Limits `mean ± 2.66 x mean moving range` over the 26 weeks before `first_shown`, when at least 12 of them are shown.

    values: index of Mondays (date), values as published, NaN or absent where nothing is shown (which breaks the line: no
    moving range is taken across it). Weeks from `first_shown` on do not count, so that a rise cannot widen its own limits.
    """
    window = [first_shown - i * WEEK for i in range(BASELINE_WEEKS, 0, -1)]
    known = dict(zip(values.index, values, strict=True))
    series = [float(known.get(week, nan)) for week in window]
    shown = sum(isfinite(value) for value in series)
    limits = xmr_limits(series) if shown >= LEAST_SHOWN else None
    if limits is not None and not isfinite(limits.upper):
        limits = None
    return Swing(limits, shown, window[0], first_shown)


def beyond(value: float, limits: Limits) -> int:
    """1 above the upper limit, -1 below the lower one, else 0 (NaN too)."""
    if value > limits.upper + 1e-9:
        return 1
    return -1 if value < limits.lower - 1e-9 else 0


def read(shown: Sequence[float], swing: Swing, strain: str) -> Reading:
    """The verdict over the shown weeks, oldest first, NaN where nothing is shown.

    strain: 'higher', 'lower' or '' (Metric.direction). 'Improved' needs the newest week outside on the good side, or four
    shown weeks back inside after at least four outside towards strain.
    """
    known = [value for value in shown if isfinite(value)]
    if swing.limits is None or not known:
        return Reading("too little history", "unknown", "", 0)
    sides = [beyond(value, swing.limits) for value in known]
    last, run = sides[-1], _run(sides, sides[-1])
    bad = {"higher": 1, "lower": -1}.get(strain, 0)
    if last:
        direction = "up" if last > 0 else "down"
        if not bad:
            return Reading("beyond usual swing", "beyond", direction, run)
        if last == bad:
            return Reading("beyond usual swing", "over", direction, run)
        return Reading("improved", "improved", direction, run)
    inside = _run(sides, 0)
    if bad and inside >= RECOVERED and _run(sides[:-inside], bad) >= RECOVERED:
        return Reading("improved", "improved", "down" if bad > 0 else "up", 0)
    return Reading("usual swing", "usual", "", 0)


def _run(sides: Sequence[int], side: int) -> int:
    """How many of the last values lie on `side`, without a break."""
    count = 0
    for value in reversed(sides):
        if value != side:
            break
        count += 1
    return count
