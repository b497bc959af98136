"""Excel workbooks (.xlsx) as records of text: the first worksheet, values only; formulas count by their stored result."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl

from core.intake.formats import MAX_BYTES, MAX_COLUMNS, UNCALCULATED, FileRefused, Record, Source

_NOT_A_WORKBOOK = "Open it in your spreadsheet program and save it as 'Excel workbook (.xlsx)' or as 'CSV UTF-8'."


def open_workbook(path: Path) -> Source:
    """The first worksheet as a table. Row numbers are the sheet's own; blank cells at the end of a row may be absent.

    Raises:
        FileRefused: it is not a workbook, has no worksheet with a header, or unpacks to too much.
    """
    has_formulas = _refuse_unsafe(path)
    rows = _rows(path, values=True)
    first = next(rows, None)
    header = tuple(_text(value) or "" for value in _trimmed(first or ()))
    if not header:
        raise FileRefused(
            1, "", "The first worksheet has no header in row 1.", "Put the names of the columns into the first row."
        )
    if len(header) > MAX_COLUMNS:
        raise FileRefused(
            1, "", f"The header has more than {MAX_COLUMNS} columns.", "Leave out what this kind does not need."
        )
    records = _with_formulas(path, rows) if has_formulas else _plain(rows)
    return Source(header, records, total=None, ragged=False)


def _refuse_unsafe(path: Path) -> bool:
    """Look at the archive before anything is unpacked; returns whether a worksheet holds formulas."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if "xl/workbook.xml" not in names:
                raise FileRefused(None, "", "This file is not an Excel workbook.", _NOT_A_WORKBOOK)
            if not any(name.startswith("xl/worksheets/") for name in names):
                raise FileRefused(None, "", "The workbook has no worksheet.", "Put the table on the first worksheet.")
            if unpacked > MAX_BYTES:
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
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise FileRefused(None, "", "This file is not an Excel workbook, or it is damaged.", _NOT_A_WORKBOOK) from error


def _holds_formula(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as stream:
        rest = b""
        while block := stream.read(1024**2):
            if b"<f>" in rest + block or b"<f " in rest + block:
                return True
            rest = block[-3:]
    return False


def _rows(path: Path, *, values: bool) -> Iterator[tuple[Any, ...]]:
    """Rows of the first worksheet: results of formulas (`values`), or the formulas themselves."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong size, which would cut the table off
        yield from sheet.iter_rows(values_only=True)
        book.close()
    except Exception as error:  # whatever openpyxl and the XML parser raise on a damaged workbook
        raise FileRefused(None, "", "The workbook is damaged and cannot be read.", _NOT_A_WORKBOOK) from error


def _plain(rows: Iterator[tuple[Any, ...]]) -> Iterator[Record]:
    for row, cells in enumerate(rows, start=2):
        yield Record(row, tuple([_text(value) for value in cells]))


def _with_formulas(path: Path, rows: Iterator[tuple[Any, ...]]) -> Iterator[Record]:
    """Cells whose formula has no stored result become UNCALCULATED, so that they are refused and not taken for blank."""
    formulas = _rows(path, values=False)
    next(formulas, None)
    for row, (cells, sources) in enumerate(zip_longest(rows, formulas, fillvalue=()), start=2):
        texts = [_text(value) for value in cells]
        for place, source in enumerate(sources):
            if place < len(texts) and texts[place] is None and source is not None:
                texts[place] = UNCALCULATED
        yield Record(row, tuple(texts))


def _trimmed(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    last = max((place for place, value in enumerate(cells) if value is not None), default=-1)
    return cells[: last + 1]


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
