"""What *My goals* asks: how one's own goals go, what waits for whom, what was decided, and who sees the private ones."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from core.access.tables import User
from core.access.viewer import Viewer
from core.goals.goal import CLOSED, Goal, Kind, Status, Visibility
from core.goals.judging import judged, told
from core.goals.lines import Line, lines_of
from core.goals.reading import batches, goals_by_id
from core.goals.reasons import Reason
from core.goals.tables import GoalAgreement, GoalChange, GoalDecision, GoalRow, GoalShare
from core.goals.views import Decided, Step, next_check_in, told_to
from core.goals.visibility import owned, party, sees, sees_reasons
from core.people.places import manager_of, people_named, person_of
from core.people.scope import own_person
from core.policy import Policy

CLOSED_SHOWN_DAYS = 366  # goals that were done or stopped longer ago are not on the list any more


@dataclass(frozen=True)
class OwnGoal:
    """A goal that one owns, alone or with others, or stands in for.

    next_check_in: None while it is not active. decided: the newest decision, None also for who stands in. shared_with: names of
    those with whom a wellbeing goal of one's own is shared. stands_in: it is somebody else's, for whom the viewer stands in.
    """

    line: Line
    reasons: tuple[Reason, ...]
    next_check_in: date | None
    decided: Decided | None
    shared_with: tuple[str, ...]
    stands_in: bool

    @property
    def personal(self) -> bool:
        """Whether it belongs to the part that is one's own: development, wellbeing of a person, or marked private."""
        goal = self.line.goal
        alone = goal.kind in (Kind.DEVELOPMENT, Kind.WELLBEING) and not goal.owner.unit
        return alone or goal.visibility is Visibility.PRIVATE


@dataclass(frozen=True)
class Unsettled:
    """A draft or a proposal. other: who has to agree besides its author, '' when nobody has to.

    waits: the viewer has not agreed to this version of the proposal. agreed_by: names of those who have. steps: its history.
    """

    goal: Goal
    author: str
    other: str
    wrote: bool
    waits: bool
    agreed_by: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class MyGoals:
    """Everything of one's own. manager: the name of one's own, '' without one.

    objectives: how many active objectives one owns, of `most_objectives` that keep in view. about: codes of others whose drafts
    or proposals, or goals that are not open, are shown; for the log of looks.
    """

    goals: tuple[OwnGoal, ...]
    drafts: tuple[Unsettled, ...]
    proposals: tuple[Unsettled, ...]
    manager: str
    objectives: int
    most_objectives: int
    about: tuple[str, ...]

    @property
    def waiting(self) -> int:
        """Proposals that wait for the viewer."""
        return sum(each.waits for each in self.proposals)

    @property
    def current(self) -> tuple[OwnGoal, ...]:
        """Goals that are active or paused, those of work first."""
        return tuple(each for each in self.goals if each.line.goal.status not in CLOSED)


def my_goals(connection: Connection, viewer: Viewer, *, policy: Policy, as_of: date) -> MyGoals:
    """The viewer's own goals; what an account that belongs to nobody on the roster wrote for others, and nothing else."""
    stands_in = and_(GoalRow.delegate_id.in_(own_person(viewer)), ~owned(viewer))
    newest = as_of - timedelta(days=CLOSED_SHOWN_DAYS)
    here = and_(
        or_(owned(viewer), stands_in),
        sees(viewer, as_of),
        GoalRow.archived_at.is_(None),
        or_(
            GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]),
            and_(GoalRow.status.in_(sorted(CLOSED)), GoalRow.closed_on >= newest),
        ),
    )
    rows = connection.execute(
        select(
            GoalRow.id, GoalRow.last_on, stands_in.label("stands_in"), sees_reasons(viewer, as_of).label("why")
        ).where(here)
    ).all()
    found = judged(connection, viewer, and_(owned(viewer), sees_reasons(viewer, as_of)), policy=policy, on=as_of)
    items = told(connection, found, range(len(found)), policy=policy, on=as_of)
    reasons = {item.goal.id: item.reasons for item in items}
    decided = _newest_decisions(connection, [row.id for row in rows if row.why])
    shared = _shared(connection, [row.id for row in rows])
    of = {row.id: row for row in rows}
    goals = tuple(
        OwnGoal(
            line,
            reasons.get(line.goal.id, ()),
            next_check_in(line.goal, of[line.goal.id].last_on),
            decided.get(line.goal.id),
            shared.get(line.goal.id, ()),
            bool(of[line.goal.id].stands_in),
        )
        for line in lines_of(connection, viewer, list(of), policy=policy, on=as_of)
    )
    drafts, proposals = _unsettled(connection, viewer)
    objectives = [
        each
        for each in goals
        if each.line.goal.kind is Kind.OBJECTIVE and each.line.goal.status is Status.ACTIVE and not each.stands_in
    ]
    others = [each.goal for each in (*drafts, *proposals)]
    others += [each.line.goal for each in goals if each.line.goal.visibility is not Visibility.OPEN]
    return MyGoals(
        goals=goals,
        drafts=drafts,
        proposals=proposals,
        manager=_manager(connection, viewer, as_of),
        objectives=len(objectives),
        most_objectives=policy.goals.most_objectives,
        about=tuple(sorted({goal.owner.person for goal in others} - {"", viewer.person_code})),
    )


def _newest_decisions(connection: Connection, ids: Collection[int]) -> dict[int, Decided]:
    found: dict[int, Decided] = {}
    for some in batches(ids):
        rows = connection.execute(
            select(
                GoalDecision.goal_id,
                GoalDecision.day,
                GoalDecision.by,
                GoalDecision.decision,
                GoalDecision.reason,
                GoalDecision.reasons,
            )
            .where(GoalDecision.goal_id.in_(some))
            .order_by(GoalDecision.id)
        )
        for goal, *said in rows:
            found[goal] = Decided(*said)
    return found


def _shared(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    pairs: list[Any] = []
    for some in batches(ids):
        shares = select(GoalShare.goal_id, GoalShare.person_id).where(GoalShare.goal_id.in_(some))
        pairs += connection.execute(shares).all()
    names = people_named(connection, {row.person_id for row in pairs})
    found: dict[int, list[str]] = defaultdict(list)
    for row in pairs:
        found[row.goal_id].append(names[row.person_id][1])
    return {goal: tuple(sorted(each)) for goal, each in found.items()}


def _unsettled(connection: Connection, viewer: Viewer) -> tuple[tuple[Unsettled, ...], tuple[Unsettled, ...]]:
    """Drafts that the viewer wrote, and proposals on which they are one of the two."""
    rows = connection.execute(
        select(GoalRow.id, GoalRow.status, GoalRow.author_id, GoalRow.partner_id)
        .where(
            GoalRow.archived_at.is_(None),
            or_(
                and_(GoalRow.status == Status.DRAFT, GoalRow.author_id == viewer.id),
                and_(GoalRow.status == Status.PROPOSED, party(viewer)),
            ),
        )
        .order_by(GoalRow.id)
    ).all()
    ids = [row.id for row in rows]
    goals, steps, agreed = goals_by_id(connection, ids), _steps(connection, ids), _agreed(connection, ids)
    accounts = {number for row in rows for number in (row.author_id, row.partner_id) if number is not None}
    names: dict[int, str] = {
        row.id: row.display_name
        for row in connection.execute(select(User.id, User.display_name).where(User.id.in_(sorted(accounts))))
    }
    found = [
        (
            row.status,
            Unsettled(
                goal=goals[row.id],
                author=names.get(row.author_id, ""),
                other=names.get(row.partner_id, ""),
                wrote=row.author_id == viewer.id,
                waits=row.status == Status.PROPOSED and viewer.id not in agreed.get(row.id, {}),
                agreed_by=tuple(agreed.get(row.id, {}).values()),
                steps=told_to(viewer, row.author_id, row.partner_id, steps.get(row.id, ())),
            ),
        )
        for row in rows
    ]
    return (
        tuple(each for status, each in found if status == Status.DRAFT),
        tuple(each for status, each in found if status == Status.PROPOSED),
    )


def _steps(connection: Connection, ids: Collection[int]) -> Mapping[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for some in batches(ids):
        rows = connection.execute(
            select(
                GoalChange.goal_id,
                GoalChange.at,
                GoalChange.by,
                GoalChange.action,
                GoalChange.version,
                GoalChange.changes,
                GoalChange.reason,
            )
            .where(GoalChange.goal_id.in_(some))
            .order_by(GoalChange.id)
        )
        for goal, *said in rows:
            found[goal].append(Step(*said))
    return found


def _agreed(connection: Connection, ids: Collection[int]) -> Mapping[int, dict[int, str]]:
    """Goal -> account -> name of those who have agreed to the version that stands."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for some in batches(ids):
        rows = connection.execute(
            select(GoalAgreement.goal_id, GoalAgreement.user_id, GoalAgreement.by)
            .join(GoalRow, and_(GoalRow.id == GoalAgreement.goal_id, GoalRow.version == GoalAgreement.version))
            .where(GoalAgreement.goal_id.in_(some))
            .order_by(GoalAgreement.at)
        )
        for row in rows:
            found[row.goal_id][row.user_id] = row.by
    return found


def _manager(connection: Connection, viewer: Viewer, on: date) -> str:
    me = person_of(connection, viewer.person_code, on) if viewer.person_code else None
    manager = manager_of(connection, me, on) if me is not None else None
    return people_named(connection, [manager])[manager][1] if manager is not None else ""
