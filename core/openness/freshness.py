"""How fresh the data is: the newest week shown, what came in when, what is open, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from core.calendar import WEEK, label, long_label
from core.intake.kinds import title_of
from core.metrics.wording import NBSP
from core.overview.operations import OLD_AFTER, deliveries, open_weeks, weeks_waiting
from core.policy import Policy
from core.privacy.views import corrections_waiting, newest_period
from core.workload.area import AREA
from core.workload.wording import in_words


@dataclass(frozen=True)
class Freshness:
    """What has come in and what of it is shown.

    newest: the newest released week, None without any. delivered: kind of file -> when it last came in (UTC). days_old: days
    since hours last came in, None without any. open_weeks: weeks begun after the newest that are not closed yet.
    next_shown: the first day on which the oldest of them may be shown. due: closed weeks that wait for their release.
    corrections: '' or how many released weeks files have named again, in words.
    """

    newest: date | None
    delivered: Mapping[str, datetime]
    days_old: int | None
    open_weeks: tuple[date, ...]
    next_shown: date | None
    due: int
    corrections: str

    @property
    def stale(self) -> bool:
        """Whether hours have not come in for longer than a week and a half."""
        return self.days_old is not None and self.days_old > OLD_AFTER


def freshness(connection: Connection, *, policy: Policy, as_of: date) -> Freshness:
    """The state of the data on a day. Nothing of it is about people."""
    newest = newest_period(connection, AREA)
    came_in = deliveries(connection)
    open_ones = open_weeks(newest, as_of, policy) if newest else ()
    due, _ = weeks_waiting(connection, AREA, policy, as_of)
    return Freshness(
        newest=newest,
        delivered=dict(sorted(came_in.newest.items())),
        days_old=came_in.days_old(as_of),
        open_weeks=open_ones,
        next_shown=open_ones[0] + timedelta(days=6 + policy.close_after_days) if open_ones else None,
        due=due,
        corrections=corrections_waiting(connection, AREA),
    )


def freshness_sentence(found: Freshness) -> str:
    """The answer on top: up to when there are numbers, and when hours last came in."""
    if found.newest is None:
        return "No week has been released yet."
    until = f"What you see goes up to {long_label(found.newest + WEEK - timedelta(days=1))}."
    if found.days_old is None:
        return until
    ago = {0: "today", 1: "yesterday"}.get(found.days_old, f"{in_words(found.days_old)} days ago")
    return f"{until} Hours last came in {ago}."


def freshness_facts(found: Freshness) -> dict[str, str]:
    """The state of the data as a table, in reading order."""
    facts = {"Newest week shown": f"Week of {long_label(found.newest)}" if found.newest else "None yet"}
    for kind, at in found.delivered.items():
        facts[f"Last file: {title_of(kind)}"] = f"{long_label(at)}, {at:%H:%M}{NBSP}UTC"
    if not found.delivered:
        facts["Files"] = "None has come in yet"
    if found.next_shown:
        weeks = " and ".join(label(week) for week in found.open_weeks)
        facts["Weeks still open"] = f"{weeks}; the first is shown from {label(found.next_shown)} on"
    else:
        facts["Weeks still open"] = "None"
    facts["Closed weeks that wait"] = f"{found.due}, released with the next visit" if found.due else "None"
    waiting = f"Weeks delivered again: {found.corrections}. Changes are shown where enough people changed."
    facts["Corrections that wait"] = waiting if found.corrections else "None"
    return facts
