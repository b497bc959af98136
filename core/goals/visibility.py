"""Who sees a goal, and who sees why it needs revisiting: two SQL conditions over goals, for every statement that reads them."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, union
from sqlalchemy.orm import aliased

from core.access.viewer import Viewer, sees_open_goals
from core.goals.goal import AGREED, Kind, Status, Visibility
from core.goals.tables import GoalCoOwner, GoalRow, GoalShare
from core.people.places import managed_by, members_of, own_unit
from core.people.scope import own_person, units_of_role

_Goal: Any = aliased(GoalRow)
_AGREED = GoalRow.status.in_(sorted(AGREED))
_OF_A_PERSON_FOR_WELLBEING = and_(GoalRow.kind == Kind.WELLBEING, GoalRow.owner_unit_id.is_(None))


def sees(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """SQL: the viewer may see the goal and its progress.

    A draft: its author. A proposal: the two who are agreeing. Then, open: whoever works here; team: the owner's unit and whoever
    leads it or above it; private: the owner, co-owners, delegate and the owner's manager. A wellbeing goal of a person: the
    owner, and those with whom it was shared.
    """
    by_visibility = or_(
        and_(GoalRow.visibility == Visibility.OPEN, literal(sees_open_goals(viewer))),
        and_(GoalRow.visibility == Visibility.TEAM, or_(_of_units(viewer, on), _of_own_unit(viewer, on))),
        GoalRow.owner_id.in_(managed_by(viewer, on)),
        GoalRow.delegate_id.in_(own_person(viewer)),
    )
    shared = select(GoalShare.goal_id).where(GoalShare.person_id.in_(own_person(viewer)))
    return or_(
        and_(GoalRow.status == Status.DRAFT, GoalRow.author_id == viewer.id),
        and_(GoalRow.status == Status.PROPOSED, party(viewer)),
        and_(_AGREED, or_(owned(viewer), and_(~_OF_A_PERSON_FOR_WELLBEING, by_visibility))),
        and_(_AGREED, _OF_A_PERSON_FOR_WELLBEING, GoalRow.id.in_(shared)),
    )


def sees_reasons(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """SQL: the viewer may see the reasons, the history and the notes of an agreed goal, and decide about it.

    The owner, co-owners, the owner's manager, and whoever leads or manages the unit (not of private goals). Nobody else.
    """
    return and_(_AGREED, or_(*_ways_to_reasons(GoalRow, viewer, on)))


def among_reasons_seen(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """SQL: the same as `sees_reasons`, for statements over all goals: each way in is looked up by its own index."""
    ways = (select(_Goal.id).where(way) for way in _ways_to_reasons(_Goal, viewer, on))
    return and_(_AGREED, GoalRow.id.in_(union(*ways)))


def _ways_to_reasons(goal: Any, viewer: Viewer, on: date) -> tuple[ColumnElement[bool], ...]:
    units = units_of_role(viewer)
    others = ~and_(goal.kind == Kind.WELLBEING, goal.owner_unit_id.is_(None))
    told = goal.visibility != Visibility.PRIVATE
    return (
        goal.owner_id.in_(own_person(viewer)),
        goal.id.in_(_co_owned(viewer)),
        and_(goal.owner_id.in_(managed_by(viewer, on)), others),
        and_(goal.owner_unit_id.in_(units), told),
        and_(goal.owner_id.in_(members_of(units, on)), others, told),
    )


def among_goals_led(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """SQL: the goal belongs to a unit that the viewer leads or manages, or to somebody there, and its reasons are told to them.

    Less than `among_reasons_seen`: one's own goals elsewhere, and those of reports in other units, are not among them.
    """
    *_, owned_by_unit, owned_there = _ways_to_reasons(_Goal, viewer, on)
    return and_(_AGREED, GoalRow.id.in_(union(*(select(_Goal.id).where(way) for way in (owned_by_unit, owned_there)))))


def checks_in(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """SQL: the viewer may check in: whoever decides about the goal, and the delegate."""
    stands_in = and_(_AGREED, ~_OF_A_PERSON_FOR_WELLBEING, GoalRow.delegate_id.in_(own_person(viewer)))
    return or_(sees_reasons(viewer, on), stands_in)


def party(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: the viewer is one of the two who agree on the goal."""
    return or_(GoalRow.author_id == viewer.id, GoalRow.partner_id == viewer.id)


def owned(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: the viewer owns the goal, alone or with others. A person's own rows, whatever the roles."""
    return or_(GoalRow.owner_id.in_(own_person(viewer)), GoalRow.id.in_(_co_owned(viewer)))


def _co_owned(viewer: Viewer) -> Select[int]:
    return select(GoalCoOwner.goal_id).where(GoalCoOwner.person_id.in_(own_person(viewer)))


def _of_units(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """SQL: the goal belongs to a unit that the viewer leads or manages, or to somebody there."""
    units = units_of_role(viewer)
    return or_(GoalRow.owner_unit_id.in_(units), GoalRow.owner_id.in_(members_of(units, on)))


def _of_own_unit(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """SQL: the goal belongs to the viewer's own unit, or to somebody there; never by a role that is none."""
    unit = own_unit(viewer)
    together = or_(GoalRow.owner_unit_id.in_(unit), GoalRow.owner_id.in_(members_of(unit, on)))
    return and_(literal(sees_open_goals(viewer)), together)
