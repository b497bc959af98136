"""axe-core over every screen, light and dark: nothing serious or critical, but what is listed here with its reason."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from pages.parts.navigation import SCREENS
from tests.browser.conftest import PATIENCE, Watched

expect.set_options(timeout=PATIENCE)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
# What Streamlit itself brings and no page can mend: rule -> (part of the selector, where it is known). Nothing else passes.
UPSTREAM: dict[str, tuple[str, str]] = {}
# Every screen once, and then the screens and states that look different to others.
OPENED_BY = {
    "my_week": "employee",
    "my_goals": "employee",
    "data_import": "hr",
    "data_quality": "admin",
    "conversations": "employee",
}
SCREENS_ONCE = [(screen.address, OPENED_BY.get(screen.id, "leader")) for screen in SCREENS]
MORE = [
    ("overview", "employee"),
    ("overview", "admin"),
    ("workload", "admin"),
    ("my-week", "leader"),
    ("goals?view=units", "leader"),
    ("goal?goal=1", "leader"),
    *((f"goals?view={view}", "manager") for view in ("tree", "map", "team")),
    ("my-goals?new=choose", "manager"),
    ("my-goals?new=decrease-duration", "employee"),
    ("conversations", "manager"),
    ("conversations", "admin"),
    ("conversations?view=feedback", "employee"),
    ("workload?unit=northwind.engineering.infrastructure.platform&view=table", "manager"),
    ("how-it-works?about=protection", "employee"),
    ("how-it-works?about=freshness", "admin"),
]


def grave(page: Page) -> list[dict[str, Any]]:
    """What axe finds on the page: rule, impact, and the elements with what is wrong; upstream exceptions left out."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.evaluate("document.fonts.ready")
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    told = []
    for violation in found["violations"]:
        if violation["impact"] not in GRAVE:
            continue
        part, _ = UPSTREAM.get(violation["id"], ("\0", ""))
        nodes = [node for node in violation["nodes"] if part not in str(node["target"]) + node["html"]]
        told += [
            {"rule": violation["id"], "impact": violation["impact"], "at": node["target"], "html": node["html"][:300]}
            for node in nodes
        ]
    return told


def test_axe_finds_what_is_wrong(open_tab: Callable[..., Watched]) -> None:
    """The check sees a picture without words, a field without a label and a heading that nobody can read."""
    page = open_tab("/").page
    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    page.evaluate(
        "() => { const image = document.createElement('img'); image.src = 'data:,'; document.body.append(image);"
        " document.body.append(document.createElement('input'));"
        " document.querySelector('h1').style.color = 'rgb(235, 235, 235)' }"
    )

    assert {"image-alt", "label", "color-contrast"} <= {one["rule"] for one in grave(page)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_sign_in_screen_has_no_grave_violation(dark: bool, open_tab: Callable[..., Watched]) -> None:
    """The first screen that anybody meets."""
    page = open_tab("/", dark=dark).page
    page.get_by_role("button", name="Sign in", exact=True).wait_for()

    assert grave(page) == []


def wrong_on(views: list[tuple[str, str]], enter: Callable[..., Watched], *, dark: bool) -> dict[str, object]:
    """What axe finds on each of the views, in one tab a role."""
    found: dict[str, object] = {}
    for who in sorted({role for _, role in views}):
        page: Page | None = None
        for address in (address for address, role in views if role == who):
            if page is None:
                page = enter(who, f"/{address}", dark=dark).page
            else:
                page.goto("/".join(page.url.split("/")[:3]) + f"/{address}")
            page.get_by_role("heading", level=1).or_(page.get_by_role("heading", level=2)).first.wait_for()
            if wrong := grave(page):
                found[f"{who} at {address}"] = wrong
    return found


def test_no_screen_has_a_grave_violation(enter: Callable[..., Watched]) -> None:
    """Every screen of the navigation, in light."""
    assert wrong_on(SCREENS_ONCE, enter, dark=False) == {}


@pytest.mark.long
@pytest.mark.parametrize(("views", "dark"), [(MORE, False), (SCREENS_ONCE + MORE, True)], ids=["light", "dark"])
def test_no_view_of_any_role_has_a_grave_violation(
    views: list[tuple[str, str]], dark: bool, enter: Callable[..., Watched]
) -> None:
    """The same screens as other roles see them, and everything in dark."""
    assert wrong_on(views, enter, dark=dark) == {}
