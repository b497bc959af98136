"""The punch card as a figure: a row a day, a column an hour, four steps of one hue. No SQL, no arithmetic on values."""

from html import escape
from typing import TYPE_CHECKING

from core.metrics import palette
from core.metrics.chart import FONT, Spec, figure, layout
from core.metrics.legend import HIDDEN_WORDS
from core.metrics.wording import NBSP
from core.workload.activity_card import DAYS, ActivityCard

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW = {False: 22, True: 26}  # pixels: desktop, phone
TOP = 24  # room for the hours
TONES = ("quiet", "light", "steady", "busy")


def punch_card_figure(card: ActivityCard, *, phone: bool = False) -> "go.Figure":
    """The card as bars, one trace for each class that occurs; hatched all over when it is hidden, empty without data.

    The layout's height is exact.
    """
    every = range(24 if phone else 25)
    ticks = [hour for hour in every if hour % (6 if phone else 3) == 0]
    rows = ROW[phone]
    names = [day[:2] if phone else day[:3] for day in DAYS]
    described = layout(
        TOP + rows * len(DAYS),
        top=TOP,
        right=12,
        x={"side": "top", "range": [0, 24], "tickvals": ticks, "ticktext": [str(hour) for hour in ticks]},
        y={
            "range": [len(DAYS) * rows, 0],
            "tickvals": [(place + 0.5) * rows for place in range(len(DAYS))],
            "ticktext": names,
            "showgrid": False,
        },
        barmode="overlay",
        bargap=0,
    )
    return figure(_hidden(rows) if card.state == "hidden" else _classes(card, rows), described)


def _classes(card: ActivityCard, rows: int) -> list[Spec]:
    traces = []
    for level, group in card.hours.groupby("level", sort=True):
        cells = group.to_dict("records")
        fill, _ = palette.CELLS[TONES[int(str(level))]]
        traces.append(
            _bars(
                rows,
                days=[int(cell["weekday"]) for cell in cells],
                starts=[int(cell["hour"]) for cell in cells],
                lengths=[int(cell["hours"]) for cell in cells],
                words=[_hover(int(c["weekday"]), int(c["hour"]), int(c["hours"]), str(c["text"])) for c in cells],
                marker={"color": fill, "line": {"color": palette.PAPER, "width": 1.5}},
            )
        )
    return traces


def _hidden(rows: int) -> list[Spec]:
    pattern = {
        "shape": "/",
        "fgcolor": palette.HATCH,
        "bgcolor": palette.PAPER,
        "size": 5,
        "solidity": 0.2,
        "fillmode": "overlay",
    }
    marker: Spec = {"color": palette.PAPER, "pattern": pattern, "line": {"width": 0, "color": palette.PAPER}}
    days = list(range(1, len(DAYS) + 1))
    words = [f"{HIDDEN_WORDS}{NBSP}"] * len(days)
    return [_bars(rows, days=days, starts=[0] * len(days), lengths=[24] * len(days), words=words, marker=marker)]


def _bars(rows: int, *, days: list[int], starts: list[int], lengths: list[int], words: list[str], marker: Spec) -> Spec:
    return {
        "type": "bar",
        "orientation": "h",
        "base": starts,
        "x": lengths,
        "y": [(day - 0.5) * rows for day in days],
        "width": [rows] * len(days),
        "hovertext": words,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverlabel": {"font": {"family": FONT}},
        "marker": marker,
    }


def _hover(weekday: int, hour: int, hours: int, text: str) -> str:
    """When, and what. Lines end with a blank that does not break, or the last letter is clipped."""
    lines = [f"<b>{DAYS[weekday - 1]}</b> · {hour}–{hour + hours}", escape(text.capitalize(), quote=False)]
    return "<br>".join(f"{line}{NBSP}" for line in lines)
