"""Whose a goal may be, and who has to agree to it besides its author."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select

from core.access.accounts import account_of_person
from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.goals.goal import Kind, Owner
from core.goals.terms import Checked, TermRefused
from core.people.places import code_of, managed_by, manager_of, members_of, person_of
from core.people.scope import unit_of_role, units_of_role


def may_own(connection: Connection, viewer: Viewer, found: Checked, on: date) -> None:
    """Let the viewer give a goal to this owner: oneself, a direct report, a unit that one leads or manages, somebody there.

    Raises:
        NoPermission: it is somebody else.
    """
    if found.owner_unit_id is not None:
        if connection.scalar(unit_of_role(viewer, found.owner_unit_id)) is None:
            raise NoPermission("A goal of a unit is written by those who lead or manage it.")
        return
    code = code_of(connection, found.owner_id or 0)
    if code == viewer.person_code:
        return
    mine = managed_by(viewer, on).union(members_of(units_of_role(viewer), on)).subquery()
    if connection.scalar(select(mine.c.person_id).where(mine.c.person_id == found.owner_id).limit(1)) is None:
        raise NoPermission(
            "A goal is written for oneself, for a direct report, or in a unit that one leads or manages."
        )


def refuse_for_others(changes: Collection[str], found: Checked) -> None:
    """Let a proposal be about the goal of the one it was shown to, and never become what that one alone may show.

    Raises:
        TermRefused: it would be somebody else's, who was not asked; or a wellbeing goal, which its author has not shown.
    """
    if "owner" in changes:
        raise TermRefused("Whose goal a proposal is stays. Withdraw it, and draft another.", "owner")
    if "kind" in changes and found.terms.kind is Kind.WELLBEING and found.owner_id is not None:
        raise TermRefused("A proposal is seen by two, a wellbeing goal by one. Withdraw it, and draft another.", "kind")


def partner_of(connection: Connection, viewer: Viewer, kind: Kind, owner: Owner, on: date) -> int | None:
    """The account that has to agree besides the author; None when nobody has to.

    Another person's goal: that person. One's own, or a unit's: one's own manager.
    """
    if kind is Kind.WELLBEING and owner.person:
        return None
    if owner.person and owner.person != viewer.person_code:
        other = owner.person
    else:
        me = person_of(connection, viewer.person_code, on) if viewer.person_code else None
        manager = manager_of(connection, me, on) if me is not None else None
        if manager is None:
            return None
        other = code_of(connection, manager)
    account = account_of_person(connection, other)
    if account is None:
        raise Refused("The other one who has to agree has no account here yet. Ask your administrator to add one.")
    return None if account == viewer.id else account
