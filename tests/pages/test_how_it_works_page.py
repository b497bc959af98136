"""How it works: every measure explained, protection in words with its proofs, how fresh the data is."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from core.access.changes import record
from core.metrics.catalogue import catalogue
from core.metrics.wording import explanation
from core.openness.protection import ten_sentences
from core.policy import Policy
from core.privacy.proof import keep_result
from pages.parts import how_freshness
from tests.organisations import AS_OF, audited, deliver, employ, hours, people_in, release
from tests.pages.conftest import opened

AT = datetime(2026, 2, 18, 7, 5, tzinfo=UTC)
PAGE = "how_it_works.py"
EVERY = catalogue(Policy())


@pytest.fixture
def company(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Two teams with one released week of hours, brought in two days before the day of the test."""
    monkeypatch.setattr(how_freshness, "today", lambda: AS_OF)
    people = people_in({"Northwind/Products": 9, "Northwind/Sales": 9})
    employ(database, people)
    deliver(database, people, hours(people))
    release(database)
    with database.begin() as connection:
        record(connection, at=AT, actor="t", action="import", subject="person-weeks")
    return database


def words(at: AppTest) -> str:
    """Everything said outside tables and charts."""
    return " ".join(part.value for part in [*at.title, *at.header, *at.caption, *at.markdown]).replace("\\", "")


def facts(at: AppTest) -> dict[str, str]:
    """All tables of two columns, as one."""
    found: dict[str, str] = {}
    for table in at.table:
        pairs = zip(table.value.index, table.value.iloc[:, 0], strict=True)
        found |= {str(name).replace("\\", ""): str(text).replace("\\", "") for name, text in pairs}
    return found


def test_measures_with_data_come_first_and_each_is_explained(company: Engine, sign_in: Callable[..., AppTest]) -> None:
    """The first measure that has data opens; all of the catalogue can be chosen; the table is that of the catalogue."""
    at = opened(sign_in, "leader", PAGE)

    assert not at.exception
    box = at.selectbox(key="how_it_works_metric")
    assert set(box.options) == {metric.name for metric in EVERY.values()} and len(box.options) == len(EVERY)
    assert at.title[0].value == EVERY["utilisation"].question
    assert facts(at) == {name: text.replace("\\", "") for name, text in explanation(EVERY["utilisation"]).items()}
    box.select("focus_hours").run()
    assert at.title[0].value == EVERY["focus_hours"].question
    assert at.query_params["metric"] == "focus_hours"
    assert "No data here yet" in words(at)


def test_a_link_opens_the_measure_that_it_names_and_a_wrong_one_the_first(
    company: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """The address decides, and what it cannot mean falls back."""
    linked = opened(sign_in, "leader", PAGE, about="measures", metric="after_hours_share")
    assert linked.title[0].value == EVERY["after_hours_share"].question


@pytest.mark.parametrize("tampered", [{"about": "<script>"}, {"metric": "no_such"}, {"about": "", "metric": "'"}])
def test_a_tampered_address_falls_back_to_the_first_measure(
    tampered: dict[str, str], company: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """Nothing is raised, nothing of the address is shown."""
    at = opened(sign_in, "leader", PAGE, **tampered)

    assert not at.exception and not at.error
    assert at.title[0].value == EVERY["utilisation"].question


def test_protection_says_ten_sentences_and_what_the_proofs_found(
    company: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """Before the second proof it says that it was not run; the ten sentences and the policy stand beside it."""
    at = opened(sign_in, "leader", PAGE, about="protection")

    assert not at.exception
    assert all(sentence in words(at) for sentence in ten_sentences(Policy()))
    assert "(1 of 1 passed). The second, independent proof has not been run here yet; ask your administrator" in words(
        at
    )
    assert facts(at)["Second proof"] == "Not run yet"
    assert facts(at)["A week is shown"] == "Seven days after it has ended"


def test_a_proof_that_was_run_is_told_with_its_day(company: Engine, sign_in: Callable[..., AppTest]) -> None:
    """The newest result, as it was kept; an administrator reads the same, without any number of hours."""
    report = audited(company)
    with company.begin() as connection:
        keep_result(connection, report, AT)
    at = opened(sign_in, "admin", PAGE, about="protection")

    assert "last ran on 18 February 2026, 07:05\u00a0UTC: nothing hidden can be worked out." in words(at)
    assert facts(at)["It looked at"] == f"1 releases, {report.cells_shown} cells shown, {report.cells_hidden} hidden"


def test_freshness_says_what_came_in_and_what_is_open(company: Engine, sign_in: Callable[..., AppTest]) -> None:
    """The newest week, the newest file, weeks still open, corrections waiting."""
    at = opened(sign_in, "employee", PAGE, about="freshness")

    assert not at.exception
    assert at.title[0].value == "What you see goes up to 18 January 2026. Hours last came in two days ago."
    assert facts(at)["Newest week shown"] == "Week of 12 January 2026"
    assert facts(at)["Last file: Hours"] == "18 February 2026, 07:05\u00a0UTC"
    assert facts(at)["Corrections that wait"] == "None"


@pytest.mark.parametrize("about", ["measures", "protection", "freshness"])
def test_before_anything_is_released_every_section_has_its_words(about: str, sign_in: Callable[..., AppTest]) -> None:
    """An administrator of an empty installation reads what there is to read, and no error."""
    at = opened(sign_in, "admin", PAGE, about=about)

    assert not at.exception and not at.error
    assert at.title[0].value
    assert at.segmented_control(key="how_it_works_about").value == about
