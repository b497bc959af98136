"""The door to published cells: the answer of walking over every cell, joins only with a part of them, and plain columns."""

from collections.abc import Collection, Iterator

import pandas as pd
import pytest
from sqlalchemy import Engine, select, update

from core.calendar import WEEK
from core.privacy.tables import PublishedCell
from core.privacy.trends import trends_of_units
from core.privacy.views import COLUMNS, measures_with_data, published
from tests.core.overview.cells import COMPANY, JOINS, LAST, WEEKS, publish


@pytest.fixture
def units(engine: Engine) -> Iterator[dict[str, int]]:
    """A company on record: path -> id. One cell of the newest week of Co/A/One has been replaced."""
    ids = publish(engine, COMPANY, joins=JOINS)
    with engine.begin() as connection:
        old = (PublishedCell.unit_id == ids["Co/A/One"]) & (PublishedCell.period == LAST)
        connection.execute(
            update(PublishedCell).where(old, PublishedCell.measure == "utilisation").values(current=False)
        )
    yield ids


def by_hand(engine: Engine, measure: str, units: Collection[int], weeks: int) -> list[tuple[object, ...]]:
    """The same question answered by walking over every cell there is."""
    first = LAST - (weeks - 1) * WEEK
    with engine.connect() as connection:
        every = connection.execute(select(*(getattr(PublishedCell, name) for name in COLUMNS), PublishedCell.measure,
                                          PublishedCell.current)).all()  # fmt: skip
    there = [row for row in every if row.measure == measure and row.current and first <= row.period <= LAST]
    own = [row for row in there if row.unit_id in units and row.kind != "join"]
    joins = {row.shown_with for row in own if row.shown_with and row.shown_with.startswith("join:")}
    found = [*own, *(row for row in there if row.cell_id in joins)]
    return [tuple(row)[: len(COLUMNS)] for row in sorted(found, key=lambda row: (row.cell_id, row.period))]


def rows_of(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """The rows of a frame, None where there is no number."""
    return [tuple(None if pd.isna(value) else value for value in row) for row in frame.itertuples(index=False)]


@pytest.mark.parametrize("asked", [("Co",), ("Co/B/Four",), ("Co/A", "Co/A/One", "Co/A/Two"), ()])
def test_cells_are_those_of_walking_over_everything(
    engine: Engine, units: dict[str, int], asked: tuple[str, ...]
) -> None:
    """By their units, as a frame and as rows: replaced cells and other joins stay out."""
    wanted = {units[path] for path in asked}
    with engine.connect() as connection:
        found = published(connection, "workload", "utilisation", wanted, WEEKS[-8], LAST + WEEK)
        rows = trends_of_units(connection, "workload", "utilisation", wanted, WEEKS[-8], LAST + WEEK)

    assert rows_of(found) == by_hand(engine, "utilisation", wanted, 8)
    assert list(found.columns) == list(COLUMNS)
    assert [(row.cell_id, row.period, row.value) for row in rows] == [
        (row[2], row[1], row[7]) for row in by_hand(engine, "utilisation", wanted, 8)
    ]


def test_a_join_comes_with_a_part_of_it_and_never_without(engine: Engine, units: dict[str, int]) -> None:
    """Who sees Four sees what Four and Five show together; who sees Three beside them does not."""
    with engine.connect() as connection:
        with_part, without = (
            published(connection, "workload", "utilisation", {units[path]}, WEEKS[0], LAST + WEEK)
            for path in ("Co/B/Four", "Co/B/Three")
        )

    assert set(with_part["kind"]) == {"unit", "join"}
    assert set(without["kind"]) == {"unit"}


def test_numbers_are_floats_and_texts_stay_what_they_are(engine: Engine, units: dict[str, int]) -> None:
    """Three columns of floats, none made of text, also where nothing was found."""
    with engine.connect() as connection:
        frames = [
            published(connection, "workload", "utilisation", wanted, WEEKS[0], LAST + WEEK)
            for wanted in (set(units.values()), set())
        ]

    for frame in frames:
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
            name: "float64" if name in ("value", "low", "high") else "object" for name in COLUMNS
        }
    assert (len(frames[0]) > 0, len(frames[1])) == (True, 0)


@pytest.mark.parametrize("first_asked", [1, 2, 50])
def test_measures_with_data_are_those_of_a_current_cell_in_scope(
    engine: Engine, units: dict[str, int], first_asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each unit, and for all: the measures of its own cells, hidden ones too; nothing for no unit and for another area.

    However many units are asked before the others.
    """
    monkeypatch.setattr("core.privacy.views._FIRST_ASKED", first_asked)
    with engine.connect() as connection:
        cells = connection.execute(
            select(PublishedCell.unit_id, PublishedCell.measure).where(PublishedCell.current)
        ).all()
        for wanted in (*({unit} for unit in units.values()), set(units.values()), set()):
            found = measures_with_data(connection, "workload", wanted)
            assert found == {measure for unit, measure in cells if unit in wanted}
        assert measures_with_data(connection, "pulse", set(units.values())) == set()
