"""Files inside files, and files that are something else than their name says."""

import gzip
import zlib

from scripts.odd_files.entry import PEOPLE, Accepted, OddFile, Refused, odd, people, weeks, worked
from scripts.odd_files.workbook import Raw, archive, book, sheet

_WEEKS = weeks("P0017,2026-03-16,37.5,0,36.5")
_BOOK = book(sheet("Hours", ("person_id", "week", "worked"), ("P0017", "2026-03-16", 36.5)))
_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def _packed(content: bytes) -> bytes:
    """A gzip file, stored and not compressed, dated zero: the same bytes with every version of the library."""
    return gzip.compress(content, compresslevel=0, mtime=0)


def _streams(*names: str) -> bytes:
    """A compound file as far as a look inside goes: its head, and a directory with the names of its streams."""
    return _OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))


FILES: tuple[OddFile, ...] = (
    odd("packed.csv.gz", "Compressed with gzip.", _packed(_WEEKS), Accepted(1, worked(d16=36.5))),
    odd(
        "packed-in-two.csv.gz",
        "Two gzip files glued together, which is one file to gzip.",
        _packed(_WEEKS) + _packed(b"P0017,2026-03-23,37.5,0,37\n"),
        Accepted(2, worked(d16=36.5, d23=37.0)),
    ),
    odd(
        "not-packed.csv.gz",
        "Plain text under the name of a compressed file.",
        _WEEKS,
        Refused(None, "compressed file is damaged", "Compress"),
    ),
    odd(
        "packed-cut.csv.gz",
        "A gzip file whose download broke off.",
        _packed(_WEEKS * 3)[:60],
        Refused(None, "damaged or incomplete", "send it again"),
    ),
    odd(
        "packed-changed.csv.gz",
        "A gzip file in which one byte has changed, so that its checksum does not fit.",
        _packed(_WEEKS).replace(b"36.5", b"39.5"),
        Refused(None, "damaged or incomplete", "send it again"),
    ),
    odd(
        "packed-and-more.csv.gz",
        "A gzip file with something else behind it.",
        _packed(_WEEKS) + b"-- sent by the gateway --",
        Refused(None, "damaged or incomplete", "send it again"),
    ),
    odd(
        "packed-zlib.csv.gz",
        "Compressed, but not by gzip.",
        zlib.compress(_WEEKS, 0),
        Refused(None, "damaged or incomplete", "send it again"),
    ),
    odd(
        "packed-without-the-name.csv",
        "A gzip file that is called .csv.",
        _packed(_WEEKS),
        Refused(1, "This is a gzip file", "CSV UTF-8"),
    ),
    odd(
        "zipped.csv",
        "A ZIP file with a CSV file in it, called .csv.",
        archive({"weeks.csv": _WEEKS}),
        Refused(1, "ZIP file", "CSV UTF-8"),
    ),
    odd(
        "workbook.csv",
        "An Excel workbook that is called .csv.",
        _BOOK,
        Refused(1, "perhaps an Excel workbook", ".xlsx"),
    ),
    odd(
        "old-workbook.csv",
        "An old Excel workbook that is called .csv.",
        _streams("Workbook"),
        Refused(1, ".xls", ".xlsx"),
    ),
    odd(
        "printed.csv", "A PDF that is called .csv.", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", Refused(1, "a PDF", "CSV UTF-8")
    ),
    odd(
        "sign-in-page.csv",
        "Not the export but the page that asks to sign in, saved under its name.",
        b'<!DOCTYPE html>\n<html lang="en"><head><title>Sign in</title></head>\n<body><form></form></body></html>\n',
        Refused(1, "only one column", "comma, semicolon", value="<!DOCTYPE html>"),
    ),
    odd(
        "records.csv",
        "JSON that is called .csv.",
        b'[{"person_id": "P0017", "week": "2026-03-16", "worked": 36.5}]\n',
        Refused(1, "fits yet", "--suggest-map person-weeks"),
    ),
    odd(
        "csv-inside.xlsx",
        "A CSV file that is called .xlsx.",
        _WEEKS,
        Refused(None, "not an Excel workbook", "save it as"),
    ),
    odd(
        "cut.xlsx",
        "A workbook whose download broke off.",
        _BOOK[: len(_BOOK) // 2],
        Refused(None, "not an Excel workbook, or it is damaged", "save it as"),
    ),
    odd(
        "bad-sheet.xlsx",
        "A workbook whose worksheet is no XML any more.",
        book(sheet("Hours", ("person_id", "week", "worked"), ("P0017", "2026-03-16", Raw("n", "<v>36.5</w>")))),
        Refused(None, "damaged", "save it as"),
    ),
    odd(
        "password.xlsx",
        "A workbook with a password: Excel wraps it into a compound file.",
        _streams("EncryptionInfo", "EncryptedPackage"),
        Refused(None, "password", "without"),
    ),
    odd(
        "old-workbook.xlsx",
        "An old Excel workbook that was only renamed.",
        _streams("Workbook"),
        Refused(None, "old Excel workbook", ".xlsx"),
    ),
    odd(
        "with-macros.xlsm",
        "A workbook with macros.",
        _BOOK,
        Refused(None, "type are not read", ".xlsx", value=".xlsm"),
    ),
    odd(
        "people.json",
        "A type of file that is not read at all.",
        b'{"people": []}\n',
        Refused(None, "type are not read", ".csv", value=".json"),
        PEOPLE,
    ),
    odd(
        "no-suffix",
        "A file without an ending, so that nothing says what it is.",
        people("P0101,Ines Duarte,Northwind/Ops,2024-01-08"),
        Refused(None, "type are not read", ".csv"),
        PEOPLE,
    ),
)
