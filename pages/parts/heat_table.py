"""The workload of one level as a coloured table: the same cells as the picture, for the keyboard and for reading aloud."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import streamlit as st
from pandas.io.formats.style import Styler

from core.calendar import label
from core.metrics import palette
from core.metrics.legend import text_width
from core.workload.board import WorkloadBoard
from core.workload.board_table import UNIT_COLUMN, board_table
from core.workload.figures import Cell
from pages.parts import theme
from pages.parts.device import phone

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
COLUMN, WIDEST_NAME = 62, {False: 290, True: 150}  # pixels


def styled(board: WorkloadBoard, mode: str) -> Styler:
    """The board as a coloured table, in the colours of `mode`."""
    texts, looks = board_table(board, palette.theme_colours(CONFIG, mode))
    return texts.style.apply(lambda _: looks, axis=None)


def table(board: WorkloadBoard, chosen: Callable[[Cell], None]) -> None:
    """The same cells as a table that the keyboard reaches; moving to a cell chooses it, a name its newest week."""
    st.space("small")  # on touch the table's own buttons stand here
    key = f"heat_table_{board.unit.slug}_{board.metric.id}_{len(board.weeks)}_{theme.mode()}"
    weeks = {label(week): week for week in board.weeks}

    def report() -> None:
        found = st.session_state[key].selection.cells
        if found:
            chosen(_cell_at(board, weeks, *found[0]))

    st.dataframe(
        styled(board, theme.mode()),
        key=key,
        on_select=report,
        selection_mode="single-cell",
        height="content",
        hide_index=True,
        alt=board.alt,
        column_config={
            UNIT_COLUMN: st.column_config.TextColumn(pinned=True, width=_name_width(board)),
            **{name: st.column_config.TextColumn(width=COLUMN) for name in weeks},
        },
    )


def _name_width(board: WorkloadBoard) -> int:
    """Room for the longest name, but no more than leaves weeks in sight."""
    return min(round(max(text_width(name, 13.1) for name in board.rows["name"])) + 24, WIDEST_NAME[phone()])


def _cell_at(board: WorkloadBoard, weeks: dict[str, date], row: int, column: str) -> Cell:
    return Cell(str(board.rows.iloc[row]["key"]), weeks.get(column, board.weeks[-1]))
