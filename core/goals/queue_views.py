"""The queue of goals that need revisiting: which, why, and in which order. For owners, their managers and unit leaders."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.goals.goal import Kind, Visibility
from core.goals.judging import Judged, ToldGoal, judged, told
from core.goals.reasons import CODES, LABELS, LATE
from core.goals.sieve import needs_revisiting
from core.goals.tables import GoalRow, GoalSnooze
from core.goals.visibility import among_reasons_seen
from core.people.places import members_of, units_named, units_under
from core.people.scope import units_of_role
from core.policy import Policy
from core.workload.wording import in_words

LONGEST_PAGE = 200


@dataclass(frozen=True)
class QueueFilters:
    """What to look at. reason: one of CODES. unit: the path of a unit, with all below. kind: of goal. limit: 200 at most.

    by_due: the earliest due date first, rather than what weighs most. snoozed: those that are put off, in place of the others.
    """

    reason: str | None = None
    unit: str | None = None
    kind: Kind | None = None
    by_due: bool = False
    snoozed: bool = False
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class Queue:
    """Goals that need revisiting.

    items: those of the page, in order; of the last page when the one asked for is beyond it. first: the place of the first of
    them. found: how many there are with the filters. counts: of all in the queue before the filter by reason, how many have
    which; only reasons that there are. looked_at: active and paused goals that were judged. snoozed: how many need revisiting
    and are snoozed. sentence: the answer in words. about: codes of persons, other than the viewer, whose goals are shown that
    are not open, for the log of looks.
    """

    items: tuple[ToldGoal, ...]
    first: int
    found: int
    counts: dict[str, int]
    looked_at: int
    snoozed: int
    sentence: str
    about: tuple[str, ...]


def queue(
    connection: Connection, viewer: Viewer, filters: QueueFilters = QueueFilters(), *, policy: Policy, as_of: date
) -> Queue:
    """The goals that need revisiting among those whose reasons the viewer may see, on `as_of`.

    Raises:
        NoPermission: no role of the viewer shows goals, and the account is linked to nobody.
        Refused: there is no such reason.
    """
    if not viewer.person_code and not any(role in ("leader", "manager", "employee", "hr") for role in viewer.roles):
        raise NoPermission("Your account has no role that shows goals. Being an administrator does not open them.")
    if filters.reason is not None and filters.reason not in CODES:
        raise Refused(f"'{filters.reason}' is no reason. Reasons: {', '.join(CODES)}.")
    found = judged(connection, viewer, _within(viewer, filters, as_of), policy=policy, on=as_of)
    asleep = _snoozed(connection, as_of)
    revisits = needs_revisiting(found.table, policy.goals)
    sleeps = np.isin(found.goals.id, asleep)
    waiting = np.flatnonzero(revisits & ~sleeps)
    shown = np.flatnonzero(revisits & sleeps) if filters.snoozed else waiting
    if filters.reason is not None:
        shown = shown[found.table[shown, CODES.index(filters.reason)] > 0]
    ordered = found.in_order(shown, by_due=filters.by_due)
    limit = min(max(filters.limit, 1), LONGEST_PAGE)
    first = min(max(filters.offset, 0), max(len(shown) - 1, 0) // limit * limit)
    page = ordered[first : first + limit].tolist()
    items = told(connection, found, page, policy=policy, on=as_of)
    counts = {code: int(number) for code, number in zip(CODES, (found.table[waiting] > 0).sum(axis=0), strict=True)}
    return Queue(
        items=items,
        first=first,
        found=len(shown),
        counts={code: number for code, number in counts.items() if number},
        looked_at=len(found),
        snoozed=int((revisits & sleeps).sum()),
        sentence=_sentence(found, waiting),
        about=tuple(
            sorted(
                {
                    item.goal.owner.person
                    for item in items
                    if item.goal.visibility is not Visibility.OPEN
                    and item.goal.owner.person not in ("", viewer.person_code)
                }
            )
        ),
    )


def units_to_choose(connection: Connection, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """(path, name) of the units that the viewer leads or manages, by path; () when that is one, or none."""
    found = sorted(units_named(connection, connection.scalars(units_of_role(viewer)).all()).values())
    return tuple(found) if len(found) > 1 else ()


def _within(viewer: Viewer, filters: QueueFilters, on: date) -> ColumnElement[bool]:
    conditions = [among_reasons_seen(viewer, on)]
    if filters.unit is not None:
        units = units_under(filters.unit)
        conditions.append(or_(GoalRow.owner_unit_id.in_(units), GoalRow.owner_id.in_(members_of(units, on))))
    if filters.kind is not None:
        conditions.append(GoalRow.kind == filters.kind)
    return and_(*conditions)


def _snoozed(connection: Connection, on: date) -> list[int]:
    return list(connection.scalars(select(GoalSnooze.goal_id).where(GoalSnooze.until > on)))


def _counted(number: int) -> str:
    return in_words(number, start=True) if number <= 10 else f"{number:,}"


def _sentence(found: Judged, waiting: np.ndarray) -> str:
    number = len(waiting)
    if not len(found):
        return "There is no active goal here yet."
    if not number:
        return "No goal needs revisiting."
    first = "One goal needs revisiting." if number == 1 else f"{_counted(number)} goals need revisiting."
    table = found.table[waiting] > 0
    late = table[:, [CODES.index(code) for code in sorted(LATE)]].any(axis=1)
    pressed = int((late & table[:, CODES.index("capacity_conflict")]).sum())
    if pressed:
        whose = (
            "It is"
            if number == pressed == 1
            else "One of them is"
            if pressed == 1
            else f"{_counted(pressed)} of them are"
        )
        team = "a team that is over capacity" if pressed == 1 else "teams that are over capacity"
        return f"{first} {whose} late in {team}, so re-scoping will help more than pressing."
    most = max(CODES, key=lambda code: int(table[:, CODES.index(code)].sum()))
    return f"{first} The most frequent reason: {LABELS[most].lower()}." if number > 1 else first
