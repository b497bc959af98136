"""The states of a screen that are not its answer: nothing yet, not for you, went wrong. Each says what to do next."""

import logging
import secrets
from collections.abc import Callable

import streamlit as st

from core.access.viewer import Viewer
from core.workload.board import WorkloadBoard
from pages.parts.plain import plain

log = logging.getLogger("evenkeel")
NOT_MIGRATED = "The database is not set up for this release."


def card(icon: str, title: str, text: str, *, width: int = 620) -> st.delta_generator.DeltaGenerator:
    """A bordered card with an icon, a title and a caption; returned so that a way on can be put into it."""
    box = st.container(border=True, width=width)
    box.header(title, anchor=False, icon=f":material/{icon}:")
    box.caption(text)
    return box


def no_permission(viewer: Viewer, message: str = "", way_back: Callable[[], None] | None = None) -> None:
    """The screen or the unit is not part of the viewer's view. `way_back` is offered as a button when given."""
    text = plain(message) if message else "This page shows groups that your role does not reach."
    if not message and "admin" in viewer.roles:
        text += " Being an administrator does not open it."
    box = card("lock", "Not part of your view", text)
    if way_back is not None:
        box.button("Back to what you can see", on_click=way_back, key="way_back")


def empty(viewer: Viewer, text: str) -> None:
    """Nothing has come in yet; administrators read what to run."""
    box = card("hourglass_empty", "No data yet", plain(text))
    if "admin" in viewer.roles:
        box.markdown("Bring data in on the server, or look at the demonstration:")
        box.code("python -m core import KIND FILE --dry-run\nmake demo", language=None)
    else:
        box.caption("Your administrator brings the data in.")


def nothing_chosen() -> None:
    """There is data, but none for this choice of unit, measure and weeks."""
    card(
        "do_not_disturb_on",
        "No data",
        "No data was received for this choice. This is not zero. Choose other weeks or a measure.",
    )


def not_migrated() -> None:
    """The database lacks tables that this release needs."""
    st.title("Evenkeel is not ready yet.", anchor=False)
    box = card("build", NOT_MIGRATED, "Run one of these on the server, then load this page again.")
    box.code("make run\npython -m core db upgrade", language=None)


def failed(error: Exception) -> bool:
    """Show that the page could not be drawn and log why, both under one reference. No detail reaches the screen.

    Returns True, which tells Streamlit that the error has been shown.
    """
    reference = secrets.token_hex(3).upper()
    log.error("Reference %s: the page could not be drawn", reference, exc_info=error)
    box = card(
        "error",
        "This page could not be drawn",
        f"Nothing was lost. Reference {reference}. Try again; if it stays, send the reference to your administrator.",
    )
    box.button("Try again", type="primary", key=f"try_again_{reference}")
    return True


def all_hidden(board: WorkloadBoard, go: Callable[[str], None]) -> None:
    """When no cell of the board may be shown: the way to the level above, if there is one. Otherwise nothing."""
    if not (board.cells["status"] == "shown").any() and board.trail:
        above = board.trail[-1]
        st.button(f"Show {plain(above.name)}", icon=":material/search:", on_click=go, args=(above.slug,), key="above")
