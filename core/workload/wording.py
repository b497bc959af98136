"""What the workload screen says: the sentence on top, the line under it, notices, the text for a screen reader.

Everything is counted over published cells, from the same frame that the picture is drawn from.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from core.calendar import WEEK, is_closed, label, long_label, monday_of
from core.metrics.catalogue import metric_named
from core.metrics.definition import Metric
from core.metrics.wording import NBSP, percent, value_text
from core.policy import Policy
from core.workload.standing import Standing
from core.workload.teams import LOADS, Run

NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
HIGH_TONES = ("over", "critical")


def chosen_metric(asked: str | None, offered: tuple[Metric, ...], known: Mapping[str, Metric]) -> Metric:
    """The metric asked for, else the first that has data, else the first of the catalogue.

    Raises:
        UnknownMetric: there is none of that id.
    """
    if asked is not None:
        return metric_named(asked, known)
    return offered[0] if offered else next(iter(known.values()))


def in_words(count: int, *, start: bool = False) -> str:
    """A count as people write it: words up to ten (none for 0), figures beyond; capitalised at the start of a sentence."""
    if count < len(NUMBERS):
        return NUMBERS[count] if start else NUMBERS[count].lower()
    return str(count)


def run_words(run: Run, *, start: bool = False) -> str:
    """How long a run is: `nine weeks`, `26 weeks or more` when it fills all that is shown."""
    return f"{in_words(run.weeks, start=start)} weeks" + (" or more" if run.or_more else "")


def sentence(
    metric: Metric, name: str, found: Standing, latest: Mapping[str, Any], weeks: tuple[date, ...], policy: Policy
) -> str:
    """The answer on top: one or two sentences that the cells below back exactly. found: how the teams below stand."""
    if metric.id in LOADS:
        return _load_sentence(metric, name, found, latest, weeks, policy)
    if latest["status"] != "shown":
        return f"{metric.name}: {name} is not shown in the latest week, to protect people."
    text = latest["text"]
    when = f"in the week of {label(weeks[-1])}"
    if not metric.bands:
        return f"{metric.name}: {text} per person and week across {name} {when}."
    if found.teams <= 1 or metric.unit == "share":
        return f"{metric.name}: {text} across {name} {when}."
    outside = "below" if metric.direction == "lower" else "above"
    verb = "is" if found.outside == 1 else "are"
    return (
        f"{in_words(found.outside, start=True)} of {found.newest} teams {verb} {outside} the ordinary range of "
        f"{metric.name[0].lower() + metric.name[1:]} {when}."
    )


def _load_sentence(
    metric: Metric, name: str, found: Standing, latest: Mapping[str, Any], weeks: tuple[date, ...], policy: Policy
) -> str:
    line, least = policy.utilisation_bands[2], policy.sustained_weeks
    if not found.enough:
        figure = _one_line(metric, name, None, latest, weeks, policy)
        return f"{figure} It takes {in_words(least)} weeks to tell whether load lasts."
    long = found.runs
    if found.teams <= 1:
        return _one_line(metric, name, long[0] if long else None, latest, weeks, policy)
    verb = "has" if len(long) == 1 else "have"
    counted = f"{in_words(len(long), start=True)} of {found.teams} teams {verb}"
    head = f"{counted} run above {percent(line)} for {in_words(least)} weeks or more"
    if not long:
        return head + "."
    if len(long) <= 2:
        return f"{head}: " + " and ".join(f"{run.name} ({run_words(run)})" for run in long) + "."
    return f"{head}. {long[0].name} has for {run_words(long[0])}."


def _one_line(
    metric: Metric, name: str, run: Run | None, latest: Mapping[str, Any], weeks: tuple[date, ...], policy: Policy
) -> str:
    """The sentence where at most one team is in view: the unit looked at, or the one below it in scope. run: if it lasts."""
    has_run = f"has run above {percent(policy.utilisation_bands[2])} for {run_words(run)}" if run else ""
    if latest["status"] != "shown":
        own = f"{name} is not shown in the week of {label(weeks[-1])}, to protect people."
    elif run and run.name == name:
        return f"{name} {has_run}, now at {latest['text']}."
    else:
        base = "available" if metric.id == "utilisation" else "contracted"
        own = f"{name} ran at {latest['text']} of its {base} hours in the week of {label(weeks[-1])}."
    return f"{own} {run.name} {has_run}." if run and run.name != name else own


def support(metric: Metric, name: str, latest: Mapping[str, Any], cells: pd.DataFrame, last: date) -> str:
    """The line under the answer: the unit's own figure with its uncertainty, and what is not shown."""
    parts = []
    if latest["status"] == "shown" and not pd.isna(latest["low"]) and latest["digits"]:
        low, high = (
            value_text(metric, float(latest[end])).replace(f"{NBSP}%", "").replace(f"{NBSP}h", "")
            for end in ("low", "high")
        )
        parts.append(
            f"{name} as a whole: {latest['text']} in the week of {label(last)}, somewhere between {low} and {high}."
        )
    newest = cells[cells["week"] == last]
    joined = newest["shown_with"].astype(str).str.startswith("join:")
    together = int((newest["status"].eq("hidden") & joined).sum())
    hidden = int((newest["status"].eq("hidden") & ~joined).sum())
    missing = int((newest["status"] == "missing").sum())
    if together:
        teams = "small team shares its row with another" if together == 1 else "small teams share rows"
        parts.append(f"{in_words(together, start=True)} {teams}, to protect people.")
    if hidden:
        parts.append(
            f"{in_words(hidden, start=True)} {'row is' if hidden == 1 else 'rows are'} not shown in the latest week, to protect "
            "people; their hours count in the totals."
        )
    if missing:
        parts.append(
            f"{in_words(missing, start=True)} {'row has' if missing == 1 else 'rows have'} no data in the latest week."
        )
    return " ".join(parts)


def notice(last: date, as_of: date, policy: Policy, waiting: str, narrowed: bool) -> str:
    """'' or a line about open weeks, old data and corrections that wait."""
    parts = []
    following = last + WEEK
    if not narrowed and following <= monday_of(as_of):
        if is_closed(following, as_of, policy.close_after_days):
            days = (as_of - (following - WEEK / 7)).days
            parts.append(
                f"Data is {days} days old. What you see is right for the weeks up to {long_label(following - WEEK / 7)}."
            )
        else:
            until = following + (6 + policy.close_after_days) * (WEEK / 7)
            parts.append(f"The week of {label(following)} is still open; it is shown from {label(until)} on.")
    if waiting:
        parts.append(f"Files have named {waiting} released weeks again: changes are shown where enough people changed.")
    return " ".join(parts)


def alt(metric: Metric, name: str, rows: pd.DataFrame, cells: pd.DataFrame, weeks: tuple[date, ...]) -> str:
    """One sentence for a screen reader, made of published cells."""
    newest = cells[cells["week"] == weeks[-1]]
    high = int(newest["tone"].isin(HIGH_TONES).sum())
    hidden = int((newest["status"] == "hidden").sum())
    children = int((~rows["heading"] & (rows["kind"] != "join")).sum())
    return (
        f"Heatmap of {metric.name[0].lower() + metric.name[1:]} for {name} and {children} rows below it, weeks of "
        f"{label(weeks[0])} to {label(weeks[-1])}; in the last week {high} high or critical, {hidden} not shown."
    )


def digits(metric: Metric, value: float | None, qualifier: str) -> str:
    """What fits into a cell of the picture: `118`, `4.5`, `12`; '' for coded values and classes (their colour speaks)."""
    if value is None or qualifier:
        return ""
    if metric.unit == "hours":
        return f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return f"{value * 100:.0f}"
