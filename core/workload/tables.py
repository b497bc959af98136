"""Tables of workload: person-weeks as delivered, roll-ups by cell and week, and what was counted of released weeks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base


class PersonWeek(Base):
    """One person's week in hours, as the employer delivered it. None is missing, never zero.

    `unit_id` is the one home unit of that week, set when the facts or the assignments come in. On PostgreSQL the table is
    partitioned by month: see `core.workload.partitions`.
    """

    __tablename__ = "person_week"
    __table_args__ = (
        Index("ix_person_week_week_unit", "week", "unit_id"),
        {"postgresql_partition_by": "RANGE (week)"},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    contracted: Mapped[float | None]
    leave: Mapped[float | None]
    public_holiday: Mapped[float | None]
    sickness: Mapped[float | None]
    worked: Mapped[float | None]
    after_hours: Mapped[float | None]
    rest_day: Mapped[float | None]
    meeting: Mapped[float | None]
    focus: Mapped[float | None]


class CollaborationWeek(Base):
    """One person's week of collaboration hours from a Viva person query. `source_date` is the date in the file (a Sunday)."""

    __tablename__ = "collaboration_week"
    __table_args__ = (Index("ix_collaboration_week_week_unit", "week", "unit_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    source_date: Mapped[date]
    collaboration: Mapped[float | None]
    meeting_and_call: Mapped[float | None]
    email: Mapped[float | None]
    conflicting_meeting: Mapped[float | None]
    large_and_long_meeting: Mapped[float | None]
    external_collaboration: Mapped[float | None]
    active_connected: Mapped[float | None]
    after_hours_collaboration: Mapped[float | None]
    call: Mapped[float | None]
    channel_message: Mapped[float | None]
    chat: Mapped[float | None]
    meeting_and_call_with_manager: Mapped[float | None]
    meeting_and_call_with_manager_1_1: Mapped[float | None]
    meeting_and_call_with_skip_level: Mapped[float | None]
    meeting: Mapped[float | None]
    multitasking: Mapped[float | None]
    unscheduled_call: Mapped[float | None]
    weekend_collaboration: Mapped[float | None]


class ActivityHour(Base):
    """How many events of one source a person had in one hour of one week, by the person's own local time.

    Single events are not kept. `weekday` is ISO's (1 is Monday), `hour` 0 to 23; the week is that of the local day.
    `outside`: events outside the own schedule on scheduled days; `rest_day`: events on days without work of the schedule.
    `unit_given`: the file said the unit; otherwise it is the home unit of the week, decided anew when assignments change.
    """

    __tablename__ = "activity_hour"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7 AND hour BETWEEN 0 AND 23", name="in_a_week"),
        CheckConstraint(
            "events > 0 AND outside >= 0 AND rest_day >= 0 AND outside + rest_day <= events", name="parts_of_events"
        ),
        Index("ix_activity_hour_week", "week"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    unit_given: Mapped[bool]
    events: Mapped[int]
    outside: Mapped[int]
    rest_day: Mapped[int]


class WorkloadRollup(Base):
    """Sums of one measure over the contributors of one candidate cell and week, as of one release.

    Internal: it holds exact counts; a release writes it as its record, and no screen, command or export reads it.
    `numerator` / `denominator` is the cell's value; `first` and `second` are the two largest contributions to the numerator
    (for the dominance rules).
    """

    __tablename__ = "workload_rollup"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    cell_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    week: Mapped[date]
    n: Mapped[int]
    numerator: Mapped[float]
    denominator: Mapped[float]
    first: Mapped[float]
    second: Mapped[float]


class TeamCounting(Base):
    """Up to which week the teams of a measure are counted, by which rule; every week before it is counted as well.

    rule: fingerprint of the line, the weeks and the bands that it was counted by. changes: the week that `TeamChange` holds,
    None for measures that no overview begins with. claim: who is counting now. A release takes `upto` back to the week before
    its own, in its transaction, so that a screen never reads what no longer holds.
    """

    __tablename__ = "team_counting"

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    rule: Mapped[str] = mapped_column(String(64))
    upto: Mapped[date | None]
    changes: Mapped[date | None]
    claim: Mapped[str | None] = mapped_column(String(32))


class CountedUnit(Base):
    """The units as they were counted. below: a fingerprint of all units below one that has any, else ''.

    '' also where counts say something else than cells, because a join that reaches below the unit has moved: such a unit is
    read cell by cell, and what lies below it by counts where these hold.
    """

    __tablename__ = "counted_unit"

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent_id: Mapped[int | None]
    below: Mapped[str] = mapped_column(String(64))


class TeamCount(Base):
    """Teams below a unit in a week, counted from published cells alone; without a row there are none.

    teams: those that count (shown in one of the four weeks that end with it). shown: those shown in the week itself; strained:
    those of them outside the ordinary range. settled: the newest week such that a team is shown in enough weeks from it on to
    tell whether load lasts. units, hidden: units without sub-units that have a cell, and those of them not shown on their own.
    release_id: the newest release among the cells.
    """

    __tablename__ = "team_count"

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    week: Mapped[date] = mapped_column(primary_key=True)
    teams: Mapped[int]
    shown: Mapped[int]
    strained: Mapped[int]
    settled: Mapped[date | None]
    units: Mapped[int]
    hidden: Mapped[int]
    release_id: Mapped[int]


class TeamRun(Base):
    """A team below a unit that counts in a week and is under lasting load then: above the line in its newest shown weeks.

    since: the first of the shown weeks that it takes to call load lasting.
    """

    __tablename__ = "team_run"

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    week: Mapped[date] = mapped_column(primary_key=True)
    cell_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    since: Mapped[date]


class TeamChange(Base):
    """A team below a unit that has something to say against its own usual swing in the newest week.

    place, length: where it stands among the others, as `core.workload.changes.Found.rank` has it. name: as published last.
    """

    __tablename__ = "team_change"

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cell_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(400))
    place: Mapped[int]
    length: Mapped[int]


class UnitNote(Base):
    """The story behind the numbers of a unit from a week on. Its words are in `UnitNoteVersion`; the newest is in force.

    `withdrawn_at` takes the note off the screens; its versions stay.
    """

    __tablename__ = "unit_note"
    __table_args__ = (Index("ix_unit_note_unit_week", "unit_id", "week"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    week: Mapped[date]
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class UnitNoteVersion(Base):
    """One wording of a note, as it stood from `at` on. Rows are only ever added; `author` is the name shown then."""

    __tablename__ = "unit_note_version"
    __table_args__ = (UniqueConstraint("note_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("unit_note.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
