"""Goals that need revisiting, in Chromium: a link through sign-in, decided and snoozed, seen by the owner; by keys on a phone."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from core.access.accounts import hash_password
from core.access.tables import User
from core.calendar import now, today
from core.database.engine import make_engine
from core.demo.accounts import DEMO_PASSWORD
from tests.browser.conftest import PATIENCE, Served, Watched, fill_in
from tests.core.goals.desk import Desk
from tests.serving import serve

expect.set_options(timeout=PATIENCE)
LATE, VAGUE, QUIET = "Answer customers in a day", "Make release notes useful", "Fewer alarms at night"
TITLES = (LATE, VAGUE, QUIET)
WHY = "The vendor is late; *less* is still worth it."


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product with a team of three that is half way to its goals: one late, one not measurable, one without a word."""
    folder = tmp_path_factory.mktemp("revisiting")
    shutil.copy(sqlite_template, folder / "goals.db")
    url = f"sqlite:///{folder / 'goals.db'}"
    engine = make_engine(url)
    desk = Desk(engine)
    begun = {"start": today() - timedelta(days=60), "due": today() + timedelta(days=40)}
    for title, value, terms in ((LATE, 30.0, {"unit": "answers"}), (VAGUE, 60.0, {"unit": ""}), (QUIET, None, {})):
        goal = desk.active(title=title, active_since=begun["start"], **begun, **terms)
        if value is not None:
            desk.check_in(goal, value=value, confidence=6, at=now())
    with engine.begin() as connection:
        connection.execute(update(User).values(password_hash=hash_password(DEMO_PASSWORD)))
    engine.dispose()
    with serve(url, folder, EVENKEEL_DEMO="1") as running:
        yield running


def card(page: Page, title: str) -> Locator:
    """The card of a goal."""
    return page.locator(f".st-key-goal_{TITLES.index(title) + 1}")


def clean(*tabs: Watched) -> None:
    """Nothing of what a page must not do was done."""
    for tab in tabs:
        assert (tab.violations, tab.errors, tab.strangers) == ([], [], [])


def test_a_manager_follows_a_link_revisits_two_goals_and_the_owner_sees_it(
    open_tab: Callable[..., Watched], enter: Callable[..., Watched]
) -> None:
    """The link to a goal survives sign-in; from the queue one is re-scoped and one snoozed; the owner reads who and why."""
    boss = open_tab("/goal?goal=1")
    fill_in(boss.page, "boss")
    expect(boss.page.get_by_role("heading", level=1, name=LATE)).to_be_visible()
    assert boss.page.url.endswith("/goal?goal=1")

    boss.page.get_by_role("link", name="Goals", exact=True).click()
    expect(boss.page.get_by_role("heading", level=1)).to_contain_text("Three goals need revisiting.")
    late = card(boss.page, LATE)
    expect(late.get_by_text("Off pace by 30 points").first).to_be_visible()
    expect(card(boss.page, VAGUE).get_by_text("It lacks: unit").first).to_be_visible()
    expect(late.get_by_role("figure", name="30 % done, 60 % expected by now.")).to_be_visible()

    late.get_by_role("radio", name="Re-scope").click()
    form = boss.page.get_by_role("dialog")
    expect(form.get_by_label("New target (answers)")).to_have_value("50")
    form.get_by_label("Reason, for the goal's history").fill(WHY)
    form.get_by_role("button", name="Save and tell the owner").click()
    expect(boss.page.get_by_text("Re-scoped. emp sees it on My goals.")).to_be_visible()
    expect(boss.page.get_by_role("heading", level=1)).to_contain_text("Two goals need revisiting.")

    card(boss.page, QUIET).get_by_role("button", name="Snooze").click()
    form.get_by_label("Reason, for the goal's history").fill("The audit comes first.")
    form.get_by_role("button", name="Snooze").click()
    expect(boss.page.get_by_text("Snoozed. It is back on the list on")).to_be_visible()
    expect(boss.page.get_by_text(QUIET, exact=True)).to_have_count(0)
    boss.page.get_by_role("button", name="One more is snoozed").click()
    expect(boss.page.get_by_text(QUIET, exact=True)).to_be_visible()

    emp = enter("emp", "/my-goals")
    expect(emp.page.get_by_text(WHY)).to_be_visible()
    expect(emp.page.get_by_text(re.compile("Re-scoped by The boss on"))).to_be_visible()
    emp.page.goto(boss.page.url.split("/goals")[0] + "/goal?goal=3")
    expect(emp.page.get_by_text("The audit comes first.").first).to_be_visible()
    clean(boss, emp)


def test_on_a_phone_the_keyboard_alone_decides(enter: Callable[..., Watched]) -> None:
    """At 390 pixels: to the decision by tabs and arrows, the reason, saved; nothing is wider than the screen."""
    page = (watched := enter("chief", "/goals", phone=True)).page
    stop = card(page, VAGUE).get_by_role("radio", name="Stop")
    expect(stop).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stop.focus()
    page.keyboard.press(" ")
    form = page.get_by_role("dialog")
    reason = form.get_by_label("Reason, for the goal's history")
    expect(reason).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for _ in range(8):
        if reason.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(reason).to_be_focused()
    page.keyboard.type("Nobody reads them.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stopped. emp sees it on My goals.")).to_be_visible()
    expect(page.get_by_text(VAGUE, exact=True)).to_have_count(0)
    clean(watched)
