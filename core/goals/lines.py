"""Goals as lines of a list: how each goes, objectives by the key results that count for them, and how many are below."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from core.access.viewer import Viewer
from core.goals.goal import AGREED, Goal, Kind, Measure
from core.goals.progress import (
    Band,
    Standing,
    band,
    expected,
    healthy,
    progress,
    standing,
    weakest,
    weighted_mean,
)
from core.goals.reading import batches, goals_by_id
from core.goals.scan import key_results_counted
from core.goals.tables import GoalRow
from core.goals.visibility import sees
from core.policy import Policy


@dataclass(frozen=True)
class Going:
    """How a goal goes: what was expected by now, what is done, how it stands, and (KPI) whether it is healthy.

    value: the newest. score: progress between 0 and 1, with its band. For an objective without a value of its own: the weighted
    mean of its key results, and the weakest of them.
    """

    expected: float | None
    progress: float | None
    standing: Standing | None
    healthy: bool | None
    value: float | None
    score: float | None
    band: Band | None


@dataclass(frozen=True)
class Line:
    """A goal in a list. depth: 0 at the top. children: how many goals are right below it that the viewer may see."""

    goal: Goal
    going: Going
    depth: int = 0
    children: int = 0


def lines_of(
    connection: Connection, viewer: Viewer, ids: Collection[int], *, policy: Policy, on: date
) -> tuple[Line, ...]:
    """Goals (found under a rule before) as lines, by due date, with how many goals are below each that the viewer sees."""
    goals = goals_by_id(connection, ids)
    going = going_of(connection, list(goals.values()), policy=policy, on=on)
    below: dict[int, int] = defaultdict(int)
    for some in batches(ids):
        children = select(GoalRow.parent_id).where(
            GoalRow.parent_id.in_(some),
            GoalRow.archived_at.is_(None),
            GoalRow.status.in_(sorted(AGREED)),
            sees(viewer, on),
        )
        for parent in connection.scalars(children):
            below[parent or 0] += 1
    ordered = sorted(goals.values(), key=lambda goal: (goal.due or date.max, goal.id))
    return tuple(Line(goal, going[goal.id], 0, below[goal.id]) for goal in ordered)


def going_of(connection: Connection, goals: Collection[Goal], *, policy: Policy, on: date) -> dict[int, Going]:
    """How goals go, by id; objectives without a value of their own by the key results that count for them."""
    through = [goal.id for goal in goals if goal.kind is Kind.OBJECTIVE and goal.measure is Measure.NONE]
    parts = _key_results(connection, through)
    of_parts = {each for some in parts.values() for each in some}
    key_results = goals_by_id(connection, of_parts)
    values = _values(connection, {goal.id for goal in goals} | of_parts)
    found = {}
    for goal in goals:
        value = values.get(goal.id)
        expects, has = expected(goal, on), progress(goal, value)
        stands = standing(expects, has, policy.goals)
        if goal.id in parts:
            shares = [(each, progress(key_results[each], values.get(each))) for each in parts[goal.id]]
            has = weighted_mean((share, key_results[each].weight) for each, share in shares)
            stands = weakest(standing(expected(key_results[each], on), share, policy.goals) for each, share in shares)
        score = None if has is None else min(max(has, 0.0), 1.0)
        found[goal.id] = Going(
            expected=expects,
            progress=has,
            standing=stands,
            healthy=healthy(value, goal.low, goal.high) if goal.measure is Measure.RANGE else None,
            value=value,
            score=score,
            band=band(score, goal.ambition, policy.goals),
        )
    return found


def _values(connection: Connection, ids: Collection[int]) -> dict[int, float | None]:
    """The newest values of goals, as their rows keep them."""
    found: dict[int, float | None] = {}
    for some in batches(ids):
        rows = connection.execute(select(GoalRow.id, GoalRow.last_value).where(GoalRow.id.in_(some)))
        found.update((row.id, row.last_value) for row in rows)
    return found


def _key_results(connection: Connection, objectives: list[int]) -> dict[int, list[int]]:
    child: Any = aliased(GoalRow)
    found: dict[int, list[int]] = defaultdict(list)
    for some in batches(objectives):
        rows = connection.execute(
            select(GoalRow.id, child.id)
            .join(child, key_results_counted(GoalRow, child))
            .where(GoalRow.id.in_(some))
            .order_by(GoalRow.id, child.id)
        )
        for objective, key_result in rows:
            found[objective].append(key_result)
    return dict(found)
