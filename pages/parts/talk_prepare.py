"""Preparing a conversation: five prompts that are private until they are shared, and what the other shared."""

import streamlit as st
from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import label
from core.rhythm import picture
from core.rhythm.guides import PROMPTS
from core.rhythm.preparing import SharedPreparation, own_picture, prepare, share, take_back
from core.rhythm.words import LONGEST_ANSWER, ChangedMeanwhile
from core.workload.my_week_figures import own_weeks
from pages.parts import loaders, talk_loaders
from pages.parts.chart import draw, table_behind
from pages.parts.device import phone
from pages.parts.plain import lines, plain
from pages.parts.talk_drafts import based_on, begin, conflict, saved
from pages.parts.talk_loaders import Talk


def own(viewer: Viewer, talk: Talk) -> None:
    """The viewer's own preparation: written in a form, kept as a draft, shared, and taken back."""
    page, mine = talk.page, talk.mine
    to_come = page.writable and not page.held_on and not page.called_off_on
    writes = to_come and not talk.closed and not mine.why
    if not writes and not mine.version:
        return
    with st.container(border=True, gap="small", key="own_preparation"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.header("Your preparation", anchor=False, width="content")
            _state(talk)
        if mine.why:
            st.caption(plain(mine.why))
        elif writes:
            st.caption(_who_sees(talk))
            _form(viewer, talk)
        else:
            _answers(dict(mine.answers))
            if mine.shared_at is not None and mine.with_weeks:
                st.caption(f"{plain(page.other)} sees a picture of your own weeks with it.")
        if mine.shared_at is not None:
            _taking_back(viewer, talk)


def _state(talk: Talk) -> None:
    if talk.mine.shared_at is not None:
        st.badge(f"Shared {label(talk.mine.shared_at)}", icon=":material/visibility:", color="blue")
    else:
        st.badge("Only you see this", icon=":material/visibility_off:", color="gray")


def _who_sees(talk: Talk) -> str:
    other = plain(talk.page.other)
    if talk.mine.shared_at is None:
        return f"Private until you share it. {other} prepares as well, by the same prompts."
    if talk.mine.changed_since:
        return f"You have changed it since you shared it. {other} sees what you shared, until you share it again."
    weeks = ", with a picture of your own weeks" if talk.mine.with_weeks else ""
    return f"{other} sees this as it is now{weeks}. What you write from here on is private until you share it again."


def _form(viewer: Viewer, talk: Talk) -> None:
    page, mine = talk.page, talk.mine
    draft = f"preparation_{page.id}"
    begin(draft, mine.version, {name: mine.answers[name] for name in PROMPTS})
    with loaders.reading().connect() as connection:
        weeks = own_picture(connection, viewer, talk_loaders.day(), loaders.policy())
    with st.form(draft, border=False):
        answers = {
            name: st.text_area(prompt, max_chars=LONGEST_ANSWER, height=90, key=f"{draft}_{name}")
            for name, prompt in PROMPTS.items()
        }
        with_weeks = bool(weeks) and st.checkbox(
            "Put a picture of my own weeks into it", mine.with_weeks, key=f"{draft}_weeks"
        )
        with st.container(horizontal=True, gap="small"):
            shares = st.form_submit_button(
                f"Share with {plain(page.other)}", type="primary", icon=":material/visibility:", key=f"{draft}_share"
            )
            keeps = st.form_submit_button("Keep as a draft", key=f"{draft}_keep")
    if weeks:
        _what_is_shown(weeks, page.other)
    if keeps or shares:
        _write(viewer, talk, answers, draft, shares=shares, with_weeks=with_weeks)


def _write(viewer: Viewer, talk: Talk, answers: dict[str, str], draft: str, *, shares: bool, with_weeks: bool) -> None:
    number, versions = talk.page.id, [0]

    def write(connection: Connection) -> None:
        at, seals = talk_loaders.moment(), talk_loaders.seals()
        if any(text.strip() for text in answers.values()) or talk.mine.version:
            versions[0] = prepare(connection, viewer, number, answers, based_on=based_on(draft), at=at, seals=seals)
        if shares:
            share(connection, viewer, number, with_weeks=with_weeks, at=at, seals=seals, policy=loaders.policy())
            versions[0] = max(versions[0], 1)

    said = f"Shared with {talk.page.other}." if shares else "Kept. Only you see it."
    try:
        if talk_loaders.done(write, said=said):
            saved(draft, versions[0], answers)
            st.rerun()
    except ChangedMeanwhile as changed:
        conflict(draft, changed)


def _what_is_shown(weeks: list[dict[str, object]], other: str) -> None:
    with st.expander("What exactly is shown of your weeks", icon=":material/person:", key="picture_preview"):
        st.caption(picture.WHAT_IS_SHOWN)
        st.caption(f"Without this {plain(other)} sees no hours of yours, in no place.")
        _picture(weeks, "Your", "preview")


def _taking_back(viewer: Viewer, talk: Talk) -> None:
    other = plain(talk.page.other)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Take it back", icon=":material/visibility_off:", key="take_back") and talk_loaders.done(
            lambda connection: take_back(connection, viewer, talk.page.id, at=talk_loaders.moment()),
            said="Private again.",
        ):
            st.rerun()
        st.caption(f"{other} may have read it meanwhile.", width="content")


def shared(talk: Talk) -> None:
    """What the other shared, or that it is private until then."""
    page, found = talk.page, talk.shown
    if found is None and (talk.closed or page.held_on or page.called_off_on or not page.writable):
        return
    other = plain(page.other)
    with st.container(border=True, gap="small", key="shared_preparation"):
        st.header(f"What {other} shared", anchor=False)
        if found is None:
            st.caption(f"Nothing yet. What {other} prepares is private until they share it.")
            return
        st.caption(f"Shared {label(found.shared_at)}. {other} can see in Who sees what that you have read it.")
        _body(found, page.other)


def _body(found: SharedPreparation, other: str) -> None:
    if found.why:
        st.caption(plain(found.why))
    _answers(dict(found.answers))
    if found.weeks:
        st.markdown(f"**{plain(other)}'s own weeks**, as they were when this was shared")
        _picture([dict(week) for week in found.weeks], f"{other}'s", "shared")


def _picture(weeks: list[dict[str, object]], whose: str, key: str) -> None:
    frame = picture.frame_of(weeks)
    alt = picture.words_of(frame, whose)
    draw(own_weeks(frame, picture.value_of(frame), phone=phone()), key=f"weeks_{key}", alt=alt)
    table_behind(picture.table_of(frame), key=f"weeks_{key}", alt=alt)


def _answers(answers: dict[str, str]) -> None:
    for name, prompt in PROMPTS.items():
        if answers.get(name):
            with st.container(gap="xxsmall"):
                st.caption(prompt)
                st.markdown(lines(answers[name]))
