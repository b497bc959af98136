"""Files in other encodings, and files that are not text at all."""

import codecs

from scripts.odd_files.entry import (
    HOURS,
    PEOPLE,
    PEOPLE_HEADER,
    Accepted,
    OddFile,
    Refused,
    odd,
    people,
    text,
    weeks,
    worked,
)

_ACCENTS = (PEOPLE_HEADER, "P0101,Zoë Müller,Northwind/Büro,2024-01-08", "P0102,Ægir Þórsson,Northwind/Büro,2024-01-08")
_STORED = {
    "P0101": {"name": "Zoë Müller", "unit": "Northwind/Büro"},
    "P0102": {"name": "Ægir Þórsson", "unit": "Northwind/Büro"},
}
_READ = Accepted(2, _STORED, units=1)
_UNKNOWN = "encoding"

FILES: tuple[OddFile, ...] = (
    odd("utf8-bom.csv", "UTF-8 that begins with a byte order mark.", codecs.BOM_UTF8 + text(*_ACCENTS), _READ, PEOPLE),
    odd(
        "utf16-le.csv",
        "UTF-16, little end first, with a byte order mark.",
        codecs.BOM_UTF16_LE + text(*_ACCENTS, encoding="utf-16-le"),
        _READ,
        PEOPLE,
    ),
    odd(
        "utf16-be.csv",
        "UTF-16, big end first, with a byte order mark.",
        codecs.BOM_UTF16_BE + text(*_ACCENTS, encoding="utf-16-be"),
        _READ,
        PEOPLE,
    ),
    odd(
        "utf16-tab.txt",
        "What Excel calls 'Unicode Text': UTF-16, separated by tabs, line ends of Windows.",
        codecs.BOM_UTF16_LE + text(*(line.replace(",", "\t") for line in _ACCENTS), encoding="utf-16-le", end="\r\n"),
        _READ,
        PEOPLE,
    ),
    odd(
        "utf16-le-unmarked.csv",
        "UTF-16, little end first, without a byte order mark: every second byte of the header is zero.",
        text(*_ACCENTS, encoding="utf-16-le"),
        _READ,
        PEOPLE,
    ),
    odd(
        "utf16-be-unmarked.csv",
        "UTF-16, big end first, without a byte order mark.",
        text(*_ACCENTS, encoding="utf-16-be"),
        _READ,
        PEOPLE,
    ),
    odd(
        "utf16-cut.csv",
        "UTF-16 that ends in the middle of a character.",
        codecs.BOM_UTF16_LE + text(*_ACCENTS, encoding="utf-16-le")[:-1],
        Refused(3, _UNKNOWN, "CSV UTF-8", value="byte"),
        PEOPLE,
    ),
    odd(
        "utf32.csv",
        "UTF-32, which nothing writes by default.",
        codecs.BOM_UTF32_LE + text(*_ACCENTS, encoding="utf-32-le"),
        Refused(1, "not a text file", "CSV UTF-8"),
        PEOPLE,
    ),
    odd(
        "windows-1252.csv",
        "Windows-1252, as older spreadsheet programs write CSV, with letters that differ from UTF-8.",
        text(PEOPLE_HEADER, "P0101,Zoë Müller,Northwind/Büro,2024-01-08", encoding="cp1252"),
        Accepted(1, {"P0101": {"name": "Zoë Müller", "unit": "Northwind/Büro"}}, ("Windows-1252",)),
        PEOPLE,
    ),
    odd(
        "windows-1252-signs.csv",
        "Windows-1252 with an apostrophe, a dash and a euro sign from the range that Latin-1 leaves empty.",
        text(PEOPLE_HEADER, "P0101,Siobhán O’Neill,Northwind/Tax – € desk,2024-01-08", encoding="cp1252"),
        Accepted(1, {"P0101": {"name": "Siobhán O’Neill", "unit": "Northwind/Tax – € desk"}}, ("Windows-1252",)),
        PEOPLE,
    ),
    odd(
        "broken-utf8.csv",
        "UTF-8 whose fourth line has lost a byte of a letter; read as Windows-1252 all other letters would go wrong.",
        text(*_ACCENTS) + b"P0103,Ren\xc3,Northwind/B\xc3\xbcro,2024-01-08\n",
        Refused(4, "UTF-8", "CSV UTF-8", value="byte"),
        PEOPLE,
    ),
    odd(
        "mixed-encodings.csv",
        "Two files glued together: line 2 is UTF-8, line 3 is Windows-1252.",
        text(*_ACCENTS[:2]) + "P0102,Jürgen Groß,Northwind/Büro,2024-01-08\n".encode("cp1252"),
        Refused(3, "UTF-8", "CSV UTF-8", value="byte"),
        PEOPLE,
    ),
    odd(
        "nul-padding.csv",
        "Filled up with zero bytes, as a copy from a broken disk or an old mainframe is.",
        weeks("P0017,2026-03-16,37.5,0,36.5") + bytes(64),
        Refused(3, "binary data", "CSV UTF-8"),
    ),
    odd(
        "dos-end-of-file.csv",
        "Ends with the end-of-file sign of DOS (0x1A) on a line of its own.",
        weeks("P0017,2026-03-16,37.5,0,36.5") + b"\x1a",
        Refused(3, "fewer cells", "separator", value="1 cells"),
    ),
    odd(
        "only-a-mark.csv",
        "Nothing but a byte order mark.",
        codecs.BOM_UTF8,
        Refused(None, "empty", "Export it again"),
    ),
    odd("only-blanks.csv", "Nothing but blank lines.", b"\n  \n\t\n\n", Refused(None, "empty", "Export it again")),
    odd(
        "line-ends-cr.csv",
        "Lines end as on old Macs, with a carriage return alone.",
        text("person_id,week,worked", "P0017,2026-03-16,36.5", "P0017,2026-03-23,37", end="\r"),
        Accepted(2, worked(d16=36.5, d23=37.0)),
    ),
    odd(
        "line-ends-mixed.csv",
        "Three kinds of line end in one file.",
        b"person_id,week,worked\r\nP0017,2026-03-16,36.5\nP0017,2026-03-23,37\rP0017,2026-03-30,35\r\n",
        Accepted(
            3,
            worked(d16=36.5, d23=37.0, d30=35.0),
        ),
    ),
    odd(
        "no-final-newline.csv",
        "The last line does not end.",
        text("person_id,week,worked", "P0017,2026-03-16,36.5", last=False),
        Accepted(1, worked(d16=36.5)),
        HOURS,
    ),
    odd(
        "ids-in-two-forms.csv",
        "One id twice: with an accent as one character, and as a letter and a combining accent.",
        people("É1,Ada,Northwind/Ops,2024-01-08", "E\u03011,Ada,Northwind/Ops,2024-01-08"),
        Refused(3, "already given in row 2", "Keep one of the two", "id", "É1"),
        PEOPLE,
    ),
)
