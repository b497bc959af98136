"""What a form about a goal offers: whose it may be, what it may serve, who else may be named. Each under the viewer's rule."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, case, or_, select

from core.access.viewer import Viewer
from core.goals.goal import Goal, Kind, Owner, Status, Visibility
from core.goals.tables import GoalRow
from core.goals.visibility import sees
from core.people.places import (
    employed,
    managed_by,
    manager_of,
    members_of,
    own_unit,
    people_named,
    person_of,
    standing_units,
    units_named,
)
from core.people.scope import units_of_role

MOST_GOALS = 400  # goals that a list of those above offers; the nearest first
MOST_PEOPLE = 500


@dataclass(frozen=True)
class Above:
    """A goal that another one may serve, or be guarded by."""

    id: int
    title: str
    kind: Kind
    owner: str
    visibility: Visibility
    start: date | None
    due: date | None


@dataclass(frozen=True)
class Choices:
    """What the form offers.

    owners: oneself first, then direct reports and people of units that one leads or manages, then those units. people: who may
    be named as co-owner or as standing in. above: goals that are agreed and may be served. manager: the name of the viewer's own.
    """

    owners: tuple[Owner, ...]
    people: tuple[Owner, ...]
    above: tuple[Above, ...]
    manager: str = ""


def choices(connection: Connection, viewer: Viewer, *, on: date, goal: Goal | None = None) -> Choices:
    """What the form offers the viewer; `goal`: the one that is changed, whose own choices are always among them.

    People are named to whom already knows them: the viewer's manager, reports and units, and colleagues of the own unit whose
    goals the viewer sees.
    """
    me = person_of(connection, viewer.person_code, on) if viewer.person_code else None
    manager = manager_of(connection, me, on) if me is not None else None
    ranks = managed_by(viewer, on).union(members_of(units_of_role(viewer), on)).subquery()
    here = employed(on).subquery()
    led = set(connection.scalars(select(ranks.c[0]).where(ranks.c[0].in_(select(here.c[0]))).limit(MOST_PEOPLE)))
    known = {each for each in (me, manager) if each is not None} | led | _colleagues(connection, viewer, on)
    people = {number: Owner(code, "", name) for number, (code, name) in people_named(connection, known).items()}
    stands = set(connection.scalars(standing_units(on))) & set(connection.scalars(units_of_role(viewer)))
    units = [Owner("", *each) for each in units_named(connection, stands).values()]
    owners = [people[me]] if me is not None else []
    owners += sorted((people[each] for each in led - {me}), key=lambda owner: owner.name)
    owners += sorted(units, key=lambda owner: owner.unit)
    kept = [] if goal is None else [*goal.co_owners, *([goal.delegate] if goal.delegate else [])]
    if goal is not None and (goal.owner.person or goal.owner.unit) and goal.owner not in owners:
        owners.append(goal.owner)
    named = sorted(people.values(), key=lambda owner: owner.name)
    return Choices(
        owners=tuple(owners),
        people=tuple(dict.fromkeys([*named, *kept])),
        above=_above(connection, viewer, on, goal),
        manager=people[manager].name if manager is not None else "",
    )


def _colleagues(connection: Connection, viewer: Viewer, on: date) -> set[int]:
    """Numbers of people of the own unit who own a goal that the viewer sees, alone or with others."""
    seen = select(GoalRow.owner_id).where(
        GoalRow.owner_id.in_(members_of(own_unit(viewer), on)),
        GoalRow.owner_id.in_(employed(on)),
        GoalRow.archived_at.is_(None),
        sees(viewer, on),
    )
    return {each for each in connection.scalars(seen.distinct().limit(MOST_PEOPLE)) if each is not None}


def _above(connection: Connection, viewer: Viewer, on: date, goal: Goal | None) -> tuple[Above, ...]:
    """Goals that may be served: agreed, seen, none of a person's wellbeing. First those of the own unit, then by due day."""
    kept = [each for each in (goal.parent_id, goal.guardrail_id) if each is not None] if goal else []
    personal = and_(GoalRow.kind == Kind.WELLBEING, GoalRow.owner_unit_id.is_(None))
    running = and_(GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]), GoalRow.kind != Kind.DEVELOPMENT, ~personal)
    near = or_(
        GoalRow.owner_unit_id.in_(own_unit(viewer)),
        GoalRow.owner_unit_id.in_(units_of_role(viewer)),
        GoalRow.owner_id.in_(managed_by(viewer, on)),
    )
    columns = (
        GoalRow.id,
        GoalRow.title,
        GoalRow.kind,
        GoalRow.owner_id,
        GoalRow.owner_unit_id,
        GoalRow.visibility,
        GoalRow.start,
        GoalRow.due,
    )
    rows = connection.execute(
        select(*columns)
        .where(or_(running, GoalRow.id.in_(kept)), sees(viewer, on), GoalRow.archived_at.is_(None))
        .where(GoalRow.id != (goal.id if goal else 0))
        .order_by(
            case((near, 0), else_=1), case((GoalRow.owner_unit_id.is_not(None), 0), else_=1), GoalRow.due, GoalRow.id
        )
        .limit(MOST_GOALS)
    ).all()
    people = people_named(connection, {row.owner_id for row in rows if row.owner_id is not None})
    units = units_named(connection, {row.owner_unit_id for row in rows if row.owner_unit_id is not None})
    nobody = ("", "")
    return tuple(
        Above(
            row.id,
            row.title,
            Kind(row.kind),
            units.get(row.owner_unit_id, nobody)[1] or people.get(row.owner_id, nobody)[1],
            Visibility(row.visibility),
            row.start,
            row.due,
        )
        for row in rows
    )
