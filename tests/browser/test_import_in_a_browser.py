"""Import in Chromium: a real upload as HR, placed, checked, refused, mended, loaded and undone; by keyboard, and on a phone."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.calendar import monday_of, today
from core.database.engine import make_engine
from core.people.tables import Assignment, Person
from core.workload.tables import PersonWeek
from tests.browser.conftest import PATIENCE, Watched
from tests.serving import Served

expect.set_options(timeout=PATIENCE)
HEADER = "person_id,week,contracted,leave,public_holiday,sickness,worked,note"


def people(served: Served) -> list[str]:
    """Ids of people who are there now."""
    engine = make_engine(served.database_url, read_only=True)
    with engine.connect() as connection:
        there = select(Person.code).join(Assignment, Assignment.person_id == Person.id)
        found = list(connection.scalars(there.where(Assignment.valid_to.is_(None)).order_by(Person.code).limit(12)))
    engine.dispose()
    return found


def on_record(served: Served, week: str) -> int:
    """Person-weeks of a week on record."""
    engine = make_engine(served.database_url, read_only=True)
    with engine.connect() as connection:
        of_week = PersonWeek.week == date.fromisoformat(week)
        count = connection.scalar(select(func.count()).select_from(PersonWeek).where(of_week))
    engine.dispose()
    return count or 0


@pytest.fixture
def files(served: Served, tmp_path: Path) -> dict[str, Path]:
    """A sound file of the week after this one (open, and nobody else's), the same with two bad cells, and one of other names."""
    week = (monday_of(today()) + timedelta(days=7)).isoformat()
    codes = people(served)
    good = "\n".join([HEADER, *(f"{code},{week},40,0,0,0,38,x" for code in codes), ""])
    found = {"week": Path(week)}
    for name, text in (
        ("hours.csv", good),
        ("bad.csv", good.replace(f"{codes[2]},{week},40,0,0,0,38", f"{codes[2]},{week},40,0,0,0,=forty")),
        ("other.csv", good.replace("person_id,week", "Wer,week")),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        found[name] = tmp_path / name
    return found


def heading(page: Page, text: str) -> None:
    """Wait until the page says this on top."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def put(page: Page, path: Path) -> None:
    """Choose a file for upload."""
    page.locator("input[type=file]").first.set_input_files(path)


def press(page: Page, name: str) -> None:
    """Reach a button by its name and press it with the keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")


def test_a_file_is_refused_mended_loaded_and_undone(
    enter: Callable[..., Watched], served: Served, files: dict[str, Path]
) -> None:
    """Problems in their place, the corrected file, the load, a reload of the page meanwhile, the undo; all by keyboard."""
    week = str(files["week"])
    watched = enter("hr", "/data-import")
    page = watched.page
    heading(page, "Bring people and their hours in from a file.")
    put(page, files["bad.csv"])
    heading(page, "Is bad.csv read as it is meant?")
    press(page, "Check the file")
    heading(page, "bad.csv cannot be loaded as it is.")
    expect(page.get_by_text("This is not a number.")).to_be_visible()
    expect(page.get_by_text("✕ =forty")).to_be_visible()
    with page.expect_download() as download:
        press(page, "Download all problems")
    assert "'=forty" in Path(download.value.path()).read_text(encoding="utf-8")

    put(page, files["hours.csv"])
    heading(page, "Is hours.csv read as it is meant?")
    press(page, "Check the file")
    heading(page, "hours.csv can be loaded.")
    assert on_record(served, week) == 0
    page.reload()
    heading(page, "hours.csv can be loaded.")
    press(page, "Load hours.csv")
    heading(page, "hours.csv is loaded.")
    assert on_record(served, week) == 12

    press(page, "Undo the last delivery")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "Undo it")
    expect(page.get_by_text("hours.csv was undone.")).to_be_visible()
    expect(page.get_by_text("Undone by hr").first).to_be_visible()
    assert on_record(served, week) == 0
    assert (watched.violations, watched.errors, watched.strangers) == ([], [], [])


def test_a_column_with_another_name_is_placed_on_a_phone(
    enter: Callable[..., Watched], served: Served, files: dict[str, Path]
) -> None:
    """At 390 pixels, in the dark: the check stays closed until the column has a place; nothing is wider than the screen."""
    page = enter("admin", "/data-import", phone=True, dark=True).page
    heading(page, "Bring people and their hours in from a file.")
    put(page, files["other.csv"])
    heading(page, "Is other.csv read as it is meant?")
    expect(page.get_by_role("button", name="Check the file")).to_be_disabled()
    column = page.get_by_role("combobox", name="person_id (required)")
    column.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # a list that has opened closes again while the page scrolls
    column.click()
    page.get_by_role("option", name="Wer").click()
    press(page, "Check the file")
    heading(page, "other.csv can be loaded.")
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
    press(page, "Take another file")
    heading(page, "Bring people and their hours in from a file.")
