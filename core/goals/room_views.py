"""The open goals of a team for a screen in the room: since last time, needs revisiting, decisions. Few words and no notes.

Everybody in the room sees it, so it holds goals marked open only: none that is private or for the team, no development and no
wellbeing, and neither owners nor anything that was written about a goal.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import long_label
from core.goals.goal import CLOSED, Goal, Kind, Measure, Milestone, Status, Visibility
from core.goals.judging import judged
from core.goals.lines import Going, going_of
from core.goals.progress import latest_of, milestones_done, progress
from core.goals.reading import check_ins_of, goals_by_id
from core.goals.reasons import CODES
from core.goals.sieve import needs_revisiting
from core.goals.tables import GoalChange, GoalDecision, GoalRow
from core.goals.visibility import sees_reasons
from core.people.places import managed_by, members_of, standing_units, units_named, units_under
from core.people.scope import units_of_role
from core.policy import Policy
from core.workload.wording import NUMBERS

REPORTS = "reports"  # stands for the direct reports, for a manager whose account names no unit
SINCE_DAYS = 14
MOST = 12  # goals in one list of the screen
_KINDS = (Kind.OBJECTIVE, Kind.KEY_RESULT, Kind.KPI)


@dataclass(frozen=True)
class Moved:
    """What happened to a goal since last time: `before` and `after` are progress in [0, 1], None when not known."""

    goal: Goal
    what: str
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True)
class Asks:
    """A goal that needs revisiting, with the codes of its reasons, and what it is about."""

    goal: Goal
    going: Going
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Taken:
    """A decision that was taken. changes: field -> (from, to) for target and due date."""

    goal: Goal
    on: date
    decision: str
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Room:
    """What the screen shows. teams: (key, name) that the viewer may choose; team: the one shown, with its name.

    goals: how many open goals there are. more_moved, more_asking: how many beyond those listed. last_review: the newest day
    before `as_of` on which something was decided, None without one.
    """

    teams: tuple[tuple[str, str], ...]
    team: str
    name: str
    since: date
    goals: int
    moved: tuple[Moved, ...]
    asking: tuple[Asks, ...]
    taken: tuple[Taken, ...]
    more_moved: int
    more_asking: int
    last_review: date | None
    sentence: str


def team_room(
    connection: Connection,
    viewer: Viewer,
    *,
    team: str | None = None,
    since: date | None = None,
    policy: Policy,
    as_of: date,
) -> Room:
    """The open goals of a team that the viewer leads or manages, since a day (default: two weeks before).

    Raises:
        NoPermission: the viewer leads and manages no team, or not this one.
    """
    teams = _teams(connection, viewer, as_of)
    names = dict(teams)
    if not teams:
        raise NoPermission("This view is shown by who leads or manages a team, to that team.")
    chosen = team if team is not None else viewer.own_unit if viewer.own_unit in names else teams[0][0]
    if chosen not in names:
        raise NoPermission("This is not a team that you lead or manage.")
    day = since or as_of - timedelta(days=SINCE_DAYS)
    open_ones = _open_goals(viewer, chosen, as_of)
    going_on = and_(open_ones, GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]))
    found = judged(connection, viewer, going_on, policy=policy, on=as_of)
    revisits = needs_revisiting(found.table, policy.goals)
    ordered = found.in_order(revisits.nonzero()[0]).tolist()
    listed = [int(found.goals.id[place]) for place in ordered[:MOST]]
    goals = goals_by_id(connection, listed)
    going = going_of(connection, list(goals.values()), policy=policy, on=as_of)
    codes = {
        int(found.goals.id[place]): tuple(
            code for code, weight in zip(CODES, found.table[place].tolist(), strict=True) if weight
        )
        for place in ordered[:MOST]
    }
    moved = _moved(connection, open_ones, day, as_of)
    review = select(func.max(GoalDecision.day)).join(GoalRow, GoalRow.id == GoalDecision.goal_id)
    return Room(
        teams=teams,
        team=chosen,
        name=names[chosen],
        since=day,
        goals=len(found),
        moved=tuple(moved[:MOST]),
        asking=tuple(Asks(goals[each], going[each], codes[each]) for each in listed),
        taken=_taken(connection, open_ones, day),
        more_moved=max(len(moved) - MOST, 0),
        more_asking=max(len(ordered) - MOST, 0),
        last_review=connection.scalar(review.where(open_ones, GoalDecision.day < as_of)),
        sentence=_sentence(len(found), len(moved), len(ordered), day),
    )


def _teams(connection: Connection, viewer: Viewer, on: date) -> tuple[tuple[str, str], ...]:
    """Units that the viewer leads or manages, by path; and the direct reports of who manages people and no unit."""
    stands = set(connection.scalars(standing_units(on))) & set(connection.scalars(units_of_role(viewer)))
    units = sorted(units_named(connection, stands).values())
    if not units and viewer.reports:
        return ((REPORTS, "Your direct reports"),)
    return tuple(units)


def _open_goals(viewer: Viewer, team: str, on: date) -> ColumnElement[bool]:
    """SQL: goals marked open of the team, of kinds that may stand on a screen, whose reasons the viewer may see."""
    if team == REPORTS:
        of_team: ColumnElement[bool] = GoalRow.owner_id.in_(managed_by(viewer, on))
    else:
        units = units_under(team)
        of_team = or_(GoalRow.owner_unit_id.in_(units), GoalRow.owner_id.in_(members_of(units, on)))
    return and_(
        of_team,
        GoalRow.visibility == Visibility.OPEN,
        GoalRow.kind.in_(_KINDS),
        GoalRow.archived_at.is_(None),
        sees_reasons(viewer, on),
    )


def _moved(connection: Connection, which: ColumnElement[bool], since: date, on: date) -> list[Moved]:
    """New goals, goals that were done, and those whose progress is another than it was; the newest news first."""
    rows = connection.execute(
        select(GoalRow.id, GoalRow.status, GoalRow.active_since, GoalRow.closed_on, GoalRow.last_on)
        .where(
            which,
            GoalRow.status.in_([Status.ACTIVE, Status.PAUSED, *sorted(CLOSED)]),
            or_(
                GoalRow.active_since >= since,
                GoalRow.closed_on >= since,
                GoalRow.last_on >= since,
                GoalRow.measure == Measure.MILESTONES,
            ),
        )
        .order_by(GoalRow.closed_on.desc(), GoalRow.last_on.desc(), GoalRow.id)
    ).all()
    ids = [row.id for row in rows]
    goals, ins = goals_by_id(connection, ids), check_ins_of(connection, ids)
    found = []
    for row in rows:
        goal = goals[row.id]
        said = [each for each in ins.get(row.id, []) if each.on <= on]
        after = progress(goal, latest_of(said).value)
        before = _before(goal, latest_of([each for each in said if each.on < since]).value, since)
        if row.closed_on is not None and row.closed_on >= since:
            found.append(Moved(goal, "done" if row.status == Status.DONE else "stopped", before, after))
        elif row.status in CLOSED:
            continue
        elif row.active_since is not None and row.active_since >= since:
            found.append(Moved(goal, "new", None, after))
        elif after is not None and after != before:
            found.append(Moved(goal, "moved", before, after))
    return found


def _before(goal: Goal, value: float | None, since: date) -> float | None:
    if goal.measure is not Measure.MILESTONES:
        return progress(goal, value)
    then = [
        Milestone(each.title, each.due, each.done_on if each.done_on and each.done_on < since else None, each.weight)
        for each in goal.milestones
    ]
    return milestones_done(then)


def _taken(connection: Connection, which: ColumnElement[bool], since: date) -> tuple[Taken, ...]:
    """Decisions since a day, the newest first, with what they changed of target and due date; never their reasons in words."""
    rows = connection.execute(
        select(GoalDecision.goal_id, GoalDecision.day, GoalDecision.decision, GoalDecision.at)
        .join(GoalRow, GoalRow.id == GoalDecision.goal_id)
        .where(which, GoalDecision.day >= since)
        .order_by(GoalDecision.id.desc())
        .limit(MOST)
    ).all()
    goals = goals_by_id(connection, [row.goal_id for row in rows])
    changes = _changes(connection, [row.goal_id for row in rows], since)
    return tuple(
        Taken(goals[row.goal_id], row.day, row.decision, changes.get((row.goal_id, row.at), {})) for row in rows
    )


def _changes(
    connection: Connection, ids: Collection[int], since: date
) -> dict[tuple[int, Any], Mapping[str, tuple[Any, Any]]]:
    rows = connection.execute(
        select(GoalChange.goal_id, GoalChange.at, GoalChange.changes).where(
            GoalChange.goal_id.in_(sorted(set(ids))), GoalChange.action == "decided: re_scope"
        )
    )
    return {
        (row.goal_id, row.at): {
            name: (both[0], both[1]) for name, both in row.changes.items() if name in ("target", "due")
        }
        for row in rows
        if row.at.date() >= since
    }


def _sentence(goals: int, moved: int, asking: int, since: date) -> str:
    if not goals and not moved:
        return "There is no open goal here yet."
    first = "nothing moved" if not moved else f"{_number(moved)} goal{'' if moved == 1 else 's'} moved"
    then = "none needs revisiting" if not asking else f"{_number(asking)} need{'s' if asking == 1 else ''} revisiting"
    return f"Since {long_label(since)}: {first}, {then}."


def _number(count: int) -> str:
    return NUMBERS[count].lower() if count < len(NUMBERS) else f"{count:,}"
