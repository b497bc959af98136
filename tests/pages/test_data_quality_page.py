"""Data quality on the screen: the sentence, the picture with its table and steps, and the states of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from core.calendar import WEEK, last_closed_week, today
from core.intake.imports import ImportRefused
from core.intake.problems import Problem
from core.intake.refusals import note_refusal
from core.policy import Policy
from tests.organisations import NOW, deliver, employ, hours, people_in, release

PAGE = "data_quality.py"
TEAMS = people_in({"Northwind/Products": 9, "Northwind/Sales": 9, "Northwind/Lab": 8})


def newest() -> date:
    """The last week that is closed today."""
    return last_closed_week(today(), Policy().close_after_days)


@pytest.fixture
def company(database: Engine) -> Engine:
    """Three teams over two closed weeks; the laboratory delivered nothing for the newer one."""
    employ(database, TEAMS)
    deliver(database, TEAMS, hours(TEAMS, newest() - WEEK), as_of=today())
    some = {code: unit for code, unit in TEAMS.items() if not unit.endswith("Lab")}
    deliver(database, some, hours(some, newest()), as_of=today())
    release(database, as_of=today())
    return database


def opened(sign_in: Callable[..., AppTest], name: str, **address: str) -> AppTest:
    """The page as an account opens it."""
    at = sign_in(name)
    for part, value in address.items():
        at.query_params[part] = value
    return at.switch_page(PAGE).run()


def words(at: AppTest) -> str:
    """Everything said, tables too."""
    parts = [*at.title, *at.header, *at.caption, *at.markdown]
    said = [str(part.value) for part in parts] + [str(table.value.to_csv()) for table in at.table]
    return " ".join(said).replace("\\", "").replace("\u00a0", " ")


@pytest.mark.parametrize("name", ["hr", "admin"])
def test_what_is_missing_is_named_with_the_next_step(
    company: Engine, sign_in: Callable[..., AppTest], name: str
) -> None:
    """The sentence, the picture with its legend, the step for the team without hours, how fresh it is."""
    at = opened(sign_in, name)

    assert not at.exception
    assert at.title[0].value.replace("\\", "").startswith("Hours for the week of")
    assert "two of 3 groups; look at Lab." in words(at)
    assert "Ask for the hours of the week of" in words(at)
    assert len(at.get("plotly_chart")) == 2
    assert "How fresh it is" in words(at) and "Worth a look" in words(at)


@pytest.mark.parametrize("name", ["leader", "manager", "employee"])
def test_it_is_for_hr_and_administrators(company: Engine, sign_in: Callable[..., AppTest], name: str) -> None:
    """Everybody else reads that it is not part of their view."""
    at = opened(sign_in, name)
    assert "Not part of your view" in words(at) and not at.get("plotly_chart")


def test_a_unit_is_opened_by_the_address(company: Engine, sign_in: Callable[..., AppTest]) -> None:
    """A unit in the address shows that unit; one that there is not reads as not part of the view, with a way back."""
    at = opened(sign_in, "hr", unit="northwind.lab")
    assert "Lab" in words(at) and not at.exception
    at.query_params["unit"] = "northwind.nowhere"
    other = at.run()
    assert "Not part of your view" in words(other)
    assert other.button(key="way_back") is not None


def test_a_refused_file_is_told_by_kinds_of_problems(company: Engine, sign_in: Callable[..., AppTest]) -> None:
    """In bands, with the file and who tried; no id of anybody."""
    found = tuple(
        Problem("w.csv", i, "person_id", f"P{i}", "There is nobody with this id on record.", "") for i in range(2, 9)
    )
    with company.begin() as connection:
        refused = ImportRefused(found, len(found))
        note_refusal(
            connection, kind="person-weeks", file="w.csv", refused=refused, actor="ines", at=NOW + timedelta(1)
        )
    at = opened(sign_in, "admin")
    assert "Refused and not yet replaced" in words(at) and "5–19 rows" in words(at)
    assert "P2" not in words(at)


def test_corrections_that_wait_are_told_in_words_and_never_as_a_number(
    company: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """One person's hours changed in a released week: too few, so the correction waits; how many weeks were named is a band."""
    at = opened(sign_in, "hr")
    assert "fewer than five" not in words(at)

    one = dict(list(TEAMS.items())[:1])
    deliver(company, one, hours(one, newest() - WEEK, worked=60.0), as_of=today())
    assert release(company, as_of=today()).waiting == (newest() - WEEK,)
    st.cache_data.clear()
    told = words(at.run())
    assert "Corrections that wait" in told
    assert "Weeks delivered again: fewer than five. Changes are shown where enough people changed." in told


def test_before_anything_has_come_in_the_way_leads_to_import(database: Engine, sign_in: Callable[..., AppTest]) -> None:
    """A calm page with the next step, which opens Import."""
    at = opened(sign_in, "admin")
    assert not at.exception
    assert at.title[0].value == "No data has come in yet." and "Nothing to look at yet" in words(at)
    at.button(key="bring_in").click().run()
    assert not at.exception and at.title[0].value == "Bring people and their hours in from a file."
