"""The history of deliveries: one entry for each file that was loaded, told without numbers of few people, to few people."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.cli import app
from core.intake.deliveries import actor_of, every_delivery, history, may_import
from core.intake.imports import ImportRefused
from core.intake.tables import Delivery
from core.settings import settings
from tests.commands import CliRunner
from tests.core.intake.content import AT, bring_in, people_file, person, weeks_file

WEEK = date(2026, 3, 23)


def viewer(*roles: str, units: tuple[str, ...] = ()) -> Viewer:
    """An account with these roles."""
    return Viewer(1, "ines", "Ines", roles, units)


def test_each_file_that_is_loaded_is_one_delivery(engine: Engine, tmp_path: Path) -> None:
    """Who, when, what, which weeks, also when it changes nothing; a dry run and a file that is refused leave none."""
    people = people_file(tmp_path, [person(f"P{i}") for i in range(6)])
    bring_in(engine, "people", people, dry_run=True)
    bring_in(engine, "people", people)
    bring_in(engine, "people", people)
    weeks = weeks_file(tmp_path, ("person_id", "week", "worked"), [(f"P{i}", WEEK, 40) for i in range(6)])
    bring_in(engine, "person-weeks", weeks, held=True)
    wrong = weeks_file(tmp_path, ("person_id", "week", "worked"), [("P0", WEEK, "forty")], "wrong.csv")
    with pytest.raises(ImportRefused):
        bring_in(engine, "person-weeks", wrong)

    with engine.connect() as connection:
        newest, again, oldest = every_delivery(connection)
        stored = connection.execute(
            select(Delivery.loaded, Delivery.people, Delivery.sha256).order_by(Delivery.id)
        ).all()
    assert (newest.kind, newest.file, newest.rows, newest.held) == ("person-weeks", "weeks.csv", 6, True)
    assert (newest.first_week, newest.last_week, newest.weeks) == (WEEK, WEEK, 1)
    assert (oldest.kind, oldest.actor, oldest.at, oldest.weeks, oldest.held) == ("people", "tester", AT, 0, False)
    assert [(row.loaded, row.people, len(row.sha256)) for row in stored] == [(6, 6, 64), (0, 6, 64), (6, 6, 64)]
    assert again.as_json() | {"id": oldest.id} == oldest.as_json()


def test_history_tells_no_number_of_rows_below_the_smallest_group(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A file of four rows is told as fewer than five, in words and in the document; five are told."""
    for count in (4, 5):
        rows = [person(f"{count}P{i}") for i in range(count)]
        bring_in(sqlite_engine, "people", people_file(tmp_path, rows, name=f"{count}.csv"))
    with sqlite_engine.connect() as connection:
        five, four = history(connection, viewer("hr"))
    assert (five.rows_text, four.rows_text) == ("5", "fewer than 5")
    assert (five.as_json()["rows"], four.as_json()["rows"]) == (5, None)
    assert not {"people", "loaded", "replaced", "unchanged"} & four.as_json().keys()


def test_only_hr_and_administrators_read_history_and_bring_files_in(sqlite_engine: Engine) -> None:
    """HR that is narrowed to units reads and brings nothing in; nobody else does either."""
    with sqlite_engine.connect() as connection:
        for account in (viewer("hr"), viewer("admin"), viewer("admin", "employee", units=("A",))):
            assert history(connection, account) == () and may_import(account) and actor_of(account) == "ines"
        narrowed = viewer("hr", units=("A",))
        assert history(connection, narrowed) == () and not may_import(narrowed)
        with pytest.raises(NoPermission):
            actor_of(narrowed)
        for role in ("leader", "manager", "employee", "guest"):
            assert not may_import(viewer(role))
            with pytest.raises(NoPermission):
                history(connection, viewer(role))


def test_the_command_line_lists_and_undoes(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Import by command, list, undo, list again; a second undo is refused with the reason."""
    monkeypatch.setenv("EVENKEEL_DATABASE_URL", str(sqlite_engine.url))
    settings.cache_clear()
    run = CliRunner()
    people = people_file(tmp_path, [person(f"P{i}") for i in range(6)])
    assert run.invoke(app, ["import", "people", str(people), "--json"]).exit_code == 0

    listed = run.invoke(app, ["deliveries", "list"])
    undone = run.invoke(app, ["deliveries", "undo", "--number", "1"])
    again = run.invoke(app, ["deliveries", "undo"])
    document = run.invoke(app, ["deliveries", "list", "--json"])
    settings.cache_clear()

    assert "people.csv" in listed.output and "loaded" in listed.output
    assert (undone.exit_code, undone.output.strip()) == (
        0,
        "people.csv (people) was undone. What is on record is as it was before it.",
    )
    assert again.exit_code == 1 and "undone already" in again.output
    assert '"undone_by": "operator' in document.output
