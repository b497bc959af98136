"""Goals of the demonstration on their way into the tables: many at once, each as the commands would have left it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from core.goals.goal import CheckIn, Kind, Measure, Milestone, Pace, Status, Visibility, direction_of
from core.goals.progress import latest_of
from core.goals.tables import (
    GoalAgreement,
    GoalChange,
    GoalCheckIn,
    GoalCoOwner,
    GoalDecision,
    GoalEvidence,
    GoalMilestone,
    GoalRow,
    GoalShare,
    GoalSnooze,
)
from core.goals.terms import metric_key

DAY = timedelta(days=1)


def at_nine(day: date) -> datetime:
    """Nine o'clock (UTC) on a day."""
    return datetime.combine(day, time(9), UTC)


@dataclass
class Plan:
    """A goal before it has a number. owner, unit_owner, delegate: numbers of persons and units; by: who speaks for it.

    guardrail: the plan of the key result that must not suffer. made: the day of its draft. what: the unit of measure.
    """

    title: str
    kind: Kind
    measure: Measure
    by: str
    made: date
    parent: "Plan | None" = None
    owner: int | None = None
    unit_owner: int | None = None
    delegate: int | None = None
    standalone: bool = False
    metric: str = ""
    what: str = ""
    baseline: float | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float = 1.0
    start: date | None = None
    due: date | None = None
    cadence: int = 30
    pace: Pace = Pace.LINEAR
    ambition: str = "aspirational"
    acceptance: str = ""
    guardrail: "Plan | None" = None
    visibility: Visibility = Visibility.OPEN
    status: Status = Status.ACTIVE
    code: str | None = None
    author: int | None = None
    partner: int | None = None
    closed: date | None = None
    target_set: date | None = None
    context_set: date | None = None
    version: int = 1
    check_ins: list[CheckIn] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    snoozes: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    agreed: list[dict[str, Any]] = field(default_factory=list)
    co_owners: list[int] = field(default_factory=list)
    shared_with: list[int] = field(default_factory=list)
    id: int = 0

    @property
    def agreed_on(self) -> date | None:
        """The day on which it became active; None for a draft or a proposal."""
        return None if self.status in (Status.DRAFT, Status.PROPOSED) else (self.start or self.made)

    def step(self, day: date, action: str, *, by: str = "", reason: str = "", **changes: Sequence[Any]) -> None:
        """One step of its history, at the version that it has now."""
        self.history.append(
            {
                "version": self.version,
                "at": at_nine(day),
                "by": by or self.by,
                "action": action,
                "changes": {name: list(both) for name, both in changes.items()},
                "reason": reason,
            }
        )

    def decide(
        self, day: date, decision: str, reason: str, *, held: dict[str, int] | None = None, by: str = "", **changes: Any
    ) -> None:
        """A decision with its step of history; what it changes raises the version."""
        self.version += bool(changes)
        self.decisions.append(
            {
                "day": day,
                "at": at_nine(day),
                "by": by or self.by,
                "decision": decision,
                "reason": reason,
                "reasons": held or {},
            }
        )
        self.step(day, f"decided: {decision}", by=by, reason=reason, **changes)

    def close(self, day: date, status: Status, reason: str) -> None:
        """Done or stopped on a day."""
        was = self.status.value
        self.status, self.closed = status, day
        self.decide(day, "done" if status is Status.DONE else "stop", reason, status=(was, status.value))

    def row(self) -> dict[str, Any]:
        """The columns of the goal's row; its parent has been written."""
        ins = sorted(self.check_ins, key=lambda each: each.on)
        at = latest_of(ins)
        reviewed = [day for day in (at.on, *(each["day"] for each in self.decisions)) if day is not None]
        return {
            "code": self.code,
            "kind": self.kind.value,
            "title": self.title,
            "owner_id": self.owner,
            "owner_unit_id": self.unit_owner,
            "delegate_id": self.delegate,
            "parent_id": self.parent.id if self.parent else None,
            "standalone": self.standalone,
            "measure": self.measure.value,
            "metric": self.metric,
            "metric_key": metric_key(self.metric),
            "direction": direction_of(self.measure, self.baseline, self.target),
            "unit": self.what,
            "baseline": self.baseline,
            "target": self.target,
            "low": self.low,
            "high": self.high,
            "weight": self.weight,
            "start": self.start,
            "due": self.due,
            "cadence_days": self.cadence,
            "pace": self.pace.value,
            "ambition": self.ambition,
            "acceptance": self.acceptance,
            "stated_score": None,
            "guardrail_id": None,
            "visibility": self.visibility.value,
            "status": self.status.value,
            "version": self.version,
            "author_id": self.author,
            "partner_id": self.partner,
            "created_at": at_nine(self.made),
            "active_since": self.agreed_on,
            "closed_on": self.closed,
            "archived_at": None,
            "target_set_on": self.target_set,
            "context_set_on": self.context_set,
            "reviewed_on": max(reviewed, default=None),
            "last_on": at.on,
            "last_value": at.value,
            "last_confidence": at.confidence,
            "before_confidence": at.before,
            "same_values": at.same,
        }


def write_goals(connection: Connection, plans: Sequence[Plan]) -> None:
    """Write all of them with what belongs to them; parents are among `plans`. Sets each plan's `id`."""
    levels: dict[int, list[Plan]] = defaultdict(list)
    for plan in plans:
        levels[_level(plan)].append(plan)
    last = connection.scalar(select(func.max(GoalRow.id))) or 0
    for _, some in sorted(levels.items()):
        # numbers rise in the order of the rows, as nobody else writes into a database that is being filled
        connection.execute(insert(GoalRow), [plan.row() for plan in some])
        numbers = connection.scalars(select(GoalRow.id).where(GoalRow.id > last).order_by(GoalRow.id)).all()
        for plan, last in zip(some, numbers, strict=True):
            plan.id = last
    guarded = [{"of_id": plan.id, "by_id": plan.guardrail.id} for plan in plans if plan.guardrail]
    if guarded:
        connection.execute(
            update(GoalRow).where(GoalRow.id == bindparam("of_id")).values(guardrail_id=bindparam("by_id")), guarded
        )
    parts: dict[Any, list[dict[str, Any]]] = {
        GoalCheckIn: [row for plan in plans for row in _check_ins(plan)],
        GoalMilestone: [
            {"place": place, "title": step.title, "due": step.due, "done_on": step.done_on, "weight": step.weight}
            | {"goal_id": plan.id}
            for plan in plans
            for place, step in enumerate(plan.milestones, start=1)
        ],
        GoalCoOwner: [{"goal_id": plan.id, "person_id": each} for plan in plans for each in plan.co_owners],
        GoalShare: [{"goal_id": plan.id, "person_id": each} for plan in plans for each in plan.shared_with],
    }
    for table, name in (
        (GoalChange, "history"),
        (GoalDecision, "decisions"),
        (GoalSnooze, "snoozes"),
        (GoalEvidence, "evidence"),
        (GoalAgreement, "agreed"),
    ):
        parts[table] = [{"goal_id": plan.id, **row} for plan in plans for row in getattr(plan, name)]
    for table, rows in parts.items():
        if rows:
            connection.execute(insert(table), rows)


def _level(plan: Plan) -> int:
    return 0 if plan.parent is None else 1 + _level(plan.parent)


def _check_ins(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "goal_id": plan.id,
            "day": each.on,
            "value": each.value,
            "confidence": each.confidence,
            "note": each.note,
            "by": each.by or plan.by,
            "at": at_nine(each.on),
        }
        for each in sorted(plan.check_ins, key=lambda each: each.on)
    ]
