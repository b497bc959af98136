"""One delivery after the other: whoever writes facts takes this lock first and holds it until the transaction ends."""

from sqlalchemy import Connection, text

_IMPORT_LOCK = 7_251_005  # PostgreSQL advisory lock: two imports write one after the other


def one_at_a_time(connection: Connection) -> None:
    """Take the writer's lock now, so that nothing changes between the last look and the load."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
    else:
        connection.execute(text("UPDATE person SET id = id WHERE 1 = 0"))
