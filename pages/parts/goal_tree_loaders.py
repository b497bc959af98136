"""What the views *Tree* and *Map* of goals load, and what is chosen in their address."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from core.access.reads import record_read
from core.access.viewer import Viewer
from core.calendar import today
from core.goals.goal import Kind
from core.goals.history import newest_change
from core.goals.terms_wording import KINDS
from core.goals.tree_board import PERIODS, TreeBoard, span, tree_board
from core.goals.tree_views import TreeFilters
from pages.parts import address
from pages.parts.loaders import policy, reading, writing

LOOK = "goals"
PERIOD_WORDS = {"": "Any time", "quarter": "This quarter", "year": "This year", "next-year": "Next year"}
READ_DEPTH = 4  # levels


@dataclass(frozen=True)
class Asked:
    """What the address asks for. Whatever it says that there is not, is taken as nothing."""

    root: int | None
    unit: str | None
    period: str | None
    kind: Kind | None

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.unit or self.period or self.kind)


def asked() -> Asked:
    """What the address of this run asks for."""
    root = st.query_params.get("root", "")
    kind = st.query_params.get("kind", "")
    period, unit = st.query_params.get("period", ""), st.query_params.get("unit", "")
    return Asked(
        root=int(root) if root.isascii() and root.isdecimal() and len(root) < 19 else None,
        unit=unit if unit.isprintable() and unit else None,  # a NUL among the signs is refused by PostgreSQL
        period=period if period in PERIODS else None,
        kind=Kind(kind) if kind in list(Kind) else None,
    )


def board(viewer: Viewer, wanted: Asked) -> TreeBoard:
    """The part of the tree, read deeper than it is shown, so that objectives know how it stands below them.

    A look at what is another person's and not open to everyone is recorded.

    Raises:
        NoPermission: the root is not a goal that the viewer may see.
    """
    scope = {
        "viewer_id": viewer.id,
        "person_code": viewer.person_code,
        "roles": viewer.roles,
        "units": viewer.units,
        "own_unit": viewer.own_unit,
    }
    on = today()
    with reading().connect() as connection:
        newest = newest_change(connection)
    found = _board(
        **scope,  # type: ignore[arg-type]
        root=wanted.root,
        unit=wanted.unit,
        period=wanted.period,
        kind=wanted.kind.value if wanted.kind else None,
        depth=READ_DEPTH + (wanted.root is not None),
        newest=newest,
        as_of=on,
    )
    if found.about:
        with writing().begin() as connection:
            record_read(connection, viewer=viewer.name, subjects=found.about, what=LOOK, day=on)
    return found


@st.cache_data(ttl=60, max_entries=200, show_spinner=False)
def _board(
    *,
    viewer_id: int,
    person_code: str,
    roles: tuple[str, ...],
    units: tuple[str, ...],
    own_unit: str,
    root: int | None,
    unit: str | None,
    period: str | None,
    kind: str | None,
    depth: int,
    newest: int,  # noqa: ARG001 - part of the key: what anybody writes about a goal is seen at once
    as_of: date,
) -> TreeBoard:
    """The part of the tree for one account, as it is after the `newest` step of any history; a minute old at most.

    The view is asked by a viewer who is nothing but the key, so that no entry can hold more than its key says.
    """
    scope = Viewer(
        id=viewer_id, name="", display_name="", roles=roles, units=units, own_unit=own_unit, person_code=person_code
    )
    filters = TreeFilters(
        root=root,
        unit=unit,
        depth=depth,
        kind=Kind(kind) if kind else None,
        period=span(period, as_of),
        personal=kind in (Kind.DEVELOPMENT, Kind.WELLBEING),
    )
    with reading().connect() as connection:
        return tree_board(connection, scope, filters, policy=policy(), as_of=as_of)


def controls(found: TreeBoard, wanted: Asked) -> None:
    """The filters, in one row; what is chosen stands in the address."""
    names = dict(found.units)
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        _choice("Unit", "unit", {"": "All units", **names}, wanted.unit)
        _choice("Time", "period", PERIOD_WORDS, wanted.period)
        _choice("Kind", "kind", {"": "All kinds", **{kind.value: words for kind, words in KINDS.items()}}, wanted.kind)


def _choice(label: str, name: str, words: dict[str, str], chosen: str | None) -> None:
    key = f"tree_{name}"
    value = str(chosen or "")
    st.session_state[key] = value if value in words else ""

    def report() -> None:
        address.change(**{name: st.session_state[key] or None, "place": None})

    st.selectbox(
        label, list(words), format_func=lambda each: words.get(each, each), width=220, key=key, on_change=report
    )
