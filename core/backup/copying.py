"""Rows into PostgreSQL by COPY, within the transaction of the caller."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from core.database.bulk import errors_of_the_house


def copy_rows(
    connection: Connection, table: Table, names: Sequence[str], kinds: Sequence[str], rows: Iterator[list[Any]]
) -> None:
    """Write all `rows` (values in the order of `names`) to `table`.

    Raises:
        DBAPIError: as SQLAlchemy would for the same failure (IntegrityError, DataError, OperationalError).
    """
    from psycopg import sql
    from psycopg.types.json import Json

    at = [place for place, kind in enumerate(kinds) if kind == "json"]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver: Any = connection.connection.driver_connection
    named = errors_of_the_house(connection, statement.as_string(None))
    with named, driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            for place in at:
                if row[place] is not None:
                    row[place] = Json(row[place])
            copy.write_row(row)
