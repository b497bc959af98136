"""When work happens: events counted by local weekday and hour, and those outside a person's own schedule.

Frames in, frames out; times are local wall clock, as the person's own clock showed it.
"""

import numpy as np
import pandas as pd

from core.schedule import DAY_MINUTES, Schedule

HOURS = 24
WEEKDAYS = 7


def weekday_and_hour(local: pd.Series) -> pd.DataFrame:
    """Columns weekday (ISO, 1 is Monday) and hour (0 to 23), int64, of local times (datetime64 without a zone, none missing)."""
    return pd.DataFrame(
        {"weekday": local.dt.day_of_week.astype("int64") + 1, "hour": local.dt.hour.astype("int64")}, index=local.index
    )


def punch_card(events: pd.DataFrame) -> pd.DataFrame:
    """Events by weekday and hour: index weekday 1 to 7, columns hour 0 to 23, int64; every hour is there, 0 without events.

    events: columns weekday and hour as `weekday_and_hour` gives them; with a column `events`, a row counts that many times.

    >>> frame = pd.DataFrame({"weekday": [1, 1, 7], "hour": [9, 9, 23]})
    >>> int(punch_card(frame).at[1, 9]), int(punch_card(frame).at[7, 23]), int(punch_card(frame).to_numpy().sum())
    (2, 1, 3)

    Raises:
        ValueError: a weekday or an hour that no week has.
    """
    weekday, hour = events["weekday"].to_numpy(dtype=np.int64), events["hour"].to_numpy(dtype=np.int64)
    if ((weekday < 1) | (weekday > WEEKDAYS) | (hour < 0) | (hour >= HOURS)).any():
        raise ValueError("weekdays are 1 (Monday) to 7, hours 0 to 23")
    weights = events["events"].to_numpy(dtype=np.int64) if "events" in events else np.ones(len(events), dtype=np.int64)
    card = np.zeros(WEEKDAYS * HOURS, dtype=np.int64)
    np.add.at(card, (weekday - 1) * HOURS + hour, weights)
    return pd.DataFrame(
        card.reshape(WEEKDAYS, HOURS),
        index=pd.RangeIndex(1, WEEKDAYS + 1, name="weekday"),
        columns=pd.RangeIndex(HOURS, name="hour"),
    )


def outside_schedule(local: pd.Series, schedule: Schedule) -> pd.DataFrame:
    """Which events lie outside the schedule: columns outside and rest_day (bool), never both, indexed as `local`.

    outside: on a scheduled day, before or after its hours (or in its break). rest_day: on a day on which no work starts and
    which no shift of the day before reaches. local: local times, datetime64 without a zone.
    """
    day = local.dt.day_of_week.to_numpy(dtype=np.int64)
    minute = (local.dt.hour * 60 + local.dt.minute).to_numpy(dtype=np.int64)
    inside = np.array(schedule.minutes, dtype=bool)[day * DAY_MINUTES + minute]
    scheduled = np.array([number + 1 in schedule.days for number in range(WEEKDAYS)])[day]
    return pd.DataFrame({"outside": ~inside & scheduled, "rest_day": ~inside & ~scheduled}, index=local.index)
