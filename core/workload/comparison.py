"""A unit beside its siblings: who is higher, who is lower, and who cannot be told apart.

Everything here is computed from published values and their published intervals, so it discloses nothing new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, isfinite, nan, sqrt
from statistics import fmean as mean
from typing import Any, NamedTuple

import pandas as pd

from core.calendar import WEEK

Z = 1.959964  # published intervals are 95 % intervals
BAR = 1.39  # bars of this many standard errors that do not overlap differ at 5 % (Goldstein and Healy 1995)
FALSE_DISCOVERIES = 0.10
COLUMNS = ["key", "name", "value", "low", "high", "bar_low", "bar_high", "relation"]


class _Week(NamedTuple):
    """A cell of one unit."""

    status: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class _Mean:
    """The mean of a unit's last weeks and its standard error (NaN without a number); state: why there is none."""

    value: float
    error: float
    state: str

    def error_beside(self, other: "_Mean") -> float:
        """The standard error of the difference of two means of different people."""
        return sqrt(self.error**2 + other.error**2)

    def p_against(self, other: "_Mean") -> float:
        """Two-sided p of the z test that two means are equal."""
        difference, error = self.value - other.value, self.error_beside(other)
        if error == 0:
            return 1.0 if difference == 0 else 0.0
        return erfc(abs(difference) / error / sqrt(2))


def compare(cells: pd.DataFrame, selected: str, *, weeks: int = 4) -> pd.DataFrame:
    """Siblings by name: the mean of each one's shown weeks among the last `weeks` of `cells`, and how it stands to `selected`.

    cells: one row per sibling and week, the selected one among them. Columns: key (str), name (str), week (Monday, date),
        status ('shown', 'hidden', 'missing'), value, low, high (float or NaN; as published, a 95 % interval). A shown week
        without all three numbers (a class, such as 'some') counts as no number.

    The standard error of a week is (high - low) / (2 x 1.959964), that of a mean the mean of the weekly ones: the same people
    are counted each week, so that weeks are not taken as independent and more of them do not narrow it.

    Returns one row per sibling, ordered by name, then key. Columns: key, name, value (mean), low, high (95 % interval),
    bar_low, bar_high (value ± 1.39 standard errors: bars that do not overlap differ), all NaN without a number, relation:
        'selected': the selected one; 'higher', 'lower': the 95 % interval of the difference excludes 0, and it is kept by
        Benjamini-Hochberg at q = 0.10 among the siblings that have a number; 'cannot tell apart': otherwise;
        'not shown': hidden in these weeks, 'no data': nothing was received; '': shown, but there is no number on one side.
    A selected one that is not shown has 'not shown' or 'no data' itself; without it, or without cells, nothing is compared.
    """
    if cells.empty:
        return pd.DataFrame(columns=COLUMNS)
    recent = cells[cells["week"] > cells["week"].max() - weeks * WEEK]
    recent = recent.astype(dict.fromkeys(("value", "low", "high"), float))  # None, where no unit has a number
    named = dict(zip(cells["key"].astype(str), cells["name"].astype(str), strict=True))
    weekly: dict[str, list[_Week]] = {key: [] for key in sorted(named, key=lambda key: (named[key], key))}
    for key, *week in recent[["key", "status", "value", "low", "high"]].itertuples(index=False):
        weekly[str(key)].append(_Week(*week))
    means = {key: _mean(own) for key, own in weekly.items()}
    relations = _relations(means, selected)
    rows = [_row(key, named[key], found, relations[key]) for key, found in means.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def kept(p_values: Sequence[float], rate: float = FALSE_DISCOVERIES) -> list[bool]:
    """Which of the tests are discoveries when at most the share `rate` of discoveries may be false; in the same order.

    Benjamini and Hochberg 1995 (J R Stat Soc B 57:289), the step-up procedure for independent tests.

    >>> kept([0.30, 0.01, 0.06])
    [False, True, True]
    """
    ranked = enumerate(sorted(p_values), start=1)
    limit = max((p for rank, p in ranked if p <= rate * rank / len(p_values)), default=-1.0)
    return [p <= limit for p in p_values]


def _mean(weeks: Sequence[_Week]) -> _Mean:
    shown = [week for week in weeks if week.status == "shown"]
    numbers = [week for week in shown if all(map(isfinite, (week.value, week.low, week.high)))]
    if numbers:
        return _Mean(mean([week.value for week in numbers]), mean([(w.high - w.low) / (2 * Z) for w in numbers]), "")
    if shown:
        return _Mean(nan, nan, "")
    return _Mean(nan, nan, "not shown" if any(week.status == "hidden" for week in weeks) else "no data")


def _relations(means: dict[str, _Mean], selected: str) -> dict[str, str]:
    relations = {key: each.state for key, each in means.items()}
    own = means.get(selected)
    if own is None or own.state:
        return relations
    relations[selected] = "selected"
    others = {key: each for key, each in means.items() if key != selected and isfinite(each.value)}
    if not isfinite(own.value):
        return relations
    discoveries = kept([own.p_against(other) for other in others.values()])
    for (key, other), discovery in zip(others.items(), discoveries, strict=True):
        apart = discovery and abs(other.value - own.value) > Z * own.error_beside(other)
        side = "higher" if other.value > own.value else "lower"
        relations[key] = side if apart else "cannot tell apart"
    return relations


def _row(key: str, name: str, found: _Mean, relation: str) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "value": found.value,
        "low": found.value - Z * found.error,
        "high": found.value + Z * found.error,
        "bar_low": found.value - BAR * found.error,
        "bar_high": found.value + BAR * found.error,
        "relation": relation,
    }
