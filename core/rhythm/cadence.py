"""When two people should talk next, and whether they did in time. Dates in, dates out; no SQL, no clock.

The clock of a pair counts days and stands still while the pair pauses (leave, parental leave, a secondment). A conversation is
due when the clock has counted the interval since the last one that counts, and on time while it has counted no more than the
days of grace beyond. A review counts as a check-in; an informal conversation has no cadence and moves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.policy import RhythmRules

_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What kind of conversation it is."""

    CHECK_IN = "check_in"
    REVIEW = "review"
    INFORMAL = "informal"


class State(StrEnum):
    """Where a pair stands on a day: before the due day, in its days of grace, beyond them, or pausing."""

    AHEAD = "ahead"
    DUE = "due"
    OVERDUE = "overdue"
    PAUSED = "paused"


COUNTS_AS = {Kind.CHECK_IN: (Kind.CHECK_IN, Kind.REVIEW), Kind.REVIEW: (Kind.REVIEW,)}


@dataclass(frozen=True)
class Pause:
    """Days `[starts, ends)` on which the clock stands still."""

    starts: date
    ends: date


@dataclass(frozen=True)
class Held:
    """A conversation that took place."""

    kind: Kind
    on: date


@dataclass(frozen=True)
class Rhythm:
    """What is known of a pair: the day its clock starts, what was held, when it pauses; in any order, pauses may overlap.

    start: the later of the first day of the pair (on the roster, so never before either was hired) and the day from which the
    rhythm is counted.
    """

    start: date
    held: tuple[Held, ...] = ()
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Standing:
    """The next conversation of a kind. due: its day; last: the last day on which it is on time; days: since `due` (negative
    before it); held: the last one that counted, None before the first."""

    kind: Kind
    due: date
    last: date
    state: State
    days: int
    held: date | None


@dataclass(frozen=True)
class Slot:
    """One conversation that was due. held: the day it took place, None when it did not. on_time: None while it may yet be."""

    due: date
    held: date | None
    on_time: bool | None


def counted_on(day: date, count: int, pauses: Iterable[Pause]) -> date:
    """The day on which the clock has counted `count` further days after `day`; `day` itself for 0. Never a day of a pause."""
    if count == 0:
        return day
    reached = day + count * _DAY
    end = day + _DAY  # of what is already taken into account
    for pause in sorted(pauses, key=lambda each: each.starts):
        if pause.starts > reached:
            break
        standing = (pause.ends - max(pause.starts, end)).days
        if standing > 0:
            reached += standing * _DAY
            end = pause.ends
    return reached


def standing(rhythm: Rhythm, kind: Kind, rules: RhythmRules, today: date) -> Standing | None:
    """Where the pair stands with its next conversation of `kind` on `today`; None for an informal one, which is never due.

    Conversations after `today` are not known yet.
    """
    if kind not in COUNTS_AS:
        return None
    days = _days_that_count(rhythm, kind, today)
    due, last = _due(rhythm, days[-1] if days else rhythm.start, kind, rules)
    if any(pause.starts <= today < pause.ends for pause in rhythm.pauses):
        state = State.PAUSED
    else:
        state = State.AHEAD if today < due else State.DUE if today <= last else State.OVERDUE
    return Standing(kind, due, last, state, (today - due).days, days[-1] if days else None)


def slots(rhythm: Rhythm, kind: Kind, rules: RhythmRules, today: date) -> tuple[Slot, ...]:
    """Every conversation of `kind` that was due up to `today`, oldest first, and whether it was on time.

    One that did not take place before the next became due is missed, and the next is counted from its due day: silence is
    not one missed conversation but many. The last slot is still open (`on_time` None) within its days of grace.
    """
    if kind not in COUNTS_AS:
        return ()
    held = _days_that_count(rhythm, kind, today)
    found: list[Slot] = []
    anchor = rhythm.start
    while True:
        due, last = _due(rhythm, anchor, kind, rules)
        on = next((day for day in held if day > anchor), None)
        following, _ = _due(rhythm, due, kind, rules)
        if on is not None and on < following:
            found.append(Slot(due, on, on <= last))
            anchor = on
        elif due > today:
            return tuple(found)
        else:
            found.append(Slot(due, None, None if today <= last else False))
            anchor = due


def _days_that_count(rhythm: Rhythm, kind: Kind, today: date) -> list[date]:
    return sorted(
        {each.on for each in rhythm.held if each.kind in COUNTS_AS[kind] and rhythm.start <= each.on <= today}
    )


def _due(rhythm: Rhythm, anchor: date, kind: Kind, rules: RhythmRules) -> tuple[date, date]:
    interval = rules.review_days if kind is Kind.REVIEW else rules.check_in_days
    due = counted_on(anchor, interval, rhythm.pauses)
    return due, counted_on(due, rules.grace_days, rhythm.pauses)
