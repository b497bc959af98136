"""The `import` command: deliver a file, say what happened, release the weeks that it closes; drafts of maps."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import typer

from core import calendar
from core.access.refusals import Refused
from core.cli import console
from core.intake import maps
from core.intake.formats import FileRefused
from core.intake.imports import ImportOptions, ImportRefused, ImportSummary, UnknownKind
from core.intake.receiving import Kept, Receiving
from core.intake.suggestions import draft
from core.policy import read_policy
from core.workload.release import ReleaseSummary

TOLD = 20  # problems printed for people; --errors and --json give more


@dataclass(frozen=True)
class Said:
    """What was said on the command line about how the file is to be read."""

    unit_columns: str | None = None
    company: str | None = None
    map: Path | None = None
    no_map: bool = False
    sheet: str | None = None
    dayfirst: bool = False
    monthfirst: bool = False

    def options(self) -> ImportOptions:
        """As options of an import, without the map."""
        chosen: dict[str, Any] = {"sheet": self.sheet, "dayfirst": self.dayfirst, "monthfirst": self.monthfirst}
        if self.unit_columns is not None:
            chosen["unit_columns"] = tuple(name.strip() for name in self.unit_columns.split(",") if name.strip())
        if self.company is not None:
            chosen["company"] = self.company
        return ImportOptions(**chosen)


def deliver(
    kind: str,
    file: Path,
    said: Said,
    *,
    dry_run: bool,
    as_json: bool,
    errors: Path | None,
    hold: bool,
    as_of: date,
) -> None:
    """Import, then release; prints a summary or one JSON document. Ends with exit 1 when the file is refused."""
    engine = console.open_engine()
    policy = read_policy()
    options = said.options()
    keep: Kept | None = None
    try:
        if said.map is not None:
            given = maps.read_map(said.map, kind)
            header = maps.header_of(kind, file, options)
            keep = Kept(header, given) if header is not None else None
            options = given.applied(options)
        elif not said.no_map:
            options = maps.resolve(engine, kind, file, options)
    except UnknownKind as unknown:
        raise typer.BadParameter(str(unknown), param_hint="KIND") from None
    receiving = Receiving(engine, console.operator(), policy, as_of, calendar.now)
    with console.progress() as report:
        try:
            done = receiving.take_in(
                kind,
                file,
                options,
                dry_run=dry_run,
                hold=hold,
                keep=keep,
                errors_file=errors,
                progress=lambda at, of: report("Rows read and checked", at, of),
            )
        except UnknownKind as unknown:
            raise typer.BadParameter(str(unknown), param_hint="KIND") from None
        except ImportRefused as refused:
            _refused(kind, file, refused, as_json=as_json, errors=errors)
            raise typer.Exit(1) from None
        released = ReleaseSummary()
        if not dry_run and not hold:
            released = receiving.release(lambda at, of: report("Weeks proved and released", at, of))
    if keep is not None and not dry_run:
        done = replace(
            done, notes=(*done.notes, "The map is kept; files with this header are read with it from now on.")
        )
    if as_json:
        console.print_json(done.as_json() | {"released": [week.isoformat() for week in released.released]})
    else:
        _summary(done, released, hold=hold)


def suggest_map(kind: str, file: Path, said: Said, out: Path | None) -> None:
    """Print the draft of a map for this file, or write it to `out`, which must not exist yet."""
    try:
        text = draft(kind, file, said.options())
    except UnknownKind as unknown:
        raise typer.BadParameter(str(unknown), param_hint="KIND") from None
    except FileRefused as refused:
        raise console.fail(str(refused)) from None
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise Refused(f"{out} exists already. Choose another name, or delete it.") from None
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    typer.echo(f"The draft is in {out}. Check each line, then: python -m core import {kind} {file} --map {out}")


def forget_map(kind: str, file: Path, said: Said) -> None:
    """Take the map for files with the header of this one off the record."""
    engine = console.open_engine()
    try:
        header = maps.header_of(kind, file, said.options())
    except UnknownKind as unknown:
        raise typer.BadParameter(str(unknown), param_hint="KIND") from None
    if header is None:
        raise Refused(f"No header can be read from {file.name}.")
    with engine.begin() as connection:
        known = maps.forget(connection, kind, header, actor=console.operator(), at=calendar.now())
    typer.echo(
        f"The map for the header of {file.name} is forgotten."
        if known
        else f"No map is kept for the header of {file.name}."
    )


def _summary(done: ImportSummary, released: ReleaseSummary, *, hold: bool) -> None:
    counts = done.counts
    head = "Checked, nothing written" if done.dry_run else "Done" if done.changed else "Nothing changed"
    typer.echo(
        f"{head}: {done.file}, {console.counted(done.rows, 'row')}: {counts.loaded:,} new, {counts.replaced:,} replaced, "
        f"{counts.unchanged:,} as before, {done.ignored:,} blank or left out. {console.counted(counts.people, 'person')}, "
        f"{console.counted(counts.units, 'unit')}."
    )
    if counts.weeks:
        first, last = counts.weeks[0], counts.weeks[-1]
        typer.echo(f"Week {first}." if first == last else f"Weeks {first} to {last} ({len(counts.weeks)}).")
    for note in done.notes:
        typer.echo(note)
    by_reason: dict[str, list[str]] = {}
    for column in done.ignored_columns:
        by_reason.setdefault(column.reason, []).append(column.column)
    for reason, columns in by_reason.items():
        typer.echo(f"Ignored, {reason}: {', '.join(columns)}")
    if hold:
        typer.echo(
            "Held: the weeks are released by `python -m core privacy release`, or by the next import without --hold."
        )
    elif not done.dry_run and (released.released or released.corrected or released.waiting or released.still_open):
        typer.echo(
            f"Released {console.counted(len(released.released), 'week')}, corrected {len(released.corrected)}, "
            f"corrections waiting in {len(released.waiting)}, still open {len(released.still_open)}."
        )


def _refused(kind: str, file: Path, refused: ImportRefused, *, as_json: bool, errors: Path | None) -> None:
    if as_json:
        console.print_json(
            {
                "kind": kind,
                "file": file.name,
                "rows": None,
                "loaded": 0,
                "replaced": 0,
                "ignored": 0,
                "people": 0,
                "units": 0,
                "weeks": {"from": None, "to": None, "count": 0},
                "problem_count": refused.problem_count,
                "problems": [
                    {
                        "row": each.row,
                        "column": each.column,
                        "value": each.value,
                        "problem": each.problem,
                        "remedy": each.remedy,
                    }
                    for each in refused.problems
                ],
            }
        )
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{file.name}: {console.counted(refused.problem_count, 'problem')}, nothing was written")
    for column in ("row", "column", "value", "what is wrong", "what would be right"):
        table.add_column(column, overflow="fold")
    for each in refused.problems[:TOLD]:
        table.add_row(str(each.row or ""), each.column, each.value, each.problem, each.remedy)
    Console(stderr=True, markup=False, highlight=False).print(table)  # cells of the file are text, not markup
    more = refused.problem_count - TOLD
    if more > 0:
        typer.echo(f"And {more:,} more. --errors FILE writes them all.", err=True)
    if errors is not None:
        typer.echo(f"All problems are in {errors}.", err=True)
