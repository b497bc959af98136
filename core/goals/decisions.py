"""Decisions about goals that need revisiting: keep, re-scope, pause, stop or hand over; and snooze, close, archive.

Each needs a reason, is kept with the reasons that held then, and counts as a review.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.goals.commands import Saved, save_terms
from core.goals.goal import CLOSED, Goal, Owner, Status
from core.goals.history import difference, locked, refresh, write
from core.goals.judging import judged, told
from core.goals.keeping import refuse_showing
from core.goals.parties import may_own
from core.goals.tables import GoalDecision, GoalRow, GoalSnooze
from core.goals.terms import LONGEST_TEXT, Checked, Terms, checked, terms_of, tidy
from core.goals.visibility import sees_reasons
from core.policy import Policy


class Decision(StrEnum):
    """What is decided. RESUME is for what was paused, DONE for what is reached."""

    KEEP = "keep"
    RE_SCOPE = "re_scope"
    PAUSE = "pause"
    STOP = "stop"
    HAND_OVER = "hand_over"
    RESUME = "resume"
    DONE = "done"


_FROM = {
    Decision.KEEP: (Status.ACTIVE, Status.PAUSED),
    Decision.RE_SCOPE: (Status.ACTIVE, Status.PAUSED),
    Decision.PAUSE: (Status.ACTIVE,),
    Decision.STOP: (Status.ACTIVE, Status.PAUSED),
    Decision.HAND_OVER: (Status.ACTIVE, Status.PAUSED),
    Decision.RESUME: (Status.PAUSED,),
    Decision.DONE: (Status.ACTIVE, Status.PAUSED),
}
_TO = {
    Decision.PAUSE: Status.PAUSED,
    Decision.STOP: Status.STOPPED,
    Decision.RESUME: Status.ACTIVE,
    Decision.DONE: Status.DONE,
}


def decide(
    connection: Connection,
    viewer: Viewer,
    goal_id: int,
    decision: Decision,
    *,
    reason: str,
    based_on: int,
    terms: Terms | None = None,
    owner: Owner | None = None,
    at: datetime,
    policy: Policy,
) -> Saved:
    """Decide about an active or paused goal. RE_SCOPE takes the new `terms`, HAND_OVER the new `owner`.

    Raises:
        NoPermission: the viewer does not decide about this goal.
        ChangedMeanwhile: it has another version by now; both are carried.
        Refused: no reason, nothing re-scoped, an owner who cannot be, or a goal that is not in a state for it.
    """
    on = at.date()
    goal = locked(connection, goal_id, sees_reasons(viewer, on), based_on=based_on, yours=terms)
    why = tidy(reason, "A decision", LONGEST_TEXT, needed=True)
    if goal.status not in _FROM[decision]:
        raise Refused(f"This goal is {goal.status.value}; that cannot be decided about it.")
    held = _held(connection, viewer, goal_id, policy, on)
    version = based_on
    changes: dict[str, Any] = {}
    warnings: tuple[str, ...] = ()
    if decision in (Decision.RE_SCOPE, Decision.HAND_OVER):
        found = _changed(connection, viewer, goal, decision, terms, owner, policy=policy, on=on)
        changes, warnings, version = difference(goal, found.terms), found.warnings, based_on + 1
        if not changes:
            raise Refused("Nothing would change. Say what is different, or decide to keep the goal as it is.")
        refuse_showing(viewer, goal, changes)
        save_terms(connection, goal, found, changes, version=version, on=on)
    elif decision in _TO:
        to = _TO[decision]
        version, changes = based_on + 1, {"status": (goal.status, to)}
        closed = on if to in CLOSED else None
        connection.execute(
            update(GoalRow).where(GoalRow.id == goal_id).values(status=to.value, version=version, closed_on=closed)
        )
    connection.execute(
        insert(GoalDecision).values(
            goal_id=goal_id,
            day=on,
            at=at,
            by=viewer.display_name,
            decision=decision.value,
            reason=why,
            reasons=held,
        )
    )
    connection.execute(delete(GoalSnooze).where(GoalSnooze.goal_id == goal_id, GoalSnooze.until > on))
    refresh(connection, goal_id)
    write(
        connection,
        viewer,
        goal_id,
        version=version,
        action=f"decided: {decision.value}",
        at=at,
        changes=changes,
        reason=why,
    )
    return Saved(goal_id, version, warnings)


def snooze(connection: Connection, viewer: Viewer, goal_id: int, *, reason: str, at: datetime) -> date:
    """Leave a goal off the queue until its next check-in is due; returns that day, on which it is back.

    Raises:
        NoPermission: the viewer does not decide about this goal.
        Refused: no reason, or a goal that is closed.
    """
    on = at.date()
    goal = locked(connection, goal_id, sees_reasons(viewer, on))
    why = tidy(reason, "Snoozing a goal", LONGEST_TEXT, needed=True)
    if goal.status in CLOSED:
        raise Refused(f"This goal is {goal.status.value}; it is on no queue.")
    until = comes_back(connection, goal, on)
    connection.execute(
        insert(GoalSnooze).values(goal_id=goal_id, at=at, by=viewer.display_name, reason=why, until=until)
    )
    write(
        connection,
        viewer,
        goal_id,
        version=goal.version,
        action="snoozed",
        at=at,
        changes={"until": (None, until)},
        reason=why,
    )
    return until


def archive(connection: Connection, viewer: Viewer, goal_id: int, *, reason: str, at: datetime) -> None:
    """Take a goal that is done or stopped off every list. It stays on record with its history; nothing is deleted.

    Raises:
        NoPermission: the viewer does not decide about this goal.
        Refused: no reason, or a goal that is not closed.
    """
    goal = locked(connection, goal_id, sees_reasons(viewer, at.date()))
    why = tidy(reason, "Archiving a goal", LONGEST_TEXT, needed=True)
    if goal.status not in CLOSED:
        raise Refused("Only a goal that is done or stopped is archived. Stop it first.")
    connection.execute(update(GoalRow).where(GoalRow.id == goal_id).values(archived_at=at))
    write(connection, viewer, goal_id, version=goal.version, action="archived", at=at, reason=why)


def withdraw(connection: Connection, viewer: Viewer, goal_id: int, *, at: datetime) -> None:
    """Take a draft or a proposal of one's own away from every list. It stays on record.

    Raises:
        NoPermission: it is not a draft or proposal that the viewer wrote.
    """
    unsettled = GoalRow.status.in_([Status.DRAFT, Status.PROPOSED]) & (GoalRow.author_id == viewer.id)
    goal = locked(connection, goal_id, unsettled)
    connection.execute(update(GoalRow).where(GoalRow.id == goal_id).values(archived_at=at))
    write(connection, viewer, goal_id, version=goal.version, action="withdrawn", at=at)


def _changed(
    connection: Connection,
    viewer: Viewer,
    goal: Goal,
    decision: Decision,
    terms: Terms | None,
    owner: Owner | None,
    *,
    policy: Policy,
    on: date,
) -> Checked:
    if decision is Decision.HAND_OVER:
        if owner is None:
            raise Refused("To hand a goal over, name its new owner.")
        kept = terms_of(goal)
        named = (owner.person,)
        terms = replace(
            kept,
            owner=owner,
            co_owners=tuple(code for code in kept.co_owners if code not in named),
            delegate="" if kept.delegate in named else kept.delegate,
        )
    if terms is None:
        raise Refused("To re-scope a goal, say what is different.")
    if terms.kind is not goal.kind:
        raise Refused("The kind of an agreed goal stays. Stop it, and draft another.")
    found = checked(connection, viewer, terms, rules=policy.goals, on=on, goal_id=goal.id)
    involved = {each.person for each in (goal.owner, *goal.co_owners, *((goal.delegate,) if goal.delegate else ()))}
    new = terms.owner
    if (new.person or new.unit) != (goal.owner.person or goal.owner.unit) and new.person not in involved - {""}:
        may_own(connection, viewer, found, on)
    return found


def _held(connection: Connection, viewer: Viewer, goal_id: int, policy: Policy, on: date) -> dict[str, int]:
    """The reasons that hold now: code -> severity."""
    found = judged(connection, viewer, GoalRow.id == goal_id, policy=policy, on=on)
    return {
        each.code: each.severity
        for item in told(connection, found, range(len(found)), policy=policy, on=on)
        for each in item.reasons
    }


def comes_back(connection: Connection, goal: Goal, on: date) -> date:
    """The day on which a goal that is snoozed on `on` is back: when the next check-in is due, in steps from the newest one."""
    last = connection.scalar(select(GoalRow.last_on).where(GoalRow.id == goal.id))
    base = last or goal.active_since or on
    base = min(base, on)
    steps = (on - base).days // goal.cadence_days + 1
    return base + timedelta(days=steps * goal.cadence_days)
