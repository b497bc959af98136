"""`show my-week`: an operator reads a person's own week as that person sees it. The person can see that it was read."""

from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console, looks
from core.cli.data import AsOf

WHAT = "my week"


def my_week(
    as_user: Annotated[str, typer.Option("--as", help="Account whose own week to read; the person sees the look.")],
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    as_of: AsOf = None,
) -> None:
    """A person's own hours beside their own weeks before. This is a read of that person's record, and is logged as one."""
    console.check_form(form, "table", "json")
    with console.refusals():
        found, events = _read(as_user, as_of)
        if form == "json":
            console.print_json(_document(found, events))
        else:
            _print(found)
            if not events.empty:
                _print_events(events)


def _read(as_user: str, as_of: str | None) -> tuple[Any, Any]:
    from core.policy import read_policy
    from core.workload.my_week_views import my_week as own_week
    from core.workload.own_events import own_events

    engine = console.open_engine()
    day = console.day(as_of) or calendar.today()
    viewer = looks.at_person(engine, as_user, day, WHAT)
    with engine.connect() as connection:
        found = own_week(connection, viewer, as_of=day, policy=read_policy())
        return found, own_events(connection, viewer, as_of=day)


def _document(found: Any, events: Any) -> dict[str, Any]:
    """The JSON document. It holds hours and weeks, and neither the person nor the account."""
    return {
        "state": found.state,
        "kind": found.kind,
        "sentence": found.sentence,
        "reason": found.reason,
        "weeks": [
            {"week": row.pop("week").isoformat(), **{name: console.plain(value) for name, value in row.items()}}
            for row in found.weeks.to_dict("records")
        ],
        "baseline": [
            {
                "id": number.id,
                "name": number.name,
                "value": console.plain(number.value),
                "text": number.text,
                "verdict": number.compared.verdict,
                "low": console.plain(number.compared.low),
                "high": console.plain(number.compared.high),
                "weeks_known": number.compared.known,
            }
            for number in found.numbers
        ],
        "recovery": {"weeks_since_week_off": found.since_off, "weeks_on_record": found.on_record},
        "events": [
            {"week": row.pop("week").isoformat(), **{name: console.plain(value) for name, value in row.items()}}
            for row in events.to_dict("records")
        ],
    }


def _print(found: Any) -> None:
    from rich.table import Table

    from core.workload.my_week_wording import VERDICTS, table

    typer.echo(found.sentence)
    if found.support:
        typer.echo(found.support)
    if found.state:
        typer.echo(found.reason)
        return
    for number in found.numbers:
        usual = f" ({number.usual})" if number.usual else ""
        typer.echo(f"{number.name}: {number.text}, {VERDICTS[number.compared.verdict]}{usual}")
    if found.recovery:
        typer.echo(f"Since your last week off: {found.recovery}. {found.recovery_note}")
    frame = table(found.kind, found.weeks)
    grid = Table(title="The last twelve weeks, hours", title_justify="left")
    for name in frame.columns:
        grid.add_column(name, justify="left" if name in ("Week", "Note") else "right")
    for row in frame.itertuples(index=False):
        grid.add_row(*row)
    console.screen().print(grid)


def _print_events(events: Any) -> None:
    from core.workload.own_events import events_table

    frame = events_table(events)
    console.print_table("Events by your own clock and hours", list(frame.columns), frame.itertuples(index=False))
