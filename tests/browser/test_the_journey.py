"""The whole way, as each role: sign in, find the worn-down team, read why, pass the link on, and leave no door open."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import bcrypt
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.access.accounts import add_user
from core.calendar import now
from core.database.engine import make_engine
from core.demo.accounts import PLATFORM
from core.people.tables import Assignment, OrgUnit, Person
from tests.browser.conftest import PATIENCE, Watched, fill_in
from tests.serving import Served

expect.set_options(timeout=PATIENCE)
OLD, NEW = "an old and long password", "a new and long password"
WELCOME = "How the work is going, and how people are. On one page."
STORY = "The night rota has grown"
# The button of the overview that leads each role to the team: of all teams, of their own, of the unit they are in.
WAYS = {
    "leader": "Platform",
    "hr": "Platform",
    "manager": "Read why|See the team|Write down why",
    "employee": "See my unit",
}
LONG = pytest.mark.long


@dataclass(frozen=True)
class Traveller:
    """An account of its own for one journey, so that no other test meets its new password."""

    name: str
    role: str


@pytest.fixture
def traveller(served: Served, request: pytest.FixtureRequest) -> Traveller:
    """An account with the role asked for; manager and employee belong to the team Platform."""
    role, kind = request.param
    name = f"{kind}-{role}"
    engine = make_engine(served.database_url)
    with engine.begin() as connection:
        present = select(Person.code).join(Assignment, Assignment.person_id == Person.id).join(OrgUnit)
        here = present.where(OrgUnit.path == PLATFORM, Assignment.valid_to.is_(None)).order_by(Person.code.desc())
        member = list(connection.scalars(here))[1 if kind == "phone" else 0]
        add_user(
            connection,
            name=name,
            display_name=f"Traveller {role}",
            password_hash=bcrypt.hashpw(OLD.encode(), bcrypt.gensalt(4)).decode(),
            roles=(role,),
            units={"leader": ("Northwind",), "manager": (PLATFORM,)}.get(role, ()),
            person_code=member if role == "employee" else None,
            at=now(),
            actor="test",
        )
    engine.dispose()
    return Traveller(name, role)


def find_platform(page: Page, role: str, phone: bool) -> None:
    """From the overview to the team Platform, by what the screen offers."""
    page.wait_for_url(re.compile("/overview"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Platform")
    way = page.get_by_role("button", name=re.compile(WAYS[role])).first
    way.scroll_into_view_if_needed()
    way.tap() if phone else way.click()
    page.wait_for_url(re.compile("/workload"))


def read_why(page: Page) -> None:
    """Beside the picture: the verdict against the team's own history, the trend, and the story."""
    expect(page.get_by_role("heading", level=2, name="Platform", exact=True).first).to_be_visible()
    expect(page.get_by_text("Beyond usual swing").first).to_be_visible()
    expect(
        page.get_by_role("figure", name=re.compile("Trend of load against available hours in Platform"))
    ).to_be_visible()
    expect(page.get_by_text(STORY)).to_be_visible()


@pytest.mark.parametrize(
    "traveller",
    [
        pytest.param(("leader", "desk"), id="leader-desk"),
        pytest.param(("employee", "phone"), id="employee-phone", marks=LONG),
        pytest.param(("hr", "desk"), id="hr-desk", marks=LONG),
        pytest.param(("manager", "desk"), id="manager-desk", marks=LONG),
        pytest.param(("employee", "desk"), id="employee-desk", marks=LONG),
        pytest.param(("leader", "phone"), id="leader-phone", marks=LONG),
        pytest.param(("manager", "phone"), id="manager-phone", marks=LONG),
        pytest.param(("hr", "phone"), id="hr-phone", marks=LONG),
    ],
    indirect=True,
)
def test_the_worn_down_team_is_found_read_shared_and_left(
    traveller: Traveller, open_tab: Callable[..., Watched]
) -> None:
    """Sign in, find the team, read why, follow the link in a second browser, reload, two tabs, new password, sign out."""
    phone = traveller.name.startswith("phone")
    first = open_tab(phone=phone, motion=True)
    page = first.page
    fill_in(page, traveller.name, OLD)
    find_platform(page, traveller.role, phone)
    read_why(page)

    page.reload()
    read_why(page)

    second = open_tab("/workload" + page.url.partition("/workload")[2], phone=phone)
    expect(second.page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    fill_in(second.page, traveller.name, OLD)
    read_why(second.page)

    other_tab = page.context.new_page()
    other_tab.goto(page.url.partition("/workload")[0] + "/account")
    expect(other_tab.get_by_role("heading", level=1)).to_have_text("You are signed in in two places.")
    other_tab.get_by_label("Present password").fill(OLD)
    other_tab.get_by_label("New password", exact=True).fill(NEW)
    other_tab.get_by_label("New password again").fill(NEW)
    other_tab.get_by_role("button", name="Change password").click()
    expect(other_tab.get_by_text("Your password is changed.")).to_be_visible()

    for signed_out in (page, second.page):  # nobody touches them: they notice by themselves
        expect(signed_out.get_by_role("heading", name=WELCOME)).to_be_visible(timeout=40_000)
        expect(signed_out.locator(".js-plotly-plot")).to_have_count(0)

    fill_in(other_tab, traveller.name, NEW)
    if phone:
        other_tab.get_by_test_id("stExpandSidebarButton").click()
    other_tab.get_by_role("button", name=re.compile("Traveller")).click()
    other_tab.get_by_text("Sign out").click()
    expect(other_tab.get_by_text("You are signed out.")).to_be_visible()
    other_tab.goto(page.url)
    expect(other_tab.get_by_role("heading", level=1)).to_have_text(WELCOME)
    assert not [name for one in (first, second) for name in (*one.violations, *one.errors, *one.strangers)]


@pytest.mark.parametrize("traveller", [("admin", "desk")], indirect=True)
def test_an_administrator_takes_the_way_without_any_number(
    traveller: Traveller, open_tab: Callable[..., Watched]
) -> None:
    """Overview of the installation, no groups on the workload screen, own account; signing out works the same."""
    page = open_tab().page
    fill_in(page, traveller.name, OLD)
    page.wait_for_url(re.compile("/overview"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text(WELCOME)
    assert "Platform" not in page.inner_text("body") and page.locator(".js-plotly-plot").count() == 0
    page.goto(page.url.replace("/overview", "/workload?unit=northwind.engineering.infrastructure.platform"))
    expect(page.get_by_text("Being an administrator does not open it.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Traveller")).click()
    page.get_by_text("Sign out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()
