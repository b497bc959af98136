"""What an area hands over for one period, and the sums of every candidate cell. No SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.privacy.lattice import Lattice, Unit
from core.privacy.rounding import CellColumns

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
        self.leaves = lattice.leaves
        leaf = _leaf_numbers(lattice, contribution.units)
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


def _leaf_numbers(lattice: Lattice, units: Ints) -> Ints:
    """The place among `lattice.leaves` to which each unit leads, -1 for none; shape as `units`."""
    known = sorted(lattice.leaf_of_unit.items())
    ids = np.array([unit for unit, _ in known], dtype=np.int64)
    # one place more than there are units, for those that are not among them
    place = np.array([*(-1 if leaf is None else lattice.number[leaf] for _, leaf in known), -1], dtype=np.int64)
    at = np.searchsorted(ids, units)
    at[np.append(ids, 0)[at] != units] = len(ids)
    return place[at]


class Groups:
    """Groups of leaves, arranged so that a measure is summed over all of them at once: those of equal size together.

    groups: cell -> its leaves; `cells` are in the order given, behind those of `first`. One object serves many measures.
    """

    def __init__(self, lattice: Lattice, groups: Mapping[str, tuple[str, ...]], first: "Groups | None" = None) -> None:
        self.cells: list[str] = [*(first.cells if first else ()), *groups]
        by_size: dict[int, tuple[list[int], list[list[int]]]] = {}
        for at, leaves in enumerate(groups.values(), start=len(self.cells) - len(groups)):
            cells, rows = by_size.setdefault(len(leaves), ([], []))
            cells.append(at)
            rows.append([lattice.number[leaf] for leaf in leaves])
        # places among `cells`, shape (m,), and the numbers of their leaves, shape (m, size)
        self.blocks: list[tuple[Ints, Ints]] = list(first.blocks) if first else []
        self.blocks += [(np.array(cells), np.array(rows)) for cells, rows in by_size.values()]


def cell_sums(groups: Groups, members: Members, numerator: Floats, denominator: Floats) -> CellColumns:
    """The sums of one measure over each group of leaves, aligned with `groups.cells`.

    numerator, denominator: per contribution (before people without a cell are left out).
    """
    top, down = numerator[members.kept], denominator[members.kept]
    size = len(members.leaves)
    tops = np.bincount(members.leaf, weights=top, minlength=size)
    downs = np.bincount(members.leaf, weights=down, minlength=size)
    count = np.bincount(members.leaf, minlength=size)
    first, second = _two_largest(members.leaf, top, size)
    found = CellColumns(np.zeros(len(groups.cells), dtype=np.int64), *np.zeros((4, len(groups.cells))))
    for cells, leaves in groups.blocks:
        found.n[cells] = count[leaves].sum(axis=1)
        found.numerator[cells] = tops[leaves].sum(axis=1)
        found.denominator[cells] = downs[leaves].sum(axis=1)
        largest = np.sort(np.concatenate([first[leaves], second[leaves]], axis=1), axis=1)
        found.first[cells], found.second[cells] = largest[:, -1], largest[:, -2]
    return found


def _two_largest(leaf: Ints, value: Floats, size: int) -> tuple[Floats, Floats]:
    order = np.argsort(-value)
    order = order[np.argsort(leaf[order].astype(np.uint16 if size <= 2**16 else np.int64), kind="stable")]
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
