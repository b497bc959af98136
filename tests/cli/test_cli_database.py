"""`db upgrade`, `demo load`, settings, and what wrong usage gets."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from core.access.tables import User
from core.people.tables import Person
from tests.cli.conftest import CommandLine


def test_a_new_database_is_made_and_upgraded_once(tmp_path: Path, command_line: Callable[[str], CommandLine]) -> None:
    """The file and its folder are made; a second run changes nothing and says so."""
    line = command_line(f"sqlite:///{tmp_path / 'new' / 'evenkeel.db'}")
    assert line.done("db", "upgrade").startswith("The database was made (schema 0")
    assert "person_week" in inspect(line.engine()).get_table_names()
    assert line.done("db", "upgrade").startswith("The database is at ")


def test_a_database_without_schema_is_refused_with_the_command_that_helps(
    tmp_path: Path, command_line: Callable[[str], CommandLine]
) -> None:
    """Every command but `db upgrade`."""
    line = command_line(f"sqlite:///{tmp_path / 'bare.db'}")
    for command in (
        ("show", "workload", "--as", "leader"),
        ("privacy", "audit"),
        ("privacy", "release"),
        ("user", "list"),
        ("audit-log", "verify"),
        ("demo", "load"),
        ("import", "people", tmp_path / "people.csv"),
    ):
        assert line.refused(*command).endswith("run: python -m core db upgrade")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://somewhere/db", "EVENKEEL_DATABASE_URL must start with sqlite:/// or postgresql://"),
        ("postgresql://nobody@127.0.0.1:1/none", "The database none at 127.0.0.1 does not answer"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_in_words(
    url: str, told: str, command_line: Callable[[str], CommandLine]
) -> None:
    """Exit 1 and what to mend, not a trace."""
    assert told in command_line(url).refused("user", "list")


def test_the_demonstration_goes_into_an_empty_database_only(co: CommandLine) -> None:
    """Refused with the reason; with --if-empty it does nothing and succeeds. Nothing is written either way."""

    def counts() -> tuple[int | None, ...]:
        with co.engine().connect() as connection:
            return tuple(connection.scalar(select(func.count()).select_from(table)) for table in (Person, User))

    before = counts()
    assert before == (46, 6)
    assert co.refused("demo", "load") == (
        "The database holds people already. The demonstration goes into an empty one only."
    )
    assert "was not loaded" in co.done("demo", "load", "--if-empty")
    assert counts() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("show", "workload"),
        ("show", "workload", "--as"),
        ("show", "workload", "--as", "leader", "--format", "xml"),
        ("show", "workload", "--as", "leader", "--from", "9 March"),
        ("show", "workload", "--as", "leader", "--to", "2026-02-30"),
        ("show", "workload", "--as", "leader", "--from", "2026-03-09", "--to", "2026-03-02"),
        ("show", "workload", "--as", "leader", "--as-of", "soon"),
        ("show", "workload", "--as", "leader", "--everything"),
        ("import",),
        ("import", "people"),
        ("import", "salaries", "people.csv"),
        ("import", "people", "people.csv", "--as-of", "soon"),
        ("privacy", "release", "--as-of", "2026-13-01"),
        ("privacy", "export-release", "1"),
        ("privacy", "export-release", "first", "--out", "out"),
        ("user", "add", "mara"),
        ("user", "add", "--roles", "hr"),
        ("demo", "load", "--set", "people=few"),
    ],
)
def test_wrong_usage_is_exit_2_and_says_nothing_on_standard_output(co: CommandLine, arguments: tuple[str, ...]) -> None:
    """What is wrong on standard error; neither exit 1 nor a trace."""
    result = co(*arguments)
    assert result.exit_code == 2, (result.stdout, result.stderr, result.exception)
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


def test_help_lists_the_commands_of_the_design(empty: CommandLine) -> None:
    """Every group and what is in it."""
    text = empty.done("--help")
    for group in ("db", "demo", "import", "show", "privacy", "user", "audit-log"):
        assert group in text
    assert {word for word in ("release", "audit", "export-release") if word in empty.done("privacy", "--help")} == {
        "release",
        "audit",
        "export-release",
    }
    assert all(word in empty.done("user", "--help") for word in ("add", "set-password", "roles", "deactivate", "list"))
