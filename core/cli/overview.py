"""`show overview`: what matters now for an account, as the screen says it, under the same rules; the look is logged.

What of goals and conversations waits for a person is on that person's own screen alone, and not here.
"""

from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console, looks
from core.cli.data import AsOf

WHAT = "overview, protected cells"


def overview(
    as_user: Annotated[str, typer.Option("--as", help="Account whose overview to take; the look is logged.")],
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    as_of: AsOf = None,
) -> None:
    """The few numbers that matter now, what changed against each team's own usual swing, and what needs the account."""
    console.check_form(form, "table", "json")
    with console.refusals():
        found = _read(as_user, as_of)
        if form == "json":
            console.print_json(_document(found))
        else:
            _print(found)


def _read(as_user: str, as_of: str | None) -> Any:
    from core.overview.views import overview as view
    from core.policy import read_policy

    engine, policy = console.open_engine(), read_policy()
    day = console.day(as_of) or calendar.today()
    about = "unit at the top of the scope"
    with looks.at_units(engine, as_user, day, policy=policy, about=about, what=WHAT) as look:
        found = view(look.connection, look.viewer, policy=policy, as_of=day)
        look.about = f"unit {found.unit}" if found.unit else "the installation"
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
                "value": console.plain(number.value),
                "text": number.text,
                "delta": number.delta or None,
                "verdict": number.verdict or None,
                "weeks_beyond": number.weeks_beyond,
                "usual": {"low": console.plain(number.lower), "high": console.plain(number.upper)},
                "sentence": number.sentence,
                "trend": [
                    {"week": week.isoformat(), "value": console.plain(value), "text": text}
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


def _print(found: Any) -> None:
    """For people: the sentences, and one table each for numbers, changes and needs."""
    for line in (found.where, found.sentence, found.support, found.notice):
        if line:
            typer.echo(line)
    more = f" and {found.more_changed} more" if found.more_changed else ""
    numbers = [(number.label, number.text, number.delta, number.verdict, number.sentence) for number in found.numbers]
    changed = [(change.unit, change.trail, change.word, change.sentence) for change in found.changed]
    needed = [(need.title, need.sentence) for need in found.needs]
    for title, columns, rows in (
        ("Numbers", ("number", "newest", "over 4 weeks", "verdict", "what it says"), numbers),
        (f"What changed{more}", ("team", "in", "verdict", "what it says"), changed),
        ("What needs you", ("what", "why"), needed),
        ("The installation", ("what", "state"), found.facts),
    ):
        if rows:
            console.print_table(title, columns, rows)
