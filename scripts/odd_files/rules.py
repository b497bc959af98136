"""Rows that can be read and cannot be right: twice, contradicting, about people or weeks that are not on record."""

from scripts.odd_files.entry import PEOPLE, Accepted, OddFile, Refused, odd, text, weeks

_ONE = "P0017,2026-03-16,37.5,0,36.5"

FILES: tuple[OddFile, ...] = (
    odd(
        "same-row-twice.csv",
        "One row twice, letter by letter.",
        weeks(_ONE, _ONE),
        Refused(3, "Row 2 already gives this person's week 2026-03-16", "Keep one of the two", "person_id", "P0017"),
    ),
    odd(
        "same-week-other-hours.csv",
        "One week twice, with other hours and with the day written in another way.",
        weeks(_ONE, "P0017,2026-03-16T00:00:00,37.5,7.5,29"),
        Refused(3, "Row 2 already gives this person's week 2026-03-16", "Keep one of the two", "person_id", "P0017"),
    ),
    odd(
        "id-in-small-letters.csv",
        "An id in small letters, which is nobody's.",
        weeks("p0017,2026-03-16,37.5,0,36.5"),
        Refused(2, "nobody with this id on record", "Import the person first", "person_id", "p0017"),
    ),
    odd(
        "id-with-a-point.csv",
        "A program has written ids as numbers with a decimal point.",
        weeks("17.0,2026-03-16,37.5,0,36.5"),
        Refused(2, "nobody with this id on record", "Import the person first", "person_id", "17.0"),
    ),
    odd(
        "before-hire.csv",
        "A week before the person was hired.",
        weeks("P0017,2022-04-18,37.5,0,36.5", "P0017,2022-05-02,37.5,0,36.5"),
        Refused(2, "P0017 had no assignment", "Correct the week", "week", "2022-04-18"),
    ),
    odd(
        "all-wrong.csv",
        "Every cell of a row is wrong: each is told once.",
        weeks(",2026-03-17,forty,-1,200"),
        Refused(2, "'person_id' is blank", "Fill it in", "person_id", count=5),
    ),
    odd(
        "no-break-space-in-a-key.csv",
        "An id with a no-break space behind it, and one with two blanks before it.",
        weeks("P0017\u00a0,2026-03-16,37.5,0,36.5", "  P0021,2026-03-23,40,0,41"),
        Accepted(2, {"P0017 2026-03-16": {"worked": 36.5}, "P0021 2026-03-23": {"worked": 41.0}}),
    ),
    odd(
        "on-record-and-new.csv",
        "One week is on record with the same hours, one with other hours, one is new.",
        text(
            "person_id,week,contracted,leave,public_holiday,sickness,worked,after_hours,rest_day,meeting,focus",
            "P0017,2026-03-09,37.5,7.5,0,0,31.5,1.5,0,9,14.5",
            "P0021,2026-03-09,40,0,0,0,41,4,2,11.5,8",
            "P0021,2026-03-23,40,0,0,0,40,0,0,10,9",
        ),
        Accepted(
            1,
            {"P0021 2026-03-09": {"worked": 41.0}, "P0021 2026-03-23": {"worked": 40.0}},
            replaced=1,
        ),
    ),
    odd(
        "a-hundredth-too-many.csv",
        "After-hours work exceeds the hours worked by less than rounding, and then by more.",
        text("person_id,week,worked,after_hours", "P0017,2026-03-16,8,8.01", "P0017,2026-03-23,8,8.02"),
        Refused(3, "part of the hours worked", "Correct 'after_hours'", "after_hours", "8.02"),
    ),
    odd(
        "manager-by-name.csv",
        "The manager is given by name, not by id.",
        text("id,unit,hired,manager_id", "P0101,Northwind/Ops,2024-01-08,Mara Lindqvist"),
        Refused(2, "nobody with this id, neither in the file nor on record", "Add the manager", "manager_id", "Mara"),
        PEOPLE,
    ),
    odd(
        "other-slashes.csv",
        "Units are separated by backslashes, so that each path is one name.",
        text("id,unit,hired", "P0101,Northwind\\Ops,2024-01-08"),
        Refused(2, "one company, 'Northwind'", "Begin each path with 'Northwind'", "unit", "Northwind\\Ops"),
        PEOPLE,
    ),
    odd(
        "two-addresses-in-one.csv",
        "Two e-mail addresses in one cell.",
        text("id,unit,hired,email", "P0101,Northwind/Ops,2024-01-08,ines@northwind.example; i@home.example"),
        Refused(2, "not an e-mail address", "name@host", "email", "ines@"),
        PEOPLE,
    ),
    odd(
        "address-in-capitals.csv",
        "An address of somebody on record, in capitals.",
        text("id,unit,hired,email", "P0101,Northwind/Ops,2024-01-08,ADA.MOREAU@NORTHWIND.EXAMPLE"),
        Refused(2, "belongs to P0017 (on record)", "of their own", "email", "ADA.MOREAU"),
        PEOPLE,
    ),
    odd(
        "day-of-re-hire.csv",
        "Hired again on the day after leaving, which is two employments.",
        text("id,unit,hired,left", "P0101,Northwind/Ops,2023-01-02,2024-01-31", "P0101,Northwind/Ops,2024-02-01,"),
        Accepted(2, {"P0101": {"hired": "2024-02-01", "left": None}}, units=1),
        PEOPLE,
    ),
    odd(
        "leap-day.csv",
        "A leap day, and a day that would have been one in 1900.",
        text("id,unit,hired", "P0101,Northwind/Ops,2024-02-29", "P0102,Northwind/Ops,1900-02-29"),
        Refused(3, "not a date", "year-month-day", "hired", "1900-02-29"),
        PEOPLE,
    ),
)
