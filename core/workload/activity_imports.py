"""The file kind `activity-events`: who did something, when by their own clock. Commits, tickets, calls, meetings."""

import pandas as pd
from sqlalchemy import Connection

from core.delivery import NO_CONTROL, Column, FileKind, Finding, ImportOptions, Rule, at_most, parsed
from core.people.loading import unit_ids
from core.people.unit_paths import has_every_name, has_short_names, tidy
from core.schedule import is_zone
from core.workload.activity_events import Moment, Placed, Unplaceable, moment, offset_minutes, placed
from core.workload.activity_loading import ActivityPlan, plan_of
from core.workload.activity_people import on_record

DEFAULT_SOURCE = "events"
TIME_REMEDY = "Write it as 2026-03-09T14:05+01:00 (local time with its offset) or 2026-03-09T13:05Z (UTC)."

COLUMNS = (
    Column(
        "actor",
        "text",
        "Who: the employer's own id of the person, or the person's e-mail address, as in the people file.",
        "P0017",
        required=True,
        synonyms=("person id", "person", "employee id", "author id", "author", "user", "organizer", "agent"),
        rules=(NO_CONTROL, at_most(320)),
        refused="Nobody on record; a person without an assignment in that week.",
    ),
    Column(
        "time",
        "text",
        "When: local time with its offset, or UTC with a Z. UTC is turned into the local time of `zone` or of the person.",
        "2026-03-09T14:05+01:00",
        required=True,
        synonyms=(
            "timestamp",
            "date time",
            "author local time",
            "local time",
            "start",
            "created at",
            "started at",
            "call start",
        ),
        rules=(Rule("time", lambda text: moment(text) is not None, "This is not a time.", TIME_REMEDY),),
        refused="A date without a time; a local time without an offset, unless the column `offset` gives it.",
    ),
    Column(
        "offset",
        "text",
        "The offset of the local time from UTC, when `time` does not hold it.",
        "+01:00",
        synonyms=("utc offset", "time zone offset"),
        rules=(
            Rule(
                "offset",
                lambda text: offset_minutes(text) is not None,
                "This is not an offset from UTC.",
                "Write it as +01:00, -0700 or Z.",
            ),
        ),
        refused="More than 14 hours; another offset than the one in `time`.",
    ),
    Column(
        "zone",
        "text",
        "The time zone of the place, by its IANA name; times are turned into its local time. Blank: the person's own.",
        "Europe/Lisbon",
        synonyms=("time zone", "timezone", "tz"),
        rules=(
            Rule("zone", is_zone, "This is not a time zone.", "Write its IANA name, such as Europe/Lisbon or UTC."),
        ),
        refused="Abbreviations and offsets.",
    ),
    Column(
        "unit",
        "text",
        "The unit that the work was for, as a path from the company down; blank: the person's home unit of that week.",
        "Northwind/Engineering/Platform",
        synonyms=("unit path", "org unit", "team path"),
        rules=(
            NO_CONTROL,
            Rule(
                "unit-names",
                lambda path: has_every_name(path) and has_short_names(path),
                "This is not the path of a unit.",
                "Write every level from the company down, separated by one slash each.",
            ),
        ),
        refused="A unit that is not on record.",
    ),
    Column(
        "source",
        "text",
        f"Where the event comes from. Blank: `{DEFAULT_SOURCE}`.",
        "commits",
        synonyms=("kind", "event type", "system"),
        rules=(NO_CONTROL, at_most(60)),
        refused="More than 60 characters.",
    ),
)
ROWS = (
    "One row is one event: a commit, a ticket that was worked on, a call, a meeting. What it was about is not read.",
    "Single events are not kept: what is stored is how many there were in each hour of the week, by the person's own local "
    "time, and how many of them lay outside the person's own schedule. Minutes, texts and links are not stored.",
    "A local time with an offset counts as it is written. UTC (Z) counts as local time by `offset`, else in `zone`, else in the "
    "person's own zone (people file, else the policy's `default_zone`). With a `zone`, every time is turned into it.",
    "The schedule is the person's own of that week (people file, else the policy's `default_schedule`) on the day of the "
    "import. After correcting schedules, deliver the events again.",
    "A file replaces what is on record for each person, week and source that it names: deliver whole weeks. The same file "
    "again changes nothing.",
    "A person counts in one unit a week: the one that most of the events were for, in a tie the first by path.",
    "A calendar file (.ics, .ics.gz) is read as it is, with the source `calendar`. Each event counts for the calendar's owner "
    "when the file names one by address (`X-OWNER:mailto:…`, or `X-WR-CALNAME` that is an address), unless the owner declined. "
    "Without an owner it counts for its organiser and for every attendee who accepted: bring then the calendars of all these "
    "people in one file, one `VCALENDAR` after the other, as a file replaces whole weeks of a person.",
    "Of a calendar, DTSTART is the time. The person's own events count by its clock (TZID), invitations by others in the "
    "person's own zone, UTC (Z) too; a time without a zone counts as it is written. Repeated events (RRULE, RDATE, EXDATE, "
    "changed single times) are written out.",
    "Left out of a calendar, and counted in the summary: events of whole days, cancelled, shown as free or away, private, "
    "declined, there twice, after the day of the import, or more than 104 weeks before its week. Titles, texts and places are "
    "not read.",
)


def reason(_column: str) -> str:
    """Why a column of a file of events is not read."""
    return "not a column of this kind; nothing of it is stored"


def read(text: pd.DataFrame, _options: ImportOptions) -> tuple[pd.DataFrame, list[Finding]]:
    """Columns actor, at (datetime64[s]) and zone (both as `activity_events.Placed`), unit, source; findings about times."""
    blank = pd.Series([None] * len(text), index=text.index, dtype=object)
    cells = {name: text.get(name, blank) for name in ("offset", "zone", "unit", "source")}
    known = {zone: is_zone(zone) for zone in cells["zone"].dropna().unique()}
    columns = (
        text.index,
        text["time"],
        parsed(text["time"], moment),
        parsed(cells["offset"], offset_minutes),
        cells["zone"],
    )
    times: list[Placed | tuple[None, None]] = []
    findings: list[Finding] = []
    for row, written, found, beside, zone in zip(*columns, strict=True):
        at: Placed | tuple[None, None] = (None, None)
        if isinstance(found, Moment):
            try:
                at = placed(found, beside if isinstance(beside, int) else None, zone if known.get(zone) else None)
            except Unplaceable as wrong:
                findings.append(Finding(int(row), "time", written, str(wrong), TIME_REMEDY))
        times.append(at)
    frame = pd.DataFrame(times, columns=["at", "zone"], index=text.index, dtype=object)
    frame["at"] = pd.to_datetime(frame["at"]).astype("datetime64[s]")
    frame["actor"] = text["actor"].astype(object)
    frame["unit"] = parsed(cells["unit"], tidy)
    frame["source"] = cells["source"].where(cells["source"].notna(), DEFAULT_SOURCE).astype(object)
    return frame, findings


def examine(
    connection: Connection, frame: pd.DataFrame, _options: ImportOptions
) -> tuple[list[Finding], ActivityPlan | None]:
    """Rules over rows and against the database, and the plan when all hold."""
    whole = frame[frame["actor"].notna() & frame["at"].notna()]
    units = unit_ids(connection)
    events, findings = on_record(connection, whole, units)
    if findings:
        return findings, None
    return [], plan_of(connection, events, units)


ACTIVITY_EVENTS = FileKind(
    name="activity-events",
    title="Events",
    purpose="When work happens: events of people with their local time, from version control, tickets, calls or calendars.",
    replaces="What is on record for the same person, week and source is replaced.",
    columns=COLUMNS,
    rows=ROWS,
    template="activity-events.csv",
    read=read,
    examine=examine,
    reason=reason,
)
