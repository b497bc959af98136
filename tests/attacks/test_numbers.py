"""Numbers under attack: hidden cells, other people's weeks, other scopes; on screens, in page source, in files, by command line.

The organisation has two hidden teams and one person whose true numbers are nobody else's at any precision. Screens and commands
are found, never listed: what is added later is attacked as well.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import pytest
import typer
from sqlalchemy import Engine, select

from core.cli import app
from core.people.tables import OrgUnit
from pages.parts.navigation import SCREENS
from tests.attacks import target, wire
from tests.attacks.careless import broken
from tests.attacks.conftest import Target
from tests.commands import CliRunner

Attack = Callable[[Target], bool]
Command = Callable[[], bool]
TRUTH = target.truth()
VIEWS: tuple[dict[str, str], ...] = ({}, {"view": "table"}, {"unit": "acorn.south"})


def is_hidden_truth(number: float) -> bool:
    """Whether a number is the true value of a hidden team: as a share or in percent, exactly or rounded."""
    for true in (value for team in TRUTH.hidden.values() for value in team):
        for scale in (1.0, 100.0):
            exact = true * scale
            if any(abs(number - round(exact, digits)) < 1e-9 for digits in range(2 if scale == 1.0 else 1, 9)):
                return True
    return any(abs(number - round(100 * value)) < 1e-9 for value in TRUTH.hidden["Acorn/South/Elm"])


def is_eves(number: float) -> bool:
    """Whether a number is Eve's hours of a week, exactly or to a tenth."""
    return any(abs(number - round(hours, digits)) < 1e-9 for hours in TRUTH.eve for digits in (1, 2))


def read(at: Target, name: str) -> Iterable[tuple[str, list[float]]]:
    """Every screen in every view as an account sees it: where, and the numbers of the page source and of its files."""
    if at.read is None:
        return _read(at, name)
    if name not in at.read:
        at.read[name] = list(_read(at, name))
    return at.read[name]  # type: ignore[no-any-return]


def _read(at: Target, name: str) -> Iterator[tuple[str, list[float]]]:
    cookies = at.cookies(name)
    for screen in SCREENS:
        for query in VIEWS if screen.id == "workload" else VIEWS[:1]:
            with wire.Tab(at.url, cookies) as tab:
                seen = tab.run(screen.address, **query)
                files = [
                    wire.ask(at.url, file, Cookie=cookies).body.decode("utf-8", "replace") for file in seen.files()
                ]
            yield f"{screen.id} {query}", seen.measured + [one for file in files for one in wire.numbers(file)]


def a_hidden_number(at: Target, names: tuple[str, ...] = ("lena", "sofia")) -> bool:
    """Read every screen and its files, and look for the true value of a team that is hidden."""
    return any(is_hidden_truth(number) for name in names for _, numbers in read(at, name) for number in numbers)


def another_person_s_week(at: Target, names: tuple[str, ...] = ("max", "lena", "ada", "")) -> bool:
    """As Eve's manager, leader, administrator and nobody: find her hours in anything that is sent."""
    return any(is_eves(number) for name in names for _, numbers in read(at, name) for number in numbers)


def another_scope(at: Target) -> bool:
    """Ask for units outside the scope by address, by a cell of the picture and by buttons that were never drawn."""
    outside = ("North", "Birch")
    for query in ({"unit": "acorn.north"}, {"unit": "Acorn/North"}, {"unit": "acorn"}, {"cell": "unit:2.2026-02-02"}):
        with at.tab("sofia") as tab:
            seen = tab.run("workload", **query)
            words = "\n".join(
                text for kind, content in seen.elements() for text in wire.pieces(content) if kind != "code"
            )
            if any(name in words.replace("Acorn/North", "") for name in outside):
                return True
    with at.tab("sofia") as tab:
        seen = tab.run("workload")
        trigger = next(id_ for kind, id_ in seen.widgets() if id_.endswith("-clicks_heat"))
        for forged in (
            ["unit:2", "2026-02-02"],
            ["others:2", "2026-02-02"],
            ["join:3+4", "2026-02-02"],
            [1],
            {"a": 1},
            None,
        ):
            event = {f"$$STREAMLIT_INTERNAL_KEY_{trigger}__events": [{"event": "cell", "value": forged}]}
            drawn = tab.run("workload", widgets={**event, "$$ID-0-open_acorn.north": True, "$$ID-0-up_acorn": True})
            if any(name in drawn.text for name in outside):
                return True
    return False


def the_view_of_somebody_before(at: Target) -> bool:
    """Open a screen right after a leader has opened it with the same address: get what was kept for the leader."""
    query = {"weeks": "52", "metric": "utilisation"}
    for first, then in (("lena", "sofia"), ("lena", "emil")):
        with at.tab(first) as tab:
            tab.run("workload", **query)
        with at.tab(then) as tab:
            if "North" in tab.run("workload", **query).text:
                return True
    return False


def a_formula_in_a_file(at: Target) -> bool:
    """Look for a cell that a spreadsheet would run, in every file of every screen; one team's name begins with '='."""
    cookies = at.cookies("sofia")
    for screen in SCREENS:
        with wire.Tab(at.url, cookies) as tab:
            for file in tab.run(screen.address).files():
                table = csv.reader(io.StringIO(wire.ask(at.url, file, Cookie=cookies).body.decode()))
                if any(value.startswith(("=", "@", "\t")) for row in table for value in row):
                    return True
    return False


ATTACKS: dict[str, tuple[Attack, str]] = {
    "a hidden number": (a_hidden_number, "protected cells"),
    "a hidden number in a file": (partial(a_hidden_number, names=("sofia",)), "hidden has no value"),
    "a hidden number in a tooltip": (partial(a_hidden_number, names=("sofia",)), "nothing in the tooltip"),
    "another person's week": (another_person_s_week, "own rows"),
    "another scope": (another_scope, "scope"),
    "the view of somebody before": (the_view_of_somebody_before, "cache by scope"),
    "a formula in a file": (a_formula_in_a_file, "no formulas in files"),
}


@pytest.mark.parametrize("name", [name for name in ATTACKS if "file" not in name or "formula" in name])
def test_the_product_refuses(name: str, product: Target) -> None:
    """The attack gets nothing."""
    assert not ATTACKS[name][0](product)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_works_where_its_rule_is_broken(name: str, careless: Callable[[str], Target]) -> None:
    """Without the rule it gets what it is after, so that the test above can fail."""
    attack, rule = ATTACKS[name]
    assert attack(careless(rule))


def test_eve_herself_sees_her_hours(product: Target) -> None:
    """What the attacks look for is there where it belongs, so that they would find it elsewhere."""
    assert any(is_eves(number) for where, numbers in read(product, "eve") for number in numbers if "my_week" in where)


def test_every_shown_number_of_a_unit_is_a_published_one(product: Target) -> None:
    """Every number of the file and of the picture was released for that unit and week."""
    from tests.organisations import cells

    released = {value for _, value in cells(product.engine).values() if value is not None}
    cookies = product.cookies("lena")
    with wire.Tab(product.url, cookies) as tab:
        seen = tab.run("workload", metric="utilisation")
        [file] = seen.files()
        rows = list(csv.DictReader(io.StringIO(wire.ask(product.url, file, Cookie=cookies).body.decode())))

    assert {float(row["value"]) for row in rows if row["value"]} <= released
    assert all(not row["value"] and not row["low"] and not row["high"] for row in rows if row["status"] != "shown")
    assert any(row["status"] == "shown" for row in rows)


def _commands() -> dict[str, typer.models.CommandInfo]:
    shows = next(group for group in app.registered_groups if group.name == "show")
    return {str(command.name): command for command in shows.typer_instance.registered_commands}  # type: ignore[union-attr]


def outputs(engine: Engine, name: str) -> Iterator[str]:
    """What every `show` command prints for an account: every unit, every form. Refusals too."""
    with engine.connect() as connection:
        units = list(connection.scalars(select(OrgUnit.path)))
    runner = CliRunner()
    for command in _commands():
        told = runner.invoke(app, ["show", command, "--help"], env={"COLUMNS": "200"}).output
        places = [["--unit", unit] for unit in units] if "--unit" in told else [[]]
        forms = [form for form in ("json", "csv", "table") if form in told.partition("--format")[2][:200]]
        for place in places:
            for form in forms:
                answer = runner.invoke(app, ["show", command, "--as", name, "--format", form, *place])
                assert answer.exit_code in (0, 1), (command, place, answer.output, answer.exception)
                yield answer.output


def hidden_by_command() -> bool:
    """Read everything that `show` gives to anybody, and look for the value of a hidden team."""
    engine = _engine()
    return any(is_hidden_truth(number) for text in outputs(engine, "sofia") for number in wire.numbers(text))


def eve_by_command() -> bool:
    """Look for Eve's hours in everything that `show` gives to her manager."""
    engine = _engine()
    return any(is_eves(one) for text in outputs(engine, "max") for one in wire.numbers(text))


def scope_by_command() -> bool:
    """Ask for units outside the scope. What was typed comes back in a refusal, and as the filter of a list of open goals."""
    typed = re.compile('\'Acorn/North/Birch\'|"unit": "Acorn/North/Birch"')
    return any("Birch" in typed.sub("", text) for text in outputs(_engine(), "sofia"))


def _engine() -> Engine:
    from core.cli.console import open_engine

    return open_engine()  # type: ignore[no-any-return]


COMMANDS: dict[Command, str] = {
    hidden_by_command: "hidden has no value",
    eve_by_command: "own rows",
    scope_by_command: "scope",
}


@pytest.mark.parametrize("attack", COMMANDS, ids=lambda attack: attack.__name__)
def test_the_command_line_refuses_too(attack: Command, own: Engine) -> None:
    """In every form of every `show` command: nothing; with the rule broken: what the attack is after."""
    assert not attack()
    with broken(COMMANDS[attack]):
        assert attack()


DELIVERED = {"unit", "week", "state", "groups", "arrived"}


@pytest.mark.parametrize("name", ["ada", "gone"])
def test_an_administrator_and_a_closed_account_get_no_numbers_by_command(name: str, own: Engine) -> None:
    """Every command answers either with a refusal or without a number of a unit or a person.

    What an administrator reads of units is whether their hours have come in, as a class.
    """
    for text in outputs(own, name):
        if text.startswith("{"):
            cells = json.loads(text).get("cells") or []
            assert all(set(cell) == DELIVERED for cell in cells), text
        assert not any(is_eves(one) or is_hidden_truth(one) for one in wire.numbers(text))
        assert "%" not in text
