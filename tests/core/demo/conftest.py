"""The default demonstration organisation, and plain formulas to read it with, written apart from the generator."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.demo import Knobs, Organisation, generate

LAST_WEEK = date(2025, 11, 3)


def monday(ago: int, last_week: date = LAST_WEEK) -> date:
    """The Monday `ago` weeks before the last week."""
    return last_week - timedelta(weeks=ago)


def with_units(organisation: Organisation) -> pd.DataFrame:
    """Person-weeks, each beside the assignment that began last before it."""
    assignments = organisation.people[["id", "unit", "hired", "left"]].assign(
        start=pd.to_datetime(organisation.people["from"])
    )
    hours = organisation.person_weeks.assign(monday=pd.to_datetime(organisation.person_weeks["week"]))
    joined = pd.merge_asof(
        hours.sort_values("monday"),
        assignments.sort_values("start"),
        left_on="monday",
        right_on="start",
        left_by="person_id",
        right_by="id",
    )
    joined["available"] = joined["contracted"] - joined["leave"] - joined["public_holiday"] - joined["sickness"]
    return joined


def path_to(units: pd.Series, level: int) -> pd.Series:
    """The first parts of each path: 1 division, 2 department, 3 team."""
    return units.str.split("/").str[: level + 1].str.join("/")


def below(units: pd.Series, level: int) -> pd.Series:
    """True for units at this level or deeper."""
    return units.str.count("/") >= level


def load_by(weeks: pd.DataFrame, level: int, by_week: bool = False) -> pd.Series:
    """Utilisation of units: sum of hours worked over sum of hours available, where hours are known."""
    known = weeks[weeks["worked"].notna() & below(weeks["unit"], level)]
    keys = [path_to(known["unit"], level).rename("unit_path")] + ([known["week"]] if by_week else [])
    sums = known.groupby(keys)[["worked", "available"]].sum()
    return sums["worked"] / sums["available"]


def load_of(weeks: pd.DataFrame, unit: str, first: date, after: date) -> pd.Series:
    """Utilisation of one unit in each week of [first, after)."""
    inside = weeks[
        (weeks["unit"] + "/").str.startswith(unit + "/") & (weeks["week"] >= first) & (weeks["week"] < after)
    ]
    sums = inside[inside["worked"].notna()].groupby("week")[["worked", "available"]].sum()
    return sums["worked"] / sums["available"]


def roster(organisation: Organisation, day: date) -> pd.DataFrame:
    """The assignment of everybody who is employed on a day."""
    people = organisation.people
    begun = people[[start <= day for start in people["from"]]].groupby(["id", "hired"], sort=False).tail(1)
    return begun[[left is None or left >= day for left in begun["left"]]]


def active_in_last_week(organisation: Organisation, last_week: date = LAST_WEEK) -> pd.DataFrame:
    """The assignments that hold on the last Monday."""
    return roster(organisation, last_week)


def swing(weeks: pd.DataFrame) -> float:
    """Pooled standard deviation of a person's utilisation round their own mean, in weeks with a fifth of the hours."""
    fair = weeks[weeks["worked"].notna() & (weeks["available"] >= 0.2 * weeks["contracted"])]
    ratio = fair["worked"] / fair["available"]
    groups = ratio.groupby(fair["person_id"])
    return float(np.sqrt(((ratio - groups.transform("mean")) ** 2).sum() / (len(ratio) - groups.ngroups)))


@pytest.fixture(scope="session")
def plain() -> SimpleNamespace:
    """The formulas of this module, by name."""
    functions = (monday, with_units, path_to, below, load_by, load_of, roster, active_in_last_week, swing)
    return SimpleNamespace(last_week=LAST_WEEK, **{each.__name__: each for each in functions})


@pytest.fixture(scope="session")
def northwind() -> Organisation:
    """The organisation with the default knobs."""
    return generate(Knobs(), LAST_WEEK)


@pytest.fixture(scope="session")
def weeks(northwind: Organisation) -> pd.DataFrame:
    """Person-weeks with the unit that the person belonged to in that week, and the hours available."""
    return with_units(northwind)
