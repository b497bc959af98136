"""Protection the plain way, for comparison: every cell decided, summed and written by itself, nothing kept from before."""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from core.metrics.definition import Metric, Shape
from core.policy import Policy
from core.privacy.candidates import Floats, Ints, Members
from core.privacy.lattice import Lattice, others_cell
from core.privacy.rounding import (
    BANDS,
    FAST,
    LOWER_EDGE,
    SHARE_BASE,
    SLOW_HOURS,
    SLOW_RATIO,
    Z95,
    CellSums,
    Written,
    share_class,
    wilson,
)
from core.privacy.suppression import Pattern

Results = dict[int, tuple[int, frozenset[str]]]


def decide(lattice: Lattice, counts: Mapping[str, int], k: int, weight: Mapping[str, int]) -> frozenset[str]:
    """The dynamic program, from the leaves up, carrying whole sets of shown cells.

    State: people whom no shown cell covers, up to k. Of equal totals the one that came first stays.
    """
    best: dict[str, Results] = {}
    people: dict[str, int] = {}
    for cell in reversed(lattice.order):
        children = lattice.children[cell]
        people[cell] = sum(people[child] for child in children) if children else counts.get(cell, 0)
        open_: Results = {0: (0, frozenset())} if children else {min(k, people[cell]): (0, frozenset())}
        for child in children:
            merged: Results = {}
            for have, (value, shown) in open_.items():
                for add, (worth, more) in best[child].items():
                    state = min(k, have + add)
                    if state not in merged or value + worth > merged[state][0]:
                        merged[state] = (value + worth, shown | more)
            open_ = merged
        results = dict(open_)
        if lattice.cells[cell].candidate and people[cell] >= k:
            for rest in (0, k):
                if rest in open_ and open_[rest][0] + weight[cell] > results.get(0, (-1,))[0]:
                    results[0] = (open_[rest][0] + weight[cell], open_[rest][1] | {cell})
        best[cell] = results
    shown = frozenset[str]()
    for root in lattice.roots:
        shown |= max(best[root].values(), key=lambda found: found[0])[1]
    return shown


def protect(lattice: Lattice, counts: Mapping[str, int], k: int, weight: Mapping[str, int]) -> Pattern:
    """What is shown, the hidden leaves of each shown cell taken together, and what stands for a hidden cell."""
    shown = decide(lattice, counts, k, weight)
    others: dict[str, tuple[str, tuple[str, ...]]] = {}
    stands_in: dict[str, str] = {}
    for cell in (cell for cell in lattice.order if cell in shown):
        below = lattice.leaves_below[cell]
        hidden = tuple(leaf for leaf in below if next(at for at in lattice.ancestors(leaf) if at in shown) == cell)
        hidden = tuple(leaf for leaf in hidden if leaf != cell)
        label = cell
        enough = sum(counts.get(leaf, 0) for leaf in hidden) >= k
        if hidden and hidden != below and enough and lattice.cells[cell].kind != "join":
            label = others_cell(lattice.cells[cell].unit)
            others[label] = (cell, hidden)
        for leaf in hidden:
            above = lattice.ancestors(leaf)
            for at in above[: above.index(cell)]:
                stands_in.setdefault(at, label)
    return Pattern(shown, others, stands_in)


def cell_sums(leaves: tuple[str, ...], members: Members, numerator: Floats, denominator: Floats) -> CellSums:
    """The sums of one cell. Leaves are added up first, as their sums are what is added (which decides the last digit)."""
    number = {leaf: at for at, leaf in enumerate(members.leaves)}
    top, down = numerator[members.kept], denominator[members.kept]
    inside = np.isin(members.leaf, [number[leaf] for leaf in leaves])
    largest = sorted([0.0, 0.0, *top[inside].tolist()] if inside.sum() < 2 else top[inside].tolist())
    return CellSums(
        int(inside.sum()),
        float(np.array([_added(top, members.leaf, number[leaf]) for leaf in leaves]).sum()),
        float(np.array([_added(down, members.leaf, number[leaf]) for leaf in leaves]).sum()),
        largest[-1],
        largest[-2],
    )


def _added(values: Floats, leaf: Ints, number: int) -> float:
    total = 0.0
    for value in values[leaf == number].tolist():
        total += value
    return total


def write(metric: Metric, sums: CellSums, *, fast: bool, spread: float, policy: Policy) -> Written | None:
    """How one cell reads."""
    band = next(name for edge, name in BANDS if sums.n >= edge)
    if metric.shape is Shape.CARD:
        return Written(None, "card", None, None, None)
    if metric.shape is Shape.SHARE:
        return _share(metric, sums, band, policy)
    if sums.denominator <= 0 or (metric.whole_population_only and sums.n < policy.exact_share_n):
        return None
    slow = SLOW_HOURS if metric.unit == "hours" else SLOW_RATIO
    base = FAST["hours" if metric.unit == "hours" else "ratio"] if fast else slow[band]
    if _dominated(sums, policy):
        base = max(base, slow["5–9"])
    value = _to_base(sums.numerator / sums.denominator, base)
    floor = _to_base(max(metric.floor / LOWER_EDGE[band], base), base)
    if value < floor:
        return Written(floor, "at most", None, 0.0, floor)
    half = Z95 * sqrt(spread**2 / LOWER_EDGE[band] + slow["5–9"] ** 2 / 12)
    return Written(value, "", None, max(0.0, round(value - half, 4)), round(value + half, 4))


def _share(metric: Metric, sums: CellSums, band: str, policy: Policy) -> Written | None:
    if sums.n < policy.exact_share_n:
        few = None if metric.whole_population_only else share_class(sums.numerator, sums.n, policy)
        return None if few is None else Written(None, "class", few, None, None)
    end = SHARE_BASE[band]
    value = _to_base(sums.numerator / sums.n, end)
    if value <= end:
        return Written(end, "at most", None, 0.0, wilson(end, LOWER_EDGE[band])[1])
    if value >= 1 - end:
        return Written(1 - end, "at least", None, wilson(1 - end, LOWER_EDGE[band])[0], 1.0)
    return Written(value, "", None, *wilson(value, LOWER_EDGE[band]))


def _dominated(sums: CellSums, policy: Policy) -> bool:
    if sums.numerator <= 0:
        return False
    return (
        sums.first > policy.dominance_first * sums.numerator
        or sums.first + sums.second > policy.dominance_two * sums.numerator
        or sums.numerator - sums.first - sums.second < policy.dominance_p * sums.first
    )


def _to_base(value: float, base: float) -> float:
    return round(int(value / base + 0.5 + 1e-9) * base, 6)
