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
    """One screen: `id` is its address, its name in `core.access.viewer.SCREENS`, and its script's name."""

    id: str
    title: str
    icon: str
    section: str
    help: str


SCREENS = (Screen("workload", "Workload", "grid_on", "Understand", "Where load is building up, week by week."),)


def pages() -> dict[str, st.Page]:
    """Every screen as a page at its own address, and the root. Who may open one is decided by its guard, not here."""
    screens = {
        screen.id: st.Page(
            PAGES / f"{screen.id}.py",
            title=screen.title,
            icon=f":material/{screen.icon}:",
            url_path=screen.id,
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
            open_ones = [screen for screen in screens if viewer.may_open(screen.id)]
            if open_ones:
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
            on_click=session.end,
        )
