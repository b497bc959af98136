"""Uploads that nobody looks after any more are removed by the server itself, without a visit."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from core.calendar import now
from core.settings import settings
from server import leftovers
from server.operations import lifespan


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something holds within a few seconds."""
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test alone, and a server without a listener."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("EVENKEEL_OPERATIONS", "off")
    settings.cache_clear()
    return tmp_path


def left(age: timedelta) -> Path:
    """A folder as a server leaves it that is killed, so long ago."""
    folder = leftovers.private_folder()
    (folder / "hours.csv").write_bytes(b"personal")
    at = (now() - age).timestamp()
    os.utime(folder, (at, at))
    return folder


def test_the_server_removes_what_a_killed_one_left_when_it_starts(place: Path) -> None:
    """What is old goes with the start; what may belong to another server, and other folders, stay."""
    old, young = left(timedelta(hours=2)), left(timedelta(minutes=10))
    other = place / "other"
    other.mkdir()
    os.utime(other, (0, 0))

    async def serve() -> bool:
        async with lifespan(None):
            return await asyncio.to_thread(soon, lambda: not old.exists())

    assert asyncio.run(serve())
    assert young.exists() and other.exists()


def test_it_looks_again_while_it_runs(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that was too young at the start is removed when its time has come, and nothing is after the server."""
    monkeypatch.setattr(leftovers, "CHECKED", timedelta(milliseconds=20))
    first = left(timedelta(minutes=10))

    async def serve() -> bool:
        async with lifespan(None):
            kept = first.exists()
            monkeypatch.setattr(leftovers, "now", lambda: now() + timedelta(hours=1))
            return kept and await asyncio.to_thread(soon, lambda: not first.exists())

    assert asyncio.run(serve())
    second = left(timedelta(hours=2))
    time.sleep(0.1)
    assert second.exists()


def test_a_step_that_fails_is_taken_again() -> None:
    """One fault does not end the looking."""
    steps = []
    again = Event()

    def step() -> None:
        steps.append(1)
        if len(steps) == 1:
            raise OSError("the disk is away")
        again.set()

    ended = leftovers.repeat(step, timedelta(milliseconds=5), "test")
    assert again.wait(5)
    ended.set()
