"""People sign in while hours are loaded: each gets in, and the longest wait is told."""

import csv
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from core.access.accounts import add_user
from core.access.sessions import Limits, admitted, exchange, issue_code, session_of, succeeded
from core.calendar import now
from core.database.engine import BUSY_TIMEOUT_MS, make_engine
from core.people.tables import Assignment, OrgUnit, Person
from tests.conftest import NOW
from tests.databases import CopyOf
from tests.faults.commands import start
from tests.faults.standing import standing

LIMITS = Limits("a key of the test", timedelta(hours=12), timedelta(hours=1))
FIRST = date(2024, 1, 1)
PATIENCE = 10.0  # seconds that nobody waits longer than while an ordinary file loads
LIMIT = BUSY_TIMEOUT_MS / 1000  # and for the longest: SQLite has one writer, and its last step is one transaction


def organisation(engine: Engine, people: int) -> None:
    """So many people in teams of ten, and one account."""
    with engine.begin() as connection:
        add_user(
            connection,
            name="ada",
            password_hash="$2b$12$no.such.password",
            roles=("hr",),
            units=(),
            at=NOW,
            actor="test",
        )
        units = [
            {
                "id": at + 1,
                "path": f"Co/T{at}" if at else "Co",
                "slug": f"co.t{at}" if at else "co",
                "name": f"T{at}" if at else "Co",
                "parent_id": 1 if at else None,
                "depth": int(at > 0),
                "first_day": None,
                "last_day": None,
            }
            for at in range(people // 10 + 1)
        ]
        connection.execute(insert(OrgUnit), units)
        connection.execute(
            insert(Person), [{"id": at + 1, "code": f"P{at}", "name": None, "email": None} for at in range(people)]
        )
        kept = {"manager_id": None, "valid_to": None, "contracted_hours": 40.0, "role": None, "location": None}
        connection.execute(
            insert(Assignment),
            [
                {
                    "person_id": at + 1,
                    "unit_id": 2 + at // 10,
                    "valid_from": date(2020, 1, 6),
                    "grade": None,
                    "source": "people",
                    **kept,
                }
                for at in range(people)
            ],
        )


def hours_file(path: Path, people: int, weeks: int) -> Path:
    """A plain week for everybody in every week."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person_id", "week", "contracted", "leave", "public_holiday", "sickness", "worked"])
        for number in range(weeks):
            week = (FIRST + timedelta(weeks=number)).isoformat()
            writer.writerows((f"P{at}", week, 40, 0, 0, 0, 34 + at % 9) for at in range(people))
    return path


def sign_in(engine: Engine) -> None:
    """As the screens do it: the try is counted, the password is right, the code is exchanged, the session is in force."""
    at = now()
    with engine.begin() as connection:
        attempt = admitted(connection, "ada", "192.0.2.1", at)
        assert attempt is not None
        user = 1
    with engine.begin() as connection:
        succeeded(connection, attempt)
    with engine.begin() as connection:
        code = issue_code(connection, user, "browser", LIMITS, at)
    with engine.begin() as connection:
        session = exchange(connection, code, "browser", LIMITS, at, browser="Firefox")
    assert session is not None
    with engine.connect() as connection:
        assert session_of(connection, session, LIMITS, at) is not None


def sign_in_while_loading(url: str, folder: Path, people: int, weeks: int) -> tuple[int, float, float]:
    """How many signed in during the load, the longest wait in seconds, and how long the load took."""
    engine = make_engine(url)
    organisation(engine, people)
    file = hours_file(folder / "hours.csv", people, weeks)
    waits: list[float] = []
    failures: list[BaseException] = []
    stop = threading.Event()

    def arrive() -> None:
        try:
            while not stop.is_set():
                since = time.perf_counter()
                sign_in(engine)
                waits.append(time.perf_counter() - since)
                stop.wait(0.02)
        except BaseException as failure:
            failures.append(failure)

    since = time.perf_counter()
    # held: the weeks are not released, for what is measured here is the load
    process = start(url, ("import", "person-weeks", file, "--as-of", "2026-03-18", "--hold"), folder / "output.txt")
    writers = [threading.Thread(target=arrive) for _ in range(2)]
    for writer in writers:
        writer.start()
    process.join(3600)
    took = time.perf_counter() - since
    stop.set()
    for writer in writers:
        writer.join()
    assert process.exitcode == 0, (folder / "output.txt").read_text()
    assert not failures, failures
    found = standing(engine)
    assert found.facts == people * weeks and len(found.pending) == weeks
    with engine.connect() as connection:
        assert connection.scalar(select(Person.id).limit(1))
    engine.dispose()
    return len(waits), max(waits), took


def test_people_sign_in_while_sixty_thousand_rows_load(
    copy_of: CopyOf, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """All of them, and none waits longer than a few seconds."""
    count, longest, took = sign_in_while_loading(copy_of("empty", lambda _: None), tmp_path, 600, 100)
    record_property("longest wait to sign in, seconds", round(longest, 2))

    assert count > 5
    assert longest < PATIENCE, (longest, took)


@pytest.mark.long
def test_people_sign_in_while_two_million_rows_load(
    copy_of: CopyOf, tmp_path: Path, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """2,100,000 person-weeks: the same."""
    count, longest, took = sign_in_while_loading(copy_of("empty", lambda _: None), tmp_path, 21_000, 100)
    record_property("longest wait to sign in, seconds", round(longest, 2))
    with capsys.disabled():
        print(f"\n2,100,000 rows in {took:.0f} s; {count} signed in meanwhile, the longest wait {longest:.2f} s")

    assert count > 50
    assert longest < LIMIT, (longest, took)
