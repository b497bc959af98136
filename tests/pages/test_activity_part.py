"""The panel *When work happens* on the screen: the card with legend, table and words, and its other states."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.access.viewer import Viewer
from core.metrics.catalogue import catalogue
from core.policy import Policy
from core.workload.activity_card import ActivityCard, alt, hours_of, sentence
from core.workload.board import UnitRef

CLASSES = ("0" * 9 + "3" * 8 + "0" * 7) * 5 + "0" * 48
HOURS = hours_of(CLASSES, by_part=False)
SHOWN = ActivityCard(
    state="shown",
    unit=UnitRef("Co", "co", "Co"),
    name="Co",
    metric=catalogue(Policy())["punch_card"],
    first=date(2025, 9, 29),
    last=date(2025, 12, 28),
    quarters=(date(2025, 9, 29),),
    hours=HOURS,
    n_band="50+",
    coverage="95–100 %",
    sentence=sentence(HOURS),
    support="In a usual week about 6 % of it lies outside people's own schedules (13 weeks shown).",
    note="",
    alt=alt("Co", "the quarter", HOURS),
    release=7,
)
EMPTY = replace(SHOWN, hours=pd.DataFrame(), sentence="A line.", support="", alt="Co: a line.", release=None)


def screen() -> None:
    """The part alone, on what the test has put into the session."""
    import streamlit as st

    from pages.parts import activity

    activity.show(st.session_state["card"], st.session_state["viewer"])


def drawn(card: ActivityCard, *roles: str) -> AppTest:
    """The part drawn for somebody with these roles."""
    at = AppTest.from_function(screen, default_timeout=30)
    at.session_state["card"] = card
    at.session_state["viewer"] = Viewer(1, "x", "X", roles or ("leader",))
    at.run()
    assert not at.exception
    return at


def charts(at: AppTest) -> list[str]:
    """The words that screen readers get for the charts."""
    return [chart.proto.alt for chart in at.get("plotly_chart")]


def test_the_card_comes_with_its_sentence_legend_picture_and_table() -> None:
    """What stands out on top, the classes in the legend, the same words behind the picture, and how it is computed."""
    at = drawn(SHOWN)

    assert at.header[0].value == "When work happens"
    assert "29 September to 28 December 2025" in at.caption[0].value
    assert "between 9 and 17 on weekdays" in at.markdown[0].value
    legend, picture = charts(at)
    assert "Few or none" in legend
    assert "Most, from 2 %" in legend
    assert picture == SHOWN.alt
    tables = [table.value for table in at.table]
    assert any("Monday" in table.columns for table in tables)
    assert at.get("download_button")


def test_a_hidden_card_is_drawn_hatched_and_offers_no_numbers() -> None:
    """The frame stays, the sentence says why, there is no table and no file."""
    at = drawn(replace(EMPTY, state="hidden", sentence="Not shown, to protect people."))

    assert "Not shown, to protect people" in at.markdown[0].value
    assert len(charts(at)) == 2
    assert not at.get("download_button")


@pytest.mark.parametrize("state", ["open", "missing"])
def test_what_is_not_there_yet_is_one_calm_line(state: str) -> None:
    """No chart, no table."""
    at = drawn(replace(EMPTY, state=state))

    assert "A line." in at.caption[-1].value
    assert charts(at) == []


def test_without_any_events_only_those_who_may_bring_them_in_read_so() -> None:
    """Leaders see no trace of the panel."""
    none = replace(EMPTY, state="none", first=None, last=None)

    assert not drawn(none, "leader").header
    assert "A line." in drawn(none, "hr").caption[-1].value
