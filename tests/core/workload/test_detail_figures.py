"""The two charts beside the heatmap: uncertainty is drawn, gaps are gaps, and no colour is one of their own."""

import json
import re
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from core.metrics import palette
from core.policy import Policy
from core.workload.unit_figures import SIBLING_ROW, siblings, trend
from tests.core.workload.details import RISEN, Values, fabricated_detail

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)")
GAPPED: Values = [0.95, 0.96, "hidden", "hidden", 0.95, "missing", RISEN, RISEN]
EXAMPLES = {
    "gaps": fabricated_detail(GAPPED),
    "one week": fabricated_detail([RISEN]),
    "nothing shown": fabricated_detail(["hidden"] * 8),
    "no history": fabricated_detail([RISEN] * 8, before=["missing"] * 26),
    "far out": fabricated_detail([0.2, 2.4] * 4),
    "a year": fabricated_detail([0.95] * 52),
    "nought": fabricated_detail([0.0] * 8, before=[0.0] * 26),
    "hours": fabricated_detail([7.2, 9.1] * 4, before=[7.0, 7.4] * 13, metric="meeting_hours"),
}


def line_of(figure: go.Figure) -> go.Scatter:
    """The trace that draws the values."""
    return next(trace for trace in figure.data if trace.line.color == palette.DATA and trace.hovertext is not None)


def intervals(figure: go.Figure) -> list[go.Scatter]:
    """The filled parts of the interval."""
    return [trace for trace in figure.data if trace.fill == "toself"]


def points_outside(figure: go.Figure) -> list[int]:
    """The places of the weeks that are marked as beyond the limits."""
    marked = next(trace for trace in figure.data if trace.mode == "markers" and trace.marker.size == 7)
    assert set(marked.marker.color) <= {palette.OVER}
    assert (marked.marker.size, marked.marker.line.color) == (7, palette.PAPER)
    return list(marked.x)


def words_of(figure: go.Figure) -> list[str]:
    """The labels beside the plot."""
    return [str(each.text).replace("\u00a0", " ") for each in figure.layout.annotations]


@pytest.mark.parametrize("draw", [trend, siblings])
@pytest.mark.parametrize("name", list(EXAMPLES))
def test_a_figure_contains_no_colour_but_the_thirty_slots(name: str, draw: object) -> None:
    """Of every row: the theme decides all colours, some of them translucent."""
    figure = draw(EXAMPLES[name])  # type: ignore[operator]
    found = set(COLOUR.findall(json.dumps(figure.to_plotly_json(), default=str)))

    assert found
    assert {each if each == palette.CLEAR else each[:7] for each in found} <= {*palette.SLOTS, palette.CLEAR}


def test_the_interval_breaks_where_nothing_is_shown() -> None:
    """Three stretches of neighbouring weeks, each closed round its own lows and highs; none spans a gap."""
    parts = intervals(trend(EXAMPLES["gaps"]))

    assert [sorted({round(x) for x in part.x}) for part in parts] == [[0, 1], [4], [6, 7]]
    assert list(parts[0].y) == pytest.approx([0.98, 0.99, 0.93, 0.92])
    assert all(part.fillcolor == palette.INTERVAL for part in parts)


def test_the_line_breaks_where_nothing_is_shown() -> None:
    """No value, not zero and not a line across."""
    line = line_of(trend(EXAMPLES["gaps"]))

    assert list(line.y) == [0.95, 0.96, None, None, 0.95, None, RISEN, RISEN]
    assert line.connectgaps is False


def test_hidden_and_missing_weeks_are_columns_of_different_colours() -> None:
    """Hidden in the colour of the panel, no data in its own; shown weeks have no column."""
    columns = [shape for shape in trend(EXAMPLES["gaps"]).layout.shapes if shape.type == "rect"]

    assert [(shape.x0 + 0.5, shape.fillcolor) for shape in columns] == [
        (2, palette.PANEL),
        (3, palette.PANEL),
        (5, palette.NODATA),
    ]


def test_the_own_limits_are_drawn_and_points_beyond_them_marked() -> None:
    """Two dotted lines at 0.95 ± 2.66 x 0.02; the two risen weeks carry the mark of strain."""
    figure = trend(EXAMPLES["gaps"])
    lines = [shape for shape in figure.layout.shapes if shape.type == "line"]

    assert [round(shape.y0, 4) for shape in lines] == [0.8968, 1.0032]
    assert {shape.line.dash for shape in lines} == {"dot"}
    assert points_outside(figure) == [6, 7]


def test_without_history_there_are_no_limits_and_no_marks() -> None:
    """Too little history: neither lines nor points nor the words in the margin."""
    figure = trend(EXAMPLES["no history"])

    assert not [shape for shape in figure.layout.shapes if shape.type == "line"]
    assert points_outside(figure) == []
    assert words_of(figure) == ["<b>120 %</b>"]


def test_the_margin_says_the_newest_value_and_the_usual_swing_without_touching() -> None:
    """The value is bold; two labels stand at least a line apart, however close the numbers are."""
    for name in ("gaps", "a year"):
        figure = trend(EXAMPLES[name])
        places = sorted(each.yshift for each in figure.layout.annotations)

        assert "usual swing<br>90–100 %" in words_of(figure)
        assert [text for text in words_of(figure) if text.startswith("<b>")] == [
            "<b>120 %</b>" if name == "gaps" else "<b>95 %</b>"
        ]
        assert places[1] - places[0] >= 28


def test_the_axis_of_load_is_the_same_for_every_unit() -> None:
    """70 to 140 percent, never stretched to the row; widened in whole steps for what would not fit."""
    assert trend(EXAMPLES["gaps"]).layout.yaxis.range == trend(EXAMPLES["a year"]).layout.yaxis.range == (0.7, 1.4)
    low, high = trend(EXAMPLES["far out"]).layout.yaxis.range
    assert low <= 0.17 and high >= 2.43


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_everything_drawn_lies_on_the_axis(name: str) -> None:
    """Values, interval and limits of every example; ticks are few, ascending and on the axis."""
    figure = trend(EXAMPLES[name])
    low, high = figure.layout.yaxis.range
    drawn = [y for trace in figure.data for y in trace.y if y is not None]
    drawn += [shape.y0 for shape in figure.layout.shapes if shape.type == "line"]
    ticks = list(figure.layout.yaxis.tickvals)

    assert all(low - 1e-9 <= y <= high + 1e-9 for y in drawn if y >= 0)
    assert 2 <= len(ticks) <= 5 and ticks == sorted(set(ticks))
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)


def test_heights_are_exact_and_charts_stand_still() -> None:
    """200 pixels for the trend, as much for each sibling as a line of text needs; nothing can be dragged or zoomed."""
    found = EXAMPLES["gaps"]
    figures = trend(found), siblings(found)
    shorter = siblings(replace(found, siblings=found.siblings.iloc[:1]))

    assert figures[0].layout.height == 200
    assert figures[1].layout.height - shorter.layout.height == 2 * SIBLING_ROW >= 2 * 24
    for figure in figures:
        assert figure.layout.dragmode is False
        assert figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange


def test_siblings_stand_by_name_with_their_words() -> None:
    """From the top by name, the selected one bold, each with its word; the axis runs from the bottom."""
    found = EXAMPLES["gaps"]
    figure = siblings(found)
    rows = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    words = {each.y: each.text for each in figure.layout.annotations}

    assert [rows[place] for place in sorted(rows, reverse=True)][0::2] == ["Calm", "Small"]
    assert "<b>" in rows[1]
    assert [words[place] for place in sorted(words, reverse=True)][:2] == ["lower", "selected"]
    assert words[0].startswith("not shown")


def test_bars_of_siblings_are_comparison_intervals() -> None:
    """± 1.39 standard errors round the mean, narrower than the 95 % interval; a hidden sibling has neither bar nor dot."""
    found = EXAMPLES["gaps"]
    figure = siblings(found)
    bars = [trace for trace in figure.data if trace.mode == "lines"]
    dots = [trace for trace in figure.data if trace.mode == "markers"]

    assert len(bars) == len(dots) == 2
    for bar, dot in zip(bars, dots, strict=True):
        assert list(bar.x) == pytest.approx([dot.x[0] - 1.39 * 0.03 / 1.959964, dot.x[0] + 1.39 * 0.03 / 1.959964])
    assert {place for trace in (*bars, *dots) for place in trace.y} == {1, 2}


@pytest.mark.parametrize("draw", [trend, siblings])
def test_a_name_is_text_in_every_label(draw: object) -> None:
    """A unit whose name looks like markup is written as it is."""
    drawn = json.dumps(draw(EXAMPLES["gaps"]).to_plotly_json(), default=str)  # type: ignore[operator]

    assert "<img" not in drawn and "<b>refunds" not in drawn


def test_nothing_shown_draws_no_number() -> None:
    """A row that is hidden throughout: columns only, and limits from the weeks before it was hidden."""
    figure = trend(EXAMPLES["nothing shown"])

    assert not intervals(figure)
    assert not [y for trace in figure.data for y in trace.y if y is not None]
    assert not [text for text in words_of(figure) if text.startswith("<b>")]


def test_units_are_written_at_every_tick() -> None:
    """Percent for load, hours for meetings."""
    assert all(text.endswith("\u00a0%") for text in trend(EXAMPLES["gaps"]).layout.yaxis.ticktext)
    assert all(text.endswith("\u00a0h") for text in trend(EXAMPLES["hours"]).layout.yaxis.ticktext)


def test_the_words_beside_the_charts_hold_the_same_counts() -> None:
    """What a screen reader hears is what is drawn: shown weeks, those beyond, siblings by verdict."""
    found = EXAMPLES["gaps"]

    assert found.trend_alt.replace("\u00a0", " ").endswith(
        "newest shown 120 %, usual swing 90–100 %, 2 of 5 shown weeks beyond it."
    )
    assert found.siblings_alt.endswith("last four weeks: 1 lower, 1 not shown.")
    assert Policy().utilisation_bands[2] < RISEN
