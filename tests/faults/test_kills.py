"""SIGKILL at any moment of an import, an upgrade, a backup or a restore: before, pending or after, never between."""

import inspect
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from core.access.changes import record
from core.access.tables import ChangeLog
from core.database.engine import make_engine
from core.database.migrate import upgrade
from tests.conftest import NOW
from tests.faults.commands import killed_after, run
from tests.faults.conftest import Files
from tests.faults.standing import content, shape, standing

SEED = 20_260_309
QUICK, LONG = 6, 50


def moments(count: int) -> list[float]:
    """Fractions of a run, one in each equal part of it, chosen by a fixed seed."""
    chosen = random.Random(SEED)  # noqa: S311
    return [(part + chosen.random()) / count for part in range(count)]


def kill_imports(
    database: Callable[[], str], files: Files, folder: Path, count: int, *, reach: float = 1.0
) -> set[str]:
    """Kill so many imports; proves each outcome and that the next commands finish the work. Returns the outcomes seen.

    reach: how much of an undisturbed run the moments are spread over.
    """
    url = database()
    whole = run(url, *files.importing, folder=folder)
    assert whole.code == 0, whole.output
    engine = make_engine(url)
    reference, done = content(engine), standing(engine)
    engine.dispose()
    assert done.facts == len(reference[0]) > 0 and len(done.released) == 4 and len(done.pending) == 1
    every = done.pending | done.released.keys()
    warm = min(
        run(database(), *files.importing, folder=folder).seconds for _ in range(2)
    )  # the first reads more from disk

    seen = set()
    for moment in moments(count):
        url = database()
        engine = make_engine(url)
        killed_after(moment * reach * min(warm, whole.seconds), url, *files.importing, folder=folder)

        found = standing(engine)
        if not found.facts:
            assert not found.pending and not found.released
            seen.add("before")
        else:
            assert found.facts == done.facts
            assert found.pending | found.released.keys() == every and not found.pending & found.released.keys()
            assert all(found.released[week] == done.released[week] for week in found.released)
            seen.add("after" if found == done else "pending")
            finished = run(url, "privacy", "release", "--as-of", files.importing[-1], folder=folder)
            assert finished.code == 0, finished.output
            assert standing(engine) == done
        again = run(url, *files.importing, folder=folder)
        assert again.code == 0, again.output
        assert content(engine) == reference
        assert standing(engine) == done
        engine.dispose()
    return seen


def test_a_killed_import_leaves_before_pending_or_after(
    with_people: Callable[[], str], files: Files, tmp_path: Path
) -> None:
    """At six moments; what waits is finished by the next command, and the same import again ends like an undisturbed one."""
    assert kill_imports(with_people, files, tmp_path, QUICK) <= {"before", "pending", "after"}


@pytest.mark.long
def test_fifty_killed_imports_leave_before_pending_or_after(
    with_people: Callable[[], str], files: Files, tmp_path: Path
) -> None:
    """The same at fifty moments, the last of them around its end: each of the three is met."""
    assert kill_imports(with_people, files, tmp_path, LONG, reach=1.3) == {"before", "pending", "after"}


def at_revision(url: str, revision: str) -> dict[str, object]:
    """Bring a bare database to a revision; returns what it then looks like."""
    engine = make_engine(url)
    upgrade(engine, revision)
    found = shape(engine)
    engine.dispose()
    return found


def looks(url: str) -> dict[str, object]:
    """What a database looks like to somebody who opens it anew."""
    engine = make_engine(url)
    found = shape(engine)
    engine.dispose()
    return found


def kill_upgrades(bare: Callable[[], str], folder: Path, count: int) -> None:
    """Kill upgrades of a database of the first schema: it has the first schema afterwards, or the newest, whole."""
    before = at_revision(bare(), "0001")
    whole = run(bare(), "db", "upgrade", folder=folder)
    assert whole.code == 0, whole.output
    after = at_revision(bare(), "head")
    assert before != after
    for moment in moments(count):
        url = bare()
        at_revision(url, "0001")
        killed_after(moment * whole.seconds, url, "db", "upgrade", folder=folder)
        assert looks(url) in (before, after)
        assert run(url, "db", "upgrade", folder=folder).code == 0
        assert looks(url) == after


def kill_backups(database: Callable[[], str], files: Files, folder: Path, count: int) -> None:
    """Kill backups: either the file is there and can be restored, or there is none; what is left over goes with the next."""
    url = database()
    assert run(url, *files.importing, folder=folder).code == 0
    place = folder / "backups"
    whole = run(url, "backup", place / "whole.zip", folder=folder)
    assert whole.code == 0, whole.output
    for number, moment in enumerate(moments(count)):
        file = place / f"{number}.zip"
        killed_after(moment * whole.seconds, url, "backup", file, folder=folder)
        if not file.exists():
            assert run(url, "backup", file, folder=folder).code == 0
        assert not list(place.glob(".*.part"))
        assert run(url, "backup", "--verify", file, folder=folder).code == 0


def kill_restores(database: Callable[[], str], bare: Callable[[], str], files: Files, folder: Path, count: int) -> None:
    """Kill restores over a database that holds something else: that is still there, or what was restored, whole."""
    url = database()
    assert run(url, *files.importing, folder=folder).code == 0
    file = folder / "whole.zip"
    assert run(url, "backup", file, folder=folder).code == 0
    full = make_engine(url)
    wanted = content(full)
    full.dispose()
    without = make_engine(database())
    old = content(without)
    without.dispose()

    def over() -> str:
        at_revision(url := bare(), "head")
        engine = make_engine(url)
        with engine.begin() as connection:
            record(connection, at=NOW, actor="test", action="kept", subject="this")
        engine.dispose()
        return url

    restoring = ("restore", file, "--replace", "--yes")
    whole = run(over(), *restoring, folder=folder)
    assert whole.code == 0, whole.output
    for moment in moments(count):
        url = over()
        killed_after(moment * whole.seconds, url, *restoring, folder=folder)
        engine = make_engine(url)
        with engine.connect() as connection:
            kept = connection.scalars(select(ChangeLog.action)).all()
        assert content(engine) == (old if kept == ["kept"] else wanted)
        assert kept == ["kept"] or kept[-1] == "restored"
        engine.dispose()
        assert run(url, *restoring, folder=folder).code == 0
        engine = make_engine(url)
        assert content(engine) == wanted
        engine.dispose()


def test_a_killed_upgrade_leaves_the_old_schema_or_the_new(bare: Callable[[], str], tmp_path: Path) -> None:
    """Nothing between, on SQLite too; the next upgrade does it."""
    kill_upgrades(bare, tmp_path, 1)


def test_a_killed_backup_leaves_no_file_that_looks_whole(
    with_people: Callable[[], str], files: Files, tmp_path: Path
) -> None:
    """The name is given to a whole file only."""
    kill_backups(with_people, files, tmp_path, 1)


def test_a_killed_restore_leaves_what_was_there_or_what_was_restored(
    with_people: Callable[[], str], bare: Callable[[], str], files: Files, tmp_path: Path
) -> None:
    """One transaction, the tables that are dropped and made in it included."""
    kill_restores(with_people, bare, files, tmp_path, 1)


@pytest.mark.long
def test_many_killed_upgrades_backups_and_restores(
    with_people: Callable[[], str], bare: Callable[[], str], files: Files, tmp_path: Path
) -> None:
    """The same at sixteen moments each."""
    for number, kill in enumerate((kill_upgrades, kill_backups, kill_restores)):
        (folder := tmp_path / str(number)).mkdir()
        given = {"bare": bare, "database": with_people, "files": files, "folder": folder, "count": 16}
        kill(**{name: given[name] for name in inspect.signature(kill).parameters})  # type: ignore[arg-type]
