"""The words in which areas declare the files they take in: columns, rules for cells, findings, plans.

Areas declare (`core.<area>.imports`), `core.intake` reads. A cell is text as it stands in the file, or None when blank.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sqlalchemy import Connection

HOURS_IN_A_WEEK = 168.0
FIRST_YEAR, LAST_YEAR = 1900, 2100
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]00:00(:00(\.0+)?)?Z?)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # also signs that turn the direction of text


@dataclass(frozen=True)
class Finding:
    """Something that stops an import. `row` is the line as a spreadsheet counts it (header = 1); None: the whole file."""

    row: int | None
    column: str
    value: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """A check of single cells, run once for each distinct text and never for a blank.

    A cell gets one finding: that of the first rule of its column which it breaks.

    holds: True when the text is fine. problem: what is wrong. remedy: what to do, or a function of the text that says it.
    """

    name: str
    holds: Callable[[str], bool]
    problem: str
    remedy: str | Callable[[str], str]

    def remedy_for(self, text: str) -> str:
        """What to do about the cell with this text."""
        return self.remedy if isinstance(self.remedy, str) else self.remedy(text)


@dataclass(frozen=True)
class Column:
    """A column of a kind.

    name: as templates write it; case, blanks, underscores and hyphens do not matter, nor does a name among `synonyms`.
    format: text, date, week, hours or number. required: the column must be there and no cell may be blank.
    refused: what is refused, in words, for the documentation. when_missing: remedy when a required column is not there.
    """

    name: str
    format: str
    meaning: str
    example: str
    required: bool = False
    synonyms: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    refused: str = ""
    when_missing: str = ""

    @property
    def is_number(self) -> bool:
        """Whether cells are numbers, so that a decimal comma may stand in them."""
        return self.format in ("hours", "number")


@dataclass(frozen=True)
class ImportOptions:
    """What the person who imports may say.

    unit_columns: columns of a Viva person query that name the unit, from the top down. company: the unit above them.
    columns: (name in the file, name in the kind) for columns that are called otherwise.
    dayfirst, monthfirst: how dates such as 09/03/2026 are read; with neither, the file has to show it.
    sheet: the worksheet of a workbook. delimiter: the sign between columns of a text file; None: found out.
    decimal: "comma" or "point"; None: found out. notes: remarks that go into the summary of the import.
    day: the day of the import, after which nothing in a calendar has taken place yet; None: not told.
    """

    unit_columns: tuple[str, ...] = ()
    company: str = "Company"
    columns: tuple[tuple[str, str], ...] = ()
    dayfirst: bool = False
    monthfirst: bool = False
    sheet: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    notes: tuple[str, ...] = ()
    day: date | None = None
    actor: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Counts:
    """What a plan does. `loaded + replaced + unchanged` is the number of rows that were read.

    removed: rows that were stored and are not any more. people, units: how many the rows name or belong to.
    weeks: the weeks of the file, sorted.
    """

    loaded: int
    replaced: int
    unchanged: int
    removed: int
    people: int
    units: int
    weeks: tuple[date, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """What a load has changed: weeks with other facts, and persons (ids) whose assignments are others now.

    notes: remarks on what is on record now, for the summary.
    """

    weeks: frozenset[date] = frozenset()
    reassigned: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Affected:
    """Weeks that a delivery changed, and those that its rows name, whether they brought anything new or not."""

    changed: frozenset[date] = frozenset()
    named: frozenset[date] = frozenset()


class Plan(Protocol):
    """A checked change, ready to be written in one short transaction."""

    @property
    def counts(self) -> Counts:
        """What the plan does."""

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""

    def prepare(self, connection: Connection) -> None:
        """Get ready on the connection that is going to load, before it takes the writer's lock."""

    def load(self, connection: Connection) -> Loaded:
        """Write it, in the caller's transaction."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file that an area takes in.

    title: what screens call it. replaces: what of the record a file of this kind takes the place of, in a sentence.
    one_of: columns of which at least one must be there. rows: rules over several cells or rows, in words.
    template: file in data/templates, or '' when the file comes from a tool.
    columns_for: the columns to be read from a file with this header under these options (default: `columns`).
    refuse_header: findings about the header beyond missing and doubled columns.
    reason: why a column of the file that is not read is ignored.
    read: (text frame, options) -> (typed frame, findings inside rows); both frames are indexed by row number, the text
        frame has the columns that the file has. Cells of text columns are str or None (object); those of date and number
        columns are categorical text, so that `parsed`, `days` and `numbers` look at each distinct text once; dates are
        year-month-day and decimals have a point by then. Cells that broke a rule must be tolerated.
    examine: (connection, typed frame of the whole file, options) -> (findings over rows and the database, plan);
        the plan is None when there are findings.
    undoable: whether a delivery can be taken back; what keeps a history of its own is corrected by another file.
    """

    name: str
    title: str
    purpose: str
    replaces: str
    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    template: str
    read: Callable[[pd.DataFrame, ImportOptions], tuple[pd.DataFrame, list[Finding]]]
    examine: Callable[[Connection, pd.DataFrame, ImportOptions], tuple[list[Finding], Plan | None]]
    reason: Callable[[str], str]
    one_of: tuple[str, ...] = ()
    columns_for: Callable[[tuple[str, ...], ImportOptions], tuple[Column, ...]] | None = None
    refuse_header: Callable[[tuple[str, ...], ImportOptions], list[Finding]] | None = None
    undoable: bool = True


def plain(name: str) -> str:
    """A column name without case, blanks and punctuation, so that spellings of one name are equal."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", name).casefold())


def number(text: str) -> float | None:
    """The number that the text writes with a decimal point, or None. Infinity, NaN and digit groups are no numbers."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def day(text: str) -> date | None:
    """The date that the text writes as year-month-day (a time of midnight may follow), or None."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        found = date.fromisoformat(match[1])
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def parsed(cells: pd.Series, parse: Callable[[str], object]) -> pd.Series:
    """`parse` of each cell (object dtype), run once for each distinct text; None where blank or not understood."""
    return pd.Series(_each_distinct(cells, parse, None, object), index=cells.index, dtype=object)


def numbers(cells: pd.Series) -> pd.Series:
    """Cells as float64, NaN where blank or not a number."""
    return pd.Series(_each_distinct(cells, number, math.nan, np.float64), index=cells.index)


def days(cells: pd.Series) -> pd.Series:
    """Cells as datetime64[s], NaT where blank or not a date."""
    missing = np.datetime64("NaT", "s")
    return pd.Series(_each_distinct(cells, day, missing, "datetime64[s]"), index=cells.index)


def _each_distinct(cells: pd.Series, parse: Callable[[str], Any], missing: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """`parse` of each cell as an array, `missing` where it gives None or the cell is blank."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        codes, texts = cells.cat.codes.to_numpy(), cells.cat.categories.tolist()
    else:
        codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
        texts = distinct.tolist()
    values = np.empty(len(texts) + 1, dtype=dtype)
    for place, text in enumerate(texts):
        value = parse(text)
        values[place] = missing if value is None else value
    values[-1] = missing  # a blank cell has the code -1
    found: np.ndarray[Any, Any] = values[codes]
    return found


def at_most(limit: int) -> Rule:
    """A rule: the text is no longer than `limit` characters."""
    return Rule(
        "length",
        lambda text: len(text) <= limit,
        f"This text has more than {limit} characters.",
        f"Shorten it to {limit} characters.",
    )


NO_CONTROL = Rule(
    "control",
    lambda text: not _CONTROL.search(text),
    "This text holds a line break, a tab or another control character.",
    "Write it on one line.",
)
DATE = Rule(
    "date",
    lambda text: day(text) is not None,
    f"This is not a date that can be read for certain (years {FIRST_YEAR} to {LAST_YEAR}).",
    "Write the date as year-month-day, for example 2026-03-09.",
)
IS_NUMBER = Rule(
    "number",
    lambda text: number(text) is not None,
    "This is not a number.",
    "Write a number with a decimal point, such as 37.5, or leave the cell blank when it is not known.",
)
NOT_NEGATIVE = Rule(
    "negative",
    lambda text: (number(text) or 0.0) >= 0.0,
    "Hours cannot be negative.",
    "Write 0 or more, or leave the cell blank when it is not known.",
)
WITHIN_A_WEEK = Rule(
    "week-hours",
    lambda text: (number(text) or 0.0) <= HOURS_IN_A_WEEK,
    "A week has 168 hours; this is more.",
    "Write the hours of this one week, from 0 to 168. Check that they are hours and not minutes.",
)
HOURS = (IS_NUMBER, NOT_NEGATIVE, WITHIN_A_WEEK)
HOURS_REFUSED = "Text, negative hours, more than 168."
