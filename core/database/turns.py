"""Who is writing, told to those who waited for it in vain."""

from datetime import UTC

from sqlalchemy import column, select, table
from sqlalchemy.exc import SQLAlchemyError

from core.database.engine import make_engine

OURS = (7_251_000, 7_251_999)  # the advisory locks of the house have numbers in this range
_LOCKS = table("pg_locks", column("pid"), column("locktype"), column("objid"), column("granted"))
_SESSIONS = table("pg_stat_activity", column("pid"), column("application_name"), column("xact_start"))


def who_writes(url: str) -> str:
    """One sentence on who holds the turn to write, and since when; '' when that cannot be told (SQLite, or nobody any more)."""
    if not url.startswith("postgresql"):
        return ""
    engine = make_engine(url, read_only=True)
    statement = (
        select(_SESSIONS.c.application_name, _SESSIONS.c.xact_start)
        .join(_LOCKS, _LOCKS.c.pid == _SESSIONS.c.pid)
        .where(_LOCKS.c.locktype == "advisory", _LOCKS.c.granted, _LOCKS.c.objid.between(*OURS))
        .order_by(_SESSIONS.c.xact_start)
    )
    try:
        with engine.connect() as connection:
            held = connection.execute(statement).first()
    except SQLAlchemyError:
        return ""
    finally:
        engine.dispose()
    if held is None or held.xact_start is None:
        return ""
    who = (held.application_name or "").removeprefix("evenkeel").strip() or "somebody else"
    since = held.xact_start.astimezone(UTC).strftime("%d %B %Y, %H:%M:%S")
    return f"The change is by {who}, and began on {since} UTC."
