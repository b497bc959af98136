"""The file kind `person-weeks`: one person's week in hours, from timesheets, rotas or calendars."""

from dataclasses import dataclass
from datetime import timedelta
from sys import intern

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from core.calendar import is_monday, monday_of
from core.delivery import (
    DATE,
    HOURS,
    HOURS_IN_A_WEEK,
    HOURS_REFUSED,
    NO_CONTROL,
    Column,
    Counts,
    FileKind,
    Finding,
    ImportOptions,
    Loaded,
    Rule,
    at_most,
    day,
    days,
    numbers,
    parsed,
)
from core.people.loading import unit_ids
from core.people.roster import as_dates, person_ids
from core.workload.loading import (
    CHANGED,
    NEW,
    SAME,
    Difference,
    WeekFacts,
    Writer,
    at_home,
    difference,
    facts_of,
    stored_weeks,
)
from core.workload.tables import PersonWeek

TOLERANCE = 0.01  # hours; rounding in the source is no contradiction
_PARTS_OF_WORKED = ("after_hours", "rest_day")
_ABSENCES = ("leave", "public_holiday", "sickness")


def _monday_remedy(text: str) -> str:
    found = day(text)
    assert found is not None
    return f"Weeks are named by their Monday: write {monday_of(found).isoformat()}."


def _is_monday(text: str) -> bool:
    found = day(text)
    return found is not None and is_monday(found)


def _hours(name: str, meaning: str, example: str, *synonyms: str) -> Column:
    words = name.replace("_", " ")
    return Column(
        name, "hours", meaning, example, synonyms=(f"{words} hours", *synonyms), rules=HOURS, refused=HOURS_REFUSED
    )


METRICS = (
    _hours("contracted", "Contracted hours of that week.", "37.5"),
    _hours("leave", "Hours of leave.", "7.5", "annual leave", "annual leave hours"),
    _hours("public_holiday", "Hours of public holidays.", "0", "holiday", "holiday hours"),
    _hours("sickness", "Hours of sickness.", "0", "sick", "sick hours"),
    _hours("worked", "Hours worked, all together.", "31.5", "hours worked"),
    _hours(
        "after_hours", "Of the hours worked: outside the person's own declared schedule.", "1.5", "after hours work"
    ),
    _hours("rest_day", "Of the hours worked: on scheduled rest days.", "0", "rest day work"),
    _hours("meeting", "Hours in accepted meetings, overlaps counted once.", "9", "meetings hours"),
    _hours("focus", "Hours in gaps of the schedule of an hour or longer.", "14.5", "focus time"),
)
METRIC_NAMES = tuple(column.name for column in METRICS)
COLUMNS = (
    Column(
        "person_id",
        "text",
        "The employer's own id of the person, as in the people file.",
        "P0017",
        required=True,
        synonyms=("id", "person", "employee id"),
        rules=(NO_CONTROL, at_most(100)),
        refused="Nobody on record.",
    ),
    Column(
        "week",
        "week",
        "The week, named by its Monday.",
        "2026-03-09",
        required=True,
        synonyms=("week start", "week of", "monday"),
        rules=(
            DATE,
            Rule("monday", _is_monday, "This day is not a Monday.", _monday_remedy),
        ),
        refused="Another day than a Monday; a week in which the person had no assignment.",
    ),
    *METRICS,
)
ROWS = (
    "One row is one person's week. A blank cell is missing, never zero: write 0 when it was zero.",
    "Any column of hours may be absent, as long as there is one. An absent column leaves what is on record.",
    "A row for a person and week on record replaces it. The same file again changes nothing.",
    "The home unit of the week is the assignment with the most contracted hours in it, in a tie the first by path.",
    "Refused: two rows for the same person and week; leave, public holiday and sickness of more than 168 hours together; "
    "after-hours or rest-day hours above the hours worked (tolerance 0.01).",
)


def reason(_column: str) -> str:
    """Why a column of a file of person-weeks is not read."""
    return "not a column of this kind; nothing of it is stored"


def read(text: pd.DataFrame, _options: ImportOptions) -> tuple[pd.DataFrame, list[Finding]]:
    """Columns code (str), week (datetime64[s]) and the metrics that the file has (float64); findings inside rows."""
    frame = pd.DataFrame({"code": parsed(text["person_id"], intern), "week": days(text["week"])}, index=text.index)
    for name in METRIC_NAMES:
        if name in text:
            frame[name] = numbers(text[name])
    return frame, _contradictions(frame)


def _contradictions(frame: pd.DataFrame) -> list[Finding]:
    findings: list[Finding] = []
    for name in _PARTS_OF_WORKED:
        if name in frame and "worked" in frame:
            above = frame[frame[name] > frame["worked"] + TOLERANCE]
            findings.extend(
                Finding(
                    int(row),
                    name,
                    f"{part:g}",
                    f"{name} is part of the hours worked and cannot be more than they are ({worked:g}).",
                    f"Correct '{name}' or 'worked'; 'worked' counts all hours.",
                )
                for row, part, worked in zip(above.index, above[name], above["worked"], strict=True)
            )
    absences = [name for name in _ABSENCES if name in frame]
    if absences:
        single = (frame[absences] <= HOURS_IN_A_WEEK) | frame[absences].isna()
        total = frame[absences].sum(axis=1)
        above = total[(total > HOURS_IN_A_WEEK) & single.all(axis=1)]
        findings.extend(
            Finding(
                int(row),
                absences[0],
                f"{hours:g}",
                f"{', '.join(absences)} are {hours:g} hours together; a week has 168.",
                "Write the hours of this one week.",
            )
            for row, hours in above.items()
        )
    return findings


def doubled(facts: WeekFacts, column: str) -> list[Finding]:
    """Findings for rows whose person and week stand further up already."""
    again, first = facts.again()
    return [
        Finding(
            row,
            column,
            facts.codes[code],
            f"Row {before} already gives this person's week {week.isoformat()}.",
            "Keep one of the two rows.",
        )
        for row, code, week, before in zip(
            facts.row[again].tolist(),
            facts.code[again].tolist(),
            as_dates(facts.day[again].tolist()),
            facts.row[first].tolist(),
            strict=True,
        )
    ]


def not_employed(facts: WeekFacts, chosen: NDArray[np.bool_], column: str) -> list[Finding]:
    """Findings for the chosen facts without a home unit."""
    outside = np.flatnonzero(chosen & (facts.unit < 0))
    return [
        Finding(
            row,
            column,
            week.isoformat(),
            f"{facts.codes[code]} had no assignment in the week of {week.isoformat()} to "
            f"{(week + timedelta(days=6)).isoformat()}.",
            "Correct the week, or the person's dates with a people file, or take the row out.",
        )
        for row, code, week in zip(
            facts.row[outside].tolist(),
            facts.code[outside].tolist(),
            as_dates(facts.day[outside].tolist()),
            strict=True,
        )
    ]


def examine(
    connection: Connection, frame: pd.DataFrame, _options: ImportOptions
) -> tuple[list[Finding], "PersonWeeksPlan | None"]:
    """Rules over rows and against the database, and the plan when all hold."""
    persons = person_ids(connection)
    facts = facts_of(frame, METRIC_NAMES)
    findings = doubled(facts, "person_id")
    on_record = np.array([code in persons for code in facts.codes], dtype=bool)
    known = on_record[facts.code]
    unknown = np.flatnonzero(~known)
    findings.extend(
        Finding(
            row,
            "person_id",
            facts.codes[code],
            "There is nobody with this id on record.",
            "Import the person first (kind people), or correct the id.",
        )
        for row, code in zip(facts.row[unknown].tolist(), facts.code[unknown].tolist(), strict=True)
    )
    units = unit_ids(connection)
    facts = at_home(connection, facts, known, persons, units)
    findings.extend(not_employed(facts, known, "week"))
    if findings:
        return findings, None
    changes = difference(facts, stored_weeks(connection, PersonWeek, facts, persons, units, METRIC_NAMES))
    return [], PersonWeeksPlan(counts_of(changes), changes, Writer(PersonWeek, changes, persons, units))


def counts_of(changes: Difference) -> Counts:
    """What a plan of weekly facts does."""
    facts = changes.facts
    return Counts(
        loaded=changes.count(NEW),
        replaced=changes.count(CHANGED),
        unchanged=changes.count(SAME),
        removed=0,
        people=len(np.unique(facts.code)),
        units=len(np.unique(facts.unit)),
        weeks=facts.weeks,
    )


@dataclass(frozen=True)
class PersonWeeksPlan:
    """Person-weeks that are new or different."""

    counts: Counts
    facts: Difference
    writer: Writer

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.counts.loaded or self.counts.replaced)

    def prepare(self, connection: Connection) -> None:
        """Get ready on the connection that is going to load, before it takes the writer's lock."""
        self.writer.prepare(connection)

    def load(self, connection: Connection) -> Loaded:
        """Write what is new and what changed."""
        self.writer.write(connection)
        return Loaded(weeks=self.facts.weeks)


PERSON_WEEKS = FileKind(
    name="person-weeks",
    title="Hours",
    purpose="Hours of one person in one week: contracted, absent, worked, and how the work was spread.",
    replaces="What is on record for the same person and week is replaced.",
    columns=COLUMNS,
    rows=ROWS,
    template="person-weeks.csv",
    read=read,
    examine=examine,
    reason=reason,
    one_of=METRIC_NAMES,
)
