"""The second, independent audit: may a set of published rows be shown, judged by nothing but who is in which row.

It shares no code and no idea with the choice of what to publish. It gets a membership matrix and answers whether the
release is SAFE(k): every non-zero vector of the rational row space touches at least k distinct persons. In other
words, no way of adding and subtracting anything published leaves a figure about fewer than k people.

A column (an *unknown*) belongs to one person and carries a tag: variable, week, version. A person may own several
columns, as after a correction, and counts once. Columns that lie in the same rows form an *atom*; an atom with k
persons or more is *large*, the others are small. The steps, for each connected component of rows and atoms:

1. Rows are reduced exactly, modulo two primes, large atoms first. A combination that avoids every large atom lies in
   the span of the reduced rows whose pivot is a small atom; nothing else can isolate fewer than k persons.
2. Reduced rows whose supports meet nobody else's are settled by counting their persons. (A family of nested or
   disjoint rows reduces to its disjoint remainders.)
3. The rest is settled by disjoint bases, or searched in the null space for dependent sets of columns: completely
   where the work allows it, otherwise for supports of a few atoms, and the proof says so.
4. Every person and every hidden cell with fewer than k persons gets a rank test of its own.

Every violation is multiplied out in integers before it is reported. Sources: Vardy 1997, 10.1109/18.641542 (the
general question is NP-hard: it is the minimum distance of a linear code); Chin and Ozsoyoglu 1982,
10.1109/TSE.1982.236161 (audit of statistical queries by reduction). Uses numpy and the standard library only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from types import MappingProxyType

import numpy as np

from core.privacy import linear
from core.privacy.linear import Matrix, Reduction
from core.privacy.supports import LISTED_LIMIT, Artefact, search_supports, supports_by_bases

Unknown = tuple[str, str]
"""One column: (person, tag). The tag names variable, week and version of the value."""

EXACT_LIMIT = 20_000_000
"""Rows x rows x atoms up to which a component is reduced in rationals when the primes do not settle its rank."""

_NO_CELLS: Mapping[str, frozenset[Unknown]] = MappingProxyType({})


@dataclass(frozen=True)
class Violation:
    """A combination of published cells that concerns fewer than k persons.

    `persons`: who is left, sorted. `combination`: (cell id, coefficient) in the order of the rows given, exact, without
    zeros; scaled so that the result has coprime whole coefficients with a positive sum (when they sum to zero, the
    last cell counts positively).
    """

    persons: tuple[str, ...]
    combination: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True)
class Proof:
    """What was found, and how far the proof reaches.

    `rows`, `atoms`, `rank`: size of the membership matrix (atoms: distinct columns) and its rank. `safe`: nothing was
    found; it is proved when `complete` is True as well, and False also when the arithmetic stayed undecided.
    `violations`: the smallest of each block, confirmed exactly; not a list of all. `hidden_recoverable`: ids of hidden
    cells with fewer than k persons whose sum follows from the rows. `persons_recoverable`: persons about whom alone
    something follows; this and the former are complete lists. `method`: which arguments applied. `complete`: False when
    some search was cut short.
    """

    rows: int
    atoms: int
    rank: int
    safe: bool
    violations: tuple[Violation, ...]
    hidden_recoverable: tuple[str, ...]
    persons_recoverable: tuple[str, ...]
    method: str
    complete: bool


@dataclass(frozen=True)
class _Component:
    """Rows and atoms that hang together. Columns are sorted by persons, most first: `large` of them have k or more."""

    cells: tuple[str, ...]
    given: tuple[int, ...]  # where each cell stood among the rows given
    matrix: Matrix
    persons: tuple[frozenset[str], ...]
    unknowns: tuple[tuple[Unknown, ...], ...]
    large: int


@dataclass
class _Finding:
    """What the audit of one component found. `reductions`: modulo the two primes; `certified`: their rank is proved."""

    rank: int
    reductions: tuple[Reduction, Reduction]
    certified: bool
    methods: set[str] = field(default_factory=set)
    violations: dict[tuple[str, ...], Violation] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    complete: bool = True
    undecided: bool = False


def prove(
    rows: Mapping[str, frozenset[Unknown]], k: int, hidden: Mapping[str, frozenset[Unknown]] = _NO_CELLS
) -> Proof:
    """Audit published `rows` (cell id -> its unknowns) against SAFE(k), and try to recover the `hidden` cells.

    Empty rows and repeated rows add nothing. Hidden cells with k persons or more may be recoverable: that is no
    violation. Raises ValueError when k is below 1.
    """
    if k < 1:
        raise ValueError(f"k is the smallest number of persons a figure may concern, at least 1; got {k}")
    components = _components(rows, k)
    findings = [_examine(component, k) for component in components]
    place = {u: (c, a) for c, part in enumerate(components) for a, atom in enumerate(part.unknowns) for u in atom}
    exposed = [
        name
        for name, cell in hidden.items()
        if cell and len({person for person, _ in cell}) < k and _recoverable(cell, components, findings, place)
    ]
    violations = {persons: violation for finding in findings for persons, violation in finding.violations.items()}
    for name in exposed:
        persons = tuple(sorted({person for person, _ in hidden[name]}))
        combination = None if persons in violations else exact_combination(rows, dict.fromkeys(hidden[name], 1))
        if combination:
            violations[persons] = Violation(persons, tuple(combination.items()))
    return Proof(
        rows=len(rows),
        atoms=sum(len(component.persons) for component in components),
        rank=sum(finding.rank for finding in findings),
        safe=not violations and not any(finding.undecided for finding in findings),
        violations=tuple(violations[persons] for persons in sorted(violations, key=lambda each: (len(each), each))),
        hidden_recoverable=tuple(exposed),
        persons_recoverable=tuple(sorted(set[str]().union(*(finding.alone for finding in findings)))),
        method="; ".join(sorted(set[str]().union(*(finding.methods for finding in findings)))) or "no rows",
        complete=all(finding.complete for finding in findings),
    )


def exact_combination(
    rows: Mapping[str, frozenset[Unknown]], target: Mapping[Unknown, int | Fraction]
) -> dict[str, Fraction] | None:
    """Rational coefficients whose combination of `rows` is exactly `target`, or None when there are none.

    `target` maps unknowns to coefficients (absent: 0). Returns only non-zero coefficients, in the order of `rows`; an
    empty dict for a zero target. Proved either way: a combination is multiplied out in integers, and None rests on a
    certified rank or on elimination in rationals.
    """
    wanted = {unknown: Fraction(value) for unknown, value in target.items() if value}
    scale = lcm(*(value.denominator for value in wanted.values()))
    found: dict[str, Fraction] = {}
    for component in _components(rows, 1):
        if not any(unknown in wanted for atom in component.unknowns for unknown in atom):
            continue
        vector = []
        for atom in component.unknowns:
            values = {wanted.pop(unknown, Fraction(0)) for unknown in atom}
            if len(values) > 1:
                return None
            vector.append(int(values.pop() * scale))
        coefficients = linear.solve(component.matrix, vector)
        if coefficients is None:
            return None
        found |= {cell: value / scale for cell, value in zip(component.cells, coefficients, strict=True) if value}
    return {cell: found[cell] for cell in rows if cell in found} if not wanted else None


def _components(rows: Mapping[str, frozenset[Unknown]], k: int) -> list[_Component]:
    """Connected components of the bipartite graph of distinct non-empty rows and atoms."""
    distinct: dict[frozenset[Unknown], str] = {}
    for cell, unknowns in rows.items():
        if unknowns:
            distinct.setdefault(unknowns, cell)
    order = {cell: i for i, cell in enumerate(rows)}
    ranked = sorted(distinct.items(), key=lambda item: len(item[0]))  # small rows first keep the elimination sparse
    cells = [(cell, order[cell]) for _, cell in ranked]
    lies_in: dict[Unknown, list[int]] = {}
    for number, (unknowns, _) in enumerate(ranked):
        for unknown in unknowns:
            lies_in.setdefault(unknown, []).append(number)
    atoms: dict[tuple[int, ...], list[Unknown]] = {}
    for unknown, numbers in lies_in.items():
        atoms.setdefault(tuple(numbers), []).append(unknown)
    return [_component(cells, numbers, atoms, k) for numbers in _connected(len(cells), atoms)]


def _component(
    cells: Sequence[tuple[str, int]],
    members: tuple[list[int], list[tuple[int, ...]]],
    atoms: Mapping[tuple[int, ...], list[Unknown]],
    k: int,
) -> _Component:
    numbers, patterns = members
    owned = [(frozenset(person for person, _ in atoms[p]), p, tuple(sorted(atoms[p]))) for p in patterns]
    owned.sort(key=lambda item: (-len(item[0]), item[1]))
    position = {number: i for i, number in enumerate(numbers)}
    matrix = np.zeros((len(numbers), len(owned)), dtype=np.int64)
    for column, (_, pattern, _) in enumerate(owned):
        matrix[[position[number] for number in pattern], column] = 1
    return _Component(
        cells=tuple(cells[number][0] for number in numbers),
        given=tuple(cells[number][1] for number in numbers),
        matrix=matrix,
        persons=tuple(item[0] for item in owned),
        unknowns=tuple(item[2] for item in owned),
        large=sum(len(item[0]) >= k for item in owned),
    )


def _roots(count: int, groups: Iterable[Sequence[int]]) -> list[int]:
    """Union-find: for each of `count` things the smallest thing that it is connected to by the groups."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for group in groups:
        for other in group[1:]:
            low, high = sorted((root(group[0]), root(other)))
            parent[high] = low
    return [root(i) for i in range(count)]


def _connected(
    count: int, atoms: Mapping[tuple[int, ...], list[Unknown]]
) -> list[tuple[list[int], list[tuple[int, ...]]]]:
    parts: dict[int, tuple[list[int], list[tuple[int, ...]]]] = {}
    roots = _roots(count, atoms)
    for number, root in enumerate(roots):
        parts.setdefault(root, ([], []))[0].append(number)
    for pattern in atoms:
        parts[roots[pattern[0]]][1].append(pattern)
    return list(parts.values())


def _recoverable(
    cell: frozenset[Unknown],
    components: Sequence[_Component],
    findings: Sequence[_Finding],
    place: Mapping[Unknown, tuple[int, int]],
) -> bool:
    """Rank test of one hidden cell: is its indicator in the row space (a direct sum over the components)?"""
    touched: dict[int, set[int]] = {}
    size = 0
    for unknown in cell:
        if unknown not in place:
            return False
        component, atom = place[unknown]
        if atom not in touched.setdefault(component, set()):
            touched[component].add(atom)
            size += len(components[component].unknowns[atom])
    if size != len(cell):  # the cell cuts through an atom, on which every vector of the row space is constant
        return False
    for component, atoms in touched.items():
        part, finding = components[component], findings[component]
        vector = np.zeros(len(part.persons), dtype=np.int64)
        vector[list(atoms)] = 1
        implied = [
            not ((vector[list(r.pivots)] @ r.echelon - vector) % r.prime).any() for r in finding.reductions if r.prime
        ]
        if finding.certified and not all(implied) and finding.reductions[implied.index(False)].rank == finding.rank:
            return False
        if linear.solve(part.matrix, vector.tolist()) is None:
            return False
    return True


def _examine(part: _Component, k: int) -> _Finding:
    """Audit one component, modulo as many primes as it takes for the answer to hold in rationals."""
    one, other = (linear.reduce_rows(part.matrix, prime) for prime in linear.PRIMES)
    finding = _Finding(max(one.rank, other.rank), (one, other), linear.rank_is_certified(part.matrix, one, other))
    if not finding.certified and len(part.cells) * part.matrix.size <= EXACT_LIMIT:
        finding.rank = linear.reduce_rows(part.matrix, None).rank
        finding.certified = True
    if not finding.certified:
        finding.methods.add("rank modulo two primes only")
        finding.complete = False
    needed = 1 if finding.certified else 2
    for number, prime in enumerate((*linear.PRIMES, *linear.RESERVE_PRIMES)):
        reduction = finding.reductions[number] if number < 2 else linear.reduce_rows(part.matrix, prime)
        if reduction.rank < finding.rank:
            continue
        try:
            _settle(part, reduction, k, finding)
        except Artefact:
            continue
        needed -= 1
        if not needed:
            return finding
    finding.methods.add("undecided")
    finding.undecided, finding.complete = True, False
    return finding


def _settle(part: _Component, reduction: Reduction, k: int, finding: _Finding) -> None:
    """Split the combinations that avoid every large atom into independent blocks, and settle each block."""
    start = bisect_left(reduction.pivots, part.large)
    basis, pivots = reduction.echelon[start:], reduction.pivots[start:]
    roots = _roots(len(part.persons), [np.flatnonzero(row).tolist() for row in basis])
    blocks: dict[int, list[int]] = {}
    for row, pivot in enumerate(pivots):
        blocks.setdefault(roots[pivot], []).append(row)
    if (np.count_nonzero(reduction.echelon, axis=0) <= 1).all():
        finding.methods.add("disjoint remainders")
    elif len(blocks) == len(basis):
        finding.methods.add("elimination of large atoms")
    for rows in blocks.values():
        block = np.flatnonzero(basis[rows].any(axis=0)).tolist()
        _settle_block(part, reduction, [start + row for row in rows], block, k, finding)


def _settle_block(
    part: _Component, reduction: Reduction, rows: list[int], block: list[int], k: int, finding: _Finding
) -> None:
    def violates(support: Sequence[int]) -> bool:
        """Record the violation on these columns; False when there is none modulo the prime."""
        outside = np.setdiff1d(block, support)
        if not len(linear.reduce_rows(reduction.echelon[rows][:, outside], reduction.prime).relations):
            return False
        violation = _confirm(part, finding.reductions, block, support)
        if violation is None:
            raise Artefact
        finding.violations.setdefault(violation.persons, violation)
        if len(violation.persons) == 1:
            finding.alone.update(violation.persons)
        return True

    owners = [part.persons[column] for column in block]
    if len(rows) == 1:
        if len(frozenset[str]().union(*owners)) < k:
            violates(block)
        return
    own: dict[frozenset[str], list[int]] = {}
    for column, persons in zip(block, owners, strict=True):
        if len(persons) == 1:
            own.setdefault(persons, []).append(column)
    for columns in own.values():  # a single column of one's own in the row space would be a block by itself
        if len(columns) > 1:
            violates(columns)
    position = {column: i for i, column in enumerate(block)}
    basis = reduction.echelon[rows][:, block]
    pivots = [position[reduction.pivots[row]] for row in rows]
    prime = reduction.prime or linear.PRIMES[0]
    by_bases = supports_by_bases(basis, owners, k - 1, prime)
    if by_bases is not None:
        finding.methods.add(f"disjoint bases, complete to {k - 1}")
        for support in by_bases[:LISTED_LIMIT]:
            violates([block[i] for i in support])
        return
    reach = search_supports(basis, pivots, owners, k - 1, prime, lambda support: violates([block[i] for i in support]))
    finding.complete &= reach is None
    finding.methods.add(
        f"null space, complete to {k - 1}" if reach is None else f"null space, to {reach} atoms of {len(block)}"
    )


def _confirm(
    part: _Component, reductions: Iterable[Reduction], block: Sequence[int], support: Sequence[int]
) -> Violation | None:
    """The exact combination of cells whose persons all lie in the columns of `support`, or None when there is none."""
    outside = np.setdiff1d(block, support)
    residues = []
    for reduction in reductions:
        rows = [i for i, pivot in enumerate(reduction.pivots) if pivot in block]
        prime = reduction.prime or linear.PRIMES[0]
        inner = linear.reduce_rows(reduction.echelon[rows][:, outside], prime).relations[:1]
        result = inner @ reduction.echelon[rows] % prime
        if result.any():
            lead = int(result[0, np.flatnonzero(result[0])[0]])
            residues.append((inner @ reduction.origin[rows])[0] % prime * pow(lead, -1, prime) % prime)
    coefficients = linear.lift(residues[0], residues[1], linear.PRIMES) if len(residues) == 2 else None
    rest = np.setdiff1d(np.arange(len(part.persons)), support)
    vector = linear.combine(coefficients, part.matrix) if coefficients else []
    if not any(vector) or any(vector[column] for column in rest):
        exact = linear.reduce_rows(part.matrix[:, np.r_[rest, np.array(support, dtype=np.int64)]], None)
        if exact.pivots[-1] < len(rest):
            return None
        coefficients = list(exact.origin[-1])
        vector = linear.combine(coefficients, part.matrix)
    return _violation(part, coefficients or [], vector)


def _violation(part: _Component, coefficients: Sequence[Fraction], vector: Sequence[Fraction]) -> Violation:
    factor = lcm(*(value.denominator for value in vector))  # the first entry is 1: no common factor remains
    named = sorted(zip(part.given, part.cells, coefficients, strict=True))
    named = [(place, cell, value * factor) for place, cell, value in named if value]
    total = sum((v * len(atom) for v, atom in zip(vector, part.unknowns, strict=True)), Fraction(0))
    sign = -1 if total < 0 or (total == 0 and named[-1][2] < 0) else 1
    persons = frozenset[str]().union(*(who for who, v in zip(part.persons, vector, strict=True) if v))
    return Violation(tuple(sorted(persons)), tuple((cell, sign * value) for _, cell, value in named))
