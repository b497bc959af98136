"""Reading delivered files in a bounded way: CSV (comma, semicolon or tab; plain or .gz) and Excel workbooks.

A file becomes a header and records of text. Nothing is executed, unpickled or fetched; sizes are limited before parsing.
"""

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.delivery import Finding

MAX_BYTES = 512 * 1024**2  # of text, after unpacking
MAX_ROWS = 1_000_000
MAX_COLUMNS = 1_000
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
TEXT_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt")
UNCALCULATED = "#FORMULA"  # stands for a formula without a stored result
ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", UNCALCULATED)
)
_BLOCK = 1024**2
_MAGIC = {
    b"PK\x03\x04": "a ZIP file (perhaps an Excel workbook)",
    b"PK\x05\x06": "an empty ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
}
_CP1252_SIGNS = frozenset("€‚„…†‡‰‹‘’“”•–—™› ¡¢£¤¥§¨©«¬­®¯°±²³´µ¶·¸¹º»¼½¾¿×÷")
_AS_CSV = "Save it as 'CSV UTF-8' or as an Excel workbook (.xlsx)."


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
class Source:
    """An opened table.

    header: names in order ('' for a column without a name). total: rows to come, when it can be told.
    decimal_comma: numbers may be written 37,5. ragged: a record shorter than the header is damaged (text files).
    notes: remarks for the person who imports. records: everything below the header, blank lines included.
    """

    header: tuple[str, ...]
    records: Iterator[Record]
    total: int | None
    decimal_comma: bool = False
    ragged: bool = True
    notes: tuple[str, ...] = ()


def fingerprint(path: Path) -> str:
    """SHA-256 of the file as it lies there.

    Raises:
        FileRefused: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FileRefused(
            None, path.name, f"The file cannot be opened: {reason}.", "Check the path and who may read the file."
        ) from error


def open_source(path: Path, known: Callable[[str], bool]) -> Source:
    """Open a table. `known` tells whether a header name belongs to the kind; it decides between delimiters.

    Raises:
        FileRefused: no table can be read from the file.
    """
    name = path.name.lower()
    if name.endswith(".xlsx"):
        from core.intake.workbook import open_workbook

        return open_workbook(path)
    if name.endswith(TEXT_SUFFIXES):
        return _open_text(path, known)
    raise FileRefused(
        None,
        path.suffix,
        "Files of this type are not read.",
        "Deliver .csv (also .csv.gz, .tsv, .txt) or an Excel workbook (.xlsx).",
    )


def _binary(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


@dataclass(frozen=True)
class _Text:
    encoding: str
    lines: int
    notes: tuple[str, ...] = ()


def _inspect(path: Path) -> _Text:
    """Size, encoding and number of lines, in one pass over the bytes."""
    try:
        with _binary(path) as stream:
            start = stream.read(16)
            if not start.strip():
                raise FileRefused(
                    None, "", "The file is empty.", "Export it again; it needs a header and at least one row."
                )
            for magic, what in _MAGIC.items():
                if start.startswith(magic):
                    raise FileRefused(1, "", f"This is {what}, not a text file.", _AS_CSV)
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return _Text("utf-16", _decodable(path, "utf-16"))
        try:
            return _Text("utf-8-sig", _decodable(path, "utf-8-sig"))
        except UnicodeDecodeError:
            lines = _decodable(path, "cp1252", _refuse_unlikely)
            note = (
                "The file is not in UTF-8; it was read as Windows-1252, as older spreadsheet programs write it. "
                "Check letters with accents, or save it as 'CSV UTF-8'."
            )
            return _Text("cp1252", lines, (note,))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileRefused(
            None, "", "The compressed file is damaged or incomplete.", "Compress and send it again."
        ) from error


def _decodable(path: Path, encoding: str, look: Callable[[str, int], None] | None = None) -> int:
    """The number of lines when the whole file is text in this encoding.

    Raises:
        UnicodeDecodeError: it is not (FileRefused for encodings after UTF-8, where nothing is left to try).
        FileRefused: too big, or not text at all.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    size = lines = 0
    block = text = ""
    with _binary(path) as stream:
        while True:
            chunk = stream.read(_BLOCK)
            size += len(chunk)
            if size > MAX_BYTES:
                raise FileRefused(
                    None,
                    "",
                    f"The file holds more than {MAX_BYTES // 1024**2} MB of text.",
                    "Split it, for example by quarter, and import the parts one after the other.",
                )
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                if encoding == "utf-8-sig":
                    raise
                row = lines + chunk[: error.start].count(b"\n") + 1
                raise _unknown_encoding(row, error.object[error.start : error.start + 1].hex()) from error
            if "\x00" in text:
                row = lines + text[: text.index("\x00")].count("\n") + 1
                raise FileRefused(row, "", "This is not a text file: it holds binary data.", _AS_CSV)
            if look is not None:
                look(text, lines)
            lines += text.count("\n")
            block = text or block
            if not chunk:
                return lines + (0 if block.endswith("\n") else 1)


def _refuse_unlikely(text: str, lines: int) -> None:
    """Text read as Windows-1252 must consist of letters and the usual signs."""
    for character in {each for each in text if ord(each) > 127}:
        if not character.isalpha() and character not in _CP1252_SIGNS:
            row = lines + text[: text.index(character)].count("\n") + 1
            raise _unknown_encoding(row, character.encode("cp1252").hex())


def _unknown_encoding(row: int, byte: str) -> FileRefused:
    return FileRefused(
        row,
        f"byte {byte}",
        "The encoding of the file is not known: this is neither UTF-8 nor Windows-1252.",
        "Save it as 'CSV UTF-8'.",
    )


def _open_text(path: Path, known: Callable[[str], bool]) -> Source:
    found = _inspect(path)
    with io.TextIOWrapper(_binary(path), encoding=found.encoding, newline="") as stream:
        first = stream.readline(MAX_BYTES)
    delimiter = max(DELIMITERS, key=lambda each: _fit(first, each, known))
    fits, columns = _fit(first, delimiter, known)
    if fits == 0 and columns == 1:
        raise FileRefused(
            1,
            first.strip()[:200],
            "The header has only one column, and it is not one that this kind knows.",
            "Separate columns by comma, semicolon or tab, and keep the header in the first line.",
        )
    records = _records(path, found.encoding, delimiter)
    try:
        header = tuple(cell or "" for cell in next(records).cells)
    except StopIteration:
        raise FileRefused(1, "", "The file has no header.", "The first line must name the columns.") from None
    if len(header) > MAX_COLUMNS:
        raise FileRefused(
            1, "", f"The header has more than {MAX_COLUMNS} columns.", "Leave out what this kind does not need."
        )
    return Source(header, records, total=max(0, found.lines - 1), decimal_comma=delimiter == ";", notes=found.notes)


def _fit(line: str, delimiter: str, known: Callable[[str], bool]) -> tuple[int, int]:
    """How many columns of the header are known, and how many there are."""
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return 0, 0
    return sum(known(name) for name in names), len(names)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    row = 0
    try:
        with io.TextIOWrapper(_binary(path), encoding=encoding, newline="") as stream:
            for cells in csv.reader(stream, delimiter=delimiter, strict=True):
                row += 1
                yield Record(row, tuple([cell.strip() or None for cell in cells]))
    except csv.Error as error:
        raise FileRefused(
            row + 1,
            "",
            f"The line cannot be split into cells ({error}).",
            "Look for a quotation mark that is opened and never closed, here or further up.",
        ) from error
