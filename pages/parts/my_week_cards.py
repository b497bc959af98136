"""The pieces of My week: the own weeks as a picture, the numbers beside the own weeks before, what others see instead.

Nothing here is cached: it is read anew on every run, so that no entry of one person can ever reach another one.
"""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.viewer import Viewer
from core.calendar import today
from core.metrics.chart import spark
from core.workload.my_week import SHOWN_WEEKS, MyWeek, OwnNumber
from core.workload.my_week_figures import own_weeks
from core.workload.my_week_views import my_week
from core.workload.my_week_wording import VERDICTS, about_number, table
from core.workload.own_events import events_table, own_events
from pages.parts import loaders, states
from pages.parts.chart import draw, table_behind
from pages.parts.device import phone
from pages.parts.plain import plain

PAGES = Path(__file__).parents[1]


def load(viewer: Viewer) -> MyWeek:
    """The viewer's own week, read now."""
    with loaders.reading().connect() as connection:
        return my_week(connection, viewer, as_of=today(), policy=loaders.policy())


def nothing(found: MyWeek) -> None:
    """Why there is nothing to show, in a card."""
    icon = "person_off" if found.state == "no person" else "hourglass_empty"
    states.card(icon, "Nothing here yet", plain(found.reason))


def weeks(found: MyWeek) -> None:
    """The last weeks as bars, the note that nobody else sees them, and the table."""
    with st.container(border=True, height="stretch"):
        st.header("My weeks", anchor=False)
        value = "worked" if found.kind == "hours" else "collaboration"
        draw(own_weeks(found.weeks, value, phone=phone()), key="my_weeks", alt=found.alt)
        if found.kind == "hours" and phone():
            st.caption("The short lines are your available hours.")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge("Only you see this", icon=":material/visibility_off:", color="gray")
            table_behind(table(found.kind, found.weeks), key="my_weeks", alt="Your hours, week by week, newest first")


def numbers(found: MyWeek) -> None:
    """The newest week beside the twelve before it, one quiet card a number."""
    with st.container(gap=None):
        st.header("This week beside your own weeks", anchor=False)
        st.caption(
            f"Against your own {SHOWN_WEEKS} weeks before, never against a colleague. The band is your usual range."
        )
    grid = st.grid(3, min_column_width=260, gap="small" if phone() else "medium")
    for number in found.numbers:
        with grid.container(border=True, height="stretch", gap="small"):
            _number(number)
    if found.recovery:
        with grid.container(border=True, height="stretch", gap="small"):
            st.metric("Since your last week off", found.recovery)
            st.caption(plain(found.recovery_note))


def events(viewer: Viewer) -> None:
    """How many events of the person were brought in, week by week; nothing at all where none were."""
    with loaders.reading().connect() as connection:
        found = own_events(connection, viewer, as_of=today())
    if found.empty:
        return
    st.space("small")
    with st.container(gap="small"):
        with st.container(gap=None):
            st.header("When your events fell", anchor=False)
            st.caption(
                "Commits, tickets, calls or meetings that were brought in, by your own clock and hours. Only their number by "
                "hour is kept. Only you see yours; others see the hours of a whole unit, as classes."
            )
        frame = events_table(found)
        st.table(frame.set_index("Week"), border="horizontal", alt="Your events, week by week, newest first")


def _number(number: OwnNumber) -> None:
    st.metric(number.name, number.text)
    draw(
        spark(number.values, number.compared.low, number.compared.high, tone="usual"),
        key=f"my_{number.id}",
        alt=f"{number.name}: {number.text}, {VERDICTS[number.compared.verdict]}",
        still=True,
    )
    st.caption(plain(about_number(number)))


def others(found: MyWeek, box: DeltaGenerator) -> None:
    """What everybody else sees instead of these hours, and the ways there, drawn into `box`."""
    with box:
        st.header("What others see", anchor=False)
        st.markdown("No screen shows your hours to anybody else. Others see the hours of a whole unit, taken together.")
        st.markdown("A number of a unit is shown only when nobody's own hours can be worked out from it.")
        with st.container(gap="xsmall"):
            if found.unit_open and st.button(
                f"{plain(found.unit)} in Workload", icon=":material/grid_on:", type="tertiary", key="to_unit"
            ):
                st.switch_page(PAGES / "workload.py", query_params={"unit": found.unit_slug})
            if st.button("Who sees what", icon=":material/visibility:", type="tertiary", key="to_who_sees_what"):
                st.switch_page(PAGES / "who_sees_what.py")
