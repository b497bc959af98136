"""The command line on databases of its own: a small organisation, brought in by the commands themselves."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine

from core import calendar
from core.access.accounts import add_user
from core.cli import app
from core.database.engine import make_engine
from core.settings import settings
from tests.commands import CliRunner
from tests.conftest import NOW
from tests.databases import RunFolder

AS_OF = "2026-03-18"  # the week of 2 March is the last closed one
WEEKS = tuple(date(2026, 2, 9) + timedelta(weeks=i) for i in range(5))  # the last of them is still open
CLOSED = WEEKS[:4]
TEAMS = {
    "Co/A/One": 9,
    "Co/A/Two": 8,
    "Co/B/Three": 12,
    "Co/B/Four": 4,
    "Co/B/Five": 5,
    "Co/B/Eight [north]": 7,
}
HEAD = "head"
ACCOUNTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str | None]] = {
    "leader": (("leader",), ("Co",), None),
    "hr": (("hr",), (), None),
    "manager": (("manager",), ("Co/A",), None),
    "employee": (("employee",), (), "Co/A/One#0"),
    "admin": (("admin",), (), None),
    "nobody-yet": (("employee",), (), None),
}


@dataclass
class CommandLine:
    """Runs commands on one database, in this process."""

    url: str

    def __call__(self, *arguments: object, given: str | None = None) -> Result:
        """One command with its arguments; `given` is standard input."""
        settings.cache_clear()
        return CliRunner().invoke(app, [str(each) for each in arguments], input=given)

    def done(self, *arguments: object, given: str | None = None) -> str:
        """Standard output of a command that must succeed."""
        result = self(*arguments, given=given)
        assert result.exit_code == 0, (result.stderr, result.exception)
        return result.stdout

    def document(self, *arguments: object, exit_code: int = 0) -> Any:
        """The one JSON document on standard output."""
        result = self(*arguments)
        assert result.exit_code == exit_code, (result.stderr, result.exception)
        return json.loads(result.stdout)

    def refused(self, *arguments: object, given: str | None = None) -> str:
        """The reason on standard error of a command that must be refused; nothing stands on standard output."""
        result = self(*arguments, given=given)
        assert result.exit_code == 1, (result.stdout, result.exception)
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.stdout == ""
        assert result.stderr.strip()
        assert "Traceback" not in result.stderr
        return result.stderr.strip()

    def engine(self) -> Engine:
        """An engine on the same database."""
        return make_engine(self.url)


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], CommandLine]]:
    """Makes a command line on a database; the environment names it, the clock stands still, nothing is remembered."""
    monkeypatch.setattr(calendar, "now", lambda: NOW)
    monkeypatch.delenv("EVENKEEL_POLICY_FILE", raising=False)

    def on(url: str) -> CommandLine:
        monkeypatch.setenv("EVENKEEL_DATABASE_URL", url)
        return CommandLine(url)

    yield on
    settings.cache_clear()


def people_csv(path: Path, teams: Mapping[str, int] = TEAMS) -> Path:
    """A people file: one head of the company and everybody in the teams."""
    lines = ["id,name,unit,manager_id,contracted_hours,hired", f"{HEAD},The Head,Co,,40,2020-01-06"]
    for team, size in teams.items():
        lines += [f"{team}#{i},Person {i} of {team},{team},{HEAD},40,2020-01-06" for i in range(size)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def weeks_csv(
    path: Path,
    weeks: tuple[date, ...] = WEEKS,
    teams: Mapping[str, int] = TEAMS,
    worked: Callable[[str, int, int], float] = lambda team, person, week: 34 + (person * 5 + week * 3 + len(team)) % 13,
) -> Path:
    """A file of person-weeks: full weeks without absences, everybody a little different."""
    lines = ["person_id,week,contracted,leave,public_holiday,sickness,worked"]
    for number, week in enumerate(weeks):
        for team, size in teams.items():
            lines += [f"{team}#{i},{week},40,0,0,0,{worked(team, i, number)}" for i in range(size)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def add_accounts(engine: Engine, at: datetime = NOW) -> None:
    """One account for each role, with a hash that no password has."""
    with engine.begin() as connection:
        for name, (roles, units, person) in ACCOUNTS.items():
            add_user(
                connection,
                name=name,
                password_hash="$2b$12$no.such.password",
                roles=roles,
                units=units,
                person_code=person,
                at=at,
                actor="test",
            )


@pytest.fixture(scope="session")
def cli_template(run_folder: RunFolder, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small organisation, imported and released by the command line once per run."""

    def build(path: Path) -> None:
        path.write_bytes(sqlite_template.read_bytes())
        files = tmp_path_factory.mktemp("cli")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(calendar, "now", lambda: NOW)
            patch.setenv("EVENKEEL_DATABASE_URL", f"sqlite:///{path}")
            line = CommandLine(f"sqlite:///{path}")
            line.done("import", "people", people_csv(files / "people.csv"), "--as-of", AS_OF)
            line.done("import", "person-weeks", weeks_csv(files / "weeks.csv"), "--as-of", AS_OF)
        settings.cache_clear()
        engine = line.engine()
        add_accounts(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()

    return run_folder.once("cli.db", build)


@pytest.fixture
def co(cli_template: Path, tmp_path: Path, command_line: Callable[[str], CommandLine]) -> CommandLine:
    """The command line on a copy of the small organisation."""
    path = tmp_path / "co.db"
    path.write_bytes(cli_template.read_bytes())
    return command_line(f"sqlite:///{path}")


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path, command_line: Callable[[str], CommandLine]) -> CommandLine:
    """The command line on an empty, migrated database."""
    path = tmp_path / "empty.db"
    path.write_bytes(sqlite_template.read_bytes())
    return command_line(f"sqlite:///{path}")


@pytest.fixture
def northwind(demo_database_url: str, command_line: Callable[[str], CommandLine]) -> CommandLine:
    """The command line on a copy of the demonstration."""
    return command_line(demo_database_url)
