"""Algorithm A: which cells of a tree may be shown so that no arithmetic isolates fewer than k people.

Laminar lemma: for published v let R_v be the people under v who are not under a published strict descendant. The non-empty
R_v are disjoint and span the row space of everything published, so it is safe exactly when each is empty or holds k people.
The choice uses structure, rosters and contributor counts, never a value, so that it can be repeated by an outsider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.privacy.lattice import Lattice, others_cell

# What was chosen below a cell, as a chain: (earlier choices, child, the child's state). A chain shares its tail, so that
# merging a thousand children copies nothing.
_Chosen = tuple[Any, str, int] | None


@dataclass(frozen=True)
class Pattern:
    """What is shown of a lattice.

    shown: published lattice cells. others: `others:<unit>` -> (shown cell it belongs to, its hidden leaves).
    stands_in: hidden cell -> the shown cell that includes its people (an `others` cell, a join or a unit above).
    """

    shown: frozenset[str]
    others: Mapping[str, tuple[str, tuple[str, ...]]]
    stands_in: Mapping[str, str]


def decide(lattice: Lattice, counts: Mapping[str, int], k: int, weight: Mapping[str, int]) -> frozenset[str]:
    """The safe set of cells with the largest total weight (exact; dynamic program over the tree, O(cells x k^2)).

    counts: leaf cell -> contributors (absent = 0). weight: cell -> worth of showing it (a positive integer).
    State: people below a cell that no published cell covers, 0..k-1, or k for "k or more". A cell is published only with
    at least k contributors and a remainder of 0 or at least k. Equal totals: the earlier path is shown.
    """
    people: dict[str, int] = {}
    best: dict[str, dict[int, int]] = {}
    how: dict[str, dict[int, tuple[bool, _Chosen]]] = {}
    for cell in reversed(lattice.order):
        children = lattice.children[cell]
        if not children:
            people[cell] = own = counts.get(cell, 0)
            best[cell], how[cell] = _leaf(own, k, weight[cell] if lattice.cells[cell].candidate else 0)
            continue
        people[cell] = sum(people[child] for child in children)
        open_: dict[int, tuple[int, _Chosen]] = {0: (0, None)}
        for child in children:
            states = best[child].items()
            merged: dict[int, tuple[int, _Chosen]] = {}
            for have, (value, chosen) in open_.items():
                for add, worth in states:
                    state = have + add if have + add < k else k
                    known = merged.get(state)
                    if known is None or value + worth > known[0]:
                        merged[state] = (value + worth, (chosen, child, add))
            open_ = merged
        results = {state: value for state, (value, _) in open_.items()}
        choices = {state: (False, chosen) for state, (_, chosen) in open_.items()}
        if lattice.cells[cell].candidate and people[cell] >= k:
            for rest in (0, k):
                if rest in open_ and open_[rest][0] + weight[cell] > results.get(0, -1):
                    results[0] = open_[rest][0] + weight[cell]
                    choices[0] = (True, open_[rest][1])
        best[cell], how[cell] = results, choices
    shown: set[str] = set()
    waiting = [(root, _most_valuable(best[root])) for root in lattice.roots]
    while waiting:
        cell, state = waiting.pop()
        published, chosen = how[cell][state]
        if published:
            shown.add(cell)
        while chosen is not None:
            chosen, child, add = chosen
            waiting.append((child, add))
    return frozenset(shown)


def _leaf(people: int, k: int, worth: int) -> tuple[dict[int, int], dict[int, tuple[bool, _Chosen]]]:
    """The states of a leaf: everybody open, or nobody where it is published (worth 0: it may not be)."""
    state = min(k, people)
    if people < k or not worth:
        return {state: 0}, {state: (False, None)}
    return {state: 0, 0: worth}, {state: (False, None), 0: (True, None)}


def _most_valuable(results: Mapping[int, int]) -> int:
    return max(results, key=lambda state: results[state])


def remainders(lattice: Lattice, shown: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """For each shown cell the leaves under it that no shown strict descendant covers (R_v of the lemma, as leaves)."""
    owner: dict[str, str | None] = {}
    for cell in lattice.order:
        parent = lattice.cells[cell].parent
        owner[cell] = cell if cell in shown else owner[parent] if parent is not None else None
    rest: dict[str, list[str]] = {cell: [] for cell in shown}
    for cell in lattice.order:
        holder = owner[cell]
        if not lattice.children[cell] and holder is not None:
            rest[holder].append(cell)
    return {cell: tuple(leaves) for cell, leaves in rest.items()}


def violations(lattice: Lattice, shown: frozenset[str], counts: Mapping[str, int], k: int) -> list[tuple[str, int]]:
    """Shown cells whose remainder is neither empty nor at least k people, with its size; empty means SAFE(k)."""
    found = []
    for cell, leaves in sorted(remainders(lattice, shown).items()):
        size = sum(counts.get(leaf, 0) for leaf in leaves)
        if 0 < size < k:
            found.append((cell, size))
    return found


def weights(lattice: Lattice, roster: Mapping[int, int]) -> dict[str, int]:
    """Worth of showing each cell: levels come first, then large units, by the roster of the quarter (unit -> people).

    The roster rather than this week's contributors: the pattern then stays the same through a quarter wherever it can, and
    does not depend on which week came in first.
    """
    return {
        cell.id: 1_000_000 * 10**cell.height + min(_roster(cell.id, cell.unit, lattice, roster), 999_999)
        for cell in lattice.cells.values()
    }


def protect(lattice: Lattice, counts: Mapping[str, int], k: int, weight: Mapping[str, int]) -> Pattern:
    """Decide, then name what else lies in the row space anyway: hidden reporting units of a shown unit, taken together.

    counts: leaf cell -> contributors. weight: cell -> worth, as `weights` gives it.
    """
    shown = decide(lattice, counts, k, weight)
    rest = remainders(lattice, shown)
    others: dict[str, tuple[str, tuple[str, ...]]] = {}
    stands_in: dict[str, str] = {}
    for cell in (cell for cell in lattice.order if cell in rest):
        leaves, label = rest[cell], cell
        hidden = tuple(leaf for leaf in leaves if leaf != cell)
        whole = len(leaves) == len(lattice.leaves_below[cell])
        is_join = lattice.cells[cell].kind == "join"
        if hidden and not whole and not is_join and sum(counts.get(leaf, 0) for leaf in hidden) >= k:
            label = others_cell(lattice.cells[cell].unit)
            others[label] = (cell, hidden)
        for leaf in hidden:
            for at in lattice.ancestors(leaf):
                if at == cell:
                    break
                stands_in.setdefault(at, label)
    return Pattern(shown, others, stands_in)


def _roster(cell: str, unit: int, lattice: Lattice, roster: Mapping[int, int]) -> int:
    if cell.startswith("join:"):
        return sum(roster.get(lattice.cells[part].unit, 0) for part in lattice.children[cell])
    return roster.get(unit, 0)
