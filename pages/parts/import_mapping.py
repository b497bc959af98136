"""What a file is, before it is checked: its kind, its first rows, where each column is read from, and how dates are read."""

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from core.delivery import ImportOptions
from core.intake.formats import FileRefused
from core.intake.kinds import KINDS, title_of
from core.intake.preview import Preview, chosen_columns, mapping
from core.workload.wording import in_words
from pages.parts import loaders
from pages.parts.device import phone
from pages.parts.import_result import not_read
from pages.parts.plain import plain
from server.desk import Parcel

NOT_THERE = "not in the file"
AUTOMATIC = "As the file shows"
DATES = {AUTOMATIC: {}, "Day first": {"dayfirst": True}, "Month first": {"monthfirst": True}}
VIVA = "viva-person-query"
SHOWN_COLUMNS = 12


@dataclass(frozen=True)
class Chosen:
    """What the person says about the file. complete: every required column has a place, so that it can be checked."""

    kind: str
    options: ImportOptions
    complete: bool


def describe(parcel: Parcel) -> Chosen | FileRefused:
    """Draw the choices for a file; returns them, or why no table can be read from it."""
    sheet = st.session_state.get("import_sheet")
    try:
        seen = parcel.preview(sheet)
    except FileRefused as refused:
        return refused
    kind = _kind(seen, parcel.likely_kind(loaders.reading(), sheet))
    _first_rows(seen)
    if not kind:
        return Chosen("", ImportOptions(), complete=False)
    begin = parcel.start(loaders.reading(), kind, sheet)
    options = _options(seen, kind, dict(begin.options))
    if begin.note:
        st.caption(f":material/history: {plain(begin.note)}")
    options, twice = _columns(seen, kind, options, begin.columns)
    told = mapping(seen.header, kind, options)
    return Chosen(kind, options, complete=not told.missing and not twice)


def _kind(seen: Preview, likely: str) -> str:
    """What the file is; '' until somebody has said so, where its columns do not tell."""
    kind = st.segmented_control(
        "What it is",
        list(KINDS),
        format_func=title_of,
        default=likely or None,
        required=True,
        key="import_kind",
        help="Found by its columns.",
    )
    chosen = str(kind or likely)
    if not chosen:
        st.warning("The columns do not tell what this file is. Choose it above.", icon=":material/help:")
        return ""
    if seen.fits and chosen != likely:
        st.warning(f"This looks like another kind: {title_of(likely)}.", icon=":material/help:")
    st.caption(plain(KINDS[chosen].purpose))
    return chosen


def _first_rows(seen: Preview) -> None:
    st.markdown("**First rows**")
    names = [name or f"column {place + 1}" for place, name in enumerate(seen.header)][:SHOWN_COLUMNS]
    unique = [name if name not in names[:place] else f"{name} ({place + 1})" for place, name in enumerate(names)]
    rows = [[(cell or "") for cell in (*row.cells, *[None] * len(names))[: len(names)]] for row in seen.rows]
    frame = pd.DataFrame(rows, columns=unique, index=pd.Index([row.row for row in seen.rows], name="row"))
    st.dataframe(frame, height="content", alt="The first rows of the file", key="import_first_rows")
    more = len(seen.header) - len(names)
    if more > 0:
        st.caption(f"And {more} more columns.")
    for note in seen.notes:
        st.caption(f":material/info: {plain(note)}")


def _options(seen: Preview, kind: str, said: dict[str, str | bool]) -> ImportOptions:
    """Worksheet, order of day and month, and for Viva where units stand. `said`: what the map on record says of them."""
    more: dict[str, object] = {}
    usual = "Day first" if said.get("dayfirst") else "Month first" if said.get("monthfirst") else AUTOMATIC
    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        if seen.sheets:
            more["sheet"] = st.selectbox("Worksheet", seen.sheets, key="import_sheet", width=220)
        dates = st.segmented_control(
            "Dates such as 09/03/2026",
            list(DATES),
            default=usual,
            required=True,
            key=f"import_dates_{kind}",
            help="Where every date of the file could be read either way, say which it is.",
        )
        more |= DATES[str(dates or AUTOMATIC)]
    if kind == VIVA:
        with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
            given = [name for name in seen.header if name]
            organization = [name for name in given if name == "Organization"]
            units = st.multiselect(
                "Columns that name the unit, from the top down",
                given,
                default=organization,
                key="import_units",
                width=360,
            )
            more["unit_columns"] = tuple(units)
            more["company"] = st.text_input("Company", "Company", key="import_company", max_chars=200, width=220)
    return ImportOptions(**more)  # type: ignore[arg-type]


def _columns(
    seen: Preview, kind: str, options: ImportOptions, begin: tuple[tuple[str, str], ...]
) -> tuple[ImportOptions, bool]:
    """Column by column where it is read from; open at once when a required one has no place. And whether one is read twice."""
    natural = mapping(seen.header, kind, options)
    found = mapping(seen.header, kind, replace(options, columns=begin))
    there = [name for name in seen.header if name]
    placed = sum(bool(name) for name in found.read.values())
    with st.container(gap="xsmall"):
        st.markdown("**Columns**")
        st.markdown(f"{title_of(kind)}: {in_words(placed)} of {len(found.columns)} columns are in the file.")
    if found.missing:
        st.warning(f"Say where these are: {plain(', '.join(found.missing))}.", icon=":material/help:")
    guessed = sorted({column for _, column in begin} & set(found.read))
    if guessed:
        st.caption(f"Read from a column with another name: {plain(', '.join(guessed))}. See that it is right.")
    chosen: dict[str, str] = {}
    opened = bool(found.missing or guessed)
    with st.expander("Where each column is read from", expanded=opened, icon=":material/table:"):
        page = st.grid(1 if phone() else 3, min_column_width=220, gap="small")
        for column in found.columns:
            at = found.read[column.name]
            choices = there if natural.read[column.name] else [NOT_THERE, *there]
            with page.cell():
                name = st.selectbox(
                    f"{column.name}{' (required)' if column.required else ''}",
                    choices,
                    index=choices.index(at) if at in choices else 0,
                    key=f"import_column_{kind}_{column.name}",
                    help=plain(column.meaning),
                )
            chosen[column.name] = "" if name == NOT_THERE else str(name)
    not_read(found.ignored)
    used = [name for name in chosen.values() if name]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        st.warning(f"Two columns are read from {plain(', '.join(twice))}. Choose one.", icon=":material/help:")
    return replace(options, columns=chosen_columns(natural, chosen)), bool(twice)
