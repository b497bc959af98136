"""Two real servers on the same small organisation: the product, and a careless copy in which one rule at a time is broken."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from core.database.engine import make_engine
from tests.attacks import target, wire
from tests.databases import RunFolder, built
from tests.serving import Served, free_port, serve

CARELESS = ("-m", "tests.attacks.careless")


@dataclass(frozen=True)
class Target:
    """A server to attack: its address, its database, and where its operator listens.

    read: what was read of it by account, where no rule changes meanwhile; None on the careless copy.
    """

    url: str
    engine: Engine
    operations: str
    read: dict[str, Any] | None = field(default=None, compare=False)

    def cookies(self, name: str) -> str:
        """The cookies of a browser in which an account has just signed in; '' for nobody."""
        return wire.cookie(target.session_for(self.engine, name), "browser") if name else ""

    def tab(self, name: str = "", **options: str) -> wire.Tab:
        """A tab in which an account is signed in, or nobody."""
        return wire.Tab(self.url, self.cookies(name), **options)


@pytest.fixture(scope="session")
def organisation(run_folder: RunFolder) -> Path:
    """The organisation as a SQLite database, made once per run."""
    return run_folder.once("attacked.db", lambda path: built(f"sqlite:///{path}", target.build))


@pytest.fixture(scope="session")
def start(organisation: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., object]:
    """Starts a server on a copy of the organisation."""

    @contextmanager
    def started(**options: object) -> Iterator[tuple[Target, Served]]:
        folder = tmp_path_factory.mktemp("attacked")
        shutil.copy(organisation, folder / "attacked.db")
        database_url = f"sqlite:///{folder / 'attacked.db'}"
        operations = f"127.0.0.1:{free_port()}"
        settings = {"EVENKEEL_SECRET_KEY": target.SECRET, "EVENKEEL_OPERATIONS": operations}
        engine = make_engine(database_url)
        with serve(database_url, folder, **settings, **options) as served:  # type: ignore[arg-type]
            yield Target(served.url, engine, f"http://{operations}"), served
        engine.dispose()

    return started


@pytest.fixture(scope="session")
def product(start: Callable[..., object]) -> Iterator[Target]:
    """The product, as it is."""
    with start() as (found, _):  # type: ignore[attr-defined]
        yield replace(found, read={})


@pytest.fixture(scope="session")
def careless_server(start: Callable[..., object]) -> Iterator[Callable[[str], Target]]:
    """Breaks one rule of the careless copy (and mends all others); returns the copy."""
    with start(program=CARELESS) as (found, served):  # type: ignore[attr-defined]
        asked = 0

        def breaking(rule: str) -> Target:
            nonlocal asked
            asked += 1
            assert served.process.stdin is not None
            served.process.stdin.write(f"{rule}\n")
            served.process.stdin.flush()
            for _ in range(500):
                if f"applied {asked}\n" in served.log.read_text():
                    return found
                time.sleep(0.02)
            pytest.fail(f"the rule could not be broken:\n{served.log.read_text()[-3000:]}")

        yield breaking


@pytest.fixture
def careless(careless_server: Callable[[str], Target]) -> Iterator[Callable[[str], Target]]:
    """`careless_server`, mended again after the test."""
    yield careless_server
    careless_server("")


@pytest.fixture
def own(organisation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A copy of the organisation for attacks inside this process: the settings, the command line and the screens use it."""
    import streamlit as st

    from core.settings import settings

    shutil.copy(organisation, tmp_path / "own.db")
    url = f"sqlite:///{tmp_path / 'own.db'}"
    monkeypatch.setenv("EVENKEEL_DATABASE_URL", url)
    monkeypatch.setenv("EVENKEEL_SECRET_KEY", target.SECRET)
    monkeypatch.setenv("EVENKEEL_DEMO", "0")

    def forget() -> None:
        settings.cache_clear()
        st.cache_data.clear()
        st.cache_resource.clear()

    forget()
    engine = make_engine(url)
    yield engine
    engine.dispose()
    forget()
