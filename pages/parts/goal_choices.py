"""What can be chosen on the screen of goals, read from its address and written to it."""

from collections.abc import Sequence

import streamlit as st

from core.access.viewer import Viewer
from core.goals.queue_views import QueueFilters
from core.goals.queue_wording import leads
from core.goals.reasons import CODES
from pages.parts import address
from pages.parts.device import phone

_WITHIN = ("reason", "order", "page", "unit", "root", "place", "period", "kind", "team", "since")
NAMES = ("view", *_WITHIN)
LABELS = {
    "revisit": "Needs revisiting",
    "tree": "Tree",
    "map": "Map",
    "team": "Team",
    "units": "By unit",
}
ORDERS = {"weight": "What weighs most", "due": "Due date"}
SNOOZED = "snoozed"  # in the address, in place of a reason
ON_A_PAGE = {False: 5, True: 3}  # desktop, phone


def views(viewer: Viewer) -> tuple[str, ...]:
    """The views that have something for the viewer: who leads others begins with what needs revisiting, others with all."""
    return ("revisit", "tree", "map", "team", "units") if leads(viewer) else ("tree", "map", "revisit")


def view(offered: tuple[str, ...]) -> str:
    """The view that the address names, the first one otherwise."""
    asked = address.parts("goals", NAMES).get("view", "")
    return asked if asked in offered else offered[0]


def switch(chosen: str, offered: tuple[str, ...]) -> None:
    """Draw the switch between the views. What was chosen within one of them does not follow into the next."""
    key = "goals_view"
    st.session_state[key] = chosen
    st.segmented_control(
        "View",
        offered,
        format_func=LABELS.__getitem__,
        required=True,
        label_visibility="collapsed",
        key=key,
        on_change=_choose,
        args=(key,),
    )


def _choose(key: str) -> None:
    address.change(**{**dict.fromkeys(_WITHIN), "view": str(st.session_state[key])})


def reason() -> str | None:
    """The reason that the address asks for, if there is such a reason."""
    asked = st.query_params.get("reason", "")
    return asked if asked in CODES else None


def unit(offered: Sequence[tuple[str, str]]) -> str | None:
    """The path of the unit that the address asks for, if it is one of those that are offered (path, name)."""
    asked = st.query_params.get("unit", "")
    return asked if asked in dict(offered) else None


def choose_unit(key: str) -> None:
    """Show goals of the unit that the box holds; of all when that is ''."""
    address.change(unit=st.session_state[key] or None, reason=None, page=None)


def filters(within: str | None = None) -> QueueFilters:
    """What of the queue to show, in a unit. What the address cannot mean falls back to everything."""
    size = ON_A_PAGE[phone()]
    return QueueFilters(
        reason=reason(), unit=within, by_due=order() == "due", snoozed=snoozed(), limit=size, offset=(page() - 1) * size
    )


def order() -> str:
    """What comes first: what weighs most, or what is due."""
    asked = st.query_params.get("order", "")
    return asked if asked in ORDERS else "weight"


def snoozed() -> bool:
    """Whether the address asks for what is put off."""
    return st.query_params.get("reason") == SNOOZED


def look_at(which: str | None) -> None:
    """Show what is put off (`SNOOZED`), or what waits (None)."""
    address.change(reason=which, page=None)


def page() -> int:
    """The page of the queue, from 1."""
    asked = st.query_params.get("page", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 5 and int(asked) else 1


def pages(found: int) -> int:
    """How many pages so many goals take."""
    return max(1, -(-found // ON_A_PAGE[phone()]))


def choose_reason(key: str) -> None:
    """Show goals with the reason that the pills hold; all when none is chosen."""
    address.change(reason=st.session_state[key], page=None)


def choose_page(key: str) -> None:
    """Show another page."""
    address.change(page=str(st.session_state[key]))
