"""What surrounds goals: their parents, their owners, the room that teams have, and what pulls the other way.

Read for many goals in a few statements; `core.goals.reasons.Situation` says what each part means.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.orm import aliased

from core.access.viewer import Viewer
from core.goals.goal import Kind, Status
from core.goals.reading import batches
from core.goals.reasons import Situation
from core.goals.scan import Mark, open_and_active
from core.goals.tables import GoalRow
from core.people.places import Home, employed, homes, standing_units, these
from core.policy import Policy
from core.workload.absence import away_since
from core.workload.capacity import shown_utilisation

_Other: Any = aliased(GoalRow)
_OPPOSITES = 20  # goals that pull the other way, at most


class Owner(NamedTuple):
    """Ids of the person or the unit that owns a goal; 0 for none."""

    person: int
    unit: int


@dataclass(frozen=True)
class Surroundings:
    """Look-ups for the owners of some goals.

    active: persons (ids) who are employed. standing: units that have people. away: since when. held: owner -> active open
    objectives and key results. home: where persons belong. shown: utilisation by unit. stretched: the band above which a team
    has no room.
    """

    active: frozenset[int]
    standing: frozenset[int]
    away: dict[int, date]
    held: dict[Owner, tuple[int, int]]
    home: dict[int, Home]
    shown: dict[int, tuple[float, ...]]
    stretched: float

    def owner_active(self, owner: Owner) -> bool:
        """Whether a person who is employed or a unit that has people owns the goal."""
        return owner.person in self.active or owner.unit in self.standing

    def delegate_active(self, delegate: int) -> bool:
        """Whether the delegate (id) is employed and not away."""
        return delegate in self.active and delegate not in self.away

    def owner_holds(self, owner: Owner) -> tuple[int, int]:
        """How many active open objectives and key results the owner has."""
        return self.held.get(owner, (0, 0))

    def utilisation(self, owner: Owner) -> tuple[float, ...] | None:
        """The released utilisation of the goal's team, None when it is not shown to the viewer."""
        home = self.home.get(owner.person)
        return self.shown.get(home.unit_id if home else owner.unit)

    def over_capacity(self, owner: Owner) -> bool:
        """Whether that team is above the stretched band in every week asked for."""
        shown = self.utilisation(owner)
        return shown is not None and all(value > self.stretched for value in shown)

    def came(self, owner: Owner) -> date | None:
        """The day on which the owner came to the unit from another; None when they did not."""
        home = self.home.get(owner.person)
        return home.since if home is not None and home.moved else None

    def changed(self, owner: Owner, marks: int, reviewed: float) -> tuple[str, ...]:
        """What changed after the last review (an ordinal, NaN for none), in words."""
        came = self.came(owner)
        said = (
            (bool(marks & Mark.PARENT_CHANGED), "the target or date of the goal above"),
            (bool(marks & Mark.CONTEXT_CHANGED), "its owner, weight, goal above or guardrail"),
            (came is not None and came.toordinal() > reviewed, "its team"),
        )
        return tuple(words for holds, words in said if holds)

    def situation(
        self,
        owner: Owner,
        delegate: int,
        marks: int,
        reviewed: float,
        parent_status: Status | None,
        opposite: tuple[int, ...],
    ) -> Situation:
        """The situation of one goal, for its reasons to be told."""
        objectives, key_results = self.owner_holds(owner)
        return Situation(
            parent_status=parent_status,
            key_results=int(bool(marks & Mark.HAS_KEY_RESULTS)),
            owner_active=self.owner_active(owner),
            on_leave_since=self.away.get(owner.person),
            delegate_active=self.delegate_active(delegate),
            objectives=objectives,
            key_results_of_owner=key_results,
            utilisation=self.utilisation(owner),
            stretched=self.stretched,
            changed=self.changed(owner, marks, reviewed),
            opposite=opposite,
        )


def surroundings(
    connection: Connection,
    viewer: Viewer,
    owners: set[int],
    delegates: set[int],
    units: set[int],
    *,
    policy: Policy,
    on: date,
) -> Surroundings:
    """The look-ups for goals whose owners, delegates and owning units (ids) these are.

    Utilisation only of units whose cells the viewer may see.
    """
    anybody = owners | delegates
    people = these(anybody)
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


def _held(connection: Connection, owners: set[int], units: set[int]) -> dict[Owner, tuple[int, int]]:
    """Each by its own index; persons and units apart, because a statement that asks for either reads everything."""
    objectives, key_results = (
        func.sum(case((GoalRow.kind == kind, 1), else_=0)) for kind in (Kind.OBJECTIVE, Kind.KEY_RESULT)
    )
    found: dict[Owner, tuple[int, int]] = {}
    for column, ids in ((GoalRow.owner_id, owners), (GoalRow.owner_unit_id, units)):
        counted = select(column, objectives, key_results).where(open_and_active(GoalRow)).group_by(column)
        for some in batches(ids):
            for owner, *held in connection.execute(counted.where(column.in_(some))):
                key = Owner(owner, 0) if column is GoalRow.owner_id else Owner(0, owner)
                found[key] = (int(held[0]), int(held[1]))
    return found


def parent_statuses(connection: Connection, ids: Collection[int]) -> dict[int, Status]:
    """How the goals with these ids stand: those above the goals that are told."""
    found: dict[int, Status] = {}
    for some in batches(ids):
        rows = connection.execute(select(GoalRow.id, GoalRow.status).where(GoalRow.id.in_(some)))
        found.update((goal, Status(status)) for goal, status in rows)
    return found


def opposites(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """For each of these goals the active open goals that name the same metric with the opposite direction, 20 at most."""
    found: dict[int, list[int]] = defaultdict(list)
    for some in batches(list(ids)):
        rows = connection.execute(
            select(GoalRow.id, _Other.id)
            .join(_Other, and_(_Other.metric_key == GoalRow.metric_key, _Other.direction == -GoalRow.direction))
            .where(GoalRow.id.in_(some), GoalRow.metric_key != "", GoalRow.direction != 0, open_and_active(_Other))
            .order_by(GoalRow.id, _Other.id)
        )
        for goal, against in rows:
            if len(found[goal]) < _OPPOSITES:
                found[goal].append(against)
    return {goal: tuple(against) for goal, against in found.items()}
