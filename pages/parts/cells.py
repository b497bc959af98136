"""Clicks and taps on the cells of a heatmap, which Streamlit itself does not deliver reliably by touch.

Only the address of a cell travels; what it shows is decided here, not in the browser.
"""

from collections.abc import Callable
from datetime import date

import streamlit as st

from core.workload.figures import Cell

_SCRIPT = """
const running = new WeakMap()
export default function ({ data, parentElement, setTriggerValue }) {
  running.get(parentElement)?.()
  let from = null, scrolled = false, plot = null
  const choose = (event) => { if (!scrolled) setTriggerValue("cell", event.points[0].customdata) }
  const down = (event) => {
    const box = event.target.closest?.(".st-key-" + data.chart)
    from = box ? [event.clientX, event.clientY] : null
    scrolled = false
    const found = box?.querySelector(".js-plotly-plot")
    if (found && found !== plot) { plot = found; plot.on("plotly_click", choose) }
  }
  const move = (event) => {
    if (from && Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 10) scrolled = true
  }
  const cancel = () => { scrolled = true }
  const listeners = [["pointerdown", down], ["pointermove", move], ["pointercancel", cancel]]
  for (const [name, listener] of listeners) document.addEventListener(name, listener, true)
  const stop = () => {
    for (const [name, listener] of listeners) document.removeEventListener(name, listener, true)
    plot?.removeListener?.("plotly_click", choose)
  }
  running.set(parentElement, stop)
  return stop
}
"""
_component = st.components.v2.component("evenkeel_cells", js=_SCRIPT)


def on_click(chart: str, chosen: Callable[[Cell], None]) -> None:
    """Call `chosen` when a cell of the chart with the key `chart` is clicked or tapped. Mount it below the chart."""

    def report(address: object) -> None:
        cell = cell_from(address)
        if cell is not None:
            chosen(cell)

    on_address(chart, report)


def on_address(chart: str, chosen: Callable[[object], None]) -> None:
    """Call `chosen` with the customdata of the mark that is clicked or tapped, which a browser says and nobody has checked."""
    key = f"clicks_{chart}"
    _component(
        key=key,
        data={"chart": chart},
        on_cell_change=lambda: chosen((st.session_state.get(key) or {}).get("cell")),
    )


def cell_from(address: object) -> Cell | None:
    """The cell that a browser names as [row key, ISO date]; None for anything else."""
    if not isinstance(address, list | tuple) or len(address) != 2:
        return None
    try:
        return Cell(str(address[0]), date.fromisoformat(str(address[1])))
    except ValueError:
        return None
