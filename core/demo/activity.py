"""Own schedules and zones of people, and the frame of events: commits in Engineering, tickets in Support.

How many events lie outside the schedule follows from the hours of the same week, so that both tell the same story.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.demo.knobs import Knobs
from core.demo.seasons import Floats
from core.schedule import DAY_MINUTES, parse_schedule

EVENT_COLUMNS = ("actor", "time", "source")
ZONES = {
    "Hamburg": "Europe/Berlin",
    "Utrecht": "Europe/Amsterdam",
    "Leeds": "Europe/London",
    "Porto": "Europe/Lisbon",
    "Gdańsk": "Europe/Warsaw",
}
SCHEDULES = {
    "Hamburg": "Mo-Fr 08:30-17:00",
    "Utrecht": "Mo-Fr 08:30-17:00",
    "Leeds": "Mo-Fr 09:00-17:00",
    "Porto": "Mo-Fr 09:30-18:30",
    "Gdańsk": "Mo-Fr 08:00-16:30",
}
PART_TIME_SCHEDULES = {
    20.0: "Mo-Fr 09:00-13:00",
    24.0: "Mo-We 08:30-17:00",
    30.0: "Mo-Th 09:00-17:00",
    32.0: "Mo-Th 08:30-17:00",
}
LATE_SHIFT = {"Support West": "Mo-Fr 12:00-20:30"}  # full time; their evenings are ordinary working time
SOURCES = {"Engineering": "commits", "Customer/Support": "tickets"}  # below the company
MIDDAY = (12 * 60, 13 * 60)
MIDDAY_SHARE = 0.4  # of what an ordinary hour sees
EVENINGS = (18 * 60, 23 * 60)
REST_DAYS = (9 * 60, 21 * 60)


def own_terms(location: str, contracted: float, unit: str) -> tuple[str, str]:
    """Schedule and zone of somebody at a location with these contracted hours, in a unit of this name."""
    full_time = LATE_SHIFT.get(unit, SCHEDULES[location])
    return PART_TIME_SCHEDULES.get(contracted, full_time), ZONES[location]


def events_frame(people: pd.DataFrame, person_weeks: pd.DataFrame, *, knobs: Knobs, last_week: date) -> pd.DataFrame:
    """One row for each event of the last `knobs.activity_weeks` weeks, columns EVENT_COLUMNS, by time within a source.

    people, person_weeks: as in `core.demo.generate.Organisation`. Commits carry the local time with its offset, as version
    control writes it; tickets are in UTC, as ticket systems do.
    """
    first = last_week - timedelta(weeks=knobs.activity_weeks - 1)
    rng = np.random.default_rng([knobs.seed, 14])
    weeks = person_weeks.loc[person_weeks["week"] >= first, ["person_id", "week", "worked", "after_hours", "rest_day"]]
    if weeks.empty:
        return pd.DataFrame(columns=list(EVENT_COLUMNS), dtype=object)
    weeks = _with_terms(weeks, people)
    below_company = weeks["unit"].str.partition("/")[2]
    weeks["source"] = None
    for path, source in SOURCES.items():
        weeks.loc[(below_company + "/").str.startswith(path + "/"), "source"] = source
    weeks = weeks[weeks["source"].notna() & (weeks["worked"] > 0)].fillna({"after_hours": 0.0, "rest_day": 0.0})
    many = rng.poisson(knobs.events * weeks["worked"].to_numpy(dtype=float) / 40)
    events = weeks.loc[weeks.index.repeat(many)].reset_index(drop=True)
    late = (events["after_hours"] / events["worked"]).to_numpy(dtype=float)
    rest = (events["rest_day"] / events["worked"]).to_numpy(dtype=float)
    draw = rng.random(len(events))
    minute = np.zeros(len(events), dtype=np.int64)
    for text, at in events.groupby("schedule").indices.items():
        minute[at] = _minutes(str(text), draw[at], rest[at], late[at], rng)
    seconds = rng.integers(0, 60, size=len(events))
    local = pd.to_datetime(events["week"]) + pd.to_timedelta(minute * 60 + seconds, unit="s")
    events = events.assign(local=local.astype("datetime64[s]"), time="")
    for (source, zone), group in events.groupby(["source", "zone"]):
        events.loc[group.index, "time"] = _written(group["local"], str(zone), utc=source == "tickets")
    events = events.sort_values(["source", "local", "person_id"], kind="stable").rename(columns={"person_id": "actor"})
    return events[list(EVENT_COLUMNS)].reset_index(drop=True)


def _with_terms(weeks: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Each person-week with unit, schedule and zone of the assignment that was the last to begin by its Sunday."""
    terms = people[["id", "from", "unit", "schedule", "zone"]].rename(columns={"id": "person_id"})
    terms = terms.assign(at=pd.to_datetime(terms["from"]).astype("datetime64[s]")).sort_values("at", kind="stable")
    asked = weeks.assign(at=(pd.to_datetime(weeks["week"]) + pd.Timedelta(days=6)).astype("datetime64[s]"))
    found = pd.merge_asof(
        asked.sort_values("at", kind="stable"),
        terms.drop(columns="from"),
        on="at",
        by="person_id",
        direction="backward",
    )
    return found.sort_values(["week", "person_id"], kind="stable").reset_index(drop=True).drop(columns="at")


def _minutes(text: str, draw: Floats, rest: Floats, late: Floats, rng: np.random.Generator) -> np.ndarray:
    """Minutes of the week: on rest days, in the evenings of working days, else within the schedule with a quiet midday."""
    schedule = parse_schedule(text)
    inside = np.flatnonzero(np.array(schedule.minutes))
    of_day = inside % DAY_MINUTES
    weight = np.where((of_day >= MIDDAY[0]) & (of_day < MIDDAY[1]), MIDDAY_SHARE, 1.0)
    working = np.array([day - 1 for day in sorted(schedule.days)])
    free = np.array([day for day in range(7) if day + 1 not in schedule.days])
    count = len(draw)
    found = rng.choice(inside, size=count, p=weight / weight.sum())
    evening = rng.choice(working, size=count) * DAY_MINUTES + rng.integers(*EVENINGS, size=count)
    day_off = rng.choice(free, size=count) * DAY_MINUTES + rng.integers(*REST_DAYS, size=count)
    return np.where(draw < rest, day_off, np.where(draw < rest + late, evening, found))


def _written(local: pd.Series, zone: str, *, utc: bool) -> pd.Series:
    """Times as a system writes them: in UTC with a Z, or local with the offset of that day."""
    aware = local.dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    universal = aware.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    if utc:
        return pd.Series(np.char.add(np.datetime_as_string(universal), "Z"), index=local.index, dtype="str")
    wall = aware.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    offsets, which = np.unique((wall - universal).astype(np.int64) // 60, return_inverse=True)
    endings = np.array(
        [f"{'-' if each < 0 else '+'}{abs(each) // 60:02}{abs(each) % 60:02}" for each in offsets.tolist()]
    )
    return pd.Series(np.char.add(np.datetime_as_string(wall), endings[which]), index=local.index, dtype="str")
