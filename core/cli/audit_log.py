"""`audit-log verify`."""

from typing import Annotated

import typer

from core.cli import console

app = typer.Typer(no_args_is_help=True, help="The log of changes.")


@app.callback()
def _group() -> None:
    """The log of changes."""


@app.command("verify")
def verify(as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False) -> None:
    """Recompute the chain of hashes. Exit 1 if an entry was altered, removed or moved."""
    with console.refusals():
        from core.access.changes import verify as verify_chain

        with console.open_engine().connect() as connection:
            found = verify_chain(connection)
    if as_json:
        console.print_json(
            {
                "entries": found.entries,
                "intact": found.broken_at is None,
                "broken_at": found.broken_at,
                "head": found.head,
            }
        )
    elif found.broken_at is None:
        typer.echo(f"{found.entries} entries, the chain is intact. Its head is {found.head}.")
    else:
        typer.echo(f"Entry {found.broken_at} does not fit the entry before it: it, or one before it, was altered.")
    if found.broken_at is not None:
        raise typer.Exit(1)
