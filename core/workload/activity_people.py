"""Events of a file placed among the people on record: whose they are, in which unit, when by that person's own clock."""

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from core.delivery import Finding
from core.people.loading import stored_persons
from core.people.schedules import working_terms
from core.policy import Policy, read_policy
from core.schedule import parse_schedule
from core.workload.activity_events import OWN_ZONE
from core.workload.measures.activity import outside_schedule, weekday_and_hour

EVENT_COLUMNS = ["person_id", "week", "source", "weekday", "hour", "unit", "unit_given", "outside", "rest_day"]


def on_record(
    connection: Connection, frame: pd.DataFrame, units: Mapping[str, int], policy: Policy | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """One row for each event, columns EVENT_COLUMNS (week: date; unit: path; outside, rest_day: bool), and what is wrong.

    frame: columns actor, at, zone, unit, source as `activity_imports.read` gives them, indexed by row. With findings the
    events are not to be used. policy: the one in force when None; it speaks where schedule or zone were not delivered.
    """
    if frame.empty:  # no row had an actor and a time that could be read
        return pd.DataFrame(columns=EVENT_COLUMNS), []
    rules = policy or read_policy()
    persons = _persons(connection, frame["actor"])
    known = frame["actor"].isin(persons.keys())
    findings = _strangers(frame.loc[~known, "actor"])
    findings += _unknown_units(frame["unit"], units)
    events = frame[known].copy()
    events["person_id"] = events["actor"].map(persons).astype("int64")
    events["at"] = _local(connection, events, rules)
    events["week"] = events["at"].dt.normalize() - pd.to_timedelta(events["at"].dt.day_of_week, unit="D")
    terms = _terms(connection, events["person_id"], events["week"])
    events = events.reset_index(names="row").merge(terms, on=["person_id", "week"], how="left").set_index("row")
    paths = {number: path for path, number in units.items()}
    events["home"] = events["unit_id"].map(paths)
    findings += _not_employed(events)
    if findings:
        return events, findings
    events["schedule"] = events["schedule"].where(events["schedule"].notna(), rules.default_schedule)
    parts = [outside_schedule(group["at"], parse_schedule(text)) for text, group in events.groupby("schedule")]
    if parts:
        events = events.join(pd.concat(parts))
    events = events.join(weekday_and_hour(events["at"]))
    monday = dict(zip(events["week"].unique(), _mondays(events["week"].unique()), strict=True))
    events["week"] = events["week"].map(monday).astype(object)
    return _one_unit_a_week(events)[EVENT_COLUMNS], []


def _persons(connection: Connection, actors: pd.Series) -> dict[str, int]:
    """Actor -> person id, by the employer's id or else by e-mail address (in any case)."""
    stored = stored_persons(connection)
    by_address = {person.email.casefold(): person.id for person in stored.values() if person.email}
    found: dict[str, int] = {}
    for actor in actors.unique():
        if actor in stored:
            found[actor] = stored[actor].id
        elif actor.casefold() in by_address:
            found[actor] = by_address[actor.casefold()]
    return found


def _strangers(actors: pd.Series) -> list[Finding]:
    """One finding for each actor who is nobody on record, at the first of their rows."""
    return [
        Finding(
            int(rows.index[0]),
            "actor",
            str(actor),
            f"There is nobody with this id or address on record{_rows(len(rows))}.",
            "Import the person first (kind people), correct the id, or take the rows out, as those of machines.",
        )
        for actor, rows in actors.groupby(actors, sort=False)
    ]


def _unknown_units(given: pd.Series, units: Mapping[str, int]) -> list[Finding]:
    unknown = given[given.notna() & ~given.isin(units.keys())]
    return [
        Finding(
            int(rows.index[0]),
            "unit",
            str(path),
            f"There is no unit of this path on record{_rows(len(rows))}.",
            "Write the path as in the people file, or leave the cell blank for the home unit of that week.",
        )
        for path, rows in unknown.groupby(unknown, sort=False)
    ]


def _not_employed(events: pd.DataFrame) -> list[Finding]:
    """One finding for each person and week without an assignment, at the first row."""
    outside = events[events["home"].isna()]
    return [
        Finding(
            int(rows.index[0]),
            "time",
            str(actor),
            f"{actor} had no assignment in the week of {week:%Y-%m-%d}{_rows(len(rows))}.",
            "Correct the time, or the person's dates with a people file, or take the rows out.",
        )
        for (actor, week), rows in outside.groupby(["actor", "week"], sort=False)
    ]


def _rows(count: int) -> str:
    return f" ({count:,} rows)" if count > 1 else ""


def _local(connection: Connection, events: pd.DataFrame, policy: Policy) -> pd.Series:
    """Times by the local clock: those in UTC are turned into their zone, or into that of the person in that week."""
    zone = events["zone"].copy()
    own = zone == OWN_ZONE
    if own.any():
        of_week = events.loc[own, "at"].dt.normalize()
        monday = of_week - pd.to_timedelta(of_week.dt.day_of_week, unit="D")
        asked = pd.DataFrame({"person_id": events.loc[own, "person_id"], "week": monday}).reset_index(names="row")
        terms = _terms(connection, asked["person_id"], asked["week"])
        found = asked.merge(terms, on=["person_id", "week"], how="left").set_index("row")["zone"]
        zone.loc[own] = found.where(found.notna(), policy.default_zone)
    local = events["at"].copy()
    for name, group in events["at"].groupby(zone):
        turned = group.dt.tz_localize("UTC").dt.tz_convert(str(name)).dt.tz_localize(None)
        local.loc[group.index] = turned.astype("datetime64[s]")
    return local


def _terms(connection: Connection, people: pd.Series, weeks: pd.Series) -> pd.DataFrame:
    found = working_terms(connection, people.unique().tolist(), _mondays(weeks.unique()))
    found["week"] = pd.to_datetime(found["week"]).astype("datetime64[s]")
    return found.astype({"person_id": "int64"})


def _mondays(weeks: Iterable[np.datetime64]) -> list[date]:
    return [pd.Timestamp(week).date() for week in weeks]


def _one_unit_a_week(events: pd.DataFrame) -> pd.DataFrame:
    """Each person in one unit a week: the one that most of their events are for, in a tie the first by path.

    unit_given: the file named that unit for at least one of the events.
    """
    given = events["unit"].notna()
    each = events.assign(unit=events["unit"].where(given, events["home"]), unit_given=given)
    sizes = each.groupby(["person_id", "week", "unit"], as_index=False).agg(
        many=("unit_given", "size"), unit_given=("unit_given", "any")
    )
    sizes = sizes.sort_values(["person_id", "week", "many", "unit"], ascending=[True, True, False, True])
    chosen = sizes.drop_duplicates(["person_id", "week"])[["person_id", "week", "unit", "unit_given"]]
    return each.drop(columns=["unit", "unit_given"]).merge(chosen, on=["person_id", "week"], how="left")
