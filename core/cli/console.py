"""The edge of the command line: engine, clock, progress on stderr, refusals as exit 1."""

import getpass
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from math import isfinite
from typing import Any

import typer

from core.access.refusals import Refused
from core.settings import StartRefused, settings

PIPED_WIDTH = 110  # of tables where no terminal sets the width: wide enough for names


def fail(reason: str) -> typer.Exit:
    """Say why on stderr; raise the result to end with exit 1."""
    typer.echo(reason, err=True)
    return typer.Exit(1)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn refusals and bad settings into a plain reason and exit 1; anything else is a defect and shows itself."""
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    from core.database.faults import DatabaseRefused
    from core.metrics.catalogue import UnknownMetric

    try:
        yield
    except (Refused, UnknownMetric, DatabaseRefused, StartRefused) as reason:
        raise fail(str(reason)) from None
    except ValidationError as reason:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in reason.errors())
        raise fail(f"A setting is wrong: {lines}") from None
    except (SQLAlchemyError, OSError) as error:
        told = _told(error)
        if told is None:
            raise
        raise fail(told) from None


def _told(error: Exception) -> str | None:
    """The reason and the remedy, when a database or a disk failed; None for a defect."""
    from core.database.faults import Kind, fault_of
    from core.database.turns import who_writes

    fault = fault_of(error, settings().database_url)
    if fault is None:
        return None
    writer = who_writes(settings().database_url) if fault.kind is Kind.BUSY else ""
    return f"{fault.reason} {writer}".strip()


def open_engine(*, migrated: bool = True) -> Any:
    """The engine of the settings; refuses a database that is not at the newest schema, or is another program's."""
    from core.database.engine import make_engine

    engine = make_engine(settings().database_url, name=f"evenkeel {operator()}")
    if migrated:
        from core.database.schema import refuse_unless_current
        from core.declared import declared_names

        with engine.connect() as connection:
            refuse_unless_current(connection, declared_names())
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


def check_form(form: str, *offered: str) -> None:
    """Check the value of --format against the two or more forms that a command offers.

    Raises:
        typer.BadParameter: it is none of them.
    """
    if form not in offered:
        raise typer.BadParameter(f"--format is {', '.join(offered[:-1])} or {offered[-1]}")


def counted(count: int, noun: str) -> str:
    """A count with its noun: `1 week`, `2 weeks`, `1 person`, `1,436 people`."""
    plural = {"person": "people"}.get(noun, noun + "s")
    return f"{count:,} {noun if count == 1 else plural}"


def print_json(document: Any) -> None:
    """One JSON document on stdout, nothing else there."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """A value of a frame or a result for JSON: numbers to four places, null for NaN and infinity, others as they are."""
    if isinstance(value, float):
        return round(float(value), 4) if isfinite(value) else None
    return value


def screen() -> Any:
    """The rich console of tables on stdout. No markup: a unit may be called "Ops [north]"."""
    from rich.console import Console

    return Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, lines: bool = False) -> None:
    """A table of texts, which are folded where they are long. lines: a line between rows."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_lines=lines)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    screen().print(table)


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
