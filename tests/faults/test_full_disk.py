"""A disk that is full: what was being written is given up as a whole, the message says which disk, and reading goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, select

from core.access.tables import ChangeLog
from core.backup.archive import backup
from core.backup.restore import restore
from core.calendar import last_closed_week
from core.database.engine import make_engine
from core.people.tables import Person
from tests.cli.conftest import CommandLine
from tests.conftest import AS_OF, NOW
from tests.faults.conftest import Files
from tests.faults.standing import content, standing


@contextmanager
def no_room(monkeypatch: pytest.MonkeyPatch, *, after: int) -> Iterator[None]:
    """Engines that are made meanwhile find their disk full: SQLite by a limit of pages, PostgreSQL by the server's own error.

    after: so many pages, or statements that write, still go through.
    """

    def limited(url: str, **options: Any) -> Engine:
        engine = make_engine(url, **options)
        left = after

        def limit(connection: Any, _record: Any) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages + after}")

        def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            nonlocal left
            if statement.startswith(("INSERT", "COPY", "WITH moved", "CREATE TEMPORARY", "UPDATE")):
                left -= 1
                if left < 0:
                    raise psycopg.errors.DiskFull("could not extend file: No space left on device")

        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", limit)
        else:
            event.listen(engine, "before_cursor_execute", fail)
            event.listen(engine, "commit", lambda _: fail(None, None, "INSERT") if left <= 0 else None)
        return engine

    with monkeypatch.context() as patch:
        patch.setattr("core.database.engine.make_engine", limited)
        yield


@pytest.mark.parametrize("after", [0, 3])
def test_an_import_on_a_full_disk_writes_nothing_and_works_when_there_is_room(
    after: int,
    with_people: Callable[[], str],
    files: Files,
    command_line: Callable[[str], CommandLine],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit 1 with what is full; facts, pending weeks and the log as before; reads go on; the same command then does it."""
    url = with_people()
    line = command_line(url)
    engine = make_engine(url)
    before = content(engine), standing(engine)

    with no_room(monkeypatch, after=after):
        reason = line.refused(*files.importing)

    assert "has no room left" in reason and "Free space" in reason and "Nothing was changed" in reason
    assert (content(engine), standing(engine)) == before
    assert line.done("audit-log", "verify")
    line.done(*files.importing)
    assert len(standing(engine).released) == 4
    engine.dispose()


def test_a_release_on_a_full_disk_leaves_weeks_pending_and_the_screens_right(
    with_people: Callable[[], str],
    files: Files,
    command_line: Callable[[str], CommandLine],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each week is released whole or waits; what was released can be read meanwhile."""
    url = with_people()
    line = command_line(url)
    line.done(*files.importing, "--hold")
    engine = make_engine(url)
    held = standing(engine)

    with no_room(monkeypatch, after=12):
        assert "has no room left" in line.refused("privacy", "release", "--as-of", files.importing[-1])

    found = standing(engine)
    assert found.facts == held.facts and found.pending | found.released.keys() == held.pending
    line.done("privacy", "release", "--as-of", files.importing[-1])
    assert last_closed_week(AS_OF, 7) in standing(engine).released
    engine.dispose()


def test_a_restore_on_a_full_disk_keeps_what_was_there(
    with_people: Callable[[], str], files: Files, command_line: Callable[[str], CommandLine], tmp_path: Path
) -> None:
    """Also with --replace, where what was there is dropped first."""
    url = with_people()
    line = command_line(url)
    line.done(*files.importing)
    line.done("backup", tmp_path / "b.zip")
    engine = make_engine(url)
    before = content(engine)

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "unit_note" in statement and statement.lstrip().startswith("CREATE"):
            raise (
                psycopg.errors.DiskFull("no room")
                if url.startswith("postgresql")
                else OSError(28, "No space left on device")
            )

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(Exception, match=r"no room|No space left"):
        restore(engine, tmp_path / "b.zip", at=NOW, actor="test", replace=True)
    event.remove(engine, "before_cursor_execute", fail)

    assert content(engine) == before
    engine.dispose()


def test_a_backup_is_made_of_a_database_that_takes_no_changes(
    with_people: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The full disk is when one wants it most: only the note in the change log is missing, and it says so."""
    url = with_people()
    with no_room(monkeypatch, after=0):
        from core.database import engine as engines

        engine = engines.make_engine(url, read_only=True)
        done = backup(engine, tmp_path / "b.zip", at=NOW, actor="test")
    with engine.connect() as connection:
        assert "backup" not in connection.scalars(select(ChangeLog.action)).all()
        people = len(connection.scalars(select(Person.id)).all())
    assert not done.noted
    assert {part.name: part.rows for part in done.manifest.tables}["person"] == people > 40
    engine.dispose()


def test_a_full_disk_for_the_list_of_problems_is_told(
    with_people: Callable[[], str], command_line: Callable[[str], CommandLine], tmp_path: Path
) -> None:
    """The file is refused as it would be, or the disk is named; no trace, nothing written."""
    bad = tmp_path / "bad.csv"
    bad.write_text("id,name,unit,hired\n" + "P1,Ada,,soon\n" * 3000, encoding="utf-8")
    url = with_people()
    line = command_line(url)

    reason = line.refused("import", "people", bad, "--errors", "/dev/full")

    assert "disk is full" in reason or "No space left" in reason
    engine = make_engine(url)
    assert standing(engine).facts == 0
    engine.dispose()
