"""How a protected number is written: bands of n, bases by band, coded extremes, share classes, dominance, intervals.

Rounding never decides whether a cell is shown (that would leak values); it only coarsens, by rules that are published.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.metrics.definition import Metric, Shape
from core.policy import Policy

BANDS: tuple[tuple[int, str], ...] = ((50, "50+"), (20, "20–49"), (10, "10–19"), (0, "5–9"))
SLOW_HOURS = {"5–9": 2.0, "10–19": 1.0, "20–49": 0.5, "50+": 0.2}
SLOW_RATIO = {"5–9": 0.05, "10–19": 0.025, "20–49": 0.02, "50+": 0.005}
SHARE_BASE = {"20–49": 0.10, "50+": 0.05}  # at least two people wide, so that no count can be read off
FAST = {"hours": 0.1, "ratio": 0.01}
LOWER_EDGE = {"5–9": 5, "10–19": 10, "20–49": 20, "50+": 50}
COVERAGE: tuple[tuple[float, str], ...] = ((0.95, "95–100 %"), (0.80, "80–95 %"), (0.0, "below 80 %"))
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Written:
    """A cell as it may be read. `value` is None for a share class; see `PublishedCell` for `qualifier`."""

    value: float | None
    qualifier: str
    share_class: str | None
    low: float | None
    high: float | None


class CellSums(NamedTuple):
    """The sums behind one cell and measure: the value is `numerator / denominator` over `n` contributors.

    `first` and `second` are the two largest contributions to the numerator. Never leaves core.
    """

    n: int
    numerator: float
    denominator: float
    first: float
    second: float


class CellColumns(NamedTuple):
    """The same of many cells: aligned arrays, shape (cells,)."""

    n: NDArray[np.int64]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    def at(self, places: NDArray[np.int64]) -> "CellColumns":
        """The cells at these places."""
        return CellColumns(
            self.n[places], self.numerator[places], self.denominator[places], self.first[places], self.second[places]
        )

    def rows(self) -> list[CellSums]:
        """Cell by cell."""
        return list(map(CellSums, *(column.tolist() for column in self)))


@lru_cache(maxsize=10_000)  # sizes of groups are few
def n_band(n: int) -> str:
    """The band in which a count may be told: 5–9, 10–19, 20–49, 50+.

    Raises:
        ValueError: the count is negative.
    """
    for edge, name in BANDS:
        if n >= edge:
            return name
    raise ValueError("a count is not negative")


@lru_cache(maxsize=100_000)
def coverage_class(contributors: int, roster: int) -> str:
    """Which share of a unit's people a cell covers, as a class: 95–100 %, 80–95 %, below 80 %.

    Raises:
        ValueError: the share is negative.
    """
    share = min(1.0, contributors / roster) if roster else 0.0
    for edge, name in COVERAGE:
        if share >= edge:
            return name
    raise ValueError("a share is not negative")


def base_of(metric: Metric, band: str, *, fast: bool) -> float:
    """The rounding base of a ratio or mean: 0.01 or 0.1 h when fast, by the band of n when slow."""
    if metric.shape is Shape.SHARE:
        return SHARE_BASE[band]
    kind = "hours" if metric.unit == "hours" else "ratio"
    return FAST[kind] if fast else (SLOW_HOURS if kind == "hours" else SLOW_RATIO)[band]


def is_fast(swing: float, unit: str, policy: Policy) -> bool:
    """True when people's own weeks differ so much that a joiner or leaver drowns in the others' swing.

    swing: pooled within-person week-to-week deviation s_w (utilisation, or hours). Fast: `s_w * sqrt(2 (k' - 1)) >= W / 2`,
    so 0.08 utilisation or 3.2 hours at k' = 6.
    """
    width = policy.hours_width if unit == "hours" else policy.ratio_width
    return swing * sqrt(2 * (policy.k_prime - 1)) >= width / 2


def joiner_rule_holds(base: float, band: str, width: float) -> bool:
    """D8: a value unchanged while one person leaves keeps that person uncertain by `base * (2 n + 1) >= width`."""
    return base * (2 * LOWER_EDGE[band] + 1) >= width - 1e-9


def is_dominated(sums: CellSums | CellColumns, policy: Policy) -> bool | NDArray[np.bool_]:
    """Whether (for each cell) one or two people make up so much of a sum of hours that it must be written more coarsely.

    (n,k) rule: the largest over 50 % or the two largest over 75 %. p-percent rule: the rest beside the two largest is below
    p (10 %) of the largest, so that the second could work out the first.
    """
    rest = sums.numerator - sums.first - sums.second
    return (sums.numerator > 0) & (
        (sums.first > policy.dominance_first * sums.numerator)
        | (sums.first + sums.second > policy.dominance_two * sums.numerator)
        | (rest < policy.dominance_p * sums.first)
    )


def share_class(people: float, n: int, policy: Policy) -> str:
    """A share among fewer than 20: 'many' (3 people and 30 %), 'some' (2 people and 15 %), else 'few'."""
    if people >= 3 and people >= policy.share_many * n:
        return "many"
    if people >= 2 and people >= policy.share_some * n:
        return "some"
    return "few"


def write_all(metric: Metric, sums: CellColumns, *, fast: bool, spread: float, policy: Policy) -> list[Written | None]:
    """The published form of each cell, or None when this measure is not told at that size.

    Shares of people are rounded to at least two people's worth and coded at both ends (at 20 people: at most 10 %).

    Everything after the rounded value uses published things only: the value, its base, the lower edge of the band of n,
    and the company's `spread` (pooled within-unit SD). So the interval is at most as precise as it says.

    Raises:
        ValueError: a sum is NaN or infinite (a defect of whoever made it).
    """
    if metric.shape is Shape.CARD:
        return [Written(None, "card", None, None, None)] * len(sums.n)  # `core.privacy.cards` adds the classes
    if metric.shape is Shape.SHARE:
        pairs = list(zip(sums.n.tolist(), sums.numerator.tolist(), strict=True))
        forms = {(n, people): _write_share(metric, n, people, policy) for n, people in set(pairs)}
        return [forms[pair] for pair in pairs]
    told = sums.denominator > 0
    if metric.whole_population_only:
        told &= sums.n >= policy.exact_share_n
    bands = list(map(n_band, sums.n.tolist()))
    bases = {band: base_of(metric, band, fast=fast) for band in LOWER_EDGE}
    widest = base_of(metric, "5–9", fast=False)  # the same for all, or its width would tell a dominated cell
    half = {band: Z95 * sqrt(spread**2 / edge + widest**2 / 12) for band, edge in LOWER_EDGE.items()}
    base = np.array([bases[band] for band in bands])
    base = np.where(is_dominated(sums, policy), np.maximum(base, widest), base)
    value = sums.numerator / np.where(told, sums.denominator, 1.0)
    steps = np.trunc(value / base + 0.5 + 1e-9)  # half up
    if not np.isfinite(steps[told]).all():
        raise ValueError(f"{metric.id}: a sum is not a number")
    cells = zip(told.tolist(), steps.tolist(), base.tolist(), bands, strict=True)
    return [_form(step, at, metric.floor, band, half[band]) if tell else None for tell, step, at, band in cells]


@lru_cache(maxsize=100_000)  # published values lie on a grid, and there are four widths for each measure
def _form(steps: float, base: float, floor: float, band: str, half: float) -> Written:
    """So many steps of `base` as they may be read; coded when the value could show somebody to be near `floor`."""
    value = round(steps * base, 6)  # without the crumbs of binary fractions
    least = _to_base(max(floor / LOWER_EDGE[band], base), base)
    if value < least:
        return Written(least, "at most", None, 0.0, least)
    return Written(value, "", None, max(0.0, round(value - half, 4)), round(value + half, 4))


def _write_share(metric: Metric, n: int, people: float, policy: Policy) -> Written | None:
    if n < policy.exact_share_n:
        if metric.whole_population_only:
            return None
        return Written(None, "class", share_class(people, n, policy), None, None)
    band = n_band(n)
    edge = LOWER_EDGE[band]
    end = SHARE_BASE[band]
    value = _to_base(people / n, end)
    if value <= end:
        return Written(end, "at most", None, 0.0, wilson(end, edge)[1])
    if value >= 1 - end:
        return Written(1 - end, "at least", None, wilson(1 - end, edge)[0], 1.0)
    low, high = wilson(value, edge)
    return Written(value, "", None, low, high)


@lru_cache(maxsize=10_000)  # published shares are few
def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (E. B. Wilson 1927), here with the rounded share and the lower edge of n's band."""
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * sqrt(share * (1 - share) / n + Z95**2 / (4 * n * n))
    return round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4)


def _to_base(value: float, base: float) -> float:
    """Round half up to a multiple of `base`, without the crumbs of binary fractions."""
    return round(int(value / base + 0.5 + 1e-9) * base, 6)
