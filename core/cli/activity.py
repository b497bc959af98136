"""`show activity`: when work happens, as the screen shows it."""

from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console
from core.cli.data import AsOf

WHAT = "activity, protected cells"


def activity(
    as_user: Annotated[str, typer.Option("--as", help="Account whose view to take; the look is logged.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Unit path, such as Company/Engineering.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="A day of the quarter (2026-03-09).")] = None,
    form: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    as_of: AsOf = None,
) -> None:
    """The punch card of a quarter: hours of the week (below 20 people: parts of the day) in four classes."""
    console.check_form(form, "table", "json", "csv")
    day = console.day(period)
    with console.refusals():
        card = _read(as_user, unit, day, as_of)
        if form == "json":
            console.print_json(as_document(card))
        elif form == "csv":
            from core.workload.activity_card import export_frame

            typer.echo(export_frame(card).to_csv(index=False), nl=False)
        else:
            _print(card)


def _read(as_user: str, unit: str | None, day: Any, as_of: str | None) -> Any:
    """The card that the account would see. The look is written to the access log."""
    from core.cli import looks
    from core.policy import read_policy
    from core.workload.activity_views import punch_card

    engine, policy = console.open_engine(), read_policy()
    on = console.day(as_of) or calendar.today()
    about = f"unit {unit or 'at the top of the scope'}"
    with looks.at_units(engine, as_user, on, policy=policy, about=about, what=WHAT) as look:
        card = punch_card(look.connection, look.viewer, unit, day, policy=policy, as_of=on)
        look.about = f"unit {card.unit.path}"
    return card


def as_document(card: Any) -> dict[str, Any]:
    """The JSON document of `show activity`."""
    return {
        "unit": card.unit.path,
        "shown_as": card.name,
        "period": {
            "from": card.first.isoformat() if card.first else None,
            "to": card.last.isoformat() if card.last else None,
        },
        "status": card.state,
        "release": card.release,
        "n_band": card.n_band or None,
        "covers": card.coverage or None,
        "classes": [band.name for band in card.metric.bands],
        "hours": [
            {
                "weekday": int(row["weekday"]),
                "hour": int(row["hour"]),
                "hours": int(row["hours"]),
                "class": int(row["level"]),
                "text": row["text"],
            }
            for row in card.hours.to_dict("records")
        ],
        "sentence": card.sentence,
        "outside_own_schedules": card.support or None,
        "note": card.note or None,
    }


def _print(card: Any) -> None:
    from core.workload.activity_card import quarter_words, table

    typer.echo(card.sentence)
    for line in (card.support, card.note):
        if line:
            typer.echo(line)
    if card.state == "shown":
        frame = table(card)
        title = f"{card.metric.name} · {card.name} · {quarter_words(card)}"
        columns = [name if name == "Hour" else name[:3] for name in frame.columns]
        console.print_table(title, columns, [tuple(row) for row in frame.itertuples(index=False)])
