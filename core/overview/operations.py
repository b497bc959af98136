"""The state of the installation that an overview speaks of: deliveries, weeks that wait, accounts that reach nothing.

Nothing here is about hours; administrators and HR read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from core.access.accounts import list_users
from core.access.tables import ChangeLog, User
from core.access.viewer import GROUP_ROLES, Viewer
from core.calendar import WEEK, is_closed, monday_of
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.ledger import pending

PEOPLE = "people"
OLD_AFTER = 10  # days since the newest delivery of hours


@dataclass(frozen=True)
class Deliveries:
    """When files last came in: kind of file -> instant (UTC), from the change log."""

    newest: Mapping[str, datetime]

    @property
    def hours(self) -> datetime | None:
        """The newest delivery of hours, of whatever kind; None when there was none."""
        return max((at for kind, at in self.newest.items() if kind != PEOPLE), default=None)

    def days_old(self, as_of: date) -> int | None:
        """Days since hours came in; None without a delivery."""
        return None if self.hours is None else max(0, (as_of - self.hours.date()).days)


def deliveries(connection: Connection) -> Deliveries:
    """The newest import of each kind of file."""
    rows = connection.execute(
        select(ChangeLog.subject, func.max(ChangeLog.at).label("at"))
        .where(ChangeLog.action == "import")
        .group_by(ChangeLog.subject)
    )
    return Deliveries({row.subject: row.at for row in rows})


def weeks_waiting(connection: Connection, area: str, policy: Policy, as_of: date) -> tuple[int, int]:
    """How many weeks with facts are closed and wait for their release (held ones too), and how many are still open.

    Corrections are not among them: how many wait is told in classes only.
    """
    found = pending(connection, area, include_held=True, as_of=as_of)
    weeks = [week.period for week in found if week.kind == "first"]
    due = sum(is_closed(week, as_of, policy.close_after_days) for week in weeks)
    return due, len(weeks) - due


def open_weeks(last: date, as_of: date, policy: Policy) -> tuple[date, ...]:
    """Weeks after the newest released one that have begun and are not closed yet."""
    count = max(0, (monday_of(as_of) - last) // WEEK)
    following = (last + (i + 1) * WEEK for i in range(count))
    return tuple(week for week in following if not is_closed(week, as_of, policy.close_after_days))


def accounts_reaching_nothing(connection: Connection) -> tuple[str, ...]:
    """Names of active accounts that no unit is in scope of: no such unit, or neither unit nor person. Administrators read it.

    An account with the role admin alone needs no unit.
    """
    paths = {unit["path"] for unit in units_seen(connection, Viewer(0, "", "", ("hr",)), own_line_open=False)}
    persons = set(connection.scalars(select(User.name).where(User.person_code.is_not(None), User.person_code != "")))
    return tuple(
        str(user["name"])
        for user in list_users(connection)
        if user["active"] and not _reaches(user, paths) and user["name"] not in persons
    )


def _reaches(user: Mapping[str, object], paths: set[str]) -> bool:
    roles, units = user["roles"], user["units"]
    assert isinstance(roles, list) and isinstance(units, list)
    if roles == ["admin"] or ("hr" in roles and not units):
        return True
    return any(role in GROUP_ROLES for role in roles) and any(unit in paths for unit in units)
