"""How a goal is changed: locked, compared with what was seen, written with its history and the change log, all in one go."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from core.access.changes import record
from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.goals.goal import Goal
from core.goals.progress import latest_of
from core.goals.reading import check_ins_of, goals_by_id
from core.goals.tables import GoalChange, GoalDecision, GoalRow
from core.goals.terms import Terms, terms_of

NOT_HERE = "This goal cannot be changed here. Its owner, co-owners, their manager and who leads the unit change it."


class ChangedMeanwhile(Refused):
    """A goal was changed since it was read. `theirs` is how it stands now, `yours` what was to be saved (None: no terms)."""

    def __init__(self, theirs: Goal, yours: Terms | None) -> None:
        super().__init__(
            "This goal was changed while you were writing. Your text is kept; compare before saving. "
            f"It is now at version {theirs.version}: {theirs.title}"
        )
        self.theirs = theirs
        self.yours = yours


def locked(
    connection: Connection,
    goal_id: int,
    rule: ColumnElement[bool],
    *,
    based_on: int | None = None,
    yours: Terms | None = None,
) -> Goal:
    """The goal, locked until the transaction ends, when `rule` (of the viewer) selects it and it is not archived.

    based_on: the version that the viewer saw; None when any will do.

    Raises:
        NoPermission: the rule does not select it (one that does not exist reads the same).
        ChangedMeanwhile: it has another version by now.
    """
    mine = (GoalRow.id == goal_id, GoalRow.archived_at.is_(None), rule)
    connection.execute(update(GoalRow).where(GoalRow.id == goal_id).values(version=GoalRow.version))
    if connection.scalar(select(GoalRow.id).where(*mine)) is None:
        raise NoPermission(NOT_HERE)
    goal = goals_by_id(connection, [goal_id])[goal_id]
    if based_on is not None and goal.version != based_on:
        raise ChangedMeanwhile(goal, yours)
    return goal


def write(
    connection: Connection,
    viewer: Viewer,
    goal_id: int,
    *,
    version: int,
    action: str,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """One step of the history, and its entry in the change log, which says that a goal changed and never what it says."""
    connection.execute(
        insert(GoalChange).values(
            goal_id=goal_id,
            version=version,
            at=at,
            by=viewer.display_name,
            action=action,
            changes={name: [plain(each) for each in both] for name, both in (changes or {}).items()},
            reason=reason,
        )
    )
    record(
        connection,
        at=at,
        actor=viewer.name,
        action=f"goal {action}",
        subject=f"goal {goal_id}",
        detail={"goal": goal_id, "version": version, "fields": sorted(changes or ())},
    )


def newest_change(connection: Connection) -> int:
    """The number of the newest step of any goal's history, 0 before the first: what was read before it may be out of date."""
    return connection.scalar(select(func.max(GoalChange.id))) or 0


def plain(value: Any) -> Any:
    """A field as plain JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def difference(goal: Goal, terms: Terms) -> dict[str, tuple[Any, Any]]:
    """Field -> (from, to) of everything that other terms would change."""
    before = terms_of(goal)
    found = {}
    for name in before.__dataclass_fields__:
        if name == "other_year":
            continue
        old, new = getattr(before, name), getattr(terms, name)
        if name == "owner":
            old, new = (each.person or each.unit for each in (old, new))
        if old != new:
            found[name] = (old, new)
    return found


def refresh(connection: Connection, goal_id: int) -> None:
    """Set what the row of a goal keeps of its check-ins and decisions."""
    ins = check_ins_of(connection, [goal_id]).get(goal_id, [])
    at = latest_of(ins)
    decided = connection.scalar(
        select(GoalDecision.day).where(GoalDecision.goal_id == goal_id).order_by(GoalDecision.day.desc()).limit(1)
    )
    reviewed = [day for day in (at.on, decided) if day is not None]
    connection.execute(
        update(GoalRow)
        .where(GoalRow.id == goal_id)
        .values(
            last_on=at.on,
            last_value=at.value,
            last_confidence=at.confidence,
            before_confidence=at.before,
            same_values=at.same,
            reviewed_on=max(reviewed) if reviewed else None,
        )
    )
