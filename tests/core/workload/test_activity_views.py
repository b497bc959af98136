"""What the panel shows: the card of the unit that was asked for, in words, in every state, within the viewer's scope."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.metrics import palette
from core.workload.activity_card import (
    ActivityCard,
    alt,
    export_frame,
    hours_of,
    outside,
    quarter_words,
    sentence,
    table,
)
from core.workload.activity_figures import punch_card_figure
from core.workload.activity_views import punch_card
from tests.core.workload.activity import active
from tests.organisations import POLICY, employ, people_in, release

QUARTER = date(2025, 9, 29)
CLOSED = date(2026, 1, 5)
LEADER = Viewer(id=1, name="l", display_name="L", roles=("leader",), units=("Co",))
TEAMS = {"Co/A/x": 9, "Co/A/y": 4, "Co/A/w": 5, "Co/B/z": 30, "Co/C/v": 12}
DAY = "".join("3" if 9 <= hour < 17 else "1" if hour == 20 else "0" for hour in range(24))


@pytest.fixture
def carded(sqlite_engine: Engine) -> Iterator[Connection]:
    """A released quarter: everybody but C active on weekdays from 9 to 17, x on Saturdays too; y and w are joined."""
    people = people_in(TEAMS)
    employ(sqlite_engine, people)
    hours = {
        (code, QUARTER, day, hour): 2
        for code, unit in people.items()
        for day in range(1, 6)
        for hour in range(9, 17)
        if unit != "Co/C/v"
    }
    hours |= {(code, QUARTER, 6, hour): 2 for code, unit in people.items() if unit == "Co/A/x" for hour in (8, 9, 10)}
    active(sqlite_engine, people, hours)
    release(sqlite_engine, as_of=CLOSED)
    with sqlite_engine.connect() as connection:
        yield connection


def asked(connection: Connection, unit: str | None, viewer: Viewer = LEADER, day: date | None = None) -> ActivityCard:
    """The card that a viewer is shown on the day after the quarter closed."""
    return punch_card(connection, viewer, unit, day, policy=POLICY, as_of=CLOSED)


def test_a_large_unit_has_hours_and_a_small_one_parts_of_the_day(carded: Connection) -> None:
    """168 and 42 rows; the same people in the same hours, told more coarsely."""
    large, small = asked(carded, "Co/B"), asked(carded, "Co/A/x")

    assert (large.state, large.n_band, len(large.hours), large.by_part) == ("shown", "20–49", 168, False)
    assert (small.state, small.n_band, len(small.hours), small.by_part) == ("shown", "5–9", 42, True)
    assert large.hours.query("weekday == 3 and hour == 9")["text"].tolist() == ["most"]
    assert small.hours.query("weekday == 6 and hour == 8")["level"].tolist() == [2]
    assert large.sentence == "Most activity lies between 9 and 17 on weekdays."
    assert small.sentence == "Most activity lies between 8 and 16 from Monday to Saturday."
    assert small.note == "Groups below 20 people are told by parts of the day."
    assert quarter_words(large) == "29 September to 28 December 2025"


def test_a_unit_that_is_joined_has_the_card_of_the_join(carded: Connection) -> None:
    """Four and five people are shown together, under their common name."""
    card = asked(carded, "Co/A/y")

    assert (card.state, card.name, card.unit.name) == ("shown", "w and y together", "y")
    assert card.note.startswith("Shown as w and y together.")


def test_a_unit_without_events_is_missing_and_not_zero(carded: Connection) -> None:
    """C delivered nothing; its hours are neither shown nor hidden."""
    card = asked(carded, "Co/C")

    assert (card.state, len(card.hours)) == ("missing", 0)
    assert "This is not zero" in card.sentence


def test_what_is_hidden_says_so_and_carries_nothing(sqlite_engine: Engine) -> None:
    """Three of nine are active."""
    people = people_in({"Co/A/x": 9, "Co/B/z": 9})
    employ(sqlite_engine, people)
    some = [code for code in people if code.startswith("Co/B") or code in ("Co/A/x#0", "Co/A/x#1", "Co/A/x#2")]
    active(sqlite_engine, people, {(code, QUARTER, 1, 9): 1 for code in some})
    release(sqlite_engine, as_of=CLOSED)
    with sqlite_engine.connect() as connection:
        card = asked(connection, "Co/A/x")

    assert (card.state, len(card.hours), card.n_band, card.coverage, card.release) == ("hidden", 0, "", "", None)
    assert card.sentence == "Not shown, to protect people."


def test_an_open_quarter_says_when_its_card_comes(sqlite_engine: Engine) -> None:
    """The week's shares are there already; the card waits for 4 January 2026 (a week after its last Sunday)."""
    people = people_in({"Co/A/x": 9})
    employ(sqlite_engine, people)
    active(sqlite_engine, people, {(code, QUARTER, 1, 9): 1 for code in people})
    release(sqlite_engine, as_of=date(2025, 10, 20))
    with sqlite_engine.connect() as connection:
        card = punch_card(connection, LEADER, "Co/A", None, policy=POLICY, as_of=date(2025, 10, 20))

    assert card.state == "open"
    assert "4 January 2026" in card.sentence


def test_without_any_events_there_is_nothing(sqlite_engine: Engine) -> None:
    """And it says how to bring them in."""
    employ(sqlite_engine, people_in({"Co/A": 9}))
    with sqlite_engine.connect() as connection:
        card = asked(connection, None)

    assert card.state == "none"
    assert card.sentence.endswith("brought in as Events.")


def test_a_day_after_the_newest_quarter_gets_the_newest_and_is_told(carded: Connection) -> None:
    """A day before the first quarter gets none."""
    later, before = asked(carded, "Co", day=date(2026, 2, 3)), asked(carded, "Co", day=date(2025, 9, 1))

    assert later.first == QUARTER
    assert later.note.startswith("This is the newest complete quarter.")
    assert before.state == "open"


@pytest.mark.parametrize(
    ("viewer", "unit"),
    [
        (replace(LEADER, units=("Co/A",)), "Co/B"),
        (replace(LEADER, units=()), None),
        (replace(LEADER, roles=("admin",)), None),
        (LEADER, "Co/nowhere"),
    ],
)
def test_out_of_scope_there_is_no_card(carded: Connection, viewer: Viewer, unit: str | None) -> None:
    """A unit beside the scope, no scope, a role that shows no groups, a unit that does not exist."""
    with pytest.raises(NoPermission):
        asked(carded, unit, viewer)


def test_an_employee_sees_the_own_line_and_not_the_neighbour(carded: Connection) -> None:
    """Own unit and the units above, as everywhere."""
    own = Viewer(id=2, name="e", display_name="E", roles=("employee",), own_unit="Co/A/x")

    assert asked(carded, "Co/A/x", own).state == "shown"
    assert asked(carded, "Co", own).state == "shown"
    with pytest.raises(NoPermission):
        asked(carded, "Co/B/z", own)


def test_sentences_say_what_the_cells_show() -> None:
    """By hand: a working week with evenings, one with a weekend, three days, a single hour, nothing."""
    week = hours_of(DAY * 5 + "0" * 48, by_part=False)
    assert (
        sentence(week) == "Most activity lies between 9 and 17 on weekdays. Some falls late in the evening or at night."
    )
    saturday = hours_of(DAY.replace("1", "0") * 5 + "0" * 10 + "1" + "0" * 13 + "0" * 24, by_part=False)
    assert sentence(saturday) == "Most activity lies between 9 and 17 on weekdays. Saturday sees some as well."
    three = hours_of((DAY.replace("1", "0") * 3) + "0" * 96, by_part=False)
    assert sentence(three) == "Most activity lies between 9 and 17 from Monday to Wednesday."
    apart = hours_of("0" * 10 + "3" + "0" * 47 + "3" + "0" * 109, by_part=False)
    assert sentence(apart) == "Most activity lies between 10 and 11 on Monday and Wednesday."
    assert sentence(hours_of("0" * 168, by_part=True)).startswith("Activity is spread too thinly")
    assert alt("X", "the quarter", week).startswith(
        "Punch card of X, the quarter: of 168 hours of the week 40 most, 0 more"
    )


def test_the_share_outside_is_the_mean_of_shown_weeks_and_needs_seven() -> None:
    """Post-processing of released figures; all of them coded low reads at most."""
    assert outside([(0.1, "")] * 6) == ""
    assert "about 10\u00a0%" in outside([(0.05, "")] * 4 + [(0.15, "")] * 4)
    assert "at most 5\u00a0%" in outside([(0.05, "at most")] * 7)


def test_the_table_and_the_file_hold_what_the_picture_shows(carded: Connection) -> None:
    """Words by hour and day; one line for each part in the file, nothing exact."""
    card = asked(carded, "Co/A/x")
    words, flat = table(card), export_frame(card)

    assert words.shape == (6, 8)
    assert words["Hour"].tolist()[2] == "08–12"
    assert words.at[2, "Saturday"] == "more"
    assert list(flat.columns) == ["unit", "quarter", "weekday", "hour", "hours", "class", "release"]
    assert set(flat["class"]) <= {"few or none", "some", "more", "most"}
    assert len(flat) == 42


@pytest.mark.parametrize("phone", [False, True])
def test_the_figure_draws_each_class_in_its_own_shade_and_covers_the_week(carded: Connection, phone: bool) -> None:
    """Bars of one or four hours that add up to 168, in colours of the palette; the schema of plotly agrees."""
    import plotly.graph_objects as go

    for unit in ("Co/B", "Co/A/x"):
        figure = punch_card_figure(asked(carded, unit), phone=phone)
        go.Figure(figure.to_dict())
        assert sum(sum(trace.x) for trace in figure.data) == 168
        fills = {trace.marker.color for trace in figure.data}
        assert fills <= {palette.CELLS[tone][0] for tone in ("quiet", "light", "steady", "busy")}
        assert len(fills) == len(figure.data) >= 2


def test_a_hidden_card_is_hatched_all_over(carded: Connection) -> None:
    """No cell tells anything; the hover says why."""
    card = replace(asked(carded, "Co/A/x"), state="hidden", hours=pd.DataFrame())

    (trace,) = punch_card_figure(card).data

    assert trace.marker.pattern.shape == "/"
    assert all("protect people" in text for text in trace.hovertext)
