"""`show conversations` and `show rhythm`: dates of an account's own pairs, and released shares. Never what anybody wrote."""

from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console, looks
from core.cli.data import AsOf

WHAT = "dates of conversations"
SHARES = "rhythm of conversations, protected cells"
IN_THE_APP = "What two people write to each other is read in the app, by those two alone."


def conversations(
    as_user: Annotated[str, typer.Option("--as", help="Account whose pairs to read; the person sees the look.")],
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    as_of: AsOf = None,
) -> None:
    """When an account's own conversations are due, and when they were held last. No text: those are read in the app only."""
    console.check_form(form, "table", "json")
    with console.refusals():
        found = _read(as_user, console.day(as_of) or calendar.today())
        if form == "json":
            console.print_json(
                {"pairs": [_document(card) for card in (*found.pairs, *found.ended)], "texts": IN_THE_APP}
            )
            return
        rows = [
            (
                card.other,
                "you lead it" if card.leading else "with your manager" if card.kind == "manager" else "with your coach",
                _day(card.check_in.due if card.check_in else None),
                _day(card.review.due if card.review else None),
                _day(card.last),
                "overdue" if card.overdue else "ended" if card.until else "",
            )
            for card in (*found.pairs, *found.ended)
        ]
        if rows:
            console.print_table("Conversations", ("With", "Pair", "Check-in due", "Review due", "Last", ""), rows)
        else:
            typer.echo("This account has no conversations.")
        typer.echo(IN_THE_APP)


def rhythm(
    as_user: Annotated[str, typer.Option("--as", help="Account whose view to take; the look is logged.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Unit path, such as Company/Engineering.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="A day of the quarter (2026-03-09).")] = None,
    form: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    as_of: AsOf = None,
) -> None:
    """The share of conversations on time by unit and quarter, for leaders and HR: units with three managers or more."""
    console.check_form(form, "table", "json", "csv")
    with console.refusals():
        found = _shares(as_user, unit, console.day(period), console.day(as_of) or calendar.today())
        if form == "json":
            console.print_json(_shares_document(found))
        elif form == "csv":
            from core.rhythm.shares_views import table
            from core.workload.board import neutralise

            frame = table(found)
            safe = {name: frame[name].map(neutralise) for name in ("unit", "shown_with")}
            typer.echo(frame.assign(**safe).to_csv(index=False), nl=False)
        else:
            typer.echo(found.sentence)
            if found.lines:
                rows = [(line.name, line.text, line.together) for line in found.lines]
                console.print_table(f"Quarter from {found.first}", ("Unit", "Conversations", "Shown as"), rows)


def _read(as_user: str, day: Any) -> Any:
    """The pairs, with the look on record at the account and at the other person of each pair before anything is printed."""
    from core.policy import read_policy
    from core.rhythm.views import conversations as view

    engine = console.open_engine()
    viewer = looks.at_person(engine, as_user, day, WHAT)
    with engine.connect() as connection:
        found = view(connection, viewer, rules=read_policy().rhythm, as_of=day)
    if others := sorted({card.code for card in (*found.pairs, *found.ended)}):
        looks.on_record(engine, as_user, others, WHAT)
    return found


def _document(card: Any) -> dict[str, Any]:
    return {
        "with": card.other,
        "kind": card.kind,
        "leading": card.leading,
        "since": card.since.isoformat(),
        "until": card.until.isoformat() if card.until else None,
        "check_in_due": card.check_in.due.isoformat() if card.check_in else None,
        "review_due": card.review.due.isoformat() if card.review else None,
        "overdue": card.overdue,
        "last": card.last.isoformat() if card.last else None,
        "planned": [{"kind": each.kind, "on": each.due.isoformat()} for each in card.planned],
    }


def _shares(as_user: str, unit: str | None, quarter: Any, day: Any) -> Any:
    from core.policy import read_policy
    from core.rhythm.release import finish_quarters
    from core.rhythm.shares_views import rhythm_shares

    engine, policy, at = console.open_engine(), read_policy(), calendar.now()
    about = f"unit {unit or 'at the top of the scope'}"
    with looks.at_units(engine, as_user, day, policy=policy, about=about, what=SHARES) as look:
        # a look into the future must not close a quarter that is still open
        finish_quarters(engine, policy=policy, as_of=min(day, at.date()), at=at, actor=console.operator())
        found = rhythm_shares(look.connection, look.viewer, unit, quarter, policy=policy, as_of=day)
        look.about = f"unit {found.lines[0].path}" if found.lines else about
    return found


def _shares_document(found: Any) -> dict[str, Any]:
    return {
        "quarter": {"from": _iso(found.first), "to": _iso(found.last)},
        "release": found.release,
        "sentence": found.sentence,
        "units": [
            {
                "unit": line.path,
                "status": line.status,
                "on_time": line.on_time,
                "words": line.text if line.status == "shown" else None,
                "shown_with": line.together or None,
            }
            for line in found.lines
        ],
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _day(day: Any) -> str:
    return day.isoformat() if day else "–"
