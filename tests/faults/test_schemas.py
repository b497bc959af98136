"""Databases that this code must not touch, and upgrades that break off: refused in words, and as they were."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from core.database.engine import make_engine
from core.database.faults import DatabaseRefused
from core.database.migrate import current, head, upgrade
from core.database.schema import Condition, condition_of, known_revisions
from core.declared import declared_names
from tests.cli.conftest import CommandLine
from tests.faults.standing import shape

UPGRADE = "python -m core db upgrade"


class Broken(Exception):
    """The process stops here."""


def count_statements(engine: Engine, work: Callable[[], object]) -> int:
    """How many statements `work` sends."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    work()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def break_off(engine: Engine, at: int, work: Callable[[], object]) -> None:
    """Run `work` and stop it before its statement number `at`."""
    left = at

    def stop(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Broken

    event.listen(engine, "before_cursor_execute", stop)
    try:
        with pytest.raises(Broken):
            work()
    finally:
        event.remove(engine, "before_cursor_execute", stop)


def broken_off(bare: Callable[[], str], places: Callable[[int], list[int]]) -> None:
    """Each migration by itself, broken off at each of these statements, leaves the schema of the one before it."""
    revisions = sorted(known_revisions())
    for before, revision in zip([None, *revisions], revisions, strict=False):
        engine = make_engine(bare())
        if before:
            upgrade(engine, before)
        as_it_was = shape(engine)
        for at in places(50):
            try:
                break_off(engine, at, lambda engine=engine, revision=revision: upgrade(engine, revision))
            except pytest.fail.Exception:  # it has fewer statements than that, and was done
                break
            found = shape(engine)
            if found != as_it_was:  # it was stopped after its commit, and has to be whole
                assert current(engine) == revision
                engine.dispose()
                engine = make_engine(bare())
                upgrade(engine, revision)
                assert found == shape(engine)
                break
        else:
            upgrade(engine, revision)
        assert current(engine) == revision
        engine.dispose()


def test_a_migration_that_breaks_off_leaves_the_schema_as_it_was(bare: Callable[[], str]) -> None:
    """Early and late in each of them, on SQLite too, where the driver by itself would keep each new table."""
    broken_off(bare, lambda _: [3, 5, 9, 14])


@pytest.mark.long
def test_a_migration_may_break_off_at_any_statement(bare: Callable[[], str]) -> None:
    """At every one of the first fifty statements of each."""
    broken_off(bare, lambda most: list(range(most)))


def newer(engine: Engine) -> None:
    """A release from the future has been here."""
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9001'"))


def half(engine: Engine) -> None:
    """Tables of the newest schema are missing, though it says that it is the newest."""
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE header_map"))


def versionless(engine: Engine) -> None:
    """Tables of ours, and no schema said: an upgrade of another make was killed."""
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))


def foreign(engine: Engine) -> None:
    """Somebody else's tables."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE wp_posts (id integer)"))


def foreign_with_alembic(engine: Engine) -> None:
    """Somebody else's tables, with migrations by the same tool."""
    foreign(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('a1b2c3d4')"))


REFUSED = {
    "newer": (newer, Condition.NEWER, "from a newer version: it has the schema 9001"),
    "half": (half, Condition.HALF, "half-migrated"),
    "versionless": (versionless, Condition.HALF, "half-migrated"),
    "foreign": (foreign, Condition.FOREIGN, "belongs to something else"),
    "foreign with alembic": (foreign_with_alembic, Condition.FOREIGN, "belongs to something else"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_database_that_is_not_ours_to_touch_is_refused_and_left_as_it_is(
    name: str, bare: Callable[[], str], command_line: Callable[[str], CommandLine], tmp_path: Path
) -> None:
    """Commands, the upgrade and backups alike: exit 1, why, and nothing changed."""
    make, condition, told = REFUSED[name]
    url = bare()
    engine = make_engine(url)
    make(engine)
    before = shape(engine)
    line = command_line(url)

    with engine.connect() as connection:
        assert condition_of(connection, declared_names()).condition is condition
    commands = [("user", "list"), ("privacy", "release"), ("backup", tmp_path / "b.zip")]
    if name != "half":  # which only differs by a table; the upgrade has nothing to do there
        commands.append(("db", "upgrade"))
    for command in commands:
        reason = line.refused(*command)
        assert told in reason and "Nothing was changed" in reason, reason
    assert shape(engine) == before
    assert not list(tmp_path.glob("*b.zip*"))
    engine.dispose()


def test_an_upgrade_over_tables_that_are_there_already_is_refused_in_words(bare: Callable[[], str]) -> None:
    """The revision says one thing and the tables another: named, with the way out, and nothing changed."""
    engine = make_engine(bare())
    upgrade(engine, "0002")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE delivery (id integer)"))
    before = shape(engine)

    with pytest.raises(
        DatabaseRefused, match=r"upgrade from 0002 could not be done: .*already exists.*Nothing was changed"
    ):
        upgrade(engine)

    assert shape(engine) == before
    engine.dispose()


def test_an_older_database_says_what_to_run_and_an_empty_one_too(
    bare: Callable[[], str], command_line: Callable[[str], CommandLine]
) -> None:
    """Both name the command; it works on both."""
    url = bare()
    line = command_line(url)
    empty = line.refused("user", "list")
    engine = make_engine(url)
    upgrade(engine, "0002")
    older = line.refused("user", "list")

    assert empty == f"The database is empty. Run: {UPGRADE}"
    assert "it has 0002" in older and older.endswith(UPGRADE)
    assert line.done("db", "upgrade").strip() == f"The database went from 0002 to {head()}."
    engine.dispose()


def test_a_missing_file_is_made_by_the_upgrade_and_by_nothing_else(
    tmp_path: Path, command_line: Callable[[str], CommandLine]
) -> None:
    """A mistyped address must not become a new, empty database."""
    path = tmp_path / "folder" / "typo.db"
    line = command_line(f"sqlite:///{path}")

    assert line.refused("user", "list").endswith(UPGRADE)
    assert not path.exists() and not path.parent.exists()
    line.done("db", "upgrade")
    assert path.stat().st_mode & 0o777 == 0o600
    assert line.done("user", "list") == ""
