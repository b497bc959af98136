"""`show who-sees-what`: the rules as they are for an account, what its manager sees, and who looked."""

from typing import Annotated, Any

import typer

from core import calendar
from core.cli import console, looks
from core.cli.data import AsOf

WHAT = "who sees what"


def who_sees_what(
    as_user: Annotated[str, typer.Option("--as", help="Account whose view to take; the person sees the look.")],
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    as_of: AsOf = None,
) -> None:
    """Who sees what of a person, and who looked. This is a read of that person's record, and is logged as one."""
    console.check_form(form, "table", "json")
    with console.refusals():
        found, preview = _read(as_user, as_of)
        if form == "json":
            console.print_json(_document(found, preview))
        else:
            _print(found, preview)


def _read(as_user: str, as_of: str | None) -> tuple[Any, Any]:
    """The rules and the preview."""
    from core.openness.who_sees_what import manager_preview
    from core.openness.who_sees_what import who_sees_what as rules_for
    from core.policy import read_policy

    engine, policy = console.open_engine(), read_policy()
    day = console.day(as_of) or calendar.today()
    viewer = looks.at_person(engine, as_user, day, WHAT)
    with engine.connect() as connection:
        found = rules_for(connection, viewer, policy=policy, as_of=day)
        preview = manager_preview(connection, viewer, policy=policy, as_of=day) if viewer.person_code else None
    return found, preview


def _document(found: Any, preview: Any) -> dict[str, Any]:
    """The JSON document: the whole table of rules, with what each relation reaches under the policy in force."""
    from core.access.rules import RULES
    from core.policy import read_policy

    policy = read_policy()
    return {
        "sentence": found.sentence,
        "support": found.support,
        "rules": [
            {
                "id": rule.id,
                "data": rule.data,
                "held": rule.held,
                "grants": {
                    relation.value: {"reach": grant.reach.value, "words": grant.words}
                    for relation, grant in rule.grants(policy).items()
                },
                "enforced_by": list(rule.enforced_by),
            }
            for rule in RULES
        ],
        "mine": dict(found.mine),
        "policy": policy.model_dump(mode="json"),
        "manager_sees": None if preview is None else {"sentence": preview.sentence, "cells": _cells(preview.board)},
        "looks": [_look(look) for look in found.own_looks],
        "looks_at_unit": [_look(look) for look in found.unit_looks],
    }


def _cells(board: Any) -> list[dict[str, Any]]:
    from core.workload.board import existing_cells

    if board is None:
        return []
    return [
        {
            "cell": cell["key"],
            "week": cell["week"].isoformat(),
            "status": cell["status"],
            "text": cell["text"],
            "shown_with_name": cell["shown_with_name"] or None,
        }
        for cell in existing_cells(board).to_dict("records")
    ]


def _look(look: Any) -> dict[str, Any]:
    return {"day": look.day.isoformat(), "who": look.who, "what": look.what, "reads": look.reads}


def _print(found: Any, preview: Any) -> None:
    typer.echo(found.sentence)
    typer.echo(found.support)
    for title, lines in (("What, who, how far", found.lines), ("Not in this release", found.later)):
        rows = [(line.data, line.who, line.how) for line in lines]
        console.print_table(title, ("What", "Who", "How far"), rows, lines=True)
    typer.echo("What your manager sees")
    typer.echo(f"  {preview.sentence}" if preview else "  Nothing: the account is linked to nobody on the roster.")
    typer.echo("What you see of others")
    for name, text in found.mine.items():
        typer.echo(f"  {name}: {text}")
    typer.echo("Who looked")
    for look in found.own_looks:
        typer.echo(f"  {look.day}: {look.who} · {look.what} · {console.counted(look.reads, 'time')}")
    if not found.own_looks:
        typer.echo("  Nobody has looked at your records.")
