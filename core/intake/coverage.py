"""Where hours have come in and where not: reporting groups by week, as classes made from published cells alone.

No class tells a number of people below the smallest group, alone or together with others:

- a group is `in` from the smallest size that may be shown on, whatever is missing beyond it (nobody may be);
- `part` is told of groups of 20 and more only, with less than four fifths covered: six people at least are then missing;
- `none` is told of groups as large as the smallest that may be shown; of smaller ones nothing is told, as of hidden ones;
- a unit with others below it is told by its groups only (12 of 14 are in), never by a share of its own people: what is told
  of the whole then follows from what is told of its parts, so that no difference between the two tells anything.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.calendar import WEEK
from core.privacy.coverage import CoverageCell
from core.privacy.lattice import Plan, direct_cell, unit_cell

IN, PART, NONE, HIDDEN = "in", "part", "none", "hidden"
MOST = "most"
MOST_FROM = 0.8
_LARGE = ("20–49", "50+")
_BELOW = "below 80 %"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Covered:
    """One unit and week. state: 'in', 'most', 'part', 'none' or 'hidden'.

    groups: those of which anything can be told; arrived: of them in; missing: of them without any hours; the rest is in part.
    """

    state: str
    groups: int
    arrived: int
    missing: int = 0


@dataclass(frozen=True)
class Group:
    """A reporting group of a week: a unit without others below it, people attached directly, or small ones together."""

    cell: str
    state: str
    units: frozenset[int]


def groups_of(
    week: date,
    units: Sequence[Row],
    cells: Iterable[CoverageCell],
    plan: Plan | None,
    people: Mapping[int, int],
    smallest: int,
) -> list[Group]:
    """The reporting groups of a released week.

    units: all units (id, parent_id, first_day, last_day). cells: the week's published cells of the measure that hours are
    told by. people: unit -> people assigned to it that week (units that may be `none` at least). smallest: size from which
    something is told (k').
    """
    by_cell = {cell.cell_id: cell for cell in cells}
    joined = {part: join for join, (_, parts) in (plan.joins if plan else {}).items() for part in parts}
    grouped: dict[str, set[int]] = {}
    for cell, unit in leaves_of(week, units, plan):
        found = by_cell.get(cell)
        with_others = found.shown_with if found is not None and found.shown_with else joined.get(cell)
        own = found is not None and found.status == "shown"
        key = with_others if with_others and with_others.startswith("join:") and not own else cell
        grouped.setdefault(key, set()).add(unit)
    return [
        Group(cell, _state(by_cell.get(cell), sum(people.get(unit, 0) for unit in inside), smallest), frozenset(inside))
        for cell, inside in sorted(grouped.items())
    ]


def leaves_of(week: date, units: Sequence[Row], plan: Plan | None) -> list[tuple[str, int]]:
    """(cell, unit) of each unit that had people in the week and no unit below it with people, and of direct groups."""
    alive = {unit["id"] for unit in units if _had_people(unit, week)}
    inner = {unit["parent_id"] for unit in units if unit["id"] in alive}
    leaves = [(unit_cell(unit), unit) for unit in sorted(alive - inner)]
    direct = plan.direct if plan else frozenset()
    return leaves + [(direct_cell(unit), unit) for unit in sorted(direct & alive & inner)]


def _had_people(unit: Row, week: date) -> bool:
    first, last = unit["first_day"], unit["last_day"]
    return first is not None and first < week + WEEK and (last is None or last >= week)


def _state(cell: CoverageCell | None, people: int, smallest: int) -> str:
    if cell is None:
        return NONE if people >= smallest else HIDDEN
    if cell.status != "shown":
        return HIDDEN
    return PART if cell.n_band in _LARGE and cell.coverage == _BELOW else IN


def covered(groups: Iterable[Group], inside: Collection[int]) -> Covered:
    """What is told of the units `inside` (ids) together, from the groups that have a part among them."""
    told = [group.state for group in groups if group.units & set(inside) and group.state != HIDDEN]
    arrived = told.count(IN)
    if not told:
        return Covered(HIDDEN, 0, 0)
    if arrived == len(told):
        return Covered(IN, len(told), arrived)
    if told.count(NONE) == len(told):
        return Covered(NONE, len(told), 0, len(told))
    state = MOST if arrived >= MOST_FROM * len(told) else PART
    return Covered(state, len(told), arrived, told.count(NONE))
