"""What all charts share, so that every page draws alike: the layout, the marks round the lines, and the spark on a number.

A chart is one plain description of traces and layout, made into a figure in one go. It names meanings (`core.metrics.palette`),
never colours, and its height is exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from core.metrics import palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = "'Hanken Grotesk', system-ui, -apple-system, 'Segoe UI', sans-serif"
TICKS = 12.5
SPARK_HEIGHT = 56
SPARK_ROOM = 2.2  # the axis shows the usual swing this many times, round its centre
Spec = dict[str, Any]

BARE: Spec = {"fixedrange": True, "zeroline": False, "showline": False, "ticks": "", "tickangle": 0}
HOVER: Spec = {
    "bgcolor": palette.PAPER,
    "bordercolor": palette.RULE,
    "align": "left",
    "font": {"family": FONT, "size": 13, "color": palette.INK},
}
_AXIS: Spec = {**BARE, "automargin": True, "tickfont": {"size": TICKS, "color": palette.MUTED}}
_X: Spec = {**_AXIS, "showgrid": False}
_Y: Spec = {**_AXIS, "showgrid": True, "gridcolor": palette.GRID, "gridwidth": 1}


def figure(traces: Iterable[Spec], layout: Spec) -> "go.Figure":
    """The figure of finished descriptions, taken as they are.

    Plotly would look up every property in its schema, on every run and for every chart, which takes longer than everything else
    a screen does. So that is left to the tests, which build each figure again with the schema.
    """
    import plotly.graph_objects as go

    return go.Figure({"data": list(traces), "layout": layout}, _validate=False)


def layout(
    height: float,
    *,
    right: int = 0,
    top: int = 8,
    left: int = 0,
    bottom: int = 0,
    x: Mapping[str, Any] | None = None,
    y: Mapping[str, Any] | None = None,
    **more: Any,
) -> Spec:
    """The house's layout: fixed axes without lines, quiet horizontal grid, own hover label.

    right: room for labels at the end of lines, in pixels. x, y: what an axis says beyond that. more: other properties of the
    layout (shapes, annotations).
    """
    return {
        "template": {},  # plotly's own template would bring its colours
        "height": height,
        "dragmode": False,
        "hovermode": "closest",
        "showlegend": False,
        "paper_bgcolor": palette.CLEAR,
        "plot_bgcolor": palette.CLEAR,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 4},
        "font": {"family": FONT, "size": TICKS, "color": palette.INK},
        "hoverlabel": HOVER,
        "xaxis": {**_X, **(x or {})},
        "yaxis": {**_Y, **(y or {})},
        **more,
    }


def across(low: float, high: float, fill: str) -> Spec:
    """A band over the whole width, under everything else."""
    return {**_filled(fill), "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "y0": low, "y1": high}


def column(first: float, last: float, fill: str) -> Spec:
    """A band over the whole height, under everything else."""
    return {**_filled(fill), "xref": "x", "x0": first, "x1": last, "yref": "y domain", "y0": 0, "y1": 1}


def _filled(fill: str) -> Spec:
    return {"type": "rect", "fillcolor": fill, "layer": "below", "line": {"width": 0}}


def level(value: float, **line: Any) -> Spec:
    """A line over the whole width at `value`."""
    return {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value, "line": line}


def upright(value: float, **line: Any) -> Spec:
    """A line over the whole height at `value`."""
    return {"type": "line", "xref": "x", "x0": value, "x1": value, "yref": "y domain", "y0": 0, "y1": 1, "line": line}


def note(text: str, *, size: float = TICKS, colour: str = palette.MUTED, family: str = FONT, **place: Any) -> Spec:
    """Words in the picture, without an arrow. `place` says where (x, y, xref, xanchor, xshift and so on)."""
    return {"text": text, "showarrow": False, "font": {"size": size, "color": colour, "family": family}, **place}


def spark(values: Sequence[float], lower: float, upper: float, *, tone: str) -> "go.Figure":
    """A line without axes on a band: the usual swing. Gaps where nothing is shown; a dot on the newest shown value.

    lower, upper: the usual swing, NaN when there is too little history (then the axis spans the values and a tenth more).
    tone: 'over', 'improved', else quiet. The axis is the swing 2.2 times round its centre, widened to hold every value.
    """
    known = [value for value in values if isfinite(value)]
    has_swing = isfinite(lower) and isfinite(upper)
    colour = {"over": palette.OVER, "improved": palette.DATA}.get(tone, palette.CONTEXT)
    traces: list[Spec] = [
        {
            "type": "scatter",
            "x": list(range(len(values))),
            "y": [value if isfinite(value) else None for value in values],
            "mode": "lines",
            "line": {"color": colour, "width": 2},
            "connectgaps": False,
            "hoverinfo": "skip",
        }
    ]
    newest = next((place for place in range(len(values) - 1, -1, -1) if isfinite(values[place])), None)
    if newest is not None:
        dot = {"color": colour, "size": 8, "line": {"color": palette.PAPER, "width": 2}}
        point = {"x": [newest], "y": [values[newest]], "mode": "markers", "marker": dot}
        traces.append({"type": "scatter", **point, "hoverinfo": "skip", "cliponaxis": False})
    drawn = layout(
        SPARK_HEIGHT,
        top=4,
        bottom=4,
        x={"visible": False, "range": [-0.5, len(values) - 0.5]},
        y={"visible": False, "range": _spark_range(known, lower if has_swing else nan, upper)},
        shapes=[across(lower, upper, palette.PANEL)] if has_swing else [],
    )
    return figure(traces, drawn)


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
