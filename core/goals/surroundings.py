"""What surrounds goals: their parents, their owners, the room that teams have, and what pulls the other way.

Read for many goals in a few statements; `core.goals.reasons.Situation` says what each part means.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, literal, select
from sqlalchemy.orm import aliased

from core.access.viewer import Viewer
from core.goals.goal import AGREED, CLOSED, Kind, Status, Visibility
from core.goals.reading import batches
from core.goals.reasons import Situation
from core.goals.sieve import CLOSED_PARENT, MEASURES, NO_PARENT, OPEN_PARENT, PACES
from core.goals.tables import GoalRow
from core.people.places import Home, employed, homes, standing_units
from core.policy import Policy
from core.workload.absence import away_since
from core.workload.capacity import shown_utilisation

_LISTED = 500  # owners that are named one by one in a statement; beyond, the statement finds them again
_OPPOSITES = 20  # goals that pull the other way, at most
Parent: Any = aliased(GoalRow)
Child: Any = aliased(GoalRow)
_REVIEWED = func.coalesce(GoalRow.reviewed_on, GoalRow.active_since)


def _open_and_active(goal: Any) -> ColumnElement[bool]:
    """SQL: the goal is active and marked open; only such goals are counted or named where others read of them."""
    return and_(goal.status == Status.ACTIVE, goal.visibility == Visibility.OPEN, goal.archived_at.is_(None))


def _pulls(direction: int) -> Select[str]:
    of = aliased(GoalRow)
    return select(of.metric_key).where(of.metric_key != "", of.direction == direction, _open_and_active(of)).distinct()


def key_results_counted(parent: Any, child: Any) -> ColumnElement[bool]:
    """SQL: `child` is a key result that counts for `parent`: agreed, not stopped, and seen by all who see the parent."""
    wide = case((child.visibility == Visibility.OPEN, 2), (child.visibility == Visibility.TEAM, 1), else_=0)
    needed = case((parent.visibility == Visibility.OPEN, 2), (parent.visibility == Visibility.TEAM, 1), else_=0)
    return and_(
        child.parent_id == parent.id,
        child.kind == Kind.KEY_RESULT,
        child.status.in_(sorted(AGREED - {Status.STOPPED})),
        child.archived_at.is_(None),
        wide >= needed,
    )


def of_goals(which: ColumnElement[bool]) -> Select[Any]:
    """SQL: what the sieve asks of each goal that `which` selects, one row a goal."""
    counted = exists(select(Child.id).where(key_results_counted(GoalRow, Child)))
    return (
        select(
            GoalRow.id,
            (GoalRow.status == Status.ACTIVE).label("active"),
            case({name.value: place for place, name in enumerate(MEASURES)}, value=GoalRow.measure).label("measure"),
            case({name.value: place for place, name in enumerate(PACES)}, value=GoalRow.pace).label("pace"),
            case(
                (GoalRow.parent_id.is_(None), NO_PARENT),
                (Parent.status.in_(sorted(CLOSED)), CLOSED_PARENT),
                else_=OPEN_PARENT,
            ).label("parent"),
            Parent.status.label("parent_status"),
            GoalRow.standalone,
            (GoalRow.unit != "").label("has_unit"),
            (GoalRow.acceptance != "").label("has_acceptance"),
            case(
                (GoalRow.kind != Kind.OBJECTIVE, literal(False)),
                (GoalRow.acceptance != "", literal(False)),
                else_=counted,
            ).label("has_key_results"),
            GoalRow.baseline,
            GoalRow.target,
            GoalRow.low,
            GoalRow.high,
            GoalRow.start,
            GoalRow.due,
            GoalRow.active_since,
            GoalRow.cadence_days,
            GoalRow.last_on,
            GoalRow.last_value,
            GoalRow.last_confidence,
            GoalRow.before_confidence,
            GoalRow.same_values,
            GoalRow.owner_id,
            GoalRow.owner_unit_id,
            GoalRow.delegate_id,
            _REVIEWED.label("reviewed"),
            (Parent.target_set_on > _REVIEWED).label("parent_changed"),
            (GoalRow.context_set_on > _REVIEWED).label("context_changed"),
            case(
                (GoalRow.metric_key == "", literal(False)),
                (GoalRow.direction == 1, GoalRow.metric_key.in_(_pulls(-1))),
                (GoalRow.direction == -1, GoalRow.metric_key.in_(_pulls(1))),
                else_=literal(False),
            ).label("opposite"),
        )
        .outerjoin(Parent, Parent.id == GoalRow.parent_id)
        .where(which, GoalRow.archived_at.is_(None), GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]))
    )


NAMES = tuple(str(column.key) for column in of_goals(literal(True)).selected_columns)


@dataclass(frozen=True)
class Surroundings:
    """Look-ups for the owners of some goals.

    active: owners (ids) who are employed. standing: units that have people. away: since when. held: owner ("p" or "u", id) ->
    active open objectives and key results. home: where persons belong. shown: utilisation by unit. stretched: the band above
    which a team has no room.
    """

    active: frozenset[int]
    standing: frozenset[int]
    away: dict[int, date]
    held: dict[tuple[str, int], Counter[str]]
    home: dict[int, Home]
    shown: dict[int, tuple[float, ...]]
    stretched: float

    def owner_active(self, row: Any) -> bool:
        """Whether a person who is employed or a unit that has people owns the goal of `row`."""
        return row.owner_id in self.active or row.owner_unit_id in self.standing

    def delegate_active(self, delegate: int | None) -> bool:
        """Whether the delegate (id) is employed and not away."""
        return delegate in self.active and delegate not in self.away

    def owner_holds(self, row: Any) -> Counter[str]:
        """How many active open goals of each kind the owner has."""
        key = ("u", row.owner_unit_id) if row.owner_id is None else ("p", row.owner_id)
        return self.held.get(key, _NONE)

    def utilisation(self, row: Any) -> tuple[float, ...] | None:
        """The released utilisation of the goal's team, None when it is not shown to the viewer."""
        unit = row.owner_unit_id
        if row.owner_id is not None and row.owner_id in self.home:
            unit = self.home[row.owner_id].unit_id
        return self.shown.get(unit)

    def over_capacity(self, row: Any) -> bool:
        """Whether that team is above the stretched band in every week asked for."""
        shown = self.utilisation(row)
        return shown is not None and all(value > self.stretched for value in shown)

    def came(self, row: Any) -> date | None:
        """The day on which the owner came to the unit from another; None when they did not."""
        home = self.home.get(row.owner_id)
        return home.since if home is not None and home.moved else None

    def team_changed(self, row: Any) -> bool:
        """Whether the owner has come to another unit after the last review."""
        came = self.came(row)
        return came is not None and row.reviewed is not None and came > row.reviewed

    def changed(self, row: Any) -> tuple[str, ...]:
        """What changed after the last review, in words."""
        said = (
            (row.parent_changed, "the target or date of the goal above"),
            (row.context_changed, "its owner, weight, goal above or guardrail"),
            (self.team_changed(row), "its team"),
        )
        return tuple(words for holds, words in said if holds)

    def situation(self, row: Any, opposite: tuple[int, ...], key_results: int) -> Situation:
        """The situation of one goal, for its reasons to be told."""
        holds = self.owner_holds(row)
        return Situation(
            parent_status=Status(row.parent_status) if row.parent_status else None,
            key_results=key_results,
            owner_active=self.owner_active(row),
            on_leave_since=self.away.get(row.owner_id),
            delegate_active=self.delegate_active(row.delegate_id),
            objectives=holds[Kind.OBJECTIVE],
            key_results_of_owner=holds[Kind.KEY_RESULT],
            utilisation=self.utilisation(row),
            stretched=self.stretched,
            changed=self.changed(row),
            opposite=opposite,
        )


_NONE: Counter[str] = Counter()


def surroundings(
    connection: Connection,
    viewer: Viewer,
    which: ColumnElement[bool],
    owners: set[int],
    delegates: set[int],
    units: set[int],
    *,
    policy: Policy,
    on: date,
) -> Surroundings:
    """The look-ups for the goals that `which` selects, whose owners, delegates and owning units these are.

    Utilisation only of units whose cells the viewer may see.
    """
    people = _people(which, owners, delegates)
    anybody = bool(owners or delegates)
    home = homes(connection, people, on) if anybody else {}
    places = units | {each.unit_id for person, each in home.items() if person in owners}
    return Surroundings(
        active=frozenset(connection.scalars(people.intersect(employed(on)))) if anybody else frozenset(),
        standing=frozenset(connection.scalars(standing_units(on))) & units if units else frozenset(),
        away=away_since(connection, people, on) if anybody else {},
        held=_held(connection, owners, units),
        home=home,
        shown=shown_utilisation(connection, viewer, places, policy.goals.capacity_weeks, policy=policy, on=on),
        stretched=policy.utilisation_bands[2],
    )


def _people(which: ColumnElement[bool], owners: set[int], delegates: set[int]) -> Select[Any]:
    """SQL: ids of owners and delegates: named when they are few, else found by the condition again."""
    if len(owners) + len(delegates) <= _LISTED:
        owning: ColumnElement[bool] = GoalRow.owner_id.in_(sorted(owners))
        standing_in: ColumnElement[bool] = GoalRow.delegate_id.in_(sorted(delegates))
    else:
        alive = and_(which, GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]))
        owning, standing_in = and_(alive, GoalRow.owner_id.is_not(None)), and_(alive, GoalRow.delegate_id.is_not(None))
    both = select(GoalRow.owner_id.label("person")).where(owning).union(select(GoalRow.delegate_id).where(standing_in))
    return select(both.subquery().c.person)


def _held(connection: Connection, owners: set[int], units: set[int]) -> dict[tuple[str, int], Counter[str]]:
    counted = (
        select(GoalRow.owner_id, GoalRow.owner_unit_id, GoalRow.kind, func.count().label("held"))
        .where(_open_and_active(GoalRow), GoalRow.kind.in_([Kind.OBJECTIVE, Kind.KEY_RESULT]))
        .group_by(GoalRow.owner_id, GoalRow.owner_unit_id, GoalRow.kind)
    )
    if len(owners) + len(units) <= _LISTED:  # each by its own index
        asked = [counted.where(GoalRow.owner_id.in_(sorted(owners)))] if owners else []
        asked += [counted.where(GoalRow.owner_unit_id.in_(sorted(units)))] if units else []
    else:
        asked = [counted]
    found: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for statement in asked:
        for row in connection.execute(statement):
            key = ("u", row.owner_unit_id) if row.owner_id is None else ("p", row.owner_id)
            if key[1] is not None:
                found[key][row.kind] = row.held
    return dict(found)


def opposites(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """For each of these goals the active open goals that name the same metric with the opposite direction, 20 at most."""
    other = aliased(GoalRow)
    found: dict[int, list[int]] = defaultdict(list)
    for some in batches(list(ids)):
        rows = connection.execute(
            select(GoalRow.id, other.id)
            .join(other, and_(other.metric_key == GoalRow.metric_key, other.direction == -GoalRow.direction))
            .where(GoalRow.id.in_(some), GoalRow.metric_key != "", GoalRow.direction != 0, _open_and_active(other))
            .order_by(GoalRow.id, other.id)
        )
        for goal, against in rows:
            if len(found[goal]) < _OPPOSITES:
                found[goal].append(against)
    return {goal: tuple(against) for goal, against in found.items()}
