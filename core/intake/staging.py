"""From a file to typed rows: read in chunks, match the header, check every cell. Touches no database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.delivery import Column, FileKind, Finding, ImportOptions
from core.intake.checking import CellCheck
from core.intake.chunks import chunks
from core.intake.formats import MAX_ROWS, FileRefused, Source, fingerprint, open_source
from core.intake.header import Layout, expected, match_header
from core.intake.names import Names
from core.intake.problems import ProblemLog
from core.intake.reading import Reading, Undecided
from core.intake.totals import Totals

CHUNK_ROWS = 50_000
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Staged:
    """The typed rows of a whole file. rows: all below the header; blank: those that hold nothing, or are totals at the end.

    names: units and people as the file spells them.
    """

    frame: pd.DataFrame
    rows: int
    blank: int
    layout: Layout
    notes: tuple[str, ...]
    sha256: str
    names: Names = field(default_factory=Names)

    def with_notes(self, notes: Iterable[str]) -> "Staged":
        """The same with more remarks."""
        return replace(self, notes=(*self.notes, *notes))


def stage(kind: FileKind, path: Path, options: ImportOptions, log: ProblemLog, progress: Progress | None) -> Staged:
    """Read, check and type the file chunk by chunk; findings go to the log.

    Raises:
        FileRefused: no table can be read from the file.
        ImportRefused: its header is not that of the kind, or its dates do not tell day and month apart.
    """
    sha256 = fingerprint(path)
    source = open_source(path, expected(kind, options), options)
    layout, findings = match_header(source.header, kind, options, source.header_row)
    log.call(layout.names, source.place)
    if findings:
        log.during(findings)
        log.refuse()
    log.during(_merged(source, layout))
    log.afterwards(source.findings)
    columns = tuple(column for column, _ in layout.places)
    check = CellCheck(columns)
    reading = Reading(source, layout, options, CHUNK_ROWS)
    totals = Totals(columns)
    names = Names()
    typed = _Typed(min(source.total or 0, MAX_ROWS))
    rows = blank = 0
    unnamed: dict[int, int] = {}
    try:
        for chunk in totals.cut(map(reading.rewritten, chunks(source, layout, CHUNK_ROWS))):
            unnamed = chunk.unnamed | unnamed
            rows += chunk.rows
            blank += chunk.blank
            if rows > MAX_ROWS:
                raise FileRefused(
                    None, "", f"The file has more than {MAX_ROWS:,} rows.", "Split it, for example by quarter."
                )
            frame, inside = kind.read(chunk.frame(columns), options)
            found = [*check.findings(chunk.index, chunk.cells), *inside]
            log.during([*chunk.findings, *chunk.as_given(found)])
            names.add(frame)
            typed.add(frame)
            if progress is not None and chunk.rows:
                progress(rows, max(rows, source.total) if source.total is not None else None)
            if chunk.broken is not None:
                log.afterwards([chunk.broken])
    except Undecided as undecided:
        log.during([undecided.finding])
        log.refuse()
    log.afterwards(names.unit_findings(_unit_column(kind, columns)))
    if rows == blank and not log.count:
        raise FileRefused(
            source.header_row,
            "",
            "The file has a header and no rows.",
            "Export it again; it needs at least one row.",
        )
    if progress is not None:
        progress(rows, rows)
    nameless = [
        f"Column {place + 1} has no name, but values (first in row {row}). It is not read; name it if it should be."
        for place, row in sorted(unnamed.items())
    ]
    notes = (*options.notes, *source.notes, *nameless, *reading.notes(), *totals.note(), *names.people_notes())
    return Staged(typed.joined(), rows, blank, layout, notes, sha256, names)


def _merged(source: Source, layout: Layout) -> list[Finding]:
    """Cells merged over several rows: a workbook keeps their value in the first row only."""
    names = {place: column.name for column, place in layout.places}
    return [
        Finding(
            first,
            names[place],
            f"rows {first} to {last}",
            "These cells are merged into one, so only the first row has the value.",
            "Unmerge them and fill in every row.",
        )
        for first, last, place in source.merged
        if place in names
    ]


def _unit_column(kind: FileKind, columns: tuple[Column, ...]) -> str:
    """The column in which a file names units, for findings about them: `unit`, or the first that the options added."""
    own = {column.name for column in kind.columns}
    names = [column.name for column in columns]
    return "unit" if "unit" in names else next((name for name in names if name not in own), "")


class _Typed:
    """Typed frames one below the other, in one growing array for each column: pieces that are joined in the end would be in
    memory twice. Columns keep the dtype of the first frame; a frame with another one brings all to a common dtype."""

    def __init__(self, rows: int) -> None:
        self._columns: dict[str, NDArray[Any]] = {}
        self._index: NDArray[np.int64] = np.empty(rows, dtype=np.int64)
        self._rows = 0

    def add(self, frame: pd.DataFrame) -> None:
        """Put a frame below those before; it has their columns."""
        end = self._rows + len(frame)
        self._index = self._with(self._index, frame.index.to_numpy(), end)
        for name in frame.columns:
            cells = frame[name].to_numpy()
            held = self._columns.pop(name, None)
            if held is None:
                held = np.empty(len(self._index), dtype=cells.dtype)
            elif held.dtype != cells.dtype:
                both = (pd.Series(held[: self._rows]), pd.Series(cells[:0]))
                held = pd.concat(both).to_numpy(copy=True)
            self._columns[name] = self._with(held, cells, end)
        self._rows = end

    def _with(self, held: NDArray[Any], cells: NDArray[Any], end: int) -> NDArray[Any]:
        if end > len(held):
            held = np.concatenate(
                [held[: self._rows], np.empty(max(end, 2 * len(held)) - self._rows, dtype=held.dtype)]
            )
        held[self._rows : end] = cells
        return held

    def joined(self) -> pd.DataFrame:
        """All of them."""
        columns = {name: cells[: self._rows] for name, cells in self._columns.items()}
        return pd.DataFrame(columns, index=pd.Index(self._index[: self._rows]), copy=False)
