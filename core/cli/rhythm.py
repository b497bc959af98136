"""`rhythm rotate-key`. No command reads what people wrote to each other: whoever runs the server is not one of the two."""

from typing import Annotated

import typer

from core import calendar
from core.cli import console
from core.settings import settings

app = typer.Typer(no_args_is_help=True, help="Conversations: the key that notes are encrypted with.")


@app.callback()
def _group() -> None:
    """Conversations: the key that notes are encrypted with."""


@app.command("rotate-key")
def rotate_key(
    leave_unreadable: Annotated[
        bool, typer.Option("--leave-unreadable", help="Leave texts whose key is lost as they are, instead of refusing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Encrypt every note again with the newest key of EVENKEEL_NOTES_KEYS. All of them, or none."""
    with console.refusals():
        from core.rhythm.notes_key import seals_of
        from core.rhythm.rotation import rotate

        seals = seals_of(settings())
        with console.open_engine().begin() as connection:
            found = rotate(
                connection,
                seals,
                at=calendar.now(),
                actor=console.operator(),
                leave_unreadable=leave_unreadable,
            )
    left = sum(found.unreadable.values())
    if as_json:
        console.print_json({"sealed": found.sealed, "unreadable": found.unreadable})
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in found.sealed.items())
    typer.echo(f"Encrypted again with the newest key: {counts}.")
    if left:
        typer.echo(f"{left:,} could not be opened and stay as they are.")
    typer.echo("Older keys may be taken out of EVENKEEL_NOTES_KEYS. Keep them as long as backups from before.")
