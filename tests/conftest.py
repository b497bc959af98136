"""Fixtures that every test may use: empty databases on SQLite and PostgreSQL, and copies of one demonstration database.

One PostgreSQL server and one demonstration database are made per run and shared by the workers; each test gets a copy (a file
copy, or `CREATE DATABASE ... TEMPLATE`).
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from core.database import engine as engines
from core.database.engine import make_engine
from tests.databases import CopyOf, EngineOf, RunFolder, Server, build_demo, built, share_statements

settings.register_profile(
    "evenkeel", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("evenkeel")
engines.SYNCHRONOUS = "OFF"  # nobody waits for the disk in this process; commands and servers of their own do
share_statements()
# Images of containers like to switch compiled files off. Here every worker would then rewrite every assertion again, and every
# server and command that a test starts would compile the whole product.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

AS_OF = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if base.name.startswith("popen-") else base
    return RunFolder(root)


@pytest.fixture(scope="session")
def postgres(run_folder: RunFolder) -> Iterator[Server]:
    """One PostgreSQL 18 server for the run; the last worker to leave stops it."""
    with run_folder.server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(run_folder: RunFolder) -> Path:
    """An empty migrated SQLite database, made once per run."""
    return run_folder.once("empty.db", lambda path: built(f"sqlite:///{path}", _nothing))


def _nothing(_: Engine) -> None:
    """Leave a database empty."""


@pytest.fixture(params=["sqlite", "postgresql"])
def copy_of(request: pytest.FixtureRequest, tmp_path: Path, run_folder: RunFolder) -> Iterator[CopyOf]:
    """Gives the URL of a copy of a database that is built once per run: once on SQLite, once on PostgreSQL.

    Called with a name and a function that fills an empty, migrated database.
    """
    with contextlib.ExitStack() as stack:

        def copy(name: str, build: Callable[[Engine], object]) -> str:
            if request.param == "sqlite":
                template = run_folder.once(f"{name}.db", lambda path: built(f"sqlite:///{path}", build))
                path = tmp_path / f"{name}.db"
                shutil.copy(template, path)
                return f"sqlite:///{path}"
            server: Server = request.getfixturevalue("postgres")
            return stack.enter_context(server.copy_of(name, lambda url: built(url, build)))

        yield copy


@pytest.fixture
def database_url(copy_of: CopyOf) -> str:
    """The URL of an empty, migrated database of its own: once on SQLite, once on PostgreSQL."""
    return copy_of("empty", _nothing)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def engine_of(copy_of: CopyOf) -> Iterator[EngineOf]:
    """Gives an engine on a copy of a database that is built once per run; called with a name and what fills it."""
    with contextlib.ExitStack() as stack:

        def on(name: str, build: Callable[[Engine], object]) -> Engine:
            made = make_engine(copy_of(name, build))
            stack.callback(made.dispose)
            return made

        yield on


@pytest.fixture
def sqlite_engine_of(run_folder: RunFolder, tmp_path: Path) -> Iterator[EngineOf]:
    """The same on SQLite, for tests in which the database does not matter."""
    with contextlib.ExitStack() as stack:

        def on(name: str, build: Callable[[Engine], object]) -> Engine:
            template = run_folder.once(f"{name}.db", lambda path: built(f"sqlite:///{path}", build))
            path = tmp_path / f"{uuid4().hex}.db"
            shutil.copy(template, path)
            made = make_engine(f"sqlite:///{path}")
            stack.callback(made.dispose)
            return made

        yield on


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty SQLite database, for tests in which the database does not matter."""
    path = tmp_path / f"{uuid4().hex}.db"
    shutil.copy(sqlite_template, path)
    made = make_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def fresh_engine(sqlite_template: Path) -> Iterator[Callable[[], Engine]]:
    """Makes any number of empty SQLite databases; properties need one or more for each example."""
    folder = Path(tempfile.mkdtemp(prefix="evenkeel-"))
    made: list[Engine] = []

    def make() -> Engine:
        while len(made) > 3:  # no example needs more than two at once
            made.pop(0).dispose()
        path = folder / f"{uuid4().hex}.db"
        shutil.copy(sqlite_template, path)
        made.append(make_engine(f"sqlite:///{path}"))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def demo_template(run_folder: RunFolder) -> Path:
    """The demonstration organisation as a SQLite database, loaded and released once per run, as of AS_OF."""
    return run_folder.once("demo.db", lambda path: build_demo(f"sqlite:///{path}", AS_OF, NOW))


@pytest.fixture
def demo_database_url(demo_template: Path, tmp_path: Path) -> str:
    """The URL of a copy of the demonstration database."""
    path = tmp_path / "demo.db"
    shutil.copy(demo_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def demo(demo_database_url: str) -> Iterator[Engine]:
    """An engine on a copy of the demonstration database."""
    made = make_engine(demo_database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def demo_readonly(demo_template: Path) -> Iterator[Engine]:
    """An engine on the demonstration database itself, which refuses every write."""
    made = make_engine(f"sqlite:///{demo_template}", read_only=True)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def demo_on_postgres(postgres: Server) -> Iterator[Engine]:
    """The demonstration organisation loaded and released on PostgreSQL, shared by the tests that read it."""
    url = postgres.once("demo", lambda at: build_demo(at, AS_OF, NOW))
    made = make_engine(url, read_only=True)
    yield made
    made.dispose()
