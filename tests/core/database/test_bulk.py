"""Many rows at once: what is written comes back bit by bit, on both databases, and errors are those of SQLAlchemy."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Date, Double, Engine, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.database.bulk import _binary, stage_arrays, update_arrays, write_arrays, write_rows

FACTS = Table(
    "bulk_facts",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("week", Date, primary_key=True),
    Column("hours", Double),
    Column("rest", Double),
)
TEXTS = Table(
    "bulk_texts",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("text", String(50)),
    Column("day", Date),
)
NUMBERS = np.array([3, 1, 2])
WEEKS = np.array(["2026-01-05", "1970-01-05", "2199-12-30"], dtype="datetime64[D]")
HOURS = np.array([1 / 3, math.pi, np.nan])
REST = np.array([np.nan, 0.0, 1e-300])


@pytest.fixture
def made(engine: Engine) -> Engine:
    """A database with two tables more."""
    FACTS.create(engine)
    TEXTS.create(engine)
    return engine


def columns(start: int, end: int) -> dict[str, np.ndarray]:
    """A range of the rows."""
    found = {"rest": REST, "hours": HOURS, "number": NUMBERS, "week": WEEKS}
    return {name: values[start:end] for name, values in found.items()}


EXPECTED = [
    (1, date(1970, 1, 5), math.pi, 0.0),
    (2, date(2199, 12, 30), None, 1e-300),
    (3, date(2026, 1, 5), 1 / 3, None),
]


def stored(engine: Engine) -> list[tuple[object, ...]]:
    """All rows in order."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(FACTS).order_by(FACTS.c.number))]


def test_arrays_come_back_bit_by_bit_and_nan_is_null(made: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirds, the smallest numbers, days before and after the epoch of either database; in several pieces and statements."""
    monkeypatch.setattr("core.database.bulk.CHUNK", 2)
    monkeypatch.setattr("core.database.bulk.COPIED", 2)
    with made.begin() as connection:
        write_arrays(connection, insert(FACTS), 3, columns)

    assert stored(made) == EXPECTED


def test_rows_put_aside_are_inserted_from_there(made: Engine) -> None:
    """Also twice on one connection, after a load that was given up."""
    if made.dialect.name != "sqlite":
        with made.begin() as connection:
            write_arrays(connection, insert(FACTS), 3, columns)
    else:
        with made.connect() as connection:
            stage_arrays(connection, FACTS, 3, columns)
            connection.rollback()
            staged = stage_arrays(connection, FACTS, 3, columns)
            connection.execute(insert(FACTS).from_select(list(staged.c.keys()), select(staged)))
            staged.drop(connection)
            connection.commit()

    assert stored(made) == EXPECTED


def test_an_update_changes_the_rows_that_are_named_and_no_others(made: Engine) -> None:
    """Values become other values and nothing."""
    with made.begin() as connection:
        write_arrays(connection, insert(FACTS), 3, columns)
        given = {"number": NUMBERS[:2], "week": WEEKS[:2], "hours": np.array([np.nan, 7.5])}
        update_arrays(connection, update(FACTS), ("number", "week"), given)

    assert stored(made) == [(1, date(1970, 1, 5), 7.5, 0.0), EXPECTED[1], (3, date(2026, 1, 5), None, None)]


def test_rows_of_text_survive_tabs_line_breaks_and_backslashes(made: Engine) -> None:
    """What COPY would read as a separator, an end or a missing value is text."""
    texts = ["a\tb", "a\nb", "\\N", "\\.", "", None, "ä–ß"]
    rows = [{"text": text, "number": at, "day": date(2026, 3, 9) if at % 2 else None} for at, text in enumerate(texts)]
    with made.begin() as connection:
        write_rows(connection, insert(TEXTS), rows)
        write_rows(connection, insert(TEXTS), [])

    with made.connect() as connection:
        found = [row._asdict() for row in connection.execute(select(TEXTS).order_by(TEXTS.c.number))]
    assert found == [{"number": row["number"], "text": row["text"], "day": row["day"]} for row in rows]


def test_a_doubled_key_is_the_error_that_sqlalchemy_gives_and_tells_no_value(made: Engine) -> None:
    """Nothing of the transaction stays."""
    with pytest.raises(IntegrityError) as refused, made.begin() as connection:
        write_arrays(connection, insert(FACTS), 3, columns)
        write_arrays(connection, insert(FACTS), 3, columns)

    assert "3.14" not in str(refused.value)
    assert stored(made) == []


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=20))
def test_the_binary_format_is_what_its_definition_says(values: list[float]) -> None:
    """Against a writer that goes value by value."""
    import struct

    expected = b"".join(
        struct.pack(">hii", 2, 4, at) + (struct.pack(">i", -1) if math.isnan(value) else struct.pack(">id", 8, value))
        for at, value in enumerate(values)
    )

    assert _binary([np.arange(len(values)), np.array(values)]) == expected
