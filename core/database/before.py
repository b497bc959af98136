"""What a transaction changes in some tables: copied before, compared after, and put back later, row by row.

    before = Before(connection, (Part(Person.__table__), Part(PersonWeek.__table__, PersonWeek.week >= first)))
    ...                               # whatever the transaction does
    changes = before.changes()        # old rows and new keys, as plain JSON
    put_back(connection, parts, changes)

The comparison runs in SQL over temporary tables, so that what is unchanged never reaches Python.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.types import Date, DateTime

Changes = dict[str, dict[str, list[list[Any]]]]
_T = TypeVar("_T")
_BATCH = 5_000


@dataclass(frozen=True)
class Part:
    """A table, or the rows of it that `where` selects. Rows must not move in or out of `where` by an update.

    in_place: other tables refer to its rows, so that a changed row is updated and never deleted.
    """

    table: Table
    where: ColumnElement[bool] | None = None
    in_place: bool = False

    @property
    def key(self) -> tuple[Column[Any], ...]:
        """The columns of the primary key."""
        return tuple(self.table.primary_key.columns)


class Before:
    """Copies of some tables as they are now, in temporary tables of this connection; gone with the transaction."""

    def __init__(self, connection: Connection, parts: Sequence[Part]) -> None:
        self._connection = connection
        self._parts = [(part, _copied(connection, part, place)) for place, part in enumerate(parts)]

    def changes(self) -> Changes:
        """By table: `gone` and `changed` hold the old rows in full, `new` the keys of rows that were not there.

        Values are plain JSON (dates as ISO text). The copies are dropped; call it once.
        """
        found: Changes = {}
        for part, copy in self._parts:
            found[part.table.name] = {
                name: [[_written(value) for value in row] for row in self._connection.execute(statement)]
                for name, statement in _comparisons(part, copy).items()
            }
            copy.drop(self._connection)
        return found


def _copied(connection: Connection, part: Part, place: int) -> Table:
    columns = [
        Column(c.name, c.type, primary_key=c.primary_key, autoincrement=False, nullable=c.nullable)
        for c in part.table.columns
    ]
    copy = Table(f"earlier_{place}", MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
    copy.create(connection)
    rows = select(part.table).where(true() if part.where is None else part.where)
    connection.execute(insert(copy).from_select([c.name for c in part.table.columns], rows))
    return copy


def _comparisons(part: Part, copy: Table) -> dict[str, Any]:
    now = part.table
    same = and_(*(copy.c[c.name] == c for c in part.key))
    rest = [c for c in now.columns if not c.primary_key]
    other = or_(*(copy.c[c.name].is_distinct_from(c) for c in rest)) if rest else ~true()
    own = true() if part.where is None else part.where
    return {
        "gone": select(copy).where(~exists(select(1).select_from(now).where(same))),
        "changed": select(copy).join(now, same).where(other),
        "new": select(*part.key).where(own, ~exists(select(1).select_from(copy).where(same))),
    }


def put_back(
    connection: Connection, parts: Iterable[Part], changes: Changes, keep: Mapping[str, Collection[Any]] | None = None
) -> int:
    """Restore what `changes` tell, in the caller's transaction; returns how many rows were put back or taken away.

    parts: tables before those that refer to them. keep: table -> keys (of one column) of new rows that stay.

    Raises:
        OtherwiseNow: a row that should be taken away or put back is not as the change had left it.
    """
    order = list(parts)
    kept = keep or {}
    touched = 0
    for part in reversed(order):
        found = changes[part.table.name]
        stay = set(kept.get(part.table.name, ()))
        gone = [row for row in _read(part.key, found["new"]) if not (len(row) == 1 and row[0] in stay)]
        if not part.in_place:
            gone += [_key_of(part, row) for row in _read(part.table.columns, found["changed"])]
        touched += _taken_away(connection, part, gone)
    for part in order:
        found = changes[part.table.name]
        columns = list(part.table.columns)
        back = _read(columns, found["gone"])
        changed = _read(columns, found["changed"])
        if part.in_place:
            _updated(connection, part, changed)
        else:
            back += changed
        for rows in _batches(back):
            connection.execute(
                insert(part.table), [dict(zip(part.table.columns.keys(), row, strict=True)) for row in rows]
            )
        touched += len(back) + (len(changed) if part.in_place else 0)
    return touched


class OtherwiseNow(Exception):
    """What is in the database is not what the change had left there."""


def _taken_away(connection: Connection, part: Part, keys: list[tuple[Any, ...]]) -> int:
    """Delete the rows with these keys, the newest first; all of them must be there."""
    if not keys:
        return 0
    keys = sorted(keys, reverse=True)
    count = select(func.count()).select_from(part.table)
    before = connection.scalar(count) or 0
    if len(part.key) == 1:
        for batch in _batches(keys):
            connection.execute(delete(part.table).where(part.key[0].in_([key[0] for key in batch])))
    else:
        statement = delete(part.table).where(*(c == bindparam(f"of_{c.name}") for c in part.key))
        names = [f"of_{c.name}" for c in part.key]
        for batch in _batches(keys):
            connection.execute(statement, [dict(zip(names, key, strict=True)) for key in batch])
    if before - (connection.scalar(count) or 0) != len(keys):
        raise OtherwiseNow(f"{part.table.name} has changed since.")
    return len(keys)


def _updated(connection: Connection, part: Part, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    rest = [c for c in part.table.columns if not c.primary_key]
    statement = (
        update(part.table)
        .where(*(c == bindparam(f"of_{c.name}") for c in part.key))
        .values({c.name: bindparam(f"to_{c.name}") for c in rest})
    )
    names = [f"of_{c.name}" if c.primary_key else f"to_{c.name}" for c in part.table.columns]
    for batch in _batches(rows):
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in batch])


def _key_of(part: Part, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value for column, value in zip(part.table.columns, row, strict=True) if column.primary_key)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(columns: Iterable[Any], rows: list[list[Any]]) -> list[tuple[Any, ...]]:
    kinds = [c.type for c in columns]
    return [tuple(_value(kind, value) for kind, value in zip(kinds, row, strict=True)) for row in rows]


def _value(kind: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    own = getattr(kind, "impl", kind)
    if isinstance(own, DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(own, Date) else value


def _batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
