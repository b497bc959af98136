"""The encoding of a text file, found out from all of its bytes, and the text as UTF-8 whatever it was.

UTF-8 and UTF-16 prove themselves; Windows-1252 is what is left, and has to look like text.
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.intake import formats
from core.intake.formats import FileRefused

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
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_SAMPLE = 4096
_WIDE_SHARE = 0.4  # of the characters of a sample: from here on a file of two bytes each is unmistakable
_WINDOWS = (
    "The file is not in UTF-8; it was read as Windows-1252, as older spreadsheet programs write it. "
    "Check letters with accents, or save it as 'CSV UTF-8'."
)


@dataclass(frozen=True)
class Text:
    """What was found out about a text file. lines: line ends, and one more for a last line without."""

    encoding: str
    lines: int
    quoted: bool
    notes: tuple[str, ...] = ()


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked when it is gzip.

    Raises:
        FileRefused: the compressed file is damaged (also while the caller reads).
    """
    packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            yield cast(BinaryIO, stream)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileRefused(
            None, "", "The compressed file is damaged or incomplete.", "Compress and send it again."
        ) from error


def as_utf8(path: Path, text: Text) -> Iterator[bytes]:
    """The text in blocks of UTF-8, without a byte order mark."""
    decoder = codecs.getincrementaldecoder(text.encoding)()
    with opened(path) as stream:
        while chunk := stream.read(_BLOCK):
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()


def inspect(path: Path, most: int | None = None) -> Text:
    """Size, encoding and number of lines, from one pass over the bytes (two when they are not UTF-8).

    most: bytes of text at most, where it is less than of any file.

    Raises:
        FileRefused: empty, too big, not text, damaged, or in an encoding that is not known.
    """
    with opened(path) as stream:
        start = stream.read(_SAMPLE)
    if not start.removeprefix(codecs.BOM_UTF8).strip():
        raise FileRefused(None, "", "The file is empty.", "Export it again; it needs a header and at least one row.")
    for magic, what in _MAGIC.items():
        if start.startswith(magic):
            raise FileRefused(1, "", f"This is {what}, not a text file.", _AS_CSV)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _Look("utf-16", most).through(path)
    wide = _without_mark(start)
    if wide is not None:
        return _Look(wide, most).through(path)
    try:
        return _Look("utf-8-sig", most).through(path)
    except UnicodeDecodeError as broken:
        if start.startswith(codecs.BOM_UTF8):
            raise _damaged(path) from broken
    found = _Look("cp1252", most).through(path)
    return Text(found.encoding, found.lines, found.quoted, (_WINDOWS,))


def _without_mark(start: bytes) -> str | None:
    """UTF-16 without a byte order mark, when every other byte says so: no text in another encoding looks like this."""
    characters = len(start) // 2
    high, low = start[1::2].count(0), start[0::2].count(0)
    if high >= _WIDE_SHARE * characters and not low:
        return "utf-16-le"
    if low >= _WIDE_SHARE * characters and not high:
        return "utf-16-be"
    return None


class _Look:
    """One pass over a file in one encoding."""

    def __init__(self, encoding: str, most: int | None = None) -> None:
        self._encoding = encoding
        self._most = formats.MAX_BYTES if most is None else min(most, formats.MAX_BYTES)
        self._size = self._lines = self._open = 0
        self._returns = 0
        self._quoted = False

    def through(self, path: Path) -> Text:
        """What is found when the whole file is text in this encoding.

        Raises:
            UnicodeDecodeError: it is not UTF-8.
            FileRefused: too big, not text at all, or not in the encoding that was left to try.
        """
        decoder = codecs.getincrementaldecoder(self._encoding)()
        sequences = strays = 0
        with opened(path) as stream:
            while True:
                chunk = stream.read(_BLOCK)
                self._size += len(chunk)
                if self._size > self._most:
                    raise FileRefused(
                        None,
                        "",
                        f"The file holds more than {self._most // 1024**2} MB of text.",
                        "Split it, for example by quarter, and import the parts one after the other.",
                    )
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    if self._encoding == "utf-8-sig":
                        raise
                    row = self._row(chunk[: error.start].decode("latin-1"))
                    raise _unknown_encoding(row, error.object[error.start : error.start + 1].hex()) from error
                if self._encoding == "cp1252":
                    self._refuse_unlikely(text)
                    whole = len(_SEQUENCE.findall(chunk))
                    sequences += whole
                    strays += len(_HIGH.findall(_SEQUENCE.sub(b"", chunk)))
                self._count(text)
                if not chunk:
                    break
        if sequences and sequences >= strays:
            raise _damaged(path)
        lines = self._lines or self._returns
        return Text(self._encoding, lines + (1 if self._open else 0), self._quoted)

    def _count(self, text: str) -> None:
        if "\x00" in text:
            row = self._row(text[: text.index("\x00")])
            raise FileRefused(row, "", "This is not a text file: it holds binary data.", _AS_CSV)
        self._quoted = self._quoted or '"' in text
        ends = text.count("\n")
        self._lines += ends
        returns = text.count("\r")
        self._returns += returns
        if ends or returns:
            self._open = len(text) - 1 - max(text.rfind("\n"), text.rfind("\r"))
        else:
            self._open += len(text)
        if self._open > formats.MAX_LINE:
            raise FileRefused(
                self._lines + 1,
                "",
                "This line is longer than any table has: more than a million characters.",
                "Check that the file is a table with line ends, and export it again.",
            )

    def _row(self, before: str) -> int:
        return self._lines + before.count("\n") + 1

    def _refuse_unlikely(self, text: str) -> None:
        """Text read as Windows-1252 must consist of letters and the usual signs."""
        if text.isascii():
            return
        for character in sorted({each for each in text if ord(each) > 127}, key=text.index):
            if not character.isalpha() and character not in _CP1252_SIGNS:
                raise _unknown_encoding(self._row(text[: text.index(character)]), character.encode("cp1252").hex())


def _damaged(path: Path) -> FileRefused:
    """A file in UTF-8 but for some bytes: its first broken line is named."""
    row = 1
    with opened(path) as stream:
        while line := stream.readline(formats.MAX_LINE):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                value = f"byte {line[error.start]:02x}"
                return FileRefused(
                    row,
                    value,
                    "This line holds a byte that is not UTF-8, although the rest of the file is.",
                    "Correct the letters of this line, and save the whole file as 'CSV UTF-8'.",
                )
            row += line.endswith(b"\n")
    return _unknown_encoding(row, "?")


def _unknown_encoding(row: int, byte: str) -> FileRefused:
    return FileRefused(
        row,
        f"byte {byte}",
        "The encoding of the file is not known: this is neither UTF-8 nor Windows-1252.",
        "Save it as 'CSV UTF-8'.",
    )
