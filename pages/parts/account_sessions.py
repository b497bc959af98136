"""Where the person is signed in, and a way to end each of it."""

import streamlit as st

from core.access.sessions import Session, end_own, sessions_of
from core.calendar import label, now
from core.workload.wording import in_words
from pages.parts import loaders, session
from pages.parts.plain import plain


def own(user_id: int) -> list[Session]:
    """The person's sessions in force, newest use first; read anew on every run."""
    with loaders.reading().connect() as connection:
        return sessions_of(connection, user_id, loaders.limits(), now())


def sentence(count: int) -> str:
    """The answer on top of the page."""
    places = "one place" if count == 1 else f"{in_words(count)} places"
    return f"You are signed in in {places}."


def _end(user_id: int, *, only: str = "", but: str = "") -> None:
    with loaders.writing().begin() as connection:
        end_own(connection, user_id, now(), only=only, but=but)


def show(user_id: int, held: list[Session]) -> None:
    """One line a session; this one can be left by signing out, every other one ended from here."""
    here = session.current()
    own_hash = here.id_hash if here else ""
    with st.container(border=True):
        st.header("Where you are signed in", anchor=False)
        minutes = round(loaders.limits().idle.total_seconds() / 60)
        hours = round(loaders.limits().life.total_seconds() / 3600)
        st.caption(
            f"A session ends after {minutes} minutes without use, and {hours} hours after sign-in at the latest."
        )
        for place, one in enumerate(held):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                with st.container(gap=None, width="content"):
                    st.markdown(f"**{plain(one.browser)}**")
                    st.caption(f"Since {label(one.began)}, {one.began:%H:%M} · last used {one.last_seen:%H:%M} UTC")
                if one.id_hash == own_hash:
                    st.badge("This one", icon=":material/check:", color="blue")
                else:
                    st.button(
                        "End", key=f"end_{place}", on_click=_end, args=(user_id,), kwargs={"only": one.id_hash},
                        help=f"Sign out {one.browser}",
                    )  # fmt: skip
        if len(held) > 1:
            st.button(
                "End all others", icon=":material/logout:", key="end_others",
                on_click=_end, args=(user_id,), kwargs={"but": own_hash},
            )  # fmt: skip
