"""`show overview`: the screen as a document, under the same rules, and every look logged."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.access.accounts import account_id
from core.access.tables import AccessLog
from core.overview.own import own_needs
from core.people.views import load_viewer
from core.policy import Policy
from tests.cli.conftest import AS_OF, CommandLine

NUMBER = {"id", "label", "status", "value", "text", "verdict", "weeks_beyond", "sentence"}


def document(line: CommandLine, user: str, *more: object) -> Any:
    """The JSON document of an account."""
    return line.document("show", "overview", "--as", user, "--as-of", AS_OF, "--format", "json", *more)


def looks(line: CommandLine) -> list[tuple[str, str, str]]:
    """The access log: (account looked as, subject, what)."""
    with line.engine().connect() as connection:
        rows = connection.execute(select(AccessLog).order_by(AccessLog.viewer, AccessLog.subject)).all()
    return [(row.viewer.rsplit(" as ", 1)[1], row.subject, row.what) for row in rows]


def test_the_document_has_the_shape_that_scripts_rely_on(northwind: CommandLine) -> None:
    """Sentence, numbers with value and verdict, what changed, what needs the account; the same sentence as the workload."""
    found = document(northwind, "leader")
    load = northwind.document("show", "workload", "--as", "leader", "--as-of", AS_OF, "--format", "json")

    assert {"sentence", "numbers", "changed", "needs"} <= set(found)
    assert found["sentence"] == load["sentence"]
    assert all(set(number) >= NUMBER for number in found["numbers"])
    first = found["numbers"][0]
    assert (first["id"], first["status"], first["text"]) == (
        "utilisation",
        "shown",
        f"{first['value'] * 100:.0f}\u00a0%",
    )
    assert [row["value"] for row in first["trend"]][-1] == first["value"]
    assert found["changed"][0]["unit"] == "Platform"
    assert found["changed"][0]["way"]["screen"] == "workload"


def test_what_is_not_shown_is_null(northwind: CommandLine) -> None:
    """A share in words and weeks that are not shown have no value; their words say which they are."""
    found = document(northwind, "manager")
    shares = [number for number in found["numbers"] if number["text"] in ("few or none", "some", "many")]
    weeks = [row for number in found["numbers"] for row in number["trend"] if row["text"] == "not shown"]

    assert shares and all(number["value"] is None and number["verdict"] is None for number in shares)
    assert weeks and all(row["value"] is None for row in weeks)


def test_every_role_gets_its_own_and_each_look_is_logged(co: CommandLine) -> None:
    """By the unit that it was about; the administrator's holds no number at all."""
    found = {user: document(co, user) for user in ("leader", "hr", "manager", "employee", "admin")}

    assert {user: each["kind"] for user, each in found.items()} == {user: user for user in found}
    assert found["admin"]["numbers"] == [] and found["admin"]["facts"]["Newest week shown"] == "2 March 2026"
    assert "Three" not in str(found["manager"]) + str(found["employee"])
    assert looks(co) == [
        ("admin", "the installation", "overview, protected cells"),
        ("employee", "unit Co/A/One", "overview, protected cells"),
        ("hr", "unit Co", "overview, protected cells"),
        ("leader", "unit Co", "overview, protected cells"),
        ("manager", "unit Co/A", "overview, protected cells"),
    ]


@pytest.mark.parametrize("user", ["manager", "employee"])
def test_what_waits_for_a_person_is_on_their_own_screen_alone(user: str, northwind: CommandLine) -> None:
    """Whoever runs the command line reads nobody's proposals, check-ins and conversations by taking their overview."""
    engine = northwind.engine()
    with engine.connect() as connection:
        viewer = load_viewer(connection, account_id(connection, user), date.fromisoformat(AS_OF))
        assert viewer is not None
        theirs = own_needs(connection, viewer, policy=Policy(), as_of=date.fromisoformat(AS_OF))
    found = document(northwind, user)

    assert {"proposals"} < {need.id for need in theirs}
    assert not {need.id for need in theirs} & {need["id"] for need in found["needs"]}
    assert not [need.title for need in theirs if need.title in str(found)]


def test_a_table_says_the_same_in_lines(northwind: CommandLine) -> None:
    """For people: the sentence first, then numbers, changes and needs."""
    text = northwind.done("show", "overview", "--as", "hr", "--as-of", AS_OF)

    assert text.splitlines()[1] == document(northwind, "hr")["sentence"]
    assert [title for title in ("Numbers", "What changed", "What needs you") if title in text] == [
        "Numbers",
        "What changed",
        "What needs you",
    ]
    assert "The installation" in northwind.done("show", "overview", "--as", "admin", "--as-of", AS_OF)


def test_a_look_that_is_refused_is_logged_too(co: CommandLine) -> None:
    """An account that does not exist; wrong usage is told apart and logs nothing."""
    assert "There is no active account 'nobody'" in co.refused("show", "overview", "--as", "nobody")
    assert [(who, subject) for who, subject, _ in looks(co)] == [("nobody", "unit at the top of the scope")]
    assert co("show", "overview", "--as", "leader", "--format", "csv").exit_code == 2


def test_without_any_data_the_command_says_so(empty: CommandLine) -> None:
    """Nothing released: the sentence, and no number."""
    empty.done("user", "add", "ada", "--roles", "hr", "--password-stdin", given="a long enough password\n")
    found = document(empty, "ada")

    assert found["sentence"].startswith("No unit is in your scope yet.")
    assert (found["numbers"], found["release"]) == ([], None)


@pytest.mark.parametrize("form", ["table", "json"])
def test_nobody_named_in_the_scope_of_others_appears(form: str, co: CommandLine) -> None:
    """A manager's document names no unit outside the own one, in either form."""
    text = co.done("show", "overview", "--as", "manager", "--as-of", AS_OF, "--format", form)
    assert not [team for team in ("Three", "Four", "Five", "Eight") if team in text]
