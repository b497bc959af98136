"""The thirty colours of every chart, by meaning. Figures name a meaning, never a colour.

Each name is a placeholder that the screens replace by the active theme's colour: slots 1 to 10 are the theme's categorical,
11 to 20 its sequential and 21 to 30 its diverging colours. One figure therefore serves light and dark. Two more digits make
a slot translucent (`DATA + "33"`).
"""

import tomllib
from pathlib import Path

DATA = "#000001"
INK = "#000002"
CONTEXT = "#000003"
WATCH = "#000004"
OVER = "#000005"
CRITICAL = "#000006"
HOURS = "#000007"  # what the hours say
COPING = "#000008"  # what helps people cope; a mark, never text
INTERVAL = "#000009"
NODATA = "#000010"
LOW_FILL = "#000011"
WITHIN_FILL = "#000012"
WATCH_FILL = "#000013"
OVER_FILL = "#000014"
CRITICAL_FILL = "#000015"
LOW_TEXT = "#000016"
WITHIN_TEXT = "#000017"
WATCH_TEXT = "#000018"
OVER_TEXT = "#000019"
CRITICAL_TEXT = "#000020"
MUTED = "#000021"
GRID = "#000022"
RULE = "#000023"
PAPER = "#000024"
PANEL = "#000025"
OK_WORDS = "#000026"
WATCH_WORDS = "#000027"
OVER_WORDS = "#000028"
CRITICAL_WORDS = "#000029"
HATCH = "#000030"
CLEAR = "rgba(0,0,0,0)"  # the one colour that needs no slot: nothing is drawn

SLOTS = tuple(f"#{number:06d}" for number in range(1, 31))

# tone of a band (core.metrics.definition.Band.tone) -> fill of a cell, digits on it. '' is a measure without bands;
# the last four are the classes of a punch card, one hue that says nothing about strain.
CELLS: dict[str, tuple[str, str]] = {
    "low": (LOW_FILL, LOW_TEXT),
    "within": (WITHIN_FILL, WITHIN_TEXT),
    "watch": (WATCH_FILL, WATCH_TEXT),
    "over": (OVER_FILL, OVER_TEXT),
    "critical": (CRITICAL_FILL, CRITICAL_TEXT),
    "": (PANEL, INK),
    "quiet": (PANEL, MUTED),
    "light": (DATA + "38", INK),
    "steady": (DATA + "80", INK),
    "busy": (DATA, PAPER),
}


def theme_colours(config: Path, mode: str) -> dict[str, str]:
    """Slot -> hex colour, read from the theme in `config` (config.toml) for `mode` 'light' or 'dark'.

    For everything that is not drawn by the theme itself: coloured tables and exports.

    Raises:
        KeyError: the theme lacks the mode or one of its three lists of ten colours.
    """
    theme = tomllib.loads(config.read_text(encoding="utf-8"))["theme"][mode]
    colours = [*theme["chartCategoricalColors"], *theme["chartSequentialColors"], *theme["chartDivergingColors"]]
    return dict(zip(SLOTS, colours, strict=True))
