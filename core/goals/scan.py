"""What the sieve asks of many goals, read in one pass into arrays: few narrow columns, no record of any single goal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntFlag
from functools import cache
from typing import Any, cast

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, String, and_, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from core.goals.goal import AGREED, CLOSED, Kind, Status, Visibility
from core.goals.sieve import MEASURES, PACES, Bools, Floats, Ints, ordinal
from core.goals.tables import GoalRow

AT_ONCE = 5_000  # rows on their way from the database into arrays
Parent: Any = aliased(GoalRow)
Child: Any = aliased(GoalRow)
_WHOLE = ("id", "marks", "measure", "pace", "person", "unit", "delegate", "same")
_DAYS = ("start", "due", "agreed", "last_on", "reviewed")
_REVIEWED = func.coalesce(GoalRow.reviewed_on, GoalRow.active_since)


class Mark(IntFlag):
    """What holds of a goal, packed into one number: a column less to carry for each of them."""

    ACTIVE = 1  # not paused
    STANDALONE = 2
    HAS_UNIT = 4
    HAS_ACCEPTANCE = 8
    HAS_KEY_RESULTS = 16  # an objective without an acceptance test that is measured by them
    HAS_RANGE = 32  # one end of a healthy range at least
    HAS_PARENT = 64
    PARENT_CLOSED = 128
    PARENT_CHANGED = 256  # its target or date, after the last review
    CONTEXT_CHANGED = 512  # owner, weight, goal above or guardrail, after the last review
    OPPOSITE = 1024  # an open goal moves the same metric the other way
    OPEN = 2048  # visibility


@dataclass(frozen=True)
class Scan:
    """Active and paused goals, aligned arrays of shape (n,).

    id; marks: of `Mark`; measure, pace: places in MEASURES and PACES; person, unit, delegate: ids, 0 for none. Days (start, due,
    agreed, last_on, reviewed) are ordinals. value, confidence, before, same: what the check-ins come down to. NaN is nothing.
    """

    id: Ints
    marks: Ints
    measure: Ints
    pace: Ints
    person: Ints
    unit: Ints
    delegate: Ints
    same: Ints
    start: Floats
    due: Floats
    agreed: Floats
    last_on: Floats
    reviewed: Floats
    baseline: Floats
    target: Floats
    value: Floats
    confidence: Floats
    before: Floats
    cadence: Floats

    def __len__(self) -> int:
        return len(self.id)

    def has(self, mark: Mark) -> Bools:
        """Whether the mark holds, for each goal."""
        found: Bools = (self.marks & int(mark)) > 0
        return found


def open_and_active(goal: Any) -> ColumnElement[bool]:
    """SQL: the goal is active and marked open; only such goals are counted or named where others read of them."""
    return and_(goal.status == Status.ACTIVE, goal.visibility == Visibility.OPEN, goal.archived_at.is_(None))


def key_results_counted(parent: Any, child: Any) -> ColumnElement[bool]:
    """SQL: `child` is a key result that counts for `parent`: agreed, not stopped, and marked for at least as many people.

    A private one counts for its own owner's objective alone: how far it is would else be read by whoever sees the other's.
    """
    wide = case((child.visibility == Visibility.OPEN, 2), (child.visibility == Visibility.TEAM, 1), else_=0)
    needed = case((parent.visibility == Visibility.OPEN, 2), (parent.visibility == Visibility.TEAM, 1), else_=0)
    return and_(
        child.parent_id == parent.id,
        child.kind == Kind.KEY_RESULT,
        child.status.in_(sorted(AGREED - {Status.STOPPED})),
        child.archived_at.is_(None),
        wide >= needed,
        or_(child.visibility != Visibility.PRIVATE, child.owner_id == parent.owner_id),
    )


def scan(connection: Connection, which: ColumnElement[bool]) -> Scan:
    """Every active or paused goal that `which` selects; `which` holds the rule for the viewer."""
    days = _Days()
    parts: dict[str, list[Floats]] = {name: [np.empty(0)] for name in Scan.__dataclass_fields__}
    for rows in connection.execute(_statement().where(which)).partitions(AT_ONCE):
        for (name, part), values in zip(parts.items(), zip(*rows, strict=True), strict=True):
            known = [days[day] for day in values] if name in _DAYS else values
            part.append(np.array(known, dtype=np.float64))  # None becomes NaN
    of = {name: np.concatenate(part) for name, part in parts.items()}
    whole = {name: np.nan_to_num(of.pop(name)).astype(np.int64) for name in _WHOLE}
    return Scan(**cast(Any, whole), **cast(Any, of))


class _Days(dict[Any, float]):
    """Days, as the driver gives them, to ordinals. Thousands of goals share a day: each is read once."""

    def __missing__(self, day: Any) -> float:
        self[day] = ordinal(date.fromisoformat(day) if isinstance(day, str) else day)
        return self[day]


@cache
def _statement() -> Select[Any]:
    counted = exists(select(Child.id).where(key_results_counted(GoalRow, Child)))
    holds = {
        Mark.ACTIVE: GoalRow.status == Status.ACTIVE,
        Mark.STANDALONE: GoalRow.standalone,
        Mark.HAS_UNIT: GoalRow.unit != "",
        Mark.HAS_ACCEPTANCE: GoalRow.acceptance != "",
        Mark.HAS_RANGE: GoalRow.low.is_not(None) | GoalRow.high.is_not(None),
        Mark.HAS_PARENT: GoalRow.parent_id.is_not(None),
        Mark.PARENT_CLOSED: Parent.status.in_(sorted(CLOSED)),
        Mark.PARENT_CHANGED: Parent.target_set_on > _REVIEWED,
        Mark.CONTEXT_CHANGED: GoalRow.context_set_on > _REVIEWED,
        Mark.OPEN: GoalRow.visibility == Visibility.OPEN,
    }
    marks = sum((case((condition, int(mark)), else_=0) for mark, condition in holds.items()), _opposite())
    marks += case(
        (GoalRow.kind != Kind.OBJECTIVE, 0),
        (GoalRow.acceptance != "", 0),
        (counted, int(Mark.HAS_KEY_RESULTS)),
        else_=0,
    )
    numbers = {
        "id": GoalRow.id,
        "marks": marks,
        "measure": _place(GoalRow.measure, MEASURES),
        "pace": _place(GoalRow.pace, PACES),
        "person": GoalRow.owner_id,
        "unit": GoalRow.owner_unit_id,
        "delegate": GoalRow.delegate_id,
        "same": GoalRow.same_values,
        "baseline": GoalRow.baseline,
        "target": GoalRow.target,
        "value": GoalRow.last_value,
        "confidence": GoalRow.last_confidence,
        "before": GoalRow.before_confidence,
        "cadence": GoalRow.cadence_days,
    }
    dated = {"start": GoalRow.start, "due": GoalRow.due, "agreed": GoalRow.active_since, "last_on": GoalRow.last_on}
    days = {name: type_coerce(column, String) for name, column in {**dated, "reviewed": _REVIEWED}.items()}  # unparsed
    columns: dict[str, Any] = {**numbers, **days}
    return (
        select(*(columns[name].label(name) for name in Scan.__dataclass_fields__))
        .outerjoin(Parent, Parent.id == GoalRow.parent_id)
        .where(GoalRow.archived_at.is_(None), GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]))
    )


def _opposite() -> ColumnElement[int]:
    return case(
        (GoalRow.metric_key == "", 0),
        ((GoalRow.direction == 1) & GoalRow.metric_key.in_(_pulls(-1)), int(Mark.OPPOSITE)),
        ((GoalRow.direction == -1) & GoalRow.metric_key.in_(_pulls(1)), int(Mark.OPPOSITE)),
        else_=0,
    )


def _pulls(direction: int) -> Select[str]:
    of = aliased(GoalRow)
    return select(of.metric_key).where(of.metric_key != "", of.direction == direction, open_and_active(of)).distinct()


def _place(column: Any, names: Sequence[Any]) -> ColumnElement[int]:
    return case({name.value: place for place, name in enumerate(names)}, value=column)
