"""The overview on the screen: by role, in every state, each number with its picture, its words and its way on."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import streamlit as st
from sqlalchemy import Engine, update
from streamlit.proto.Metric_pb2 import Metric
from streamlit.testing.v1 import AppTest

from core.access.tables import User
from core.access.viewer import Viewer
from core.overview.board import Need, Overview, Way
from pages.parts import overview_cards, overview_loaders
from tests.core.overview.cells import AS_OF, COMPANY, HIDDEN, JOINS, publish

SCREEN = "overview.py"
SignIn = Callable[..., AppTest]


@pytest.fixture
def company(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The pages on a year of published cells; accounts lead, manage and belong to units of it; the day stands still."""
    monkeypatch.setattr("core.calendar.today", lambda: AS_OF)
    publish(database, COMPANY, joins=JOINS)
    scope(database)
    yield database


def scope(engine: Engine) -> None:
    """Gives the accounts units of the company, and the employee a person."""
    with engine.begin() as connection:
        for name, units, person in (
            ("leader", "Co", None),
            ("manager", "Co/A/One", None),
            ("employee", "", "Co/A/One#0"),
        ):
            connection.execute(update(User).where(User.name == name).values(units=units, person_code=person))


@pytest.fixture
def on_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser calls itself a phone."""
    monkeypatch.setattr("pages.parts.device.phone", lambda: True)
    monkeypatch.setattr(overview_cards, "phone", lambda: True)


def words(at: AppTest) -> str:
    """Everything that the screen says."""
    parts = [*at.title, *at.header, *at.caption, *at.markdown]
    told = " ".join(part.value for part in parts) + " ".join(f"{each.label} {each.value}" for each in at.metric)
    return told.replace("\\", "").replace("\u00a0", " ")


def headings(at: AppTest) -> list[str]:
    """Headings in the order of the screen."""
    return [header.value for header in at.header]


def test_a_leader_reads_sentence_numbers_changes_and_needs(company: Engine, sign_in: SignIn) -> None:
    """Each number with its difference and verdict, its picture in words, and a quiet colour unless the verdict has one."""
    at = sign_in("leader", page=SCREEN)

    assert not at.exception
    assert at.title[0].value.replace("\u00a0", " ").replace("\\", "") == (
        "One of 4 teams has run above 110 % for four weeks or more: One (nine weeks)."
    )
    assert [each.label for each in at.metric] == [
        "Load against available hours",
        "Teams above 110\u00a0%, 4 weeks or more",
        "Meeting hours",
        "People under sustained load",
    ]
    colours = [Metric.MetricColor.Name(each.proto.color) for each in at.metric]
    assert colours == ["GRAY", "ORANGE", "GRAY", "GRAY"]  # only the teams above capacity are beyond their usual swing
    assert headings(at) == ["What changed", "What needs you"]
    assert "Above its usual range of 90–100 % for nine weeks running, now at 120 %." in words(at)
    assert "Data to 8 March 2026 · protected cells of release 52" in words(at)
    alternatives = [chart.proto.alt.replace("\u00a0", " ") for chart in at.get("plotly_chart")]
    assert alternatives[0] == (
        "Load against available hours, 26 weeks from 8 Sep from 94 % to 96 %. Within its usual swing of 90–100 %."
    )


def test_there_is_one_primary_button_and_every_way_leads_somewhere(company: Engine, sign_in: SignIn) -> None:
    """The first need is the primary one; it opens the workload screen at the team."""
    at = sign_in("leader", page=SCREEN)
    primary = [button for button in at.button if button.proto.type == "primary"]

    assert [button.label for button in primary] == ["Write down why"]
    assert all(button.proto.help for button in at.button if button.label == "")
    at = primary[0].click().run()
    assert not at.exception
    assert at.query_params["unit"] == "co.a.one"
    assert at.query_params["weeks"] == "26"


def test_a_manager_and_an_employee_read_no_other_team(company: Engine, sign_in: SignIn) -> None:
    """The manager reads the own team without a comparison; words that stand for a share are drawn without a line."""
    at = sign_in("manager", page=SCREEN)

    assert headings(at) == ["What needs you"]
    assert "People under sustained load many" in words(at)
    assert len(at.get("plotly_chart")) == len(at.metric) - 1
    assert not {"Two", "Three"} & set(words(at).split())


def test_an_employee_is_led_to_the_own_week(company: Engine, sign_in: SignIn) -> None:
    """Own unit and those above, with the name of the measure; ways to the own week, to who sees what, to the unit."""
    at = sign_in("employee", page=SCREEN)

    assert [each.label for each in at.metric] == ["One, your unit", "A", "Co"]
    assert "Load against available hours: your unit and the units above it." in words(at)
    assert headings(at) == ["For you"]
    assert [
        button.label for button in at.button if button.label.startswith("See") and button.label != "See the weeks"
    ] == [
        "See my week",
        "See who sees what",
        "See my unit",
    ]
    assert not {"Two", "Three"} & set(words(at).split())


def test_what_waits_for_the_reader_comes_first_and_is_read_for_that_account(
    company: Engine, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Goals and conversations of the account that is signed in stand before what the numbers need."""

    def waits(_: object, viewer: Viewer, *, policy: object, as_of: date) -> tuple[Need, ...]:
        return (Need("goals_to_revisit", f"For {viewer.units[0]}", "Why.", Way("Revisit them", "workload")),)

    monkeypatch.setattr(overview_loaders, "own_needs", waits)
    st.cache_data.clear()
    at = sign_in("leader", page=SCREEN)
    primary = [button.label for button in at.button if button.proto.type == "primary"]
    said = words(at)
    st.cache_data.clear()

    assert not at.exception
    assert primary == ["Revisit them"]
    assert said.index("**For Co**") < said.index("**One**")
    assert "Write down why" in {button.label for button in at.button}


def test_an_administrator_reads_the_installation(company: Engine, sign_in: SignIn) -> None:
    """No number and no picture of any group."""
    at = sign_in("admin", page=SCREEN)

    assert not at.exception and not at.metric and not at.get("plotly_chart")
    assert headings(at) == ["What needs you", "The installation"]
    assert "Being an administrator opens no hours" in words(at)


def test_on_a_phone_what_needs_the_reader_comes_before_the_numbers(
    company: Engine, on_phone: None, sign_in: SignIn
) -> None:
    """Sentence, what needs you, numbers, what changed."""
    at = sign_in("leader", page=SCREEN)

    assert headings(at) == ["What needs you", "What changed"]
    assert at.metric


@pytest.mark.parametrize(
    ("name", "told"), [("leader", "Your administrator brings the data in."), ("admin", "on the server")]
)
def test_before_the_first_release_everybody_reads_what_is_next(
    name: str, told: str, database: Engine, sign_in: SignIn
) -> None:
    """Administrators read what to run, everybody else who brings data in."""
    from tests.organisations import employ

    employ(database, {"Co#0": "Co"})
    scope(database)
    at = sign_in(name, page=SCREEN)

    assert not at.exception
    assert at.title[0].value == "No week has been released yet."
    assert told in words(at)


def test_when_all_is_hidden_cards_say_so(database: Engine, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture, no verdict, no number."""
    monkeypatch.setattr("core.calendar.today", lambda: AS_OF)
    publish(database, {("Co", "utilisation"): [HIDDEN] * 52})
    scope(database)
    at = sign_in("leader", page=SCREEN)

    assert [each.value for each in at.metric] == ["Not shown"]
    assert "Not shown, to protect people." in words(at)
    assert not at.get("plotly_chart")
    assert "Nothing waits for you here." in words(at)


def test_a_cached_overview_is_that_of_the_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """One question for everybody of a scope, by a viewer who is nothing but the scope; another scope asks anew."""
    asked: list[Viewer] = []

    def answer(_: object, viewer: Viewer, *, policy: object, as_of: date) -> Overview:
        asked.append(viewer)
        return Overview("leader", "where", f"For {viewer.units}.")

    class Nowhere:
        def connect(self) -> "Nowhere":
            return self

        def __enter__(self) -> "Nowhere":
            return self

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setattr(overview_loaders, "view", answer)
    monkeypatch.setattr(overview_loaders, "reading", Nowhere)
    st.cache_data.clear()
    for units in (("Co/A",), ("Co/A",), ("Co/B",)):
        found = overview_loaders.overview(roles=("leader",), units=units, own_unit="", as_of=AS_OF)
        assert found.sentence == f"For {units}."
    st.cache_data.clear()

    assert asked == [Viewer(0, "", "", ("leader",), ("Co/A",)), Viewer(0, "", "", ("leader",), ("Co/B",))]


def test_what_waits_is_cached_for_one_account_alone(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two accounts of the same scope are asked for separately; what is asked knows number, scope and person."""
    asked: list[Viewer] = []

    def answer(_: object, viewer: Viewer, *, policy: object, as_of: date) -> tuple[Need, ...]:
        asked.append(viewer)
        return (Need("proposals", f"For {viewer.id}", "", None),)

    monkeypatch.setattr(overview_loaders, "own_needs", answer)
    st.cache_data.clear()
    scope_of = {"roles": ("manager",), "units": ("Co/A",), "own_unit": "Co/A", "as_of": AS_OF}
    told = [
        overview_loaders.own(id=number, person_code=code, **scope_of)  # type: ignore[arg-type]
        for number, code in ((1, "a"), (1, "a"), (2, "b"))
    ]
    st.cache_data.clear()

    assert [needs[0].title for needs in told] == ["For 1", "For 1", "For 2"]
    assert asked == [
        Viewer(1, "", "", ("manager",), ("Co/A",), "Co/A", "a"),
        Viewer(2, "", "", ("manager",), ("Co/A",), "Co/A", "b"),
    ]
