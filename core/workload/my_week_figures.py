"""The person's own weeks as bars, with a short line for the hours that were available."""

from collections.abc import Sequence
from math import isfinite, nan

import pandas as pd
import plotly.graph_objects as go

from core.calendar import label
from core.metrics import palette
from core.metrics.chart import TICKS, frame
from core.metrics.wording import NBSP

HEIGHT = 220
TALLEST = 50.0  # hours on the axis, more only when a week was longer: the picture is not stretched to its own range
BAR, LINE = 0.6, 0.4  # width of a bar, half the width of the line over it, in weeks
_RIGHT = {False: 96, True: 14}  # on a phone half a date, or the newest one would be left out
_STEP = 20


def own_weeks(weeks: pd.DataFrame, value: str, *, phone: bool = False) -> go.Figure:
    """Bars of the column `value` (hours), one for each row of `weeks` (columns week, status, away, `value`, maybe available).

    An open week is paler. A week away says so. A week without data is a quiet column with a dash, never a bar of no height.
    The line's label stands at its end; on a phone the caption under the chart names it, so that the bars get the width.
    """
    hours = [float(each) for each in weeks[value]]
    available = [float(each) for each in weeks["available"]] if "available" in weeks else None
    figure = frame(HEIGHT, right=_RIGHT[phone or available is None])
    places = list(range(len(weeks)))
    for place, status in zip(places, weeks["status"], strict=True):
        if status == "missing":
            figure.add_vrect(
                x0=place - BAR / 2, x1=place + BAR / 2, fillcolor=palette.PANEL, line_width=0, layer="below"
            )
            _word(figure, place, "–")
        elif weeks["away"].iloc[place] and not hours[place] > 0:
            _word(figure, place, "away", upright=not phone)
    opened = [0.55 if status == "open" else 1.0 for status in weeks["status"]]
    figure.add_bar(
        x=places,
        y=[value if isfinite(value) else None for value in hours],
        width=BAR,
        marker={"color": palette.DATA, "opacity": opened, "line": {"width": 0}},
        customdata=_hover(weeks, value),
        hovertemplate="%{customdata}<extra></extra>",
    )
    ends = [*hours, *(available or [])]
    if available is not None:
        _available(figure, available, label_at_end=not phone)
    top = max([TALLEST, *(value * 1.05 for value in ends if isfinite(value))])
    ticks = list(range(0, int(top) + 1, _STEP))
    figure.update_yaxes(range=[0, top], tickvals=ticks, ticktext=[f"{tick}{NBSP}h" for tick in ticks])
    every = 3 if phone else 2
    named = [place for place in places if (len(places) - 1 - place) % every == 0]
    figure.update_xaxes(
        range=[-0.6, len(places) - 0.4],
        tickvals=named,
        ticktext=[label(weeks["week"].iloc[place]).replace(" ", NBSP) for place in named],
    )
    return figure


def _available(figure: go.Figure, available: Sequence[float], *, label_at_end: bool) -> None:
    known = [(place, float(value)) for place, value in enumerate(available) if value > 0]
    across: list[float | None] = []
    at: list[float | None] = []
    for place, value in known:
        across += [place - LINE, place + LINE, None]
        at += [value, value, None]
    figure.add_scatter(
        x=across, y=at, mode="lines", line={"color": palette.INK, "width": 2}, hoverinfo="skip", connectgaps=False
    )
    if known and label_at_end:
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            y=known[-1][1],
            text="available<br>hours",
            align="left",
            showarrow=False,
            font={"size": TICKS, "color": palette.MUTED},
        )


def _word(figure: go.Figure, place: int, text: str, *, upright: bool = True) -> None:
    figure.add_annotation(
        x=place,
        y=0,
        yanchor="bottom",
        text=text,
        textangle=0 if upright else -90,
        showarrow=False,
        font={"size": TICKS, "color": palette.MUTED},
    )


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
