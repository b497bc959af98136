"""Delimited text as a table: the delimiter, the header, and the rows, in pieces.

Clean pieces (no quotation mark, no odd line end, the same number of cells in every line) are read by columns with the
parser of pandas, an order of magnitude faster; anything else goes line by line through the strict parser of `csv`.
"""

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from core.delivery import ImportOptions
from core.intake.encoding import Text, as_utf8, inspect
from core.intake.formats import DELIMITERS, MAX_LINE, Columns, Expected, FileRefused, Piece, Record, Source
from core.intake.headings import TOP, Heading, find_heading
from core.intake.names import clean
from core.intake.texts import Texts, texts_of

_SEP = re.compile(r"\"?sep=(.)\"?[ \t]*(?:\r\n|\n|\r)", re.IGNORECASE)
_FEED_LINES = 2_000


def open_text(path: Path, expected: Expected, options: ImportOptions) -> Source:
    """A text file as a table.

    Raises:
        FileRefused: no table can be read from it.
    """
    text = inspect(path)
    head = _head(path, text)
    declared = _SEP.match(head)
    named = options.delimiter or (declared[1] if declared else None)
    if named is not None and named not in DELIMITERS:
        raise FileRefused(
            1,
            named,
            "Columns separated by this sign are not read.",
            f"Separate columns by {_delimiters()}.",
        )
    head = head[declared.end() :] if declared else head
    found = {each: _heading(head, each, expected) for each in ((named,) if named else DELIMITERS)}
    delimiter = max(found, key=lambda each: _fit(found[each], expected))
    heading = found[delimiter]
    if heading is None:
        raise FileRefused(1, "", "The file has no header.", "The first line must name the columns.")
    if len(heading.names) == 1 and not expected.known(heading.names[0]):
        raise FileRefused(
            heading.first,
            heading.names[0][:200],
            "The header has only one column, and it is not one that this kind knows.",
            f"Separate columns by {_delimiters()}, and keep the header in the first line.",
        )
    table = _Table(path, text, delimiter, len(declared[0]) if declared else 0, heading)
    return Source(
        header=heading.names,
        header_row=heading.last,
        read=table.pieces,
        total=max(0, text.lines - heading.last - (1 if declared else 0)),
        delimiter=delimiter,
        quoted=text.quoted,
        notes=text.notes + heading.notes,
    )


def _delimiters() -> str:
    *most, last = DELIMITERS.values()
    return f"{', '.join(most)} or {last}"


def _head(path: Path, text: Text) -> str:
    """The beginning, long enough for the longest line."""
    head = b""
    for block in as_utf8(path, text):
        head += block
        if len(head) > MAX_LINE:
            break
    return head.decode("utf-8", "ignore")


def _heading(head: str, delimiter: str, expected: Expected) -> Heading | None:
    top: list[Record] = []
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), start=1):
            top.append(Record(row, tuple([clean(cell) for cell in cells])))
            if row == TOP:
                break
    except csv.Error:  # said with its row when the rows are read
        pass
    return find_heading(top, expected.known)


def _fit(heading: Heading | None, expected: Expected) -> tuple[int, int]:
    """How many columns of the header are known, and how many there are."""
    if heading is None:
        return 0, 0
    return sum(map(expected.known, heading.names)), len(heading.names)


class _Table:
    """The rows of a text file whose header has been found."""

    def __init__(self, path: Path, text: Text, delimiter: str, skipped: int, heading: Heading) -> None:
        self._path, self._text = path, text
        self._delimiter = delimiter
        self._skipped = skipped  # bytes of the line `sep=;`, which no spreadsheet shows
        self._heading = heading

    def pieces(self, size: int, places: Sequence[int]) -> Iterator[Piece]:
        """Everything below the header in pieces of `size` rows; by columns where that is possible and `places` is given.

        Raises:
            FileRefused: after the rows before it: a line that cannot be split, or a damaged compressed file.
        """
        feed = _Feed(as_utf8(self._path, self._text))
        feed.skip(self._skipped)
        row = 0
        for _ in self._records(feed, self._heading.last, row):
            row += 1
        width = len(self._heading.names)
        while True:
            columns = self._columns(feed, size, row, width, places) if places else None
            if columns is not None:
                row += len(next(iter(columns.cells.values())).codes)
                yield columns
                continue
            records: list[Record] = []
            try:
                for record in self._records(feed, size, row):
                    records.append(record)  # those before an error stay
            except FileRefused:
                if records:
                    yield records
                raise
            if not records:
                return
            row += len(records)
            yield records

    def _records(self, feed: "_Feed", count: int, row: int) -> Iterator[Record]:
        """Up to `count` rows, line by line."""
        if count == 0:
            return
        lines = feed.lines()
        try:
            for cells in csv.reader(lines, delimiter=self._delimiter, strict=True):
                row += 1
                yield Record(row, tuple([cell if cell and not cell.isspace() else None for cell in cells]))
                count -= 1
                if count == 0:
                    return
        except csv.Error as error:
            raise FileRefused(
                row + 1,
                "",
                f"The line cannot be split into cells ({error}).",
                "Look for a quotation mark that is opened and never closed, here or further up.",
            ) from error
        finally:
            lines.close()

    def _columns(self, feed: "_Feed", size: int, row: int, width: int, places: Sequence[int]) -> Columns | None:
        """The next rows by column, or None when they need the careful way."""
        block = feed.block(size)
        if not self._is_clean(block, width):
            feed.give_back(block)
            return None
        frame = pd.read_csv(
            io.BytesIO(block),
            sep=self._delimiter,
            header=None,
            names=range(width),
            usecols=list(places),
            index_col=False,
            dtype=object,  # as text: categories would be read as numbers, and 007 become 7
            keep_default_na=False,
            na_values=[""],
            quoting=csv.QUOTE_NONE,
            skip_blank_lines=False,
            engine="c",
            low_memory=False,
        )
        cells = {place: texts_of(frame[place].to_numpy()) for place in places}
        if _has_blank_row(list(cells.values())):  # blank, or with something in other columns only
            feed.give_back(block)
            return None
        return Columns(row + 1, cells)

    def _is_clean(self, block: bytes, width: int) -> bool:
        if not block or b'"' in block or block.count(b"\r") != block.count(b"\r\n"):
            return False
        signs = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(signs == ord("\n"))
        if block[-1] != ord("\n"):
            ends = np.append(ends, len(signs))
        delimiters = np.flatnonzero(signs == ord(self._delimiter))
        before = np.searchsorted(delimiters, ends)
        if ends[0] == 0 or (np.diff(ends) == 1).any():  # an empty line
            return False
        return bool((np.diff(before, prepend=0) == width - 1).all())


def _has_blank_row(columns: list[Texts]) -> bool:
    blank = columns[0].each(_is_blank, True, np.bool_)
    for column in columns[1:]:
        if not blank.any():
            return False
        blank &= column.each(_is_blank, True, np.bool_)
    return bool(blank.any())


def _is_blank(text: str) -> bool:
    return text.isspace() or (not text.isascii() and clean(text) is None)


class _Feed:
    """What is left of a text, to be taken line by line or in blocks of whole lines. Lines end as `csv` sees it."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = b""
        self._ended = False

    def skip(self, count: int) -> None:
        """Leave out so many bytes at the beginning."""
        while len(self._rest) < count and self._more():
            pass
        self._rest = self._rest[count:]

    def give_back(self, block: bytes) -> None:
        """Take back what was taken last."""
        self._rest = block + self._rest

    def block(self, count: int) -> bytes:
        """Up to `count` whole lines by their line feeds; what is left when there are fewer."""
        parts = [self._rest]
        missing = count - self._rest.count(b"\n")
        while missing > 0 and not self._ended:
            self._rest = b""
            if self._more():
                parts.append(self._rest)
                missing -= self._rest.count(b"\n")
        self._rest = b""
        text = b"".join(parts)
        if missing < 0:
            end = int(np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))[count - 1]) + 1
            text, self._rest = text[:end], text[end:]
        elif missing == 0:
            end = text.rfind(b"\n") + 1
            text, self._rest = text[:end], text[end:]
        return text

    def lines(self) -> Generator[str]:
        """Line after line; what was not taken stays."""
        waiting: list[bytes] = []
        place = 0
        try:
            while True:
                waiting, place = self._whole_lines(), 0
                if not waiting:
                    return
                while place < len(waiting):
                    place += 1
                    yield waiting[place - 1].decode()
        finally:
            self._rest = b"".join(waiting[place:]) + self._rest

    def _whole_lines(self) -> list[bytes]:
        """Some lines, of which the last is whole."""
        while not self._ended and (len(self._rest) < _FEED_LINES or not self._has_end()):
            self._more()
        taken = self._rest[: 32 * _FEED_LINES] if self._has_end(32 * _FEED_LINES) else self._rest
        end = len(taken)
        if not (self._ended and end == len(self._rest)):
            end = max(taken.rfind(b"\n"), taken.rfind(b"\r", 0, len(taken) - 1)) + 1  # \r may be half of \r\n
        taken, self._rest = self._rest[:end], self._rest[end:]
        if taken.endswith(b"\r") and self._rest.startswith(b"\n"):
            taken, self._rest = taken + b"\n", self._rest[1:]
        return taken.splitlines(keepends=True)

    def _has_end(self, within: int | None = None) -> bool:
        part = self._rest if within is None else self._rest[:within]
        return b"\n" in part or b"\r" in part[:-1]

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            self._ended = True
            return False
        self._rest += block
        return True
