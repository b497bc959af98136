"""What the panel *When work happens* shows: one frozen result, made by `activity_views`, and the sentences made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

from core.calendar import WEEK, long_label
from core.metrics.definition import Metric
from core.workload.board import UnitRef, neutralise

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORDS = ("few or none", "some", "more", "most")
COLUMNS = ["weekday", "hour", "hours", "level", "text"]
PART_HOURS = 4
WORKING_WEEK = (1, 2, 3, 4, 5)
EVENING, MORNING = 20, 6


@dataclass(frozen=True)
class ActivityCard:
    """The punch card of one unit and one quarter, from published cells.

    state: 'shown', 'hidden' (to protect people), 'missing' (no events of this unit were received for the quarter), 'open' (no
    quarter is complete yet) or 'none' (no events were ever delivered for anybody in scope).
    name: whom the card is about: the unit, or the units that it is shown together with. metric: the catalogue's entry.
    first, last: first and last day of the quarter (None without one). quarters: first days of those released, newest first.
    hours: one row for each hour of the week, or for each part of the day of 4 hours where the group is below 20: columns
        weekday (1 is Monday), hour (its first), hours (1 or 4), level (0 to 3), text. Empty unless shown.
    sentence, support: what stands out. note: '' or what is to be known about it. alt: one sentence for a screen reader.
    """

    state: str
    unit: UnitRef
    name: str
    metric: Metric
    first: date | None
    last: date | None
    quarters: tuple[date, ...]
    hours: pd.DataFrame
    n_band: str
    coverage: str
    sentence: str
    support: str
    note: str
    alt: str
    release: int | None

    @property
    def by_part(self) -> bool:
        """Whether it is told by parts of the day."""
        return bool(len(self.hours)) and int(self.hours["hours"].iloc[0]) > 1


def hours_of(classes: str, *, by_part: bool) -> pd.DataFrame:
    """The 168 classes of a released card as a frame, columns COLUMNS, in the order of the week."""
    step = PART_HOURS if by_part else 1
    rows = [
        (place // 24 + 1, place % 24, step, int(classes[place]), WORDS[int(classes[place])])
        for place in range(0, len(classes), step)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def table(card: ActivityCard) -> pd.DataFrame:
    """The card in words: a row for each hour (or part of the day), a column for each day."""
    hours = sorted(card.hours["hour"].unique())
    step = PART_HOURS if card.by_part else 1
    words = card.hours.pivot(index="hour", columns="weekday", values="text")
    shown = {"Hour": [f"{hour:02d}–{hour + step:02d}" for hour in hours]}
    return pd.DataFrame(shown | {DAYS[day - 1]: list(words[day]) for day in words.columns})


def export_frame(card: ActivityCard) -> pd.DataFrame:
    """The card as a flat table for CSV: unit, quarter, weekday (1 is Monday), hour, hours, class, release."""
    first = card.first.isoformat() if card.first else ""
    return pd.DataFrame(
        {
            "unit": neutralise(card.name),
            "quarter": first,
            "weekday": card.hours["weekday"],
            "hour": card.hours["hour"],
            "hours": card.hours["hours"],
            "class": card.hours["text"],
            "release": card.release,
        }
    )


def sentence(hours: pd.DataFrame) -> str:
    """What stands out in a card: when most of it happens, and whether evenings, nights or weekends see any."""
    busy = hours[hours["level"] >= 2]
    if busy.empty:
        busy = hours[hours["level"] >= 1]
    if busy.empty:
        return "Activity is spread too thinly over the week to tell its hours."
    days = tuple(sorted(int(day) for day in busy["weekday"].unique()))
    often = busy.groupby("hour")["weekday"].nunique()
    usual = sorted(int(hour) for hour in often[often * 2 >= len(days)].index) or sorted(int(h) for h in often.index)
    step = int(hours["hours"].iloc[0])
    told = f"Most activity lies between {usual[0]} and {usual[-1] + step} {_days(days)}."
    some = hours[hours["level"] >= 1]
    weekend = sorted(int(day) for day in some.loc[some["weekday"] > 5, "weekday"].unique())
    late = some[(some["weekday"] <= 5) & ((some["hour"] >= EVENING) | (some["hour"] + step <= MORNING))]
    if weekend and not set(weekend) <= set(days):
        told += (
            f" {' and '.join(DAYS[day - 1] for day in weekend)} {'see' if len(weekend) > 1 else 'sees'} some as well."
        )
    if late["weekday"].nunique() >= 2:
        told += " Some falls late in the evening or at night."
    return told


def _days(days: Sequence[int]) -> str:
    if tuple(days) == WORKING_WEEK:
        return "on weekdays"
    if len(days) == 1:
        return f"on {DAYS[days[0] - 1]}"
    if len(days) > 2 and all(after - before == 1 for before, after in pairwise(days)):
        return f"from {DAYS[days[0] - 1]} to {DAYS[days[-1] - 1]}"
    return "on " + ", ".join(DAYS[day - 1] for day in days[:-1]) + f" and {DAYS[days[-1] - 1]}"


def outside(shares: Sequence[tuple[float, str]]) -> str:
    """How much lies outside own schedules, from the shown weeks of the quarter: (value, qualifier) of each; '' with too few."""
    if len(shares) < 7:
        return ""
    mean = sum(value for value, _ in shares) / len(shares)
    coded = all(qualifier == "at most" for _, qualifier in shares)
    share = f"{'at most' if coded else 'about'} {mean * 100:.0f}\u00a0%"
    return f"In a usual week {share} of it lies outside people's own schedules ({len(shares)} weeks shown)."


def span(first: date, end: date) -> str:
    """The days of a quarter: `29 June to 27 September 2026`."""
    last = end - WEEK / 7
    start = long_label(first) if first.year != last.year else f"{first.day} {first:%B}"
    return f"{start} to {long_label(last)}"


def quarter_words(card: ActivityCard) -> str:
    """The days that a card is about; '' when it is about none."""
    return span(card.first, card.last + WEEK / 7) if card.first and card.last else ""


def alt(name: str, period: str, hours: pd.DataFrame) -> str:
    """One sentence for a screen reader."""
    counts = hours["level"].value_counts()
    parts = [f"{counts.get(level, 0)} {WORDS[level]}" for level in (3, 2, 1, 0)]
    grain = "parts of the day" if int(hours["hours"].iloc[0]) > 1 else "hours"
    return f"Punch card of {name}, {period}: of {len(hours)} {grain} of the week {', '.join(parts)}. {sentence(hours)}"
