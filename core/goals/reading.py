"""From rows to records: goals with names, co-owners and milestones, and their check-ins; a few statements for any number.

The caller gives ids that it has found under its rule for the viewer.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from core.goals.goal import Ambition, CheckIn, Goal, Kind, Measure, Milestone, Owner, Pace, Status, Visibility
from core.goals.tables import GoalCheckIn, GoalCoOwner, GoalMilestone, GoalRow
from core.people.places import people_named, units_named

BATCH = 10_000


def batches(ids: Collection[int]) -> list[list[int]]:
    """Ids in sorted lists of a size that one statement takes."""
    every = sorted(set(ids))
    return [every[at : at + BATCH] for at in range(0, len(every), BATCH)]


def goals_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Goal]:
    """The goals with these ids, by id."""
    rows: list[Any] = []
    shared: dict[int, list[int]] = defaultdict(list)
    for some in batches(ids):
        rows += connection.execute(select(GoalRow.__table__).where(GoalRow.id.in_(some))).all()
        together = select(GoalCoOwner.goal_id, GoalCoOwner.person_id).where(GoalCoOwner.goal_id.in_(some))
        for each in connection.execute(together):
            shared[each.goal_id].append(each.person_id)
    steps = milestones_of(connection, ids)
    people = {number for row in rows for number in (row.owner_id, row.delegate_id) if number is not None}
    people.update(number for numbers in shared.values() for number in numbers)
    names = people_named(connection, people)
    units = units_named(connection, {row.owner_unit_id for row in rows if row.owner_unit_id is not None})

    def person(number: int | None) -> Owner | None:
        return Owner(names[number][0], "", names[number][1]) if number in names else None

    found = {}
    for row in rows:
        unit = units.get(row.owner_unit_id)
        co_owners = sorted((one for number in shared[row.id] if (one := person(number))), key=lambda one: one.name)
        found[row.id] = Goal(
            id=row.id,
            title=row.title,
            kind=Kind(row.kind),
            measure=Measure(row.measure),
            owner=Owner("", *unit) if unit else person(row.owner_id) or Owner(),
            code=row.code or "",
            co_owners=tuple(co_owners),
            delegate=person(row.delegate_id),
            parent_id=row.parent_id,
            standalone=row.standalone,
            metric=row.metric,
            unit=row.unit,
            baseline=row.baseline,
            target=row.target,
            low=row.low,
            high=row.high,
            weight=row.weight,
            start=row.start,
            due=row.due,
            cadence_days=row.cadence_days,
            pace=Pace(row.pace),
            ambition=Ambition(row.ambition),
            acceptance=row.acceptance,
            guardrail_id=row.guardrail_id,
            visibility=Visibility(row.visibility),
            status=Status(row.status),
            version=row.version,
            milestones=tuple(steps.get(row.id, ())),
            active_since=row.active_since,
            closed_on=row.closed_on,
        )
    return found


def milestones_of(connection: Connection, ids: Collection[int]) -> dict[int, list[Milestone]]:
    """The milestones of goals, in their order."""
    found: dict[int, list[Milestone]] = defaultdict(list)
    for some in batches(ids):
        rows = connection.execute(
            select(
                GoalMilestone.goal_id,
                GoalMilestone.title,
                GoalMilestone.due,
                GoalMilestone.done_on,
                GoalMilestone.weight,
            )
            .where(GoalMilestone.goal_id.in_(some))
            .order_by(GoalMilestone.goal_id, GoalMilestone.place)
        )
        for row in rows:
            found[row.goal_id].append(Milestone(row.title, row.due, row.done_on, row.weight))
    return found


def check_ins_of(connection: Connection, ids: Collection[int]) -> dict[int, list[CheckIn]]:
    """The check-ins of goals, by day and, within a day, as they were made."""
    found: dict[int, list[CheckIn]] = defaultdict(list)
    for some in batches(ids):
        rows = connection.execute(
            select(
                GoalCheckIn.goal_id,
                GoalCheckIn.day,
                GoalCheckIn.value,
                GoalCheckIn.confidence,
                GoalCheckIn.note,
                GoalCheckIn.by,
            )
            .where(GoalCheckIn.goal_id.in_(some))
            .order_by(GoalCheckIn.goal_id, GoalCheckIn.day, GoalCheckIn.id)
        )
        for row in rows:
            found[row.goal_id].append(CheckIn(row.day, row.value, row.confidence, row.note, row.by))
    return found
