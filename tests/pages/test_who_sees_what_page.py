"""Who sees what: the rules as they are for whoever is signed in, what their manager sees, who looked."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, update
from streamlit.testing.v1 import AppTest

from core.access.reads import record_read
from core.access.rules import RULES
from core.access.tables import User
from pages.parts import rules_table
from tests.organisations import AS_OF, deliver, employ, hours, people_in, release
from tests.pages.conftest import opened

TEAMS = {"Northwind/Products": 9, "Northwind/Sales": 9}
ME, COLLEAGUE = "Northwind/Products#0", "Northwind/Products#1"
PAGE = "who_sees_what.py"


@pytest.fixture
def company(database: Engine) -> Engine:
    """Two teams with one released week; the account `employee` belongs to somebody in Products, `hr` to a colleague."""
    people = people_in(TEAMS)
    employ(database, people)
    deliver(database, people, hours(people))
    release(database)
    with database.begin() as connection:
        for name, code in (("employee", ME), ("hr", COLLEAGUE)):
            connection.execute(update(User).where(User.name == name).values(person_code=code))
        for subject, what in ((ME, "my week"), (COLLEAGUE, "a colleague's week"), ("unit Northwind/Products", "notes")):
            record_read(connection, viewer="operator root as leader", subjects=[subject], what=what, day=AS_OF)
    return database


def tables(at: AppTest) -> str:
    """All that stands in tables."""
    return " ".join(str(table.value.to_csv()) for table in at.table).replace("\\", "").replace("\u00a0", " ")


def words(at: AppTest) -> str:
    """Everything said outside tables and charts."""
    return " ".join(part.value for part in [*at.title, *at.header, *at.caption, *at.markdown]).replace("\\", "")


def test_an_employee_reads_the_rules_the_preview_and_who_looked(
    company: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """The sentence, every rule, the number that the manager sees, and the looks at the own record and unit alone."""
    at = opened(sign_in, "employee", PAGE)

    assert not at.exception
    assert at.title[0].value == "Your hours are seen by you alone. Your manager sees your team as a group."
    assert all(rule.data in tables(at) for rule in RULES)
    assert "Your manager sees Products at" in words(at)
    assert len(at.get("plotly_chart")) == 1
    assert "Operator root, in the view of Leader of Northwind" in tables(at)
    assert "My week, once" in tables(at) and "Notes, once" in tables(at)
    assert "colleague" not in tables(at).replace("Colleagues who compare notes", "")


def test_who_was_not_looked_at_reads_so(company: Engine, sign_in: Callable[..., AppTest]) -> None:
    """The kind empty state; what was noted about somebody else is not there."""
    with company.begin() as connection:
        connection.execute(update(User).where(User.name == "employee").values(person_code="Northwind/Sales#0"))
    at = opened(sign_in, "employee", PAGE)

    assert rules_table.NOBODY in words(at) and rules_table.NOBODY_AT_UNIT in words(at)
    assert "Your manager sees Sales at" in words(at)
    assert "Products" not in words(at) + tables(at)


def test_a_closed_policy_shows_no_number_of_the_unit(
    company: Engine,
    sign_in: Callable[..., AppTest],
    fresh_settings: Callable[..., None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The preview is words, the rule says that it is switched off, the policy says for whom the numbers are."""
    rules = tmp_path_factory.mktemp("policy") / "policy.toml"
    rules.write_text("unit_means_for_everyone = false\n", encoding="utf-8")
    fresh_settings(policy_file=str(rules))
    at = opened(sign_in, "employee", PAGE)

    assert not at.exception
    assert "Your manager sees protected numbers of Products. They are for those who lead only." in words(at)
    assert not at.get("plotly_chart")
    assert "You and everyone else: switched off here." in tables(at)
    assert "%" not in words(at) + tables(at)


@pytest.mark.parametrize("name", ["leader", "admin"])
def test_an_account_without_a_person_has_rules_and_no_preview(
    name: str, company: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """No manager to preview, no record to look at; the own roles are told."""
    at = opened(sign_in, name, PAGE)

    assert not at.exception
    assert at.title[0].value == "This account holds no hours. What it shows follows from its roles."
    assert [header.value for header in at.header] == ["What, who, how far", "The policy here", "What you see of others"]
    told = {"leader": "Group numbers of Northwind, with all below", "admin": "No people data by virtue of the role"}
    assert told[name] in tables(at)
    assert not at.get("plotly_chart")
