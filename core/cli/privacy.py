"""`privacy release`, `privacy audit`, `privacy export-release`."""

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from core import calendar
from core.cli import console
from core.cli.data import AsOf

app = typer.Typer(no_args_is_help=True, help="Release closed weeks, prove releases again, hand out what a proof needs.")


@app.command("release")
def release(
    as_of: AsOf = None,
    hold: Annotated[bool, typer.Option("--hold", help="Leave weeks alone that an import was told to hold.")] = False,
) -> None:
    """Roll up, protect and release every closed week that waits for it."""
    with console.refusals():
        from core.policy import read_policy
        from core.rhythm.release import finish_quarters
        from core.workload.release import finish_pending

        engine, policy = console.open_engine(), read_policy()
        on, at = console.day(as_of) or calendar.today(), calendar.now()
        with console.progress() as report:
            done = finish_pending(
                engine,
                policy=policy,
                as_of=on,
                at=at,
                actor=console.operator(),
                include_held=not hold,
                progress=lambda at, of: report("Weeks proved and released", at, of),
            )
        finish_quarters(engine, policy=policy, as_of=on, at=at, actor=console.operator())
        typer.echo(
            f"Released {console.counted(len(done.released), 'week')}, corrected {len(done.corrected)}, "
            f"waiting {len(done.waiting)}, still open {len(done.still_open)}."
        )


@app.command("audit")
def audit(as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False) -> None:
    """Prove everything ever released again, by a second method. Exit 1 if anything can be worked out."""
    with console.refusals():
        from core.metrics.catalogue import catalogue
        from core.policy import read_policy
        from core.privacy import proof

        policy = read_policy()
        engine = console.open_engine()
        start = perf_counter()
        with console.progress() as report, engine.connect() as connection:
            found = proof.audit(
                connection, catalogue(policy), policy, progress=lambda at, of: report("Families of weeks", at, of)
            )
        seconds = round(perf_counter() - start, 1)
        with engine.begin() as connection:
            proof.keep_result(connection, found, calendar.now())
    if as_json:
        console.print_json(
            {
                "releases": found.releases,
                "cells_shown": found.cells_shown,
                "cells_hidden": found.cells_hidden,
                "recoverable": found.recoverable,
                "method": found.method,
                "seconds": seconds,
                "problems": list(found.problems),
                "certificates": list(found.certificates),
            }
        )
    else:
        typer.echo(
            f"{console.counted(found.releases, 'release')}, {console.counted(found.cells_shown, 'cell')} shown, "
            f"{found.cells_hidden:,} hidden, "
            f"{found.recoverable} recoverable ({found.method}; {seconds} s)."
        )
        for problem in found.problems:
            typer.echo(problem)
        for certificate in found.certificates[:20]:
            typer.echo(str(certificate))
    if not found.passed:
        raise typer.Exit(1)


@app.command("export-release")
def export(
    release_id: Annotated[int, typer.Argument(help="Number of the release.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
) -> None:
    """Write all candidate cells and their members as pseudonyms, so that an outsider can repeat the proof."""
    with console.refusals():
        from core.access.changes import record
        from core.people.roster import unit_paths
        from core.privacy.export import export_release

        engine = console.open_engine()
        with engine.begin() as connection:
            cells, members = export_release(connection, release_id, out, unit_paths(connection))
            record(
                connection,
                at=calendar.now(),
                actor=console.operator(),
                action="release exported",
                subject=str(release_id),
            )
        typer.echo(f"Wrote {cells} and {members}.")
