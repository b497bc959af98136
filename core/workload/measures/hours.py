"""Hours against hours: availability, utilisation, contract load, overtime, averages."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
LEAST_AVAILABLE = 0.2  # of contracted hours; below it a week says nothing about load
COMPLETE = 0.4  # of contracted hours; below it a week does not count towards sustained load


def available_hours(contracted: ArrayLike, leave: ArrayLike, public_holiday: ArrayLike, sickness: ArrayLike) -> Floats:
    """Hours that could be worked: `contracted - leave - public holiday - sickness`.

    Arguments: hours a week, any equal shape; NaN is missing. Returns the same shape; NaN where anything is missing or where
    less than a fifth of the contracted hours is left (such a week says nothing about load).

    >>> float(available_hours(40, 8, 0, 0))
    32.0
    """
    c = np.asarray(contracted, dtype=float)
    a = c - np.asarray(leave, float) - np.asarray(public_holiday, float) - np.asarray(sickness, float)
    with np.errstate(invalid="ignore"):
        return np.where((c > 0) & (a >= LEAST_AVAILABLE * c), a, np.nan)


def utilisation(worked: ArrayLike, available: ArrayLike) -> float:
    """Group utilisation `sum(worked) / sum(available)`, never the mean of ratios. 1.0 is exactly full.

    Arguments: hours, shape (n,). Pairs with a missing or zero availability, or missing hours, are left out together.
    NaN when nothing is left.

    >>> round(utilisation([38, 44, 30, 0, 41], [32, 40, 30, 0, 36]), 6)
    1.108696
    """
    h, a = np.asarray(worked, float), np.asarray(available, float)
    kept = np.isfinite(h) & np.isfinite(a) & (a > 0)
    return float(h[kept].sum() / a[kept].sum()) if kept.any() else float("nan")


def contract_load(worked: ArrayLike, contracted: ArrayLike) -> float:
    """`sum(worked) / sum(contracted)`: shows weeks compressed around leave. Missing pairs are left out; NaN when none."""
    return utilisation(worked, contracted)


def overtime(worked: ArrayLike, available: ArrayLike) -> Floats:
    """Hours beyond what was available, `max(0, worked - available)`, elementwise; NaN where either is missing."""
    beyond: Floats = np.maximum(0.0, np.asarray(worked, float) - np.asarray(available, float))
    return beyond


def fully_free(contracted: ArrayLike, leave: ArrayLike, public_holiday: ArrayLike) -> NDArray[np.bool_]:
    """Weeks off altogether: leave and public holidays reach the contracted hours (five of five scheduled days)."""
    c = np.asarray(contracted, float)
    with np.errstate(invalid="ignore"):
        free: NDArray[np.bool_] = (c > 0) & (np.asarray(leave, float) + np.asarray(public_holiday, float) >= c - 1e-9)
    return free


def working_time_average(
    worked: Sequence[float],
    on_leave: Sequence[bool],
    *,
    method: str = "neutral",
    following: Sequence[float] = (),
) -> float:
    """Average weekly hours of a reference period for the 48-hour limit.

    worked: hours by week, shape (n,). on_leave: weeks of leave or sickness, shape (n,).
    method 'neutral': leave weeks are left out of both sums (Directive 2003/88/EC, Art 16).
    method 'uk': `(A + B) / C` (WTR 1998 reg 4(6)): A hours of the period, B hours of as many weeks after it as were excluded
    (`following`), C the number of weeks. NaN when no week counts.

    Raises:
        ValueError: unknown method, unequal lengths, or too few following weeks.

    >>> working_time_average([50.0] * 15 + [0.0] * 2, [False] * 15 + [True] * 2)
    50.0
    """
    if len(worked) != len(on_leave):
        raise ValueError("worked and on_leave need the same length")
    counted = [hours for hours, away in zip(worked, on_leave, strict=True) if not away]
    if method == "neutral":
        return sum(counted) / len(counted) if counted else float("nan")
    if method != "uk":
        raise ValueError("method is 'neutral' or 'uk'")
    if not worked:
        return float("nan")
    excluded = len(worked) - len(counted)
    if len(following) < excluded:
        raise ValueError(f"{excluded} weeks were excluded; give the hours of as many weeks after the period")
    return (sum(counted) + sum(following[:excluded])) / len(worked)


def person_then_unit_mean(frame: pd.DataFrame, unit: str, person: str, value: str) -> pd.DataFrame:
    """Person mean first, then unit mean, so that nobody weighs more for having more weeks.

    frame: one row per person and week with the columns named by `unit`, `person`, `value`. A person who changed units counts
    in each with the weeks spent there. Returns a frame indexed by unit, columns `n` (people) and `mean`.
    """
    people = frame.dropna(subset=[value]).groupby([unit, person], observed=True)[value].mean()
    by_unit = people.groupby(level=0, observed=True)
    return pd.DataFrame({"n": by_unit.size(), "mean": by_unit.mean()})
