"""The page about imports says what the schemas check, and the templates are importable."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.delivery import plain
from core.intake.checking import rules_of
from core.intake.documentation import import_page
from core.intake.kinds import KINDS
from tests.core.intake.content import TEMPLATES, bring_in, stock

PAGE = Path(__file__).parents[3] / "docs" / "import.md"


def test_the_page_is_the_one_that_the_schemas_give() -> None:
    """docs/import.md equals what the generator writes now."""
    assert PAGE.read_text(encoding="utf-8") == import_page()


def test_the_page_names_every_kind_column_and_refusal() -> None:
    """Nothing that is checked is left unsaid."""
    page = import_page()
    for kind in KINDS.values():
        assert f"## `{kind.name}`" in page
        for column in kind.columns:
            assert f"| `{column.name}` |" in page
            for rule in rules_of(column):
                assert rule.problem in page


def test_the_templates_can_be_imported_as_they_are(engine: Engine) -> None:
    """People first, then their hours."""
    stock(engine)
    assert bring_in(engine, "person-weeks", TEMPLATES / "person-weeks.csv").counts.unchanged == 3


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.template], ids=lambda kind: kind.name)
def test_a_template_has_all_columns_of_its_kind_in_order(kind) -> None:
    """The header is the list of columns."""
    header = (TEMPLATES / kind.template).read_text(encoding="utf-8").split("\n")[0].split(",")
    assert header == [column.name for column in kind.columns]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_two_columns_of_a_kind_share_a_spelling(kind) -> None:
    """A header name can mean one column only."""
    spellings = [{plain(name) for name in (column.name, *column.synonyms)} for column in kind.columns]
    assert sum(len(each) for each in spellings) == len(set().union(*spellings))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_example_in_the_page_passes_its_own_rules(kind) -> None:
    """What the page shows as an example would be taken in."""
    for column in kind.columns:
        assert column.example
        assert all(rule.holds(column.example) for rule in rules_of(column))
