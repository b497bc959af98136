"""The words in which an odd file is described."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PEOPLE, HOURS, VIVA, EVENTS = "people", "person-weeks", "viva-person-query", "activity-events"
Stored = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Refused:
    """Nothing is written, and the first problem says this; `value`, `problem` and `remedy` are fragments.

    row: as a spreadsheet counts, None for the whole file. count: how many problems there are.
    """

    row: int | None
    problem: str
    remedy: str
    column: str = ""
    value: str = ""
    count: int = 1


@dataclass(frozen=True)
class Accepted:
    """The rows are in the database. What is not told here is zero or empty.

    stored: the fields that were stored, by the person's id (people), by id and Monday (hours), or by id, Monday, weekday and
        hour (events), with blanks between.
    notes: a fragment of each remark, in any order. ignored: blank rows and rows left out. units: how many the rows name.
    """

    loaded: int
    stored: Stored
    notes: tuple[str, ...] = ()
    ignored: int = 0
    replaced: int = 0
    units: int | None = None
    ignored_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """An import of an odd file: the kind, what the person who imports says, and what must come of it.

    options: fields of ImportOptions. mapped: a map file beside it, as `--map` takes it.
    """

    outcome: Refused | Accepted
    kind: str = HOURS
    options: Mapping[str, Any] = field(default_factory=dict)
    mapped: str = ""


@dataclass(frozen=True)
class OddFile:
    """A file, what is odd about it in one sentence, and one import of it or several."""

    name: str
    why: str
    content: bytes
    cases: tuple[Case, ...]


def odd(name: str, why: str, content: bytes, outcome: Refused | Accepted, kind: str = HOURS, **options: Any) -> OddFile:
    """A file that is imported once."""
    return OddFile(name, why, content, (Case(outcome, kind, options),))


def text(*lines: str, encoding: str = "utf-8", end: str = "\n", last: bool = True) -> bytes:
    """Lines in an encoding, each (the last too, unless told otherwise) followed by `end`."""
    return (end.join(lines) + (end if last else "")).encode(encoding)


WEEKS_HEADER = "person_id,week,contracted,leave,worked"
PEOPLE_HEADER = "id,name,unit,hired"


def weeks(*lines: str, header: str = WEEKS_HEADER) -> bytes:
    """A plain CSV file of person-weeks."""
    return text(header, *lines)


def people(*lines: str, header: str = PEOPLE_HEADER) -> bytes:
    """A plain CSV file of people."""
    return text(header, *lines)


def worked(**hours: float) -> Stored:
    """Hours worked of P0017 in weeks of March 2026, by the day of the Monday: `worked(d16=36.5)`."""
    return {f"P0017 2026-03-{day[1:]}": {"worked": value} for day, value in hours.items()}
