"""What screens ask about goals: one goal with all there is to it, and one's own. The rule stands in every WHERE."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.goals.forecast import Forecast, forecast
from core.goals.goal import AGREED, CheckIn, Goal, Status, Visibility
from core.goals.judging import judged, told
from core.goals.lines import Going, Line, going_of, lines_of
from core.goals.progress import check_in_due
from core.goals.reading import check_ins_of, goals_by_id
from core.goals.reasons import Reason, suggestion
from core.goals.tables import (
    GoalAgreement,
    GoalChange,
    GoalDecision,
    GoalEvidence,
    GoalRow,
    GoalSnooze,
)
from core.goals.visibility import checks_in, owned, party, sees, sees_reasons
from core.people.scope import own_person
from core.policy import Policy


@dataclass(frozen=True)
class Step:
    """One step of a goal's history. changes: field -> [from, to]."""

    at: datetime
    by: str
    action: str
    version: int
    changes: Mapping[str, Any]
    reason: str


@dataclass(frozen=True)
class Decided:
    """A decision about a goal, with the reasons that held then (code -> severity)."""

    on: date
    by: str
    decision: str
    reason: str
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Evidence:
    """A link to what shows how far a goal is."""

    label: str
    link: str
    by: str
    at: datetime


@dataclass(frozen=True)
class GoalPage:
    """Everything about one goal that the viewer may see.

    parent: None also when the viewer may not see it. check_ins: by day; notes, confidence and names only for those who check in.
    reasons, history, decisions: None for those who do not. snoozed_until: the day on which it is back. next_check_in: when the
    next one is due. agreed_by: names of those who have agreed to this version. archived: it is on no list any more.
    waits_for_viewer: it is a proposal that the viewer has not agreed to. about: the code of the person, not the viewer, of whom
    something was read that is not open to all, for the log of looks; ''.
    """

    goal: Goal
    going: Going
    parent: Goal | None
    children: tuple[Line, ...]
    check_ins: tuple[CheckIn, ...]
    forecast: Forecast | None
    evidence: tuple[Evidence, ...]
    reasons: tuple[Reason, ...] | None
    suggestion: str
    history: tuple[Step, ...] | None
    decisions: tuple[Decided, ...] | None
    snoozed_until: date | None
    next_check_in: date | None
    agreed_by: tuple[str, ...]
    archived: bool
    may_decide: bool
    may_check_in: bool
    may_edit: bool
    waits_for_viewer: bool
    about: str


@dataclass(frozen=True)
class OwnGoals:
    """One's own: goals that are agreed, drafts, proposals (waiting: those that the viewer has not agreed to), and reasons."""

    goals: tuple[Line, ...]
    reasons: Mapping[int, tuple[Reason, ...]]
    drafts: tuple[Goal, ...]
    proposals: tuple[Goal, ...]
    waiting: frozenset[int]


def goal_page(connection: Connection, viewer: Viewer, goal_id: int, *, policy: Policy, as_of: date) -> GoalPage:
    """One goal, as far as the viewer may see it.

    Raises:
        NoPermission: the viewer may not see it (one that does not exist reads the same).
    """
    row = connection.execute(
        select(
            GoalRow.id,
            GoalRow.parent_id,
            GoalRow.archived_at,
            GoalRow.last_on,
            GoalRow.author_id,
            GoalRow.partner_id,
            sees_reasons(viewer, as_of).label("decides"),
            checks_in(viewer, as_of).label("checks"),
        ).where(GoalRow.id == goal_id, sees(viewer, as_of))
    ).first()
    if row is None:
        raise NoPermission("This is not a goal that you may see.")
    goal = goals_by_id(connection, [goal_id])[goal_id]
    ins = check_ins_of(connection, [goal_id]).get(goal_id, [])
    under = select(GoalRow.id).where(GoalRow.parent_id == goal_id, GoalRow.archived_at.is_(None), sees(viewer, as_of))
    children = lines_of(connection, viewer, connection.scalars(under).all(), policy=policy, on=as_of)
    above = select(GoalRow.id).where(GoalRow.id == (goal.parent_id or 0), sees(viewer, as_of))
    reasons: tuple[Reason, ...] | None = None
    if row.decides:
        found = judged(
            connection, viewer, and_(GoalRow.id == goal_id, sees_reasons(viewer, as_of)), policy=policy, on=as_of
        )
        items = told(connection, found, range(len(found)), policy=policy, on=as_of)
        reasons = items[0].reasons if items else ()
    unsettled = goal.status in (Status.DRAFT, Status.PROPOSED)
    whole = row.decides or unsettled
    alive = row.archived_at is None
    agreed = _agreed(connection, goal)
    return GoalPage(
        goal=goal,
        going=going_of(connection, [goal], policy=policy, on=as_of)[goal_id],
        parent=next(iter(goals_by_id(connection, connection.scalars(above).all()).values()), None),
        children=children,
        check_ins=tuple(ins if whole or row.checks else (CheckIn(each.on, each.value) for each in ins)),
        forecast=forecast(goal, ins),
        evidence=_evidence(connection, goal_id),
        reasons=reasons,
        suggestion=suggestion(reasons or ()),
        history=told_to(viewer, row.author_id, row.partner_id, _history(connection, goal_id)) if whole else None,
        decisions=_decisions(connection, goal_id) if row.decides else None,
        snoozed_until=_snoozed(connection, goal_id, as_of) if row.decides else None,
        next_check_in=next_check_in(goal, row.last_on),
        agreed_by=tuple(name for _, name in agreed),
        archived=not alive,
        may_decide=bool(row.decides) and alive and goal.status in (Status.ACTIVE, Status.PAUSED),
        may_check_in=bool(row.checks) and alive and goal.status in (Status.ACTIVE, Status.PAUSED),
        may_edit=alive and (unsettled or (bool(row.decides) and goal.status in (Status.ACTIVE, Status.PAUSED))),
        waits_for_viewer=goal.status is Status.PROPOSED and viewer.id not in {number for number, _ in agreed},
        about=_about(goal, viewer) if row.decides or goal.visibility is not Visibility.OPEN else "",
    )


def own_goals(connection: Connection, viewer: Viewer, *, policy: Policy, as_of: date) -> OwnGoals:
    """What the viewer owns, alone or with others, or stands in for; drafts that they wrote, and what they are agreeing on."""
    mine = or_(owned(viewer), GoalRow.delegate_id.in_(own_person(viewer)))
    here = and_(mine, sees(viewer, as_of), GoalRow.archived_at.is_(None), GoalRow.status.in_(sorted(AGREED)))
    ids = connection.scalars(select(GoalRow.id).where(here).order_by(GoalRow.due, GoalRow.id)).all()
    found = judged(connection, viewer, and_(owned(viewer), sees_reasons(viewer, as_of)), policy=policy, on=as_of)
    items = told(connection, found, range(len(found)), policy=policy, on=as_of)
    open_ones = select(GoalRow.id, GoalRow.status).where(
        GoalRow.archived_at.is_(None),
        or_(
            and_(GoalRow.status == Status.DRAFT, GoalRow.author_id == viewer.id),
            and_(GoalRow.status == Status.PROPOSED, party(viewer)),
        ),
    )
    unsettled = connection.execute(open_ones.order_by(GoalRow.id)).all()
    goals = goals_by_id(connection, [row.id for row in unsettled])
    agreed = (
        select(GoalAgreement.goal_id)
        .join(GoalRow, and_(GoalRow.id == GoalAgreement.goal_id, GoalRow.version == GoalAgreement.version))
        .where(GoalAgreement.user_id == viewer.id, GoalRow.status == Status.PROPOSED)
    )
    proposals = [row.id for row in unsettled if row.status == Status.PROPOSED]
    return OwnGoals(
        goals=lines_of(connection, viewer, ids, policy=policy, on=as_of),
        reasons={item.goal.id: item.reasons for item in items if item.reasons},
        drafts=tuple(goals[row.id] for row in unsettled if row.status == Status.DRAFT),
        proposals=tuple(goals[each] for each in proposals),
        waiting=frozenset(proposals) - set(connection.scalars(agreed)),
    )


def _history(connection: Connection, goal_id: int) -> tuple[Step, ...]:
    rows = connection.execute(
        select(
            GoalChange.at,
            GoalChange.by,
            GoalChange.action,
            GoalChange.version,
            GoalChange.changes,
            GoalChange.reason,
        )
        .where(GoalChange.goal_id == goal_id)
        .order_by(GoalChange.id)
    )
    return tuple(Step(*row) for row in rows)


def told_to(viewer: Viewer, author: int | None, partner: int | None, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of a goal as the viewer is told them, by the accounts that agreed on it.

    What changed while it was a draft stays with its author, and what changed while it was proposed with the two.
    """
    if viewer.id == author:
        return tuple(steps)
    begins = "proposed" if viewer.id == partner else "became active"
    shown = next((place for place, each in enumerate(steps) if each.action == begins), 0)
    return tuple(each for place, each in enumerate(steps) if place >= shown or not each.changes)


def _decisions(connection: Connection, goal_id: int) -> tuple[Decided, ...]:
    rows = connection.execute(
        select(
            GoalDecision.day,
            GoalDecision.by,
            GoalDecision.decision,
            GoalDecision.reason,
            GoalDecision.reasons,
        )
        .where(GoalDecision.goal_id == goal_id)
        .order_by(GoalDecision.id)
    )
    return tuple(Decided(*row) for row in rows)


def _evidence(connection: Connection, goal_id: int) -> tuple[Evidence, ...]:
    rows = connection.execute(
        select(GoalEvidence.label, GoalEvidence.link, GoalEvidence.by, GoalEvidence.at)
        .where(GoalEvidence.goal_id == goal_id)
        .order_by(GoalEvidence.id)
    )
    return tuple(Evidence(*row) for row in rows)


def _agreed(connection: Connection, goal: Goal) -> list[tuple[int, str]]:
    rows = connection.execute(
        select(GoalAgreement.user_id, GoalAgreement.by)
        .where(GoalAgreement.goal_id == goal.id, GoalAgreement.version == goal.version)
        .order_by(GoalAgreement.at, GoalAgreement.by)
    )
    return [(row.user_id, row.by) for row in rows]


def _snoozed(connection: Connection, goal_id: int, on: date) -> date | None:
    return connection.scalar(
        select(GoalSnooze.until)
        .where(GoalSnooze.goal_id == goal_id, GoalSnooze.until > on)
        .order_by(GoalSnooze.until.desc())
        .limit(1)
    )


def next_check_in(goal: Goal, last: date | None) -> date | None:
    """When the next check-in of an active goal is due; `last`: the day of the newest one. None for any other goal."""
    if goal.status is not Status.ACTIVE:
        return None
    return check_in_due(goal.start, goal.active_since, last, goal.cadence_days)


def _about(goal: Goal, viewer: Viewer) -> str:
    return goal.owner.person if goal.owner.person != viewer.person_code else ""
