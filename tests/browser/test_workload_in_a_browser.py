"""The workload screen in Chromium: found by mouse, finger and keyboard, in light and dark, under the security policy."""

import io
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from core.calendar import today
from core.database.engine import make_engine
from core.people.tables import OrgUnit
from core.policy import read_policy
from core.workload.board import WorkloadFilters, export_frame
from core.workload.views import workload_board
from tests.browser.conftest import PATIENCE, Served, Watched

expect.set_options(timeout=PATIENCE)
HEAT = ".st-key-heat .js-plotly-plot"
# Pixels of a cell, from the axes that plotly has drawn; null until the row is there and has stood still for two looks.
PLACE = f"""([name, back]) => {{
  const plot = [...document.querySelectorAll("{HEAT}")].find(e => e.getBoundingClientRect().width > 0)
  const [x, y] = [plot?._fullLayout?.xaxis, plot?._fullLayout?.yaxis]
  const row = (y?.ticktext ?? []).findIndex(t => t.replace(/<br>/g, " ").replace(/<[^>]*>/g, "") === name)
  if (row < 0) return null
  plot.scrollIntoView({{ block: "center" }})
  const box = plot.getBoundingClientRect()
  const week = x.range[1] - back - 0.5
  const place = {{ x: box.left + x._offset + x.l2p(week), y: box.top + y._offset + y.l2p(y.tickvals[row]) }}
  const before = window.lastPlace
  window.lastPlace = place
  return before?.x === place.x && before?.y === place.y ? place : null
}}"""


def heat_of(page: Page) -> Locator:
    """The heatmap, once its cells are drawn."""
    page.locator(f"{HEAT} .barlayer .point").first.wait_for()
    return page.locator(HEAT).first


def settled(page: Page) -> None:
    """Wait until no run of the script is under way, so that nothing on the screen is about to be replaced."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def middle_of_cell(page: Page, name: str, weeks_back: int = 0) -> tuple[float, float]:
    """Where the cell of the row called `name` lies in the window, so many weeks before the newest; scrolled into view."""
    settled(page)
    page.evaluate("delete window.lastPlace")
    found = page.wait_for_function(PLACE, arg=[name, weeks_back], polling=150).json_value()
    return float(found["x"]), float(found["y"])


def unit_in_address(page: Page) -> str:
    """The unit that the address names."""
    return parse_qs(urlsplit(page.url).query).get("unit", [""])[0]


def wait_for_unit(page: Page, name: str) -> None:
    """Wait until the screen is about the unit called `name`."""
    expect(page.get_by_role("heading", level=2, name=name, exact=True)).to_be_visible()
    heat_of(page)


def slug_of(served: Served, path: str) -> str:
    """The slug of a unit in the served database."""
    from sqlalchemy import select

    engine = make_engine(served.database_url, read_only=True)
    with engine.connect() as connection:
        slug = connection.scalar(select(OrgUnit.slug).where(OrgUnit.path == path))
    engine.dispose()
    assert slug
    return str(slug)


def test_the_worn_team_is_found_in_three_clicks_of_the_mouse(enter: Callable[..., Watched], served: Served) -> None:
    """From the company, a leader follows the warmest row twice and reads the team's cell: three clicks."""
    page = enter(path="/workload").page
    wait_for_unit(page, "Northwind")
    for name in ("Engineering", "Infrastructure"):
        page.mouse.click(*middle_of_cell(page, name))
        wait_for_unit(page, name)
    assert unit_in_address(page) == slug_of(served, "Northwind/Engineering/Infrastructure")
    page.mouse.click(*middle_of_cell(page, "Platform"))

    expect(page.get_by_role("heading", level=2, name="Platform", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+\s% · (High|Critical)"))).to_be_visible()


def test_a_tap_selects_the_cell_under_the_finger_at_once(enter: Callable[..., Watched]) -> None:
    """On a phone the first tap delivers its own cell, and the next one its own."""
    page = enter(path="/workload?unit=northwind.engineering.infrastructure", phone=True).page
    wait_for_unit(page, "Infrastructure")
    for weeks_back in (0, 3, 1):
        page.touchscreen.tap(*middle_of_cell(page, "Platform", weeks_back))
        expect(page.get_by_role("heading", level=2, name="Platform", exact=True)).to_be_visible()
        expected = newest_week(page, weeks_back)
        page.wait_for_url(re.compile(rf"cell=.*{expected}"))


def newest_week(page: Page, weeks_back: int) -> str:
    """The ISO date of the Monday so many weeks before the newest cell of the heatmap."""
    return str(
        page.evaluate(
            """([selector, back]) => {
                 const weeks = document.querySelector(selector).data.flatMap(t => t.customdata.map(c => c[1]))
                 return [...new Set(weeks)].sort().at(-1 - back)
               }""",
            [HEAT, weeks_back],
        )
    )


def test_scrolling_over_the_heatmap_selects_nothing(enter: Callable[..., Watched]) -> None:
    """A finger that drags over the cells leaves the address as it is."""
    page = enter(path="/workload?unit=northwind.engineering.infrastructure", phone=True).page
    wait_for_unit(page, "Infrastructure")
    left, top = middle_of_cell(page, "Platform")
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": left, "y": top}]})
    for step in range(1, 9):
        point = {"x": left, "y": top - step * 15}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 0")

    assert "cell=" not in page.url
    expect(page.get_by_role("heading", level=2, name="Infrastructure", exact=True)).to_be_visible()


def test_the_keyboard_alone_reads_cells_and_opens_a_unit(enter: Callable[..., Watched]) -> None:
    """In the table arrows move and select, and a button in the panel goes into the unit; no mouse is needed."""
    page = enter(path="/workload?view=table").page
    page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()
    settled(page)
    page.get_by_role("radio", name="Table").focus()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "CANVAS":
            break
    for keys in (
        ["ArrowDown"],
        ["ArrowRight", "ArrowRight"],
        ["ArrowDown"],
    ):  # the name and the newest week are one cell
        before = page.url
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(lambda url, before=before: url != before)
        settled(page)
    assert "cell=" in page.url
    button = page.get_by_role("button", name=re.compile(r"Open \w+"))
    expect(button).to_be_visible()
    settled(page)
    button.focus()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("unit=northwind"))


@pytest.mark.long
def test_a_link_reproduces_the_view(enter: Callable[..., Watched]) -> None:
    """Unit, measure, weeks, view and cell come back from the address in another tab."""
    path = "/workload?unit=northwind.engineering&metric=meeting_hours&weeks=8"
    page = enter(path=path).page
    wait_for_unit(page, "Engineering")

    expect(page.get_by_role("combobox", name="Measure")).to_be_visible()
    expect(page.get_by_text("Meeting hours").first).to_be_visible()
    expect(page.locator('[data-variant="segmented_control"][data-selected="true"]').first).to_have_text("8")
    assert page.locator(f"{HEAT} .barlayer .point").count() % 8 == 0


@pytest.mark.long
def test_going_back_in_the_browser_goes_up(enter: Callable[..., Watched]) -> None:
    """The address decides, so the browser's own button undoes a step down."""
    page = enter(path="/workload").page
    wait_for_unit(page, "Northwind")
    page.mouse.click(*middle_of_cell(page, "Engineering"))
    wait_for_unit(page, "Engineering")
    page.go_back()

    wait_for_unit(page, "Northwind")


@pytest.mark.long
def test_the_trail_leads_up(enter: Callable[..., Watched]) -> None:
    """Every unit above is a button over the sentence."""
    page = enter(path="/workload?unit=northwind.engineering.infrastructure").page
    wait_for_unit(page, "Infrastructure")
    page.locator(".st-key-trail").get_by_role("button", name="Northwind").click()

    wait_for_unit(page, "Northwind")


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.long)])
def test_colours_follow_the_mode_and_its_change(dark: bool, enter: Callable[..., Watched]) -> None:
    """Chart and table wear the colours of the mode at once, and of the other mode after a switch."""
    page = enter(path="/workload?weeks=8", dark=dark).page
    within = {False: "rgb(226, 237, 242)", True: "rgb(30, 50, 63)"}

    def fills() -> set[str]:
        heat_of(page)
        found = page.eval_on_selector_all(f"{HEAT} .barlayer .point path", "all => all.map(p => p.style.fill)")
        return set(found)

    assert within[dark] in fills()
    page.emulate_media(color_scheme="light" if dark else "dark")
    page.wait_for_function(
        """([selector, wanted, gone]) => {
             const fills = [...document.querySelectorAll(selector)].map(p => p.style.fill)
             return fills.includes(wanted) && !fills.includes(gone)
           }""",
        arg=[f"{HEAT} .barlayer .point path", within[not dark], within[dark]],
    )


def test_nothing_violates_the_policy_and_nothing_leaves_the_host(enter: Callable[..., Watched]) -> None:
    """Sign-in, picture, table, popovers and drill-down run under the security policy without one violation."""
    watched = enter(path="/workload?weeks=8")
    page = watched.page
    wait_for_unit(page, "Northwind")
    page.mouse.click(*middle_of_cell(page, "Engineering"))
    wait_for_unit(page, "Engineering")
    page.get_by_role("button", name="How is this computed?").first.click()
    expect(page.get_by_text("sum of worked hours").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Table").click()
    page.get_by_test_id("stDataFrame").first.wait_for()

    assert (watched.violations, watched.errors, watched.strangers) == ([], [], [])


def test_the_fonts_are_ours(enter: Callable[..., Watched]) -> None:
    """Text and headings are drawn in the fonts that are served from this host."""
    page = enter(path="/workload?weeks=8").page
    wait_for_unit(page, "Northwind")

    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
    )
    assert {"Hanken Grotesk", "Newsreader"} <= set(loaded)


@pytest.mark.long
def test_the_attributes_that_our_stylesheet_names_still_exist(enter: Callable[..., Watched]) -> None:
    """Streamlit still marks chosen segments and headings the way the two rules of the stylesheet expect."""
    page = enter(path="/workload").page
    wait_for_unit(page, "Northwind")
    chosen = page.locator('button[data-variant="segmented_control"][data-selected="true"]')

    assert chosen.count() == 2
    assert chosen.first.evaluate("e => getComputedStyle(e).fontWeight") == "600"
    heading = page.locator('[data-testid="stHeadingWithActionElements"] h1')
    assert heading.evaluate("e => getComputedStyle(e).textWrap").startswith("balance")


@pytest.mark.parametrize("width", [1440, 390, *(pytest.param(each, marks=pytest.mark.long) for each in (1024, 768))])
def test_no_width_scrolls_sideways(width: int, enter: Callable[..., Watched]) -> None:
    """Nothing is wider than the window, from a desktop to a phone."""
    page = enter(path="/workload", phone=width == 390).page
    wait_for_unit(page, "Northwind")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(400)

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")


@pytest.mark.long
def test_a_phone_starts_with_eight_weeks(enter: Callable[..., Watched]) -> None:
    """By default a phone shows 8 weeks with digits that can be read; 26 are one tap away."""
    page = enter(path="/workload", phone=True).page
    wait_for_unit(page, "Northwind")

    expect(page.locator('[data-variant="segmented_control"][data-selected="true"]').first).to_have_text("8")
    size = page.locator(f"{HEAT} .barlayer .bartext").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 12


def test_the_downloaded_file_is_the_board(enter: Callable[..., Watched], served: Served) -> None:
    """What the button gives is the export of the same question asked of the view."""
    from core.access.viewer import Viewer

    path = "/workload?unit=northwind.engineering.infrastructure&weeks=8"
    page = enter(path=path).page
    wait_for_unit(page, "Infrastructure")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download CSV").first.click()
    read = pd.read_csv(io.BytesIO(caught.value.path().read_bytes()), keep_default_na=False, dtype=str)
    engine = make_engine(served.database_url, read_only=True)
    viewer = Viewer(0, "", "", ("leader",), ("Northwind",))
    filters = WorkloadFilters(unit="northwind.engineering.infrastructure", weeks=8)
    with engine.connect() as connection:
        board = workload_board(connection, viewer, filters, policy=read_policy(), as_of=today())
    engine.dispose()
    expected = export_frame(board).astype(str)

    columns = ["unit", "week", "measure", "status", "text", "n_band", "covers", "shown_with"]
    assert read[columns].equals(expected[columns].replace({"None": "", "nan": "", "<NA>": ""}))
