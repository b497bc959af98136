"""Light or dark, as the browser shows it now.

Charts keep the colours with which they were first drawn. So every chart's key ends in the mode, and this component runs the
page again when the reader switches.
"""

import streamlit as st

_KEY = "theme"
_SCRIPT = """
export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.host ?? parentElement
  const paint = document.createElement("canvas").getContext("2d")
  paint.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
  const hex = parseInt(paint.fillStyle.slice(1), 16)
  const light = ((hex >> 16) & 255) + ((hex >> 8) & 255) + (hex & 255) > 382
  const mode = light ? "light" : "dark"
  if (mode !== data.mode) setStateValue("mode", mode)
}
"""
_component = st.components.v2.component("evenkeel_theme", js=_SCRIPT)


def mode() -> str:
    """'light' or 'dark': what the browser last reported, else what it said when it connected."""
    known = (st.session_state.get(_KEY) or {}).get("mode")
    return known or st.context.theme.type or "light"


def watch() -> None:
    """Mount the component that reports a switch. It draws nothing."""
    _component(key=_KEY, data={"mode": mode()}, on_mode_change=lambda: None)
