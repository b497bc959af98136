"""A backup holds everything of one moment, and comes back on either database as it was."""

import json
import os
import stat
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text

from core.access.changes import record, verify
from core.access.refusals import Refused
from core.access.tables import ChangeLog, LoginAttempt, SignInCode, UserSession
from core.backup.archive import LEFT_OUT, backup
from core.backup.restore import restore, try_out
from core.backup.rows import line_of, row_of
from core.database.faults import DatabaseRefused
from core.database.migrate import current, head, upgrade
from core.database.schema import VERSION_TABLE
from core.declared import declared
from core.people.tables import OrgUnit, Person
from core.workload.tables import PersonWeek
from tests.conftest import NOW
from tests.core.backup.conftest import PEOPLE
from tests.organisations import WEEK, audited, deliver, hours

LEFT = {table.__tablename__ for table in LEFT_OUT}
MARKS = ("backup", "restored")  # what the two commands themselves add to the change log


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, ids included; of the change log without the marks that backups leave at its end."""
    found = {}
    with engine.connect() as connection:
        for table in declared().sorted_tables:
            statement = select(table).order_by(*table.primary_key.columns)
            if table.name == ChangeLog.__tablename__:
                statement = statement.where(table.c.action.not_in(MARKS))
            found[table.name] = [tuple(row) for row in connection.execute(statement)]
    return found


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_backup_comes_back_on_either_database_as_it_was(
    dialect: str, source: Engine, empty: Callable[[str], Engine], tmp_path: Path
) -> None:
    """Every row with its id, instants and odd texts included; only sessions, codes and tries are gone."""
    file = tmp_path / "backup.zip"
    before = everything(source)
    assert sum(map(bool, before.values())) > 20 and all(before[name] for name in LEFT)

    made = backup(source, file, at=NOW, actor="test")
    target = empty(dialect)
    done = restore(target, file, at=NOW, actor="test")

    after = everything(target)
    assert {name: rows for name, rows in after.items() if name not in LEFT} == {
        name: rows for name, rows in before.items() if name not in LEFT
    }
    assert not any(after[name] for name in LEFT)
    assert made.noted and done.manifest == made.manifest
    assert made.manifest.rows == sum(len(rows) for name, rows in after.items() if name not in LEFT) + 1  # its own mark
    assert audited(target).passed
    with target.connect() as connection:
        assert verify(connection).broken_at is None


def test_what_is_written_after_a_restore_gets_numbers_of_its_own(
    source: Engine, empty: Callable[[str], Engine], tmp_path: Path
) -> None:
    """The next person, the next week and the next release work, on PostgreSQL too, which counts apart from the rows."""
    backup(source, tmp_path / "backup.zip", at=NOW, actor="test")
    for dialect in ("sqlite", "postgresql"):
        target = empty(dialect)
        restore(target, tmp_path / "backup.zip", at=NOW, actor="test")
        with target.begin() as connection:
            connection.execute(insert(Person), [{"code": "new", "name": None, "email": None}])
            for table in (Person, OrgUnit, ChangeLog):
                ids = connection.scalars(select(table.id)).all()
                assert len(ids) == len(set(ids))
        from tests.organisations import release

        following = WEEK.fromordinal(WEEK.toordinal() + 7)
        deliver(target, PEOPLE, hours(PEOPLE, following))
        assert release(target).released == (following,)


def test_a_backup_is_of_one_moment_while_others_write(
    source: Engine, empty: Callable[[str], Engine], tmp_path: Path
) -> None:
    """A writer that adds a person and their week in one transaction, over and over: the backup has as many of both."""
    stop, written = threading.Event(), threading.Event()
    unit = _a_unit(source)

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with source.begin() as connection:
                key = connection.execute(
                    insert(Person).values(code=f"w{number}", name=None, email=None)
                ).inserted_primary_key
                assert key is not None
                connection.execute(insert(PersonWeek).values(person_id=key[0], week=WEEK, unit_id=unit, worked=1.0))
                record(connection, at=NOW, actor="writer", action="written", subject=str(number))
            written.set()

    writer = threading.Thread(target=write)
    writer.start()
    written.wait(20)
    try:
        backup(source, tmp_path / "backup.zip", at=NOW, actor="test")
    finally:
        stop.set()
        writer.join()
    target = empty("sqlite")
    restore(target, tmp_path / "backup.zip", at=NOW, actor="test")

    with target.connect() as connection:
        people = connection.scalars(select(Person.id).where(Person.code.like("w%"))).all()
        weeks = connection.scalars(select(PersonWeek.person_id).where(PersonWeek.person_id.in_(people))).all()
        entries = connection.scalars(select(ChangeLog.id).where(ChangeLog.action == "written")).all()
    assert len(people) == len(weeks) == len(entries) > 0


def _a_unit(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalars(select(OrgUnit.id).limit(1)).one()


def test_a_backup_of_an_older_schema_is_upgraded_on_its_way(
    bare_at: Callable[[str, str], Engine], empty: Callable[[str], Engine], tmp_path: Path
) -> None:
    """Made before the upgrade, restored after it, on both databases and across."""
    for origin in ("sqlite", "postgresql"):
        old = bare_at(origin, "0002")
        with old.begin() as connection:
            connection.execute(text("INSERT INTO person (id, code, name, email) VALUES (5, 'P5', 'Ada', NULL)"))
            record(connection, at=NOW, actor="test", action="made", subject="before the upgrade")
        file = tmp_path / f"{origin}.zip"
        assert backup(old, file, at=NOW, actor="test").manifest.schema == "0002"
        for dialect in ("sqlite", "postgresql"):
            target = empty(dialect)
            done = restore(target, file, at=NOW, actor="test")
            assert done.schema == head() == current(target)
            with target.connect() as connection:
                assert connection.execute(select(Person.id, Person.code)).all() == [(5, "P5")]


@pytest.fixture
def bare_at(empty: Callable[[str], Engine]) -> Callable[[str, str], Engine]:
    """Makes databases of an older schema."""

    def make(dialect: str, revision: str) -> Engine:
        engine = empty(dialect)
        with engine.begin() if dialect == "postgresql" else _nothing() as connection:
            if connection is not None:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        upgrade(engine, revision)
        return engine

    return make


def _nothing():  # type: ignore[no-untyped-def]
    from contextlib import nullcontext

    return nullcontext()


def test_a_restore_replaces_only_when_asked(source: Engine, empty: Callable[[str], Engine], tmp_path: Path) -> None:
    """A database that holds anything is refused and unchanged; with `replace` it holds the backup and nothing else."""
    backup(source, tmp_path / "backup.zip", at=NOW, actor="test")
    before = everything(source)
    with source.begin() as connection:
        connection.execute(insert(Person), [{"code": "later", "name": None, "email": None}])
    later = everything(source)

    with pytest.raises(Refused, match="holds data already, and nothing was changed"):
        restore(source, tmp_path / "backup.zip", at=NOW, actor="test")
    assert everything(source) == later
    restore(source, tmp_path / "backup.zip", at=NOW, actor="test", replace=True)
    assert everything(source) == before | {name: [] for name in LEFT}


def test_nobody_is_signed_in_after_a_restore(source: Engine, empty: Callable[[str], Engine], tmp_path: Path) -> None:
    """Sessions, codes and tries stay behind, and no hash of theirs is anywhere in the file."""
    with source.connect() as connection:
        hashes = [*connection.scalars(select(UserSession.id_hash)), *connection.scalars(select(SignInCode.code_hash))]
        assert hashes and connection.scalars(select(LoginAttempt.id)).all()
    backup(source, tmp_path / "backup.zip", at=NOW, actor="test")

    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert not {f"tables/{name}.jsonl" for name in LEFT} & set(archive.namelist())
    assert not [each for each in hashes if each.encode() in content]
    assert VERSION_TABLE.encode() not in content


def test_the_file_is_for_its_account_only_and_never_written_over(source: Engine, tmp_path: Path) -> None:
    """Mode 0600; a second backup of that name is refused, and leaves the first alone and nothing beside it."""
    file = tmp_path / "backup.zip"
    backup(source, file, at=NOW, actor="test")
    first = file.read_bytes()

    with pytest.raises(Refused, match="exists already"):
        backup(source, file, at=NOW, actor="test")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == first
    assert [path.name for path in tmp_path.glob("*.zip*")] + list(tmp_path.glob(".*")) == ["backup.zip"]


def test_what_a_killed_run_left_is_removed_unless_another_is_at_it(source: Engine, tmp_path: Path) -> None:
    """Parts of this name go with the next run; those that somebody holds stay."""
    import fcntl

    dead, alive = tmp_path / ".b[1].zip.00.part", tmp_path / ".b[1].zip.01.part"
    dead.write_bytes(b"half")
    with alive.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        backup(source, tmp_path / "b[1].zip", at=NOW, actor="test")

    assert not dead.exists() and alive.exists()


def test_no_room_for_the_file_leaves_nothing_of_it(
    source: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device is full: the error says so, and no file is left."""

    def full(_partial: Path) -> Any:
        _partial.touch()
        return os.fdopen(os.open("/dev/full", os.O_RDWR), "w+b")

    monkeypatch.setattr("core.backup.archive._new_file", full)
    with pytest.raises(OSError, match="No space left"):
        backup(source, tmp_path / "backup.zip", at=NOW, actor="test")

    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob(".*.part"))
    with source.connect() as connection:
        assert connection.scalars(select(Person.id)).all()


def test_a_change_log_that_was_altered_stops_a_backup(source: Engine, tmp_path: Path) -> None:
    """What could not be restored is not written."""
    with source.begin() as connection:
        connection.execute(text("UPDATE change_log SET actor = 'nobody' WHERE id = 1"))

    with pytest.raises(DatabaseRefused, match="altered at its entry 1"):
        backup(source, tmp_path / "backup.zip", at=NOW, actor="test")
    assert not list(tmp_path.glob("*.zip"))


def test_equal_contents_make_equal_files(source: Engine, tmp_path: Path) -> None:
    """But for the mark that the first leaves in the change log."""
    for name in ("one.zip", "two.zip"):
        backup(source, tmp_path / name, at=NOW, actor="test")

    tables = []
    for name in ("one.zip", "two.zip"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        tables.append({part["name"]: part["sha256"] for part in manifest["tables"] if part["name"] != "change_log"})
    assert tables[0] == tables[1]


def test_a_trial_leaves_nothing_behind(written: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It proves the file in a database without a name."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    done = try_out(written)

    assert done.schema == head() and done.manifest.rows > 100
    assert list(tmp_path.iterdir()) == []


VALUES = {
    "boolean": st.booleans(),
    "json": st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    "bytes": st.binary(),
    "instant": st.datetimes(timezones=st.timezones()),
    "date": st.dates(),
    "time": st.times(),
    "integer": st.integers(),
    "number": st.floats(allow_nan=False),
    "text": st.text(),
}


@given(
    st.lists(st.sampled_from(sorted(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), st.none() | VALUES[kind])))
)
def test_any_row_comes_back_as_it_was(row: list[tuple[str, Any]]) -> None:
    """Whatever a column may hold: numbers bit by bit, instants as the same instant, in one line."""
    kinds, values = [kind for kind, _ in row], [value for _, value in row]
    line = line_of(values, kinds)

    assert line.count(b"\n") == 1
    assert row_of(line, kinds) == values
