"""`show notes`: the stories that people wrote about a unit's numbers, as the screen shows them."""

from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console, looks
from core.cli.data import AsOf


def notes(
    unit: Annotated[str, typer.Option("--unit", help="Unit path, such as Company/Engineering.")],
    as_user: Annotated[str, typer.Option("--as", help="Account whose view to take; the look is logged.")],
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    as_of: AsOf = None,
) -> None:
    """The story behind the number: notes about a unit, with their earlier wordings."""
    console.check_form(form, "table", "json")
    with console.refusals():
        found = _read(as_user, unit, as_of)
        if form == "json":
            console.print_json({"unit": unit, "notes": found})
        else:
            _print(unit, found)


def _read(as_user: str, unit: str, as_of: str | None) -> list[dict[str, Any]]:
    """The notes as plain values. The look is written to the access log first, also when it is then refused."""
    from core.policy import read_policy
    from core.workload.notes_views import notes_of

    engine = console.open_engine()
    looks.on_record(engine, as_user, f"unit {unit}", "notes")
    with engine.connect() as connection:
        viewer = looks.viewer_of(connection, as_user, console.day(as_of) or calendar.today())
        found = notes_of(connection, viewer, unit, read_policy())
    return [
        {
            "id": note.id,
            "week": note.week.isoformat(),
            "version": note.version,
            "text": note.text,
            "author": note.author,
            "written_at": note.written_at.isoformat(),
            "edited_at": note.edited_at.isoformat() if note.edited_at else None,
            "versions": [
                {"version": each.version, "text": each.text, "author": each.author, "at": each.at.isoformat()}
                for each in note.versions
            ],
        }
        for note in found
    ]


def _print(unit: str, found: list[dict[str, Any]]) -> None:
    if not found:
        typer.echo(f"Nobody has written down why yet: {unit}")
    for note in found:
        edited = ", edited" if note["edited_at"] else ""
        typer.echo(f"From the week of {note['week']} · {note['author']}, {note['written_at'][:10]}{edited}")
        typer.echo(f"  {note['text']}")
        for earlier in note["versions"]:
            typer.echo(f"  earlier, {earlier['at'][:10]}: {earlier['text']}")
