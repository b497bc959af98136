"""Workload: where load is building up. One level of the tree as a heatmap, the chosen row against its own history beside it."""

from dataclasses import asdict
from functools import partial

import streamlit as st

from core.access.refusals import NoPermission
from core.calendar import today
from core.metrics.wording import explanation
from core.workload.board import export_frame
from pages.parts import (
    activity,
    activity_loaders,
    detail_loaders,
    heat,
    heat_table,
    loaders,
    notes,
    states,
    sustained,
    sustained_loaders,
)
from pages.parts import workload_choices as choices
from pages.parts.device import phone
from pages.parts.guard import guard
from pages.parts.page_head import head
from pages.parts.plain import plain
from pages.parts.take_away import take_away
from pages.parts.unit_charts import companions
from pages.parts.unit_detail import panel

viewer = guard("workload")
asked = choices.requested(default_weeks=8 if phone() else 26)
scope, filters = choices.scope(viewer), asdict(asked)

try:
    with st.skeleton(height=520):
        board = loaders.workload(**scope, **filters, as_of=today())
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
picture = page.cell(column_span=2)
with picture:
    heat.show_legend(board)
    if view == "Table":
        heat_table.table(board, choices.select)
    else:
        heat.picture(board, selected, partial(choices.choose_cell, board))
    unit = explanation(board.metric)["Unit"].capitalize()
    st.caption(plain(f"{unit}. Choose a cell for its details; a unit with others below it opens."))
    states.all_hidden(board, choices.choose_unit)
    take_away(board.metric, export_frame(board), choices.file_name(board), choices.pinned(board, asked.weeks))
with page.cell():
    detail = detail_loaders.detail(**scope, **filters, key=selected.key)
    panel(board, selected, detail, choices.select, choices.choose_unit)
with st.container() if phone() else picture:  # on a phone the chosen row comes before everything else
    companions(detail)
    notes.notes(detail.path or board.unit.path, detail.slug or board.unit.slug)
lasting = sustained_loaders.sustained(**scope, unit=board.unit.slug, until=asked.until, weeks=asked.weeks)
sustained.show(lasting, choices.choose_lasting)
card = activity_loaders.card(**scope, unit=board.unit.slug, until=asked.until, as_of=today())
activity.show(card, viewer)
