"""What the screens of conversations read and write. Nothing of it is in a cache that two people could share.

What is kept for an hour is that a person's pairs were brought up to the roster of the day; what the other shared stays in the
tab that has read it, so that drawing a page again is no new look.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import streamlit as st
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core import calendar
from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.people.lines import code_named
from core.rhythm.board import ConversationPage, Conversations, PairCard, Past
from core.rhythm.calendar_file import calendar_file
from core.rhythm.feedback import FeedbackItem, feedback_of
from core.rhythm.health import OwnTeam, own_team
from core.rhythm.notes_key import seals_or_none
from core.rhythm.pairs import renew_own
from core.rhythm.preparing import OwnPreparation, SharedPreparation, own_preparation, read_shared
from core.rhythm.rotation import why_closed
from core.rhythm.sealing import Seals
from core.rhythm.views import conversation_page, conversations, past_conversations
from core.rhythm.words import ChangedMeanwhile
from core.settings import settings
from pages.parts import loaders
from pages.parts.plain import plain

log = logging.getLogger("evenkeel")
_READ = "shared preparation that this tab has read"
MOST = 2**31 - 1  # the largest number that a conversation can have


@dataclass(frozen=True)
class Talk:
    """One conversation as its screen needs it. card: its pair; past: what the pair has held; closed: why nothing is written."""

    page: ConversationPage
    card: PairCard
    past: tuple[Past, ...]
    mine: OwnPreparation
    shown: SharedPreparation | None
    closed: str


def day() -> date:
    """Today, for every part of these screens."""
    return calendar.today()


def moment() -> datetime:
    """This instant, for everything that they write."""
    return calendar.now()


@st.cache_resource(show_spinner=False)
def seals() -> Seals:
    """The seals of this server; without a key those that open nothing and say why."""
    return seals_or_none(settings())


def closed() -> str:
    """Why nothing can be written between two people on this server, '' when it can."""
    with loaders.reading().connect() as connection:
        return why_closed(connection, seals())


@st.cache_data(ttl=3600, max_entries=2000, show_spinner=False)
def brought_up_to_date(*, user_id: int, name: str, person_code: str, on: date) -> None:
    """Bring the pairs of one person up to the roster of the day, once an hour: imports do it for everybody when they end."""
    viewer = Viewer(id=user_id, name=name, display_name="", roles=(), person_code=person_code)
    with loaders.writing().begin() as connection:
        renew_own(connection, viewer, datetime.combine(on, moment().timetz()))


def home(viewer: Viewer) -> Conversations:
    """The viewer's pairs and what is due."""
    if viewer.person_code:
        try:
            brought_up_to_date(user_id=viewer.id, name=viewer.name, person_code=viewer.person_code, on=day())
        except SQLAlchemyError:
            log.info("Pairs could not be brought up to the roster; they are shown as they were, and tried again.")
    with loaders.reading().connect() as connection:
        return conversations(connection, viewer, rules=loaders.policy().rhythm, as_of=day())


def team(viewer: Viewer) -> OwnTeam:
    """Whether the viewer's own pairs, as a manager, kept their rhythm."""
    with loaders.reading().connect() as connection:
        return own_team(connection, viewer, rules=loaders.policy().rhythm, as_of=day())


def messages(viewer: Viewer) -> tuple[FeedbackItem, ...]:
    """What the viewer sent and got."""
    with loaders.reading().connect() as connection:
        return feedback_of(connection, viewer, seals())


def dates(viewer: Viewer) -> bytes:
    """The viewer's own upcoming conversations as a calendar file."""
    with loaders.reading().connect() as connection:
        return calendar_file(connection, viewer, rules=loaders.policy().rhythm, at=moment())


def past(viewer: Viewer, pair: int) -> tuple[Past, ...]:
    """What a pair of the viewer's has held."""
    with loaders.reading().connect() as connection:
        return past_conversations(connection, viewer, pair)


def number_of(text: str) -> int:
    """The number in an address; 0, which no conversation has, for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MOST else 0


def talk(viewer: Viewer, conversation: int) -> Talk:
    """One conversation; what the other shared is read in a transaction that writes the look down.

    Raises:
        NoPermission: there is none of that number, or it is between others.
    """
    today = day()
    with loaders.reading().connect() as connection:
        page = conversation_page(connection, viewer, conversation, seals=seals(), as_of=today)
        found = conversations(connection, viewer, rules=loaders.policy().rhythm, as_of=today)
        held = past_conversations(connection, viewer, page.pair)
        mine = own_preparation(connection, viewer, conversation, seals())
        why = why_closed(connection, seals())
    shown = None
    if page.shown_at is not None and not why:
        shown = _shared(viewer, conversation, page.shown_at, today)
    card = next(each for each in (*found.pairs, *found.ended) if each.id == page.pair)
    return Talk(page, card, held, mine, shown, why)


def _shared(viewer: Viewer, conversation: int, shown_at: datetime, today: date) -> SharedPreparation | None:
    """What the other shared, as this tab read it: one look a day, however often the page is drawn meanwhile.

    Shared anew it is read anew; taken back, its page no longer asks for it.
    """
    held = st.session_state.get(_READ)
    if held is not None and held[0] == (viewer.id, conversation, shown_at, today):
        return cast(SharedPreparation, held[1])
    with loaders.writing().begin() as connection:
        found = read_shared(connection, viewer, conversation, day=today, seals=seals())
    st.session_state[_READ] = ((viewer.id, conversation, shown_at, today), found)
    return found


def done(write: Callable[[Connection], object], *, said: str = "") -> bool:
    """Run `write` in a transaction of its own. A refusal is shown, with what was typed kept; a conflict is the caller's.

    said: a short word on what was done, shown after the screen was drawn anew.
    """
    try:
        with loaders.writing().begin() as connection:
            write(connection)
    except ChangedMeanwhile:
        raise
    except Refused as reason:
        st.warning(plain(str(reason)), title="Not done. What you wrote is kept.")
        return False
    if said:
        st.session_state["said about conversations"] = said
    return True


def say() -> None:
    """Tell once what was done in the run before."""
    said = st.session_state.pop("said about conversations", "")
    if said:
        st.toast(plain(said), icon=":material/check:")


def code_for(connection: Connection, typed: str) -> str:
    """The id of the person who was chosen or typed.

    Raises:
        Refused: nobody who is here goes by that, or more than one.
    """
    found = code_named(connection, typed.strip(), day())
    if found is None:
        raise Refused("Nobody who works here today goes by exactly that. Type the whole name, or the id on the roster.")
    return found
