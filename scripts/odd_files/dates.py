"""Dates as people write them: orders, serial numbers, times, and days that do not exist."""

from scripts.odd_files.entry import PEOPLE, VIVA, Accepted, Case, OddFile, Refused, Stored, odd, text, weeks
from scripts.odd_files.workbook import Cell, book, sheet

_HEADER = "person_id,week,worked"
_SERIAL_16_MARCH = 46097  # days since 1899-12-30


def _weeks(*dates: str) -> bytes:
    """Weeks of P0017 with these dates; the hours count up from 30."""
    return weeks(*(f"P0017,{day},{30 + place}" for place, day in enumerate(dates)), header=_HEADER)


def _stored(*days: str) -> Stored:
    return {f"P0017 {day}": {"worked": 30.0 + place} for place, day in enumerate(days)}


def _read(*days: str, note: str = "") -> Accepted:
    return Accepted(len(days), _stored(*days), (note,) if note else ())


_EITHER = _weeks("04/05/2026", "11/05/2026")
_BY_CELLS: tuple[tuple[Cell, ...], ...] = (("person_id", "week", "worked"), ("P0017", _SERIAL_16_MARCH, 30))

FILES: tuple[OddFile, ...] = (
    odd("iso-with-time.csv", "Days with midnight behind them.", _weeks("2026-03-16T00:00:00"), _read("2026-03-16")),
    odd(
        "iso-with-blank-time.csv",
        "Days with midnight behind a blank, as databases write them.",
        _weeks("2026-03-16 00:00:00.000"),
        _read("2026-03-16"),
    ),
    odd(
        "day-first.csv",
        "Day, month, year; one row can only be read this way, and so all are.",
        _weeks("16/03/2026", "04/05/2026"),
        _read("2026-03-16", "2026-05-04", note="day first"),
    ),
    odd(
        "month-first.csv",
        "Month, day, year; one row can only be read this way, and so all are.",
        _weeks("03/16/2026", "05/04/2026"),
        _read("2026-03-16", "2026-05-04", note="month first"),
    ),
    odd(
        "points.csv",
        "Day, month, year with points, without zeros.",
        _weeks("16.3.2026"),
        _read("2026-03-16", note="day first"),
    ),
    odd("month-by-name.csv", "The month as three letters.", _weeks("16-Mar-2026"), _read("2026-03-16")),
    OddFile(
        "either-order.csv",
        "Every date could be either of two days.",
        _EITHER,
        (
            Case(Refused(2, "day first or month first", "--dayfirst or --monthfirst", "week", "04/05/2026")),
            Case(_read("2026-05-04", "2026-05-11", note="day first"), options={"dayfirst": True}),
            Case(Refused(2, "not a Monday", "2026-03-30", "week", "04/05/2026", count=2), options={"monthfirst": True}),
        ),
    ),
    odd(
        "both-orders.csv",
        "Row 2 can only be day first, row 3 only month first.",
        _weeks("16/03/2026", "03/23/2026"),
        Refused(3, "in row 2 has the day first", "in one order", "week", "03/23/2026"),
    ),
    odd(
        "both-orders-in-two-columns.csv",
        "One column is day first, another month first; a file has one order.",
        text("id,unit,hired,left", "P0101,Northwind/Ops,16/03/2023,03/16/2026"),
        Refused(2, "in row 2 has the day first", "in one order", "left", "03/16/2026"),
        PEOPLE,
    ),
    odd(
        "order-across-columns.csv",
        "The day of hire could be either day; the last day, in another column, tells the order.",
        text("id,unit,hired,left", "P0101,Northwind/Ops,02/03/2023,28/02/2026"),
        Accepted(1, {"P0101": {"hired": "2023-03-02", "left": "2026-02-28"}}, ("day first",)),
        PEOPLE,
    ),
    odd(
        "wrong-order-said.csv",
        "The person who imports says month first, and the file is not.",
        _weeks("16/03/2026"),
        Refused(2, "month first was asked for", "--dayfirst", "week", "16/03/2026"),
        monthfirst=True,
    ),
    odd(
        "two-digit-years.csv",
        "The year has two digits.",
        _weeks("16.03.26"),
        Refused(2, "two digits", "four digits", "week", "16.03.26"),
    ),
    odd(
        "thirtieth-of-february.csv",
        "A day that does not exist, day first.",
        text("id,unit,hired", "P0101,Northwind/Ops,30.02.2024", "P0102,Northwind/Ops,28.02.2024"),
        Refused(2, "not a date", "year-month-day", "hired", "30.02.2024"),
        PEOPLE,
    ),
    odd(
        "serial-in-text.csv",
        "A day as Excel's serial number, in a text file, where it is only a number.",
        _weeks(str(_SERIAL_16_MARCH)),
        Refused(2, "not a date", "year-month-day", "week", "46097"),
    ),
    odd(
        "week-number.csv",
        "The week by its ISO number.",
        _weeks("2026-W12"),
        Refused(2, "not a date", "year-month-day", "week", "2026-W12"),
    ),
    odd(
        "date-without-signs.csv",
        "Year, month and day without anything between, which ISO 8601 knows as its basic format.",
        _weeks("20260316"),
        _read("2026-03-16"),
    ),
    odd(
        "wrong-century.csv",
        "A slip in the year.",
        _weeks("0206-03-16", "2226-03-17"),
        Refused(2, "years 1900 to 2100", "year-month-day", "week", "0206-03-16", count=2),
    ),
    odd(
        "wednesdays.csv",
        "Weeks named by their Wednesday, day first.",
        _weeks("18/03/2026"),
        Refused(2, "not a Monday", "2026-03-16", "week", "18/03/2026"),
    ),
    odd(
        "viva-month-first.csv",
        "A person query after a visit to an American Excel.",
        text("PersonId,MetricDate,Organization,Collaboration_hours", "a1,3/15/2026,Legal,12.5"),
        Accepted(1, {"a1 2026-03-16": {"collaboration": 12.5}}, ("month first",)),
        VIVA,
        company="Northwind",
    ),
    odd(
        "serial-dates.xlsx",
        "The column of weeks lost its date format, so that a worksheet shows 46097.",
        book(sheet("Hours", *_BY_CELLS)),
        _read("2026-03-16", note="serial numbers"),
    ),
    odd(
        "serial-1904.xlsx",
        "The same in a workbook of an old Mac, whose days count from 1904.",
        book(sheet("Hours", _BY_CELLS[0], ("P0017", _SERIAL_16_MARCH - 1462, 30)), epoch_1904=True),
        _read("2026-03-16", note="serial numbers"),
    ),
    odd(
        "serial-with-time.xlsx",
        "A serial number with a time of day in a column of days.",
        book(sheet("Hours", _BY_CELLS[0], ("P0017", _SERIAL_16_MARCH + 0.375, 30))),
        Accepted(1, _stored("2026-03-16"), ("time of day", "serial numbers")),
    ),
)
