"""The states of a screen that are not its answer: nothing yet, not for you, went wrong. Each says what to do next."""

import logging
import secrets
from collections.abc import Callable

import streamlit as st

from core.access.viewer import Viewer
from core.database.faults import Fault, Kind, fault_of
from core.database.schema import Condition, Schema
from core.intake.deliveries import may_import
from core.settings import settings
from core.workload.board import WorkloadBoard
from pages.parts import ways
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
    """Nothing has come in yet; those who may bring it in find the way to do so."""
    box = card("hourglass_empty", "No data yet", plain(text))
    if may_import(viewer):
        box.caption("A file can be brought in here, or on the server by the command line.")
        with box:
            ways.bring_in()
    else:
        box.caption("Your administrator brings the data in.")


def nothing_chosen() -> None:
    """There is data, but none for this choice of unit, measure and weeks."""
    card(
        "do_not_disturb_on",
        "No data",
        "No data was received for this choice. This is not zero. Choose other weeks or a measure.",
    )


def usable(schema: Schema) -> bool:
    """True when the screens may use the database; otherwise says what is in the way, and what to run."""
    if schema.condition is Condition.CURRENT:
        return True
    log.error("The screens are not served. %s", schema.reason)
    st.title("Evenkeel is not ready yet.", anchor=False)
    if schema.condition in (Condition.EMPTY, Condition.BEHIND):
        not_migrated()
    elif schema.condition is Condition.NEWER:
        card(
            "build",
            "The database is from a newer version",
            f"It has the schema {plain(schema.found)}; this version knows {schema.needed} and older. Nothing was changed. "
            "Update Evenkeel on the server, or restore a backup from before the update into an empty database.",
        )
    elif schema.condition is Condition.HALF:
        box = card(
            "build",
            "The database is half-migrated",
            "An upgrade was broken off by something else. Nothing was changed. Restore the backup from before it.",
        )
        box.code("python -m core restore FILE --replace", language=None)
    else:
        card(
            "build",
            "The database belongs to something else",
            "It holds tables that are not Evenkeel's. Nothing was changed. Set EVENKEEL_DATABASE_URL to a database of its own.",
        )
    return False


def not_migrated() -> None:
    """The database lacks tables that this release needs."""
    box = card("build", NOT_MIGRATED, "Run one of these on the server, then load this page again.")
    box.code("make run\npython -m core db upgrade", language=None)


def database_fault(fault: Fault, error: Exception) -> None:
    """The database, or a disk, fails: plainly, with a way to try again. Where and why goes to the log."""
    log.error("%s", fault.reason, exc_info=error if fault.kind is Kind.DAMAGED else None)
    box = card("cloud_off", fault.title, fault.text)
    box.button("Try again", type="primary", key=f"try_again_{secrets.token_hex(3)}")
    if fault.kind is Kind.MISSING:
        box.caption("On a new installation, run this on the server first.")
        box.code("make run\npython -m core db upgrade", language=None)


def failed(error: Exception) -> bool:
    """Show that the page could not be drawn and log why, both under one reference. No detail reaches the screen.

    Returns True, which tells Streamlit that the error has been shown.
    """
    fault = fault_of(error, settings().database_url)
    if fault is not None and fault.kind is not Kind.FILE:
        database_fault(fault, error)
        return True
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
