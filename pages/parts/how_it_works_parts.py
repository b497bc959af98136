"""What the sections of *How it works* share: which one the address asks for, the switch between them, the text as a file."""

from pathlib import Path

import streamlit as st

from pages.parts import address

SCREEN = "how_it_works"
NAMES = ("about", "metric")
SECTIONS = {"measures": "Measures", "protection": "Protection", "freshness": "Freshness"}
DOCS = Path(__file__).parents[2] / "docs"


def chosen_section() -> tuple[str, str]:
    """The section and the measure that the address asks for; what it cannot mean falls back to the first."""
    parts = address.parts(SCREEN, NAMES)
    about = parts.get("about", "")
    return about if about in SECTIONS else "measures", parts.get("metric", "")


def section_switch(about: str) -> None:
    """The three sections, side by side."""
    st.segmented_control(
        "About",
        list(SECTIONS),
        format_func=lambda section: SECTIONS[section],
        required=True,
        label_visibility="collapsed",
        **address.follows("how_it_works_about", "about", about),
    )


def full_text(name: str, label: str) -> None:
    """The page of the documentation that says everything, as a file to keep."""
    st.download_button(
        label,
        (DOCS / name).read_bytes(),
        file_name=name,
        mime="text/markdown",
        type="tertiary",
        icon=":material/article:",
        on_click="ignore",
        key=f"docs_{name}",
    )
