"""Tables of people: persons, org units, employment spells, assignments."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base


class Person(Base):
    """Somebody who has been employed. `code` is the id of the employer's own system."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320), index=True)


class OrgUnit(Base):
    """A unit named by its path. A reorganised unit is a new unit; `first_day` to `last_day` tell when it had people.

    `last_day` is inclusive and None while the unit still has people.
    """

    __tablename__ = "org_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(600), unique=True)
    slug: Mapped[str] = mapped_column(String(600), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    depth: Mapped[int]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]


class EmploymentSpell(Base):
    """One employment from `hired` to `left` (last day, inclusive; None while employed). Re-hires are further spells.

    `hired` is None when the source does not say (left truncation): the person was there when first seen.
    """

    __tablename__ = "employment_spell"
    __table_args__ = (
        CheckConstraint('hired IS NULL OR "left" IS NULL OR "left" >= hired', name="left_after_hired"),
        Index("ix_employment_spell_person_hired", "person_id", "hired"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    hired: Mapped[date | None]
    left: Mapped[date | None]
    leaving_reason: Mapped[str | None] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(40))


class Assignment(Base):
    """A person in a unit for a while: `[valid_from, valid_to)`, with contracted weekly hours, role, location, grade.

    `contracted_hours` is None when the source does not say; so are `schedule` (own working hours, as
    `core.schedule.parse_schedule` reads them) and `zone` (an IANA name), for which the policy then speaks.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="not_empty"),
        UniqueConstraint("person_id", "unit_id", "valid_from"),
        Index("ix_assignment_unit_dates", "unit_id", "valid_from", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    contracted_hours: Mapped[float | None]
    role: Mapped[str | None] = mapped_column(String(100))
    location: Mapped[str | None] = mapped_column(String(100))
    grade: Mapped[str | None] = mapped_column(String(100))
    schedule: Mapped[str | None] = mapped_column(String(200))
    zone: Mapped[str | None] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(40))
