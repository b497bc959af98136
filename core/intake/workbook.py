"""Excel workbooks (.xlsx) as rows of text: one worksheet, values only; formulas count by their stored result."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries

from core.delivery import ImportOptions
from core.intake.formats import MAX_BYTES, MAX_COLUMNS, UNCALCULATED, Expected, FileRefused, Piece, Record, Source
from core.intake.headings import TOP, Heading, find_heading

MAX_SHEETS = 100
MAX_SHEET_ROWS = 1_048_576  # Excel's own limit
MAX_STRINGS = 16 * 1024**2  # bytes of text that the worksheets share; it is held in memory
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\"")
_COMPOUND = b"\xd0\xcf\x11\xe0"
_TOLD = 1_000  # merged cells in the table
_MERGES = 10_000  # looked at
_NOT_A_WORKBOOK = "Open it in your spreadsheet program and save it as 'Excel workbook (.xlsx)' or as 'CSV UTF-8'."


@dataclass(frozen=True)
class _Sheet:
    """A worksheet, its header, its merged cells as (first row, last row, first place, last place), counted as Excel does but
    for places, which count from 0."""

    name: str
    heading: Heading
    merges: tuple[tuple[int, int, int, int], ...]


def open_workbook(path: Path, expected: Expected, options: ImportOptions) -> Source:
    """A worksheet as a table: the one that is named, or the only one whose header fits, or the first.

    Row numbers are the sheet's own; blank cells at the end of a row may be absent.

    Raises:
        FileRefused: it is not a workbook, has no such worksheet, or several fit; no header; it unpacks to too much.
    """
    has_formulas = refuse_unsafe(path)
    epoch, sheets, visible = _sheets(path, expected, options)
    sheet = _chosen(sheets, expected, options)
    several = len(visible) > 1 or options.sheet is not None
    heading = sheet.heading

    def read(size: int, _places: Sequence[int]) -> Iterator[Piece]:
        rows = _records(path, sheet.name, heading.last, has_formulas)
        while piece := list(islice(rows, size)):
            yield piece

    return Source(
        header=heading.names,
        header_row=heading.last,
        read=read,
        ragged=False,
        epoch=epoch,
        merged=tuple(islice(_merged(sheet), _TOLD)),
        notes=((f"Read from the worksheet '{sheet.name}'.",) if several else ()) + heading.notes,
    )


def _merged(sheet: _Sheet) -> Iterator[tuple[int, int, int]]:
    """Cells of the table that are merged over several rows, as (first row below the header, last row, place)."""
    below = sheet.heading.last
    for first, last, left, right in sheet.merges:
        if last > max(below, first):
            for place in range(left, min(right + 1, len(sheet.heading.names))):
                yield max(first, below + 1), last, place


def refuse_unsafe(path: Path) -> bool:
    """Look at the archive before anything is unpacked; returns whether a worksheet holds formulas.

    Raises:
        FileRefused: it is no workbook, is damaged, locked or old, has no worksheet, or unpacks to too much.
    """
    _refuse_compound(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
            strings = sum(entry.file_size for entry in archive.infolist() if "sharedstrings" in entry.filename.lower())
            if "xl/workbook.xml" not in names:
                raise FileRefused(None, "", "This file is not an Excel workbook.", _NOT_A_WORKBOOK)
            if not any(name.startswith("xl/worksheets/") for name in names):
                raise FileRefused(None, "", "The workbook has no worksheet.", "Put the table on the first worksheet.")
            if unpacked > MAX_BYTES or strings > MAX_STRINGS:
                raise FileRefused(
                    None,
                    "",
                    f"The workbook unpacks to more than {MAX_BYTES // 1024**2} MB.",
                    "Split it, or deliver it as CSV.",
                )
            return any(
                _holds_formula(archive, name)
                for name in names
                if name.startswith("xl/worksheets/") and name.endswith(".xml")
            )
    except FileRefused:
        raise
    except Exception as error:  # whatever a damaged archive makes the library raise
        raise FileRefused(None, "", "This file is not an Excel workbook, or it is damaged.", _NOT_A_WORKBOOK) from error


def _refuse_compound(path: Path) -> None:
    """Old workbooks and those with a password are compound files, whatever they are called."""
    with path.open("rb") as stream:
        start = stream.read(1024**2)
    if not start.startswith(_COMPOUND):
        return
    if "EncryptedPackage".encode("utf-16-le") in start:
        raise FileRefused(
            None, "", "The workbook is locked with a password.", "Save it without a password, and deliver that copy."
        )
    raise FileRefused(None, "", "This is an old Excel workbook (.xls), whatever its name says.", _NOT_A_WORKBOOK)


def _holds_formula(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as stream:
        rest = b""
        while block := stream.read(1024**2):
            if b"<f>" in rest + block or b"<f " in rest + block:
                return True
            rest = block[-3:]
    return False


def _sheets(path: Path, expected: Expected, options: ImportOptions) -> tuple[datetime, list[_Sheet], list[str]]:
    """From which day the workbook counts, its worksheets with a header, and the names of those that are not hidden."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            if len(book.worksheets) > MAX_SHEETS:
                raise FileRefused(
                    None,
                    "",
                    f"The workbook has more than {MAX_SHEETS} worksheets.",
                    "Save the worksheet with the table in a workbook of its own.",
                )
            visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
            names = [options.sheet] if options.sheet is not None else visible or [book.worksheets[0].title]
            found = []
            for sheet in book.worksheets:
                if sheet.title not in names:
                    continue
                sheet.reset_dimensions()  # some programs write a wrong size, which would cut the table off
                merges = _merges(path, sheet._worksheet_path)
                rows = islice(sheet.iter_rows(values_only=True), TOP)
                top = [Record(row, tuple(map(_text, cells))) for row, cells in enumerate(rows, start=1)]
                heading = find_heading(_filled(top, merges), expected.known)
                if heading is not None:
                    found.append(_Sheet(sheet.title, heading, merges))
            epoch = book.epoch
        finally:
            book.close()
    except FileRefused:
        raise
    except Exception as error:  # whatever openpyxl and the XML parser raise on a damaged workbook
        raise FileRefused(None, "", "The workbook is damaged and cannot be read.", _NOT_A_WORKBOOK) from error
    if options.sheet is not None and options.sheet not in {sheet.title for sheet in book.worksheets}:
        raise FileRefused(
            None,
            options.sheet,
            f"The workbook has no worksheet '{options.sheet}'.",
            f"Its worksheets are: {_listed(visible)}.",
        )
    return epoch, found, visible


def _chosen(sheets: list[_Sheet], expected: Expected, options: ImportOptions) -> _Sheet:
    if not sheets:
        where = f"The worksheet '{options.sheet}'" if options.sheet is not None else "The first worksheet"
        raise FileRefused(1, "", f"{where} has no header in row 1.", "Put the names of the columns into the first row.")
    fitting = [sheet for sheet in sheets if expected.fits(sheet.heading.names)]
    if len(fitting) > 1:
        raise FileRefused(
            None,
            "",
            f"Several worksheets could be meant: {_listed([sheet.name for sheet in fitting])}.",
            "Say which one with --sheet NAME, or keep one table in the workbook.",
        )
    return (fitting or sheets)[0]


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:20]) + (", …" if len(names) > 20 else "")


def _merges(path: Path, part: str) -> tuple[tuple[int, int, int, int], ...]:
    """Ranges of merged cells of a worksheet; they stand behind its rows."""
    found: list[tuple[int, int, int, int]] = []
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as stream:
        rest = b""
        while block := stream.read(1024**2):
            text = rest + block
            end = 0
            for match in _MERGED.finditer(text):
                left, top, right, bottom = range_boundaries(match[1].decode())
                found.append((top, bottom, left - 1, right - 1))
                end = match.end()
            if len(found) > _MERGES:
                break
            rest = text[max(end, len(text) - 200) :]
    return tuple(found[:_MERGES])


def _filled(top: list[Record], merges: tuple[tuple[int, int, int, int], ...]) -> list[Record]:
    """The first rows, with the value of merged cells in each of their rows (in their first column only)."""
    cells = [list(record.cells) for record in top]
    for first, last, left, _ in merges:
        if first > len(cells) or left >= len(cells[first - 1]):
            continue
        for row in range(first + 1, min(last, len(cells)) + 1):
            line = cells[row - 1]
            line.extend([None] * (left + 1 - len(line)))
            line[left] = cells[first - 1][left]
    return [Record(record.row, tuple(line)) for record, line in zip(top, cells, strict=True)]


def _rows(path: Path, sheet: str, *, values: bool) -> Iterator[tuple[Any, ...]]:
    """Rows of a worksheet: results of formulas (`values`), or the formulas themselves."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
        try:
            table = book[sheet]
            table.reset_dimensions()
            yield from table.iter_rows(values_only=True)
        finally:
            book.close()
    except Exception as error:
        raise FileRefused(None, "", "The workbook is damaged and cannot be read.", _NOT_A_WORKBOOK) from error


def _records(path: Path, sheet: str, skipped: int, has_formulas: bool) -> Iterator[Record]:
    """Rows below the header. A formula without a stored result becomes UNCALCULATED, so that it is refused and not taken for
    a blank cell."""
    values = _rows(path, sheet, values=True)
    formulas = _rows(path, sheet, values=False) if has_formulas else iter(())
    for row, (cells, sources) in enumerate(zip_longest(values, formulas, fillvalue=()), start=1):
        if row <= skipped:
            continue
        if row > MAX_SHEET_ROWS:
            raise FileRefused(
                row, "", "The worksheet has more rows than a workbook can hold; it is damaged.", _NOT_A_WORKBOOK
            )
        if len(cells) > MAX_COLUMNS:
            raise FileRefused(
                row,
                "",
                f"This row has a cell beyond column {MAX_COLUMNS}.",
                "Delete what stands far to the right of the table, also formats and blanks.",
            )
        texts = [_text(value) for value in cells]
        for place, source in enumerate(sources):
            if place < len(texts) and texts[place] is None and source is not None:
                texts[place] = UNCALCULATED
        yield Record(row, tuple(texts))


def _text(value: Any) -> str | None:
    """A cell as a CSV file would write it: dates as 2026-03-09, whole numbers without a decimal point."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip() or None
