"""Small pictures of a goal. No SQL, no screen."""

from typing import TYPE_CHECKING

from core.goals.queue_wording import share
from core.metrics import palette
from core.metrics.chart import Spec, figure, layout, note
from core.metrics.wording import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

BAR_HEIGHT = 56
_BAR, _MARK = (0.62, 0.78), (0.5, 0.9)  # bottom and top, as shares of the height


def progress_bar(expected: float | None, progress: float) -> "go.Figure":
    """How far a goal is (bar) and how far it was expected to be by now (upright mark); both are said underneath.

    expected, progress: shares; what lies outside [0, 1] is drawn at the end. Without `expected` there is no mark.
    """
    done = min(max(progress, 0.0), 1.0)
    shapes: list[Spec] = [_block(0.0, 1.0, palette.GRID), _block(0.0, done, palette.DATA)]
    words = [_said(0.0, "left", f"<b>{share(progress)}</b> done", palette.INK)]
    if expected is not None:
        at = min(max(expected, 0.0), 1.0)
        mark = {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": _MARK[0], "y1": _MARK[1]}
        shapes.append({**mark, "line": {"color": palette.INK, "width": 2.5}})
        words.append(_said(1.0, "right", f"expected {percent(expected)}", palette.MUTED))
    drawn = layout(
        BAR_HEIGHT,
        top=0,
        x={"range": [-0.004, 1.004], "visible": False},
        y={"range": [0, 1], "visible": False},
        shapes=shapes,
        annotations=words,
    )
    return figure([{"type": "scatter", "x": [0, 1], "y": [0.7, 0.7], "mode": "none", "hoverinfo": "skip"}], drawn)


def _block(start: float, end: float, colour: str) -> Spec:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": start,
        "x1": end,
        "y0": _BAR[0],
        "y1": _BAR[1],
        "fillcolor": colour,
        "line": {"width": 0},
    }


def _said(at: float, anchor: str, words: str, colour: str) -> Spec:
    return note(words, size=12.5, colour=colour, x=at, xanchor=anchor, y=0.02, yref="paper", yanchor="bottom")
