"""The real server in a process of its own, and a real Chromium against it. Nothing here needs a display or the network."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
PATIENCE = 20_000  # milliseconds that anything on the screen may take


@dataclass(frozen=True)
class Served:
    """A running server: its address, and where its database lies."""

    url: str
    database_url: str


@pytest.fixture(scope="session")
def served(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product in demonstration mode on a free port, with a copy of the demonstration database."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(demo_template, folder / "demo.db")
    database_url = f"sqlite:///{folder / 'demo.db'}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=ROOT,
            env={**os.environ, "EVENKEEL_DATABASE_URL": database_url, "EVENKEEL_DEMO": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(url, process, log)
        yield Served(url, database_url)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def wait_until_healthy(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server answers; fail with its output when it dies or stays silent for a minute."""
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


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
    """Opens a tab of its own (a desktop, or a phone with touch) at a path of the product, and watches it."""
    contexts: list[BrowserContext] = []

    def tab(path: str = "/", *, phone: bool = False, dark: bool = False) -> Watched:
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            color_scheme="dark" if dark else "light",
            is_mobile=phone,
            has_touch=phone,
            user_agent=PHONE if phone else None,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
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
def enter(open_tab: Callable[..., Watched]) -> Callable[..., Watched]:
    """Opens a tab, signs in with an account of the demonstration, and waits for the screen."""
    from core.demo.accounts import DEMO_PASSWORD

    def signed_in(name: str = "leader", path: str = "/", **device: bool) -> Watched:
        watched = open_tab(path, **device)
        page = watched.page
        page.get_by_label("Name or e-mail").fill(name)
        page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("How the work is going").wait_for(state="detached")
        return watched

    return signed_in
