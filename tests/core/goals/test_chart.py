"""Expected and actual: every goal's picture obeys the schema, draws what was said, and says the same in words."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import plotly.graph_objects as go
import pytest
from hypothesis import given

from core.goals.chart import HEIGHT, about, alt, drawn, expected_and_actual, table, ticks_between
from core.goals.forecast import forecast
from core.goals.goal import CheckIn, Goal, Kind, Measure, Milestone, Pace, Status
from core.goals.reasons import Situation
from core.metrics import palette
from tests.core.goals.cases import cases

COLOUR = re.compile(r"#[0-9a-fA-F]{6}|rgba?\([^)]*\)")
TODAY = date(2026, 11, 15)
GOAL = Goal(
    1, "Recover", Kind.KEY_RESULT, Measure.DECREASE, unit="minutes", metric="Minutes to recover", baseline=50.0, target=20.0,
    start=date(2026, 7, 6), due=date(2026, 12, 31),
)  # fmt: skip
INS = [
    CheckIn(date(2026, 8, 1), 47.0),
    CheckIn(date(2026, 9, 1), 43.0),
    CheckIn(date(2026, 10, 1), 39.0),
    CheckIn(date(2026, 11, 12), 37.0),
]
SHARES = 100.0


def picture(goal: Goal, ins: list[CheckIn], today: date = TODAY, *, phone: bool = False) -> go.Figure | None:
    """The figure of a goal, None where there is nothing to draw."""
    shown = drawn(goal, ins, forecast(goal, ins), today)
    return None if shown is None else expected_and_actual(goal, shown, today, phone=phone)


def labels(figure: go.Figure) -> str:
    """All words in the picture."""
    return " ".join(each.text.replace("<br>", " ").replace("<b>", "").replace("</b>", "").replace("\u00a0", " ")
                    for each in figure.layout.annotations)  # fmt: skip


def test_the_line_begins_at_the_baseline_and_holds_every_value() -> None:
    """Baseline on the first day, then each check-in; the plan goes from the baseline to the target."""
    shown = drawn(GOAL, INS, forecast(GOAL, INS), TODAY)

    assert shown is not None
    assert shown.actual == ((date(2026, 7, 6), 50.0), *((each.on, each.value) for each in INS))
    assert shown.plan == ((date(2026, 7, 6), 50.0), (date(2026, 12, 31), 20.0))


def test_the_way_on_and_its_cone_end_on_the_due_day() -> None:
    """From the newest value to where the pace leads, with the interval of the forecast; both are named with their values."""
    found = forecast(GOAL, INS)
    assert found is not None
    shown = drawn(GOAL, INS, found, TODAY)
    assert shown is not None

    assert shown.ahead == ((date(2026, 11, 12), 37.0), (date(2026, 12, 31), found.value))
    assert shown.cone == (found.low, found.high)
    assert "at this pace 32 minutes" in labels(expected_and_actual(GOAL, shown, TODAY))
    assert "target 20 minutes" in labels(expected_and_actual(GOAL, shown, TODAY))


def test_the_axis_spans_baseline_and_target_whatever_was_said() -> None:
    """A small change does not fill the picture: the axis holds 20 and 50 although only 50 and 49 were said."""
    figure = picture(GOAL, [CheckIn(date(2026, 8, 1), 49.0)])

    assert figure is not None
    low, high = figure.layout.yaxis.range
    assert low < 20 and high > 50
    assert figure.layout.height == HEIGHT


def test_a_late_start_of_the_pace_bends_the_plan() -> None:
    """Back-loaded: half of the time, a quarter of the way."""
    goal = replace(GOAL, pace=Pace.BACK_LOADED, start=date(2026, 1, 1), due=date(2026, 1, 1) + timedelta(days=240))
    shown = drawn(goal, [], None, TODAY)

    assert shown is not None
    halfway = dict(shown.plan)[date(2026, 1, 1) + timedelta(days=120)]
    assert halfway == pytest.approx(50 - 0.25 * 30)


def test_milestones_rise_in_steps_by_their_weight() -> None:
    """Two of three of equal weight done: two thirds; the plan reaches all on the last due day."""
    steps = (
        Milestone("a", date(2026, 8, 1), date(2026, 7, 20)),
        Milestone("b", date(2026, 9, 1), date(2026, 9, 20)),
        Milestone("c", date(2026, 12, 1)),
    )
    goal = replace(GOAL, measure=Measure.MILESTONES, pace=Pace.MILESTONES, milestones=steps)
    shown = drawn(goal, [], None, TODAY)

    assert shown is not None
    assert [round(value, 1) for _, value in shown.actual] == [0.0, 33.3, 66.7, 66.7]
    assert shown.plan[-1] == (date(2026, 12, 31), SHARES)


def test_a_line_to_hold_and_a_healthy_range_are_drawn_as_such() -> None:
    """A level for the one, a band for the other, both named."""
    ins = [CheckIn(date(2026, 8, 1), 97.0)]
    held = picture(replace(GOAL, measure=Measure.STAY_ABOVE, baseline=None, target=95.0, unit="%"), ins)
    healthy = picture(
        replace(GOAL, measure=Measure.RANGE, baseline=None, target=None, low=90.0, high=99.0, unit="%"), ins
    )

    assert held is not None and healthy is not None
    assert "line to hold 95 %" in labels(held)
    assert "healthy 90 to 99" in labels(healthy)


def test_there_is_no_picture_without_a_number() -> None:
    """Nothing measured, no plan and no value, no milestone: words instead of an empty frame."""
    assert picture(replace(GOAL, measure=Measure.NONE), INS) is None
    assert picture(replace(GOAL, target=None), []) is None
    assert picture(replace(GOAL, measure=Measure.MILESTONES), []) is None


def test_today_is_marked_only_where_it_lies_in_the_picture() -> None:
    """A goal that is over ends where it ended."""
    over = replace(GOAL, status=Status.DONE, closed_on=date(2026, 12, 20))

    assert "today" in labels(picture(GOAL, INS) or go.Figure())
    assert "today" not in labels(picture(over, INS, date(2027, 6, 1)) or go.Figure())


def test_the_words_and_the_table_say_what_the_picture_shows() -> None:
    """The sentence for a screen reader and the table carry the same values."""
    found = forecast(GOAL, INS)
    shown = drawn(GOAL, INS, found, TODAY)
    assert shown is not None

    said = alt(GOAL, shown, found, TODAY).replace("\u00a0", " ")
    assert said == (
        "Expected and actual: 50 minutes on 6 July 2026, 37 minutes on 12 November 2026; "
        "the plan ends at 20 minutes on 31 December 2026; at this pace it reaches 32 minutes."
    )
    rows = table(GOAL, shown).map(lambda text: text.replace("\u00a0", " "))
    assert list(rows.iloc[0]) == ["12 November 2026", "37 minutes", "28 minutes"]
    assert about(GOAL) == "Minutes to recover. Lower is better."
    assert about(replace(GOAL, metric="Time to recover")) == "Time to recover, in minutes. Lower is better."


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(17.6, 52.4, [20, 30, 40, 50]), (-4, 104, [0, 20, 40, 60, 80, 100]), (0.18, 0.82, [0.2, 0.4, 0.6, 0.8])],
)
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    """Four or five lines at numbers that people say."""
    assert ticks_between(low, high) == pytest.approx(ticks)


@given(cases())
def test_every_goal_has_a_picture_that_obeys_the_schema(case: tuple[Goal, list[CheckIn], Situation, date]) -> None:
    """Any goal, with anything missing, on any day: a figure in the colours of the house, or none; on a phone as well."""
    goal, ins, _, today = case
    for phone in (False, True):
        figure = picture(goal, ins, today, phone=phone)
        if figure is None:
            continue
        again = go.Figure(figure.to_plotly_json())  # checks every property
        assert set(COLOUR.findall(json.dumps(again.to_plotly_json(), default=str))) <= {*palette.SLOTS, palette.CLEAR}
        low, high = figure.layout.yaxis.range
        assert low < high
        assert all(low <= tick <= high for tick in figure.layout.yaxis.tickvals)
        assert figure.layout.xaxis.range[0] < figure.layout.xaxis.range[1]


@pytest.mark.parametrize("unit", ['<a href="https://elsewhere.example">tap</a>', "<b>x"])
def test_a_unit_of_measure_is_no_link_in_the_picture(unit: str) -> None:
    """What somebody typed is read as text in labels, at the axis and in what the pointer shows."""
    for goal in (replace(GOAL, unit=unit), replace(GOAL, unit=unit, measure=Measure.STAY_BELOW, baseline=None)):
        found = picture(goal, INS)
        assert found is not None
        said = json.dumps(found.to_plotly_json(), default=list)
        assert json.dumps(unit)[1:-1] not in said and "&lt;" in said
