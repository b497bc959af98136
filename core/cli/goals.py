"""`show goals`: what an account sees of goals, under the same rules: reasons for few, goal and progress for everybody else."""

from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console, looks
from core.cli.data import AsOf

WHAT = "goals"


def goals(
    as_user: Annotated[str, typer.Option("--as", help="Account whose view to take; the look is logged.")],
    goal: Annotated[str | None, typer.Option("--goal", help="Code or number of one goal.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Unit path, with all below.")] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Only goals with this reason, such as off_pace.")
    ] = None,
    needs: Annotated[bool, typer.Option("--needs-revisiting", help="Only goals that need revisiting.")] = False,
    by_unit: Annotated[bool, typer.Option("--by-unit", help="Shares by unit, for whoever leads it.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=2000, help="So many goals at most.")] = 200,
    form: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    as_of: AsOf = None,
) -> None:
    """Goals that the account sees. Why one needs revisiting: for its owners, their manager and who leads the unit."""
    form = "json" if as_json else form
    console.check_form(form, "table", "json", "csv")
    if by_unit and (goal or reason or needs):
        raise typer.BadParameter("--by-unit counts all goals; leave --goal, --reason and --needs-revisiting out")
    with console.refusals():
        if by_unit:
            from core.cli.goal_shares import print_shares

            print_shares(as_user, unit, form, console.day(as_of) or calendar.today())
            return
        found = _read(as_user, goal, unit, reason, needs, limit, console.day(as_of) or calendar.today())
        if form == "json":
            console.print_json({"unit": unit, "complete": found.complete, "goals": documents(found)})
        elif form == "csv":
            from core.goals.listing_table import listing_table

            typer.echo(listing_table(found).to_csv(index=False), nl=False)
        else:
            _print(found)


def _read(
    as_user: str, goal: str | None, unit: str | None, reason: str | None, needs: bool, limit: int, day: Any
) -> Any:
    """The goals, with every look on record before anything is printed: at the account, and at whoever they are about."""
    from core.goals.listing import ListFilters, goal_list
    from core.policy import read_policy

    engine = console.open_engine()
    viewer = looks.at_person(engine, as_user, day, WHAT)
    filters = ListFilters(goal=goal, unit=unit, reason=reason, needs_revisiting=needs, limit=limit)
    with engine.connect() as connection:
        found = goal_list(connection, viewer, filters, policy=read_policy(), as_of=day)
    if found.about:
        looks.on_record(engine, as_user, found.about, WHAT)
    return found


def documents(found: Any) -> list[dict[str, Any]]:
    """One document a goal. Null: reasons and revisit where the account is not told them, numbers that are not known."""
    every = []
    for line in found.lines:
        goal, going = line.goal, line.going
        reasons = found.reasons.get(goal.id)
        every.append(
            {
                "id": goal.id,
                "code": goal.code or None,
                "title": goal.title,
                "kind": goal.kind.value,
                "owner": goal.owner.name or None,
                "parent": goal.parent_id,
                "due": goal.due.isoformat() if goal.due else None,
                "visibility": goal.visibility.value,
                "status": goal.status.value,
                "value": console.plain(going.value),
                "progress": console.plain(going.progress),
                "expected": console.plain(going.expected),
                "standing": going.standing.value if going.standing else None,
                "reasons": None
                if reasons is None
                else [
                    {"code": each.code, "severity": each.severity, "evidence": each.evidence, "words": each.words}
                    for each in reasons
                ],
                "revisit": None if reasons is None else goal.id in found.revisits,
            }
        )
    return every


def _print(found: Any) -> None:
    from core.goals.reasons import LABELS
    from core.metrics.wording import percent

    if not found.lines:
        typer.echo("No goal here.")
        return
    rows = []
    for line in found.lines:
        goal, going = line.goal, line.going
        reasons = found.reasons.get(goal.id)
        why = "not told" if reasons is None else ", ".join(LABELS[each.code] for each in reasons) or "–"
        done, expected = (percent(share) if share is not None else "–" for share in (going.progress, going.expected))
        due = goal.due.isoformat() if goal.due else "–"
        rows.append((goal.code or str(goal.id), goal.title, goal.owner.name or "nobody", due, done, expected, why))
    console.print_table("Goals", ("Goal", "Title", "Owner", "Due", "Done", "Expected", "Why revisit"), rows)
    if not found.complete:
        typer.echo("There are more. Narrow with --unit, or raise --limit.")
