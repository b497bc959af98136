"""`deliveries list`, `deliveries undo`, `show data-quality`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from core import calendar
from core.cli import console, looks
from core.cli.data import AsOf

if TYPE_CHECKING:
    from core.intake.deliveries import DeliveryLine

app = typer.Typer(no_args_is_help=True, help="What came in, and taking the last of it back.")
WHAT = "data quality, classes"


@app.callback()
def _group() -> None:
    """What came in."""


@app.command("list")
def list_deliveries(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """The newest deliveries: when, by whom, which file, how many rows, which weeks, held or undone."""
    with console.refusals():
        from core.intake.deliveries import every_delivery

        with console.open_engine().connect() as connection:
            found = every_delivery(connection, limit=limit)
    if as_json:
        console.print_json({"deliveries": [line.as_json() for line in found]})
        return
    rows = [
        (
            str(line.id),
            f"{line.at:%Y-%m-%d %H:%M}",
            line.actor,
            line.kind,
            line.file,
            line.rows_text,
            _weeks(line),
            f"undone by {line.undone_by}" if line.undone_at else "held" if line.held else "loaded",
        )
        for line in found
    ]
    console.print_table("Deliveries", ("number", "when (UTC)", "who", "kind", "file", "rows", "weeks", "state"), rows)


def _weeks(line: "DeliveryLine") -> str:
    if line.first_week is None:
        return ""
    return f"{line.first_week}" if line.weeks == 1 else f"{line.first_week} to {line.last_week}"


@app.command("undo")
def undo(
    number: Annotated[int | None, typer.Option("--number", help="Only if this is still the last delivery.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    as_of: AsOf = None,
) -> None:
    """Take the last delivery back, while its weeks are open: what it replaced is restored exactly."""
    with console.refusals():
        from core.intake.history import undo_last
        from core.policy import read_policy

        done = undo_last(
            console.open_engine(),
            actor=console.operator(),
            at=calendar.now(),
            policy=read_policy(),
            as_of=console.day(as_of) or calendar.today(),
            expected=number,
        )
    if as_json:
        weeks = [week.isoformat() for week in done.weeks]
        console.print_json({"delivery": done.delivery, "kind": done.kind, "file": done.file, "weeks": weeks})
    else:
        typer.echo(f"{done.file} ({done.kind}) was undone. What is on record is as it was before it.")


def data_quality(
    as_user: Annotated[str, typer.Option("--as", help="Account whose view to take; the look is logged.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Unit path, such as Company/Engineering.")] = None,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=52, help="How many closed weeks.")] = 13,
    form: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    as_of: AsOf = None,
) -> None:
    """Which units have delivered, week by week, in classes; what is open, what was refused, what is worth a look."""
    console.check_form(form, "table", "json", "csv")
    with console.refusals():
        from core.intake.quality import data_quality as view
        from core.openness.freshness import freshness
        from core.policy import read_policy

        engine, policy = console.open_engine(), read_policy()
        day, at = console.day(as_of) or calendar.today(), calendar.now()
        with looks.at_units(engine, as_user, day, policy=policy, about="the installation", what=WHAT) as look:
            found = view(look.connection, look.viewer, unit=unit, weeks=weeks, policy=policy, as_of=day, at=at)
            fresh = freshness(look.connection, policy=policy, as_of=day)
    if form == "json":
        console.print_json(_document(found, fresh))
    elif form == "csv":
        _print_csv(found)
    else:
        _print(found, fresh)


def _document(found: Any, fresh: Any) -> dict[str, Any]:
    from core.openness.freshness import freshness_facts

    return {
        "unit": found.unit.path or None,
        "sentence": found.sentence,
        "cells": [
            {"unit": row.path, "week": week.isoformat(), "state": cell.state, "groups": cell.groups, "arrived": cell.arrived}
            for row in found.rows
            for week, cell in zip(found.weeks, row.cells, strict=True)
        ],
        "steps": [{"unit": row.path, "step": row.step} for row in found.rows if row.step],
        "open_weeks": [
            {"week": each.week.isoformat(), "came_in": each.came_in, "shown_from": each.shown_from.isoformat()}
            for each in found.open_weeks
        ],
        "outliers": [
            {"what": each.what, "week": each.week.isoformat() if each.week else None, "metric": each.metric or None,
             "sentence": each.sentence, "step": each.step}
            for each in found.outliers
        ],
        "refusals": [
            {"at": each.at.isoformat(), "by": each.actor, "kind": each.kind, "file": each.file, "problems": dict(each.problems)}
            for each in found.refusals
        ],
        "corrections_waiting": found.corrections or None,
        "freshness": freshness_facts(fresh),
    }  # fmt: skip


def _print_csv(found: Any) -> None:
    import csv
    import sys

    from core.intake import quality_wording as wording
    from core.workload.board import neutralise

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("unit", "week", "state", "text"))
    for row in found.rows:
        for week, cell in zip(found.weeks, row.cells, strict=True):
            writer.writerow((neutralise(row.path), week.isoformat(), cell.state, wording.cell_text(cell)))


def _print(found: Any, fresh: Any) -> None:
    from core.intake import quality_wording as wording
    from core.openness.freshness import freshness_facts

    typer.echo(found.sentence)
    shown = list(enumerate(found.weeks))[-4:]
    if found.rows:
        columns = ("unit", *(week.isoformat() for _, week in shown), "next step")
        rows = [
            (row.name, *(wording.cell_text(row.cells[place]) for place, _ in shown), row.step) for row in found.rows
        ]
        console.print_table("What has come in, the newest weeks", columns, rows)
    if found.outliers:
        console.print_table("Worth a look", ("what", "next step"), [(e.sentence, e.step) for e in found.outliers])
    for each in found.refusals:
        told = "; ".join(f"{what}: {rows} rows" for what, rows in each.problems)
        typer.echo(f"Refused and not yet replaced: {each.file} ({each.kind}), {told}")
    facts = freshness_facts(fresh) | {
        f"Week of {each.week.isoformat()}, open": wording.OPEN_WORDS[each.came_in] for each in found.open_weeks
    }
    console.print_table("How fresh it is", ("what", "state"), list(facts.items()))
