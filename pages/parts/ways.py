"""Ways on from one screen to another."""

from pathlib import Path

import streamlit as st

from core.overview.board import Way
from pages.parts.plain import plain

PAGES = Path(__file__).parents[1]


def go(way: Way) -> None:
    """Open the screen that a way leads to."""
    st.switch_page(PAGES / f"{way.screen}.py", query_params=dict(way.address))


def bring_in() -> None:
    """The button that leads to *Import*, for those who may bring files in."""
    if st.button("Bring a file in", type="primary", icon=":material/upload_file:", key="bring_in"):
        st.switch_page(PAGES / "data_import.py")


def arrow(label: str, way: Way, words: str, key: str) -> None:
    """A way on that reads as what it is, also to a screen reader: an icon alone would be called after its glyph."""
    arrow = {"icon": ":material/arrow_forward:", "icon_position": "right"}
    if st.button(label, type="tertiary", help=plain(words), key=key, **arrow):  # type: ignore[arg-type]
        go(way)
