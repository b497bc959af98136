"""What of goals waits for one person: proposals to answer, and check-ins that are due. Few rows, no judging."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from core.access.viewer import Viewer
from core.goals.goal import Status
from core.goals.progress import check_in_due
from core.goals.tables import GoalAgreement, GoalRow
from core.goals.visibility import checks_in, owned, party, sees_reasons
from core.people.scope import own_person


@dataclass(frozen=True)
class Waits:
    """A goal that waits for the viewer. since: the day on which a check-in was due; None for a proposal."""

    goal_id: int
    title: str
    since: date | None = None


def proposals_waiting(connection: Connection, viewer: Viewer) -> tuple[Waits, ...]:
    """Proposals in the version that the viewer has not agreed to, oldest first."""
    agreed = select(GoalAgreement.goal_id).where(
        GoalAgreement.goal_id == GoalRow.id,
        GoalAgreement.version == GoalRow.version,
        GoalAgreement.user_id == viewer.id,
    )
    rows = connection.execute(
        select(GoalRow.id, GoalRow.title)
        .where(
            GoalRow.status == Status.PROPOSED,
            party(viewer),
            GoalRow.archived_at.is_(None),
            ~agreed.correlate(GoalRow).exists(),
        )
        .order_by(GoalRow.id)
    )
    return tuple(Waits(row.id, row.title) for row in rows)


def check_ins_due(connection: Connection, viewer: Viewer, *, as_of: date) -> tuple[Waits, ...]:
    """Active goals that the viewer owns or stands in for, whose next check-in is due, the longest first.

    `core.goals.progress.check_in_due` says when.
    """
    mine = or_(owned(viewer), GoalRow.delegate_id.in_(own_person(viewer)))
    rows = connection.execute(
        select(
            GoalRow.id, GoalRow.title, GoalRow.cadence_days, GoalRow.start, GoalRow.active_since, GoalRow.last_on
        ).where(mine, checks_in(viewer, as_of), GoalRow.status == Status.ACTIVE, GoalRow.archived_at.is_(None))
    )
    found = []
    for row in rows:
        since = check_in_due(row.start, row.active_since, row.last_on, row.cadence_days)
        if since is not None and since <= as_of:
            found.append(Waits(row.id, row.title, since))
    return tuple(sorted(found, key=lambda each: (each.since or as_of, each.goal_id)))


def judged_for(connection: Connection, viewer: Viewer, *, as_of: date, most: int) -> int:
    """How many active and paused goals a queue of the viewer would judge; `most` + 1 when there are more than `most`."""
    alive: ColumnElement[bool] = and_(
        GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]), GoalRow.archived_at.is_(None), sees_reasons(viewer, as_of)
    )
    some = select(GoalRow.id).where(alive).limit(most + 1).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0
