"""The page of one goal in Chromium: a deep link through sign-in, two tabs that decide about the same goal, and a phone."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import bcrypt
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from core.access.tables import User
from core.calendar import today
from core.database.engine import make_engine
from core.goals.goal import Measure
from tests.browser.conftest import PATIENCE, Served, Watched, fill_in
from tests.core.goals.desk import Desk
from tests.serving import serve

expect.set_options(timeout=PATIENCE)
PASSWORD = "a long enough password"
TITLE = "Bring recovery after an incident down to 20 minutes"
WHY = "The vendor moved the date, so we agreed on thirty."
SAVE = "Save and tell the owner"


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product with a few people and one goal of `emp` that is behind; its number is 1."""
    folder = tmp_path_factory.mktemp("goals")
    shutil.copy(sqlite_template, folder / "small.db")
    url = f"sqlite:///{folder / 'small.db'}"
    engine = make_engine(url)
    desk = Desk(engine)
    start, due = today() - timedelta(days=90), today() + timedelta(days=40)
    goal = desk.active(
        title=TITLE, measure=Measure.DECREASE, direction=-1, metric="Minutes to recover", metric_key="minutes to recover",
        unit="minutes", baseline=50.0, target=20.0, start=start, due=due, active_since=start,
    )  # fmt: skip
    for days, value in ((70, 48.0), (50, 46.0), (30, 43.0), (2, 40.0)):
        at = datetime.combine(today() - timedelta(days=days), time(), UTC)
        desk.check_in(goal, at=at, value=value, confidence=6)
    with engine.begin() as connection:
        held = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        connection.execute(update(User).values(password_hash=held))
    engine.dispose()
    with serve(url, folder, EVENKEEL_DEMO="1") as running:
        yield running


def settled(page: Page) -> None:
    """Wait until no run of the script is under way."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def re_scope(page: Page, target: str, reason: str) -> None:
    """Choose to re-scope and fill the form in, by keyboard alone; nothing is saved yet."""
    choice = page.get_by_role("radio", name=re.compile("^Re-scope")).first
    choice.focus()
    page.keyboard.press("Space")
    field = page.get_by_label("New target (minutes)")
    expect(field).to_be_visible()
    settled(page)
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(target)
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_label("Reason, for the goal's history").focus()
    page.keyboard.type(reason)


def save(page: Page) -> None:
    """Leave the field and press the button, by keyboard."""
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name=SAVE).focus()
    page.keyboard.press("Enter")


def test_two_tabs_decide_about_the_same_goal_and_nothing_is_lost(
    open_tab: Callable[..., Watched], served: Served
) -> None:
    """A deep link survives signing in; the slower tab keeps its text, sees both versions, decides again; the owner reads all."""
    slow = open_tab("/goal?goal=1")
    fill_in(slow.page, "boss", PASSWORD)
    expect(slow.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert slow.page.url.endswith("/goal?goal=1")
    expect(slow.page.get_by_role("figure").first).to_be_visible()
    re_scope(slow.page, "30", WHY)

    quick = slow.page.context.new_page()
    quick.goto(f"{served.url}/goal?goal=1")
    expect(quick.get_by_role("heading", level=1)).to_have_text(TITLE)
    settled(quick)
    re_scope(quick, "36", "What would be on pace.")
    save(quick)
    expect(quick.get_by_text("Re-scoped. emp sees it on My goals.")).to_be_visible()

    slow.page.bring_to_front()
    save(slow.page)
    expect(slow.page.get_by_text("This goal was changed while you were writing.")).to_be_visible()
    both = slow.page.get_by_role("row", name=re.compile(r"To\s+36\s+30"))
    expect(both).to_be_visible()
    expect(slow.page.get_by_label("Reason, for the goal's history")).to_have_value(WHY)
    save(slow.page)
    expect(slow.page.get_by_text("Re-scoped. emp sees it on My goals.")).to_be_visible()

    owner = open_tab("/goal?goal=1", phone=True, dark=True)
    fill_in(owner.page, "emp", PASSWORD)
    expect(owner.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    history = owner.page.locator(".st-key-history")
    expect(history).to_contain_text("Re-scoped. To: 36, was 20.")
    expect(history).to_contain_text(WHY)
    settled(owner.page)
    assert owner.page.evaluate("document.documentElement.scrollWidth") <= 390
    for tab in (slow, owner):
        assert (tab.violations, tab.errors, tab.strangers) == ([], [], [])
