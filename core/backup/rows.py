"""Rows as lines of JSON, the same for SQLite and PostgreSQL: one array a row, values in the order of the columns."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from math import isfinite
from typing import Any

from sqlalchemy import Column, types

Value = Any
_KINDS: tuple[tuple[type[Any], str], ...] = (  # the first that fits: some are kinds of others
    (types.Boolean, "boolean"),
    (types.JSON, "json"),
    (types.LargeBinary, "bytes"),
    (types.DateTime, "instant"),
    (types.Date, "date"),
    (types.Time, "time"),
    (types.Integer, "integer"),
    (types.Float, "number"),
    (types.String, "text"),
)
_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class Unreadable(ValueError):
    """A line is not a row of the table."""


def kind_of(column: Column[Any]) -> str:
    """How the values of a column, reflected from a database, are written.

    Raises:
        TypeError: it has a type that backups do not know.
    """
    for known, name in _KINDS:
        if isinstance(column.type, known):
            return name
    raise TypeError(f"{column}: backups do not know the type {column.type!r}")


def _instant_out(value: datetime) -> str:
    """In UTC; SQLite hands out naive values, which are UTC already."""
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


def _number_out(value: float) -> float | str:
    number = float(value)
    return number if isfinite(number) else {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(number)]


_OUT: dict[str, Callable[[Any], Value]] = {  # the other kinds are written as they are
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
    "instant": _instant_out,
    "date": date.isoformat,
    "time": time.isoformat,
}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def line_of(row: Sequence[Value], kinds: Sequence[str]) -> bytes:
    """A row as one line. None stays None; a JSON column that holds null is None as well."""
    values = list(row)
    for at, kind in enumerate(kinds):
        if kind in _OUT and values[at] is not None:
            values[at] = _OUT[kind](values[at])
    try:
        return _ENCODER.encode(values).encode() + b"\n"
    except ValueError:  # a number that JSON has no word for
        plain = [
            _number_out(v) if kind == "number" and v is not None else v for v, kind in zip(values, kinds, strict=True)
        ]
        return _ENCODER.encode(plain).encode() + b"\n"


def _instant_in(value: Value) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found.astimezone(UTC)


def _number_in(value: Value) -> float:
    if isinstance(value, str):
        return _NUMBERS[value]
    return float(_plain(value, int, float))


def _plain(value: Value, *allowed: type) -> Value:
    if type(value) not in allowed:
        raise ValueError(value)
    return value


_IN: dict[str, Callable[[Value], Any]] = {
    "boolean": lambda value: _plain(value, bool),
    "json": lambda value: value,
    "bytes": lambda value: base64.b64decode(_plain(value, str), validate=True),
    "instant": _instant_in,
    "date": lambda value: date.fromisoformat(_plain(value, str)),
    "time": lambda value: time.fromisoformat(_plain(value, str)),
    "integer": lambda value: _plain(value, int),
    "number": _number_in,
    "text": lambda value: _plain(value, str),
}


def row_of(line: bytes, kinds: Sequence[str]) -> list[Value]:
    """The inverse of `line_of`: instants are aware and in UTC.

    Raises:
        Unreadable: it is not such a line.
    """
    try:
        values = json.loads(line)
        if type(values) is not list:
            raise ValueError(values)
        return [None if value is None else _IN[kind](value) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError, OverflowError) as wrong:
        raise Unreadable(f"not a row: {str(wrong)[:80]}") from None


def known_kinds(kinds: Iterable[str]) -> bool:
    """Whether all of them can be read."""
    return set(kinds) <= _IN.keys()
