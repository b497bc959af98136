"""Ways to a goal, and to the form that changes it."""

from pathlib import Path

import streamlit as st

from pages.parts import address
from pages.parts.plain import plain

PAGES = Path(__file__).parents[1]
NAMES = ("new", "edit")


def open_goal(goal_id: int) -> None:
    """Open the page of a goal."""
    st.switch_page(PAGES / "goal.py", query_params={"goal": str(goal_id)})


def change_goal(goal_id: int) -> None:
    """Open the form that changes a goal, from whichever screen."""
    st.switch_page(PAGES / "my_goals.py", query_params={"edit": str(goal_id)})


def to_form(**asked: str) -> None:
    """On *My goals*: show the form for a new goal (`new`) or for one that there is (`edit`) in place of the list."""
    address.change(**{name: asked.get(name) for name in NAMES})


def to_list() -> None:
    """On *My goals*: show the list again."""
    address.change(**dict.fromkeys(NAMES))


def arrow(goal_id: int, title: str, key: str, label: str = "Open") -> None:
    """A way to a goal, named for a screen reader by its title (as it is on record). label: Markdown."""
    if st.button(
        label,
        type="tertiary",
        icon=":material/arrow_forward:",
        icon_position="right",
        help=f"Open: {plain(title)}",
        key=key,
    ):
        open_goal(goal_id)


def to_goals() -> None:
    """Open the goals that need revisiting."""
    st.switch_page(PAGES / "goals.py")
