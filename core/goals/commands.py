"""What changes goals: drafting, proposing, agreeing, editing, checking in. Each in the caller's transaction, with its history.

A goal is agreed by two before it becomes active: whoever wrote it and one other. Decisions about active goals are in
`core.goals.decisions`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.calendar import long_label
from core.goals.goal import CLOSED, Goal, Kind, Milestone, Status
from core.goals.history import difference, locked, refresh, write
from core.goals.keeping import refuse_showing
from core.goals.links import leads_to
from core.goals.parties import may_own, partner_of, refuse_for_others
from core.goals.tables import (
    GoalAgreement,
    GoalCheckIn,
    GoalCoOwner,
    GoalEvidence,
    GoalMilestone,
    GoalRow,
    GoalShare,
)
from core.goals.terms import LONGEST_TEXT, Checked, Terms, checked, tidy
from core.goals.visibility import checks_in, owned, party, sees_reasons
from core.people.places import manager_of
from core.people.scope import own_person
from core.policy import Policy

LONGEST_LINK = 2000
FIELDS_OF_TARGET = frozenset({"baseline", "target", "low", "high", "due"})
FIELDS_OF_CONTEXT = frozenset({"owner", "weight", "parent_id", "guardrail_id"})


@dataclass(frozen=True)
class Saved:
    """A goal that was written: its id, the version now in force, and what is odd about it."""

    goal_id: int
    version: int
    warnings: tuple[str, ...] = ()


def draft(connection: Connection, viewer: Viewer, terms: Terms, *, at: datetime, policy: Policy) -> Saved:
    """Write a goal that only its author sees, until it is proposed.

    For oneself, for a direct report, or for a unit that one leads or manages, or somebody there.

    Raises:
        NoPermission: the goal would be somebody else's.
        Refused: the terms cannot be taken; the message says why.
    """
    found = checked(connection, viewer, terms, rules=policy.goals, on=at.date())
    may_own(connection, viewer, found, at.date())
    made = connection.execute(
        insert(GoalRow).values(
            **found.row(),
            code=None,
            status=Status.DRAFT.value,
            version=1,
            author_id=viewer.id,
            partner_id=partner_of(connection, viewer, found.terms.kind, found.terms.owner, at.date()),
            created_at=at,
            active_since=None,
            closed_on=None,
            archived_at=None,
            target_set_on=None,
            context_set_on=None,
            reviewed_on=None,
            last_on=None,
            last_value=None,
            last_confidence=None,
            before_confidence=None,
            same_values=0,
        )
    ).inserted_primary_key
    assert made is not None
    goal_id = int(made[0])
    _write_parts(connection, goal_id, found)
    write(connection, viewer, goal_id, version=1, action="drafted", at=at)
    return Saved(goal_id, 1, found.warnings)


def edit(
    connection: Connection,
    viewer: Viewer,
    goal_id: int,
    terms: Terms,
    *,
    based_on: int,
    reason: str = "",
    at: datetime,
    policy: Policy,
) -> Saved:
    """Change the terms of a goal. A proposal that is changed is proposed back: what was agreed to before no longer counts.

    based_on: the version that was read. An agreed goal needs a reason. Who has to agree to a draft follows from it as it is now;
    whose goal a proposal is stays, because the two who see it are its owner and the other.

    Raises:
        NoPermission: the goal is not the viewer's to change, or is done, stopped or archived.
        ChangedMeanwhile: it has another version by now; both are carried.
        Refused: the terms cannot be taken, nothing is said about why, or who sees it would be another's to say.
    """
    on = at.date()
    goal = locked(connection, goal_id, _may_edit(viewer, on), based_on=based_on, yours=terms)
    found = checked(connection, viewer, terms, rules=policy.goals, on=on, goal_id=goal_id)
    changes = difference(goal, found.terms)
    if goal.status is Status.DRAFT:
        other = partner_of(connection, viewer, found.terms.kind, found.terms.owner, on)
        connection.execute(update(GoalRow).where(GoalRow.id == goal_id).values(partner_id=other))
    if not changes:
        return Saved(goal_id, based_on, found.warnings)
    if goal.status is Status.PROPOSED:
        refuse_for_others(changes, found)
    agreed = goal.status in (Status.ACTIVE, Status.PAUSED)
    why = tidy(reason, "A reason", LONGEST_TEXT, needed=agreed, field="reason")
    if "kind" in changes and agreed:
        raise Refused("The kind of an agreed goal stays. Stop it, and draft another.")
    refuse_showing(viewer, goal, changes)
    if "owner" in changes:
        may_own(connection, viewer, found, on)
    save_terms(connection, goal, found, changes, version=based_on + 1, on=on)
    write(connection, viewer, goal_id, version=based_on + 1, action="changed", at=at, changes=changes, reason=why)
    if goal.status is Status.PROPOSED:
        _agree(connection, viewer, goal_id, based_on + 1, at)
    return Saved(goal_id, based_on + 1, found.warnings)


def propose(connection: Connection, viewer: Viewer, goal_id: int, *, based_on: int, at: datetime) -> Status:
    """Show a draft to the other one and agree to it oneself. Active at once when nobody else has to agree.

    Nobody has to for a wellbeing goal of one's own, and where the roster names no manager.

    Raises:
        NoPermission: it is not a draft of the viewer's.
        ChangedMeanwhile: it has another version by now.
        Refused: by the roster of today somebody else has to agree than when the draft was saved.
    """
    goal = locked(
        connection, goal_id, and_(GoalRow.status == Status.DRAFT, GoalRow.author_id == viewer.id), based_on=based_on
    )
    other = partner_of(connection, viewer, goal.kind, goal.owner, at.date())
    if other != connection.scalar(select(GoalRow.partner_id).where(GoalRow.id == goal_id)):
        raise Refused(
            "By now somebody else has to agree to this. Open the draft, look who that is, and propose it there."
        )
    _agree(connection, viewer, goal_id, goal.version, at)
    write(connection, viewer, goal_id, version=goal.version, action="proposed", at=at)
    if other is None:
        return _activate(connection, viewer, goal, at)
    connection.execute(update(GoalRow).where(GoalRow.id == goal_id).values(status=Status.PROPOSED.value))
    return Status.PROPOSED


def agree(connection: Connection, viewer: Viewer, goal_id: int, *, based_on: int, at: datetime) -> Status:
    """Agree to the version that was read. The goal becomes active when both have agreed to the same one."""
    goal = locked(connection, goal_id, and_(GoalRow.status == Status.PROPOSED, party(viewer)), based_on=based_on)
    _agree(connection, viewer, goal_id, goal.version, at)
    write(connection, viewer, goal_id, version=goal.version, action="agreed", at=at)
    row = connection.execute(select(GoalRow.author_id, GoalRow.partner_id).where(GoalRow.id == goal_id)).one()
    agreed = set(
        connection.scalars(
            select(GoalAgreement.user_id).where(GoalAgreement.goal_id == goal_id, GoalAgreement.version == goal.version)
        )
    )
    return _activate(connection, viewer, goal, at) if {row.author_id, row.partner_id} <= agreed else Status.PROPOSED


def check_in(
    connection: Connection,
    viewer: Viewer,
    goal_id: int,
    *,
    value: float | None = None,
    confidence: int | None = None,
    note: str = "",
    on: date | None = None,
    at: datetime,
) -> None:
    """Say how a goal goes, for a day (default: that of `at`). A value, a confidence or a note; the newest counts.

    Raises:
        NoPermission: the viewer neither decides about the goal nor stands in for its owner.
        Refused: nothing was said, the day is not within the goal's life up to today, or a number cannot be taken.
    """
    day = on or at.date()
    goal = locked(connection, goal_id, checks_in(viewer, at.date()))
    _alive(goal)
    kept = tidy(note, "A note", LONGEST_TEXT)
    if value is None and confidence is None and not kept:
        raise Refused("A check-in says something: a value, a confidence, or a note.")
    if value is not None and not math.isfinite(value):
        raise Refused("The value is not a number.")
    if confidence is not None and not 0 <= confidence <= 10:
        raise Refused(f"Confidence goes from 0 to 10; this is {confidence}.")
    if day > at.date():
        raise Refused(f"{long_label(day)} has not come yet. A check-in speaks of what is.")
    connection.execute(
        insert(GoalCheckIn).values(
            goal_id=goal_id, day=day, value=value, confidence=confidence, note=kept, by=viewer.display_name, at=at
        )
    )
    refresh(connection, goal_id)
    write(connection, viewer, goal_id, version=goal.version, action="checked in", at=at)


def finish_milestone(
    connection: Connection, viewer: Viewer, goal_id: int, place: int, *, done_on: date | None, at: datetime
) -> None:
    """Mark the milestone at `place` (from 1) as done on a day, or as not done (None).

    Raises:
        NoPermission: as `check_in`.
        Refused: there is no such milestone, or the day has not come.
    """
    goal = locked(connection, goal_id, checks_in(viewer, at.date()))
    _alive(goal)
    if not 1 <= place <= len(goal.milestones):
        raise Refused(f"There is no milestone {place}; this goal has {len(goal.milestones)}.")
    if done_on is not None and done_on > at.date():
        raise Refused(f"{long_label(done_on)} has not come yet.")
    before = goal.milestones[place - 1].done_on
    connection.execute(
        update(GoalMilestone)
        .where(GoalMilestone.goal_id == goal_id, GoalMilestone.place == place)
        .values(done_on=done_on)
    )
    write(
        connection,
        viewer,
        goal_id,
        version=goal.version,
        action="milestone",
        at=at,
        changes={f"milestone {place}": (before, done_on)},
    )


def add_evidence(connection: Connection, viewer: Viewer, goal_id: int, *, label: str, link: str, at: datetime) -> None:
    """Put a link to what shows how far the goal is. It begins with https:// or http://.

    Raises:
        Refused: it begins otherwise, names no host, or could be read as leading to another one.
    """
    goal = locked(connection, goal_id, checks_in(viewer, at.date()))
    to = tidy(link, "A link", LONGEST_LINK, needed=True)
    if not leads_to(to):
        raise Refused("A link begins with https:// or http://, names a host, and has no blanks.")
    words = tidy(label, "The words of a link", 200, needed=True)
    connection.execute(
        insert(GoalEvidence).values(goal_id=goal_id, label=words, link=to, by=viewer.display_name, at=at)
    )
    write(connection, viewer, goal_id, version=goal.version, action="evidence added", at=at)


def share(connection: Connection, viewer: Viewer, goal_id: int, *, at: datetime) -> None:
    """Show a wellbeing goal of one's own to one's manager; `unshare` takes that back.

    Raises:
        Refused: the roster names no manager.
    """
    on = at.date()
    goal = locked(connection, goal_id, and_(owned(viewer), _own_wellbeing()))
    me = connection.scalar(own_person(viewer))
    manager = None if me is None else manager_of(connection, me, on)
    if manager is None:
        raise Refused("The roster names no manager of yours to share this with.")
    there = select(GoalShare.goal_id).where(GoalShare.goal_id == goal_id, GoalShare.person_id == manager)
    if connection.scalar(there) is None:
        connection.execute(insert(GoalShare).values(goal_id=goal_id, person_id=manager))
        write(connection, viewer, goal_id, version=goal.version, action="shared", at=at)


def unshare(connection: Connection, viewer: Viewer, goal_id: int, *, at: datetime) -> None:
    """Show a wellbeing goal of one's own to nobody else any more."""
    goal = locked(connection, goal_id, and_(owned(viewer), _own_wellbeing()))
    connection.execute(delete(GoalShare).where(GoalShare.goal_id == goal_id))
    write(connection, viewer, goal_id, version=goal.version, action="no longer shared", at=at)


def save_terms(
    connection: Connection, goal: Goal, found: Checked, changed: Iterable[str], *, version: int, on: date
) -> None:
    """Write checked terms to the row and the parts of a goal; `changed`: the names of the fields that are others now."""
    names = set(changed)
    values = {**found.row(), "version": version}
    if goal.status in (Status.ACTIVE, Status.PAUSED):
        if names & FIELDS_OF_TARGET:
            values["target_set_on"] = on
        if names & FIELDS_OF_CONTEXT:
            values["context_set_on"] = on
    connection.execute(update(GoalRow).where(GoalRow.id == goal.id).values(**values))
    _write_parts(connection, goal.id, found)


def _write_parts(connection: Connection, goal_id: int, found: Checked) -> None:
    connection.execute(delete(GoalCoOwner).where(GoalCoOwner.goal_id == goal_id))
    connection.execute(delete(GoalMilestone).where(GoalMilestone.goal_id == goal_id))
    if found.co_owner_ids:
        connection.execute(
            insert(GoalCoOwner), [{"goal_id": goal_id, "person_id": person} for person in found.co_owner_ids]
        )
    steps = [_step(goal_id, place + 1, each) for place, each in enumerate(found.terms.milestones)]
    if steps:
        connection.execute(insert(GoalMilestone), steps)


def _step(goal_id: int, place: int, step: Milestone) -> dict[str, object]:
    return {
        "goal_id": goal_id,
        "place": place,
        "title": step.title,
        "due": step.due,
        "done_on": step.done_on,
        "weight": step.weight,
    }


def _own_wellbeing() -> ColumnElement[bool]:
    return and_(GoalRow.kind == Kind.WELLBEING, GoalRow.owner_unit_id.is_(None))


def _may_edit(viewer: Viewer, on: date) -> ColumnElement[bool]:
    return or_(
        and_(GoalRow.status == Status.DRAFT, GoalRow.author_id == viewer.id),
        and_(GoalRow.status == Status.PROPOSED, party(viewer)),
        and_(GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]), sees_reasons(viewer, on)),
    )


def _alive(goal: Goal) -> None:
    if goal.status in CLOSED:
        raise Refused(f"This goal is {goal.status.value}. What was said about it stays as it is.")


def _agree(connection: Connection, viewer: Viewer, goal_id: int, version: int, at: datetime) -> None:
    given = GoalAgreement.goal_id == goal_id, GoalAgreement.version == version, GoalAgreement.user_id == viewer.id
    if connection.scalar(select(GoalAgreement.goal_id).where(*given)) is None:
        connection.execute(
            insert(GoalAgreement).values(
                goal_id=goal_id, version=version, user_id=viewer.id, by=viewer.display_name, at=at
            )
        )


def _activate(connection: Connection, viewer: Viewer, goal: Goal, at: datetime) -> Status:
    connection.execute(
        update(GoalRow).where(GoalRow.id == goal.id).values(status=Status.ACTIVE.value, active_since=at.date())
    )
    write(connection, viewer, goal.id, version=goal.version, action="became active", at=at)
    return Status.ACTIVE
