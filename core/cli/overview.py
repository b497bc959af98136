"""`show overview`: what matters now for an account, as the screen says it, under the same rules; the look is logged."""

from collections.abc import Sequence
from math import isfinite
from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console
from core.cli.data import AsOf

WHAT = "overview, protected cells"


def overview(
    as_user: Annotated[str, typer.Option("--as", help="Account whose overview to take; the look is logged.")],
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    as_of: AsOf = None,
) -> None:
    """The few numbers that matter now, what changed against each team's own usual swing, and what needs the account."""
    if form not in ("table", "json"):
        raise typer.BadParameter("--format is table or json")
    with console.refusals():
        found = _read(as_user, as_of)
        if form == "json":
            console.print_json(_document(found))
        else:
            _print(found)


def _read(as_user: str, as_of: str | None) -> Any:
    """The overview. A release that a killed import left pending is finished first; a look that is refused is logged too."""
    from core.access.accounts import account_id
    from core.access.reads import record_read
    from core.access.refusals import Refused
    from core.overview.views import overview as view
    from core.people.views import load_viewer
    from core.policy import read_policy
    from core.workload.release import finish_pending

    engine = console.open_engine()
    policy = read_policy()
    day, at = console.day(as_of) or calendar.today(), calendar.now()
    # a look into the future must not close weeks that are still open
    finish_pending(engine, policy=policy, as_of=min(day, at.date()), at=at, actor=console.operator())
    looked_at = "unit at the top of the scope"
    try:
        with engine.connect() as connection:
            viewer = load_viewer(connection, account_id(connection, as_user), day)
            if viewer is None:
                raise Refused(f"The account '{as_user}' is deactivated.")
            found = view(connection, viewer, policy=policy, as_of=day)
        looked_at = f"unit {found.unit}" if found.unit else "the installation"
    finally:
        with engine.begin() as connection:
            record_read(
                connection,
                viewer=f"{console.operator()} as {as_user}"[:100],
                subjects=[looked_at[:200]],
                what=WHAT,
                day=at.date(),
            )
    return found


def _document(found: Any) -> dict[str, Any]:
    """The JSON document. Numbers that are not shown are null; verdicts are null where there is none."""
    return {
        "kind": found.kind,
        "unit": found.unit or None,
        "sentence": found.sentence,
        "support": found.support,
        "period": found.period,
        "release": found.release,
        "notice": found.notice,
        "numbers": [
            {
                "id": number.id,
                "label": number.label,
                "status": number.status,
                "value": _plain(number.value),
                "text": number.text,
                "delta": number.delta or None,
                "verdict": number.verdict or None,
                "weeks_beyond": number.weeks_beyond,
                "usual": {"low": _plain(number.lower), "high": _plain(number.upper)},
                "sentence": number.sentence,
                "trend": [
                    {"week": week.isoformat(), "value": _plain(value), "text": text}
                    for week, value, text in zip(number.weeks, number.series, number.texts, strict=True)
                ],
                "way": _way(number.way),
            }
            for number in found.numbers
        ],
        "changed": [
            {
                "unit": change.unit,
                "trail": change.trail,
                "verdict": change.word,
                "direction": change.direction or None,
                "weeks": change.weeks,
                "sentence": change.sentence,
                "way": _way(change.way),
            }
            for change in found.changed
        ],
        "more_changed": found.more_changed,
        "needs": [
            {"id": need.id, "title": need.title, "sentence": need.sentence, "way": _way(need.way)}
            for need in found.needs
        ],
        "facts": dict(found.facts),
    }


def _way(way: Any) -> dict[str, Any] | None:
    return None if way is None else {"screen": way.screen, **dict(way.address)}


def _plain(value: float) -> float | None:
    return round(value, 4) if isfinite(value) else None


def _print(found: Any) -> None:
    """For people: the sentences, and one table each for numbers, changes and needs."""
    import sys

    from rich.console import Console
    from rich.table import Table

    for line in (found.where, found.sentence, found.support, found.notice):
        if line:
            typer.echo(line)
    screen = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 110)

    def table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        if rows:
            made = Table(title=title, title_justify="left")
            for column in columns:
                made.add_column(column, overflow="fold")
            for row in rows:
                made.add_row(*row)
            screen.print(made)

    numbers = [(number.label, number.text, number.delta, number.verdict, number.sentence) for number in found.numbers]
    table("Numbers", ("number", "newest", "over 4 weeks", "verdict", "what it says"), numbers)
    more = f" and {found.more_changed} more" if found.more_changed else ""
    changed = [(change.unit, change.trail, change.word, change.sentence) for change in found.changed]
    table(f"What changed{more}", ("team", "in", "verdict", "what it says"), changed)
    table("What needs you", ("what", "why"), [(need.title, need.sentence) for need in found.needs])
    table("The installation", ("what", "state"), list(found.facts))
