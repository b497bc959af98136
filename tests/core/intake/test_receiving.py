"""A file comes in: its weeks await their release, its map is kept, a refusal is known; one way for screens and commands."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from core.delivery import ImportOptions
from core.intake.imports import ImportRefused
from core.intake.kinds import KINDS
from core.intake.maps import ColumnMap
from core.intake.preview import Preview, Start, likely_kind
from core.intake.receiving import Kept, Receiving
from core.intake.refusals import refusals
from core.intake.tables import Delivery, HeaderMap
from core.privacy.tables import PendingRelease, Release
from core.workload.tables import PersonWeek
from tests.core.intake.content import weeks_file
from tests.organisations import AS_OF, NOW, POLICY, WEEK, employ, people_in

TEAM = people_in({"C/A": 7})
HEADER = ("who", "week", "contracted", "leave", "public_holiday", "sickness", "worked")
COLUMNS = (("who", "person_id"),)
READ = ImportOptions(columns=COLUMNS)
KEEP = Kept(HEADER, ColumnMap(COLUMNS))


@pytest.fixture
def receiving(engine: Engine) -> Receiving:
    """An organisation of seven, and somebody who brings files in."""
    employ(engine, TEAM)
    return Receiving(engine, "hr", POLICY, AS_OF, lambda: NOW)


def hours(folder: Path, worked: str = "38") -> Path:
    """A closed week of everybody, with a name for the column of people that is not the kind's."""
    return weeks_file(folder, HEADER, [(code, WEEK, 40, 0, 0, 0, worked) for code in TEAM])


def count(engine: Engine, table: type) -> int:
    """How many rows a table has."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_a_file_that_comes_in_is_stored_awaits_its_release_and_keeps_its_map(
    receiving: Receiving, tmp_path: Path
) -> None:
    """All of it in one step; the release is another, and takes what was held along."""
    done = receiving.take_in("person-weeks", hours(tmp_path), READ, hold=True, keep=KEEP)

    tables = (PersonWeek, Delivery, HeaderMap, PendingRelease, Release)
    assert done.changed and [count(receiving.engine, table) for table in tables] == [7, 1, 1, 1, 0]

    assert receiving.release().released == (WEEK,)
    assert [count(receiving.engine, table) for table in tables] == [7, 1, 1, 0, 1]


def test_a_dry_run_leaves_nothing_behind(receiving: Receiving, tmp_path: Path) -> None:
    """No fact, no delivery, no map, nothing that awaits a release."""
    done = receiving.take_in("person-weeks", hours(tmp_path), READ, dry_run=True, keep=KEEP)

    assert done.counts.loaded == 7
    assert not any(count(receiving.engine, table) for table in (PersonWeek, Delivery, HeaderMap, PendingRelease))


def test_of_a_file_that_is_refused_only_the_refusal_is_known(receiving: Receiving, tmp_path: Path) -> None:
    """What was wrong, as a kind and a band; no map is kept for it, and its weeks await nothing."""
    with pytest.raises(ImportRefused) as refusal:
        receiving.take_in("person-weeks", hours(tmp_path, "ten"), READ, keep=KEEP)

    assert refusal.value.problem_count == 7
    assert not any(count(receiving.engine, table) for table in (PersonWeek, Delivery, HeaderMap, PendingRelease))
    with receiving.engine.connect() as connection:
        (known,) = refusals(connection, ("person-weeks",))
    assert (known.actor, known.file, known.problems) == ("hr", "weeks.csv", (("cells in the column worked", "5–19"),))


def looked_at(*kinds: str) -> Preview:
    """The top of a file that is near to these kinds."""
    return Preview(("a", "b"), 1, (), kinds, fits=bool(kinds))


@pytest.mark.parametrize(
    ("near", "resembling", "likely"),
    [
        (("people", "goals"), {"goals": 9}, "people"),
        ((), {"person-weeks": 3, "people": 2}, "person-weeks"),
        ((), {"person-weeks": 2, "people": 2}, ""),
        ((), {"person-weeks": 1}, ""),
        ((), {}, ""),
    ],
)
def test_a_file_is_of_the_kind_that_its_columns_clearly_resemble(
    near: tuple[str, ...], resembling: dict[str, int], likely: str
) -> None:
    """The nearest by name; without one, that of which two columns or more and most are found; else nothing is said."""

    def begun(kind: str) -> Start:
        return Start(tuple((f"c{place}", "x") for place in range(resembling.get(kind, 0))))

    assert set(resembling) <= set(KINDS)
    assert likely_kind(looked_at(*near), begun) == likely
