"""From counts of events to contributions: who counts in a week's shares of activity, and in a quarter's punch card."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from core.calendar import WEEK, quarter_start
from core.people.roster import unit_paths
from core.privacy.candidates import Contribution, variables_of
from core.privacy.cards import HOURS
from core.workload.tables import ActivityHour

CARD = "punch_card"
FAMILY = "activity"
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class QuarterCard:
    """The contributors of a quarter's card, and their events by hour of the week: shape (people, 168), rows as `people`."""

    contribution: Contribution
    counts: Counts


def quarter_end(quarter: date) -> date:
    """The Monday after the quarter that begins on `quarter` (13 ISO weeks; 14 in a year of 53)."""
    end = quarter + 13 * WEEK
    return end if quarter_start(end) == end else end + WEEK


def activity_families(connection: Connection, week: date) -> list[Contribution]:
    """The family of the weekly shares of activity, or nothing when no events were delivered for the week.

    A contributor is anybody with an event in the week (who was away has none); the unit is that with most of their events, in
    a tie the first by path.
    """
    rows = connection.execute(
        select(
            ActivityHour.person_id,
            ActivityHour.unit_id,
            func.sum(ActivityHour.events),
            func.sum(ActivityHour.outside),
            func.sum(ActivityHour.rest_day),
        )
        .where(ActivityHour.week == week)
        .group_by(ActivityHour.person_id, ActivityHour.unit_id)
    ).all()
    if not rows:
        return []
    frame = pd.DataFrame(rows, columns=["person", "unit", "events", "outside", "rest_day"]).astype("int64")
    frame = frame.assign(weeks=frame["events"], last=0)
    homes = _homes(connection, frame)
    sums = frame.groupby("person")[["events", "outside", "rest_day"]].sum()
    events = sums["events"].to_numpy(dtype=float)
    measures = {
        "activity_after_hours": ((sums["outside"] + sums["rest_day"]).to_numpy(dtype=float), events),
        "activity_weekend": (sums["rest_day"].to_numpy(dtype=float), events),
    }
    return [
        Contribution(
            family=FAMILY,
            people=sums.index.to_numpy(dtype=np.int64),
            units=homes.loc[sums.index].to_numpy(dtype=np.int64),
            variables={
                name: values
                for measure, pair in measures.items()
                for name, values in zip(variables_of(measure), pair, strict=True)
            },
            measures=measures,
            delivered=frozenset(frame["unit"].tolist()),
            silence_tells=True,
        )
    ]


def quarter_card(connection: Connection, quarter: date) -> QuarterCard | None:
    """What goes into the cards of the quarter that begins on `quarter`; None when no events were delivered for it.

    A contributor is anybody with an event in it; the unit is the one in which they had events in most weeks, of equal ones the
    later, then the first by path. All sources are counted together.
    """
    within = (ActivityHour.week >= quarter, ActivityHour.week < quarter_end(quarter))
    stays = connection.execute(
        select(
            ActivityHour.person_id,
            ActivityHour.unit_id,
            func.count(ActivityHour.week.distinct()),
            func.max(ActivityHour.week),
        )
        .where(*within)
        .group_by(ActivityHour.person_id, ActivityHour.unit_id)
    ).all()
    if not stays:
        return None
    rows = connection.execute(
        select(ActivityHour.person_id, ActivityHour.weekday, ActivityHour.hour, func.sum(ActivityHour.events))
        .where(*within)
        .group_by(ActivityHour.person_id, ActivityHour.weekday, ActivityHour.hour)
    )
    person, weekday, hour, events = np.array([tuple(row) for row in rows], dtype=np.int64).T
    people, row = np.unique(person, return_inverse=True)
    counts = np.zeros((len(people), HOURS), dtype=np.int64)
    counts[row, (weekday - 1) * 24 + hour] = events
    frame = pd.DataFrame(
        [(p, unit, weeks, last.toordinal()) for p, unit, weeks, last in stays],
        columns=["person", "unit", "weeks", "last"],
    )
    homes = _homes(connection, frame)
    total = counts.sum(axis=1).astype(float)
    contribution = Contribution(
        family=CARD,
        people=people,
        units=homes.loc[people].to_numpy(dtype=np.int64),
        variables={
            CARD: total
        },  # one unknown stands for the whole card: it is released once, so its version never matters
        measures={CARD: (total, np.ones(len(people)))},
        delivered=frozenset(frame["unit"].tolist()),
        silence_tells=True,
    )
    return QuarterCard(contribution, counts)


def _homes(connection: Connection, frame: pd.DataFrame) -> pd.Series:
    """Person -> the unit with the greatest `weeks`, of equal ones the greatest `last`, then the first by path."""
    once = frame.drop_duplicates("person", keep=False)
    if len(once) < len(frame):
        frame = frame.assign(path=frame["unit"].map(unit_paths(connection)))
        frame = frame.sort_values(["person", "weeks", "last", "path"], ascending=[True, False, False, True])
    return frame.drop_duplicates("person").set_index("person")["unit"]
