"""The screens there are, and the navigation drawn from them."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import streamlit as st

from core.access.viewer import Viewer
from pages.parts import session
from pages.parts.plain import plain

PAGES = Path(__file__).parents[1]
LOGO = PAGES / "static" / "logo"
PRODUCT = "Evenkeel"
SIGN_OUT = "Sign out"


@dataclass(frozen=True)
class Screen:
    """One screen: `id` is its name in `core.access.viewer.SCREENS` and its script's; its address has hyphens instead.

    listed: whether the navigation has a link to it; one thing among many is reached from their list.
    """

    id: str
    title: str
    icon: str
    section: str
    help: str
    listed: bool = True

    @property
    def address(self) -> str:
        """The screen's path in the address bar."""
        return self.id.replace("_", "-")


SCREENS = (
    Screen("overview", "Overview", "water", "", "What matters now, and what needs you."),
    Screen("workload", "Workload", "grid_on", "Understand", "Where load is building up, week by week."),
    Screen(
        "how_it_works",
        "How it works",
        "function",
        "Understand",
        "Every measure, how people are protected, how fresh it is.",
    ),
    Screen(
        "goals", "Goals", "flag", "Act", "Which goals need revisiting and why, and all goals from company to person."
    ),
    Screen("goal", "Goal", "flag", "Act", "One goal: how it goes, and why it needs revisiting.", listed=False),
    Screen(
        "conversations", "Conversations", "chat_bubble", "Act", "With whom the next one is, what is due, and feedback."
    ),
    Screen("conversation", "Conversation", "chat_bubble", "Act", "One conversation of yours.", listed=False),
    Screen("data_import", "Import", "upload_file", "Data", "Bring files in, and take the last one back."),
    Screen("data_quality", "Data quality", "fact_check", "Data", "Which hours have come in, and what is worth a look."),
    Screen(
        "my_goals", "My goals", "flag_circle", "You", "Your own goals: how they go, and what waits to be agreed on."
    ),
    Screen("my_week", "My week", "person", "You", "Your own hours against your own weeks before. Only you see them."),
    Screen("who_sees_what", "Who sees what", "visibility", "You", "What others see of you, and who looked."),
    Screen("account", "Account", "manage_accounts", "You", "Password, where you are signed in, light or dark."),
)


def pages() -> dict[str, st.Page]:
    """Every screen as a page at its own address, and the root. Who may open one is decided by its guard, not here."""
    screens = {
        screen.id: st.Page(
            PAGES / f"{screen.id}.py",
            title=screen.title,
            icon=f":material/{screen.icon}:",
            url_path=screen.address,
            help=screen.help,
        )
        for screen in SCREENS
    }

    def root() -> None:
        st.switch_page(screens[SCREENS[0].id], query_params=st.query_params.to_dict())

    return {"": st.Page(root, title=PRODUCT, default=True, visibility="hidden"), **screens}


def sidebar(viewer: Viewer, registered: dict[str, st.Page]) -> None:
    """Logo, links to the screens that the viewer's roles open, and the person menu."""
    st.logo(str(LOGO / "logo.svg"), size="large", icon_image=str(LOGO / "mark.svg"))
    with st.sidebar, st.container(gap="xsmall"):
        for section, screens in groupby(SCREENS, key=lambda screen: screen.section):
            open_ones = [screen for screen in screens if screen.listed and viewer.may_open(screen.id)]
            if open_ones:
                if section:
                    st.caption(section)
                for screen in open_ones:
                    st.page_link(registered[screen.id], width="stretch")
                st.space("xsmall")
        st.menu_button(
            plain(viewer.display_name),
            [SIGN_OUT],
            key="person",
            type="tertiary",
            icon=":material/account_circle:",
            on_click=session.sign_out,
        )
