"""Is the installation fit to serve: database reachable, schema current, releases done."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from core.access.sessions import Limits, count_in_force
from core.calendar import is_closed
from core.database.schema import Condition, Schema, condition_of, newest_revision
from core.declared import declared_names
from core.policy import Policy
from core.privacy.ledger import pending
from core.privacy.views import newest_period
from core.workload.area import AREA


@dataclass(frozen=True)
class Readiness:
    """What a probe and a scrape ask.

    database: it answers. schema: the revision found ('' for none); needed: the one that this code needs. pending: closed weeks
    whose release is due and not done (-1 when it cannot be asked). newest: the newest released week. sessions: in force.
    condition: what the schema is to this code ('' when the database does not answer).
    """

    database: bool
    schema: str
    needed: str
    pending: int = -1
    newest: date | None = None
    sessions: int = 0
    condition: str = ""

    @property
    def ready(self) -> bool:
        """Fit to serve. A release that is pending does not keep people out: what they see stays right."""
        return self.database and self.condition == Condition.CURRENT


def readiness(engine: Engine, *, policy: Policy, limits: Limits, as_of: date, at: datetime) -> Readiness:
    """Ask the database. Never raises for a database that is away or empty: that is the answer."""
    needed = newest_revision()
    try:
        with engine.connect() as connection:
            schema = schema_of(connection)
            if schema.condition is not Condition.CURRENT:
                return Readiness(True, schema.found, needed, condition=schema.condition)
            waiting = pending(connection, AREA, include_held=False, as_of=as_of)
            due = [week for week in waiting if is_closed(week.period, as_of, policy.close_after_days)]
            return Readiness(
                True,
                schema.found,
                needed,
                len(due),
                newest_period(connection, AREA),
                count_in_force(connection, limits, at),
                schema.condition,
            )
    except (SQLAlchemyError, OSError):
        return Readiness(False, "", needed)


def schema_of(connection: Connection) -> Schema:
    """What the schema of the database is to this code; asked by every run of a screen, so it reads names only."""
    return condition_of(connection, declared_names())
