"""Conversations in Chromium: prepared by one, seen by the other, held, noted, and seen again; by keyboard, and on a phone."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.calendar import WEEK, monday_of, now, today
from core.database.engine import make_engine
from tests.browser.conftest import PATIENCE, Served, Watched
from tests.core.rhythm.talk import KEY, Talk, code_of
from tests.organisations import deliver, people_in
from tests.serving import serve

expect.set_options(timeout=PATIENCE)
MOVED = "What has moved since we last talked, and what made it move?"
WORDS = "The release is out, and it took *less* than we feared."


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product with the small company in which people talk: pairs of forty days, and hours of Ann's."""
    folder = tmp_path_factory.mktemp("talking")
    shutil.copy(sqlite_template, folder / "small.db")
    url = f"sqlite:///{folder / 'small.db'}"
    engine = make_engine(url)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tests.core.rhythm.talk.AT", now() - timedelta(days=40))
        Talk(engine)
    week = {"contracted": 40.0, "leave": 0.0, "public_holiday": 0.0, "sickness": 0.0}
    facts = {(code_of("ann"), monday_of(today()) - i * WEEK): {**week, "worked": 38.0 + i} for i in range(1, 13)}
    deliver(engine, people_in({"Co/A/One": 4}), facts, as_of=today())
    engine.dispose()
    with serve(url, folder, EVENKEEL_DEMO="1", EVENKEEL_NOTES_KEYS=KEY) as running:
        yield running


def by_key(page: Page, role: str, name: str, key: str = "Enter") -> None:
    """Reach a control by its name and press a key on it; no mouse, no finger."""
    control = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(control).to_be_visible()
    control.focus()
    page.keyboard.press(key)


def typed(page: Page, label: str, text: str) -> None:
    """Write into a field by keyboard."""
    page.get_by_label(label).focus()
    page.keyboard.type(text)


def clean(*tabs: Watched) -> None:
    """Nothing of what a page must not do was done."""
    for tab in tabs:
        assert (tab.violations, tab.errors, tab.strangers) == ([], [], [])


def test_what_one_prepares_the_other_sees_and_what_they_agree_both_see(enter: Callable[..., Watched]) -> None:
    """Ann shares with a picture of her weeks; Max reads it, notes, agrees on a step, holds it; Ann sees each of it."""
    ann = enter("ann", "/conversations")
    ann.page.get_by_role("button", name="Prepare").click()
    ann.page.wait_for_url(re.compile(r"/conversation\?conversation=\d+"))
    ann.page.get_by_label(MOVED).fill(WORDS)
    ann.page.get_by_text("Put a picture of my own weeks into it").click()
    ann.page.get_by_role("button", name="Share with Max").click()
    expect(ann.page.get_by_text("Max sees this as it is now, with a picture of your own weeks.")).to_be_visible()
    address = ann.page.url

    max_ = enter("max", "/conversations")
    expect(max_.page.get_by_text("Ann has shared")).to_be_visible()
    max_.page.goto(address)
    expect(max_.page.get_by_text(WORDS)).to_be_visible()
    expect(max_.page.get_by_role("figure", name=re.compile("Ann's hours worked, week by week"))).to_be_visible()
    max_.page.get_by_label("What the two of you want to remember").fill("We stop the Thursday call.")
    max_.page.get_by_role("button", name="Save the note").click()
    expect(max_.page.get_by_text("Last changed by Max")).to_be_visible()
    max_.page.get_by_role("button", name="Add a step").click()
    max_.page.get_by_label("What is agreed?").fill("Tell the others")
    max_.page.get_by_role("button", name="Add it").click()
    expect(max_.page.get_by_text("Tell the others")).to_be_visible()
    max_.page.get_by_role("button", name="We talked").click()
    max_.page.get_by_role("button", name="Mark as held").click()
    expect(max_.page.get_by_role("heading", level=1, name=re.compile("Check-in with Ann, held on"))).to_be_visible()

    ann.page.reload()
    expect(ann.page.get_by_role("heading", level=1, name=re.compile("Check-in with Max, held on"))).to_be_visible()
    expect(ann.page.get_by_label("What the two of you want to remember")).to_have_value("We stop the Thursday call.")
    expect(ann.page.get_by_text("Tell the others")).to_be_visible()
    ann.page.goto(address.split("/conversation?")[0] + "/conversations")
    expect(ann.page.get_by_text("one open step")).to_be_visible()
    clean(ann, max_)


def test_on_a_phone_the_keyboard_alone_prepares_and_asks(enter: Callable[..., Watched]) -> None:
    """Bo, at 390 pixels: prepares, keeps a draft, finds it again, asks for feedback; nothing is wider than the screen."""
    bo = enter("bo", "/conversations", phone=True)
    by_key(bo.page, "button", "Prepare")
    bo.page.wait_for_url(re.compile(r"/conversation\?conversation=\d+"))
    typed(bo.page, MOVED, "The move is done.")
    by_key(bo.page, "button", "Keep as a draft")
    expect(bo.page.get_by_text("Kept. Only you see it.")).to_be_visible()
    bo.page.reload()
    expect(bo.page.get_by_label(MOVED)).to_have_value("The move is done.")
    assert bo.page.evaluate("document.documentElement.scrollWidth") <= 390

    by_key(bo.page, "button", "Conversations")
    bo.page.wait_for_url(re.compile("/conversations"))
    by_key(bo.page, "radio", "Feedback", " ")
    by_key(bo.page, "button", "Ask for feedback")
    whom = bo.page.get_by_label("Whom do you ask?")
    whom.focus()
    bo.page.keyboard.type("Ann")
    bo.page.keyboard.press("Enter")
    typed(bo.page, "What do you want to know?", "How did the hand-over read to you?")
    by_key(bo.page, "button", "Ask")
    expect(bo.page.get_by_text("To Ann")).to_be_visible()
    assert bo.page.evaluate("document.documentElement.scrollWidth") <= 390
    clean(bo)
