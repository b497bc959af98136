"""Exact linear algebra for the second privacy audit: reduction, lifting to rationals, dependent columns.

Everything is decided modulo a prime and then carried over to the rationals by proof, never by tolerance:

* *Nothing found modulo p* holds over the rationals as soon as the rank modulo p is the rational rank. A rational
  vector of the row space, scaled to a primitive integer vector, reduces modulo p to a non-zero vector of the row space
  modulo p with no larger support. `rank_is_certified` shows the equality of ranks: it lifts every vanishing row's
  relation to rational coefficients and multiplies it out in integers.
* *Something found modulo p* counts only after its coefficients are lifted and multiplied out in integers.

Uses numpy and the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import gcd, isqrt, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]

PRIMES: tuple[int, int] = (65521, 65519)
"""The two largest primes below 2**16: a product of two residues, summed 2**31 times, fits into 64 bits."""

RESERVE_PRIMES: tuple[int, ...] = (65497, 65479, 65449)
"""Primes to turn to when one of the two has a zero where the rationals have none."""


@dataclass(frozen=True)
class Reduction:
    """The reduced row-echelon form of a matrix, and how each of its rows is made of the given rows.

    `echelon` (rank x columns) = `origin` (rank x rows) @ matrix; `relations` (rows - rank x rows) @ matrix = 0, each
    relation having coefficient 1 at one dependent row and otherwise only independent rows; `pivots` are the pivot
    columns, ascending. Integers modulo `prime` (int64), or `Fraction` objects when `prime` is None.
    """

    echelon: Matrix
    origin: Matrix
    relations: Matrix
    pivots: tuple[int, ...]
    prime: int | None

    @property
    def rank(self) -> int:
        """Number of independent rows."""
        return len(self.pivots)


def reduce_rows(matrix: Matrix, prime: int | None) -> Reduction:
    """Gauss-Jordan elimination modulo `prime`, or in rationals when `prime` is None.

    Columns are taken from the left and rows from the top, so a row that depends on rows above it never becomes a
    pivot row, and with the columns of a set placed last, the echelon rows whose pivot lies there span exactly the
    vectors of the row space that vanish outside the set.
    """
    count, width = matrix.shape
    together = np.concatenate([matrix, np.eye(count, dtype=np.int64)], axis=1)
    if prime is None:
        work: Matrix = np.frompyfunc(Fraction, 1, 1)(together.astype(object)) if together.size else together
    else:
        work = together.astype(np.int64) % prime
    free = np.ones(count, dtype=bool)
    used: list[int] = []
    pivots: list[int] = []
    for column in range(width):
        if len(used) == count:
            break
        hit = np.flatnonzero(work[:, column])
        open_rows = hit[free[hit]]
        if not open_rows.size:
            continue
        row = int(open_rows[0])
        free[row] = False
        used.append(row)
        pivots.append(column)
        lead = work[row, column]
        work[row] = work[row] / lead if prime is None else work[row] * pow(int(lead), -1, prime) % prime
        others = hit[hit != row]
        if others.size:
            changed = work[others] - work[others, column][:, None] * work[row]
            work[others] = changed if prime is None else changed % prime
    return Reduction(work[used, :width], work[used, width:], work[free, width:], tuple(pivots), prime)


def lift(first: Matrix, second: Matrix, primes: tuple[int, int] = PRIMES) -> list[Fraction] | None:
    """The rationals of small height with these residues modulo the two primes, or None when there are none.

    Chinese remaindering, then rational reconstruction (Wang 1981): numerator and denominator up to
    sqrt(p q / 2), 46,329 for the default primes. The result is a proposal: the caller multiplies it out.
    """
    p, q = primes
    modulus, inverse = p * q, pow(p, -1, q)
    bound = isqrt(modulus // 2)
    known: dict[tuple[int, int], Fraction] = {(0, 0): Fraction(0)}
    lifted = []
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        value = known.get((a, b))
        if value is None:
            value = _reconstruct(a + p * ((b - a) * inverse % q), modulus, bound)
            if value is None:
                return None
            known[a, b] = value
        lifted.append(value)
    return lifted


def _reconstruct(residue: int, modulus: int, bound: int) -> Fraction | None:
    """The fraction n/d with n = d * residue (mod modulus), abs(n) and d at most `bound`, by half a Euclid."""
    high, low, before, after = modulus, residue, 0, 1
    while low > bound:
        quotient = high // low
        high, low, before, after = low, high - quotient * low, after, before - quotient * after
    if after == 0 or abs(after) > bound or gcd(low, after) != 1:
        return None
    return Fraction(low, after)


def combine(coefficients: Sequence[Fraction], matrix: Matrix) -> list[Fraction]:
    """The exact vector `coefficients` @ `matrix` (an integer matrix), in arithmetic that cannot overflow."""
    used = [i for i, value in enumerate(coefficients) if value]
    scale = lcm(*(coefficients[i].denominator for i in used))
    whole = np.array([int(coefficients[i] * scale) for i in used], dtype=object)
    total = whole @ matrix[used].astype(object) if used else np.zeros(matrix.shape[1], dtype=object)
    return [Fraction(int(value), scale) for value in total]


def rank_is_certified(matrix: Matrix, first: Reduction, second: Reduction) -> bool:
    """True when the rank found modulo both primes is proved to be the rational rank of the integer `matrix`.

    A rank modulo a prime is never above the rational one; it is not below when each dependent row equals, in
    integers, a rational combination of the independent ones. (The lifted relations are independent, for their
    residues are.) False says nothing either way.
    """
    if first.pivots != second.pivots or first.prime is None or second.prime is None:
        return False
    for one, other in zip(first.relations, second.relations, strict=True):
        relation = lift(one, other, (first.prime, second.prime))
        if relation is None or not any(relation) or any(combine(relation, matrix)):
            return False
    return True


def solve(matrix: Matrix, target: Sequence[int], primes: tuple[int, int] = PRIMES) -> list[Fraction] | None:
    """Exact coefficients y with y @ matrix = target, or None when the target is not in the rational row space."""
    stacked = np.vstack([matrix, np.array(list(target), dtype=np.int64)[None, :]])
    reductions = [reduce_rows(stacked, prime) for prime in primes]
    last = len(matrix)
    implied = [bool(r.relations.size) and bool(r.relations[-1, last]) for r in reductions]
    if all(implied):
        relation = lift(reductions[0].relations[-1], reductions[1].relations[-1], primes)
        if relation is not None and relation[last] and not any(combine(relation, stacked)):
            return [-value / relation[last] for value in relation[:last]]
    elif not any(implied) and rank_is_certified(stacked, *reductions):
        return None
    exact = reduce_rows(stacked, None)
    if not exact.relations.size or not exact.relations[-1, last]:
        return None
    return [-value / exact.relations[-1, last] for value in exact.relations[-1, :last]]


@cache
def _inverses(prime: int) -> NDArray[np.int64]:
    """Table of inverses modulo `prime`; 0 stands at 0."""
    return np.array([0] + [pow(value, -1, prime) for value in range(1, prime)], dtype=np.int64)


def null_space_columns(basis: Matrix, pivots: Sequence[int], dimensions: int, prime: int) -> Matrix:
    """Columns of a random projection of the null space of `basis` (rows in echelon form): (dimensions, columns).

    A set of columns carries a vector of the row space exactly when the null space's columns there are dependent.
    Projection keeps every dependency; that it adds one has odds of about 1 in prime**(dimensions - set size + 1).
    The random numbers have a fixed seed: the same matrix gives the same audit.
    """
    width = basis.shape[1]
    loose = np.setdiff1d(np.arange(width), np.array(pivots, dtype=np.int64))
    size = min(dimensions, len(loose))
    mix = np.random.default_rng(prime).integers(0, prime, (size, len(loose)), dtype=np.int64)
    columns = np.zeros((size, width), dtype=np.int64)
    columns[:, loose] = mix
    columns[:, list(pivots)] = -(mix @ basis[:, loose].T) % prime
    return columns


def dependent_columns(
    columns: Matrix, weights: Matrix, budget: int, size: int, prime: int
) -> Iterator[tuple[int, ...]]:
    """Every set of `size` columns of total weight <= `budget` that is dependent modulo `prime`, and a few that are not.

    `columns` (dimensions x n) holds residues; `weights` (n,) are ascending. Sets with a dependent proper subset may be
    left out: ask for the smaller sizes first. Rarely a set is independent (two keys of 32 bits met): check each one.

    One column: a zero column. Two: parallel columns, found by equal ratios of coordinates. More: the space is divided
    by the first column and the rest searched for one column less; the last division is done for many columns at once.
    """
    yield from _extend(columns, weights, np.arange(columns.shape[1]), budget, size, prime)


def _extend(
    columns: Matrix, weights: Matrix, names: Matrix, budget: int, size: int, prime: int
) -> Iterator[tuple[int, ...]]:
    if len(names) < size or len(columns) < size - 1:  # with fewer dimensions the smaller sets are dependent already
        return
    keep = weights <= budget - int(weights[: size - 1].sum())
    if not keep.all():
        columns, weights, names = columns[:, keep], weights[keep], names[keep]
        if len(names) < size:
            return
    if size == 1:
        yield from ((int(name),) for name in names[~columns.any(axis=0)])
    elif size == 2:
        yield from _pairs(_keys(columns[:3], prime), weights, names, budget)
    elif size == 3:
        yield from _triples(columns, weights, names, budget, prime)
    else:
        for i in np.flatnonzero(weights * size <= budget):
            rest = slice(int(i) + 1, None)
            quotient = _divide(columns, int(i), prime)[:, rest]
            for found in _extend(quotient, weights[rest], names[rest], budget - int(weights[i]), size - 1, prime):
                yield (int(names[i]), *found)


def _divide(columns: Matrix, by: int, prime: int) -> Matrix:
    """Columns modulo the line of column `by`, with one dimension less; none when that column is zero."""
    vector = columns[:, by]
    nonzero = np.flatnonzero(vector)
    if not nonzero.size:
        return columns[:0]
    lead = int(nonzero[0])
    return np.delete((columns * vector[lead] - vector[:, None] * columns[lead]) % prime, lead, axis=0)


def _keys(coordinates: Matrix, prime: int) -> Matrix:
    """One number for each column, equal for parallel columns: the ratios x0 : x1 and x2 : x1 side by side."""
    if len(coordinates) == 1:
        return np.zeros(coordinates.shape[1:], dtype=np.int64)
    inverse = _inverses(prime)[coordinates[1]]
    key: Matrix = coordinates[0] * inverse % prime
    if len(coordinates) > 2:
        key = key * prime + coordinates[2] * inverse % prime
    return key


def _pairs(keys: Matrix, weights: Matrix, names: Matrix, budget: int) -> Iterator[tuple[int, ...]]:
    """Pairs of columns with equal keys that the budget allows."""
    order = np.argsort(keys, kind="stable")  # stable: inside a run of equal keys the weights stay ascending
    ranked = keys[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    for start, stop in zip(starts, np.r_[starts[1:], len(ranked)], strict=True):
        run = order[start:stop]
        for i in range(len(run) - 1):
            for j in range(i + 1, len(run)):
                if weights[run[i]] + weights[run[j]] > budget:
                    break
                yield int(names[run[i]]), int(names[run[j]])


def _triples(columns: Matrix, weights: Matrix, names: Matrix, budget: int, prime: int) -> Iterator[tuple[int, ...]]:
    """Dependent sets of three: for each first column, parallel pairs among the later ones modulo it."""
    count = len(names)
    firsts = np.flatnonzero(weights * 3 <= budget)
    plain = firsts[columns[0, firsts] != 0]
    chunk = max(1, 400_000 // count)
    later = np.arange(count)
    for begin in range(0, len(plain), chunk):
        batch = plain[begin : begin + chunk]
        lead = columns[0, batch][:, None]
        quotient = np.stack(
            [(columns[i] * lead - columns[i, batch][:, None] * columns[0]) % prime for i in range(1, len(columns[:4]))]
        )
        keys = _keys(quotient, prime)
        keys = np.where(later > batch[:, None], keys, -1 - later)  # earlier columns get keys of their own
        ranked = np.sort(keys, axis=1)
        for i in np.flatnonzero((ranked[:, 1:] == ranked[:, :-1]).any(axis=1)):
            first = int(batch[i])
            for pair in _pairs(keys[i, first + 1 :], weights[first + 1 :], names[first + 1 :], budget - weights[first]):
                yield (int(names[first]), *pair)
    for first in map(int, firsts[columns[0, firsts] == 0]):
        rest = slice(first + 1, None)
        quotient = _divide(columns, first, prime)[:, rest]
        for pair in _extend(quotient, weights[rest], names[rest], budget - int(weights[first]), 2, prime):
            yield (int(names[first]), *pair)
