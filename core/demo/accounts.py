"""The accounts of the demonstration: one for each role. They exist nowhere else."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, or_, select, update

from core.access.accounts import add_user, hash_password
from core.demo.names import MAIL_DOMAIN
from core.people.tables import Assignment, OrgUnit, Person

DEMO_PASSWORD = "evenkeel-demo"  # noqa: S105  (printed on the sign-in screen of the demonstration, on purpose)
PLATFORM = "Northwind/Engineering/Infrastructure/Platform"


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demonstration: `name` signs in, `meaning` says what to look at."""

    name: str
    role: str
    display_name: str
    meaning: str

    @property
    def role_name(self) -> str:
        """The role as people say it."""
        return {"hr": "HR", "admin": "Administrator"}.get(self.role, self.role.title())


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("leader", "leader", "Dana Okafor", "leads Northwind and sees every unit of it"),
    DemoAccount("hr", "hr", "Ines Ferreira", "works in HR and sees the whole company"),
    DemoAccount("manager", "manager", "Mara Lindqvist", "manages one team and sees it and the units above"),
    DemoAccount("employee", "employee", "Noor Haddad", "works in a team and sees it and the units above"),
    DemoAccount("admin", "admin", "Sam Whitlock", "runs the installation and sees no hours"),
)


def add_demo_accounts(connection: Connection, *, at: datetime, on: date) -> None:
    """Add the accounts. The employee belongs to the team Platform; the manager is whom most of the team report to.

    The two people are called on the roster as their accounts are.
    """
    password_hash = hash_password(DEMO_PASSWORD)
    members = list(
        connection.execute(
            select(Person.code, Assignment.manager_id)
            .join(Assignment, Assignment.person_id == Person.id)
            .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
            .where(
                OrgUnit.path == PLATFORM,
                Assignment.valid_from <= on,
                or_(Assignment.valid_to.is_(None), Assignment.valid_to > on),
            )
            .order_by(Person.code)
        )
    )
    heads = Counter(row.manager_id for row in members if row.manager_id is not None)
    head = min(heads, key=lambda person: (-heads[person], person), default=None)
    manager = connection.scalar(select(Person.code).where(Person.id == head))
    employee = next((row.code for row in members if row.code != manager and row.manager_id == head), None)
    codes = {"manager": manager, "employee": employee}
    units: dict[str, tuple[str, ...]] = {"leader": ("Northwind",), "manager": (PLATFORM,)}
    for account in DEMO_ACCOUNTS:
        if codes.get(account.name) is not None:
            local = account.display_name.lower().replace(" ", ".")
            connection.execute(
                update(Person)
                .where(Person.code == codes[account.name])
                .values(name=account.display_name, email=f"{local}@{MAIL_DOMAIN}")
            )
        add_user(
            connection,
            name=account.name,
            display_name=account.display_name,
            password_hash=password_hash,
            roles=(account.role,) if account.role in ("employee", "admin") else (account.role, "employee"),
            units=units.get(account.role, ()),
            person_code=codes.get(account.name),
            at=at,
            actor="demonstration",
        )
