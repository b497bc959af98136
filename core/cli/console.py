"""The edge of the command line: engine, clock, progress on stderr, refusals as exit 1."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import typer

from core.access.refusals import Refused
from core.settings import settings


def fail(reason: str) -> typer.Exit:
    """Say why on stderr; raise the result to end with exit 1."""
    typer.echo(reason, err=True)
    return typer.Exit(1)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn refusals and bad settings into a plain reason and exit 1; anything else is a defect and shows itself."""
    from pydantic import ValidationError
    from sqlalchemy.exc import OperationalError

    from core.metrics.catalogue import UnknownMetric

    try:
        yield
    except (Refused, UnknownMetric) as reason:
        raise fail(str(reason)) from None
    except ValidationError as reason:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in reason.errors())
        raise fail(f"A setting is wrong: {lines}") from None
    except OperationalError as reason:
        raise fail(f"The database cannot be used: {reason.orig}. Check EVENKEEL_DATABASE_URL.") from None


def open_engine(*, migrated: bool = True) -> Any:
    """The engine of the settings; refuses a database that is not at the newest revision."""
    from core.database.engine import make_engine
    from core.database.migrate import current, head

    engine = make_engine(settings().database_url)
    if migrated and current(engine) != head():
        raise Refused("The database is not at the newest schema. Run: python -m core db upgrade")
    return engine


def operator() -> str:
    """Who is at the keyboard, for the change log."""
    try:
        return f"operator {getpass.getuser()}"
    except (KeyError, OSError):
        return "operator"


def day(text: str | None) -> date | None:
    """An ISO date from an option.

    Raises:
        typer.BadParameter: it is not one.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a date; write it like 2026-03-09") from None


def counted(count: int, noun: str) -> str:
    """A count with its noun: `1 week`, `2 weeks`, `1 person`, `1,436 people`."""
    plural = {"person": "people"}.get(noun, noun + "s")
    return f"{count:,} {noun if count == 1 else plural}"


def print_json(document: Any) -> None:
    """One JSON document on stdout, nothing else there."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str, allow_nan=False) + "\n")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A progress bar on stderr: called with (what, done, total or None)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description:<26}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    ) as bar:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield report
