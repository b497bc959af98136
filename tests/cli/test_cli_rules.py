"""`show who-sees-what`: what the screen says, under the same rules, and never without a trace."""

import pytest
from sqlalchemy import select

from core.access.grants import Relation
from core.access.rules import RULES
from core.access.tables import AccessLog
from tests.cli.conftest import AS_OF, CommandLine

ASK = ("show", "who-sees-what", "--as-of", AS_OF, "--as")
ME = "Co/A/One#0"


def looks(line: CommandLine) -> list[tuple[str, str, int]]:
    """What the access log holds: subject, what, reads."""
    with line.engine().connect() as connection:
        rows = connection.execute(
            select(AccessLog.subject, AccessLog.what, AccessLog.reads).order_by(AccessLog.subject)
        )
        return [tuple(row) for row in rows]


def test_the_document_holds_the_whole_table_and_the_preview(co: CommandLine) -> None:
    """Every rule with every relation; the newest weeks of the own unit; the look itself is in the list of looks."""
    told = co.document(*ASK, "employee", "--format", "json")

    assert [rule["id"] for rule in told["rules"]] == [rule.id for rule in RULES]
    assert all(set(rule["grants"]) == {each.value for each in Relation} for rule in told["rules"])
    assert all(bool(rule["enforced_by"]) == rule["held"] for rule in told["rules"])
    assert told["sentence"] == "Your hours are seen by you alone. Your manager sees your team as a group."
    assert "Your manager is The Head." in told["support"]
    own = [cell for cell in told["manager_sees"]["cells"] if cell["week"] == "2026-03-02"]
    assert [cell["status"] for cell in own] == ["shown"]
    assert own[0]["text"] in told["manager_sees"]["sentence"]
    assert [(look["what"], look["reads"]) for look in told["looks"]] == [("who sees what", 1)]
    assert told["policy"]["k"] == 5


def test_the_look_is_on_record_before_it_is_shown_also_when_refused(co: CommandLine) -> None:
    """About the person where there is one, else about the account; a name that nobody has is refused and noted."""
    co.done(*ASK, "employee")
    co.done(*ASK, "leader")
    co.refused(*ASK, "somebody-else")

    assert looks(co) == [
        (ME, "who sees what", 1),
        ("account leader", "who sees what", 1),
        ("account somebody-else", "who sees what", 1),
    ]


@pytest.mark.parametrize("name", ["leader", "hr", "admin", "nobody-yet"])
def test_an_account_without_a_person_has_no_preview(co: CommandLine, name: str) -> None:
    """Nothing of hours in the document, and no unit of anybody."""
    told = co.document(*ASK, name, "--format", "json")

    assert told["manager_sees"] is None
    assert told["looks"] == told["looks_at_unit"] == []


def test_the_table_says_the_same_in_words(co: CommandLine) -> None:
    """Title, rules, the preview, the own roles, who looked."""
    text = co.done(*ASK, "employee")

    assert "Your hours are seen by you alone." in text
    assert "Your manager sees One at" in text
    assert "Not in this release" in text
    assert "in the view of employee · who sees what · 1 time" in text


def test_a_format_that_does_not_exist_is_wrong_usage(co: CommandLine) -> None:
    """Exit 2, and nothing is read."""
    result = co(*ASK, "employee", "--format", "xml")

    assert result.exit_code == 2
    assert looks(co) == []
