"""Coverage as a picture: units by weeks in classes. A result in, a figure out; no SQL, no screen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from core.calendar import label
from core.intake import quality_wording as wording
from core.intake.coverage import HIDDEN, IN, MOST, NONE, PART
from core.intake.quality import DataQuality
from core.metrics import palette
from core.metrics.chart import Spec, figure, layout, note
from core.metrics.definition import Band, Metric
from core.metrics.legend import legend

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW, HEADING_GAP, TOP = 30, 8, 26  # pixels
MARK = {IN: "", MOST: "most", PART: "part", NONE: "–", HIDDEN: "", "waiting": "wait"}
TONES = {IN: "within", MOST: "light", PART: "watch"}  # the more has come in, the paler
FILLS = {
    **{state: palette.CELLS[tone] for state, tone in TONES.items()},
    NONE: (palette.NODATA, palette.INK),
    HIDDEN: (palette.PAPER, palette.MUTED),
    "waiting": (palette.PANEL, palette.MUTED),
}
ORDER = (IN, MOST, PART, NONE, HIDDEN, "waiting")


def coverage_figure(found: DataQuality, *, phone: bool = False) -> "go.Figure":
    """Rows are units (the one looked at on top), columns closed weeks; a word in each cell that is not simply in."""
    tops = [place * ROW + (HEADING_GAP if place else 0) for place in range(len(found.rows))]
    height = tops[-1] + ROW
    weeks = [label(week) for week in found.weeks]
    traces = [trace for state in ORDER if (trace := _bars(found, state, tops))]
    shown = list(range(0, len(weeks), 2 if len(weeks) > 8 or phone else 1))
    names = {"tickvals": [top + ROW / 2 for top in tops], "ticktext": [_name(row, phone) for row in found.rows]}
    drawn = layout(
        height + TOP + 4,
        top=TOP,
        x={
            "range": [0, len(weeks)],
            "side": "top",
            "tickvals": [place + 0.5 for place in shown],
            "ticktext": [weeks[place] for place in shown],
        },
        y={"range": [height, 0], "showgrid": False, **names},
        barmode="overlay",
        bargap=0,
        annotations=_words(found, tops, phone=phone),
    )
    return figure(traces, drawn)


def coverage_legend(any_metric: Metric, *, width: float) -> "go.Figure":
    """The classes as swatches; `any_metric` lends its form, none of its bands is shown."""
    bands = (
        Band("In", 1.0, TONES[IN]),
        Band("Most groups in", 2.0, TONES[MOST]),
        Band("In part", None, TONES[PART]),
    )
    return legend(replace(any_metric, bands=bands), width=width)


def _name(row: object, phone: bool) -> str:
    name = escape(str(row.name), quote=False)  # type: ignore[attr-defined]
    if phone and len(name) > 16:
        name = name[:15] + "…"
    return f"<b>{name}</b>" if row.heading else name  # type: ignore[attr-defined]


def _bars(found: DataQuality, state: str, tops: Sequence[int]) -> Spec | None:
    """All cells of one class, as one trace of bars one week wide."""
    places = [
        (row, week, tops[row])
        for row, line in enumerate(found.rows)
        for week, cell in enumerate(line.cells)
        if cell.state == state
    ]
    if not places:
        return None
    fill, _ = FILLS[state]
    marker: Spec = {"color": fill, "line": {"width": 2, "color": palette.PAPER}}
    if state == HIDDEN:
        marker["pattern"] = {
            "shape": "/",
            "size": 6,
            "solidity": 0.25,
            "fgcolor": palette.HATCH,
            "bgcolor": palette.PAPER,
        }
    return {
        "type": "bar",
        "orientation": "h",
        "base": [week for _, week, _ in places],
        "x": [1] * len(places),
        "y": [top + ROW / 2 for _, _, top in places],
        "width": [ROW - 2] * len(places),
        "marker": marker,
        "hovertemplate": "%{customdata}<extra></extra>",
        "customdata": [_hover(found, row, week, found.weeks[week]) for row, week, _ in places],
    }


def _hover(found: DataQuality, row: int, place: int, week: date) -> str:
    line = found.rows[row]
    return f"<b>{escape(line.name)}</b><br>Week of {label(week)}: {escape(wording.cell_text(line.cells[place]))}"


def _words(found: DataQuality, tops: Sequence[int], *, phone: bool) -> list[Spec]:
    if len(found.weeks) > (8 if phone else 16):
        return []
    return [
        note(
            MARK[cell.state],
            size=10.2,
            colour=FILLS[cell.state][1],
            x=place + 0.5,
            y=top + ROW / 2,
            xref="x",
            yref="y",
            xanchor="center",
            yanchor="middle",
        )
        for line, top in zip(found.rows, tops, strict=True)
        for place, cell in enumerate(line.cells)
        if MARK[cell.state]
    ]
