"""The legend of a measure: its bands as swatches, then what hatch and grey mean; the same on every screen.

A figure of its own, in pixels, because a chart's own legend has no hatch and moves with the width.
"""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from core.metrics import palette
from core.metrics.chart import Spec, figure, note
from core.metrics.definition import Metric

if TYPE_CHECKING:
    import plotly.graph_objects as go

HIDDEN_WORDS = "Not shown, to protect people"
MISSING_WORDS = "No data"
UNBANDED_WORDS = "No bands are published for this measure"

# Advance widths of Hanken Grotesk in thousandths of its size, measured; what is not listed counts as 560, as digits do.
_WIDTHS = {
    220: "ij()",
    240: " !,.:;I",
    260: "l|",
    320: "-",
    340: "ft·",
    400: "r",
    420: "/–",
    480: "sz",
    520: "cgvxyL",
    580: "bdopqETZ",
    600: "BRY",
    640: "AKX",
    660: "UV",
    680: "DHN",
    700: "C",
    740: "%GOw",
    820: "m",
    840: "M",
    960: "W",
}
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
SWATCH, AFTER_SWATCH, BETWEEN, LEGEND_LINE, LEGEND_SIZE = 13, 8, 22, 21, 12.5
_TOP_LEFT: Spec = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "middle"}


def text_width(text: str, size: float = LEGEND_SIZE) -> float:
    """Width of `text` in pixels when set in Hanken Grotesk of `size` pixels."""
    return sum(_WIDTH_OF.get(letter, 560) for letter in text) * size / 1000


def legend_places(entries: Sequence[str], width: float) -> list[tuple[float, int]]:
    """Where each entry starts (pixels from the left) and on which line (from 0), so that no line is wider than `width`."""
    places: list[tuple[float, int]] = []
    left, line = 0.0, 0
    for entry in entries:
        wide = SWATCH + AFTER_SWATCH + text_width(entry)
        if left and left + wide > width:
            left, line = 0.0, line + 1
        places.append((left, line))
        left += wide + BETWEEN
    return places


def legend(metric: Metric, *, width: float, hidden: bool = True, missing: bool = True) -> "go.Figure":
    """The bands of `metric` as swatches with their names, then what hatch and grey mean; wrapped into `width` pixels."""
    looks: list[tuple[str, str]] = [(band.name, palette.CELLS[band.tone][0]) for band in metric.bands]
    if not looks:
        looks.append((UNBANDED_WORDS, palette.CELLS[""][0]))
    looks += [(HIDDEN_WORDS, "")] * hidden + [(MISSING_WORDS, palette.NODATA)] * missing
    places = legend_places([name for name, _ in looks], width)
    shapes: list[Spec] = []
    notes: list[Spec] = []
    for (name, fill), (left, line) in zip(looks, places, strict=True):
        middle = line * LEGEND_LINE + LEGEND_LINE / 2
        shapes += _swatch(left, middle, fill)
        shift: Spec = {"xshift": left + SWATCH + AFTER_SWATCH, "yshift": -middle}
        notes.append(note(escape(name, quote=False), size=LEGEND_SIZE, **_TOP_LEFT, **shift))
    hidden_axis = {"visible": False, "fixedrange": True, "range": [0, 1]}
    layout = {
        "template": {},  # plotly's own template would bring its colours
        "height": (places[-1][1] + 1) * LEGEND_LINE,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": palette.CLEAR,
        "plot_bgcolor": palette.CLEAR,
        "showlegend": False,
        "dragmode": False,
        "hovermode": False,
        "shapes": shapes,
        "annotations": notes,
        "xaxis": hidden_axis,
        "yaxis": hidden_axis,
    }
    return figure((), layout)


def _swatch(left: float, middle: float, fill: str) -> list[Spec]:
    """A square of 13 pixels; without a fill it is hatched by five lines."""
    pixels = {"xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": 1}
    top, bottom = -(middle - SWATCH / 2), -(middle + SWATCH / 2)
    square: Spec = {
        **pixels,
        "type": "rect",
        "x0": left,
        "x1": left + SWATCH,
        "y0": bottom,
        "y1": top,
        "fillcolor": fill or palette.PAPER,
        "line": {"width": 0 if fill else 1, "color": palette.HATCH},
    }
    if fill:
        return [square]
    hatch: list[Spec] = [square]
    for start, end in _diagonals():
        (x0, y0), (x1, y1) = start, end
        stroke = {"width": 1, "color": palette.HATCH}
        hatch.append(
            {
                **pixels,
                "type": "line",
                "x0": left + x0,
                "x1": left + x1,
                "y0": bottom + y0,
                "y1": bottom + y1,
                "line": stroke,
            }
        )
    return hatch


def _diagonals() -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Five strokes from lower left to upper right through a square of 13 pixels."""
    marks = []
    for offset in (-8.0, -4.0, 0.0, 4.0, 8.0):
        start = (max(0.0, -offset), max(0.0, offset))
        end = (min(float(SWATCH), SWATCH - offset), min(float(SWATCH), SWATCH + offset))
        marks.append((start, end))
    return marks
