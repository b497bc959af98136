"""Many rows at once: COPY on PostgreSQL, the driver's own `executemany` on SQLite. In the caller's transaction.

    write_arrays(connection, insert(PersonWeek), len(ids), lambda start, end: {"person_id": ids[start:end], ...})

All take an `insert(table)` or `update(table)`, so that whoever writes a table names it. Column types and defaults are not
consulted: every column that the table needs is given, and given as its type.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Date, Dialect, Insert, MetaData, Table, Update, bindparam, insert
from sqlalchemy.exc import DBAPIError

Array = NDArray[Any]
Columns = Mapping[str, Array]
CHUNK = 20_000  # rows that are turned into what the driver takes at a time
COPIED = 400_000  # rows in one COPY, so that none runs into the limit on the time of a statement
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8  # of PostgreSQL's binary format: flags and extension are empty
_END = b"\xff\xff"
_EPOCH = np.datetime64("2000-01-01", "D")  # PostgreSQL counts days from here


def write_arrays(connection: Connection, into: Insert, size: int, columns: Callable[[int, int], Columns]) -> None:
    """Insert `size` rows; `columns(start, end)` gives those of a range as aligned arrays, so that few exist at a time.

    Arrays are integers (32 bits), float64 (NaN is NULL) or datetime64 (as dates). PostgreSQL gets its binary format: numbers
    arrive bit by bit, and no text is made.
    """
    if not size:
        return
    names = list(columns(0, 0))
    if connection.dialect.name == "postgresql":
        for first in range(0, size, COPIED):
            last = min(first + COPIED, size)
            pieces = (_binary(list(columns(at, min(at + CHUNK, last)).values())) for at in range(first, last, CHUNK))
            _copy(connection, into.table, names, pieces, binary=True)
        return
    statement, order = _for_driver(connection, into, names)
    with _cursor(connection, statement) as cursor:
        for at in range(0, size, CHUNK):
            cursor.executemany(statement, _tuples(columns(at, min(at + CHUNK, size)), order))


def stage_arrays(connection: Connection, table: Table, size: int, columns: Callable[[int, int], Columns]) -> Table:
    """The rows of `write_arrays` in a temporary table of this connection, to be inserted from there. For SQLite.

    Filling it takes no lock on the database. A temporary table lives in a file without a name, which goes with the connection.
    Drop it when done.
    """
    kept = [column for column in table.columns if column.name in columns(0, 0)]
    staged = Table("staged_rows", MetaData(), *(Column(c.name, c.type) for c in kept), prefixes=["TEMPORARY"])
    staged.drop(connection, checkfirst=True)  # left by a load that was given up
    staged.create(connection)
    write_arrays(connection, insert(staged), size, columns)
    return staged


def update_arrays(connection: Connection, of: Update, keys: Sequence[str], columns: Columns) -> None:
    """Update the rows that `keys` name to the other columns; arrays as in `write_arrays`."""
    table = of.table
    assert isinstance(table, Table)
    rest = [name for name in columns if name not in keys]
    if connection.dialect.name == "postgresql":
        given = Table(
            "given_rows",
            MetaData(),
            *(Column(name, table.c[name].type) for name in columns),
            prefixes=["TEMPORARY"],
            postgresql_on_commit="DROP",
        )
        given.create(connection)
        size = len(columns[keys[0]])
        write_arrays(connection, insert(given), size, lambda start, end: {n: v[start:end] for n, v in columns.items()})
        connection.execute(
            of.where(*(table.c[name] == given.c[name] for name in keys)).values({name: given.c[name] for name in rest})
        )
        given.drop(connection)
        return
    change = of.where(*(table.c[name] == bindparam(f"of_{name}") for name in keys)).values(
        {name: bindparam(f"to_{name}") for name in rest}
    )
    statement, order = _for_driver(connection, change, None)
    with _cursor(connection, statement) as cursor:
        cursor.executemany(statement, _tuples(columns, [name[3:] for name in order]))


def write_rows(connection: Connection, into: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of text, numbers, dates and None, given as mappings with two equal keys or more. Nothing without rows."""
    if not rows:
        return
    names = list(rows[0])
    if connection.dialect.name == "postgresql":
        _copy(connection, into.table, names, (tuple(row[name] for name in names) for row in rows), binary=False)
        return
    statement, order = _for_driver(connection, into, names)
    dates = [name for name in order if isinstance(into.table.c[name].type, Date)]
    texts = {day: day.isoformat() for name in dates for day in {row[name] for row in rows} if day is not None}
    take = itemgetter(*order)
    with _cursor(connection, statement) as cursor:
        if not dates:
            cursor.executemany(statement, map(take, rows))
        else:
            cursor.executemany(statement, (take({**row, **{n: texts.get(row[n]) for n in dates}}) for row in rows))


def _copy(connection: Connection, table: Any, names: list[str], pieces: Iterable[Any], *, binary: bool) -> None:
    from psycopg import sql

    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT {})").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL("BINARY" if binary else "TEXT"),
    )
    driver: Any = connection.connection.driver_connection
    with (
        errors_of_the_house(connection, f"COPY {table.name}"),
        driver.cursor() as cursor,
        cursor.copy(command) as copy,
    ):
        if not binary:
            for row in pieces:
                copy.write_row(row)
            return
        copy.write(_SIGNATURE)
        for piece in pieces:
            copy.write(piece)
        copy.write(_END)


def _for_driver(connection: Connection, statement: Insert | Update, names: list[str] | None) -> tuple[str, list[str]]:
    """The text of a statement with question marks, and which parameter each of them stands for."""
    compiled: Any = statement.compile(dialect=connection.dialect, column_keys=names)
    return str(compiled), list(compiled.positiontup)


@contextmanager
def _cursor(connection: Connection, statement: str) -> Iterator[Any]:
    """The driver's own cursor, for `statement`."""
    with errors_of_the_house(connection, statement), closing(connection.connection.cursor()) as cursor:
        yield cursor


@contextmanager
def errors_of_the_house(connection: Connection, statement: str) -> Iterator[None]:
    """Errors of the driver as SQLAlchemy gives them, so that callers know one family only. Values stay out of the text.

    Raises:
        sqlalchemy.exc.DBAPIError: what the driver raised.
    """
    dialect: Dialect = connection.dialect
    driver: Any = dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(
            statement,
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=dialect.is_disconnect(error, connection.connection.dbapi_connection, None),
            dialect=dialect,
        ) from error


def _binary(columns: Sequence[Array]) -> bytes:
    """Rows in PostgreSQL's binary format: the number of fields, then length and bytes of each, big endian."""
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for place, values in enumerate(columns):
        layout += [(f"length{place}", ">i4"), (f"value{place}", ">f8" if values.dtype.kind == "f" else ">i4")]
    rows = np.empty(len(columns[0]), dtype=layout)
    rows["fields"] = len(columns)
    kept = np.ones((len(rows), rows.dtype.itemsize), dtype=bool)
    assert rows.dtype.fields is not None
    for place, values in enumerate(columns):
        name = f"value{place}"
        is_float = values.dtype.kind == "f"
        rows[f"length{place}"] = 8 if is_float else 4
        rows[name] = (values.astype("datetime64[D]") - _EPOCH).astype(np.int64) if values.dtype.kind == "M" else values
        if is_float and (missing := np.isnan(values)).any():
            start = rows.dtype.fields[name][1]
            rows[f"length{place}"][missing] = -1  # NULL has a length and no bytes
            kept[missing, start : start + 8] = False
    raw = rows.view(np.uint8).reshape(kept.shape)
    return raw.tobytes() if kept.all() else raw[kept].tobytes()


def _tuples(columns: Columns, order: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(_plain(columns[name]) for name in order), strict=True)


def _plain(values: Array) -> list[Any]:
    """As SQLite takes them: dates as ISO text; NaN stays, for SQLite stores it as NULL."""
    if values.dtype.kind == "M":
        known, place = np.unique(values, return_inverse=True)
        texts = np.datetime_as_string(known, unit="D").tolist()
        return [texts[at] for at in place.tolist()]
    found: list[Any] = values.tolist()
    return found
