"""The columns of a people file and the rules for their cells."""

from core.delivery import DATE, IS_NUMBER, NO_CONTROL, Column, Rule, at_most, number
from core.people.unit_paths import has_every_name, has_short_names, lies_in_itself
from core.schedule import LONGEST, NoSchedule, is_schedule, is_zone, parse_schedule

_MOST_CONTRACTED = 80.0

UNIT_RULES = (
    NO_CONTROL,
    Rule(
        "unit-names",
        has_every_name,
        "A level of this unit path has no name.",
        "Write every level from the company down, separated by one slash each: Company/Engineering/Platform.",
    ),
    Rule(
        "unit-length",
        has_short_names,
        "This unit path is too long: at most 120 characters for a name and 600 for the path.",
        "Shorten the names.",
    ),
    Rule(
        "unit-cycle",
        lambda path: not lies_in_itself(path),
        "A unit cannot lie inside itself: a name of this path comes back further down.",
        "Correct the path, so that each level names a unit of its own.",
    ),
)
_TEXT = (NO_CONTROL, at_most(100))


def _schedule_remedy(text: str) -> str:
    try:
        parse_schedule(text)
    except NoSchedule as wrong:
        return f"{wrong} Write days and times, for example Mo-Th 08:00-17:00, Fr 08:00-13:00."
    return "Write days and times, for example Mo-Th 08:00-17:00, Fr 08:00-13:00."


def _is_address(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at and host) and "@" not in host and not any(sign.isspace() for sign in text)


COLUMNS = (
    Column(
        "id",
        "text",
        "The employer's own id of the person.",
        "P0017",
        required=True,
        synonyms=("person id", "employee id", "personnel number"),
        rules=_TEXT,
        refused="Blank, more than 100 characters.",
    ),
    Column("name", "text", "The person's name.", "Ada Moreau", rules=(NO_CONTROL, at_most(200))),
    Column(
        "email",
        "text",
        "The person's e-mail address.",
        "ada.moreau@northwind.example",
        synonyms=("mail", "email address"),
        rules=(
            NO_CONTROL,
            at_most(320),
            Rule("address", _is_address, "This is not an e-mail address.", "Write name@host, or leave the cell blank."),
        ),
        refused="Without @; used by two people.",
    ),
    Column(
        "unit",
        "text",
        "The unit as a path from the company down, levels separated by a slash.",
        "Northwind/Engineering/Platform",
        required=True,
        synonyms=("unit path", "org unit", "organisation unit", "organization unit"),
        rules=UNIT_RULES,
        refused="An empty level, a name over 120 characters, a unit inside itself (A/B/A), a second company.",
    ),
    Column(
        "manager_id",
        "text",
        "The id of the person's direct manager; blank for the head of the company.",
        "P0003",
        synonyms=("line manager id", "supervisor id", "reports to id"),
        rules=_TEXT,
        refused="Nobody in the file or on record; the person's own id; a circle of managers.",
    ),
    Column(
        "contracted_hours",
        "number",
        "Contracted hours per week; blank when not known.",
        "37.5",
        synonyms=("contracted", "contract hours", "weekly hours"),
        rules=(
            IS_NUMBER,
            Rule(
                "contract",
                lambda text: 0.0 <= (number(text) or 0.0) <= _MOST_CONTRACTED,
                "Contracted hours lie between 0 and 80 a week.",
                "Write the hours of one week, such as 37.5, or leave the cell blank.",
            ),
        ),
        refused="Text; below 0 or above 80.",
    ),
    Column(
        "hired",
        "date",
        "First day of the employment.",
        "2022-05-01",
        required=True,
        synonyms=("hire date", "hired on", "date hired"),
        rules=(DATE,),
        refused="Anything but year-month-day or a date cell of a workbook.",
    ),
    Column(
        "left",
        "date",
        "Last day of the employment, inclusive; blank while employed.",
        "2026-08-31",
        synonyms=("leaving date", "left on", "date left", "termination date"),
        rules=(DATE,),
        refused="Before `hired`; different days in rows of one employment.",
    ),
    Column(
        "leaving_reason",
        "text",
        "Why the employment ended, in the employer's own words.",
        "voluntary",
        synonyms=("reason for leaving", "exit reason"),
        rules=_TEXT,
    ),
    Column(
        "role",
        "text",
        "The role in this assignment.",
        "Site reliability engineer",
        synonyms=("job title",),
        rules=_TEXT,
    ),
    Column("location", "text", "Where the person works.", "Lisbon", synonyms=("site", "office"), rules=_TEXT),
    Column("grade", "text", "The grade.", "G4", rules=_TEXT),
    Column(
        "from",
        "date",
        "First day of the assignment in this row; blank: from the day of hire.",
        "2025-03-03",
        synonyms=("valid from", "from date", "assignment from"),
        rules=(DATE,),
        refused="Outside the employment.",
    ),
    Column(
        "to",
        "date",
        "Last day of the assignment, inclusive; blank: until the next row of the employment starts, or its end.",
        "2026-02-27",
        synonyms=("valid to", "to date", "assignment to"),
        rules=(DATE,),
        refused="Before `from`; after `left`.",
    ),
    Column(
        "schedule",
        "text",
        "The person's own working hours in local time; blank: those of the policy (`default_schedule`).",
        "Mo-Th 08:00-17:00, Fr 08:00-13:00",
        synonyms=("working hours", "work schedule", "working time"),
        rules=(
            NO_CONTROL,
            at_most(LONGEST),
            Rule("schedule", is_schedule, "These are not working hours that can be read.", _schedule_remedy),
        ),
        refused="Days without times; times beyond 24:00.",
    ),
    Column(
        "zone",
        "text",
        "The person's time zone by its IANA name; blank: that of the policy (`default_zone`).",
        "Europe/Lisbon",
        synonyms=("time zone", "timezone", "tz"),
        rules=(
            NO_CONTROL,
            at_most(60),
            Rule(
                "zone",
                is_zone,
                "This is not a time zone.",
                "Write its IANA name, such as Europe/Lisbon or America/New_York. An offset (+02:00) says nothing about summer.",
            ),
        ),
        refused="Abbreviations and offsets.",
    ),
)
