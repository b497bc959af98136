"""`db upgrade`, `demo load`, `import`."""

from pathlib import Path
from typing import Annotated

import typer

from core import calendar
from core.cli import console

database = typer.Typer(no_args_is_help=True, help="The database itself.")
demo = typer.Typer(no_args_is_help=True, help="The demonstration organisation.")
AsOf = Annotated[str | None, typer.Option("--as-of", help="Act as if today were this date (2026-03-09).")]


@database.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to the newest schema."""
    with console.refusals():
        from core.database.migrate import upgrade

        before, after = upgrade(console.open_engine(migrated=False))
        if before is None:
            typer.echo(f"The database was made (schema {after}).")
        elif before == after:
            typer.echo(f"The database is at {after}.")
        else:
            typer.echo(f"The database went from {before} to {after}.")


@demo.command("load")
def demo_load(
    as_of: AsOf = None,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing when there are people already.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A knob, such as seed=8; docs/demonstration.md lists them.")
    ] = None,
) -> None:
    """Load about 1,200 people in 120 teams over 78 weeks, goals, conversations, stories to find, and an account for each role."""
    with console.refusals():
        from core.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
        from core.demo.knobs import knobs_from
        from core.demo.load import is_empty, load_demo
        from core.rhythm.notes_key import seals_of
        from core.rhythm.sealing import KeyRefused
        from core.settings import settings as of_process

        try:
            knobs = knobs_from(settings or [])
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong)) from None
        engine = console.open_engine()
        if if_empty and not is_empty(engine):
            typer.echo("The database holds people already; the demonstration was not loaded.")
            return
        try:
            seals = seals_of(of_process())
        except KeyRefused:  # no key is set; nothing that people wrote to each other is loaded then
            seals = None
        with console.progress() as report:
            done = load_demo(
                engine,
                as_of=console.day(as_of) or calendar.today(),
                at=calendar.now(),
                knobs=knobs,
                progress=report,
                seals=seals,
            )
        typer.echo(
            f"Loaded {done.people:,} people and {done.person_weeks:,} person-weeks; released {done.weeks} weeks, "
            f"the newest that of {calendar.long_label(done.newest)}. "
            f"Added {done.goals:,} goals and the conversations of two years."
        )
        if seals is None:
            typer.echo(
                "What people wrote to each other was left out: it needs a key. Set EVENKEEL_NOTES_KEYS and load again."
            )
        typer.echo("Accounts: " + ", ".join(a.name for a in DEMO_ACCOUNTS) + f". Password for all: {DEMO_PASSWORD}")


def import_file(
    kind: Annotated[str, typer.Argument(help="people, person-weeks, activity-events or viva-person-query.")],
    file: Annotated[
        Path, typer.Argument(help="CSV (also tab, semicolon, pipe; also .gz), XLSX, or a calendar (.ics).")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    errors: Annotated[Path | None, typer.Option("--errors", help="Write every problem to this CSV file.")] = None,
    hold: Annotated[
        bool, typer.Option("--hold", help="Do not release yet: more files of this delivery follow.")
    ] = False,
    dayfirst: Annotated[bool, typer.Option("--dayfirst", help="09/03/2026 is the 9th of March.")] = False,
    monthfirst: Annotated[bool, typer.Option("--monthfirst", help="09/03/2026 is the 3rd of September.")] = False,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The worksheet of a workbook, by its name.")] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="TOML file: which column of the file is which of the kind.")
    ] = None,
    no_map: Annotated[bool, typer.Option("--no-map", help="Leave aside the map that is kept for this header.")] = False,
    suggest_map: Annotated[
        bool, typer.Option("--suggest-map", help="Import nothing; draft a map for this file.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Where --suggest-map writes; default: the screen.")] = None,
    forget_map: Annotated[
        bool, typer.Option("--forget-map", help="Import nothing; forget the map that is kept for this header.")
    ] = False,
    unit_columns: Annotated[
        str | None, typer.Option("--unit-columns", help="Viva: columns that make the tree, top first, comma-separated.")
    ] = None,
    company: Annotated[str | None, typer.Option("--company", help="Viva: name of the top unit.")] = None,
    as_of: AsOf = None,
) -> None:
    """Check a file and load it in one transaction, or not at all; then release the weeks that it closes."""
    with console.refusals():
        from core.cli import imports

        _refuse_together(("--dayfirst", dayfirst), ("--monthfirst", monthfirst))
        _refuse_together(("--map", map_file), ("--no-map", no_map))
        _refuse_together(("--suggest-map", suggest_map), ("--forget-map", forget_map))
        if out is not None and not suggest_map:
            raise typer.BadParameter("--out goes with --suggest-map.")
        said = imports.Said(unit_columns, company, map_file, no_map, sheet, dayfirst, monthfirst)
        if suggest_map:
            imports.suggest_map(kind, file, said, out)
        elif forget_map:
            imports.forget_map(kind, file, said)
        else:
            imports.deliver(
                kind,
                file,
                said,
                dry_run=dry_run,
                as_json=as_json,
                errors=errors,
                hold=hold,
                as_of=console.day(as_of) or calendar.today(),
            )


def _refuse_together(*options: tuple[str, object]) -> None:
    given = [name for name, value in options if value]
    if len(given) > 1:
        raise typer.BadParameter(f"{' and '.join(given)} contradict each other.")
