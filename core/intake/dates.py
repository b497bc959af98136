"""Dates as people write them, as year-month-day. Whether the day or the month comes first is decided once for a file.

When some cell can only be read one way, that is the order of the file. When none can, somebody has to say it; when two cells
contradict each other, the file is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from core.delivery import FIRST_YEAR, LAST_YEAR, Finding, ImportOptions

Order = Literal["day", "month"]
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 73_415  # 1927 to 2100; smaller numbers are more likely years or hours
_TIME = (
    r"(?:[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?)(?P<zone> ?(?:Z|[+-]\d{2}:?\d{2}))?)?"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})" + _TIME, re.ASCII)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
_EITHER = re.compile(
    r"(?P<first>\d{1,2})(?P<sign>[-/.]) ?(?P<second>\d{1,2})(?P=sign) ?(?P<year>\d{4})" + _TIME, re.ASCII
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})\.?(?:[-/. ]| de )*(?P<name>[^\W\d_]{3,12})\.?(?:[-/., ]| de )*(?P<year>\d{4})" + _TIME
)
_NAME_FIRST = re.compile(r"(?P<name>[^\W\d_]{3,12})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})" + _TIME)
_LONGEST = 60  # characters of any date with its time
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_MIDNIGHT = re.compile(r"(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00(?:\.0+)?)? ?[Aa]\.?[Mm]\.?)", re.ASCII)
# Beginnings that tell a month in English, German, French, Spanish, Dutch, Italian and Portuguese.
_MONTHS = {
    1: "jan jän ene gen", 2: "feb fév fev", 3: "mar mär maa mrt mrz", 4: "apr avr abr", 5: "may mai mei mag maj",
    6: "jun juin giu", 7: "jul juil lug", 8: "aug aoû aou ago", 9: "sep set", 10: "oct okt ott out", 11: "nov",
    12: "dec dez déc dic",
}  # fmt: skip
_BY_BEGINNING = {beginning: month for month, names in _MONTHS.items() for beginning in names.split()}


@dataclass(frozen=True)
class Reading:
    """A date cell. iso: year-month-day, None when it is no date. timed: a time of day was left out. either: the text of a
    date whose order has to be known (`31/01/2026`). serial: the number of a day, as workbooks count them."""

    iso: str | None
    timed: bool = False
    either: bool = False
    serial: bool = False


def read_date(text: str, order: Order | None, epoch: datetime | None = None) -> Reading:
    """The date that the text writes. `epoch`: the day from which a workbook counts, so that bare numbers are dates too.

    A time of midnight belongs to a date; another is left out, unless it has a zone, where the day is another one elsewhere.
    """
    text = text if len(text) <= _LONGEST else ""
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is not None:
        return _reading(match, int(match["month"]), int(match["day"]))
    match = _EITHER.fullmatch(text)
    if match is not None:
        first, second = int(match["first"]), int(match["second"])
        month, day_of_month = (first, second) if order == "month" else (second, first)
        if order is None and first != second:
            return Reading(None, either=True)
        found = _reading(match, month, day_of_month)
        return Reading(found.iso, found.timed, either=first != second)
    match = _NAMED.fullmatch(text) or _NAME_FIRST.fullmatch(text)
    if match is not None:
        return _reading(match, _month(match["name"]), int(match["day"]))
    match = _SERIAL.fullmatch(text) if epoch is not None else None
    if match is not None and epoch is not None and _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return Reading((epoch + timedelta(days=int(match[1]))).date().isoformat(), timed=bool(match[2]), serial=True)
    return Reading(None)


def _reading(match: re.Match[str], month: int, day_of_month: int) -> Reading:
    parts = match.groupdict()
    time, zone = parts.get("time"), parts.get("zone")
    midnight = time is None or _MIDNIGHT.fullmatch(time) is not None
    if zone and (not midnight or zone.strip() not in ("Z", "+00:00", "+0000")):
        return Reading(None)
    return Reading(_iso(int(match["year"]), month, day_of_month), timed=not midnight)


def _iso(year: int, month: int, day_of_month: int) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day_of_month).isoformat()
    except ValueError:
        return None


def _month(name: str) -> int:
    """1 to 12, or 0 for a word that names no month."""
    name = name.casefold()
    return _BY_BEGINNING.get(name[:4]) or _BY_BEGINNING.get(name[:3]) or 0


@dataclass(frozen=True)
class Cell:
    """A date cell and where it stands."""

    row: int
    column: str
    text: str


class Orders:
    """What the cells of a file say about the order of day and month."""

    def __init__(self) -> None:
        self._only: dict[Order, Cell] = {}
        self._undecided: Cell | None = None

    @property
    def seen(self) -> bool:
        """Whether there is a cell for which the order matters."""
        return bool(self._only) or self._undecided is not None

    def add(self, cells: Iterable[Cell]) -> None:
        """Take in cells, in the order of the file."""
        for cell in cells:
            match = _EITHER.fullmatch(cell.text)
            if match is None or match["first"] == match["second"]:
                continue
            as_day = read_date(cell.text, "day").iso is not None
            as_month = read_date(cell.text, "month").iso is not None
            if as_day and as_month:
                self._undecided = self._undecided or cell
            elif as_day or as_month:
                self._only.setdefault("day" if as_day else "month", cell)

    def decided(self, options: ImportOptions) -> tuple[Order | None, list[Finding], list[str]]:
        """The order, what stands against one, and a remark that says how it was decided."""
        if options.dayfirst or options.monthfirst:
            order: Order = "day" if options.dayfirst else "month"
            other: Order = "month" if options.dayfirst else "day"
            against = self._only.get(other)
            if against is not None:
                return (
                    None,
                    [
                        Finding(
                            against.row,
                            against.column,
                            against.text,
                            f"This date can only be read {other} first, but {order} first was asked for.",
                            f"Say --{other}first in place of --{order}first, or write dates as year-month-day: 2026-03-09.",
                        )
                    ],
                    [],
                )
            return order, [], [f"Dates such as 09/03/2026 were read {order} first, as asked."]
        day_cell, month_cell = self._only.get("day"), self._only.get("month")
        if day_cell and month_cell:
            earlier, later = sorted((day_cell, month_cell), key=lambda cell: cell.row)
            said = {day_cell: "day", month_cell: "month"}
            return (
                None,
                [
                    Finding(
                        later.row,
                        later.column,
                        later.text,
                        f"Dates contradict each other: '{earlier.text}' in row {earlier.row} has the {said[earlier]} first, "
                        f"'{later.text}' in row {later.row} the {said[later]}.",
                        "Write all dates of the file in one order, best as year-month-day: 2026-03-09.",
                    )
                ],
                [],
            )
        if day_cell or month_cell:
            order = "day" if day_cell else "month"
            cell = self._only[order]
            return (
                order,
                [],
                [
                    f"Dates such as 09/03/2026 were read {order} first: '{cell.text}' in row {cell.row} has no other reading."
                ],
            )
        if self._undecided is None:
            return "day", [], []  # no cell in which it would matter
        cell = self._undecided
        return (
            None,
            [
                Finding(
                    cell.row,
                    cell.column,
                    cell.text,
                    "This is not a date that can be read for certain: it may be day first or month first, and no date of the "
                    "file shows which.",
                    "Say it with --dayfirst or --monthfirst, or write dates as year-month-day, for example 2026-03-09.",
                )
            ],
            [],
        )
