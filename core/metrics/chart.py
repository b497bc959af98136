"""The frame that all small charts share, so that every page draws alike; and the spark on a number.

A figure names meanings (`core.metrics.palette`), never colours, and its height is exact.
"""

from collections.abc import Sequence
from math import isfinite, nan
from typing import Any

import plotly.graph_objects as go

from core.metrics import palette
from core.metrics.legend import FONT

TICKS = 12.5
SPARK_HEIGHT = 56
SPARK_ROOM = 2.2  # the axis shows the usual swing this many times, round its centre


def frame(height: int, *, right: int = 0, top: int = 8, left: int = 0, bottom: int = 0) -> go.Figure:
    """An empty figure with the house's layout: fixed axes without lines, quiet horizontal grid, own hover label.

    right: room for labels at the end of lines, in pixels.
    """
    figure = go.Figure()
    figure.update_layout(
        template=None,  # plotly's own template would bring its colours
        height=height,
        dragmode=False,
        hovermode="closest",
        showlegend=False,
        paper_bgcolor=palette.CLEAR,
        plot_bgcolor=palette.CLEAR,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 4},
        font={"family": FONT, "size": TICKS, "color": palette.INK},
        hoverlabel={
            "bgcolor": palette.PAPER,
            "bordercolor": palette.RULE,
            "align": "left",
            "font": {"family": FONT, "size": 13, "color": palette.INK},
        },
    )
    bare: dict[str, Any] = {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickangle": 0,
        "automargin": True,
        "tickfont": {"size": TICKS, "color": palette.MUTED},
    }
    figure.update_xaxes(**bare, showgrid=False)
    figure.update_yaxes(**bare, showgrid=True, gridcolor=palette.GRID, gridwidth=1)
    return figure


def spark(values: Sequence[float], lower: float, upper: float, *, tone: str) -> go.Figure:
    """A line without axes on a band: the usual swing. Gaps where nothing is shown; a dot on the newest shown value.

    lower, upper: the usual swing, NaN when there is too little history (then the axis spans the values and a tenth more).
    tone: 'over', 'improved', else quiet. The axis is the swing 2.2 times round its centre, widened to hold every value.
    """
    known = [value for value in values if isfinite(value)]
    figure = frame(SPARK_HEIGHT, top=4, bottom=4)
    figure.update_xaxes(visible=False, range=[-0.5, len(values) - 0.5])
    has_swing = isfinite(lower) and isfinite(upper)
    if has_swing:
        figure.add_hrect(y0=lower, y1=upper, fillcolor=palette.PANEL, line_width=0, layer="below")
    colour = {"over": palette.OVER, "improved": palette.DATA}.get(tone, palette.CONTEXT)
    figure.add_scatter(
        x=list(range(len(values))),
        y=[value if isfinite(value) else None for value in values],
        mode="lines",
        line={"color": colour, "width": 2},
        connectgaps=False,
        hoverinfo="skip",
    )
    newest = next((place for place in range(len(values) - 1, -1, -1) if isfinite(values[place])), None)
    if newest is not None:
        figure.add_scatter(
            x=[newest],
            y=[values[newest]],
            mode="markers",
            marker={"color": colour, "size": 8, "line": {"color": palette.PAPER, "width": 2}},
            hoverinfo="skip",
            cliponaxis=False,
        )
    figure.update_yaxes(visible=False, range=_spark_range(known, lower if has_swing else nan, upper))
    return figure


def _spark_range(known: Sequence[float], lower: float, upper: float) -> list[float]:
    """The axis: the swing 2.2 times round its centre, widened to hold every value, with room for the line's own width."""
    ends = list(known)
    if isfinite(lower):
        middle, half = (lower + upper) / 2, (upper - lower) / 2 * SPARK_ROOM
        ends += [middle - half, middle + half]
    if not ends:
        return [0.0, 1.0]
    room = (max(ends) - min(ends)) * 0.1 or 0.05
    return [min(ends) - room, max(ends) + room]
