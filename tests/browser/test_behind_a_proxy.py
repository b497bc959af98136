"""Two servers on one PostgreSQL behind nginx, configured by the file that ships, over HTTPS."""

import re
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect
from sqlalchemy import Engine, select

from core.access.accounts import add_user, hash_password
from core.access.tables import LoginAttempt
from core.database.engine import make_engine
from tests.attacks.wire import ask
from tests.behind_nginx import Installation, behind_nginx
from tests.browser.conftest import PATIENCE, fill_in
from tests.databases import Server, built
from tests.organisations import WEEK, deliver, employ, hours, people_in, release

expect.set_options(timeout=PATIENCE)
PASSWORD = "a boat keeps its keel"
UNIT = "Acme/Engineering"


def _fill(engine: Engine) -> None:
    people = people_in({f"{UNIT}/Platform": 9, f"{UNIT}/Tools": 8, "Acme/Sales/North": 9, "Acme/Sales/South": 8})
    employ(engine, people)
    for back in range(3):
        deliver(engine, people, hours(people, WEEK + timedelta(weeks=back)))
    release(engine)
    with engine.begin() as connection:
        add_user(
            connection,
            name="ada",
            password_hash=hash_password(PASSWORD),
            roles=("leader",),
            units=("Acme",),
            at=datetime(2026, 1, 5, tzinfo=UTC),
            actor="test",
        )


@pytest.fixture(scope="module")
def installation(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The installation, with one leader and one company."""
    folder = tmp_path_factory.mktemp("behind")
    with postgres.copy_of("behind-nginx", lambda url: built(url, _fill)) as url, behind_nginx(url, folder) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own that takes the certificate of the test."""
    made = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 900})
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


def _signed_in(context: BrowserContext, url: str, path: str = "/") -> Page:
    page = context.new_page()
    page.goto(url + path)
    fill_in(page, "ada", PASSWORD)
    return page


def _cookies(context: BrowserContext) -> str:
    return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in context.cookies())


def test_plain_http_is_sent_to_https(installation: Installation) -> None:
    """The answer on the plain port is a permanent redirect, with the address kept."""
    answer = ask(installation.plain_url, "/workload?weeks=8", Host="evenkeel.example")

    assert answer.status == 308
    assert answer.headers["location"] == "https://evenkeel.example/workload?weeks=8"


def test_behind_https_cookies_are_secure_and_bound_to_the_host(
    installation: Installation, context: BrowserContext
) -> None:
    """Both cookies carry the prefix that only this host can set over HTTPS, and the answer tells browsers to stay with it."""
    page = _signed_in(context, installation.url)
    held = {cookie["name"]: cookie for cookie in context.cookies()}
    answer = page.reload()

    assert answer is not None
    for name in ("__Host-evenkeel_session", "__Host-evenkeel_browser"):
        assert held[name]["secure"] and held[name]["httpOnly"] and held[name]["path"] == "/"
    assert "evenkeel_session" not in held
    assert answer.headers["strict-transport-security"]


def test_a_session_of_one_server_is_valid_on_the_other(installation: Installation, context: BrowserContext) -> None:
    """Who signed in on either is known to both; without the cookie neither gives out files."""
    _signed_in(context, installation.url)
    sent = _cookies(context)

    for server in installation.servers:
        with_session = ask(server.url, "/media/none.png", Cookie=sent, X_Forwarded_Proto="https")
        without = ask(server.url, "/media/none.png", X_Forwarded_Proto="https")
        assert (with_session.status, without.status) == (404, 403)


def test_a_browser_stays_with_one_server_and_browsers_are_spread(installation: Installation) -> None:
    """Of thirty browsers each always reaches the same server, and both servers have some."""
    trusting = ssl.create_default_context(cafile=str(installation.certificate))
    for number in range(30):
        for _ in range(3):
            request = urllib.request.Request(  # noqa: S310
                f"{installation.local_url}/_stcore/health",
                headers={"Cookie": f"a=b; __Host-evenkeel_browser=browser{number}"},
            )
            with urllib.request.urlopen(request, context=trusting, timeout=10) as answer:  # noqa: S310
                assert answer.status == 200
    spread = {
        browser: upstreams
        for browser, upstreams in installation.served_by("/_stcore/health").items()
        if browser.startswith("browser")
    }

    assert len(spread) == 30
    assert all(len(upstreams) == 1 for upstreams in spread.values())
    assert len(set.union(*spread.values())) == 2


def test_an_address_cannot_be_chosen_by_the_browser(installation: Installation, browser: Browser) -> None:
    """A forwarded address that a browser sends is replaced: tries to sign in are counted by where they come from."""
    forged = browser.new_context(ignore_https_errors=True, extra_http_headers={"X-Forwarded-For": "203.0.113.9"})
    page = forged.new_page()
    page.goto(installation.url)
    page.get_by_label("Name or e-mail").fill("somebody")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=PATIENCE)
    forged.close()
    engine = make_engine(installation.servers[0].database_url)
    with engine.connect() as connection:
        came_from = set(connection.scalars(select(LoginAttempt.address)))
    engine.dispose()

    assert came_from and "203.0.113.9" not in came_from
    assert len(came_from) == 1


def test_when_a_server_is_killed_people_carry_on(installation: Installation, context: BrowserContext) -> None:
    """The server of an open tab dies: the tab comes back by itself on the other, signed in, and at the same place."""
    page = _signed_in(context, installation.url, "/workload?unit=acme.engineering&weeks=8")
    heading = page.get_by_role("heading", level=2, name="Engineering", exact=True)
    expect(heading).to_be_visible()
    page.reload()
    expect(heading).to_be_visible()
    browser_name = next(each["value"] for each in context.cookies() if each["name"] == "__Host-evenkeel_browser")
    (address,) = installation.served_by("/workload")[browser_name]

    installation.kill(next(n for n, server in enumerate(installation.servers) if server.url.endswith(address)))

    for _ in range(6):  # what is clicked while the line is down is lost, as everywhere; people click again
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
        page.get_by_role("link", name="Overview").click()
        with suppress(TimeoutError):
            page.wait_for_url(re.compile("/overview"), timeout=4_000)
            break
    assert "/overview" in page.url
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(installation.url + "/workload?unit=acme.engineering&weeks=8")
    expect(heading).to_be_visible()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_have_count(0)
