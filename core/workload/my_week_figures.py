"""The person's own weeks as bars, with a short line for the hours that were available."""

from collections.abc import Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING

import pandas as pd

from core.calendar import label
from core.metrics import palette
from core.metrics.chart import Spec, column, figure, layout, note
from core.metrics.wording import NBSP

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 220
TALLEST = 50.0  # hours on the axis, more only when a week was longer: the picture is not stretched to its own range
BAR, LINE = 0.6, 0.4  # width of a bar, half the width of the line over it, in weeks
_RIGHT = {False: 96, True: 14}  # on a phone half a date, or the newest one would be left out
_STEP = 20
_AVAILABLE = note("available<br>hours", x=1, xref="paper", xanchor="left", align="left")


def own_weeks(weeks: pd.DataFrame, value: str, *, phone: bool = False) -> "go.Figure":
    """Bars of the column `value` (hours), one for each row of `weeks` (columns week, status, away, `value`, maybe available).

    An open week is paler. A week away says so. A week without data is a quiet column with a dash, never a bar of no height.
    The line's label stands at its end; on a phone the caption under the chart names it, so that the bars get the width.
    """
    hours = [float(each) for each in weeks[value]]
    available = [float(each) for each in weeks["available"]] if "available" in weeks else None
    days, status, away = list(weeks["week"]), list(weeks["status"]), list(weeks["away"])
    places = list(range(len(days)))
    known = [(place, top) for place, top in enumerate(available or []) if top > 0]
    traces: list[Spec] = [
        {
            "type": "bar",
            "x": places,
            "y": [each if isfinite(each) else None for each in hours],
            "width": BAR,
            "marker": {
                "color": palette.DATA,
                "opacity": [0.55 if each == "open" else 1.0 for each in status],
                "line": {"width": 0},
            },
            "customdata": _hover(weeks, value),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    ]
    if available is not None:
        traces.append(_available(known))
    top = max([TALLEST, *(each * 1.05 for each in [*hours, *(available or [])] if isfinite(each))])
    ticks = list(range(0, int(top) + 1, _STEP))
    every = 3 if phone else 2
    named = [place for place in places if (len(places) - 1 - place) % every == 0]
    missing = [place for place in places if status[place] == "missing"]
    absent = [place for place in places if place not in missing and away[place] and not hours[place] > 0]
    drawn = layout(
        HEIGHT,
        right=_RIGHT[phone or available is None],
        x={
            "range": [-0.6, len(places) - 0.4],
            "tickvals": named,
            "ticktext": [label(days[place]).replace(" ", NBSP) for place in named],
        },
        y={"range": [0, top], "tickvals": ticks, "ticktext": [f"{tick}{NBSP}h" for tick in ticks]},
        shapes=[column(place - BAR / 2, place + BAR / 2, palette.PANEL) for place in missing],
        annotations=[
            *(_word(place, "–", upright=True) for place in missing),
            *(_word(place, "away", upright=not phone) for place in absent),
            *([_AVAILABLE | {"y": known[-1][1]}] if known and not phone else []),
        ],
    )
    return figure(traces, drawn)


def _available(known: Sequence[tuple[int, float]]) -> Spec:
    """A short line over each bar (place, hours)."""
    across: list[float | None] = []
    at: list[float | None] = []
    for place, value in known:
        across += [place - LINE, place + LINE, None]
        at += [value, value, None]
    line = {"mode": "lines", "line": {"color": palette.INK, "width": 2}, "connectgaps": False}
    return {"type": "scatter", "x": across, "y": at, **line, "hoverinfo": "skip"}


def _word(place: int, text: str, *, upright: bool) -> Spec:
    return note(text, x=place, y=0, yanchor="bottom", textangle=0 if upright else -90)


def _hover(weeks: pd.DataFrame, value: str) -> list[str]:
    lines = []
    for row in weeks.to_dict("records"):
        said = [
            f"<b>Week of {label(row['week'])}</b>",
            f"{row[value]:.1f}{NBSP}h" if isfinite(row[value]) else "no data",
        ]
        if isfinite(row.get("available", nan)):
            said.append(f"of {row['available']:.1f}{NBSP}h available")
        if row["status"] == "open":
            said.append("still open")
        lines.append("<br>".join(part for part in said if part) + NBSP)
    return lines
