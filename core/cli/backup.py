"""`backup` and `restore`."""

from pathlib import Path
from typing import Annotated

import typer

from core import calendar
from core.cli import console

HELD = "It holds people's hours and the key of the ledger: keep it as safe as the database itself."


def backup_command(
    file: Annotated[Path, typer.Argument(help="Where to; must not exist. With --verify: the backup to try out.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Try out a backup: restore it into a scratch database and prove it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Write everything into one file while the app serves, or try such a file out."""
    with console.refusals():
        from core.backup.archive import backup
        from core.backup.restore import try_out

        with console.progress() as report:
            if verify:
                manifest, size = try_out(file, report).manifest, file.stat().st_size
                noted = True
            else:
                done = backup(
                    console.open_engine(migrated=False),
                    file,
                    at=calendar.now(),
                    actor=console.operator(),
                    progress=report,
                )
                manifest, size, noted = done.manifest, done.size, done.noted
    if as_json:
        console.print_json(
            {
                "file": str(file),
                "size": size,
                "verified": verify,
                "noted": noted,
                "rows": manifest.rows,
                "schema": manifest.schema,
                "taken": manifest.at,
                "left_out": list(manifest.left_out),
                "change_log": {"entries": manifest.entries, "head": manifest.head},
            }
        )
        return
    if verify:
        typer.echo(
            f"{file} of {manifest.at} can be restored: {console.counted(manifest.rows, 'row')} in "
            f"{console.counted(len(manifest.tables), 'table')}, every hash, the change log and every release as sealed."
        )
    else:
        typer.echo(
            f"Wrote {file}: {console.counted(manifest.rows, 'row')} in {console.counted(len(manifest.tables), 'table')}, "
            f"{size:,} bytes, schema {manifest.schema}. {HELD}"
        )
        typer.echo(
            "Left out: sessions, sign-in codes and tries to sign in. Not in the database, so not in it: settings."
        )
    typer.echo(f"Head of the change log: {manifest.head}")
    if not noted:
        typer.echo("The change log could not note this backup: the database takes no changes.", err=True)


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Do away with what the database holds; asks before it does.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Take a backup back into an empty database, all of it or nothing; refuses what cannot be verified."""
    with console.refusals():
        from core.backup.restore import restore

        if replace and not yes:
            typer.confirm("Everything that the database holds now is done away with. Go on?", abort=True, err=True)
        with console.progress() as report:
            done = restore(
                console.open_engine(migrated=False),
                file,
                at=calendar.now(),
                actor=console.operator(),
                replace=replace,
                progress=report,
            )
    manifest = done.manifest
    if as_json:
        console.print_json(
            {
                "file": str(file),
                "rows": manifest.rows,
                "schema": done.schema,
                "from_schema": manifest.schema,
                "taken": manifest.at,
                "change_log": {"entries": manifest.entries, "head": manifest.head},
            }
        )
        return
    typer.echo(
        f"Restored {file} of {manifest.at}: {console.counted(manifest.rows, 'row')} in "
        f"{console.counted(len(manifest.tables), 'table')}; the change log and every release are as they were sealed."
    )
    if done.schema != manifest.schema:
        typer.echo(f"Upgraded from the schema {manifest.schema} to {done.schema}.")
    typer.echo(
        "Everybody has to sign in again. Weeks that were released after the backup: import the same files again."
    )
