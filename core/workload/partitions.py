"""Person-weeks by month on PostgreSQL. SQLite keeps them in one table, and nothing here does anything.

Each partition holds the weeks whose Monday lies in one month, so that a load, a roll-up and a backup touch few of them and an
old month can be put aside as a whole. A default partition takes what no month has been made for, so that nothing is lost.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, column, select, table

from core.workload.tables import PersonWeek

_PARENT = PersonWeek.__tablename__
DEFAULT = "default"
_CLASSES = table("pg_class", column("oid"), column("relname"))
_INHERITS = table("pg_inherits", column("inhrelid"), column("inhparent"))


def month_of(week: date) -> date:
    """The first day of the month that holds the Monday."""
    return week.replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after the one that begins on `first`."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def partition_name(parent: str, month: date) -> str:
    """The name of a month's partition, such as `facts_2026_03`."""
    return f"{parent}_{month:%Y_%m}"


def partitions(connection: Connection) -> set[str]:
    """Names of the partitions that exist; empty on SQLite."""
    if connection.dialect.name != "postgresql":
        return set()
    parent = _CLASSES.alias()
    return set(
        connection.scalars(
            select(_CLASSES.c.relname)
            .join(_INHERITS, _INHERITS.c.inhrelid == _CLASSES.c.oid)
            .join(parent, parent.c.oid == _INHERITS.c.inhparent)
            .where(parent.c.relname == _PARENT)
        )
    )


def ensure_partitions(connection: Connection, weeks: Iterable[date]) -> tuple[str, ...]:
    """Make the partitions that these weeks need, in the caller's transaction; returns the names of those made.

    A partition is made aside and then attached, so that people who read other months need not wait until the transaction ends.
    Rows of the month that had gone to the default partition move over first.
    """
    if connection.dialect.name != "postgresql":
        return ()
    parent = _PARENT
    months = sorted({month_of(week) for week in weeks})
    there = partitions(connection)
    missing = [month for month in months if partition_name(parent, month) not in there]
    for month in missing:
        _attach(connection, parent, partition_name(parent, month), month)
    return tuple(partition_name(parent, month) for month in missing)


def _attach(connection: Connection, parent: str, name: str, month: date) -> None:
    from psycopg import sql

    parts = {
        "parent": sql.Identifier(parent),
        "default": sql.Identifier(f"{parent}_{DEFAULT}"),
        "name": sql.Identifier(name),
        "first": sql.Literal(month.isoformat()),
        "end": sql.Literal(next_month(month).isoformat()),
    }
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        for command in (
            "CREATE TABLE {name} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
            "WITH moved AS (DELETE FROM {default} WHERE week >= {first} AND week < {end} RETURNING *) "
            "INSERT INTO {name} SELECT * FROM moved",
            "ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ({first}) TO ({end})",
        ):
            cursor.execute(sql.SQL(command).format(**parts))
