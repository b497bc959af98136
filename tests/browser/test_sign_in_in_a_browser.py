"""Sign-in in Chromium: nothing before it, nothing of it in the browser, and the headers on every answer."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit
from playwright.sync_api import expect

from core.settings import Settings, StartRefused, refuse_unsafe_start
from server.headers import CONTENT_SECURITY_POLICY
from tests.browser.conftest import PATIENCE, ROOT, Served, Watched

expect.set_options(timeout=PATIENCE)
WELCOME = "How the work is going, and how people are. On one page."


@pytest.mark.parametrize("path", ["/", "/workload", "/workload?unit=northwind.engineering&weeks=52", "/nonsense"])
def test_a_signed_out_deep_link_shows_only_sign_in(path: str, open_tab: Callable[..., Watched]) -> None:
    """Whatever the address, nobody signed in means the form, no navigation and no picture."""
    page = open_tab(path).page

    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert page.locator(".js-plotly-plot, [data-testid=stDataFrame], [data-testid=stPageLink]").count() == 0


def test_a_deep_link_survives_sign_in(sign_in: Callable[..., Watched]) -> None:
    """After sign-in the address still asks for what it asked for, and the page shows it."""
    page = sign_in(path="/workload?unit=northwind.engineering&weeks=8").page

    expect(page.get_by_role("heading", level=2, name="Engineering", exact=True)).to_be_visible()
    assert "unit=northwind.engineering" in page.url and "weeks=8" in page.url


def test_the_root_opens_the_overview(enter: Callable[..., Watched]) -> None:
    """The bare address leads to the first screen."""
    page = enter().page

    page.wait_for_url(re.compile("/overview"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text(WELCOME)


def test_a_wrong_password_reads_the_same_as_an_unknown_name(open_tab: Callable[..., Watched]) -> None:
    """Both show the one message, and the form stays."""
    page = open_tab().page
    told = []
    for name in ("leader", "nobody at all"):
        page.get_by_label("Name or e-mail").fill(name)
        page.get_by_label("Password", exact=True).fill("not the password")
        page.get_by_role("button", name="Sign in", exact=True).click()
        alert = page.get_by_test_id("stAlert")
        expect(alert).to_be_visible()
        told.append(alert.inner_text())

    assert told[0] == told[1]
    assert "do not match" in told[0]


def test_the_session_is_in_a_cookie_that_no_script_can_read(sign_in: Callable[..., Watched]) -> None:
    """HttpOnly and Lax; nothing of it in `document.cookie`, in storage, in the address or in the page."""
    page = sign_in().page
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    held = cookies["evenkeel_session"]
    seen = page.evaluate("document.cookie + JSON.stringify({...localStorage, ...sessionStorage}) + location.href")

    assert held["httpOnly"] and held["sameSite"] == "Lax" and cookies["evenkeel_browser"]["httpOnly"]
    assert held["value"] not in seen + page.content()
    assert cookies["evenkeel_browser"]["value"] not in seen + page.content()


def test_loading_again_and_a_new_tab_keep_the_session_and_the_place(enter: Callable[..., Watched]) -> None:
    """Both show the same unit, weeks and person without asking for a password."""
    page = enter(path="/workload?unit=northwind.engineering&weeks=8").page
    expect(page.get_by_role("heading", level=2, name="Engineering", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=2, name="Engineering", exact=True)).to_be_visible()
    other = page.context.new_page()
    other.goto(page.url)

    expect(other.get_by_role("heading", level=2, name="Engineering", exact=True)).to_be_visible()
    assert "weeks=8" in page.url and "weeks=8" in other.url


def test_the_demonstration_is_entered_at_one_click(open_tab: Callable[..., Watched]) -> None:
    """A role's button on the sign-in screen is enough."""
    page = open_tab("/workload").page
    page.get_by_role("button", name=re.compile("HR")).click()

    expect(page.get_by_role("button", name=re.compile("Ines Ferreira"))).to_be_visible()
    assert "/workload" in page.url


def test_signing_out_returns_to_the_form(sign_in: Callable[..., Watched]) -> None:
    """The person menu signs out, and going back does not bring the picture again."""
    page = sign_in(path="/workload").page
    expect(page.get_by_role("heading", level=2, name="Northwind", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("Dana Okafor")).click()
    page.get_by_text("Sign out").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    page.goto(page.url.partition("?")[0])

    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    assert page.locator(".js-plotly-plot").count() == 0


def test_an_administrator_sees_no_groups(enter: Callable[..., Watched]) -> None:
    """The role that runs the installation reads why the screen is closed."""
    page = enter("admin", "/workload").page

    expect(page.get_by_text("Being an administrator does not open it.")).to_be_visible()
    assert page.locator(".js-plotly-plot").count() == 0


def test_an_employee_cannot_open_another_part_of_the_company(enter: Callable[..., Watched]) -> None:
    """A link to a unit outside the own line is refused in words, with a way back."""
    page = enter("employee", "/workload?unit=northwind.corporate.finance").page
    expect(page.get_by_text("Not part of your view")).to_be_visible()
    page.get_by_role("button", name="Back to what you can see").click()

    expect(page.get_by_role("heading", level=2, name="Northwind", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/", "/_stcore/health", "/app/static/fonts/newsreader-latin-wght-normal.woff2", "/nothing"]
)
def test_every_answer_carries_the_security_headers(path: str, served: Served) -> None:
    """Page, health, fonts and what does not exist all come with policy, no sniffing and no framing."""
    try:
        answer = urllib.request.urlopen(served.url + path, timeout=10)  # noqa: S310
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        headers = answer.headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"].split("style-src")[0]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_policy_allows_exactly_the_inline_script_that_streamlit_has() -> None:
    """The hash in the policy is that of the one inline script in the installed release's page."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()

    assert len(inline) == 1
    assert f"'sha256-{digest}'" in CONTENT_SECURITY_POLICY


def test_the_product_refuses_to_start_with_a_weak_secret(tmp_path: Path) -> None:
    """Outside the demonstration a missing, short or placeholder secret ends the start with the remedy; here a short one does."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVENKEEL_")}
    refused = subprocess.run(
        [sys.executable, "-c", "import app"],
        cwd=ROOT,
        env={**environment, "EVENKEEL_SECRET_KEY": "short", "EVENKEEL_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert refused.returncode == 1
    assert "Evenkeel does not start. EVENKEEL_SECRET_KEY" in refused.stderr
    assert "secrets.token_urlsafe" in refused.stderr
    assert "Traceback" not in refused.stderr
    for key in ("", "short", "change-me-change-me-change-me-change-me"):
        with pytest.raises(StartRefused, match=r"EVENKEEL_SECRET_KEY.*secrets\.token_urlsafe"):
            refuse_unsafe_start(Settings(secret_key=key))
