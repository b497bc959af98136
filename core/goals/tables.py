"""Tables of goals: what was agreed, how it goes, who said what when, and what was decided. Rows are archived, never deleted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base


class GoalRow(Base):
    """A goal as it stands; `core.goals.goal.Goal` says what its columns mean.

    owner_id: a person; owner_unit_id: a unit; at most one of them. metric_key: the metric's name for comparing; direction: as
    `direction_of` has it. author_id, partner_id: the two accounts that agree on a draft; None for what came in by a file.
    target_set_on, context_set_on: the day on which target, baseline or due date, or on which owner, weight, parent or guardrail
    were last changed after it was agreed. stated_score: what a file said the objective came to. reviewed_on: the day of the
    newest check-in or decision. last_on to same_values: what the check-ins come down to (`core.goals.progress.Latest`), so that
    a queue reads no check-ins.
    """

    __tablename__ = "goal"
    __table_args__ = (
        CheckConstraint("owner_id IS NULL OR owner_unit_id IS NULL", name="one_owner"),
        CheckConstraint("due IS NULL OR start IS NULL OR due > start", name="due_after_start"),
        Index("ix_goal_metric", "metric_key", "direction", "status", "visibility", "archived_at"),
        Index("ix_goal_held", "owner_id", "owner_unit_id", "kind", "status", "visibility", "archived_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    delegate_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    standalone: Mapped[bool]
    measure: Mapped[str] = mapped_column(String(20))
    metric: Mapped[str] = mapped_column(String(200))
    metric_key: Mapped[str] = mapped_column(String(200))
    direction: Mapped[int] = mapped_column(SmallInteger)
    unit: Mapped[str] = mapped_column(String(60))
    baseline: Mapped[float | None]
    target: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    weight: Mapped[float]
    start: Mapped[date | None]
    due: Mapped[date | None]
    cadence_days: Mapped[int]
    pace: Mapped[str] = mapped_column(String(20))
    ambition: Mapped[str] = mapped_column(String(20))
    acceptance: Mapped[str] = mapped_column(Text)
    stated_score: Mapped[float | None]
    guardrail_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"))
    visibility: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    active_since: Mapped[date | None]
    closed_on: Mapped[date | None]
    archived_at: Mapped[datetime | None]
    target_set_on: Mapped[date | None]
    context_set_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    last_on: Mapped[date | None]
    last_value: Mapped[float | None]
    last_confidence: Mapped[int | None] = mapped_column(SmallInteger)
    before_confidence: Mapped[int | None] = mapped_column(SmallInteger)
    same_values: Mapped[int]


class GoalCoOwner(Base):
    """Somebody who owns a goal together with its owner."""

    __tablename__ = "goal_co_owner"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class GoalShare(Base):
    """Somebody with whom the owner of a wellbeing goal of their own has shared it."""

    __tablename__ = "goal_share"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class GoalMilestone(Base):
    """One step of a goal; `place` counts from 1."""

    __tablename__ = "goal_milestone"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    due: Mapped[date | None]
    done_on: Mapped[date | None]
    weight: Mapped[float]


class GoalCheckIn(Base):
    """What was said about a goal for a day. `by`: the name shown then, or the file that it came from."""

    __tablename__ = "goal_check_in"
    __table_args__ = (
        CheckConstraint("confidence IS NULL OR confidence BETWEEN 0 AND 10", name="confidence_to_ten"),
        Index("ix_goal_check_in_goal_day", "goal_id", "day", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    day: Mapped[date]
    value: Mapped[float | None]
    confidence: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class GoalEvidence(Base):
    """A link to what shows how far a goal is."""

    __tablename__ = "goal_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    link: Mapped[str] = mapped_column(String(2000))
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class GoalChange(Base):
    """One step in the history of a goal. `changes`: field -> [from, to]. Rows are only ever added."""

    __tablename__ = "goal_change"
    __table_args__ = (Index("ix_goal_change_goal_version", "goal_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    changes: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)


class GoalDecision(Base):
    """What was decided about a goal that needed revisiting. `reasons`: the codes that held then, with their severities."""

    __tablename__ = "goal_decision"
    __table_args__ = (Index("ix_goal_decision_goal_day", "goal_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    day: Mapped[date]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    reasons: Mapped[dict[str, Any]]


class GoalSnooze(Base):
    """A goal that is left off the queue before `until`, with the reason."""

    __tablename__ = "goal_snooze"
    __table_args__ = (Index("ix_goal_snooze_goal_until", "goal_id", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date]


class GoalAgreement(Base):
    """Who has agreed to which version of a goal."""

    __tablename__ = "goal_agreement"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
