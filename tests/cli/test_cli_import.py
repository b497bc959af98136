"""`import`: one document, all or nothing, held or released at once."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.intake.refusals import refusals
from core.people.tables import Person
from core.privacy.tables import PendingRelease, Release
from core.workload.tables import PersonWeek
from tests.cli.conftest import AS_OF, CLOSED, TEAMS, WEEKS, CommandLine, people_csv, weeks_csv

KEYS = {
    "kind", "file", "rows", "loaded", "replaced", "ignored", "people", "units", "weeks", "problem_count", "problems",
}  # fmt: skip
PEOPLE = sum(TEAMS.values())


def count(engine: Engine, table: Any) -> int:
    """Rows of a table."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def released(engine: Engine) -> list[str]:
    """Weeks that are released."""
    with engine.connect() as connection:
        return [day.isoformat() for day in connection.scalars(select(Release.period).order_by(Release.period))]


def test_the_document_of_people_has_the_shape_that_scripts_rely_on(empty: CommandLine, tmp_path: Path) -> None:
    """Keys and counts; people have no weeks."""
    found = empty.document("import", "people", people_csv(tmp_path / "people.csv"), "--json", "--as-of", AS_OF)
    assert set(found) >= KEYS
    assert (found["kind"], found["file"], found["rows"]) == ("people", "people.csv", PEOPLE + 1)
    assert (found["loaded"], found["replaced"], found["ignored"]) == (PEOPLE + 1, 0, 0)
    assert (found["people"], found["units"]) == (PEOPLE + 1, len(TEAMS) + 1)
    assert found["weeks"] == {"from": None, "to": None, "count": 0}
    assert (found["problem_count"], found["problems"]) == (0, [])


def test_the_document_of_person_weeks_tells_weeks_and_what_was_released(empty: CommandLine, tmp_path: Path) -> None:
    """Four of five weeks are closed on the day; the same file again changes nothing and releases nothing."""
    empty.done("import", "people", people_csv(tmp_path / "people.csv"))
    arguments = ("import", "person-weeks", weeks_csv(tmp_path / "weeks.csv"), "--json", "--as-of", AS_OF)
    found = empty.document(*arguments)
    assert set(found) >= KEYS
    assert (found["rows"], found["loaded"], found["replaced"]) == (PEOPLE * 5, PEOPLE * 5, 0)
    assert found["people"] == PEOPLE
    assert found["weeks"] == {"from": WEEKS[0].isoformat(), "to": WEEKS[-1].isoformat(), "count": 5}
    assert found["released"] == [week.isoformat() for week in CLOSED] == released(empty.engine())
    again = empty.document(*arguments)
    assert (again["loaded"], again["replaced"], again["released"]) == (0, 0, [])
    assert count(empty.engine(), PersonWeek) == PEOPLE * 5


def test_the_open_week_is_released_by_the_next_command_after_it_has_closed(co: CommandLine) -> None:
    """Not on the day before, on the day, and only once."""
    last = WEEKS[-1].isoformat()
    assert last not in released(co.engine())
    assert "Released 0 weeks" in co.done("privacy", "release", "--as-of", "2026-03-21")
    assert "Released 1 week," in co.done("privacy", "release", "--as-of", "2026-03-22")
    assert released(co.engine())[-1] == last
    assert "Released 0 weeks" in co.done("privacy", "release", "--as-of", "2026-03-23")


def test_a_dry_run_counts_everything_and_writes_nothing(empty: CommandLine, tmp_path: Path) -> None:
    """The same document as the real thing, marked; the tables stay empty."""
    file = people_csv(tmp_path / "people.csv")
    dry = empty.document("import", "people", file, "--dry-run", "--json")
    assert dry["dry_run"] is True
    assert count(empty.engine(), Person) == 0
    assert "Checked, nothing written" in empty.done("import", "people", file, "--dry-run")
    real = empty.document("import", "people", file, "--json")
    assert real["dry_run"] is False
    assert {key: real[key] for key in KEYS} == {key: dry[key] for key in KEYS}
    assert count(empty.engine(), Person) == PEOPLE + 1


BAD = [
    "id,name,unit,contracted_hours,hired",
    "P1,Ada,Co/A,40,2020-01-06",
    "P2,Tom,Co//A,40,2020-01-06",
    "P3,=cmd(),Co/A,many,6 January",
]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A people file with three problems in two rows."""
    path = tmp_path / "bad.csv"
    path.write_text("\n".join(BAD) + "\n", encoding="utf-8")
    return path


def test_a_refused_file_is_exit_1_and_still_one_document(empty: CommandLine, bad: Path) -> None:
    """The same keys; every problem with row, column, value, what is wrong and what would be right. Nothing is written."""
    found = empty.document("import", "people", bad, "--json", exit_code=1)
    assert set(found) >= KEYS
    assert (found["loaded"], found["replaced"], found["weeks"]["count"]) == (0, 0, 0)
    assert found["problem_count"] == len(found["problems"]) == 3
    assert all(set(each) == {"row", "column", "value", "problem", "remedy"} for each in found["problems"])
    assert [(each["row"], each["column"], each["value"]) for each in found["problems"]] == [
        (3, "unit", "Co//A"),
        (4, "contracted_hours", "many"),
        (4, "hired", "6 January"),
    ]
    assert all(each["problem"] and each["remedy"] for each in found["problems"])
    assert count(empty.engine(), Person) == 0


def test_a_refused_file_is_told_to_people_on_standard_error(empty: CommandLine, bad: Path, tmp_path: Path) -> None:
    """A table of problems; --errors writes them all, with formulas neutralised."""
    errors = tmp_path / "errors.csv"
    told = empty.refused("import", "people", bad, "--errors", errors)
    assert "3 problems, nothing was written" in told
    assert "6 January" in told
    assert "year-month-day" in " ".join(told.split())
    assert str(errors) in told.replace("\n", "")
    with errors.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["value"]) for row in rows] == [("3", "Co//A"), ("4", "many"), ("4", "6 January")]
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize("value", ["[/red]many", "[bold]1[/bold]", "[link=x]many"])
def test_cells_of_a_refused_file_are_text_and_never_markup(empty: CommandLine, tmp_path: Path, value: str) -> None:
    """Brackets of a cell are printed as they stand."""
    path = tmp_path / "bad.csv"
    path.write_text(f"id,unit,hired,contracted_hours\nP1,Co,2020-01-06,{value}\n", encoding="utf-8")
    told = empty.refused("import", "people", path)
    assert value in told


@pytest.mark.parametrize("with_json", [True, False])
def test_a_file_that_is_not_there_is_refused_like_any_other(
    empty: CommandLine, tmp_path: Path, with_json: bool
) -> None:
    """Exit 1 with a remedy, in the form that was asked for."""
    missing = tmp_path / "missing.csv"
    if with_json:
        found = empty.document("import", "people", missing, "--json", exit_code=1)
        assert found["problem_count"] == 1
        assert found["problems"][0]["remedy"]
    else:
        assert "missing.csv" in empty.refused("import", "people", missing)


def test_held_weeks_wait_for_the_release_command(empty: CommandLine, tmp_path: Path) -> None:
    """Facts are in, nothing is released, `privacy release --hold` leaves them alone, `privacy release` takes them."""
    empty.done("import", "people", people_csv(tmp_path / "people.csv"))
    file = weeks_csv(tmp_path / "weeks.csv", CLOSED)
    held = empty.document("import", "person-weeks", file, "--hold", "--json", "--as-of", AS_OF)
    assert held["released"] == []
    assert count(empty.engine(), PersonWeek) == PEOPLE * 4
    assert count(empty.engine(), PendingRelease) == 4
    assert "Released 0 weeks" in empty.done("privacy", "release", "--hold", "--as-of", AS_OF)
    assert released(empty.engine()) == []
    assert "Released 4 weeks" in empty.done("privacy", "release", "--as-of", AS_OF)
    assert released(empty.engine()) == [week.isoformat() for week in CLOSED]
    assert count(empty.engine(), PendingRelease) == 0


def test_the_next_import_without_hold_releases_what_was_held(empty: CommandLine, tmp_path: Path) -> None:
    """Two files of one delivery: the first held, the second finishes both, each week once."""
    empty.done("import", "people", people_csv(tmp_path / "people.csv"))
    half = dict(list(TEAMS.items())[:3])
    rest = dict(list(TEAMS.items())[3:])
    first = weeks_csv(tmp_path / "first.csv", CLOSED, half)
    second = weeks_csv(tmp_path / "second.csv", CLOSED, rest)
    assert "Held" in empty.done("import", "person-weeks", first, "--hold", "--as-of", AS_OF)
    found = empty.document("import", "person-weeks", second, "--json", "--as-of", AS_OF)
    assert found["released"] == [week.isoformat() for week in CLOSED] == released(empty.engine())


def test_a_correction_of_one_person_waits_and_the_first_release_stands(co: CommandLine, tmp_path: Path) -> None:
    """One person's other hours would be that person's hours; the published cells do not move. One week is told as one week."""
    show = ("show", "workload", "--as", "leader", "--as-of", AS_OF, "--format", "json")
    before = co.document(*show)
    file = tmp_path / "correction.csv"
    file.write_text(
        f"person_id,week,contracted,leave,public_holiday,sickness,worked\nCo/A/One#1,{CLOSED[1]},40,0,0,0,66\n",
        encoding="utf-8",
    )
    text = co.done("import", "person-weeks", file, "--as-of", AS_OF)
    assert "corrected 0, corrections waiting in 1" in text
    assert f"Week {CLOSED[1]}." in text and f"{CLOSED[1]} to" not in text
    listed = co.done("deliveries", "list", "--limit", "1")
    assert str(CLOSED[1]) in listed and f"{CLOSED[1]} to" not in listed
    after = co.document(*show)
    assert json.dumps(after["cells"]) == json.dumps(before["cells"])
    with co.engine().connect() as connection:
        assert connection.scalar(select(PersonWeek.worked).where(PersonWeek.worked == 66)) == 66


def test_ignored_columns_are_named_with_the_reason(empty: CommandLine, tmp_path: Path) -> None:
    """Nothing of a column that is not read is stored."""
    path = tmp_path / "people.csv"
    path.write_text("id,unit,hired,salary\nP1,Co,2020-01-06,100000\n", encoding="utf-8")
    found = empty.document("import", "people", path, "--json")
    assert [each["column"] for each in found["ignored_columns"]] == ["salary"]
    assert "Ignored" in empty.done("import", "people", path)
    assert b"100000" not in Path(empty.url.removeprefix("sqlite:///")).read_bytes()


def test_a_file_that_is_refused_stands_on_data_quality(empty: CommandLine, tmp_path: Path) -> None:
    """As one refused on the screen: kind, file, what was wrong as a band, and who brought it; until a delivery comes."""
    people = people_csv(tmp_path / "people.csv")
    empty.done("import", "people", people, "--as-of", AS_OF)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("person_id,week,worked\nnobody,2026-03-02,40\n", encoding="utf-8")
    assert empty("import", "person-weeks", wrong).exit_code == 1

    with empty.engine().connect() as connection:
        [refusal] = refusals(connection, ("person-weeks",))
    assert (refusal.kind, refusal.file) == ("person-weeks", "wrong.csv")
    assert refusal.actor.startswith("operator")
    assert refusal.problems == (("people who are not on record", "fewer than five"),)

    empty.done("import", "person-weeks", weeks_csv(tmp_path / "weeks.csv"), "--as-of", AS_OF)
    with empty.engine().connect() as connection:
        assert refusals(connection, ("person-weeks",)) == ()
