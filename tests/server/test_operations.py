"""Readiness and metrics: true about the database, silent about names, on an address of their own."""

import asyncio
import json
import re
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, insert, text

from core.calendar import WEEK, monday_of, now, today
from core.policy import Policy
from core.privacy.tables import PendingRelease
from core.readiness import readiness
from core.settings import settings
from server import counters, store
from server.operations import application, lifespan
from tests.server.asgi import ask


def test_a_migrated_database_is_ready_and_says_what_waits(database: Engine) -> None:
    """200 with the schema found and needed, and the number of closed weeks whose release is due."""
    week = monday_of(today()) - 6 * WEEK
    quiet = json.loads(ask(application, "/readyz").body)
    with database.begin() as connection:
        connection.execute(
            insert(PendingRelease),
            [
                {"area": "workload", "period": period, "kind": "first", "held": held, "since": week, "stamp": "s"}
                for period, held in ((week, False), (week + WEEK, True), (monday_of(today()), False))
            ],
        )
    answer = ask(application, "/readyz")

    assert quiet["ready"] is True and quiet["release_pending"] == 0
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "ready": True,
        "database": "ok",
        "migrations": {"found": quiet["migrations"]["needed"], "needed": quiet["migrations"]["needed"]},
        "release_pending": 1,
    }


def test_an_old_schema_and_an_absent_database_are_not_ready(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, with what is wrong in words and nothing of the address of the database."""
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    old = ask(application, "/readyz")
    monkeypatch.setattr(store, "engine", absent_engine)
    absent = ask(application, "/readyz")

    assert (old.status, json.loads(old.body)["migrations"]["found"]) == (503, "0000")
    assert (absent.status, json.loads(absent.body)["database"]) == (503, "does not answer")
    assert b"127.0.0.1" not in absent.body and b"postgres" not in absent.body


def absent_engine() -> Engine:
    """An engine on a server that is not there."""
    from core.database.engine import make_engine

    return make_engine("postgresql+psycopg://nobody:secret@127.0.0.1:9/none")


def test_readiness_of_an_empty_database_is_told_not_raised(database: Engine) -> None:
    """A database without any table is answered for, too."""
    with database.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    found = readiness(database, policy=Policy(), limits=store.limits(), as_of=today(), at=now())

    assert (found.database, found.schema, found.ready) == (True, "", False)


def test_metrics_count_and_time_and_name_nobody(database: Engine) -> None:
    """Screens and outcomes are labels; the account, its name and units are nowhere."""
    with counters.timed("workload"):
        pass
    with pytest.raises(ValueError), counters.timed("workload"):
        raise ValueError("no")
    told = ask(application, "/metrics").body.decode()

    assert re.search(r'evenkeel_page_runs_total\{outcome="done",screen="workload"\} \d', told)
    assert re.search(r'evenkeel_page_runs_total\{outcome="failed",screen="workload"\} \d', told)
    assert "evenkeel_page_seconds_bucket" in told and "evenkeel_ready 1.0" in told
    assert "ada" not in told
    assert {label for line in told.splitlines() for label in re.findall(r"[{,](\w+)=", line)} <= {
        "outcome",
        "screen",
        "le",
    }


def test_the_listener_answers_on_its_own_address_and_stops_with_the_server(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the lifespan is open the address answers; a second server that finds it taken goes on without."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("EVENKEEL_OPERATIONS", address)
    settings.cache_clear()

    async def serve() -> int:
        async with lifespan(None), lifespan(None):
            return await asyncio.to_thread(status)

    def status() -> int:
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=10) as answer:
            return int(answer.status)

    with ThreadPoolExecutor(1) as own:
        assert own.submit(asyncio.run, serve()).result() == 200
    with pytest.raises(OSError):
        status()
