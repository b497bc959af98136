"""What an area hands over for one period, and the sums of every candidate cell. No SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.privacy.lattice import Lattice, Unit
from core.privacy.rounding import CellSums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def variables_of(measure: str) -> tuple[str, str]:
    """The unknowns behind a measure: what is added up, and what it is divided by (where that is not the number of people)."""
    return measure, f"{measure} over"


@dataclass(frozen=True)
class Contribution:
    """One family of measures in one period: who contributed, from which home unit, and what.

    people, units: aligned arrays, shape (n,). variables: name -> values, shape (n,); each is an unknown of its own in the
    ledger (hours worked are one unknown, hours available another, every flag another), so that a change of one is never
    taken for a change of another. measures: measure id -> (numerator, denominator), arrays of shape (n,). delivered: home
    units for which any raw value of the family came in (a unit outside it is `missing`, not `hidden`). silence_tells: values
    come in only when people do something; then nothing is `missing` of fewer than k' people, whose silence would be told.
    """

    family: str
    people: Ints
    units: Ints
    variables: Mapping[str, Floats]
    measures: Mapping[str, tuple[Floats, Floats]]
    delivered: frozenset[int]
    silence_tells: bool = False


@dataclass(frozen=True)
class PeriodInput:
    """Everything the release of one period needs. `roster`: unit -> people whose home unit it is in that period."""

    area: str
    period: date
    units: tuple[Unit, ...]
    roster: Mapping[int, int]
    contributions: tuple[Contribution, ...]


class Members:
    """Contributors of one family placed on a lattice; those in no cell (few people on an inner unit) are left out."""

    def __init__(self, lattice: Lattice, contribution: Contribution) -> None:
        self.leaves = [cell for cell in lattice.order if not lattice.children[cell]]
        index = {leaf: i for i, leaf in enumerate(self.leaves)}
        place = {unit: index[leaf] if leaf is not None else -1 for unit, leaf in lattice.leaf_of_unit.items()}
        units, where = np.unique(contribution.units, return_inverse=True)
        leaf = np.array([place.get(unit, -1) for unit in units.tolist()], dtype=np.int64)[where]
        self.kept = leaf >= 0
        self.leaf = leaf[self.kept]
        self.people = contribution.people[self.kept]
        self.counts = dict(zip(self.leaves, np.bincount(self.leaf, minlength=len(self.leaves)).tolist(), strict=True))

    def key(self) -> tuple[bytes, bytes]:
        """Families with equal keys have equal members everywhere, so one decision protects them all."""
        order = np.argsort(self.people)
        return self.people[order].tobytes(), self.leaf[order].tobytes()

    def leaf_rows(self) -> dict[str, Ints]:
        """Leaf -> positions (into the kept contributors) of its members."""
        order = np.argsort(self.leaf, kind="stable")
        bounds = np.searchsorted(self.leaf[order], np.arange(len(self.leaves) + 1))
        return {leaf: order[bounds[i] : bounds[i + 1]] for i, leaf in enumerate(self.leaves)}


def cell_sums(
    groups: Mapping[str, tuple[str, ...]], members: Members, numerator: Floats, denominator: Floats
) -> dict[str, CellSums]:
    """The sums of one measure over each group of leaves.

    groups: cell -> its leaves. numerator, denominator: per contribution (before people without a cell are left out).
    """
    top, down = numerator[members.kept], denominator[members.kept]
    size = len(members.leaves)
    index = {leaf: i for i, leaf in enumerate(members.leaves)}
    tops = np.bincount(members.leaf, weights=top, minlength=size)
    downs = np.bincount(members.leaf, weights=down, minlength=size)
    count = np.bincount(members.leaf, minlength=size)
    first, second = _two_largest(members.leaf, top, size)
    found = {}
    for cell, leaves in groups.items():
        start, end = index[leaves[0]], index[leaves[-1]] + 1
        if end - start == 1:
            sums = count[start], tops[start], downs[start], first[start], second[start]
        else:
            # leaves stand in the order of the tree, so those of a cell lie side by side; those of `others` may not
            at = slice(start, end) if end - start == len(leaves) else np.array([index[leaf] for leaf in leaves])
            largest = np.sort(np.concatenate([first[at], second[at]]))
            sums = count[at].sum(), tops[at].sum(), downs[at].sum(), largest[-1], largest[-2]
        found[cell] = CellSums(int(sums[0]), *map(float, sums[1:]))
    return found


def _two_largest(leaf: Ints, value: Floats, size: int) -> tuple[Floats, Floats]:
    order = np.lexsort((-value, leaf))
    sorted_leaf, sorted_value = leaf[order], value[order]
    start = np.searchsorted(sorted_leaf, np.arange(size))
    end = np.searchsorted(sorted_leaf, np.arange(size), side="right")
    first, second = np.zeros(size), np.zeros(size)
    has_one, has_two = end - start >= 1, end - start >= 2
    first[has_one] = sorted_value[start[has_one]]
    second[has_two] = sorted_value[start[has_two] + 1]
    return first, second


def pooled_spread(members: Members, value: Floats) -> tuple[float, int]:
    """The pooled within-leaf standard deviation of a person value, and the number of people it rests on.

    `sqrt(sum over leaves of sum (x - leaf mean)^2 / sum of (n - 1))`; leaves of one person add nothing. NaN when no leaf has
    two people.
    """
    kept = value[members.kept]
    size = len(members.leaves)
    count = np.bincount(members.leaf, minlength=size)
    mean = np.bincount(members.leaf, weights=kept, minlength=size) / np.maximum(count, 1)
    squares = float(((kept - mean[members.leaf]) ** 2).sum())
    freedom = int((count - 1).clip(min=0).sum())
    return (float(np.sqrt(squares / freedom)) if freedom else float("nan")), len(kept)
