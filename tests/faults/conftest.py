"""A small organisation as files, and databases that hold its people and wait for its hours."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url

from core import calendar
from core.intake.imports import run_import
from core.settings import settings
from tests.cli.conftest import AS_OF, CommandLine, people_csv, weeks_csv
from tests.conftest import NOW
from tests.databases import CopyOf


@dataclass(frozen=True)
class Files:
    """The files of a delivery, and the arguments of the command that brings in the hours and releases four weeks."""

    people: Path
    weeks: Path

    @property
    def importing(self) -> tuple[object, ...]:
        """As typed after `python -m core`."""
        return ("import", "person-weeks", self.weeks, "--as-of", AS_OF)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Six teams and a head, five weeks; the last of them is still open."""
    folder = tmp_path_factory.mktemp("files")
    return Files(people_csv(folder / "people.csv"), weeks_csv(folder / "person-weeks.csv"))


@pytest.fixture
def with_people(copy_of: CopyOf, files: Files, tmp_path: Path) -> Callable[[], str]:
    """Makes databases that hold the people and no hours; each call another one."""

    def build(engine: Engine) -> None:
        run_import(engine, "people", files.people, actor="test", at=NOW)

    def copy() -> str:
        url = copy_of("faults", build)
        if not url.startswith("sqlite"):
            return url
        path = tmp_path / f"{uuid4().hex}.db"
        shutil.move(str(make_url(url).database), path)
        return f"sqlite:///{path}"

    return copy


@pytest.fixture
def bare(copy_of: CopyOf) -> Callable[[], str]:
    """Empties one database of all tables, and gives its URL."""
    url = copy_of("empty", lambda _: None)

    def emptied() -> str:
        if url.startswith("sqlite"):
            path = Path(str(make_url(url).database))
            for each in path.parent.glob(f"{path.name}*"):
                each.unlink()
            path.touch()
            return url
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        engine.dispose()
        return url

    return emptied


@pytest.fixture
def on_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], CommandLine]]:
    """Makes a command line on a database, in this process, by the real clock; nothing is remembered.

    For tests in which screens or the server are imported: they take the clock by name, and would keep one that stands still.
    """
    monkeypatch.delenv("EVENKEEL_POLICY_FILE", raising=False)

    def on(url: str) -> CommandLine:
        monkeypatch.setenv("EVENKEEL_DATABASE_URL", url)
        settings.cache_clear()
        return CommandLine(url)

    yield on
    settings.cache_clear()


@pytest.fixture
def command_line(
    on_database: Callable[[str], CommandLine], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], CommandLine]:
    """The same, with a clock that stands still."""
    monkeypatch.setattr(calendar, "now", lambda: NOW)
    return on_database
