"""The workload heatmap: a board in, a plotly figure out. No SQL, no screen, no arithmetic on values.

Cells are bars, not a heatmap trace: bars carry a hatch for what is hidden, can span the rows of a join, and tell which cell
was clicked. Positions are pixels, so that a line of text always fits its row.
"""

from dataclasses import dataclass
from datetime import date
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.calendar import label
from core.metrics import palette
from core.metrics.chart import BARE, FONT, HOVER, Spec, figure
from core.metrics.definition import Metric
from core.metrics.legend import HIDDEN_WORDS
from core.metrics.wording import NBSP, value_text
from core.workload.board import WorkloadBoard

if TYPE_CHECKING:
    import plotly.graph_objects as go

DIGITS_UP_TO = {False: 26, True: 10}  # weeks with digits in the cells: desktop, phone
HEADING_GAP = 7  # pixels under the unit's own row
TOP = 26  # room for the dates


@dataclass(frozen=True)
class Cell:
    """The address of a cell: the row's key and the Monday of the week. It is all that a click sends."""

    key: str
    week: date


@dataclass(frozen=True)
class _Line:
    """A row as drawn: `top` to `bottom` in pixels from the first row's top; `text` is its name over one or two lines."""

    key: str
    text: str
    heading: bool
    top: float
    bottom: float


@dataclass(frozen=True)
class _Sizes:
    """What differs between a desktop and a phone."""

    row: float
    extra: float  # added for a second line of name
    characters: int  # of a name, until it wraps
    digits: float
    ticks: int  # weeks between dates
    right: int


def _sizes(phone: bool, weeks: int) -> _Sizes:
    """Sizes for the number of weeks shown. The right margin leaves room for the last date over a narrow cell."""
    ticks = {8: 2, 26: 4}.get(weeks, 8)
    right = 4 if weeks <= DIGITS_UP_TO[True] else 18
    if phone:
        return _Sizes(27, 8, 15, 12, ticks if weeks <= DIGITS_UP_TO[True] else ticks * 2, right)
    return _Sizes(20.5, 10, 24, 10.2, ticks, right)


def heatmap(board: WorkloadBoard, *, selected: Cell | None = None, phone: bool = False) -> "go.Figure":
    """The board as a figure: a row a unit, a column a week, colour by band, hatch where hidden, flat where data is missing.

    The row of a join is not drawn; its cell spans the rows of its parts wherever they are not shown by themselves.
    `customdata` of every bar is [row key, ISO week]. Digits stand in cells for up to 26 weeks (10 on a phone).
    The layout's height is exact; a board without rows gives a figure without cells.
    """
    sizes = _sizes(phone, len(board.weeks))
    lines = _lines(board.rows, sizes)
    cells = _drawn(board)
    height = lines[-1].bottom if lines else 0.0
    places = {week: place for place, week in enumerate(board.weeks)}
    shown = list(range(len(board.weeks) - 1, -1, -sizes.ticks))
    layout = {
        "template": {},  # plotly's own template would bring its colours
        "barmode": "overlay",
        "bargap": 0,
        "dragmode": False,
        "hovermode": "closest",
        "showlegend": False,
        "paper_bgcolor": palette.CLEAR,
        "plot_bgcolor": palette.CLEAR,
        "margin": {"l": 0, "r": sizes.right, "t": TOP, "b": 0, "pad": 4},
        "height": round(height) + TOP,
        "font": {"family": FONT, "color": palette.INK},
        "hoverlabel": HOVER,
        "xaxis": {
            **BARE,
            "showgrid": False,
            "side": "top",
            "range": [0, len(board.weeks)],
            "tickvals": [place + 0.5 for place in shown],
            "ticktext": [label(board.weeks[place]) for place in shown],
            "tickfont": {"size": 12.5, "color": palette.MUTED},
        },
        "yaxis": {
            **BARE,
            "showgrid": False,
            "range": [height, 0],
            "tickvals": [(line.top + line.bottom) / 2 for line in lines],
            "ticktext": [line.text for line in lines],
            "tickfont": {"size": 12.5, "color": palette.INK},
            "automargin": True,
        },
        "shapes": _outlines(cells, lines, places, selected),
    }
    return figure(_bars(board, cells, lines, sizes, digits=len(board.weeks) <= DIGITS_UP_TO[phone]), layout)


def _lines(rows: pd.DataFrame, sizes: _Sizes) -> list[_Line]:
    """One line per row that is drawn, with its place in pixels. A join has no line of its own."""
    lines: list[_Line] = []
    top = 0.0
    for row in rows[rows["kind"] != "join"].itertuples():
        parts = wrap(row.name, sizes.characters, max_lines=2, placeholder="…", break_long_words=True) or [row.name]
        bottom = top + sizes.row + (sizes.extra if len(parts) > 1 else 0.0)
        text = "<br>".join(escape(part, quote=False) for part in parts)
        lines.append(_Line(row.key, f"<b>{text}</b>" if row.heading else text, row.heading, top, bottom))
        top = bottom + (HEADING_GAP if row.heading else 0.0)
    return lines


def drawn_cells(board: WorkloadBoard) -> pd.DataFrame:
    """The cells that the picture draws, one per bar: the board's columns and `over`, the keys of the rows it spans (tuple).

    'Others' without a cell are not drawn: there is no remainder that week, which is neither hidden nor missing.
    A part of a join whose cell is shown with the join gives way to the join's cell, which spans the parts that gave way; in
    weeks in which none does, the join's cell is not drawn. Where other rows stand between its parts (units were joined
    differently in another quarter), it is drawn once for each group that stands together.
    """
    return pd.DataFrame(_drawn(board), columns=[*board.cells.columns, "over"])


def _drawn(board: WorkloadBoard) -> list[dict[str, Any]]:
    """The rows of `drawn_cells`."""
    kinds = dict(zip(board.rows["key"], board.rows["kind"], strict=True))
    places = {key: place for place, key in enumerate(key for key, kind in kinds.items() if kind != "join")}
    cells: list[dict[str, Any]] = board.cells.to_dict("records")
    parts: dict[tuple[str, date], list[str]] = {}
    for cell in cells:
        if kinds.get(cell["shown_with"]) == "join" and kinds[cell["key"]] != "join":
            parts.setdefault((cell["shown_with"], cell["week"]), []).append(cell["key"])
    drawn = []
    for cell in cells:
        kind = kinds[cell["key"]]
        if kind == "join":
            groups = _standing_together(parts.get((cell["key"], cell["week"]), []), places)
        elif kinds.get(cell["shown_with"]) == "join" or (kind == "others" and cell["status"] == "missing"):
            groups = []
        else:
            groups = [(cell["key"],)]
        drawn += [{**cell, "over": group} for group in groups]
    return drawn


def _standing_together(keys: list[str], places: dict[str, int]) -> list[tuple[str, ...]]:
    """`keys` in the order of the rows, cut wherever another row stands between two of them."""
    groups: list[list[str]] = []
    for key in sorted(keys, key=places.__getitem__):
        if groups and places[key] == places[groups[-1][-1]] + 1:
            groups[-1].append(key)
        else:
            groups.append([key])
    return [tuple(group) for group in groups]


def _bars(
    board: WorkloadBoard, cells: list[dict[str, Any]], lines: list[_Line], sizes: _Sizes, *, digits: bool
) -> list[Spec]:
    """One trace per look: each tone, hidden, missing. Every cell is one bar of its trace."""
    edges = {line.key: (line.top, line.bottom) for line in lines}
    places = {week: place for place, week in enumerate(board.weeks)}
    names = dict(zip(board.rows["key"], board.rows["name"], strict=True))
    looks: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for cell in cells:
        looks.setdefault((cell["status"], cell["tone"]), []).append(cell)
    traces = []
    for (status, tone), alike in sorted(looks.items()):
        tops = [edges[cell["over"][0]][0] for cell in alike]
        bottoms = [edges[cell["over"][-1]][1] for cell in alike]
        fill, ink = palette.CELLS[tone] if status == "shown" else (palette.NODATA, palette.MUTED)
        plain = {"color": fill, "line": {"color": palette.PAPER, "width": 1.5}}
        trace = {
            "type": "bar",
            "name": status if status != "shown" else (tone or "no band"),
            "orientation": "h",
            "base": [places[cell["week"]] for cell in alike],
            "x": [1] * len(alike),
            "y": [(top + bottom) / 2 for top, bottom in zip(tops, bottoms, strict=True)],
            "width": [bottom - top for top, bottom in zip(tops, bottoms, strict=True)],
            "customdata": [[cell["key"], cell["week"].isoformat()] for cell in alike],
            "textposition": "inside" if digits else "none",
            "insidetextanchor": "middle",
            "textangle": 0,
            "constraintext": "none",
            "textfont": {"size": sizes.digits, "color": ink, "family": FONT},
            "hovertext": [_hover(board.metric, names[cell["key"]], cell) for cell in alike],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "marker": _hatched() if status == "hidden" else plain,
        }
        if digits:
            trace["text"] = [{"shown": cell["digits"], "missing": "–", "hidden": ""}[status] for cell in alike]
        traces.append(trace)
    return traces


def _hatched() -> Spec:
    """How hidden looks: diagonal lines that run through from cell to cell."""
    pattern = {
        "shape": "/",
        "fgcolor": palette.HATCH,
        "bgcolor": palette.PAPER,
        "size": 5,
        "solidity": 0.2,
        "fillmode": "overlay",
    }
    return {"color": palette.PAPER, "pattern": pattern, "line": {"width": 0, "color": palette.PAPER}}


def _hover(metric: Metric, name: str, cell: dict[str, Any]) -> str:
    """Who and when, what, how sure. Lines end with a blank that does not break, or the last letter is clipped."""
    lines = [f"<b>{escape(name, quote=False)}</b> · {label(cell['week'])}"]
    if cell["status"] == "hidden":
        lines.append(HIDDEN_WORDS)
        if cell["shown_with_name"]:
            lines.append(f"These hours count in {escape(cell['shown_with_name'], quote=False)}")
    elif cell["status"] == "missing":
        lines += ["No data was received", "This is not zero"]
    else:
        low, high = interval_texts(metric, cell["low"], cell["high"])
        lines.append(f"<b>{escape(cell['text'], quote=False)}</b>" + (f" ({low} to {high})" if low else ""))
        people = f"{cell['n_band']} people" if cell["n_band"] else ""
        lines.append(" · ".join(part for part in (cell["band"], people) if part))
    return "<br>".join(f"{line}{NBSP}" for line in lines if line)


def interval_texts(metric: Metric, low: float | None, high: float | None) -> tuple[str, str]:
    """Both ends of an interval as people read them; two empty texts when there is none."""
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return "", ""
    return value_text(metric, float(low)), value_text(metric, float(high))


def _outlines(
    cells: list[dict[str, Any]], lines: list[_Line], places: dict[date, int], selected: Cell | None
) -> list[Spec]:
    """A thin frame round the selected row and a strong one round its cell; nothing when it is not in the picture."""
    if selected is None or selected.week not in places:
        return []
    edges = {line.key: (line.top, line.bottom) for line in lines}
    own = (selected.key,) if selected.key in edges else ()
    spans = (cell["over"] for cell in cells if (cell["key"], cell["week"]) == (selected.key, selected.week))
    over = next(spans, own)
    if not over:
        return []
    span = {"y0": edges[over[0]][0], "y1": edges[over[-1]][1]}
    frame = {"type": "rect", "xref": "x", "yref": "y", "fillcolor": palette.CLEAR, **span}
    left = places[selected.week]
    return [
        {**frame, "x0": 0, "x1": len(places), "line": {"color": palette.INK, "width": 1}},
        {**frame, "x0": left, "x1": left + 1, "line": {"color": palette.INK, "width": 3}},
    ]
