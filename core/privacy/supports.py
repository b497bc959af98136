"""The null-space search of the second privacy audit: which few persons can carry a vector of a row space?

A set of columns carries a non-zero vector of the row space exactly when the same columns of a null-space basis are
linearly dependent. The search looks for dependent sets that belong to at most so many distinct persons.
Uses numpy and the standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb

import numpy as np

from core.privacy.linear import Matrix, dependent_columns, null_space_columns, reduce_rows

ALWAYS_ATOMS = 3
"""Supports of up to so many atoms are searched in any block, however large."""

WORK_LIMIT = 10_000_000
"""Sets of columns one search may look through: supports of five single persons among about 125 atoms."""

PACK_LIMIT = 3_000
"""Choices of persons with several columns that one search may go through."""

LISTED_LIMIT = 20
"""Violations reported for one block."""

BASE_TRIES = 4
"""Orders of columns in which disjoint bases are looked for."""


class Artefact(Exception):
    """A dependency holds modulo the prime, or in the projection, but not in truth: this prime cannot decide."""


Pack = tuple[tuple[int, ...], int]
"""Columns taken together, and the number of persons they belong to."""


def search_supports(
    basis: Matrix,
    pivots: Sequence[int],
    owners: Sequence[frozenset[str]],
    budget: int,
    prime: int,
    violates: Callable[[Sequence[int]], bool],
) -> int | None:
    """Hand every smallest set of columns of at most `budget` persons that may carry a vector to `violates`.

    `basis` (rank x columns) is in reduced echelon form modulo `prime` with these `pivots`; `owners` are the persons of
    each column, of whom a set may have `budget` in all. `violates` confirms a set. Returns None when every set of persons
    was covered, else the number of atoms up to which every support was. Stops at the first size that violates. Raises
    Artefact when a set is refuted.

    Columns that share persons form a cluster. Of a cluster of several columns, the sets of persons worth trying are the
    unions of the columns' owners, each with *all* the columns it owns; these choices are gone through one by one
    (a *pack*), and for each the columns that share nobody are searched with what is left of the budget.
    """
    clusters = _clusters(owners)
    lone = sorted((cluster[0] for cluster in clusters if len(cluster) == 1), key=lambda column: len(owners[column]))
    weights = np.array([len(owners[column]) for column in lone], dtype=np.int64)
    packs = _packs([cluster for cluster in clusters if len(cluster) > 1], owners, budget)
    reach: int | None = None
    if packs is None or sum(_work(weights, budget - weight) for _, weight in packs) > WORK_LIMIT:
        # Columns that share persons may add nobody: with weight 0 no set that matters is left out.
        shared = {column for cluster in clusters if len(cluster) > 1 for column in cluster}
        lone = sorted(range(len(owners)), key=lambda column: 0 if column in shared else len(owners[column]))
        weights = np.array([0 if column in shared else len(owners[column]) for column in lone], dtype=np.int64)
        packs = [((), 0)]
        reach = ALWAYS_ATOMS
        largest = _largest(weights, budget)
        while reach < largest and sum(_sets(weights, budget, size) for size in range(1, reach + 2)) <= WORK_LIMIT:
            reach += 1
        reach = None if reach >= largest else reach
    most = max(len(pack) + (reach or _largest(weights, budget - weight)) for pack, weight in packs)
    columns = null_space_columns(basis, pivots, most + 3, prime)
    for pack, weight in sorted(packs, key=lambda item: item[1]):
        if _search_pack(columns, pack, lone, weights, (budget, budget - weight), reach, owners, prime, violates):
            break
    return reach


def supports_by_bases(
    basis: Matrix, owners: Sequence[frozenset[str]], budget: int, prime: int
) -> list[tuple[int, ...]] | None:
    """Every support of at most `budget` persons, or None when this argument does not apply.

    Where no two columns share a person, a vector of at most b persons is non-zero at no more than b columns. Of more
    than b/2 disjoint sets of columns that are each a basis of the column space (information sets of the code, as in
    the algorithm of Brouwer and Zimmermann) one then meets it at a single column, for each meets it at least once: the
    vector is a multiple of a row of the echelon form for that set. So these rows are all there is to look at.
    """
    if sum(map(len, owners)) > len(frozenset[str]().union(*owners)):
        return None
    needed, rank = budget // 2 + 1, len(basis)
    if needed * rank > len(owners):
        return None
    random = np.random.default_rng(prime)
    for _ in range(BASE_TRIES):
        free, taken = random.permutation(len(owners)), np.array([], dtype=np.int64)
        supports: set[tuple[int, ...]] = set()
        for found in range(needed):
            order = np.r_[free, taken]
            reduced = reduce_rows(basis[:, order], prime)
            if reduced.pivots[-1] >= len(free):
                break
            rows = [tuple(sorted(order[np.flatnonzero(row)].tolist())) for row in reduced.echelon]
            supports.update(row for row in rows if sum(len(owners[column]) for column in row) <= budget)
            if found == needed - 1:
                return sorted(supports, key=len)
            taken = np.r_[taken, order[list(reduced.pivots)]]
            free = np.delete(free, list(reduced.pivots))
    return None


def _search_pack(
    columns: Matrix,
    pack: tuple[int, ...],
    lone: Sequence[int],
    weights: Matrix,
    budgets: tuple[int, int],
    reach: int | None,
    owners: Sequence[frozenset[str]],
    prime: int,
    violates: Callable[[Sequence[int]], bool],
) -> bool:
    """True when a pack alone, or with lone columns, carries a vector."""
    whole, left = budgets
    quotient = columns[:, lone]
    if pack:
        within = reduce_rows(columns[:, pack], prime)
        if within.rank < len(pack):
            if not violates(pack):
                raise Artefact
            return True
        quotient = within.relations @ quotient % prime
    found = 0
    for size in range(1, (reach or _largest(weights, left)) + 1):
        for chosen in dependent_columns(quotient, weights, left, size, prime):
            support = (*pack, *(lone[i] for i in chosen))
            if len(frozenset[str]().union(*(owners[column] for column in support))) > whole:
                continue
            if reduce_rows(columns[:, support], prime).rank == len(support):
                continue  # two keys met by chance
            if not violates(support):
                raise Artefact
            found += 1
            if found >= LISTED_LIMIT:
                break
        if found:
            return True
    return False


def _clusters(owners: Sequence[frozenset[str]]) -> list[list[int]]:
    """Columns joined wherever they share a person."""
    cluster_of: dict[str, list[int]] = {}
    clusters: dict[int, list[int]] = {}
    for column, persons in enumerate(owners):
        merged = [column]
        for other in {id(cluster_of[p]): cluster_of[p] for p in persons if p in cluster_of}.values():
            merged += clusters.pop(id(other))
        clusters[id(merged)] = merged
        for member in merged:
            cluster_of.update(dict.fromkeys(owners[member], merged))
    return [sorted(cluster) for cluster in clusters.values()]


def _packs(clusters: Sequence[list[int]], owners: Sequence[frozenset[str]], budget: int) -> list[Pack] | None:
    """Every choice of at most `budget` persons from the clusters, the empty one first; None when there are too many."""
    packs: list[Pack] = [((), 0)]
    for cluster in clusters:
        single = {owners[column] for column in cluster if len(owners[column]) <= budget}
        unions, fresh = set(single), set(single)
        while fresh:
            fresh = {a | b for a in fresh for b in single if len(a | b) <= budget} - unions
            unions |= fresh
            if len(unions) > PACK_LIMIT:
                return None
        choices = [(tuple(c for c in cluster if owners[c] <= persons), len(persons)) for persons in unions]
        packs += [
            (pack + columns, weight + more)
            for pack, weight in packs
            for columns, more in choices
            if weight + more <= budget
        ]
        if len(packs) > PACK_LIMIT:
            return None
    return packs


def _largest(weights: Matrix, budget: int) -> int:
    """Largest number of columns the budget allows; `weights` are ascending."""
    return int((np.cumsum(weights) <= budget).sum())


def _sets(weights: Matrix, budget: int, size: int) -> int:
    """About how many column sets the search for supports of `size` looks through: choices of all but the last."""
    if size > _largest(weights, budget):
        return 0
    usable = int((weights <= budget - int(weights[: size - 1].sum())).sum())
    return comb(usable, max(size - 1, 1))


def _work(weights: Matrix, budget: int) -> int:
    return sum(_sets(weights, budget, size) for size in range(1, _largest(weights, budget) + 1))
