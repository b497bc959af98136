"""Two imports at once, in two processes: one after the other and both right, or one of them refused; never mixed."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from core.access.changes import verify
from core.access.tables import ChangeLog
from core.database.engine import make_engine
from core.intake.queue import one_at_a_time
from core.people.tables import Person
from tests.cli.conftest import AS_OF, TEAMS, WEEKS, CommandLine, people_csv, weeks_csv
from tests.faults.commands import Ended, ended, run, start
from tests.faults.conftest import Files
from tests.faults.standing import content, standing


def both(url: str, folder: Path, one: tuple[object, ...], two: tuple[object, ...]) -> list[Ended]:
    """Two commands begun together, to their ends."""
    since = time.perf_counter()
    outputs = [folder / "one.txt", folder / "two.txt"]
    processes = [start(url, command, output) for command, output in zip((one, two), outputs, strict=True)]
    return [ended(process, output, since) for process, output in zip(processes, outputs, strict=True)]


def test_the_same_file_twice_at_once_is_loaded_once(
    with_people: Callable[[], str], files: Files, tmp_path: Path
) -> None:
    """Facts, cells and releases are those of one import; the change log is whole."""
    alone = with_people()
    assert run(alone, *files.importing, folder=tmp_path).code == 0
    url = with_people()
    found = both(url, tmp_path, files.importing, files.importing)

    assert [each.code for each in found] == [0, 0], [each.output for each in found]
    engines = make_engine(alone), make_engine(url)
    assert content(engines[0]) == content(engines[1])
    assert standing(engines[0]) == standing(engines[1])
    for engine in engines:
        engine.dispose()


def test_two_kinds_at_once_do_not_mix(with_people: Callable[[], str], files: Files, tmp_path: Path) -> None:
    """More people, and hours of those who are there: both end well, and everything is there."""
    more = people_csv(tmp_path / "more.csv", {**TEAMS, "Co/C/New": 11})
    url = with_people()

    found = both(url, tmp_path, ("import", "people", more, "--as-of", AS_OF), files.importing)

    assert [each.code for each in found] == [0, 0], [each.output for each in found]
    engine = make_engine(url)
    assert len(standing(engine).released) == 4
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Person)) == 1 + sum(TEAMS.values()) + 11
        assert connection.scalars(select(ChangeLog.action)).all().count("import") == 3
        assert verify(connection).broken_at is None
    engine.dispose()


def test_two_versions_of_the_same_weeks_leave_one_of_them_whole(
    with_people: Callable[[], str], files: Files, tmp_path: Path
) -> None:
    """The one that came last, in every row; never some rows of each."""
    other = weeks_csv(tmp_path / "other.csv", WEEKS, TEAMS, lambda _, person, week: 30 + (person + week) % 5)
    ends = []
    for file in (files.weeks, other):
        url = with_people()
        assert run(url, "import", "person-weeks", file, "--as-of", AS_OF, folder=tmp_path).code == 0
        engine = make_engine(url)
        ends.append(content(engine)[0])
        engine.dispose()
    url = with_people()

    found = both(url, tmp_path, files.importing, ("import", "person-weeks", other, "--as-of", AS_OF))

    assert [each.code for each in found] == [0, 0], [each.output for each in found]
    engine = make_engine(url)
    assert content(engine)[0] in ends and ends[0] != ends[1]
    assert len(standing(engine).released) == 4
    engine.dispose()


def test_who_waits_too_long_is_told_who_is_writing(
    with_people: Callable[[], str],
    files: Files,
    command_line: Callable[[str], CommandLine],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On PostgreSQL with the name and since when; on SQLite, which cannot tell, that somebody is. Nothing is written."""
    url = with_people()
    monkeypatch.setattr("core.database.engine.LOCK_TIMEOUT_MS", 300)
    monkeypatch.setattr("core.database.engine.BUSY_TIMEOUT_MS", 300)
    holder = make_engine(url, name="evenkeel operator ada")
    with holder.connect() as held:
        one_at_a_time(held)
        reason = command_line(url).refused(*files.importing)
        held.rollback()

    assert "is busy with somebody else's change" in reason and "Nothing was changed" in reason
    if holder.dialect.name == "postgresql":
        assert "The change is by operator ada, and began on" in reason
    assert standing(holder).facts == 0
    holder.dispose()


def test_a_wait_on_postgresql_has_a_limit(with_people: Callable[[], str]) -> None:
    """Set on every connection; half a minute for locks, two minutes for a statement."""
    engine = make_engine(with_people())
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            shown = [connection.scalar(text("SHOW lock_timeout")), connection.scalar(text("SHOW statement_timeout"))]
            assert shown == ["30s", "2min"]
        else:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000
    engine.dispose()


def test_what_a_screen_reads_in_one_go_is_of_one_moment(with_people: Callable[[], str]) -> None:
    """Somebody writes between two of its questions: both are answered as of the first, and the next go sees the change."""
    url = with_people()
    reading, writing = make_engine(url, read_only=True), make_engine(url)
    with reading.connect() as connection:
        before = connection.scalar(select(func.count()).select_from(Person))
        with writing.begin() as other:
            other.execute(insert(Person).values(code="meanwhile", name=None, email=None))
        assert connection.scalar(select(func.count()).select_from(Person)) == before
    with reading.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Person)) == (before or 0) + 1
    for engine in (reading, writing):
        engine.dispose()
