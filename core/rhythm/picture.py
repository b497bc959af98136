"""The picture of own weeks that somebody put into a preparation, as their own screen drew it: a frame, its table, its words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from core.rhythm.preparing import PICTURE
from core.workload.my_week_wording import table

_ABSENCES = ("leave", "public_holiday", "sickness")  # in no picture: why somebody was away stays with them
WHAT_IS_SHOWN = (
    "The weeks below, as My week shows them to you now: hours, hours that were available, and that a week was away. "
    "No reasons for an absence, no single days, and nothing that comes in later."
)


def frame_of(weeks: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The weeks as `core.workload.my_week_figures.own_weeks` takes them, oldest first.

    weeks: as `core.rhythm.preparing.own_picture` gives them. Columns: week (date), status, away, and hours (float, NaN for none).
    """
    frame = pd.DataFrame([{**row, "week": date.fromisoformat(row["week"])} for row in weeks])
    hours = [name for name in frame.columns if name not in ("week", "status", "away")]
    return frame.astype(dict.fromkeys(hours, "float64"))


def value_of(frame: pd.DataFrame) -> str:
    """The column that is drawn as bars: hours worked, or hours of collaboration where there is nothing else."""
    return "worked" if "worked" in frame else "collaboration"


def table_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers behind the picture as people read them, newest week first; what nobody delivered is left out."""
    if value_of(frame) == "collaboration":
        return table("collaboration", frame)
    absent = [name for name in (*_ABSENCES, *PICTURE) if name not in frame]
    return table("hours", frame.assign(**dict.fromkeys(absent, float("nan"))))


def words_of(frame: pd.DataFrame, whose: str) -> str:
    """What the picture says to a screen reader. whose: `Your` or `Mara's`."""
    told = "hours worked" if value_of(frame) == "worked" else "hours of collaboration"
    return f"{whose} {told}, week by week over {len(frame)} weeks."
