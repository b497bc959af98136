"""The columns of a kind in a table, chunk after chunk, as clean text by distinct values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.delivery import Column, Finding
from core.intake.formats import Columns, FileRefused, Record, Source
from core.intake.header import Layout
from core.intake.names import clean, single_blanks
from core.intake.texts import REMEMBERED, Texts, texts_of


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table.

    index: row numbers of the rows that are there to be read. cells: by name of the column, one text for each of them.
    first: the first column of the file, whatever it is. rows: how many rows were read; blank: how many had nothing.
    findings: rows that are damaged. broken: what ended the table too early. given: columns as they stand in the file, where
    `cells` says them in another way. unnamed: place of a column without a name -> the first row in which it has something.
    """

    index: NDArray[np.int64]
    cells: dict[str, Texts]
    first: Texts
    rows: int
    blank: int
    findings: list[Finding]
    broken: Finding | None = None
    given: dict[str, Texts] = field(default_factory=dict)
    unnamed: dict[int, int] = field(default_factory=dict)

    def without(self, place: int) -> "Chunk":
        """The chunk without one of its rows, which then counts like a blank one."""
        kept = np.arange(len(self.index)) != place
        return replace(
            self,
            index=self.index[kept],
            cells={name: column.rows(kept) for name, column in self.cells.items()},
            given={name: column.rows(kept) for name, column in self.given.items()},
            first=self.first.rows(kept),
            blank=self.blank + 1,
        )

    def frame(self, columns: Sequence[Column]) -> pd.DataFrame:
        """As a kind reads it: text columns as objects, the others categorical, indexed by row number."""
        return pd.DataFrame(
            {
                column.name: self.cells[column.name].objects()
                if column.format == "text"
                else self.cells[column.name].categorical()
                for column in columns
            },
            index=pd.Index(self.index, dtype="int64"),
        )

    def as_given(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings with the text that stands in the file where a date or a number was rewritten."""
        return [self._as_given(each) for each in findings]

    def _as_given(self, finding: Finding) -> Finding:
        column = self.given.get(finding.column)
        if column is None or finding.row is None:
            return finding
        place = int(np.searchsorted(self.index, finding.row))
        if place >= len(self.index) or self.index[place] != finding.row:
            return finding
        text, read = column.at(place), self.cells[finding.column].at(place)
        return replace(finding, value=text) if text is not None and finding.value == read else finding


def chunks(source: Source, layout: Layout, size: int) -> Iterator[Chunk]:
    """All of the table below its header, in chunks of `size` rows."""
    cleaners = {column.name: _Cleaner(words=column.format == "text") for column, _ in layout.places}
    unnamed = [place for place, name in enumerate(source.header) if not name]
    places = tuple(dict.fromkeys((0, *(place for _, place in layout.places), *unnamed)))
    pieces = source.read(size, places)
    while True:
        try:
            piece = next(pieces, None)
        except FileRefused as refused:
            yield Chunk(np.array([], dtype=np.int64), _no_cells(layout), texts_of([]), 0, 0, [], refused.finding)
            return
        if piece is None:
            return
        if isinstance(piece, Columns):
            columns = piece.cells
            rows = len(columns[0].codes)
            index, blank, findings = np.arange(piece.first, piece.first + rows, dtype=np.int64), 0, list[Finding]()
        else:
            rows = len(piece)
            index, columns, blank, findings = _from_records(piece, source, places)
        cells = {column.name: columns[place].mapped(cleaners[column.name]) for column, place in layout.places}
        filled = {place: first for place in unnamed if (first := _first_row(index, columns[place])) is not None}
        yield Chunk(index, cells, columns[0].mapped(clean), rows, blank, findings, unnamed=filled)


def _first_row(index: NDArray[np.int64], cells: Texts) -> int | None:
    """The first row in which a column has something; None when it has nothing."""
    there = np.flatnonzero(cells.mapped(clean).codes >= 0)
    return int(index[there[0]]) if len(there) else None


def _no_cells(layout: Layout) -> dict[str, Texts]:
    return {column.name: texts_of([]) for column, _ in layout.places}


class _Cleaner:
    """`clean` for the cells of one column; one object for one text, however often it comes."""

    def __init__(self, *, words: bool) -> None:
        self._words = words
        self._known: dict[str, str | None] = {}

    def __call__(self, text: str) -> str | None:
        try:
            return self._known[text]
        except KeyError:
            pass
        found = clean(text)
        if found is not None and self._words:
            found = single_blanks(found)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[text] = found
        return found


def _from_records(
    records: list[Record], source: Source, places: tuple[int, ...]
) -> tuple[NDArray[np.int64], dict[int, Texts], int, list[Finding]]:
    """Row numbers, columns, how many rows are blank, and the ragged ones."""
    width = len(source.header)
    index: list[int] = []
    cells: list[tuple[str | None, ...]] = []
    findings: list[Finding] = []
    blank = 0
    for line in records:
        if not any(line.cells):
            blank += 1
        elif len(line.cells) < width and source.ragged:
            findings.append(_ragged(line.row, len(line.cells), width, "fewer"))
        elif any(line.cells[width:]):
            findings.append(_ragged(line.row, len(line.cells), width, "more"))
        else:
            index.append(line.row)
            cells.append(line.cells + (None,) * (width - len(line.cells)))
    columns = {place: texts_of([line[place] for line in cells]) for place in places}
    return np.array(index, dtype=np.int64), columns, blank, findings


def _ragged(row: int, cells: int, width: int, which: str) -> Finding:
    return Finding(
        row,
        "",
        f"{cells} cells",
        f"This row has {which} cells than the header: {cells}, not {width}.",
        "Look for a missing or an extra separator; put text that holds one into quotation marks.",
    )
