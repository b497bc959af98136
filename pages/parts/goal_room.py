"""The view *Team* of goals, for a screen in the room: since last time, needs revisiting, decisions. Large, with few words."""

from datetime import timedelta

import streamlit as st

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import label, long_label, today
from core.goals.reasons import LABELS
from core.goals.room_views import SINCE_DAYS, Asks, Moved, Room, Taken, team_room
from core.goals.terms_wording import DECISIONS, in_words
from pages.parts import address, goal_choices, goal_links, states
from pages.parts.goal_progress import bar, share
from pages.parts.loaders import policy, reading
from pages.parts.page_head import head
from pages.parts.plain import plain

IN_THE_ROOM = (
    "For a screen in the room: goals that are open to everyone, without notes and without names. "
    "Private goals, development and wellbeing are never on it."
)
REVIEW = "review"
SPANS = {"14": "Two weeks", "28": "Four weeks"}
WHAT = {"new": "New", "done": "Done", "stopped": "Stopped", "moved": ""}
GOOD = "All of them were looked at within their cycle."


def show(viewer: Viewer, offered: tuple[str, ...]) -> None:
    """Draw the view for who leads or manages a team."""
    team, since = st.query_params.get("team"), st.query_params.get("since", "")
    try:
        found = _load(viewer, team, since)
    except NoPermission as refusal:
        head("Goals · Team", (), "The open goals of a team, for a screen in the room.")
        goal_choices.switch("team", offered)
        states.no_permission(viewer, str(refusal), _own_team if team else None)
        return
    head(f"Goals · {found.name}", (), found.sentence)
    goal_choices.switch("team", offered)
    _controls(found, since)
    page = st.grid(3, min_column_width=270, gap="medium")
    with page.cell():
        _moved(found)
    with page.cell():
        _asking(found)
    with page.cell():
        _taken(found)
    st.caption(f":material/visibility: {IN_THE_ROOM}")


def _load(viewer: Viewer, team: str | None, since: str) -> Room:
    on = today()
    days = int(since) if since in SPANS else SINCE_DAYS
    with reading().connect() as connection:
        found = team_room(connection, viewer, team=team, since=on - timedelta(days=days), policy=policy(), as_of=on)
        if since == REVIEW and found.last_review is not None:
            found = team_room(connection, viewer, team=team, since=found.last_review, policy=policy(), as_of=on)
    return found


def _own_team() -> None:
    address.change(team=None)


def _controls(found: Room, since: str) -> None:
    spans = dict(SPANS)
    if found.last_review is not None:
        spans[REVIEW] = f"Since the review of {label(found.last_review)}"
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        if len(found.teams) > 1:
            names = dict(found.teams)
            st.session_state["room_team"] = found.team
            st.selectbox(
                "Team",
                list(names),
                format_func=lambda key: names.get(key, key),
                width=250,
                key="room_team",
                on_change=lambda: address.change(team=st.session_state["room_team"]),
            )
        st.session_state["room_since"] = since if since in spans else str(SINCE_DAYS)
        st.segmented_control(
            "Since last time",
            list(spans),
            format_func=lambda key: spans.get(key, key),
            required=True,
            key="room_since",
            on_change=lambda: address.change(since=st.session_state["room_since"]),
        )


def _moved(found: Room) -> None:
    st.header("Since last time", anchor=False)
    for each in found.moved:
        with st.container(border=True, gap="xsmall"):
            st.subheader(plain(each.goal.title), anchor=False)
            st.markdown(plain(_how_moved(each)))
    _rest(found.moved, found.more_moved, f"No check-in and no new goal since {long_label(found.since)}.")


def _how_moved(each: Moved) -> str:
    way = ""
    if each.after is not None:
        way = f"{share(each.before)} → {share(each.after)}" if each.before is not None else share(each.after)
    return " · ".join(part for part in (WHAT[each.what], way) if part)


def _asking(found: Room) -> None:
    st.header("Needs revisiting", anchor=False)
    for each in found.asking:
        _ask(each)
    _rest(found.asking, found.more_asking, GOOD)


def _ask(each: Asks) -> None:
    with st.container(border=True, gap="xsmall"):
        st.subheader(plain(each.goal.title), anchor=False)
        with st.container(horizontal=True, gap="xsmall"):
            for code in each.codes:
                st.badge(LABELS[code], icon=":material/flag:", color="orange")
        bar(each.goal, each.going, key=f"room_bar_{each.goal.id}")
        goal_links.arrow(each.goal.id, each.goal.title, f"room_{each.goal.id}", "Open")


def _taken(found: Room) -> None:
    st.header("Decided", anchor=False)
    for place, each in enumerate(found.taken):
        with st.container(border=True, gap="xsmall", key=f"taken_{place}"):
            st.subheader(plain(each.goal.title), anchor=False)
            st.markdown(plain(_how_taken(each)))
    _rest(found.taken, 0, "No decision since then.")


def _how_taken(each: Taken) -> str:
    changed = [
        f"{name} {in_words(name, both[1], {}, {})}, was {in_words(name, both[0], {}, {})}"
        for name, both in each.changes.items()
    ]
    return "; ".join([f"{DECISIONS.get(each.decision, each.decision)}, {label(each.on)}", *changed])


def _rest(shown: tuple[object, ...], more: int, nothing: str) -> None:
    if not shown:
        st.markdown(plain(nothing))
    elif more:
        st.caption(f"and {more} more")
