"""The tree of goals that the viewer may see, from the company to a key result. The rule stands in every WHERE."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, or_, select
from sqlalchemy.orm import aliased

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.goals.goal import AGREED, Goal, Kind, Status
from core.goals.lines import Line, lines_of
from core.goals.reading import batches
from core.goals.tables import GoalRow
from core.goals.visibility import sees
from core.people.places import members_of, units_under
from core.policy import Policy

DEEPEST_UNIT = 99  # people come after every unit
MOST_IN_TREE = 2_000  # goals of one tree that are read at once; beyond, open a goal to see what is under it


@dataclass(frozen=True)
class TreeFilters:
    """Which part of the tree. root: a goal, None for what stands at the top. unit: a path, with all below. depth: levels.

    kind: only goals of it, each under what it serves as far as that is of the same kind. period: [from, to); only goals whose
    time reaches into it. personal: also development goals and wellbeing goals of a person.
    """

    root: int | None = None
    unit: str | None = None
    depth: int = 3
    closed: bool = False
    kind: Kind | None = None
    period: tuple[date, date] | None = None
    personal: bool = True


@dataclass(frozen=True)
class Tree:
    """Goals in the order of the tree, each after what it serves. complete: False when more than 2,000 would have been shown."""

    lines: tuple[Line, ...]
    complete: bool


def goal_tree(
    connection: Connection, viewer: Viewer, filters: TreeFilters = TreeFilters(), *, policy: Policy, as_of: date
) -> Tree:
    """The goals that the viewer may see, as a tree, from the root (or what has no visible parent) down.

    Raises:
        NoPermission: the root is not a goal that the viewer may see.
    """
    visible = [sees(viewer, as_of), GoalRow.archived_at.is_(None), GoalRow.status.in_(sorted(AGREED))]
    if not filters.closed:
        visible.append(GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]))
    if filters.kind is not None:
        visible.append(GoalRow.kind == filters.kind)
    if not filters.personal:
        visible.append(GoalRow.kind != Kind.DEVELOPMENT)
        visible.append(or_(GoalRow.kind != Kind.WELLBEING, GoalRow.owner_unit_id.is_not(None)))
    if filters.period is not None:
        begins, ends = filters.period
        visible.append(or_(GoalRow.start.is_(None), GoalRow.start < ends))
        visible.append(or_(GoalRow.due.is_(None), GoalRow.due >= begins))
    if filters.root is not None:
        level = connection.scalars(select(GoalRow.id).where(GoalRow.id == filters.root, sees(viewer, as_of))).all()
        if not level:
            raise NoPermission("This is not a goal that you may see.")
    else:
        tops = _tops(visible, filters, as_of)
        level = connection.scalars(tops.order_by(*_IN_SQL).limit(MOST_IN_TREE + 1)).all()
    kept: list[int] = list(level[:MOST_IN_TREE])
    complete = len(level) <= MOST_IN_TREE
    under: dict[int, list[int]] = defaultdict(list)
    seen = set(kept)
    for _ in range(max(filters.depth, 1) - 1):
        found: list[int] = []
        for some in batches(list(level)):
            statement = select(GoalRow.id, GoalRow.parent_id).where(GoalRow.parent_id.in_(some), *visible)
            for row in connection.execute(statement.order_by(*_IN_SQL)):
                if row.id in seen:
                    continue
                if len(seen) >= MOST_IN_TREE:
                    complete = False
                    break
                seen.add(row.id)
                under[row.parent_id].append(row.id)
                found.append(row.id)
        level = found
    lines = {line.goal.id: line for line in lines_of(connection, viewer, seen, policy=policy, on=as_of)}
    kept.sort(key=lambda each: _place(lines[each].goal))
    return Tree(tuple(_walk(kept, under, lines)), complete)


_RANKS = {Kind.OBJECTIVE: 0, Kind.KEY_RESULT: 1}
# by due date, without one last (databases differ in where they put it)
_IN_SQL = (case(_RANKS, value=GoalRow.kind, else_=len(_RANKS)), GoalRow.due.is_(None), GoalRow.due, GoalRow.id)


def _place(goal: Goal) -> tuple[int, int, date, int]:
    """Where a goal stands at the top: objectives first, those of the company before those of units, then by due date."""
    levels = goal.owner.unit.count("/") if goal.owner.unit else DEEPEST_UNIT
    return _RANKS.get(goal.kind, len(_RANKS)), levels, goal.due or date.max, goal.id


def _tops(visible: list[Any], filters: TreeFilters, on: date) -> Any:
    """SQL: ids of goals at the top: without a parent, or with one that is not among those shown."""
    chosen = list(visible)
    if filters.unit is not None:
        units = units_under(filters.unit)
        chosen.append(or_(GoalRow.owner_unit_id.in_(units), GoalRow.owner_id.in_(members_of(units, on))))
    ids = aliased(GoalRow, select(GoalRow).where(*chosen).subquery())
    return select(GoalRow.id).where(*chosen, or_(GoalRow.parent_id.is_(None), GoalRow.parent_id.not_in(select(ids.id))))


def _walk(tops: list[int], under: Mapping[int, list[int]], lines: Mapping[int, Line]) -> Iterable[Line]:
    waiting = [(each, 0) for each in reversed(tops)]
    while waiting:
        at, depth = waiting.pop()
        line = lines[at]
        yield Line(line.goal, line.going, depth, line.children)
        waiting.extend((each, depth + 1) for each in reversed(under.get(at, [])))
