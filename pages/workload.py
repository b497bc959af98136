"""Workload: where load is building up. One level of the tree as a heatmap, the chosen cell beside it."""

from functools import partial

import streamlit as st

from core.access.refusals import NoPermission
from core.calendar import today
from core.metrics.wording import explanation
from core.workload.board import export_frame
from pages.parts import heat, loaders, states
from pages.parts import workload_choices as choices
from pages.parts.cell_panel import panel
from pages.parts.device import phone
from pages.parts.guard import guard
from pages.parts.page_head import head
from pages.parts.plain import plain
from pages.parts.take_away import take_away

viewer = guard("workload")
asked = choices.requested(default_weeks=8 if phone() else 26)

try:
    with st.skeleton(height=520):
        board = loaders.workload(
            roles=viewer.roles,
            units=viewer.units,
            own_unit=viewer.own_unit,
            unit=asked.unit,
            metric=asked.metric,
            weeks=asked.weeks,
            until=asked.until,
            as_of=today(),
        )
except NoPermission as refusal:
    way_back = partial(choices.choose_unit, None) if asked.unit else None
    states.no_permission(viewer, str(refusal), way_back)
    st.stop()

if board.empty and not board.metrics:
    states.empty(viewer, board.empty)
    st.stop()

place = board.unit.name if board.trail else f"Workload · {board.unit.name}"
head(f"{place} · {board.period}".removesuffix(" · "), board.trail, board.sentence, board.support, choices.choose_unit)
view = choices.controls(board, asked.weeks)
if board.empty:
    states.nothing_chosen()
    st.stop()
if board.notice:
    st.caption(f":material/history: {plain(board.notice)}")

page = st.grid(3, min_column_width=300, gap="medium")
selected = choices.chosen_cell(board)
with page.cell(column_span=2):
    heat.show_legend(board)
    if view == "Table":
        heat.table(board, choices.select)
    else:
        heat.picture(board, selected, partial(choices.choose_cell, board))
    unit = explanation(board.metric)["Unit"].capitalize()
    st.caption(plain(f"{unit}. Choose a cell for its details; a unit with others below it opens."))
    states.all_hidden(board, choices.choose_unit)
    pinned = {"unit": board.unit.slug, "metric": board.metric.id, "weeks": str(asked.weeks)}
    pinned["until"] = board.weeks[-1].isoformat()
    take_away(board.metric, export_frame(board), f"workload-{board.unit.slug}-{board.metric.id}.csv", pinned)
with page.cell():
    panel(board, selected, choices.select, choices.choose_unit)
