"""Names and ids: forms of Unicode, look-alikes, scripts, and what spreadsheet programs make of them."""

from scripts.odd_files.entry import PEOPLE, Accepted, OddFile, Refused, odd, people, text

_NFD_NAME = "Zoe\u0308 Mu\u0308ller"
_NFD_UNIT = "Northwind/Bu\u0308ro"


def _two_units(name: str, why: str, second: str, first: str = "Northwind/R-D") -> OddFile:
    """Two people in what a reader would take for one unit."""
    return odd(
        name,
        why,
        people(f"P0101,Ines,{first},2024-01-08", f"P0102,Ana,{second},2024-01-08"),
        Refused(3, "looks like", "in the same way", "unit", second),
        PEOPLE,
    )


def _names(name: str, why: str, *full: str) -> OddFile:
    """People of these names, stored as they are."""
    return odd(
        name,
        why,
        people(*(f"P01{place:02},{each},Northwind/Ops,2024-01-08" for place, each in enumerate(full, start=1))),
        Accepted(len(full), {f"P01{place:02}": {"name": each} for place, each in enumerate(full, start=1)}, units=1),
        PEOPLE,
    )


FILES: tuple[OddFile, ...] = (
    odd(
        "accents-in-two-forms.csv",
        "One unit, written with composed and with combining accents, as a Mac and Windows do.",
        people(f"P0101,{_NFD_NAME},{_NFD_UNIT},2024-01-08", "P0102,Zoë Müller-Groß,Northwind/Büro,2024-01-08"),
        Accepted(
            2, {"P0101": {"name": "Zoë Müller", "unit": "Northwind/Büro"}, "P0102": {"unit": "Northwind/Büro"}}, units=1
        ),
        PEOPLE,
    ),
    _two_units("unit-in-cyrillic.csv", "One letter of the second unit is Cyrillic.", "Northwind/Оps", "Northwind/Ops"),
    _two_units("unit-in-another-case.csv", "The second unit is written in small letters.", "Northwind/r-d"),
    _two_units("unit-with-a-dash.csv", "The hyphen of the second unit is a dash.", "Northwind/R–D"),
    _two_units("unit-with-something-invisible.csv", "The second unit holds a zero-width space.", "Northwind/R-\u200bD"),
    odd(
        "unit-like-one-on-record.csv",
        "The unit looks like one that is on record already, in other letters.",
        people("P0101,Ines,Northwind/engineering/Platform,2024-01-08"),
        Accepted(1, {"P0101": {"unit": "Northwind/engineering/Platform"}}, ("looks like",)),
        PEOPLE,
    ),
    odd(
        "unit-with-blanks.csv",
        "Blanks around the slash, two blanks inside, a no-break space at the end: one unit.",
        people(
            "P0101,Ines,Northwind/Customer Care,2024-01-08",
            "P0102,Ana,Northwind / Customer  Care\u00a0,2024-01-08",
        ),
        Accepted(2, {"P0102": {"unit": "Northwind/Customer Care"}}, units=1),
        PEOPLE,
    ),
    odd(
        "same-name.csv",
        "Two people of one name, one of them written with combining accents and in capitals.",
        people("P0101,Zoë Müller,Northwind/Ops,2024-01-08", f"P0102,{_NFD_NAME.upper()},Northwind/Ops,2024-01-08"),
        Accepted(2, {"P0102": {"name": "ZOË MÜLLER"}}, ("rows 2 and 3",)),
        PEOPLE,
    ),
    odd(
        "no-break-spaces.csv",
        "No-break spaces around every cell, as copied from a web page.",
        people("\u00a0P0101\u00a0,\u00a0Ines\u00a0Duarte,Northwind/Ops\u00a0,\u00a02024-01-08\u00a0"),
        Accepted(1, {"P0101": {"name": "Ines Duarte", "unit": "Northwind/Ops", "hired": "2024-01-08"}}),
        PEOPLE,
    ),
    _names(
        "other-scripts.csv",
        "Names from right to left, in Chinese, in Greek, with an apostrophe.",
        "ليلى حداد",
        "נועה לוי",
        "王小明",
        "Ελένη Παππά",
        "Siobhán O'Neill",
    ),
    _names("emoji.csv", "Names with emoji, one made of several characters joined.", "Ines 🌻", "Ana 👩‍💻", "Łukasz 🇵🇱"),
    _names("short-names.csv", "A name of one letter, a name of a number, the name Null.", "O", "7", "Null"),
    _names(
        "formulas-as-names.csv",
        "Names that a spreadsheet program would run as formulas: text here, made harmless when exported.",
        "=cmd|' /C calc'!A0",
        "+HYPERLINK(1)",
        "@SUM(A1)",
        "-2+3",
    ),
    _names("markup.csv", "A name that holds markup.", "<script>alert(1)</script>", "**Ines** [x](javascript:1)"),
    odd(
        "control-characters.csv",
        "A bell and an escape sequence in names.",
        people("P0101,Ines\x07,Northwind/Ops,2024-01-08", "P0102,\x1b[31mAna,Northwind/Ops,2024-01-08"),
        Refused(2, "control character", "on one line", "name", "Ines\x07", count=2),
        PEOPLE,
    ),
    odd(
        "tab-in-an-id.csv",
        "A tab inside an id.",
        people('"P01\t01",Ines,Northwind/Ops,2024-01-08'),
        Refused(2, "a tab", "on one line", "id", "P01\t01"),
        PEOPLE,
    ),
    odd(
        "long-cell.csv",
        "A remark of a thousand letters in the place of a role.",
        text("id,unit,hired,role", f"P0101,Northwind/Ops,2024-01-08,{'very ' * 200}"),
        Refused(2, "more than 100 characters", "Shorten", "role", "very very"),
        PEOPLE,
    ),
    odd(
        "leading-zeros.csv",
        "Ids that begin with zeros, one of them without.",
        people("00017,Ines,Northwind/Ops,2024-01-08", "17,Ana,Northwind/Ops,2024-01-08"),
        Accepted(2, {"00017": {"name": "Ines"}, "17": {"name": "Ana"}}),
        PEOPLE,
    ),
    odd(
        "ids-as-powers.csv",
        "A spreadsheet program has turned long ids into powers of ten; their digits are lost.",
        people("1.23E+05,Ines,Northwind/Ops,2024-01-08", "1.23E+15,Ana,Northwind/Ops,2024-01-08"),
        Refused(2, "spreadsheet", "as text", "id", "1.23E+05", count=2),
        PEOPLE,
    ),
)
