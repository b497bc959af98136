"""`show goals --by-unit`: shares of open goals by unit, for whoever leads it. The look at the units is logged."""

from typing import Any

import typer

from core.cli import console, looks

WHAT = "goals by unit, counted"


def print_shares(as_user: str, unit: str | None, form: str, day: Any) -> None:
    """Print what the account is told of a unit and the units below it."""
    found = _read(as_user, unit, day)
    if form == "json":
        console.print_json(document(found))
    elif form == "csv":
        from core.goals.unit_shares import table
        from core.workload.board import neutralise

        frame = table(found)
        typer.echo(frame.assign(unit=frame["unit"].map(neutralise)).to_csv(index=False), nl=False)
    else:
        _print(found)


def document(found: Any) -> dict[str, Any]:
    """The JSON document. Numbers are null for units whose goals have few owners."""
    return {
        "unit": found.lines[0].path,
        "sentence": found.sentence,
        "units": [
            {
                "unit": line.path,
                "directly": line.direct,
                "few_owners": line.few,
                "goals": None if line.few else line.goals,
                "revisit": None if line.few else line.revisit,
                "reasons": None if line.few else dict(line.reasons),
                "kept": None if line.few else dict(line.kept),
            }
            for line in found.lines
        ],
    }


def _read(as_user: str, unit: str | None, day: Any) -> Any:
    from core.goals.unit_shares import unit_shares
    from core.policy import read_policy

    engine, policy = console.open_engine(), read_policy()
    about = f"unit {unit or 'at the top of the scope'}"
    with looks.at_units(engine, as_user, day, policy=policy, about=about, what=WHAT) as look:
        found = unit_shares(look.connection, look.viewer, unit, policy=policy, as_of=day)
        look.about = f"unit {found.lines[0].path}"
    return found


def _print(found: Any) -> None:
    from core.goals.reasons import LABELS

    typer.echo(found.sentence)
    columns = ("Unit", "Goals", "Revisit", *(LABELS[code] for code in found.codes[:6]))
    rows = []
    for line in found.lines:
        name = f"{line.name}, directly" if line.direct else line.name
        if line.few:
            rows.append((name, "few owners", *("" for _ in columns[2:])))
        else:
            reasons = (str(line.reasons[code]) for code in found.codes[:6])
            rows.append((name, str(line.goals), str(line.revisit), *reasons))
    console.print_table("Open goals by unit", columns, rows)
