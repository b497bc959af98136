"""Commands in processes of their own that can be killed at any moment; a start costs milliseconds, not seconds.

A server process imports the product once and forks for each command, so that a kill hits work and not imports.
"""

import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

from sqlalchemy import create_engine, make_url, text

WARM = [
    "core.cli",
    "core.cli.imports",
    "core.backup.archive",
    "core.backup.restore",
    "core.declared",
    "core.intake.kinds",
    "core.privacy.proof",
    "core.workload.release",
    "alembic.command",
    "sqlalchemy.dialects.postgresql.psycopg",
    "rich.progress",
    "tests.faults.commands",
]


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (negative: the signal), what it printed, and how long it took in seconds."""

    code: int | None
    output: str
    seconds: float


def context() -> ForkServerContext:
    """Where commands are forked from."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(WARM)
    return found


def start(url: str, arguments: Sequence[object], output: Path) -> BaseProcess:
    """Begin `python -m core ARGUMENTS` on the database at `url`."""
    process = context().Process(
        target=_command, args=(url, [str(each) for each in arguments], str(output)), daemon=True
    )
    # a test of a screen leaves the screen's script as the main module, and every process would run that before its command
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    return process


def ended(process: BaseProcess, output: Path, since: float) -> Ended:
    """Wait for the end of a command."""
    process.join(120)
    assert process.exitcode is not None, f"still running: {output.read_text()}"
    return Ended(process.exitcode, output.read_text(), time.perf_counter() - since)


def run(url: str, *arguments: object, folder: Path) -> Ended:
    """A command to its end."""
    output, since = folder / "output.txt", time.perf_counter()
    return ended(start(url, arguments, output), output, since)


def killed_after(seconds: float, url: str, *arguments: object, folder: Path) -> Ended:
    """A command that is killed (SIGKILL) so long after its start, unless it has ended by then."""
    output, since = folder / "output.txt", time.perf_counter()
    process = start(url, arguments, output)
    process.join(seconds)
    process.kill()
    found = ended(process, output, since)
    _left_alone(url)
    return found


def _left_alone(url: str) -> None:
    """Wait until PostgreSQL has noticed that the client is gone: what was being committed is decided then."""
    if not url.startswith("postgresql"):
        return
    engine = create_engine(make_url(url))
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    try:
        for _ in range(200):
            with engine.connect() as connection:
                if not connection.scalar(others):
                    return
            time.sleep(0.02)
    finally:
        engine.dispose()


def _command(url: str, arguments: list[str], output: str) -> None:
    from core.cli import app
    from core.settings import settings

    for name in [name for name in os.environ if name.startswith("EVENKEEL_")]:
        del os.environ[name]
    os.environ["EVENKEEL_DATABASE_URL"] = url
    settings.cache_clear()
    with Path(output).open("w", buffering=1) as told:
        sys.stdout = sys.stderr = told
        try:
            app(arguments)
        except Exception:  # a defect shows itself in the output, which is closed before anybody else could write there
            traceback.print_exc(file=told)
            raise
        finally:
            told.flush()
