"""A person's own events, week by week: what is stored of commits, meetings or calls about the one who asks, and nobody else."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK, label
from core.metrics.wording import NBSP, percent
from core.people.scope import own_person
from core.workload.tables import ActivityHour

COLUMNS = ("week", "source", "events", "outside", "rest_day")
SHOWN_WEEKS = 12


def own_events(connection: Connection, viewer: Viewer, *, as_of: date) -> pd.DataFrame:
    """The viewer's own events of the twelve weeks up to the newest one that has any, none after `as_of`.

    Columns COLUMNS: week (date, a Monday), source (str), and counts (int): all events, those outside the person's own hours on
    days of work, those on days without work. Newest week first, then by source; no row for a week without events.

    Raises:
        NoPermission: no role of the viewer opens *My week*.
    """
    if not viewer.may_open("my_week"):
        raise NoPermission("Your account has no role that shows a week of its own.")
    own = own_person(viewer)
    newest = connection.scalar(
        select(func.max(ActivityHour.week)).where(ActivityHour.person_id.in_(own), ActivityHour.week <= as_of)
    )
    if newest is None:
        return pd.DataFrame(columns=list(COLUMNS))
    counts = [func.sum(getattr(ActivityHour, name)) for name in COLUMNS[2:]]
    rows = connection.execute(
        select(ActivityHour.week, ActivityHour.source, *counts)
        .where(
            ActivityHour.person_id.in_(own),
            ActivityHour.week <= as_of,
            ActivityHour.week > newest - SHOWN_WEEKS * WEEK,
        )
        .group_by(ActivityHour.week, ActivityHour.source)
        .order_by(ActivityHour.week.desc(), ActivityHour.source)
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[2:], int))


def events_table(found: pd.DataFrame) -> pd.DataFrame:
    """The events as people read them: numbers, and parts with their share of all; columns Week to On days off, all text."""

    def part(name: str) -> list[str]:
        pairs = zip(found[name].tolist(), found["events"].tolist(), strict=True)
        return [f"{count:,} ({percent(count / every)})" if count else "0" for count, every in pairs]

    return pd.DataFrame(
        {
            "Week": [label(week).replace(" ", NBSP) for week in found["week"]],
            "From": list(found["source"]),
            "Events": [f"{count:,}" for count in found["events"].tolist()],
            "Outside your hours": part("outside"),
            "On days off": part("rest_day"),
        }
    )
