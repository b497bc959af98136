"""Tables of workload: person-weeks as delivered, and roll-ups by cell and week."""

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
