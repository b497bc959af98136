"""Expected and actual: what was said of a goal, day by day, against its plan, and where it arrives at the pace so far."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from core.calendar import label, long_label
from core.goals.forecast import Forecast
from core.goals.goal import HOLDING, MOVING, CheckIn, Goal, Measure, Pace
from core.goals.progress import expected, milestones_done, milestones_expected
from core.goals.rescoping import to_grain
from core.goals.terms_wording import number
from core.metrics import palette
from core.metrics.chart import Spec, across, figure, layout, level, note, upright
from core.metrics.wording import NBSP, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 300
_RIGHT = {False: 116, True: 88}
_TICKS = 4.5  # about so many on the axis of values
_ROOM = 0.08  # of the span, above and below
_CURVE = 24  # points of a plan that is no straight line
_MOST_LABELS = {False: 9, True: 5}
Point = tuple[date, float]


@dataclass(frozen=True)
class Drawn:
    """What the chart draws. actual, plan: points by day. cone: low and high end on the due day. unit: '%' for milestones."""

    actual: tuple[Point, ...]
    plan: tuple[Point, ...]
    ahead: tuple[Point, ...]
    cone: tuple[float, float] | None
    held: float | None
    healthy: tuple[float | None, float | None]
    unit: str
    steps: bool


def drawn(goal: Goal, check_ins: Sequence[CheckIn], forecast: Forecast | None, today: date) -> Drawn | None:
    """What there is to draw; None when no value of the goal is known, or nothing of it is a number."""
    if goal.measure is Measure.MILESTONES:
        return _milestones(goal, today)
    values = {each.on: each.value for each in check_ins if each.value is not None}
    actual = tuple(sorted((day, value) for day, value in values.items()))
    plan = _plan(goal)
    base = goal.baseline
    if (
        goal.measure in MOVING
        and base is not None
        and goal.start is not None
        and (not actual or actual[0][0] > goal.start)
    ):
        actual = ((goal.start, base), *actual)
    if goal.measure is Measure.NONE or (not values and not plan):
        return None
    ahead: tuple[Point, ...] = ()
    cone = None
    if forecast is not None and goal.due is not None and actual:
        ahead = ((forecast.since, actual[-1][1]), (goal.due, forecast.value))
        cone = None if forecast.low is None or forecast.high is None else (forecast.low, forecast.high)
    return Drawn(
        actual=actual,
        plan=plan,
        ahead=ahead,
        cone=cone,
        held=goal.target if goal.measure in HOLDING or (goal.measure in MOVING and not plan) else None,
        healthy=(goal.low, goal.high) if goal.measure is Measure.RANGE else (None, None),
        unit=goal.unit,
        steps=False,
    )


def expected_and_actual(goal: Goal, shown: Drawn, today: date, *, phone: bool = False) -> "go.Figure":
    """The picture. The axis spans baseline, target and every value, so that a small change never fills it."""
    low, high = _span(goal, shown)
    first, last = _days(goal, shown, today)
    ticks = ticks_between(low, high)
    traces: list[Spec] = []
    if shown.cone is not None and shown.ahead:
        traces.append(_cone(shown))
    if shown.plan:
        traces.append(_line(shown.plan, "plan", shape="hv" if shown.steps else "linear"))
    if shown.ahead:
        traces.append(_line(shown.ahead, "ahead"))
    traces.append(_actual(shown))
    shapes = [_healthy(shown, low, high)] if any(each is not None for each in shown.healthy) else []
    if shown.held is not None:
        shapes.append(level(shown.held, color=palette.CONTEXT, width=2, dash="dash"))
    words: list[Spec] = []
    if first <= today <= last:
        shapes.append(upright(today.toordinal(), color=palette.RULE, width=1.5))
        words.append(note("today", x=today.toordinal(), y=1, yref="paper", yanchor="bottom"))
    words += _apart([*_ends(goal, shown)], low, high)
    if shown.plan and not phone and not shown.steps:
        words.append(_expected_word(shown))
    names = _months(first, last, most=_MOST_LABELS[phone])
    picture = layout(
        HEIGHT,
        right=_RIGHT[phone],
        top=22,
        x={
            "range": [first.toordinal() - 1, last.toordinal() + 1],
            "tickvals": [day.toordinal() for day, _ in names],
            "ticktext": [text for _, text in names],
        },
        y={
            "range": [low, high],
            "tickvals": ticks,
            "ticktext": [_tick(tick, shown.unit) for tick in ticks],
        },
        shapes=shapes,
        annotations=words,
    )
    return figure(traces, picture)


def about(goal: Goal) -> str:
    """The line under the heading: what is measured, and which way is better."""
    unit = f", in {goal.unit}" if goal.unit and goal.unit.casefold() not in goal.metric.casefold() else ""
    said = [f"{goal.metric or 'The value'}{unit}"] if goal.metric or unit else []
    if goal.measure is Measure.MILESTONES:
        said.append("Milestones, by weight")
    if goal.direction:
        said.append("Lower is better" if goal.direction < 0 else "Higher is better")
    if goal.measure is Measure.RANGE:
        said.append("Within the range is healthy")
    return ". ".join(each.rstrip(".") for each in said) + "." if said else ""


def alt(goal: Goal, shown: Drawn, forecast: Forecast | None, today: date) -> str:
    """The picture in a sentence."""
    known = [each for each in shown.actual if each[0] <= today]
    said = []
    if known:
        (since, first), (until, newest) = known[0], known[-1]
        said.append(
            f"{value_text(first, shown.unit)} on {long_label(since)}"
            + (f", {value_text(newest, shown.unit)} on {long_label(until)}" if len(known) > 1 else "")
        )
    if shown.plan:
        said.append(f"the plan ends at {value_text(shown.plan[-1][1], shown.unit)} on {long_label(shown.plan[-1][0])}")
    if forecast is not None and shown.ahead:
        said.append(f"at this pace it reaches {value_text(to_grain(goal, forecast.value), shown.unit)}")
    return f"Expected and actual: {'; '.join(said)}." if said else "Expected and actual."


def table(goal: Goal, shown: Drawn) -> pd.DataFrame:
    """The numbers behind the picture as text, newest day first: Day, Actual, Expected."""
    rows = []
    for day, value in sorted(shown.actual, reverse=True):
        share = expected(goal, day) if shown.plan else None
        plan = ""
        if share is not None and shown.steps:
            plan = percent(share)
        elif share is not None and goal.baseline is not None and goal.target is not None:
            plan = value_text(to_grain(goal, goal.baseline + share * (goal.target - goal.baseline)), shown.unit)
        rows.append((long_label(day).replace(" ", NBSP), value_text(value, shown.unit), plan or "–"))
    return pd.DataFrame(rows, columns=["Day", "Actual", "Expected"])


def value_text(value: float, unit: str) -> str:
    """A value with its unit: `33 minutes`, `62 %`."""
    return f"{number(value)}{NBSP}{unit}".rstrip(NBSP)


def ticks_between(low: float, high: float) -> list[float]:
    """Round numbers within the span, four or five where that can be.

    >>> ticks_between(17.6, 52.4)
    [20.0, 30.0, 40.0, 50.0]
    """
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span))
    steps = [each * power for each in (0.2, 0.5, 1.0, 2.0)]
    step = min(steps, key=lambda each: abs(math.log(span / each / _TICKS)))
    first = math.ceil(low / step - 1e-9)
    return [round(place * step, 10) for place in range(first, math.floor(high / step + 1e-9) + 1)]


def _plan(goal: Goal) -> tuple[Point, ...]:
    """The expected values, from the baseline to the target; empty when the plan has no line."""
    base, target, start, due = goal.baseline, goal.target, goal.start, goal.due
    if goal.measure not in MOVING or base is None or target is None or start is None or due is None or due <= start:
        return ()
    if goal.pace is Pace.MILESTONES and milestones_expected(goal.milestones, due) is None:
        return ()
    many = 1 if goal.pace is Pace.LINEAR else _CURVE
    span = (due - start).days
    days = sorted({start + timedelta(days=round(span * place / many)) for place in range(many + 1)})
    return tuple((day, base + (expected(goal, day) or 0.0) * (target - base)) for day in days)


def _milestones(goal: Goal, today: date) -> Drawn | None:
    """Shares of milestones done, and due, as stairs; None when no day is known."""
    done = sorted({each.done_on for each in goal.milestones if each.done_on is not None})
    days = sorted({each.due for each in goal.milestones if each.due is not None})
    begins = goal.start or goal.active_since or min([*done, *days], default=None)
    if begins is None or not goal.milestones:
        return None
    ends = max([*days, *([goal.due] if goal.due else [])], default=None)
    planned = all(each.due is not None for each in goal.milestones) and ends is not None
    actual = [(begins, 0.0)] + [(day, 100 * _done_by(goal, day)) for day in done if day >= begins]
    actual.append((max(begins, min(today, goal.closed_on or today)), 100 * (milestones_done(goal.milestones) or 0.0)))
    plan = [(begins, 0.0)] + [(day, 100 * (milestones_expected(goal.milestones, day) or 0.0)) for day in days]
    if planned and ends is not None:
        plan.append((ends, 100.0))
    return Drawn(
        tuple(dict(sorted(actual)).items()), tuple(plan) if planned else (), (), None, None, (None, None), "%", True
    )


def _done_by(goal: Goal, day: date) -> float:
    total = sum(each.weight for each in goal.milestones)
    return sum(each.weight for each in goal.milestones if each.done_on is not None and each.done_on <= day) / total


def _span(goal: Goal, shown: Drawn) -> tuple[float, float]:
    if shown.steps:
        return -4.0, 104.0
    said = [*(value for _, value in (*shown.actual, *shown.plan, *shown.ahead)), *(shown.cone or ())]
    fixed = (goal.baseline, goal.target, goal.low, goal.high)
    every = [each for each in (*said, *fixed) if each is not None]
    low, high = min(every), max(every)
    room = (high - low or abs(high) or 1.0) * _ROOM
    return low - room, high + room


def _days(goal: Goal, shown: Drawn, today: date) -> tuple[date, date]:
    known = [day for day, _ in (*shown.actual, *shown.plan, *shown.ahead)]
    known += [each for each in (goal.start, goal.due) if each is not None]
    if goal.closed_on is None:
        known.append(today)
    first, last = min(known), max(known)
    return first, max(last, first + timedelta(days=7))


def _line(points: Sequence[Point], name: str, shape: str = "linear") -> Spec:
    look = {
        "plan": {"color": palette.CONTEXT, "width": 2, "dash": "dash"},
        "ahead": {"color": palette.DATA, "width": 2, "dash": "dot"},
    }[name]
    return {
        "type": "scatter",
        "x": [day.toordinal() for day, _ in points],
        "y": [value for _, value in points],
        "mode": "lines",
        "line": {**look, "shape": shape},
        "hoverinfo": "skip",
    }


def _actual(shown: Drawn) -> Spec:
    days = [day for day, _ in shown.actual]
    dots = {"color": palette.DATA, "size": 8, "line": {"color": palette.PAPER, "width": 2}}
    return {
        "type": "scatter",
        "x": [day.toordinal() for day in days],
        "y": [value for _, value in shown.actual],
        "mode": "lines+markers",
        "line": {"color": palette.DATA, "width": 2.5, "shape": "hv" if shown.steps else "linear"},
        "marker": dots,
        "connectgaps": False,
        "cliponaxis": False,
        "customdata": [
            f"<b>{long_label(day)}</b><br>{_in_the_picture(value, shown.unit)}{NBSP}" for day, value in shown.actual
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _cone(shown: Drawn) -> Spec:
    """The 80 % interval as a filled wedge, from the newest value to the due day."""
    (since, value), (due, _) = shown.ahead
    low, high = shown.cone or (value, value)
    return {
        "type": "scatter",
        "x": [since.toordinal(), due.toordinal(), due.toordinal(), since.toordinal()],
        "y": [value, high, low, value],
        "mode": "lines",
        "line": {"width": 0, "color": palette.INTERVAL},
        "fill": "toself",
        "fillcolor": palette.INTERVAL,
        "hoverinfo": "skip",
    }


def _healthy(shown: Drawn, low: float, high: float) -> Spec:
    first, last = shown.healthy
    return across(low if first is None else first, high if last is None else last, palette.PANEL)


def _ends(goal: Goal, shown: Drawn) -> list[tuple[float, str, str]]:
    """Labels at the right: (value, words, colour)."""
    found = []
    if shown.ahead:
        value = to_grain(goal, shown.ahead[-1][1])
        found.append(
            (shown.ahead[-1][1], f"at this pace<br><b>{_in_the_picture(value, shown.unit)}</b>", palette.OK_WORDS)
        )
    if shown.plan:
        end = shown.plan[-1][1]
        found.append(
            (end, f"{'planned' if shown.steps else 'target'}<br><b>{_in_the_picture(end, shown.unit)}</b>", palette.INK)
        )
    elif shown.held is not None:
        word = "line to hold" if goal.measure in HOLDING else "target"
        found.append((shown.held, f"{word}<br><b>{_in_the_picture(shown.held, shown.unit)}</b>", palette.INK))
    first, last = shown.healthy
    if first is not None or last is not None:
        ends = f"{NBSP}to{NBSP}".join(number(each) for each in (first, last) if each is not None)
        words = ends if first is not None and last is not None else f"{'from' if last is None else 'up to'}{NBSP}{ends}"
        middle = [each for each in (first, last) if each is not None]
        found.append((sum(middle) / len(middle), f"healthy<br><b>{words}</b>", palette.INK))
    return found


def _apart(ends: list[tuple[float, str, str]], low: float, high: float) -> list[Spec]:
    """Labels in the right margin, pushed apart where two would cover each other."""
    needed = (high - low) * 0.15
    placed: list[tuple[float, str, str]] = []
    for value, text, colour in sorted(ends):
        at = max(value, placed[-1][0] + needed) if placed else max(value, low + needed / 2)
        placed.append((at, text, colour))
    over = placed[-1][0] - (high - needed / 2) if placed else 0.0
    if over > 0:
        placed = [(value - over, text, colour) for value, text, colour in placed]
    return [
        note(text, x=1, xref="paper", xanchor="left", y=value, align="left", colour=colour, xshift=6)
        for value, text, colour in placed
    ]


def _expected_word(shown: Drawn) -> Spec:
    """The word at the plan, a third of the way, on the side where the values are not."""
    day, value = shown.plan[len(shown.plan) // 3] if len(shown.plan) > 2 else _third(shown.plan)
    above = [worth for when, worth in shown.actual if when.toordinal() <= day.toordinal()]
    under = not above or above[-1] >= value
    return note("expected", x=day.toordinal(), y=value, yanchor="top" if under else "bottom", yshift=-10 if under else 10,
                xanchor="right" if under is (shown.plan[0][1] > shown.plan[-1][1]) else "left")  # fmt: skip


def _third(plan: Sequence[Point]) -> Point:
    (first, low), (last, high) = plan[0], plan[-1]
    return first + (last - first) * 0.4, low + (high - low) * 0.4


def _months(first: date, last: date, *, most: int) -> list[tuple[date, str]]:
    """First days of months as ticks, with the year where it begins; days where a month is longer than the picture."""
    days = []
    day = date(first.year, first.month, 1)
    while day <= last:
        if day >= first:
            days.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    if len(days) < 2:
        step = max((last - first).days // 3, 1)
        every = [first + timedelta(days=place * step) for place in range(4)]
        return [(each, label(each).replace(" ", NBSP)) for each in every if each <= last]
    every_th = -(-len(days) // most)
    shown = days[::every_th]
    return [
        (each, f"{each:%b}<br>{each.year}" if place and each.year != shown[place - 1].year else f"{each:%b}")
        for place, each in enumerate(shown)
    ]


def _tick(value: float, unit: str) -> str:
    short = unit if len(unit) <= 6 else ""  # a long unit stands under the heading and at the labels
    return _in_the_picture(value, short)


def _in_the_picture(value: float, unit: str) -> str:
    """As `value_text`, where tags would be read: a unit is what somebody typed."""
    return escape(value_text(value, unit), quote=False)
