"""Goals as a list, for the command line and files: goal and progress of all that the viewer sees, reasons where they are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.goals.goal import AGREED, Status, Visibility
from core.goals.judging import judged, told
from core.goals.lines import Line, lines_of
from core.goals.reasons import CODES, Reason, revisit
from core.goals.sieve import needs_revisiting
from core.goals.tables import GoalRow
from core.goals.visibility import among_reasons_seen, sees, sees_reasons
from core.people.places import members_of, units_under
from core.policy import Policy

LONGEST = 2_000


@dataclass(frozen=True)
class ListFilters:
    """Which goals. goal: a code, or a number; closed ones are found too. unit: a path, with all below. reason: one of CODES, and
    needs_revisiting: only goals whose reasons the viewer is told. limit: 2,000 at most."""

    goal: str | None = None
    unit: str | None = None
    reason: str | None = None
    needs_revisiting: bool = False
    limit: int = 200


@dataclass(frozen=True)
class Listing:
    """Goals that are under way (of one that is asked for: any that was agreed), the most pressing or the earliest due first.

    reasons: goal (id) -> why it needs revisiting; goals without an entry are those whose reasons the viewer is not told.
    revisits: ids of goals that need revisiting, of those. complete: False when more were found than the limit. about: codes of
    persons, not the viewer, of whom something was read that is not open to all, for the log of looks.
    """

    lines: tuple[Line, ...]
    reasons: Mapping[int, tuple[Reason, ...]]
    revisits: frozenset[int]
    complete: bool
    about: tuple[str, ...]


def goal_list(
    connection: Connection, viewer: Viewer, filters: ListFilters = ListFilters(), *, policy: Policy, as_of: date
) -> Listing:
    """The goals that the viewer may see, with the filters.

    Raises:
        Refused: there is no such reason.
        NoPermission: no goal that the viewer may see has that code or number (one that does not exist reads the same).
    """
    if filters.reason is not None and filters.reason not in CODES:
        raise Refused(f"'{filters.reason}' is no reason. Reasons: {', '.join(CODES)}.")
    most = min(max(filters.limit, 1), LONGEST)
    if filters.reason is not None or filters.needs_revisiting:
        ids = _pressing(connection, viewer, filters, policy, as_of)
    else:
        ids = _seen(connection, viewer, filters, as_of, most)
    kept = ids[:most]
    place = {number: at for at, number in enumerate(kept)}
    lines = sorted(lines_of(connection, viewer, kept, policy=policy, on=as_of), key=lambda line: place[line.goal.id])
    readable = set(connection.scalars(select(GoalRow.id).where(GoalRow.id.in_(kept), sees_reasons(viewer, as_of))))
    found = judged(connection, viewer, GoalRow.id.in_(sorted(readable)), policy=policy, on=as_of)
    items = told(connection, found, range(len(found)), policy=policy, on=as_of)
    reasons = dict.fromkeys(readable, ()) | {item.goal.id: item.reasons for item in items}
    return Listing(
        lines=tuple(lines),
        reasons=reasons,
        revisits=frozenset(number for number, each in reasons.items() if revisit(each, policy.goals)),
        complete=len(ids) <= most,
        about=tuple(
            sorted(
                {
                    line.goal.owner.person
                    for line in lines
                    if line.goal.id in readable or line.goal.visibility is not Visibility.OPEN
                }
                - {"", viewer.person_code}
            )
        ),
    )


def _pressing(connection: Connection, viewer: Viewer, filters: ListFilters, policy: Policy, on: date) -> list[int]:
    which = and_(among_reasons_seen(viewer, on), *_conditions(filters, on))
    found = judged(connection, viewer, which, policy=policy, on=on)
    chosen = np.ones(len(found), dtype=bool)
    if filters.needs_revisiting:
        chosen &= needs_revisiting(found.table, policy.goals)
    if filters.reason is not None:
        chosen &= found.table[:, CODES.index(filters.reason)] > 0
    ordered: list[int] = found.goals.id[found.in_order(np.flatnonzero(chosen))].tolist()
    return ordered


def _seen(connection: Connection, viewer: Viewer, filters: ListFilters, on: date, most: int) -> list[int]:
    under_way = [Status.ACTIVE, Status.PAUSED]
    states = sorted(AGREED) if filters.goal is not None else under_way
    which = (sees(viewer, on), GoalRow.status.in_(states), *_conditions(filters, on))
    ids = list(connection.scalars(select(GoalRow.id).where(*which).order_by(GoalRow.due, GoalRow.id).limit(most + 1)))
    if not ids and filters.goal is not None:
        raise NoPermission("There is no such goal, or it is shown to fewer people.")
    return ids


def _conditions(filters: ListFilters, on: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [GoalRow.archived_at.is_(None)]
    if filters.goal is not None:
        number = (
            int(filters.goal) if filters.goal.isascii() and filters.goal.isdecimal() and len(filters.goal) < 10 else -1
        )
        found.append(or_(GoalRow.code == filters.goal, GoalRow.id == number))
    if filters.unit is not None:
        units = units_under(filters.unit)
        found.append(or_(GoalRow.owner_unit_id.in_(units), GoalRow.owner_id.in_(members_of(units, on))))
    return found
