"""Comparing counts of events with those on record, and writing the difference. Person-grain; in the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from core.calendar import quarter_start
from core.database.bulk import write_rows
from core.delivery import Counts, Loaded
from core.people.loading import batches
from core.people.schedules import working_terms
from core.privacy import ledger
from core.workload.tables import ActivityHour

AREA = "activity"
GROUP = ["person_id", "week", "source"]
KEY = [*GROUP, "weekday", "hour"]
COUNTS = ["events", "outside", "rest_day"]
VALUES = ["unit_id", "unit_given", *COUNTS]


@dataclass(frozen=True)
class ActivityPlan:
    """Hours that are new or different. Frames have the columns of `ActivityHour`.

    hours: what to write. replaced: (person, week, source) whose hours on record go first.
    """

    counts: Counts
    hours: pd.DataFrame
    replaced: pd.DataFrame

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(len(self.hours))

    def prepare(self, connection: Connection) -> None:
        """Nothing has to be ready beforehand."""

    def load(self, connection: Connection) -> Loaded:
        """Put these hours in place of those on record, and note that the cards of their quarters await release."""
        gone = delete(ActivityHour).where(
            ActivityHour.person_id == bindparam("of_person"),
            ActivityHour.week == bindparam("of_week"),
            ActivityHour.source == bindparam("of_source"),
        )
        for keys in batches(self.replaced[GROUP].itertuples(index=False, name=None)):
            connection.execute(gone, [{"of_person": p, "of_week": w, "of_source": s} for p, w, s in keys])
        names = (*KEY, *VALUES)
        columns = [self.hours[name].tolist() for name in names]
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        write_rows(connection, insert(ActivityHour), rows)
        weeks = frozenset(self.hours["week"])
        note_cards(connection, weeks)
        return Loaded(weeks=weeks)


def plan_of(connection: Connection, events: pd.DataFrame, units: Mapping[str, int]) -> ActivityPlan:
    """The plan for events placed among people (columns `activity_people.EVENT_COLUMNS`).

    Each (person, week, source) of the file stands for itself: with other counts or another unit than on record, all its
    hours are replaced. Rows count as new, replaced or unchanged with their (person, week, source).
    """
    hours = events.groupby([*KEY, "unit", "unit_given"], as_index=False).agg(
        events=("outside", "size"), outside=("outside", "sum"), rest_day=("rest_day", "sum")
    )
    hours["unit_id"] = hours["unit"].map(units)
    stored = _stored(connection, hours)
    both = hours.merge(stored, on=KEY, how="outer", suffixes=("", "_stored"), indicator="found")
    same = both["found"] == "both"
    for name in VALUES:
        same &= both[name] == both[f"{name}_stored"]
    groups = both.assign(same=same).groupby(GROUP, as_index=False)["same"].all()
    sizes = hours.groupby(GROUP, as_index=False)["events"].sum()
    before = stored.groupby(GROUP, as_index=False)["events"].sum().rename(columns={"events": "before"})
    told = groups.merge(sizes, on=GROUP).merge(before, on=GROUP, how="left")
    new, changed = told["before"].isna(), told["before"].notna() & ~told["same"]
    wanted = hours.merge(told.loc[~told["same"], GROUP], on=GROUP)
    counts = Counts(
        loaded=int(told.loc[new, "events"].sum()),
        replaced=int(told.loc[changed, "events"].sum()),
        unchanged=int(told.loc[told["same"], "events"].sum()),
        removed=int((told.loc[changed, "before"] - told.loc[changed, "events"]).clip(lower=0).sum()),
        people=int(hours["person_id"].nunique()),
        units=int(hours["unit"].nunique()),
        weeks=tuple(sorted(set(hours["week"]))),
    )
    return ActivityPlan(counts, wanted, told.loc[changed, GROUP])


def note_cards(connection: Connection, weeks: Iterable[date]) -> None:
    """Note, in the transaction that changes facts, that the cards of the quarters of these weeks await release."""
    days = set(weeks)
    if days:
        done = ledger.released_weeks(connection, AREA)
        quarters = {quarter_start(week) for week in days}
        ledger.mark_pending(connection, AREA, quarters - done, released=(), held=False, since=max(days))


def rehome_activity(connection: Connection, persons: Collection[int]) -> frozenset[date]:
    """Decide the home unit of events on record of these persons (ids) anew; returns the weeks in which one got another.

    Events whose file named the unit keep it, and so do those in weeks without an assignment now.
    """
    facts: set[tuple[int, date, int]] = {
        (row[0], row[1], row[2])
        for batch in batches(sorted(persons))
        for row in connection.execute(
            select(ActivityHour.person_id, ActivityHour.week, ActivityHour.unit_id)
            .where(ActivityHour.person_id.in_(batch), ~ActivityHour.unit_given)
            .distinct()
        )
    }
    homes = working_terms(connection, {person for person, _, _ in facts}, {week for _, week, _ in facts})
    home = {
        (person, week): int(unit)
        for person, week, unit in zip(homes["person_id"], homes["week"], homes["unit_id"], strict=True)
    }
    moved = [
        {"of_person": person, "of_week": week, "to_unit": home[person, week]}
        for person, week, unit in sorted(facts)
        if home.get((person, week), unit) != unit
    ]
    if moved:
        change = update(ActivityHour).where(
            ActivityHour.person_id == bindparam("of_person"),
            ActivityHour.week == bindparam("of_week"),
            ~ActivityHour.unit_given,
        )
        connection.execute(change.values(unit_id=bindparam("to_unit")), moved)
    weeks = frozenset(week for person, week, unit in facts if home.get((person, week), unit) != unit)
    note_cards(connection, weeks)
    return weeks


def _stored(connection: Connection, hours: pd.DataFrame) -> pd.DataFrame:
    """The hours on record of every (person, week, source) in `hours`, columns KEY and VALUES."""
    rows: list[tuple[object, ...]] = []
    if len(hours):
        columns = [getattr(ActivityHour, name) for name in (*KEY, *VALUES)]
        named = set(hours[GROUP].itertuples(index=False, name=None))
        found = connection.execute(
            select(*columns).where(
                ActivityHour.week >= hours["week"].min(),
                ActivityHour.week <= hours["week"].max(),
                ActivityHour.source.in_(sorted(hours["source"].unique())),
            )
        )
        rows = [tuple(row) for row in found if (row[0], row[1], row[2]) in named]
    frame = pd.DataFrame(rows, columns=[*KEY, *VALUES])
    whole = dict.fromkeys(("person_id", "weekday", "hour", "unit_id", *COUNTS), "int64")
    return frame.astype(whole | {"week": object, "source": object, "unit_given": bool})
