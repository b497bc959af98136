"""Headers in other words, other languages and other places; totals and subtotals; files of another kind."""

from scripts.odd_files.entry import (
    HOURS,
    PEOPLE,
    VIVA,
    WEEKS_HEADER,
    Accepted,
    Case,
    OddFile,
    Refused,
    odd,
    people,
    text,
    weeks,
    worked,
)

_ONE = "P0017,2026-03-16,37.5,0,36.5"
_TWO = "P0017,2026-03-23,37.5,0,37"
_READ = Accepted(1, worked(d16=36.5))
_GERMAN = text(
    "Personalnummer;Nachname, Vorname;Organisationseinheit;Eintrittsdatum;Wochenstunden",
    "P0101;Müller, Zoë;Northwind/Büro;08.01.2024;37,5",
    "P0102;Groß, Jürgen;Northwind/Büro;15.01.2024;40",
)
_FRENCH = text(
    "Matricule;Semaine du;Heures travaillées;Congés;Commentaire",
    "P0017;16/03/2026;36,5;7,5;",
    "P0017;23/03/2026;37;;école fermée",
)

FILES: tuple[OddFile, ...] = (
    OddFile(
        "german.csv",
        "Columns are named in German.",
        _GERMAN,
        (
            Case(Refused(1, "the header lacks 'id', 'unit', 'hired'", "--suggest-map people"), PEOPLE),
            Case(
                Accepted(
                    2,
                    {
                        "P0101": {"name": "Müller, Zoë", "hired": "2024-01-08", "hours": 37.5},
                        "P0102": {"name": "Groß, Jürgen", "hired": "2024-01-15", "hours": 40.0},
                    },
                    ("day first",),
                    units=1,
                ),
                PEOPLE,
                mapped="german.toml",
            ),
        ),
    ),
    OddFile(
        "german.toml",
        "The map of german.csv.",
        text(
            "[columns]",
            '"Personalnummer" = "id"',
            '"Nachname, Vorname" = "name"',
            '"Organisationseinheit" = "unit"',
            '"Eintrittsdatum" = "hired"',
            '"Wochenstunden" = "contracted_hours"',
        ),
        (),
    ),
    OddFile(
        "french.csv",
        "Columns are named in French.",
        _FRENCH,
        (
            Case(Refused(1, "the header lacks 'person_id', 'week'", "--suggest-map person-weeks"), HOURS),
            Case(
                Accepted(
                    2,
                    {
                        "P0017 2026-03-16": {"worked": 36.5, "leave": 7.5},
                        "P0017 2026-03-23": {"worked": 37.0, "leave": None},
                    },
                    ("day first",),
                    ignored_columns=("Commentaire",),
                ),
                HOURS,
                mapped="french.toml",
            ),
        ),
    ),
    OddFile(
        "french.toml",
        "The map of french.csv, which also says the order of its dates.",
        text(
            "[columns]",
            '"Matricule" = "person_id"',
            '"Semaine du" = "week"',
            '"Heures travaillées" = "worked"',
            '"Congés" = "leave"',
            "",
            "[options]",
            "dayfirst = true",
        ),
        (),
    ),
    odd(
        "shouted-header.csv",
        "The header in capitals, with hyphens and points.",
        weeks(_ONE, header="PERSON-ID,WEEK.,CONTRACTED HOURS,LEAVE,HOURS-WORKED"),
        _READ,
    ),
    odd(
        "invisible-header.csv",
        "No-break spaces, zero-width spaces and a second byte order mark between the letters of the header.",
        weeks(_ONE, header="\ufeff\ufeffperson_id\u200b,\u00a0week ,contracted  ,le\u200bave,worked\u00a0"),
        _READ,
    ),
    odd(
        "doubled-header.csv",
        "One name stands in the header twice.",
        weeks("P0017,2026-03-16,36.5,37", header="person_id,week,worked,worked"),
        Refused(1, "there twice: 'worked' and 'worked'", "Keep one of the two", "worked", "worked"),
    ),
    odd(
        "two-names-for-one.csv",
        "Two names in the header mean the same column.",
        weeks("P0017,2026-03-16,7.5,0", header="person_id,week,leave,annual leave"),
        Refused(1, "there twice: 'leave' and 'annual leave'", "Keep one of the two", "annual leave", "annual leave"),
    ),
    odd(
        "unnamed-column.csv",
        "A column without a name, with values in it.",
        weeks("P0017,2026-03-16,x,36.5", header="person_id,week,,worked"),
        Accepted(1, worked(d16=36.5), notes=("Column 3 has no name, but values (first in row 2).",)),
    ),
    odd(
        "no-header.csv",
        "Rows without a header, so that the first row is taken for one.",
        text(_ONE, _TWO),
        Refused(1, "the header lacks 'person_id', 'week'", "--suggest-map person-weeks"),
    ),
    odd(
        "title-above.csv",
        "A title and a blank line stand above the header.",
        text("Hours of March 2026", "", WEEKS_HEADER, _ONE),
        Accepted(1, worked(d16=36.5), ("row 3",)),
    ),
    odd(
        "total.csv",
        "The last row adds everything up.",
        weeks(_ONE, _TWO, "Total,,75,0,73.5"),
        Accepted(2, worked(d16=36.5, d23=37.0), ("row 4",), ignored=1),
    ),
    odd(
        "total-in-french.csv",
        "The last row adds everything up, in French.",
        weeks(_ONE, _TWO, "Total général,,75,0,73.5"),
        Accepted(2, worked(d16=36.5, d23=37.0), ("row 4",), ignored=1),
    ),
    odd(
        "total-without-a-name.csv",
        "The last row adds everything up and does not say so.",
        weeks(_ONE, _TWO, ",,75,0,73.5"),
        Accepted(2, worked(d16=36.5, d23=37.0), ("row 4",), ignored=1),
    ),
    odd(
        "last-row-without-a-key.csv",
        "The last row has no id and no week, and is not the sum either: somebody's hours, perhaps.",
        weeks(_ONE, _TWO, ",,37.5,0,36"),
        Refused(4, "'person_id' is blank", "Fill it in", "person_id", count=2),
    ),
    odd(
        "subtotals.csv",
        "A subtotal stands in the middle.",
        weeks(_ONE, "Subtotal,,37.5,0,36.5", _TWO, "Total,,75,0,73.5"),
        Refused(3, "'week' is blank", "Fill it in", "week", count=1),
    ),
    odd(
        "people-for-hours.csv",
        "A people file, delivered as hours.",
        people("P0101,Ines Duarte,Northwind/Ops,2024-01-08"),
        Refused(1, "looks like one of 'People'", "(kind people)"),
    ),
    odd(
        "hours-for-people.csv",
        "Hours, delivered as a people file.",
        weeks(_ONE),
        Refused(1, "looks like one of 'Hours'", "(kind person-weeks)"),
        PEOPLE,
    ),
    odd(
        "viva-for-hours.csv",
        "A person query, delivered as hours.",
        text("PersonId,MetricDate,Organization,Collaboration_hours,Email_hours", "a1,2026-03-15,Legal,12.5,3"),
        Refused(1, "looks like one of 'Viva'", "(kind viva-person-query)"),
    ),
    odd(
        "viva-counts-only.csv",
        "A person query with nothing but counts of messages, which are never read.",
        text("PersonId,MetricDate,Organization,Emails_sent,Chats_sent", "a1,2026-03-15,Legal,40,12"),
        Refused(1, "no column of hours", "Add at least one"),
        VIVA,
        company="Northwind",
    ),
    odd(
        "viva-survey.csv",
        "A person query with survey answers and Copilot use beside the hours: named, and never read.",
        text("PersonId,MetricDate,Organization,eSat,Copilot_actions,Email_hours", "a1,2026-03-15,Legal,5,80,3"),
        Accepted(1, {"a1 2026-03-16": {"email": 3.0}}, ignored_columns=("eSat", "Copilot_actions")),
        VIVA,
        company="Northwind",
    ),
)
