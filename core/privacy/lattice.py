"""The publication lattice of one period: which cells may be considered at all, and who stands under which leaf.

A tree of cells: units, joins (small units put together, between a parent and its parts) and `direct` leaves (people attached
to a unit that has sub-units, when there are enough of them). It is built from structure and rosters alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["unit", "direct", "join", "others"]


@dataclass(frozen=True)
class Unit:
    """A unit of the org tree in a period. `path` orders siblings and breaks ties."""

    id: int
    parent: int | None
    path: str
    name: str


@dataclass(frozen=True)
class Cell:
    """One node. `candidate` is False for a part of a join: it keeps its place in the tree but is never published.

    `unit` is the unit that the cell belongs to (for a join: the parent); `height` counts the levels below.
    """

    id: str
    parent: str | None
    kind: Kind
    unit: int
    name: str
    path: str
    candidate: bool
    height: int


@dataclass(frozen=True)
class Plan:
    """Which units report together, fixed for a quarter: see `core.privacy.reporting`.

    joins: join id -> (parent unit, part cell ids). direct: units whose direct people form a leaf. roster: unit -> people.
    """

    joins: Mapping[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    direct: frozenset[int] = frozenset()
    roster: Mapping[int, int] = field(default_factory=dict)


def unit_cell(unit: int) -> str:
    """The cell id of a unit."""
    return f"unit:{unit}"


def direct_cell(unit: int) -> str:
    """The cell id of the people attached directly to a unit that has sub-units."""
    return f"direct:{unit}"


def others_cell(unit: int) -> str:
    """The cell id of the hidden reporting units of a shown unit, taken together."""
    return f"others:{unit}"


def join_cell(parts: Iterable[str]) -> str:
    """The cell id of a join: made of its parts, so that equal joins of two quarters are one cell."""
    return "join:" + "+".join(sorted(parts))


def parts_of(join: str) -> list[str]:
    """The cell ids of the parts that a join is made of."""
    return join.removeprefix("join:").split("+")


class Lattice:
    """Cells of one period, parents before children, with the leaf that each home unit leads to.

    order: all cells, parents first. walk: the same as (cell, parent, whether it is a leaf). leaves, number: the leaves in that
    order, and the place of each among them. leaves_below: the leaves of each cell, in that order, side by side.
    """

    def __init__(self, cells: Iterable[Cell], leaf_of_unit: Mapping[int, str | None]) -> None:
        self.cells: dict[str, Cell] = {cell.id: cell for cell in cells}
        self.leaf_of_unit = dict(leaf_of_unit)
        self.children: dict[str, list[str]] = {cell_id: [] for cell_id in self.cells}
        for cell in self.cells.values():
            if cell.parent is not None:
                self.children[cell.parent].append(cell.id)
        for ids in self.children.values():
            ids.sort(key=lambda cell_id: (self.cells[cell_id].path, cell_id))
        self.roots = sorted(cell.id for cell in self.cells.values() if cell.parent is None)
        self.order = self._top_down()
        self.leaves = [cell_id for cell_id in self.order if not self.children[cell_id]]
        self.number = {leaf: at for at, leaf in enumerate(self.leaves)}
        self.walk = [(cell_id, self.cells[cell_id].parent, not self.children[cell_id]) for cell_id in self.order]
        self.leaves_below: dict[str, tuple[str, ...]] = {}
        for cell_id in reversed(self.order):
            below = self.children[cell_id]
            self.leaves_below[cell_id] = (
                tuple(leaf for child in below for leaf in self.leaves_below[child]) if below else (cell_id,)
            )

    def _top_down(self) -> list[str]:
        order, waiting = [], list(reversed(self.roots))
        while waiting:
            cell_id = waiting.pop()
            order.append(cell_id)
            waiting.extend(reversed(self.children[cell_id]))
        return order

    def ancestors(self, cell_id: str) -> list[str]:
        """The cell itself and every cell above it, nearest first."""
        found = []
        at: str | None = cell_id
        while at is not None:
            found.append(at)
            at = self.cells[at].parent
        return found


def build_lattice(units: Iterable[Unit], plan: Plan) -> Lattice:
    """The lattice of a period whose active units are `units`, under the quarter's `plan`.

    A unit without sub-units is a leaf. People of a unit with sub-units stand under its `direct` leaf when the plan has one
    for it, otherwise under no leaf (`leaf_of_unit` is None) and so in no cell. Joins keep only parts that are active.
    """
    known = {unit.id: unit for unit in units}
    sub: dict[int, list[int]] = {}
    for unit in known.values():
        if unit.parent is not None and unit.parent in known:
            sub.setdefault(unit.parent, []).append(unit.id)
    part_of: dict[str, str] = {}
    direct = {unit for unit in plan.direct if unit in sub}
    joins: dict[str, tuple[int, str, str]] = {}  # join -> (parent, name, path of its first part)
    for join, (parent, parts) in plan.joins.items():
        active = [part for part in parts if _is_active(part, known, direct)]
        if parent in known and active and all(_parent_unit(part, known) == parent for part in active):
            part_of.update(dict.fromkeys(active, join))
            name = together(sorted(_part_name(part, known) for part in active))
            joins[join] = (parent, name, min(_part_path(part, known) for part in active))
    draft: list[tuple[str, str | None, Kind, int, str, str]] = []
    for unit in sorted(known.values(), key=lambda u: u.path):
        above = None if unit.parent is None or unit.parent not in known else unit_cell(unit.parent)
        cell = unit_cell(unit.id)
        draft.append((cell, part_of.get(cell, above), "unit", unit.id, unit.name, unit.path))
        if unit.id in direct:
            leaf = direct_cell(unit.id)
            draft.append((leaf, part_of.get(leaf, cell), "direct", unit.id, f"{unit.name}, direct", unit.path + "/"))
    draft += [(join, unit_cell(parent), "join", parent, name, path) for join, (parent, name, path) in joins.items()]
    height = _heights(draft)
    cells = [
        Cell(cell, parent, kind, unit, name, path, cell not in part_of, height[cell])
        for cell, parent, kind, unit, name, path in draft
    ]
    leaf_of_unit: dict[int, str | None] = {
        unit: (unit_cell(unit) if unit not in sub else direct_cell(unit) if unit in direct else None) for unit in known
    }
    return Lattice(cells, leaf_of_unit)


def together(names: list[str]) -> str:
    """The name of a join: `Billing and Payments together`."""
    return (", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]) + " together"


def _is_active(part: str, known: Mapping[int, Unit], direct: set[int]) -> bool:
    kind, unit = part.split(":")
    return int(unit) in (direct if kind == "direct" else known)


def _parent_unit(part: str, known: Mapping[int, Unit]) -> int | None:
    kind, unit = part.split(":")
    return int(unit) if kind == "direct" else known[int(unit)].parent


def _part_name(part: str, known: Mapping[int, Unit]) -> str:
    kind, unit = part.split(":")
    return known[int(unit)].name + (", direct" if kind == "direct" else "")


def _part_path(part: str, known: Mapping[int, Unit]) -> str:
    return known[int(part.split(":")[1])].path


def _heights(draft: list[tuple[str, str | None, Kind, int, str, str]]) -> dict[str, int]:
    """Levels below each cell; a join adds no level, so that it weighs like the teams it stands for."""
    above = {cell: parent for cell, parent, *_ in draft}
    kinds = {cell: kind for cell, _, kind, *_ in draft}
    height = dict.fromkeys(above, 0)
    inner = {parent for parent in above.values() if parent is not None}
    for leaf in (cell for cell in above if cell not in inner):
        level, at = 0, above[leaf]
        while at is not None:
            level += kinds[at] != "join"
            height[at] = max(height[at], level)
            at = above[at]
    return height
