"""Algorithm A: which cells of a tree may be shown so that no arithmetic isolates fewer than k people.

Laminar lemma: for published v let R_v be the people under v who are not under a published strict descendant. The non-empty
R_v are disjoint and span the row space of everything published, so it is safe exactly when each is empty or holds k people.
The choice uses structure, rosters and contributor counts, never a value, so that it can be repeated by an outsider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

from core.privacy.lattice import Lattice, others_cell

KEPT_LEAVES = 50
"""Answers of cells with more leaves below them are not kept: of so many, one differs each time."""

KEPT_ANSWERS = 20_000
"""So many answers are kept in all; then remembering begins anew."""

# The states that were chosen for the children so far, the last one first: (earlier choices, state). Such chains share their
# tails, so that going through a thousand children copies nothing.
_Chosen = tuple[Any, int] | None


@dataclass(frozen=True)
class Pattern:
    """What is shown of a lattice.

    shown: published lattice cells. others: `others:<unit>` -> (shown cell it belongs to, its hidden leaves).
    stands_in: hidden cell -> the shown cell that includes its people (an `others` cell, a join or a unit above).
    """

    shown: frozenset[str]
    others: Mapping[str, tuple[str, tuple[str, ...]]]
    stands_in: Mapping[str, str]


class _Answer:
    """What is best at and below one cell. Compared by identity: answers that were found before are the same objects.

    worth: (state, largest total weight) for each state that can be had, in the order in which they are tried.
    shown: state -> the cells that are shown for it.
    """

    __slots__ = ("shown", "worth")

    def __init__(self, worth: Mapping[int, int], shown: Mapping[int, tuple[str, ...]]) -> None:
        self.worth = tuple(worth.items())
        self.shown = shown


class Choice:
    """The safe set of cells with the largest total weight (exact; dynamic program over the tree, O(cells x k^2)).

    weight: cell -> worth of showing it (a positive integer).
    State: people below a cell that no published cell covers, 0..k-1, or k for "k or more". A cell is published only with
    at least k contributors and a remainder of 0 or at least k. Equal totals: the earlier path is shown.

    A cell's answer depends on the answers of its children alone, and most teams are as they were the week before. So answers
    are kept, and one object that decides on all weeks of a quarter works out little more than what has changed.
    """

    def __init__(self, lattice: Lattice, k: int, weight: Mapping[str, int]) -> None:
        self._lattice, self._k = lattice, k
        self._few = [_Answer({people: 0}, {people: ()}) for people in range(k)]
        self._full = [_full_leaf(cell, k, _worth(cell, lattice, weight)) for cell in lattice.leaves]
        inner = [cell for cell in reversed(lattice.order) if lattice.children[cell]]
        # answers are numbered: leaves first, then inner cells, children before parents
        self._number = {cell: at for at, cell in enumerate((*lattice.leaves, *inner))}
        self._inner = [
            (cell, [self._number[child] for child in lattice.children[cell]], _worth(cell, lattice, weight))
            for cell in inner
        ]
        self._kept: dict[tuple[str, tuple[_Answer, ...]], _Answer] = {}

    def shown(self, counts: Mapping[str, int]) -> frozenset[str]:
        """The cells to show. counts: leaf cell -> contributors (absent = 0)."""
        k, few, kept = self._k, self._few, self._kept
        people = [counts.get(leaf, 0) for leaf in self._lattice.leaves]
        answers = [few[n] if n < k else full for n, full in zip(people, self._full, strict=True)]
        for cell, below, worth in self._inner:
            children = tuple([answers[child] for child in below])
            answers.append(kept.get((cell, children)) or self._answer(cell, children, worth))
        roots = (answers[self._number[root]] for root in self._lattice.roots)
        return frozenset(chain.from_iterable(root.shown[_most_valuable(root)] for root in roots))

    def _answer(self, cell: str, children: tuple[_Answer, ...], worth: int) -> _Answer:
        found = _inner(cell, children, self._k, worth)
        if len(self._lattice.leaves_below[cell]) <= KEPT_LEAVES:
            if len(self._kept) >= KEPT_ANSWERS:
                self._kept.clear()
            self._kept[cell, children] = found
        return found

    def protect(self, counts: Mapping[str, int]) -> Pattern:
        """Decide, then name what else lies in the row space anyway: hidden reporting units of a shown unit, taken together.

        counts: leaf cell -> contributors (absent = 0).
        """
        lattice = self._lattice
        shown = self.shown(counts)
        rest = remainders(lattice, shown)
        others: dict[str, tuple[str, tuple[str, ...]]] = {}
        stands_in: dict[str, str] = {}
        for cell in (cell for cell in lattice.order if cell in rest and lattice.children[cell]):
            leaves, label = rest[cell], cell
            whole = len(leaves) == len(lattice.leaves_below[cell])
            is_join = lattice.cells[cell].kind == "join"
            if leaves and not whole and not is_join and sum(counts.get(leaf, 0) for leaf in leaves) >= self._k:
                label = others_cell(lattice.cells[cell].unit)
                others[label] = (cell, leaves)
            for leaf in leaves:
                for at in lattice.ancestors(leaf):
                    if at == cell:
                        break
                    stands_in.setdefault(at, label)
        return Pattern(shown, others, stands_in)


def _worth(cell: str, lattice: Lattice, weight: Mapping[str, int]) -> int:
    """The weight of a cell that may be published, 0 of one that may not."""
    return weight[cell] if lattice.cells[cell].candidate else 0


def _full_leaf(cell: str, k: int, worth: int) -> _Answer:
    """The states of a leaf with k people or more: everybody open, or nobody where it is published."""
    return _Answer({k: 0, 0: worth}, {k: (), 0: (cell,)}) if worth else _Answer({k: 0}, {k: ()})


def _inner(cell: str, children: tuple[_Answer, ...], k: int, worth: int) -> _Answer:
    """The states of an inner cell from those of its children."""
    open_: dict[int, int] = {0: 0}
    chosen: dict[int, _Chosen] = {0: None}
    for child in children:
        merged: dict[int, int] = {}
        path: dict[int, _Chosen] = {}
        for have, value in open_.items():
            before = chosen[have]
            for add, more in child.worth:
                state = have + add if have + add < k else k
                total = value + more
                if total > merged.get(state, -1):
                    merged[state] = total
                    path[state] = before, add
        open_, chosen = merged, path
    best = dict(open_)
    shown = {state: _shown(children, states) for state, states in chosen.items()}
    if worth and k in open_:  # with everybody open, so there are at least k
        of_children = dict(shown)
        for rest in (0, k):
            if rest in open_ and open_[rest] + worth > best.get(0, -1):
                best[0] = open_[rest] + worth
                shown[0] = (cell, *of_children[rest])
    return _Answer(best, shown)


def _shown(children: tuple[_Answer, ...], chosen: _Chosen) -> tuple[str, ...]:
    """The cells that the children show, each in the state that was chosen for it."""
    found: list[tuple[str, ...]] = []
    for child in reversed(children):
        assert chosen is not None
        chosen, state = chosen
        found.append(child.shown[state])
    return tuple(chain.from_iterable(found))


def _most_valuable(answer: _Answer) -> int:
    return max(answer.worth, key=itemgetter(1))[0]


def remainders(lattice: Lattice, shown: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """For each shown cell the leaves under it that no shown strict descendant covers (R_v of the lemma, as leaves)."""
    rest: dict[str, list[str]] = {cell: [] for cell in shown if lattice.children[cell]}
    for leaf, holder in _holders(lattice, shown):
        if holder != leaf:
            rest[holder].append(leaf)
    alone = {leaf: lattice.leaves_below[leaf] for leaf in shown if leaf not in rest}
    return alone | {cell: tuple(leaves) for cell, leaves in rest.items()}


def _holders(lattice: Lattice, shown: frozenset[str]) -> list[tuple[str, str]]:
    """Each leaf that a shown cell covers, with the lowest such cell; in the order of the tree."""
    lowest: dict[str | None, str | None] = {None: None}
    found: list[tuple[str, str]] = []
    for cell, parent, is_leaf in lattice.walk:
        holder = cell if cell in shown else lowest[parent]
        if not is_leaf:
            lowest[cell] = holder
        elif holder is not None:
            found.append((cell, holder))
    return found


def violations(lattice: Lattice, shown: frozenset[str], counts: Mapping[str, int], k: int) -> list[tuple[str, int]]:
    """Shown cells whose remainder is neither empty nor at least k people, with its size; empty means SAFE(k)."""
    size = dict.fromkeys(shown, 0)
    for leaf, holder in _holders(lattice, shown):
        size[holder] += counts.get(leaf, 0)
    return sorted((cell, people) for cell, people in size.items() if 0 < people < k)


def weights(lattice: Lattice, roster: Mapping[int, int]) -> dict[str, int]:
    """Worth of showing each cell: levels come first, then large units, by the roster of the quarter (unit -> people).

    The roster rather than this week's contributors: the pattern then stays the same through a quarter wherever it can, and
    does not depend on which week came in first.
    """
    return {
        cell.id: 1_000_000 * 10**cell.height + min(_roster(cell.id, cell.unit, lattice, roster), 999_999)
        for cell in lattice.cells.values()
    }


def _roster(cell: str, unit: int, lattice: Lattice, roster: Mapping[int, int]) -> int:
    if cell.startswith("join:"):
        return sum(roster.get(lattice.cells[part].unit, 0) for part in lattice.children[cell])
    return roster.get(unit, 0)
