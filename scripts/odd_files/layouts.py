"""Separators, quotation marks, blank rows, rows of odd length: how cells and rows are told apart."""

from scripts.odd_files.entry import PEOPLE, WEEKS_HEADER, Accepted, OddFile, Refused, odd, people, text, weeks, worked

_ONE = "P0017,2026-03-16,37.5,0,36.5"
_READ = Accepted(1, worked(d16=36.5))

FILES: tuple[OddFile, ...] = (
    odd(
        "semicolons.csv",
        "Separated by semicolons, hours with a decimal comma, as German and French Excel write it.",
        text("person_id;week;contracted;leave;worked", "P0017;2026-03-16;37,5;0;36,5"),
        Accepted(1, {"P0017 2026-03-16": {"contracted": 37.5, "worked": 36.5}}),
    ),
    odd("tabs.tsv", "Separated by tabs.", weeks(_ONE).replace(b",", b"\t"), _READ),
    odd("pipes.csv", "Separated by vertical bars.", weeks(_ONE).replace(b",", b"|"), _READ),
    odd(
        "sep-line.csv",
        "Begins with a line sep=; that tells Excel the separator.",
        b"sep=;\r\n" + text("person_id;week;worked", "P0017;2026-03-16;36,5", end="\r\n"),
        _READ,
    ),
    odd(
        "mixed-separators.csv",
        "The header and most rows are separated by commas, one row by semicolons.",
        weeks(_ONE, "P0017;2026-03-23;37.5;0;36.5"),
        Refused(3, "fewer cells than the header: 1, not 5", "separator", value="1 cells"),
    ),
    odd(
        "unquoted-comma.csv",
        "A name with a comma and without quotation marks, which makes one cell too many.",
        people("P0101,Duarte, Ines,Northwind/Ops,2024-01-08"),
        Refused(2, "more cells than the header: 5, not 4", "quotation marks", value="5 cells"),
        PEOPLE,
    ),
    odd(
        "short-row.csv",
        "A row that ends too early.",
        weeks(_ONE, "P0017,2026-03-23,37.5"),
        Refused(3, "fewer cells than the header: 3, not 5", "separator", value="3 cells"),
    ),
    odd(
        "trailing-separators.csv",
        "Every line, the header too, ends with three separators, as Excel writes columns that were once used.",
        text(f"{WEEKS_HEADER},,,", f"{_ONE},,,"),
        _READ,
    ),
    odd(
        "trailing-separators-in-rows.csv",
        "Every row ends with a separator that the header does not have.",
        weeks(f"{_ONE},"),
        _READ,
    ),
    odd(
        "newline-in-a-cell.csv",
        "A remark, in a column that is not read, runs over three lines inside quotation marks.",
        weeks('P0017,2026-03-16,36.5,"swapped\nwith\nTomasz"', header="person_id,week,worked,remark"),
        Accepted(1, worked(d16=36.5), ignored_columns=("remark",)),
    ),
    odd(
        "newline-before-a-mistake.csv",
        "A remark over three lines stands above a mistake; rows are counted as a spreadsheet shows them.",
        weeks(
            'P0017,2026-03-16,36.5,"swapped\nwith\nTomasz"',
            "P0017,2026-03-23,forty,",
            header="person_id,week,worked,remark",
        ),
        Refused(3, "not a number", "such as 37.5", "worked", "forty"),
    ),
    odd(
        "newline-in-the-header.csv",
        "A name in the header is wrapped onto two lines.",
        text('person_id,"week\nstart","hours\nworked"', "P0017,2026-03-16,36.5"),
        _READ,
    ),
    odd(
        "newline-in-a-name.csv",
        "A person's name runs over two lines.",
        people('P0101,"Ines\nDuarte",Northwind/Ops,2024-01-08'),
        Refused(2, "line break", "on one line", "name", "Ines\nDuarte"),
        PEOPLE,
    ),
    odd(
        "quoted-everything.csv",
        "Every cell stands in quotation marks, numbers too.",
        text(
            ",".join(f'"{name}"' for name in WEEKS_HEADER.split(",")), ",".join(f'"{cell}"' for cell in _ONE.split(","))
        ),
        _READ,
    ),
    odd(
        "doubled-quotes.csv",
        "A name that holds quotation marks, doubled as they should be.",
        people('P0101,"Ines ""Nini"" Duarte",Northwind/Ops,2024-01-08'),
        Accepted(1, {"P0101": {"name": 'Ines "Nini" Duarte'}}),
        PEOPLE,
    ),
    odd(
        "stray-quote.csv",
        "A cell goes on after its closing quotation mark.",
        people("P0101,Ines,Northwind/Ops,2024-01-08", 'P0102,"Ines" Duarte,Northwind/Ops,2024-01-08'),
        Refused(3, "cannot be split into cells", "quotation mark"),
        PEOPLE,
    ),
    odd(
        "quote-never-closed.csv",
        "A quotation mark opens in row 2 and swallows the rest of the file.",
        people('P0101,"Ines Duarte,Northwind/Ops,2024-01-08', "P0102,Ana,Northwind/Ops,2024-01-08"),
        Refused(2, "cannot be split into cells", "quotation mark"),
        PEOPLE,
    ),
    odd(
        "blank-lines.csv",
        "Blank lines between the rows.",
        weeks("", _ONE, "", "", "P0017,2026-03-23,37.5,0,37"),
        Accepted(2, worked(d16=36.5, d23=37.0), ignored=3),
    ),
    odd(
        "blank-cells.csv",
        "Rows of nothing but separators and blanks.",
        weeks(",,,,", _ONE, " , ,\t, ,\u00a0"),
        Accepted(1, worked(d16=36.5), ignored=2),
    ),
    odd(
        "mistake-below-blanks.csv",
        "A mistake below blank lines; blank lines count.",
        weeks("", ",,,,", _ONE, "P0017,2026-03-23,37.5,0,lots"),
        Refused(5, "not a number", "such as 37.5", "worked", "lots"),
    ),
    odd(
        "header-and-blanks.csv",
        "A header and nothing but blank rows.",
        weeks(",,,,", "", " , , , , "),
        Refused(1, "a header and no rows", "at least one row"),
    ),
    odd(
        "header-again.csv",
        "Two files, one below the other, so that the header stands in the middle once more.",
        weeks(_ONE, WEEKS_HEADER, "P0017,2026-03-23,37.5,0,37"),
        Refused(3, "not a date", "year-month-day", "week", "week", count=4),
    ),
    odd(
        "one-column.csv",
        "Nothing but ids.",
        text("person_id", "P0017"),
        Refused(1, "required column 'week' is missing", "Add a column 'week'", "week", count=2),
    ),
    odd(
        "thousand-and-one-columns.csv",
        "1,001 columns.",
        text(
            ",".join(["person_id", "week", "worked", *(f"x{place}" for place in range(998))]), "P0017,2026-03-16,36.5"
        ),
        Refused(1, "The header has more than", "Leave out"),
    ),
    odd(
        "blank-week.csv",
        "All hours of a row are blank: missing, not zero.",
        weeks("P0017,2026-03-16,,,"),
        Accepted(1, {"P0017 2026-03-16": {"contracted": None, "leave": None, "worked": None}}),
    ),
)
