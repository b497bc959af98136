"""Dates and numbers of a file in one way of writing, before the kind reads them.

What the whole file has to decide (the order of day and month, the decimal comma) is looked up in it once, and only when a cell
turns up for which it matters.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from core.delivery import Column, Finding, ImportOptions
from core.intake.checking import DATE_FORMATS
from core.intake.chunks import Chunk, chunks
from core.intake.dates import Cell, Order, Orders, read_date
from core.intake.decimals import may_be_thousands, shows_comma, with_point
from core.intake.formats import MAX_ROWS, Source
from core.intake.header import Layout
from core.intake.texts import Texts


class Undecided(Exception):
    """The file does not tell how its dates are to be read; `finding` says what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.problem)
        self.finding = finding


class Reading:
    """Rewrites the cells of a file, and remembers what to say about it."""

    def __init__(self, source: Source, layout: Layout, options: ImportOptions, size: int) -> None:
        self._source, self._layout, self._options, self._size = source, layout, options, size
        self._dates = [column for column, _ in layout.places if column.format in DATE_FORMATS]
        self._numbers = [column for column, _ in layout.places if column.is_number]
        self._order: Order | None = None
        self._commas: bool | None = {"comma": True, "point": False}.get(options.decimal or "")
        self._decided = False
        self._epoch: datetime | None = source.epoch
        self._timed: int | None = None
        self._serial: dict[str, int] = {}
        self._notes: list[str] = []
        # in a comma-separated file a decimal comma stands in quotation marks, in a workbook numbers are no text
        self._weighs_points = source.delimiter is not None and (source.delimiter != "," or source.quoted)
        self._semicolons = source.delimiter == ";"  # as programs write them where the comma is the decimal sign

    def rewritten(self, chunk: Chunk) -> Chunk:
        """The chunk with dates as year-month-day and decimal points. Cells that cannot be read stay as they are.

        Raises:
            Undecided: the order of day and month matters and is not told.
        """
        cells = dict(chunk.cells)
        for column in self._dates:
            cells[column.name] = self._as_dates(chunk, column)
        for column in self._numbers:
            cells[column.name] = self._as_numbers(chunk.cells[column.name])
        given = {column.name: chunk.cells[column.name] for column in (*self._dates, *self._numbers)}
        return replace(chunk, cells=cells, given=given)

    def notes(self) -> tuple[str, ...]:
        """How cells were read, where somebody may want to know it."""
        timed = [f"A time of day in columns of dates was left out (first in row {self._timed})."] if self._timed else []
        serial = [
            f"Cells of '{self._layout.names[name]}' are serial numbers, read as days of the workbook (first in row {row})."
            for name, row in self._serial.items()
        ]
        return (*self._notes, *timed, *serial)

    def _as_dates(self, chunk: Chunk, column: Column) -> Texts:
        cells = chunk.cells[column.name]

        def read(text: str) -> str:
            found = read_date(text, self._order, self._epoch)
            if found.either and not self._decided:
                self._decide()
                found = read_date(text, self._order, self._epoch)
            if found.timed and self._timed is None:
                self._timed = int(chunk.index[_first(cells, text)])
            if found.serial and column.name not in self._serial:
                self._serial[column.name] = int(chunk.index[_first(cells, text)])
            return found.iso or text

        return cells.mapped(read)

    def _as_numbers(self, cells: Texts) -> Texts:
        def read(text: str) -> str:
            if not self._decided and self._matters(text):
                self._decide()
            commas = self._commas
            return with_point(text, True if commas is None and self._semicolons and "," in text else commas)

        return cells.mapped(read)

    def _matters(self, text: str) -> bool:
        """Whether it has to be known if the file has decimal commas."""
        if self._commas is not None or not may_be_thousands(text):
            return False
        return not self._semicolons if "," in text else self._weighs_points

    def _decide(self) -> None:
        """Look through the whole file once."""
        self._decided = True
        orders = Orders()
        comma = self._survey(orders)
        order, findings, notes = orders.decided(self._options)
        if findings:
            raise Undecided(findings[0])
        self._order = order
        if orders.seen:
            self._notes.extend(notes)
        if self._commas is None and comma:
            self._commas = True

    def _survey(self, orders: Orders) -> bool:
        """Gives all dates to `orders`; returns whether a number shows a decimal comma."""
        comma = False
        rows = 0
        for chunk in chunks(self._source, self._layout, self._size):
            rows += chunk.rows
            if rows > MAX_ROWS:
                break
            for column in self._dates:
                orders.add(_cells(chunk, column.name))
            comma = comma or any(
                shows_comma(text) for column in self._numbers for text in chunk.cells[column.name].distinct
            )
        return comma


def _cells(chunk: Chunk, name: str) -> Iterator[Cell]:
    """The distinct cells of a column, each where it stands first, in the order of the file."""
    cells = chunk.cells[name]
    codes, places = np.unique(cells.codes, return_index=True)
    for place, code in sorted(zip(places.tolist(), codes.tolist(), strict=True)):
        if code >= 0:
            yield Cell(int(chunk.index[place]), name, cells.distinct[code])


def _first(cells: Texts, text: str) -> int:
    return int(np.flatnonzero(cells.codes == cells.distinct.index(text))[0])
