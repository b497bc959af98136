"""What came in, by whom and when; and taking the last delivery back."""

import pandas as pd
import streamlit as st

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.calendar import now, today
from core.intake.deliveries import DeliveryLine, actor_of, history, may_import
from core.intake.history import undo_last, undoable
from core.intake.import_wording import weeks_of, when
from core.intake.kinds import title_of
from core.metrics.wording import NBSP
from pages.parts import loaders, session
from pages.parts.device import phone
from pages.parts.import_desk import desk
from pages.parts.plain import plain
from server.work import LOAD

SHOWN = 20
_TOLD = "what came of the undo"


def show(viewer: Viewer) -> None:
    """The newest deliveries, newest first, and the button that takes the last one back."""
    with loaders.reading().connect() as connection:
        lines = history(connection, viewer, limit=SHOWN)
        last = undoable(connection, policy=loaders.policy(), as_of=today())
    st.header("Deliveries", anchor=False)
    told = st.session_state.pop(_TOLD, None)
    if told:
        (st.success if told[0] else st.error)(plain(told[1]), icon=f":material/{'check' if told[0] else 'block'}:")
    if not lines:
        st.caption("Nothing has been delivered yet. What comes in is listed here, with who and when.")
        return
    if phone():
        for line in lines:
            _card(line)
    else:
        _table(lines)
    if may_import(viewer):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if last.possible and last.delivery is not None:
                file = next(line.file for line in lines if line.id == last.delivery)
                if st.button("Undo the last delivery", icon=":material/undo:", key="undo"):
                    confirm(last.delivery, file)
                st.caption("Possible while its weeks are open and nothing has come in since.", width="content")
            else:
                st.caption(plain(last.reason))


def _table(lines: tuple[DeliveryLine, ...]) -> None:
    rows = [
        (
            when(line),
            plain(line.actor),
            f"{plain(line.file)}{NBSP}· {plain(title_of(line.kind))}",
            line.rows_text,
            weeks_of(line),
            _state(line),
        )
        for line in lines
    ]
    frame = pd.DataFrame(rows, columns=["When", "Who", "File", "Rows", "Weeks", "State"])
    st.table(frame, border="horizontal", hide_index=True, alt="Deliveries, newest first")


def _card(line: DeliveryLine) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{plain(line.file)}**", width="content")
            st.markdown(_state(line), width="content")
        st.caption(f"{when(line)} · {plain(line.actor)}")
        st.caption(" · ".join(part for part in (title_of(line.kind), f"{line.rows_text} rows", weeks_of(line)) if part))


def _state(line: DeliveryLine) -> str:
    if line.undone_at is not None:
        return f":gray-badge[:material/undo: Undone by {plain(line.undone_by or '')}]"
    if line.held:
        return ":yellow-badge[:material/pause: Held]"
    return ":blue-badge[:material/check: Loaded]"


@st.dialog("Undo the last delivery?")
def confirm(delivery: int, file: str) -> None:
    """Ask before taking a delivery back."""
    viewer = session.still()
    st.markdown(
        f"What **{plain(file)}** replaced comes back, and what it added is taken away. It stays in the list, marked as undone."
    )

    def take_back() -> None:
        st.session_state[_TOLD] = _undone(viewer, delivery)

    with st.container(horizontal=True, gap="small"):
        sure = st.button("Undo it", type="primary", icon=":material/undo:", on_click=take_back, key="undo_confirmed")
        kept = st.button("Keep it", key="undo_declined")
    if sure or kept:
        st.rerun(scope="app")


def _undone(viewer: Viewer, delivery: int) -> tuple[bool, str]:
    """Take it back, or say why not."""
    try:
        found = undo_last(
            loaders.writing(),
            actor=actor_of(viewer),
            at=now(),
            policy=loaders.policy(),
            as_of=today(),
            expected=delivery,
        )
    except Refused as refusal:
        return False, str(refusal)
    parcel = desk().parcel(viewer)
    if parcel is not None and parcel.work is not None and parcel.work.what == LOAD:
        desk().discard(viewer)
    return True, f"{found.file} was undone. What is on record is as it was before."
