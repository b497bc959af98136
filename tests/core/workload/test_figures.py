"""The workload heatmap: bars with a meaning, and no colour that is not a slot."""

import json
import re
from itertools import pairwise
from pathlib import Path

import plotly.graph_objects as go
import pytest

from core.metrics import palette
from core.metrics.legend import LEGEND_LINE, SWATCH, legend, legend_places, text_width
from core.workload.board import WorkloadBoard
from core.workload.figures import Cell, drawn_cells, heatmap
from tests.core.workload.boards import JOIN_NAME, LAST, fabricated_board, metric_called

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)")


def bars(figure: go.Figure) -> dict[tuple[str, str], dict[str, object]]:
    """Every bar by its address (row key, ISO week): where it lies and what it looks like."""
    found = {}
    for trace in figure.data:
        for place, address in enumerate(trace.customdata):
            found[tuple(address)] = {
                "trace": trace.name,
                "top": trace.y[place] - trace.width[place] / 2,
                "bottom": trace.y[place] + trace.width[place] / 2,
                "left": trace.base[place],
                "wide": trace.x[place],
                "hatch": trace.marker.pattern.shape,
                "fill": trace.marker.color,
                "text": trace.text[place] if trace.text else None,
                "hover": trace.hovertext[place],
            }
    return found


@pytest.fixture
def board() -> WorkloadBoard:
    """Eight weeks of everything."""
    return fabricated_board()


def test_a_figure_contains_no_colour_but_the_thirty_slots(board: WorkloadBoard) -> None:
    """Neither the heatmap nor the legend of any measure names a colour of its own; the theme decides all of them."""
    figures = [
        heatmap(board, selected=Cell("unit:2", LAST)),
        *(legend(metric_called(name), width=400) for name in ("utilisation", "focus_hours", "viva_email")),
    ]
    for figure in figures:
        found = set(COLOUR.findall(json.dumps(figure.to_plotly_json(), default=str)))
        assert found
        assert found <= {*palette.SLOTS, palette.CLEAR}


def test_every_drawn_cell_is_one_bar(board: WorkloadBoard) -> None:
    """Bars and drawn cells agree one to one, and each bar is a week wide and starts at its week."""
    drawn = drawn_cells(board)
    found = bars(heatmap(board))

    assert sum(len(trace.customdata) for trace in heatmap(board).data) == len(drawn) == len(found)
    for key, week in zip(drawn["key"], drawn["week"], strict=True):
        bar = found[key, week.isoformat()]
        assert (bar["left"], bar["wide"]) == (board.weeks.index(week), 1)


def test_hidden_is_hatched_and_missing_is_flat(board: WorkloadBoard) -> None:
    """Hidden cells carry a hatch and no digit; missing ones the flat colour of no data and a dash."""
    found = bars(heatmap(board))
    hidden = found["unit:2", board.weeks[-1].isoformat()]
    missing = found["unit:2", board.weeks[-2].isoformat()]

    assert (hidden["hatch"], hidden["text"]) == ("/", "")
    assert (missing["hatch"], missing["fill"], missing["text"]) == (None, palette.NODATA, "–")
    assert {bar["hatch"] for bar in found.values() if bar["trace"] != "hidden"} == {None}


def test_a_hidden_cell_gives_no_value_away(board: WorkloadBoard) -> None:
    """The hover of a hidden cell says where its hours count, and holds no number but the date."""
    hover = bars(heatmap(board))["unit:2", board.weeks[-1].isoformat()]["hover"]

    assert "Not shown, to protect people" in hover
    assert "These hours count in Products" in hover
    assert re.findall(r"\d+", hover.replace("2 Mar", "")) == []


def test_a_join_is_one_bar_across_the_rows_of_its_parts(board: WorkloadBoard) -> None:
    """The join's bar reaches from the top of the first part to the bottom of the last; the parts have none that week."""
    found = bars(heatmap(board))
    first, later = board.weeks[0].isoformat(), board.weeks[-1].isoformat()
    join = found["join:9", later]

    assert join["top"] == found["unit:3", first]["top"]
    assert join["bottom"] == found["unit:4", first]["bottom"]
    assert not {("unit:3", later), ("unit:4", later), ("join:9", first)} & set(found)


def test_bars_of_one_week_do_not_overlap(board: WorkloadBoard) -> None:
    """In every week the bars lie under each other without touching another's space."""
    found = bars(heatmap(board))
    for week in board.weeks:
        column = sorted((bar["top"], bar["bottom"]) for (_, day), bar in found.items() if day == week.isoformat())
        assert all(above[1] <= below[0] + 1e-9 for above, below in pairwise(column))


def test_parts_that_stand_apart_get_a_bar_each(board: WorkloadBoard) -> None:
    """Where another row stands between two parts, the join's cell is drawn for each of them and not across the other."""
    order = ["unit:1", "unit:3", "unit:2", "unit:4", "join:9", "unit:5", "others:1"]
    apart = board.rows.set_index("key").loc[order].reset_index()
    drawn = drawn_cells(WorkloadBoard(**{**vars(board), "rows": apart}))
    spans = drawn[(drawn["key"] == "join:9") & (drawn["week"] == LAST)]["over"].tolist()

    assert spans == [("unit:3",), ("unit:4",)]


def test_a_week_without_others_is_blank(board: WorkloadBoard) -> None:
    """Where nothing is left over there is no cell of others: it is neither hidden nor without data."""
    nothing_left = (board.cells["key"] == "others:1") & (board.cells["week"] == LAST)
    cells = board.cells.assign(status=board.cells["status"].mask(nothing_left, "missing"))
    found = bars(heatmap(WorkloadBoard(**{**vars(board), "cells": cells})))

    assert ("others:1", LAST.isoformat()) not in found
    assert ("others:1", board.weeks[0].isoformat()) in found


def test_the_join_has_no_line_of_its_own(board: WorkloadBoard) -> None:
    """Row labels are the units and others; the join's name stands in the hover of its bar."""
    figure = heatmap(board)

    assert len(figure.layout.yaxis.ticktext) == len(board.rows) - 1
    assert not any(JOIN_NAME in text for text in figure.layout.yaxis.ticktext)
    assert JOIN_NAME in bars(figure)["join:9", LAST.isoformat()]["hover"]


def test_names_are_text_and_never_markup(board: WorkloadBoard) -> None:
    """A unit's name that looks like HTML is escaped in labels and hovers; only the heading's own bold remains."""
    figure = heatmap(board)
    labels = " ".join(figure.layout.yaxis.ticktext)
    hovers = " ".join(bar["hover"] for bar in bars(figure).values())

    assert "<b>refunds" not in labels + hovers
    assert "&lt;b&gt;refunds" in hovers.replace("<br>", " ")
    assert labels.count("<b>") == 1


def test_long_names_wrap_and_their_row_grows(board: WorkloadBoard) -> None:
    """A name longer than a line takes two lines in a taller row; the hover holds it whole."""
    figure = heatmap(board)
    texts = list(figure.layout.yaxis.ticktext)
    found = bars(figure)
    week = LAST.isoformat()

    assert [text.count("<br>") for text in texts] == [0, 0, 0, 0, 1, 0]
    tall = found["unit:5", week]["bottom"] - found["unit:5", week]["top"]
    usual = found["others:1", week]["bottom"] - found["others:1", week]["top"]
    assert tall > usual


@pytest.mark.parametrize(
    ("weeks", "phone", "digits"),
    [(8, False, True), (26, False, True), (52, False, False), (8, True, True), (26, True, False)],
)
def test_digits_stand_only_where_they_can_be_read(weeks: int, phone: bool, digits: bool) -> None:
    """Up to 26 weeks on a desktop and 10 on a phone the cells carry digits; beyond that colour and hover do."""
    figure = heatmap(fabricated_board(weeks=weeks), phone=phone)

    assert all(bool(trace.text) is digits for trace in figure.data)


@pytest.mark.parametrize("weeks", [8, 26, 52])
def test_the_newest_week_has_its_date_on_top(weeks: int) -> None:
    """Dates are counted back from the newest week, so that the week people look for is named."""
    figure = heatmap(fabricated_board(weeks=weeks))

    assert figure.layout.xaxis.ticktext[0] == "2 Mar"
    assert figure.layout.xaxis.tickvals[0] == weeks - 0.5


def test_the_selected_cell_is_framed_and_an_unknown_one_is_not(board: WorkloadBoard) -> None:
    """A frame lies round the row and round the cell; for an address that is not on the board nothing is drawn."""
    framed = heatmap(board, selected=Cell("join:9", LAST)).layout.shapes
    bar = bars(heatmap(board))["join:9", LAST.isoformat()]

    assert [(shape.y0, shape.y1) for shape in framed] == [(bar["top"], bar["bottom"])] * 2
    assert (framed[1].x0, framed[1].x1) == (len(board.weeks) - 1, len(board.weeks))
    assert not heatmap(board, selected=Cell("unit:99", LAST)).layout.shapes


def test_a_board_of_hidden_cells_keeps_its_frame() -> None:
    """When everything is hidden every row is still there, hatched."""
    board = fabricated_board(everything_hidden=True)
    figure = heatmap(board)

    assert [trace.name for trace in figure.data] == ["hidden"]
    assert {address[0] for address in figure.data[0].customdata} == set(board.rows["key"]) - {"join:9"}


def test_the_legend_names_every_band_and_what_is_absent() -> None:
    """The bands of the measure come first, then hidden and no data; a measure without bands says so."""
    load = [note.text for note in legend(metric_called("utilisation"), width=2000).layout.annotations]
    unbanded = [note.text for note in legend(metric_called("viva_email"), width=2000).layout.annotations]

    assert load == [
        *(band.name for band in metric_called("utilisation").bands),
        "Not shown, to protect people",
        "No data",
    ]
    assert unbanded == ["No bands are published for this measure", "Not shown, to protect people", "No data"]


@pytest.mark.parametrize("width", [200.0, 345.0, 580.0, 2000.0])
def test_the_legend_wraps_into_its_width(width: float) -> None:
    """No entry reaches beyond the width, and none shares its place with another."""
    names = [band.name for band in metric_called("utilisation").bands]
    places = legend_places(names, width)

    assert all(left + SWATCH + text_width(name) <= width for (left, _), name in zip(places, names, strict=True))
    assert len(set(places)) == len(names)
    assert legend(metric_called("utilisation"), width=width).layout.height % LEGEND_LINE == 0


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_theme_fills_all_thirty_slots(mode: str) -> None:
    """config.toml gives every slot a colour in both modes."""
    colours = palette.theme_colours(CONFIG, mode)

    assert list(colours) == list(palette.SLOTS)
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours.values())


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("tone", list(palette.CELLS))
def test_digits_are_readable_on_every_band(mode: str, tone: str) -> None:
    """Digits reach a contrast of 4.5 on the fill of their band in both modes."""
    colours = palette.theme_colours(CONFIG, mode)
    fill, ink = (luminance(over_panel(colours, slot)) for slot in palette.CELLS[tone])

    assert (max(fill, ink) + 0.05) / (min(fill, ink) + 0.05) >= 4.5


def over_panel(colours: dict[str, str], slot: str) -> str:
    """The colour of a slot; one with an alpha of two digits as it looks on the panel."""
    if slot in colours:
        return colours[slot]
    share = int(slot[7:], 16) / 255
    pairs = [
        (int(colours[slot[:7]][at : at + 2], 16), int(colours[palette.PANEL][at : at + 2], 16)) for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{round(share * top + (1 - share) * below):02X}" for top, below in pairs)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
