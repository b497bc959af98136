"""`show workload`: what the screen shows, under the same rules."""

from typing import Annotated

import typer

from core import calendar
from core.cli import console
from core.cli.activity import activity
from core.cli.conversations import conversations, rhythm
from core.cli.data import AsOf
from core.cli.deliveries import data_quality
from core.cli.goals import goals
from core.cli.my_week import my_week
from core.cli.notes import notes
from core.cli.overview import overview
from core.cli.rules import who_sees_what

app = typer.Typer(no_args_is_help=True, help="What the screens show, as a table, JSON or CSV.")


@app.callback()
def _group() -> None:
    """What the screens show."""


app.command("notes")(notes)
app.command("my-week")(my_week)
app.command("who-sees-what")(who_sees_what)
app.command("overview")(overview)
app.command("data-quality")(data_quality)
app.command("activity")(activity)
app.command("goals")(goals)
app.command("conversations")(conversations)
app.command("rhythm")(rhythm)


@app.command("workload")
def workload(
    as_user: Annotated[str, typer.Option("--as", help="Account whose view to take; the look is logged.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Unit path, such as Company/Engineering.")] = None,
    metric: Annotated[str | None, typer.Option("--metric", help="Metric id; see docs/metrics.md.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First day (2026-03-09).")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day (2026-03-09).")] = None,
    form: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    as_of: AsOf = None,
) -> None:
    """Units by weeks: protected cells of a unit, its children, joins and 'others in'."""
    console.check_form(form, "table", "json", "csv")
    start, end = console.day(first), console.day(last)
    if start and end and start > end:
        raise typer.BadParameter("--from is after --to")
    with console.refusals():
        from core.cli.workload import print_board, read_board

        board, paths = read_board(as_user, unit, metric, start, end, as_of=console.day(as_of) or calendar.today())
        print_board(board, paths, form)
