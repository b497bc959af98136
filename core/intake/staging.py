"""From a file to typed rows: read in chunks, match the header, check every cell. Touches no database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.delivery import FileKind, Finding, ImportOptions
from core.intake.checking import check_cells, schema, with_decimal_points
from core.intake.formats import MAX_ROWS, FileRefused, Source, fingerprint, open_source
from core.intake.header import Layout, is_known, match_header
from core.intake.problems import ProblemLog

CHUNK_ROWS = 20_000
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Staged:
    """The typed rows of a whole file; `rows` counts blank ones too."""

    frame: pd.DataFrame
    rows: int
    blank: int
    layout: Layout
    notes: tuple[str, ...]
    sha256: str


def stage(kind: FileKind, path: Path, options: ImportOptions, log: ProblemLog, progress: Progress | None) -> Staged:
    """Read, check and type the file chunk by chunk; findings go to the log.

    Raises:
        FileRefused: no table can be read from the file.
        ImportRefused: its header is not that of the kind.
    """
    sha256 = fingerprint(path)
    source = open_source(path, lambda name: is_known(kind, options, name))
    layout, findings = match_header(source.header, kind, options)
    log.call(layout.names)
    if findings:
        log.during(findings)
        log.refuse()
    columns = tuple(column for column, _ in layout.places)
    checked = schema(columns)
    frames: list[pd.DataFrame] = []
    rows = blank = 0
    for chunk in _chunks(source, layout):
        rows += chunk.rows
        blank += chunk.blank
        if rows > MAX_ROWS:
            raise FileRefused(
                None, "", f"The file has more than {MAX_ROWS:,} rows.", "Split it, for example by quarter."
            )
        frame = with_decimal_points(chunk.frame, columns) if source.decimal_comma else chunk.frame
        typed, inside = kind.read(frame, options)
        log.during([*chunk.findings, *check_cells(frame, columns, checked), *inside])
        frames.append(typed)
        if progress is not None:
            progress(rows, max(rows, source.total) if source.total is not None else None)
        if chunk.broken is not None:
            log.afterwards([chunk.broken])
    if rows == blank and not log.count:
        raise FileRefused(1, "", "The file has a header and no rows.", "Export it again; it needs at least one row.")
    if progress is not None:
        progress(rows, rows)
    return Staged(pd.concat(frames), rows, blank, layout, source.notes, sha256)


@dataclass(frozen=True)
class _Chunk:
    frame: pd.DataFrame
    rows: int
    blank: int
    findings: list[Finding]
    broken: Finding | None = None


def _chunks(source: Source, layout: Layout) -> Iterator[_Chunk]:
    """Frames of text, indexed by row number, with the columns of the kind that the file has."""
    names = [column.name for column, _ in layout.places]
    places = [place for _, place in layout.places]
    width = len(source.header)
    index: list[int] = []
    cells: list[list[str | None]] = []
    findings: list[Finding] = []
    rows = blank = 0
    broken: Finding | None = None

    def chunk() -> _Chunk:
        frame = pd.DataFrame(cells, columns=names, index=pd.Index(index, dtype="int64"), dtype=object)
        return _Chunk(frame, rows, blank, findings, broken)

    try:
        for line in source.records:
            rows += 1
            if not any(line.cells):
                blank += 1
            elif len(line.cells) < width and source.ragged:
                findings.append(_ragged(line.row, len(line.cells), width, "fewer"))
            elif any(line.cells[width:]):
                findings.append(_ragged(line.row, len(line.cells), width, "more"))
            else:
                padded = line.cells + (None,) * (width - len(line.cells))
                index.append(line.row)
                cells.append([padded[place] for place in places])
            if rows == CHUNK_ROWS:
                yield chunk()
                index, cells, findings = [], [], []
                rows = blank = 0
    except FileRefused as refused:
        broken = refused.finding
    if rows or broken:
        yield chunk()


def _ragged(row: int, cells: int, width: int, which: str) -> Finding:
    return Finding(
        row,
        "",
        f"{cells} cells",
        f"This row has {which} cells than the header: {cells}, not {width}.",
        "Look for a missing or an extra separator; put text that holds one into quotation marks.",
    )
