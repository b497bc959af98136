"""Dates as people write them: what each way means, and how the order of day and month is decided for a file."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from core.delivery import ImportOptions
from core.intake.dates import Cell, Orders, read_date
from core.intake.imports import ImportRefused
from core.people.tables import EmploymentSpell
from tests.core.intake.content import bring_in, people_file, rows_of

EXCEL = datetime(1899, 12, 30)  # noqa: DTZ001  # days of a workbook have no zone
HEADER = "id,unit,hired,left"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-09", "2026-03-09"),
        ("2026-03-09T00:00:00Z", "2026-03-09"),
        ("2026-03-09 09:30", "2026-03-09"),
        ("2026/3/9", "2026-03-09"),
        ("20260309", "2026-03-09"),
        ("9.3.2026", "2026-03-09"),
        ("09/03/2026 00:00:00", "2026-03-09"),
        ("09-Mar-2026", "2026-03-09"),
        ("9. März 2026", "2026-03-09"),
        ("9 mars 2026", "2026-03-09"),
        ("9 de marzo de 2026", "2026-03-09"),
        ("9 maart 2026", "2026-03-09"),
        ("March 9, 2026", "2026-03-09"),
        ("30/02/2026", None),
        ("09.03.26", None),
        ("9 Smarch 2026", None),
        ("2026-03-09T23:30:00Z", None),
        ("2026-03-09T00:00:00+02:00", None),
        ("46090", None),
        ("1.13.1899", None),
        ("", None),
        ("9" * 100_000, None),
    ],
)
def test_a_way_of_writing_a_date_means_one_day_or_none(text: str, meant: str | None) -> None:
    """Day first, in a text file: seven languages, ISO with a time; a moment elsewhere or two digits of a year mean nothing."""
    assert read_date(text, "day").iso == meant


def test_bare_numbers_are_days_in_a_workbook_only() -> None:
    """46090 is the 9th of March 2026 by Excel's count; a year or a small number is none."""
    assert read_date("46090", None, EXCEL).iso == "2026-03-09"
    assert read_date("46090", None).iso is None
    assert read_date("2026", None, EXCEL).iso is None


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.sampled_from(["/", ".", "-"]))
def test_a_date_written_in_an_order_is_read_in_that_order(value: date, sign: str) -> None:
    """Both orders give the day back; without an order only days with equal numbers are certain."""
    day_first, month_first = value.strftime(f"%d{sign}%m{sign}%Y"), value.strftime(f"%m{sign}%d{sign}%Y")

    assert read_date(day_first, "day").iso == read_date(month_first, "month").iso == value.isoformat()
    assert (read_date(day_first, None).iso is not None) == (value.day == value.month)


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 12)), min_size=1, max_size=12))
def test_the_order_is_decided_by_whichever_cell_has_only_one_reading(written: list[tuple[int, int]]) -> None:
    """Compared with trying both orders on every cell."""
    texts = [f"{first:02}/{second:02}/2026" for first, second in written]
    orders = Orders()
    orders.add(Cell(row, "hired", text) for row, text in enumerate(texts, start=2))

    order, findings, notes = orders.decided(ImportOptions())

    surely_day_first = any(first > 12 for first, _ in written)
    matters = any(first != second for first, second in written)
    if surely_day_first:
        assert (order, findings) == ("day", [])
        assert "day first" in notes[0]
    elif matters:
        assert order is None
        assert "--dayfirst or --monthfirst" in findings[0].remedy
    else:
        assert (order, findings, notes) == ("day", [], [])


def test_one_certain_cell_decides_for_all_columns_of_the_file(sqlite_engine: Engine, tmp_path: Path) -> None:
    """The last day shows that the month comes first; the day of hire follows, and the summary says so."""
    path = people_file(tmp_path, ["P1,Northwind,01/02/2024,12/31/2024"], HEADER)

    summary = bring_in(sqlite_engine, "people", path)

    assert rows_of(sqlite_engine, select(EmploymentSpell.hired)) == [(date(2024, 1, 2),)]
    assert "month first" in summary.notes[0]
    assert "12/31/2024" in summary.notes[0]


def test_a_file_without_a_certain_cell_asks_and_takes_the_answer(sqlite_engine: Engine, tmp_path: Path) -> None:
    """One finding at the first such cell; either answer loads the file with its own day."""
    path = people_file(
        tmp_path, ["P1,Northwind,2024-01-08,", "P2,Northwind,01/02/2024,", "P3,Northwind,03/04/2024,"], HEADER
    )
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "people", path)
    assert [(each.row, each.column) for each in refusal.value.problems] == [(3, "hired")]

    for options, day in (
        (ImportOptions(dayfirst=True), date(2024, 2, 1)),
        (ImportOptions(monthfirst=True), date(2024, 1, 2)),
    ):
        bring_in(sqlite_engine, "people", path, options=options)
        assert (day,) in rows_of(sqlite_engine, select(EmploymentSpell.hired))


def test_a_problem_shows_the_date_as_it_stands_in_the_file(sqlite_engine: Engine, tmp_path: Path) -> None:
    """The week is no Monday; the value is not the one that it was read as."""
    path = people_file(tmp_path, ["P1,18.03.2026,40"], "person_id,week,worked", "weeks.csv")
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "person-weeks", path)
    first = refusal.value.problems[0]
    assert (first.value, "2026-03-16" in first.remedy) == ("18.03.2026", True)
