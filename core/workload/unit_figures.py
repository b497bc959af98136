"""Two small charts beside the heatmap: a row's trend against its own usual swing, and the row among its siblings."""

from collections.abc import Iterator
from html import escape
from math import isfinite
from typing import TYPE_CHECKING, Any

from core.calendar import label
from core.metrics import palette
from core.metrics.chart import Spec, column, figure, layout, level, note, upright
from core.metrics.definition import Metric
from core.metrics.wording import NBSP, value_text
from core.workload.teams import LOADS
from core.workload.unit_detail import UnitDetail

if TYPE_CHECKING:
    import plotly.graph_objects as go

TREND_HEIGHT = 200
LABEL_ROOM, LABEL_GAP = 88, 34  # pixels: right of the trend; between two labels there
SIBLING_ROW, SIBLING_ROOM = 38, 36  # pixels: a row with its word above the mark; the axis below
LOAD_AXIS = (0.70, 1.40)
TICKS = 3
_MARGIN: Spec = {
    "x": 1,
    "y": 0,
    "xref": "paper",
    "yref": "paper",
    "xanchor": "left",
    "yanchor": "middle",
    "xshift": 8,
    "align": "left",
}


def trend(detail: UnitDetail) -> "go.Figure":
    """The shown weeks as a line with its interval, the own limits as dotted lines, points beyond them marked.

    Hidden weeks are columns in the colour of the panel and break the line; weeks without data are columns of their own colour.
    """
    rows = detail.trend
    weeks, status, sides = list(rows["week"]), list(rows["status"]), list(rows["side"])
    places = list(range(len(weeks)))
    low, high = _axis(detail)
    fills = {"hidden": palette.PANEL, "missing": palette.NODATA}
    marks = [column(i - 0.5, i + 0.5, fills[status[i]]) for i in places if status[i] != "shown"]
    limits = detail.swing.limits
    if limits is not None:
        marks += [level(at, color=palette.MUTED, width=1, dash="dot") for at in (limits.lower, limits.upper)]
    values = [float(v) if isfinite(v) else None for v in rows["value"]]
    line = {
        "type": "scatter",
        "x": places,
        "y": values,
        "mode": "lines+markers" if _sparse(values) else "lines",
        "line": {"color": palette.DATA, "width": 2},
        "marker": {"size": 5, "color": palette.DATA},
        "connectgaps": False,
        "hovertext": _hovers(detail),
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    outside = [place for place in places if sides[place]]
    points = {
        "type": "scatter",
        "x": outside,
        "y": [values[place] for place in outside],
        "mode": "markers",
        "marker": {"color": _outside(detail, outside), "size": 7, "line": {"color": palette.PAPER, "width": 1.5}},
        "hoverinfo": "skip",
    }
    step = max(1, (len(places) - 2) // (TICKS - 1))
    shown = list(range(max(0, len(places) - 2), -1, -step))[:TICKS]  # the newest date would stand under the labels
    ticks = _nice(low, high)
    drawn = layout(
        TREND_HEIGHT,
        right=LABEL_ROOM,
        bottom=4,
        x={"range": [-0.6, len(places) - 0.4], "tickvals": shown, "ticktext": [label(weeks[i]) for i in shown]},
        y={"range": [low, high], "tickvals": ticks, "ticktext": [value_text(detail.metric, v) for v in ticks]},
        shapes=marks,
        annotations=_trend_labels(detail, low, high),
    )
    return figure([*_intervals(detail), line, points], drawn)


def _intervals(detail: UnitDetail) -> Iterator[Spec]:
    """A filled trace for each run of neighbouring weeks that have an interval."""
    lows, highs = list(detail.trend["low"]), list(detail.trend["high"])
    for part in _stretches(detail):
        xs: list[float] = [*part, *reversed(part)]
        ys = [float(highs[i]) for i in part] + [float(lows[i]) for i in reversed(part)]
        if len(part) == 1:  # a single week between hidden ones: a bar instead of a band
            xs, ys = [part[0] - 0.3, part[0] + 0.3, part[0] + 0.3, part[0] - 0.3], [ys[0], ys[0], ys[1], ys[1]]
        area = {"mode": "lines", "fill": "toself", "fillcolor": palette.INTERVAL, "line": {"width": 0}}
        yield {"type": "scatter", "x": xs, "y": ys, **area, "hoverinfo": "skip"}


def siblings(detail: UnitDetail) -> "go.Figure":
    """Siblings by name: a dot for the mean of four weeks, its comparison interval, and the word beside it."""
    rows = list(detail.siblings.iloc[::-1].itertuples())  # plotly draws from the bottom
    low, high = _sibling_axis(detail)
    traces: list[Spec] = []
    words: list[Spec] = []
    for place, row in enumerate(rows):
        chosen, known = row.key == detail.key, isfinite(row.value)
        if known:
            traces += _sibling(detail, row, place)
        at: Spec = {
            "x": row.value if known else low,
            "xanchor": "center" if known else "left",
            "y": place,
            "yshift": 13,
        }
        colour = palette.INK if chosen else palette.MUTED
        words.append(note(escape(str(row.words), quote=False), size=11.5, colour=colour, **at))
    names = [(escape(_short(str(row.name)), quote=False), row.key == detail.key) for row in rows]
    ticks = _nice(low, high)
    x = {"range": [low, high], "tickvals": ticks, "ticktext": [value_text(detail.metric, tick) for tick in ticks]}
    drawn = layout(
        SIBLING_ROW * len(rows) + SIBLING_ROOM,
        right=14,
        bottom=SIBLING_ROOM - 8,
        x={**x, "showgrid": True, "gridcolor": palette.GRID},
        y={
            "range": [-0.5, len(rows) - 0.3],
            "tickvals": list(range(len(rows))),
            "ticktext": [f"<b>{name}</b>" if chosen else name for name, chosen in names],
            "tickfont": {"size": 12.5, "color": palette.INK},
            "showgrid": False,
        },
        shapes=[{**upright(1.0, color=palette.RULE, width=1), "layer": "below"}] if detail.metric.id in LOADS else [],
        annotations=words,
    )
    return figure(traces, drawn)


def _sibling(detail: UnitDetail, row: Any, place: int) -> list[Spec]:
    """The interval of one row as a line, and its mean as a dot; the selected row stronger."""
    chosen = row.key == detail.key
    colour = palette.OVER if chosen and detail.reading.tone == "over" else palette.DATA
    interval = {
        "x": [row.bar_low, row.bar_high],
        "y": [place, place],
        "mode": "lines",
        "line": {"color": colour + ("FF" if chosen else "88"), "width": 3},
        "hoverinfo": "skip",
    }
    dot = {
        "x": [row.value],
        "y": [place],
        "mode": "markers",
        "marker": {"color": colour, "size": 9, "line": {"color": palette.PAPER, "width": 1.5}},
        "hovertext": [_sibling_hover(detail.metric, row)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return [{"type": "scatter", **interval}, {"type": "scatter", **dot}]


def _outside(detail: UnitDetail, places: list[int]) -> list[str]:
    """Points beyond the limits: the colour of strain, unless they lie on the good side."""
    good = {"higher": -1, "lower": 1}.get(detail.metric.direction, 0)
    return [palette.DATA if good and detail.trend["side"].iloc[place] == good else palette.OVER for place in places]


def _stretches(detail: UnitDetail) -> Iterator[list[int]]:
    """Runs of neighbouring weeks that have an interval."""
    run: list[int] = []
    for place, (low, high) in enumerate(zip(detail.trend["low"], detail.trend["high"], strict=True)):
        if isfinite(low) and isfinite(high):
            run.append(place)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _sparse(values: list[float | None]) -> bool:
    """Whether some value stands alone between gaps, so that a line alone would not show it."""
    padded = [None, *values, None]
    return any(
        here is not None and padded[place] is None and padded[place + 2] is None for place, here in enumerate(values)
    )


def _axis(detail: UnitDetail) -> tuple[float, float]:
    """The axis of the trend: fixed for loads, from zero for the rest; widened in steps to hold everything that is drawn."""
    drawn = [float(v) for column in ("value", "low", "high") for v in detail.trend[column] if isfinite(v)]
    limits = detail.swing.limits
    drawn += [limits.lower, limits.upper] if limits is not None else []
    return _span(detail.metric, drawn)


def _sibling_axis(detail: UnitDetail) -> tuple[float, float]:
    drawn = [float(v) for column in ("bar_low", "bar_high") for v in detail.siblings[column] if isfinite(v)]
    return _span(detail.metric, drawn)


def _span(metric: Metric, drawn: list[float]) -> tuple[float, float]:
    if metric.id in LOADS:
        low, high = LOAD_AXIS
        while drawn and min(drawn) < low:
            low -= 0.1
        while drawn and max(drawn) > high:
            high += 0.1
        return max(low, 0.0), high
    top = max([value for value in drawn if value > 0], default=1.0)
    return 0.0, top * 1.15


def _nice(low: float, high: float) -> list[float]:
    """Three to five round ticks inside a range."""
    for step in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 4, 5, 10, 20):
        first = -(-low // step)
        ticks = [round((first + i) * step, 4) for i in range(int((high - first * step) // step) + 1)]
        if len(ticks) <= 4:
            return ticks
    return [low, high]


def _trend_labels(detail: UnitDetail, low: float, high: float) -> list[Spec]:
    """In the right margin: the newest shown value, and the usual swing at its middle; pushed apart where they would touch."""
    shown = detail.trend[detail.trend["status"] == "shown"]
    plot = TREND_HEIGHT - 8 - 4 - 24
    wanted: list[tuple[float, str, str, int]] = []
    if len(shown) and isfinite(shown["value"].iloc[-1]):
        wanted.append((float(shown["value"].iloc[-1]), f"<b>{shown['text'].iloc[-1]}</b>", palette.INK, 14))
    if detail.swing.limits is not None:
        wanted.append((detail.swing.limits.centre, f"usual swing<br>{detail.swing_text}", palette.MUTED, 12))
    wanted.sort(key=lambda each: -each[0])
    labels: list[Spec] = []
    above = None
    for value, text, colour, size in wanted:
        place = (value - low) / (high - low) * plot
        if above is not None and above - place < LABEL_GAP:
            place = above - LABEL_GAP
        above = place
        labels.append(note(text, size=size, colour=colour, **_MARGIN, yshift=place))
    return labels


def _hovers(detail: UnitDetail) -> list[str]:
    """One text a week: when, what, how sure, and on which side of the own swing."""
    beside = {1: "Above its usual swing", -1: "Below its usual swing", 0: ""}
    texts = []
    for row in detail.trend.itertuples():
        lines = [f"<b>{escape(detail.name, quote=False)}</b> · {label(row.week)}"]
        lines.append(f"<b>{row.text}</b>" + (f" ({row.interval.replace(' and ', ' to ')})" if row.interval else ""))
        lines.append(beside[int(row.side)])
        texts.append("<br>".join(f"{line}{NBSP}" for line in lines if line))
    return texts


def _sibling_hover(metric: Metric, row: object) -> str:
    low, high = value_text(metric, max(0.0, row.low)), value_text(metric, row.high)  # type: ignore[attr-defined]
    name, text = escape(str(row.name), quote=False), row.text  # type: ignore[attr-defined]
    return f"<b>{name}</b> · last four weeks{NBSP}<br><b>{text}</b> ({low} to {high}){NBSP}"


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"
