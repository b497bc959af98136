"""Light, dark, or as the device has it. The choice is this browser's own and is kept there."""

import streamlit as st

from pages.parts import theme
from pages.parts.navigation import SCREENS

CHOICES = {"System": "As the device", "Light": "Light", "Dark": "Dark"}
# Streamlit reads its theme from the browser's storage, one entry for each path at which a page was loaded.
_SCRIPT = """
export default function ({ data, setStateValue }) {
  const entry = (path) => "stActiveTheme-" + path + "-v2"
  const base = document.baseURI ? new URL(".", document.baseURI).pathname.replace(/\\/$/, "") : ""
  const stored = () => JSON.parse(localStorage.getItem(entry(location.pathname)) ?? '"System"')
  if (!data.choice || data.choice === stored()) {
    if (data.shown !== stored()) setStateValue("stored", stored())
    return
  }
  for (const path of new Set([location.pathname, ...data.paths])) {
    localStorage.setItem(entry(path), JSON.stringify(data.choice))
  }
  location.reload()
}
"""
_component = st.components.v2.component("evenkeel_appearance", js=_SCRIPT)
_KEY = "appearance"
_WIDGET = "appearance_choice"


def choose() -> None:
    """Draw the choice; a change is stored in the browser for every screen, and the page loads again."""
    stored = (st.session_state.get(_KEY) or {}).get("stored") or "System"
    with st.container(border=True):
        st.header("Light or dark", anchor=False)
        st.caption("Kept in this browser only.")
        chosen = st.segmented_control(
            "Appearance", list(CHOICES), default=stored, format_func=CHOICES.__getitem__, required=True,
            key=f"{_WIDGET}_{stored}", label_visibility="collapsed",
        )  # fmt: skip
        asked = chosen if chosen != stored else ""
        paths = ["/", *(f"/{screen.address}" for screen in SCREENS)]
        _component(
            key=_KEY,
            data={"choice": asked, "shown": stored, "paths": paths, "mode": theme.mode()},
            on_stored_change=lambda: None,
        )
