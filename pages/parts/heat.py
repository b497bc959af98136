"""The workload of one level as a picture, and its legend."""

from collections.abc import Callable

import streamlit as st

from core.metrics.legend import legend
from core.workload.board import WorkloadBoard
from core.workload.figures import Cell, heatmap
from pages.parts import cells
from pages.parts.chart import draw, legend_width
from pages.parts.device import phone


def show_legend(board: WorkloadBoard) -> None:
    """The bands of the measure, and what hatch and grey mean."""
    figure = legend(board.metric, width=legend_width())
    bands = "; ".join(band.name for band in board.metric.bands)
    words = f"Legend. {bands}; hatched: not shown, to protect people; grey: no data."
    draw(figure, key="legend", alt=words, still=True)


def picture(board: WorkloadBoard, selected: Cell | None, chosen: Callable[[Cell], None]) -> None:
    """The heatmap; `chosen` is called with the cell that is clicked or tapped."""
    figure = heatmap(board, selected=selected, phone=phone())
    with st.container(key="heat", gap=None):
        draw(figure, key="heat", alt=board.alt)
        cells.on_click("heat", chosen)
