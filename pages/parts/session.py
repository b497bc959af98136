"""Who is signed in: the seam between sign-in and everything else. Past it there is only a `Viewer`.

The browser holds a cookie that no script can read; SQL says on every run whether the session behind it is in force. Session
state holds no authority: only which account this tab last showed, so that nothing of it is shown to another one.
"""

from threading import Thread

import streamlit as st

from core.access.sessions import SEEN_EVERY, Session
from core.access.viewer import Viewer
from core.calendar import now, today
from pages.parts import device, loaders

_ACCOUNT = "account of this tab"
_NOTICE = "why signed out"
SIGNED_OUT_HERE = "signed out in this tab"
LOOK_AGAIN = "20s"
ENDED = "Your session has ended. Sign in to go on where you were."


def current() -> Session | None:
    """The session that this browser's cookie names, if it is in force now."""
    session_id = device.session_cookie()
    return loaders.session(session_id, now()) if session_id else None


def viewer() -> Viewer | None:
    """Who is signed in, as the database says now; None when nobody is. Counts as a use of the session."""
    held = current()
    found = None
    if held is not None:
        found = loaders.viewer(user_id=held.user_id, valid_from=held.valid_from, on=today())
    if held is None or found is None:
        if _ACCOUNT in st.session_state:
            forget(ENDED)
        return None
    if st.session_state.setdefault(_ACCOUNT, found.id) != found.id:
        forget()
        st.session_state[_ACCOUNT] = found.id
    _note_use(held)
    return found


def still() -> Viewer:
    """The viewer, for what runs without the entry script: the first call of every fragment and dialog.

    When the session has ended since the page was drawn, the whole page runs again, and shows sign-in. So it does when somebody
    else has signed in meanwhile: what was read for one account is in the hands of the fragment, and not for the other.
    """
    drawn_for = st.session_state.get(_ACCOUNT)
    found = viewer()
    if found is None or drawn_for not in (None, found.id):
        st.rerun(scope="app")
    assert found is not None
    return found


def _note_use(held: Session) -> None:
    """Write the use down at most once a minute, without making the page wait for whoever else is writing."""
    at = now()
    if at - held.last_seen >= SEEN_EVERY:
        Thread(target=loaders.session_seen, args=(held.id_hash, at), daemon=True, name="session seen").start()


def forget(notice: str = "") -> None:
    """This tab forgets the account and everything that it chose. `notice` is told once on the sign-in screen."""
    for key in list(st.session_state):
        del st.session_state[key]
    if notice:
        st.session_state[_NOTICE] = notice


def notice() -> str:
    """Why the person is asked to sign in, told once; '' when there is no reason to tell."""
    return str(st.session_state.pop(_NOTICE, ""))


def sign_out() -> None:
    """End this browser's session in SQL, in every tab of it; the address is emptied."""
    held = current()
    if held is not None:
        loaders.end_session(held.id_hash, now())
    forget("You are signed out.")
    st.session_state[SIGNED_OUT_HERE] = True
    st.query_params.clear()


@st.fragment(run_every=LOOK_AGAIN)
def watch() -> None:
    """Look every twenty seconds whether the session is still in force, so that an open tab does not outlive it.

    Nor does it go on showing one account when another has signed in by another tab. Looking is not using: an idle session ends
    although its tab is open.
    """
    held = current()
    if held is None or st.session_state.get(_ACCOUNT, held.user_id) != held.user_id:
        st.rerun(scope="app")
