"""The database and the limits, as the routes of the server use them."""

from functools import cache

from sqlalchemy import Engine

from core.access.accounts import account
from core.access.rules import DELIVERIES, Reach, roles_reaching
from core.access.sessions import Limits, Session, limits_of, session_of
from core.calendar import now
from core.database.engine import make_engine
from core.settings import settings


@cache
def engine() -> Engine:
    """The engine of the routes; made with the first request."""
    return make_engine(settings().database_url)


def limits() -> Limits:
    """How long sessions last, and the secret that their hashes depend on."""
    return limits_of(settings())


def session_behind(session_id: str) -> Session | None:
    """The session in force that a cookie names, or None."""
    if not session_id:
        return None
    with engine().connect() as connection:
        return session_of(connection, session_id, limits(), now())


def may_upload(session: Session) -> bool:
    """Whether the account behind a session has a role that brings files in."""
    with engine().connect() as connection:
        found = account(connection, session.user_id)
    wanted = roles_reaching(DELIVERIES, Reach.COMPANY, Reach.ADMINISTERED)
    return found is not None and any(role in wanted for role in found.roles)
