"""What the overview says. Verdict words are fixed; counts are counts of teams and weeks, never of people."""

from collections.abc import Sequence
from datetime import date
from math import ceil, floor, isfinite

from core.calendar import WEEK, label, long_label
from core.metrics.definition import Metric
from core.metrics.legend import HIDDEN_WORDS, MISSING_WORDS
from core.metrics.wording import EDGE, NBSP, percent, span_text, value_text
from core.overview.board import KeyNumber
from core.workload.swing import Reading, Swing
from core.workload.teams import Run
from core.workload.wording import in_words, run_words

HIDDEN, MISSING = "Not shown", "No data"
VERDICTS = {
    "usual": "no clear change",
    "improved": "improved",
    "over": "beyond usual swing",
    "beyond": "beyond usual swing",
    "unknown": "too little history",
}
AGAINST_ITSELF = "Against each team's own usual swing, not against other teams."
ALL_USUAL = "No team is beyond its own usual swing."
FOUR_WEEKS_AGO = "four weeks ago"
SHOWN_AS_WORD = "Below 20 people a share is shown as a word."
NOTHING_RELEASED = "No week has been released yet."
NO_SCOPE = "No unit is in your scope yet. Ask your administrator to set the unit of your account."
NOT_OPEN = "Your own week is open to you. The numbers of units are not open to everyone here."
NOTHING_NEEDED = "Nothing waits for you here."


def count_span(lower: float, upper: float) -> str:
    """The usual swing of a count of teams: `none`, `1`, `0 to 2`."""
    first, last = ceil(max(0.0, lower) - EDGE), floor(max(0.0, upper) + EDGE)
    if first >= last:
        return in_words(last) if last < 1 else str(last)
    return f"{first} to {last}"


def delta(metric: Metric, newest: float, before: float) -> str:
    """The difference of two values as they are printed: `+1 point`, `−0.4 h`; '' when one of them is not there."""
    if not (isfinite(newest) and isfinite(before)):
        return ""
    if metric.unit == "hours":
        step = round(newest, 1) - round(before, 1)
        return f"{_sign(round(step, 1))}{abs(step):.1f}{NBSP}h"
    points = round(newest * 100) - round(before * 100)
    return f"{_sign(points)}{abs(points)}{NBSP}{'point' if abs(points) == 1 else 'points'}"


def count_delta(newest: float, before: float) -> str:
    """The difference of two counts of teams: `+2`, `−1`, `±0`; '' when one of them is not there."""
    if not (isfinite(newest) and isfinite(before)):
        return ""
    return f"{_sign(newest - before)}{abs(newest - before):.0f}"


def _sign(step: float) -> str:
    return "+" if step > 0 else "−" if step < 0 else "±"


def beside(change: str, verdict: str) -> str:
    """The words next to the difference: `over 4 weeks · no clear change`, or the verdict alone."""
    return " · ".join(part for part in ("over 4 weeks" if change else "", verdict) if part)


def weeks_running(weeks: int, unbroken: bool) -> str:
    """`for nine weeks running`, `for nine weeks shown` when weeks between were not, one week with its caveat."""
    if weeks == 1:
        return "for one week, which can be chance"
    return f"for {in_words(weeks)} weeks {'running' if unbroken else 'shown'}"


def about_number(metric: Metric, swing: Swing, reading: Reading, unbroken: bool) -> str:
    """One sentence under a number that is shown: where it stands in its own usual swing."""
    if swing.limits is None:
        return "Too little history for a usual swing."
    usual = span_text(metric, swing.limits.lower, swing.limits.upper)
    if reading.weeks:
        side = "Above" if reading.direction == "up" else "Below"
        return f"{side} its usual swing of {usual} {weeks_running(reading.weeks, unbroken)}."
    if reading.tone == "improved":
        return f"Back within its usual swing of {usual}."
    more = "" if metric.direction else " Neither direction is strain by itself."
    return f"Within its usual swing of {usual}.{more}"


def about_coded(text: str) -> str:
    """One sentence under a value that has been coded in every shown week."""
    return f"{text[0].upper()}{text[1:]} in every week shown."


def not_shown(status: str, stand_in: str) -> str:
    """One sentence under a number that is hidden or missing in the newest week; `stand_in` names where the hours count."""
    if status == "missing":
        return f"{MISSING_WORDS}. This is not zero."
    return f"{HIDDEN_WORDS}." + (f" These hours count in {stand_in}." if stand_in else "")


def about_teams(names: Sequence[str], lower: float, upper: float) -> str:
    """One sentence under the number of teams above capacity: the first three, longest first, and what is usual."""
    usual = f" Usually {count_span(lower, upper)}." if isfinite(lower) else ""
    if not names:
        return "None at the moment." + usual
    if len(names) > 3:
        return ", ".join(names[:3]) + f" and {in_words(len(names) - 3)} more." + usual
    return together(names) + "." + usual


def together(names: Sequence[str]) -> str:
    """Names as a list: `A`, `A and B`, `A, B and C`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def about_change(
    metric: Metric, swing: Swing, reading: Reading, shown: Sequence[float], *, inside: int, outside: int
) -> str:
    """One sentence on a team. shown: its weeks, NaN where nothing is shown.

    inside, outside: for how many shown weeks it has been back within its range, and for how many it was outside before.
    """
    assert swing.limits is not None
    usual = span_text(metric, swing.limits.lower, swing.limits.upper)
    newest = value_text(metric, [value for value in shown if isfinite(value)][-1])
    at = f"now at {newest}" if isfinite(shown[-1]) else f"last shown at {newest}"
    if reading.weeks == 1:
        side = "above" if reading.direction == "up" else "below"
        at = f"At {newest}" if isfinite(shown[-1]) else f"Last shown at {newest}"
        return f"{at}, {side} its usual range of {usual}. One week, which can be chance."
    if reading.weeks:
        side = "Above" if reading.direction == "up" else "Below"
        long = weeks_running(reading.weeks, unbroken(shown, reading.weeks))
        return f"{side} its usual range of {usual} {long}, {at}."
    side = "above" if metric.direction == "higher" else "below"
    back = "one week" if inside == 1 else f"{in_words(inside)} weeks"
    return f"Back within its usual range of {usual} for {back}, after {in_words(outside)} weeks {side} it."


def unbroken(shown: Sequence[float], weeks: int) -> bool:
    """Whether the newest `weeks` shown weeks stand next to each other."""
    places = [place for place, value in enumerate(shown) if isfinite(value)][-weeks:]
    return bool(places) and places[-1] - places[0] == len(places) - 1


def lasting(metric: Metric, line: float, run: Run) -> str:
    """Why a team needs somebody: `Above 110 % for nine weeks, now at 121 %.`"""
    at = "now" if run.current else "last shown"
    return f"Above {percent(line)} for {run_words(run)}, {at} at {value_text(metric, run.newest)}."


def support(name: str, numbers: Sequence[KeyNumber], *, single: bool, beyond: int, hidden: int, every: int) -> str:
    """The line under the answer: the unit as a whole, what else is beyond its own usual swing, what is not shown.

    numbers: the first is the one that the answer is about. single: the answer is about one unit and has said its value.
    beyond, hidden, every: counts of teams.
    """
    parts = []
    main, *others = numbers
    standing = {"usual": "within its usual swing", "improved": "improved against its own weeks before"}
    if main.verdict and main.tone != "unknown":
        where = standing.get(main.tone, "beyond its usual swing")
        parts.append(f"That is {where}." if single else f"{name} as a whole is at {main.text}, {where}.")
    more = [
        number.label if ":" in number.id else number.label[0].lower() + number.label[1:]  # a unit, or a measure
        for number in others
        if number.tone in ("over", "beyond") and number.id != "teams_above"
    ]
    if more and single:
        parts.append(f"Beyond usual swing as well: {together(more)}.")
    if beyond:
        verb, whose = ("team is", "its") if beyond == 1 else ("teams are", "their")
        parts.append(f"{in_words(beyond, start=True)} {verb} beyond {whose} own usual swing.")
    if hidden:
        verb, whose = ("is", "its") if hidden == 1 else ("are", "their")
        parts.append(
            f"{in_words(hidden, start=True)} of {every} teams {verb} not shown on {whose} own in the newest week, to "
            "protect people."
        )
    return " ".join(parts)


def where(name: str, last: date | None) -> str:
    """The place and the week: `Overview · Northwind · week of 2 March 2026`."""
    return " · ".join(part for part in ("Overview", name, period(last)) if part)


def period(last: date | None) -> str:
    """`week of 2 March 2026`, '' without a week."""
    return f"week of {long_label(last)}" if last else ""


def source(last: date, release: int) -> str:
    """What the numbers cover and come from."""
    return f"Data to {long_label(last + WEEK - WEEK / 7)} · protected cells of release {release}"


def alt(name: str, series: Sequence[float], texts: Sequence[str], first: date, sentence: str) -> str:
    """One sentence for a screen reader on a spark."""
    shown = [text for text, value in zip(texts, series, strict=True) if isfinite(value)]
    ends = f" from {shown[0]} to {shown[-1]}" if shown else ""
    return f"{name}, {len(series)} weeks from {label(first)}{ends}. {sentence}"


def open_weeks(first: date, closes: date) -> str:
    """A week that is still open."""
    return f"The week of {label(first)} is still open. It is shown from {label(closes)} on."


def days_old(days: int, last: date) -> str:
    """How old the newest delivery is, and what that means for what is shown."""
    return (
        f"The newest delivery of hours came in {days} days ago. What is shown is right up to "
        f"{long_label(last + WEEK - WEEK / 7)}."
    )
