"""Workbooks: several sheets, headers that are not in row 1, merged cells, formulas, totals."""

from datetime import date

from scripts.odd_files.entry import PEOPLE, Accepted, Case, OddFile, Refused, odd, worked
from scripts.odd_files.workbook import Cell, Error, Formula, Raw, Sheet, book, sheet

_HEADER: tuple[Cell, ...] = ("person_id", "week", "contracted", "leave", "worked")
_ROW: tuple[Cell, ...] = ("P0017", date(2026, 3, 16), 37.5, 0, 36.5)
_NEXT: tuple[Cell, ...] = ("P0017", date(2026, 3, 23), 37.5, 0, 37)
_HOURS = sheet("Hours", _HEADER, _ROW)
_READ = Accepted(1, worked(d16=36.5))
_README = sheet("Read me", ("This workbook was made by the payroll team.",), ("Ask Ines for questions.",))
_BOTH = book(sheet("March", _HEADER, _ROW), sheet("March, late", _HEADER, _NEXT))

FILES: tuple[OddFile, ...] = (
    odd("date-cells.xlsx", "Days are date cells.", book(_HOURS), _READ),
    odd(
        "date-cells-1904.xlsx",
        "Date cells of a workbook whose days count from 1904.",
        book(_HOURS, epoch_1904=True),
        _READ,
    ),
    odd(
        "shared-strings.xlsx",
        "Texts in the workbook's own table, one of them in two fonts.",
        book(
            sheet("Hours", _HEADER, (Raw("s", "<v>0</v>"), *_ROW[1:])),
            shared=("<r><t>P00</t></r><r><rPr><b/></rPr><t>17</t></r>",),
        ),
        _READ,
    ),
    odd(
        "wrong-size.xlsx",
        "The worksheet claims to be one cell large, as some exports do.",
        book(sheet("Hours", _HEADER, _ROW, dimension="A1")),
        _READ,
    ),
    odd(
        "gaps.xlsx",
        "Rows are missing from the worksheet; numbers of rows are still its own.",
        book(Sheet("Hours", {1: _HEADER, 3: _ROW, 6: ("P0017", date(2026, 3, 23), 37.5, 0, "lots")})),
        Refused(6, "not a number", "such as 37.5", "worked", "lots"),
    ),
    odd(
        "second-sheet.xlsx",
        "The table is on the second worksheet; the first explains it.",
        book(_README, _HOURS),
        Accepted(1, worked(d16=36.5), ("'Hours'",)),
    ),
    OddFile(
        "two-sheets.xlsx",
        "Two worksheets fit.",
        _BOTH,
        (
            Case(Refused(None, "'March', 'March, late'", "--sheet")),
            Case(Accepted(1, worked(d23=37.0), ("'March, late'",)), options={"sheet": "March, late"}),
            Case(
                Refused(None, "no worksheet 'April'", "'March', 'March, late'", value="April"),
                options={"sheet": "April"},
            ),
        ),
    ),
    odd(
        "no-sheet-fits.xlsx",
        "Two worksheets, and none of them holds hours.",
        book(_README, sheet("Canteen", ("day", "meal"), ("2026-03-16", "soup"))),
        Refused(1, "fits yet", "--suggest-map person-weeks"),
    ),
    odd(
        "hidden-sheet.xlsx",
        "A hidden worksheet fits as well as the one that is seen.",
        book(sheet("Old", _HEADER, _NEXT, hidden=True), _HOURS),
        _READ,
    ),
    odd(
        "title-above.xlsx",
        "A title and a blank row stand above the header.",
        book(Sheet("Hours", {1: ("Hours of March 2026",), 3: _HEADER, 4: _ROW})),
        Accepted(1, worked(d16=36.5), ("row 3",)),
    ),
    odd(
        "title-above-a-mistake.xlsx",
        "The same, with a mistake; its row is that of the worksheet.",
        book(Sheet("Hours", {1: ("Hours of March 2026",), 3: _HEADER, 4: _ROW, 5: (*_NEXT[:4], "lots")})),
        Refused(5, "not a number", "such as 37.5", "worked", "lots"),
    ),
    odd(
        "merged-title.xlsx",
        "The title is one merged cell over all columns.",
        book(Sheet("Hours", {1: ("Hours of March 2026",), 2: _HEADER, 3: _ROW}, merged=("A1:E1",))),
        Accepted(1, worked(d16=36.5), ("row 2",)),
    ),
    odd(
        "header-in-two-rows.xlsx",
        "The header takes two rows: merged cells from above to below, and one over all columns of hours.",
        book(
            sheet(
                "Hours",
                ("person_id", "week", "Hours"),
                (None, None, "contracted", "leave", "worked"),
                _ROW,
                merged=("A1:A2", "B1:B2", "C1:E1"),
            )
        ),
        Accepted(1, worked(d16=36.5), ("row 2",)),
    ),
    odd(
        "formulas.xlsx",
        "Hours are sums, with their results stored.",
        book(sheet("Hours", _HEADER, (*_ROW[:4], Formula("C2-D2-1", 36.5)))),
        _READ,
    ),
    odd(
        "formulas-not-calculated.xlsx",
        "Hours are sums that no program has calculated yet.",
        book(sheet("Hours", _HEADER, _ROW, (*_NEXT[:4], Formula("C3-D3")))),
        Refused(3, "error of a formula", "let it calculate", "worked", "#FORMULA"),
    ),
    odd(
        "error-cells.xlsx",
        "A lookup that found nothing, and a division by zero.",
        book(sheet("Hours", _HEADER, (*_ROW[:4], Error("#N/A")), (*_NEXT[:4], Formula("C3/D3", "#DIV/0!")))),
        Refused(2, "error of a formula", "Correct the formula", "worked", "#N/A", count=2),
    ),
    odd(
        "true-and-false.xlsx",
        "A tick in place of hours.",
        book(sheet("Hours", _HEADER, (*_ROW[:4], True))),
        Refused(2, "not a number", "such as 37.5", "worked", "True"),
    ),
    odd(
        "numbers-as-text.xlsx",
        "Numbers and days are texts, one with an apostrophe's blank before it.",
        book(sheet("Hours", _HEADER, ("P0017", "2026-03-16", "37.5", "0", " 36.5"))),
        _READ,
    ),
    odd(
        "numbers-as-ids.xlsx",
        "Ids are numbers to the worksheet, and texts to us.",
        book(sheet("People", ("id", "unit", "hired"), (4711, "Northwind/Ops", date(2024, 1, 8)))),
        Accepted(1, {"4711": {"unit": "Northwind/Ops", "hired": "2024-01-08"}}),
        PEOPLE,
    ),
    odd(
        "total.xlsx",
        "The last row adds everything up.",
        book(sheet("Hours", _HEADER, _ROW, _NEXT, ("Total", None, 75, 0, Formula("SUM(E2:E3)", 73.5)))),
        Accepted(2, worked(d16=36.5, d23=37.0), ("row 4",), ignored=1),
    ),
    odd(
        "total-in-german.xlsx",
        "The last row adds everything up, in German, below a blank row.",
        book(Sheet("Hours", {1: _HEADER, 2: _ROW, 3: _NEXT, 5: ("Gesamt", None, 75, 0, 73.5)})),
        Accepted(2, worked(d16=36.5, d23=37.0), ("row 5",), ignored=2),
    ),
    odd(
        "entities.xlsx",
        "A worksheet whose XML would grow a billionfold.",
        book(
            sheet(
                "Hours",
                _HEADER,
                ("P0017", Raw("inlineStr", "<is><t>&i;</t></is>")),
                doctype='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
                + "".join(
                    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
                )
                + "]>",
            )
        ),
        Refused(None, "damaged", "save it as"),
    ),
)
