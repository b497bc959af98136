"""The real server in a process of its own, and a real Chromium against it. Nothing here needs a display or the network."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from core.access.accounts import account_id
from core.access.sessions import exchange, issue_code, limits_of
from core.calendar import now
from core.database.engine import make_engine
from core.demo.accounts import DEMO_PASSWORD
from core.settings import Settings
from tests.serving import ROOT, Served, serve

__all__ = ["PATIENCE", "ROOT", "Served", "Watched"]
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",  # there is none, and playing one takes a third of the time
    "--host-resolver-rules=MAP evenkeel.example 127.0.0.1",  # the host of docs/deploy
]
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
PATIENCE = 20_000  # milliseconds that anything on the screen may take


@pytest.fixture(scope="session")
def served(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product in demonstration mode on a free port, with a copy of the demonstration database."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(demo_template, folder / "demo.db")
    with serve(f"sqlite:///{folder / 'demo.db'}", folder, EVENKEEL_DEMO="1") as running:
        yield running


def chromium_path() -> str | None:
    """The Chromium to use: EVENKEEL_CHROMIUM, one on the PATH, or None for Playwright's own."""
    return os.environ.get("EVENKEEL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the run."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    launched = playwright.chromium.launch(executable_path=chromium_path(), args=[*ARGUMENTS, *sandbox])
    yield launched
    launched.close()


@dataclass
class Watched:
    """A page, and what it did that it should not: policy violations, errors in scripts, requests to other hosts."""

    page: Page
    violations: list[str]
    errors: list[str]
    strangers: list[str]


@pytest.fixture
def open_tab(browser: Browser, served: Served) -> Iterator[Callable[..., Watched]]:
    """Opens a tab of its own (a desktop, or a phone with touch) at a path of the product, and watches it.

    motion: with what moves while a page waits, which costs as much again as the page.
    """
    contexts: list[BrowserContext] = []

    def tab(
        path: str = "/", *, phone: bool = False, dark: bool = False, motion: bool = False, session: str = ""
    ) -> Watched:
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            color_scheme="dark" if dark else "light",
            is_mobile=phone,
            has_touch=phone,
            user_agent=PHONE if phone else None,
            accept_downloads=True,
            reduced_motion="no-preference" if motion else "reduce",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if session:
            held = {
                "name": "evenkeel_session",
                "value": session,
                "url": served.url,
                "httpOnly": True,
                "sameSite": "Lax",
            }
            context.add_cookies([held])  # type: ignore[list-item]
        watched = Watched(context.new_page(), [], [], [])
        host = urlsplit(served.url).netloc

        def read(text: str) -> None:
            if "Content Security Policy" in text:
                watched.violations.append(text)

        def compare(address: str) -> None:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
                watched.strangers.append(address)

        watched.page.on("console", lambda message: read(message.text))
        watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
        watched.page.on("request", lambda request: compare(request.url))
        watched.page.on("websocket", lambda socket: compare(socket.url))
        watched.page.goto(served.url + path)
        return watched

    yield tab
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(open_tab: Callable[..., Watched]) -> Callable[..., Watched]:
    """Opens a tab, signs in through the form with an account, and waits for the screen."""

    def signed_in(name: str = "leader", path: str = "/", password: str = DEMO_PASSWORD, **device: bool) -> Watched:
        watched = open_tab(path, **device)
        fill_in(watched.page, name, password)
        return watched

    return signed_in


def fill_in(page: Page, name: str, password: str = DEMO_PASSWORD) -> None:
    """Sign in through the form of a page that shows it."""
    page.get_by_label("Name or e-mail").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("How the work is going").wait_for(state="detached")


@pytest.fixture
def enter(open_tab: Callable[..., Watched], served: Served) -> Callable[..., Watched]:
    """Opens a tab in which an account is signed in already: its session is made in the database, as sign-in makes it."""

    def signed_in(name: str = "leader", path: str = "/", **device: bool) -> Watched:
        return open_tab(path, session=session_for(served.database_url, name), **device)

    return signed_in


def session_for(database_url: str, name: str) -> str:
    """The id of a fresh session of an account, in a server in demonstration mode."""
    limits = limits_of(Settings(database_url=database_url, secret_key=""))
    engine = make_engine(database_url)
    with engine.begin() as connection:
        code = issue_code(connection, account_id(connection, name), "a browser", limits, now())
        held = exchange(connection, code, "a browser", limits, now(), browser="Chrome on Linux")
    engine.dispose()
    assert held is not None
    return held
