"""Signal or noise: control limits and the swing of people's own weeks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

MR_FACTOR = 2.66


@dataclass(frozen=True)
class Limits:
    """Natural process limits around a centre, and the mean moving range they came from (NaN for a p-chart)."""

    centre: float
    lower: float
    upper: float
    moving_range: float


def xmr_limits(values: Sequence[float]) -> Limits:
    """XmR limits `mean ± 2.66 x mean moving range` of a series in time order (Shewhart; Wheeler).

    NaN breaks the line: no moving range is taken across it. Needs two neighbouring values, else the limits are NaN.

    >>> limits = xmr_limits([50, 52, 49, 51, 53, 50])
    >>> round(limits.lower, 4), round(limits.upper, 4)
    (44.4493, 57.2173)
    """
    x = np.asarray(values, float)
    ranges = np.abs(np.diff(x))
    ranges = ranges[np.isfinite(ranges)]
    known = x[np.isfinite(x)]
    if not len(known) or not len(ranges):
        return Limits(float(known.mean()) if len(known) else float("nan"), float("nan"), float("nan"), float("nan"))
    centre, moving = float(known.mean()), float(ranges.mean())
    return Limits(centre, centre - MR_FACTOR * moving, centre + MR_FACTOR * moving, moving)


def p_chart_limits(share: float, n: int) -> Limits:
    """Three-sigma limits of a share, `p ± 3 sqrt(p (1 - p) / n)`, cut to 0..1. NaN without anybody (n = 0).

    >>> round(p_chart_limits(0.08, 50).upper, 6)
    0.1951
    """
    if n == 0:
        return Limits(share, float("nan"), float("nan"), float("nan"))
    half = 3 * float(np.sqrt(share * (1 - share) / n))
    return Limits(share, max(0.0, share - half), min(1.0, share + half), float("nan"))


def within_person_swing(values: ArrayLike) -> tuple[float, int]:
    """Pooled within-person week-to-week deviation s_w, and the number of people it rests on.

    values: shape (people, weeks), NaN missing. `s_w = sqrt(mean of squared differences of neighbouring weeks / 2)`, so that
    a slow drift does not count as swing. (NaN, 0) when nobody has two neighbouring weeks.
    """
    steps = np.diff(np.asarray(values, float), axis=1)
    known = np.isfinite(steps)
    people = int(known.any(axis=1).sum())
    if not people:
        return float("nan"), 0
    return float(np.sqrt((steps[known] ** 2).mean() / 2)), people
