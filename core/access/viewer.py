"""The viewer: the only thing that passes the sign-in seam, and the one place where roles become SQL conditions.

What a role reaches stands in the table `core.access.rules`; here it becomes a condition.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from core.access.grants import RELATIONS_OF, Reach, Relation
from core.access.rules import (
    DATA_QUALITY,
    DELIVERIES,
    GOAL_REASONS,
    GROUP_NUMBERS,
    OPEN_GOALS,
    OWN_HOURS,
    RHYTHM_SHARES,
    reaches,
    roles_reaching,
)

ROLES = tuple(RELATIONS_OF)
GROUP_ROLES = roles_reaching(GROUP_NUMBERS, Reach.UNITS, Reach.COMPANY)
SCREENS: dict[str, tuple[str, ...]] = {
    "overview": ROLES,
    "workload": ("leader", "hr", "manager", "employee"),
    "goals": ("leader", "hr", "manager", "employee"),
    "goal": ("leader", "hr", "manager", "employee"),
    "my_goals": ("leader", "hr", "manager", "employee"),
    "my_week": ("leader", "hr", "manager", "employee"),
    "conversations": ROLES,  # whoever is on the roster has conversations, whatever the roles
    "conversation": ROLES,
    "data_import": roles_reaching(DELIVERIES, Reach.COMPANY, Reach.ADMINISTERED),
    "data_quality": roles_reaching(DATA_QUALITY, Reach.COMPANY, Reach.ADMINISTERED),
    "who_sees_what": ROLES,
    "how_it_works": ROLES,
    "account": ROLES,
}


@dataclass(frozen=True)
class Viewer:
    """Who is asking. Sessions that began before `sessions_from` have ended (new password, new roles, deactivation).

    roles: some of ROLES. units: paths that the roles reach (each with everything below it); HR without a path reaches the
    whole company. own_unit: path of the home unit, '' when unknown. person_code: the employer's id, '' for accounts that
    belong to nobody on the roster. reports: ids (codes) of direct reports.
    """

    id: int
    name: str
    display_name: str
    roles: tuple[str, ...]
    units: tuple[str, ...] = ()
    own_unit: str = ""
    person_code: str = ""
    reports: tuple[str, ...] = ()
    sessions_from: datetime | None = None

    def may_open(self, screen: str) -> bool:
        """Whether a role of the viewer opens the screen (what it then shows is decided by scope)."""
        return any(role in SCREENS.get(screen, ()) for role in self.roles)


def ancestors(path: str) -> tuple[str, ...]:
    """The path itself and every path above it, top first: `A/B` -> (`A`, `A/B`)."""
    parts = path.split("/") if path else []
    return tuple("/".join(parts[: i + 1]) for i in range(len(parts)))


def below(column: InstrumentedAttribute[str], path: str) -> ColumnElement[bool]:
    """SQL: `column` is `path` or lies under it. Letters count as written: LIKE would not tell their case apart on SQLite."""
    under = path + "/"
    return or_(column == path, func.substr(column, 1, len(under)) == under)


def units_in_scope(
    viewer: Viewer, path: InstrumentedAttribute[str], *, own_line_open: bool = True
) -> ColumnElement[bool]:
    """SQL condition over unit paths: whose protected group cells the viewer may see. Empty scope means no rows.

    By the rule for group numbers. Leader, HR and manager: their units with all below. Everyone on the roster: the own unit
    and the units above it, when the policy says so (`own_line_open`). Administrators: nothing by virtue of the role.
    """
    reach = reaches(GROUP_NUMBERS, viewer.roles)
    allowed: list[ColumnElement[bool]] = [false()]
    if reach & {Reach.UNITS, Reach.COMPANY}:
        allowed += [below(path, unit) for unit in viewer.units]
    if Reach.COMPANY in reach and not viewer.units:
        allowed.append(true())
    if Reach.OWN_LINE in reach and own_line_open and viewer.own_unit:
        allowed.append(path.in_(ancestors(viewer.own_unit)))
    return or_(*allowed)


def units_delivering(viewer: Viewer, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """SQL condition over unit paths: about which units the viewer may know whether their hours have come in.

    HR: their units with all below, the company without any. Administrators: every unit, because it is about files. Nobody else.
    """
    reach = reaches(DATA_QUALITY, viewer.roles)
    allowed: list[ColumnElement[bool]] = [false()]
    if Reach.COMPANY in reach:
        allowed += [below(path, unit) for unit in viewer.units] if viewer.units else [true()]
    if Reach.ADMINISTERED in reach:
        allowed.append(true())
    return or_(*allowed)


def units_for_rhythm(viewer: Viewer, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """SQL condition over unit paths: of which units the viewer is told whether conversations keep their rhythm.

    Leaders: their units with all below. HR: the same, the company without any. Nobody else: not managers, whose units may have
    one manager, and not an own line.
    """
    reach = reaches(RHYTHM_SHARES, viewer.roles)
    allowed: list[ColumnElement[bool]] = [false()]
    if reach & {Reach.UNITS, Reach.COMPANY}:
        allowed += [below(path, unit) for unit in viewer.units]
    if Reach.COMPANY in reach and not viewer.units:
        allowed.append(true())
    return or_(*allowed)


def units_led(viewer: Viewer, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """SQL condition over unit paths: the units that the viewer leads or manages by the account, with all below.

    Whether goals of these units open to the viewer with their reasons. HR and administrators lead none by their role.
    """
    leads = Reach.UNITS in reaches(GOAL_REASONS, viewer.roles)
    return or_(false(), *(below(path, unit) for unit in viewer.units if leads))


def sees_open_goals(viewer: Viewer) -> bool:
    """Whether goals marked open are open to the viewer: by a role of those who work here, or as somebody on the roster."""
    return Reach.ALL in reaches(OPEN_GOALS, viewer.roles) or bool(viewer.person_code)


def only_own(viewer: Viewer, code: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """SQL condition over person codes: the viewer's own rows and nothing else; nobody without a person.

    Whatever the roles: the rule for a person's own rows grants nothing to any other relation.
    """
    own = OWN_HOURS.grant(Relation.PERSON).reach is Reach.OWN_ROWS
    return and_(code == viewer.person_code, literal(own and bool(viewer.person_code)))


def narrowed(statement: Select[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    """`statement` under all the conditions at once: two limits intersect, none widens another."""
    return statement.where(and_(true(), *conditions))
