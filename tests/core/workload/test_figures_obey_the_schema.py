"""Every figure is made without plotly's own checks, which cost more than the drawing; here they are made up for."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from math import nan

import pandas as pd
import plotly.graph_objects as go
import pytest

from core.goals.goal import Goal, Kind, Measure
from core.goals.lines import Going, Line
from core.goals.map_figures import goal_map
from core.goals.tree_board import Branch
from core.metrics.chart import across, column, figure, layout, level, note, spark, upright
from core.metrics.legend import legend
from core.workload.figures import Cell, heatmap
from core.workload.my_week_figures import own_weeks
from core.workload.unit_figures import siblings, trend
from tests.core.workload.boards import LAST, fabricated_board, metric_called
from tests.core.workload.details import RISEN, fabricated_detail


def every_mark() -> go.Figure:
    """A figure with each of the marks that a chart can be given."""
    marks = [across(1, 2, "#000025"), column(0, 1, "#000025"), level(1.0, width=1), upright(1.0, width=1)]
    return figure(
        [{"type": "scatter", "x": [0, 1], "y": [1, 2]}], layout(80, shapes=marks, annotations=[note("a", x=1)])
    )


def my_weeks() -> go.Figure:
    """Four weeks: whole, open, away and missing."""
    weeks = pd.DataFrame(
        {
            "week": [date(2026, 3, 2) + timedelta(weeks=i) for i in range(4)],
            "status": ["closed", "open", "closed", "missing"],
            "away": [False, False, True, False],
            "worked": [38.5, 20.0, 0.0, nan],
            "available": [40.0, 40.0, 0.0, nan],
        }
    )
    return own_weeks(weeks, "worked")


def map_branches() -> tuple[Branch, ...]:
    """Two levels of goals, one of each tone."""
    nothing = Going(None, None, None, None, None, None, None)
    tones = ("watch", "critical", "within", "")
    return tuple(
        Branch(
            Line(Goal(place, f"Goal {place}", Kind.OBJECTIVE, Measure.NONE), nothing, place % 2),
            tone,
            False,
            None,
            False,
        )
        for place, tone in enumerate(tones)
    )


FIGURES: dict[str, Callable[[], go.Figure]] = {
    "heatmap": lambda: heatmap(fabricated_board(), selected=Cell("unit:2", LAST)),
    "heatmap of a year on a phone": lambda: heatmap(fabricated_board(weeks=52), phone=True),
    "heatmap with all hidden": lambda: heatmap(fabricated_board(everything_hidden=True)),
    "legend": lambda: legend(metric_called("utilisation"), width=345),
    "legend without bands": lambda: legend(metric_called("viva_email"), width=345),
    "trend": lambda: trend(fabricated_detail([0.95, "hidden", RISEN, "missing", RISEN])),
    "trend of nothing": lambda: trend(fabricated_detail(["hidden"] * 8)),
    "siblings": lambda: siblings(fabricated_detail([RISEN] * 8)),
    "spark": lambda: spark([1.0, nan, 2.0], 0.9, 1.1, tone="over"),
    "spark without history": lambda: spark([nan, nan], nan, nan, tone=""),
    "own weeks": my_weeks,
    "marks": every_mark,
    "map of goals": lambda: goal_map(map_branches()),
    "map of goals on a phone": lambda: goal_map(map_branches(), phone=True),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_accepts_every_property_of_a_figure(name: str) -> None:
    """Made again with all checks on, the figure holds the same: no name is misspelt and no value is out of its range."""
    made = json.loads(FIGURES[name]().to_json())
    checked = json.loads(go.Figure(made).to_json())

    # into an empty template plotly writes one of its own, and empty lists it leaves out
    made["layout"], checked["layout"] = (
        {key: value for key, value in each["layout"].items() if key != "template" and value != []}
        for each in (made, checked)
    )
    assert checked == made


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_brings_no_template(name: str) -> None:
    """The template is there and empty, or the browser would be sent plotly's own, with colours that no theme can change."""
    assert json.loads(FIGURES[name]().to_json())["layout"]["template"] == {}


def test_what_plotly_would_refuse_is_told_apart() -> None:
    """The checks above find a property that does not exist."""
    wrong = figure([{"type": "scatter", "colour": "#000001"}], layout(80))

    with pytest.raises(ValueError, match="colour"):
        go.Figure(json.loads(wrong.to_json()))
