"""Reading delivered files in a bounded way: text (plain or .gz) and Excel workbooks.

A file becomes a header and rows of text. Nothing is executed, unpickled or fetched; sizes are limited before parsing.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from core.delivery import Finding, ImportOptions
from core.intake.texts import Texts

MAX_BYTES = 1024**3  # of text, after unpacking
MAX_ROWS = 5_000_000
MAX_COLUMNS = 1_000
MAX_LINE = 1024**2  # characters between two line ends
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
TEXT_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
CALENDAR_SUFFIXES = (".ics", ".ics.gz")
UNCALCULATED = "#FORMULA"  # stands for a formula without a stored result
ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", UNCALCULATED)
)


class FileRefused(Exception):
    """The file cannot be read as a table; `finding` says why and what to do."""

    def __init__(self, row: int | None, value: str, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.finding = Finding(row, "", value, problem, remedy)


@dataclass(frozen=True)
class Record:
    """One line of the table. `row`: as a spreadsheet counts (the header is row 1). cells: text, None when blank."""

    row: int
    cells: tuple[str | None, ...]


@dataclass(frozen=True)
class Columns:
    """Consecutive rows of a clean part of a text file, by column: place in the header -> its texts.

    None of the rows is ragged, and each has something in one of these columns. first: number of the first row.
    """

    first: int
    cells: dict[int, Texts]


Piece = list[Record] | Columns


@dataclass(frozen=True)
class Expected:
    """What a kind would know a table by.

    known: whether a header name belongs to the kind. fits: whether a whole header has what the kind requires.
    """

    known: Callable[[str], bool]
    fits: Callable[[tuple[str, ...]], bool]


class Place(NamedTuple):
    """Where a row stands in a file that is no table, and what to call it ('' for nothing)."""

    line: int
    name: str


@dataclass(frozen=True)
class Source:
    """An opened table, which can be read more than once.

    header: names in order ('' for a column without a name). header_row: the row, as a spreadsheet counts, in which they
    stand (the last one when there are two). total: rows to come, when it can be told.
    delimiter: None in a workbook. quoted: a text file with quotation marks. ragged: a record shorter than the header is
    damaged (text files). epoch: the day from which a workbook counts dates. merged: cells merged over several rows below
    the header, as (first row, last row, place). notes: remarks for the person who imports.
    place: in a file that is no table, where a row (the rows of the findings too) stands in it. findings: what is damaged in it.
    read: (rows in a piece, places of the columns) -> everything below the header, blank rows included, from the start.
    """

    header: tuple[str, ...]
    header_row: int
    read: Callable[[int, Sequence[int]], Iterator[Piece]]
    total: int | None = None
    delimiter: str | None = None
    quoted: bool = False
    ragged: bool = True
    epoch: datetime | None = None
    merged: tuple[tuple[int, int, int], ...] = ()
    notes: tuple[str, ...] = ()
    place: Callable[[int], Place] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def records(self) -> Iterator[Record]:
        """The rows below the header, one at a time, from the start; for looking at the first few."""
        for piece in self.read(100, ()):
            if isinstance(piece, list):
                yield from piece


def fingerprint(path: Path) -> str:
    """SHA-256 of the file as it lies there.

    Raises:
        FileRefused: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or "unknown reason"
        raise FileRefused(
            None, path.name, f"The file cannot be opened: {reason}.", "Check the path and who may read the file."
        ) from error


def open_source(path: Path, expected: Expected, options: ImportOptions) -> Source:
    """Open a table. What the kind expects decides between delimiters, rows that may be the header, and worksheets.

    Raises:
        FileRefused: no table can be read from the file.
    """
    name = path.name.lower()
    if name.endswith(".xlsx"):
        from core.intake.workbook import open_workbook

        return open_workbook(path, expected, options)
    if name.endswith(TEXT_SUFFIXES):
        from core.intake.delimited import open_text

        return open_text(path, expected, options)
    if name.endswith(CALENDAR_SUFFIXES):
        from core.intake.calendar_file import open_calendar

        return open_calendar(path, options)
    raise FileRefused(
        None,
        path.suffix,
        "Files of this type are not read.",
        "Deliver .csv (also .csv.gz, .tsv, .txt), an Excel workbook (.xlsx) or a calendar (.ics).",
    )
