"""A goal that two agree on, in Chromium: drafted from a template by keyboard, proposed back on a desktop, agreed on a phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, Watched

expect.set_options(timeout=PATIENCE)
TITLE = "Recover from a failed release in twenty minutes"


def card(page: Page) -> Locator:
    """The proposal on the page."""
    return page.locator('[class*="st-key-proposal_"]').filter(has_text=TITLE).last


def typed(page: Page, label: str, text: str) -> None:
    """Write into a field by keyboard and leave it by Tab, which keeps what was written."""
    field = page.get_by_label(label, exact=True)
    field.focus()
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    expect(field).to_have_value(text)


def test_two_agree_on_a_goal_and_both_see_it_with_its_history(enter: Callable[..., Watched]) -> None:
    """The employee proposes from a template by keyboard, the manager proposes back, the employee agrees on a phone."""
    mine = enter("employee", "/my-goals?new=decrease-duration")
    page = mine.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Decrease a duration")
    typed(page, "The goal, in a sentence", TITLE)
    typed(page, "From", "60")
    typed(page, "To", "20")
    page.get_by_role("button", name=re.compile("^Propose to ")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Proposed. The goal is active as soon as you both agree.")).to_be_visible()
    expect(card(page)).to_contain_text("It waits for Mara Lindqvist.")

    manager = enter("manager", "/my-goals").page
    card(manager).get_by_role("button", name="Change and propose back").click()
    target = manager.get_by_label("To", exact=True)
    expect(target).to_have_value("20")
    target.fill("30")
    target.press("Tab")
    manager.get_by_role("button", name="Propose it like this").click()
    expect(manager.get_by_text("Proposed like this.")).to_be_visible()

    phone = enter("employee", "/my-goals", phone=True)
    card(phone.page).get_by_text("Step by step").tap()
    expect(card(phone.page).get_by_text("To: 30, was 20")).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card(phone.page).get_by_role("button", name="Agree").tap()
    expect(phone.page.get_by_text("Agreed. The goal is active.")).to_be_visible()

    own = phone.page.locator('[class*="st-key-goal_"]').filter(has_text=TITLE).last
    own.get_by_role("button", name="Open").tap()
    phone.page.wait_for_url(re.compile(r"/goal\?goal=\d+"))
    manager.goto(phone.page.url)
    for seen in (phone.page, manager):
        expect(seen.get_by_role("heading", level=1)).to_have_text(TITLE)
        expect(seen.get_by_text("To: 30, was 20").first).to_be_visible()
    assert not [*mine.violations, *mine.errors, *phone.violations, *phone.errors]
