"""Sustained load, by person and week. Computed while rolling up, exported only as a share of a large enough group.

Every function takes arrays of shape (people, weeks), oldest week first, NaN missing, and looks back at most 26 weeks, so that
a week's flags do not depend on how much history happens to be loaded.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
HORIZON = 26
OVER = 1.10
WEIGHT = 0.3  # of the newest week in the moving average
TOLERANCE = (
    1e-9  # the moving average is a sum: in another order it differs in its last bits, and must not decide by them
)


def sl1(load: Floats, complete: Flags) -> Flags:
    """Load above 1.10 in at least 3 of the last 4 complete weeks.

    load: utilisation. complete: weeks that count (at least 0.4 of contracted hours available); others neither count nor
    reset. With fewer than four complete weeks so far, three above are still three.
    """
    people, weeks = load.shape
    seen = np.full((people, 4), -HORIZON - 1)
    over = np.zeros((people, 4), dtype=bool)
    flags = np.zeros((people, weeks), dtype=bool)
    for week in range(weeks):
        counts = complete[:, week] & np.isfinite(load[:, week])
        seen[counts] = np.column_stack([seen[counts, 1:], np.full(counts.sum(), week)])
        over[counts] = np.column_stack([over[counts, 1:], load[counts, week] > OVER])
        flags[:, week] = (over & (week - seen < HORIZON)).sum(axis=1) >= 3
    return flags


def sl2(worked: Floats) -> Flags:
    """At least 48 hours in at least 4 of the last 6 weeks (a missing week is not 48 hours)."""
    return _rolling_count(_at_least(worked, 48), 6) >= 4


def sl3(worked: Floats) -> Flags:
    """At least 55 hours in any of the last 4 weeks."""
    return _rolling_count(_at_least(worked, 55), 4) >= 1


def sl4(load: Floats, complete: Flags) -> Flags:
    """EWMA of load (weight 0.3) over the complete weeks of the last 26 is above 1.10 (by more than 1e-9)."""
    flags = np.zeros(load.shape, dtype=bool)
    usable = np.where(complete, load, np.nan)
    for week in range(load.shape[1]):
        window = usable[:, max(0, week - HORIZON + 1) : week + 1]
        with np.errstate(invalid="ignore"):
            flags[:, week] = ewma(window)[:, -1] > OVER + TOLERANCE
    return flags


def ewma(values: Floats, weight: float = WEIGHT) -> Floats:
    """Exponentially weighted moving average along the last axis; starts at the first value, NaN changes nothing.

    >>> [round(float(x), 5) for x in ewma(np.array([[1.00, 1.05, 1.12]]))[0]]
    [1.0, 1.015, 1.0465]
    """
    result = np.full(values.shape, np.nan)
    state = np.full(values.shape[:-1], np.nan)
    for week in range(values.shape[-1]):
        value = values[..., week]
        fresh = np.isnan(state)
        state = np.where(np.isnan(value), state, np.where(fresh, value, weight * value + (1 - weight) * state))
        result[..., week] = state
    return result


def long_gap(free: Flags, known: Flags) -> Floats:
    """More than 180 days since the end of the last fully free week: 1.0 yes, 0.0 no, NaN not known.

    free: fully free weeks. known: weeks whose leave was delivered. Known when there was a free week within 25 weeks, or when at
    least 20 of the last 26 weeks and one before them are known.
    """
    recent = _rolling_count(free, HORIZON) >= 1
    enough = _rolling_count(known, HORIZON) >= 20
    before = np.zeros_like(known)
    before[:, HORIZON:] = (_rolling_count(known, 5) >= 1)[:, :-HORIZON]
    return np.where(recent, 0.0, np.where(enough & before & known, 1.0, np.nan))


def _at_least(values: Floats, line: float) -> Flags:
    with np.errstate(invalid="ignore"):
        return values >= line


def _rolling_count(flags: Flags, window: int) -> NDArray[np.int64]:
    total = np.cumsum(np.pad(flags.astype(np.int64), ((0, 0), (window, 0))), axis=1)
    return total[:, window:] - total[:, :-window]
