"""Comparing weekly facts with what is on record, writing the difference, and keeping home units right."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from core.people.loading import batches
from core.people.roster import home_units
from core.workload.tables import CollaborationWeek, PersonWeek

WeekTable = type[PersonWeek] | type[CollaborationWeek]
KEY = ("code", "week")


@dataclass(frozen=True)
class Difference:
    """Facts of a file beside those on record. Frames have `code`, `week` (datetime64[s]), `unit` (path) and the values.

    new: not on record. changed: on record with other values or another home unit. unchanged: how many are the same.
    """

    new: pd.DataFrame
    changed: pd.DataFrame
    unchanged: int

    @property
    def weeks(self) -> frozenset[date]:
        """Weeks with facts that are new or other."""
        return frozenset(as_dates(self.new["week"])) | frozenset(as_dates(self.changed["week"]))


def as_dates(days: pd.Series) -> list[date]:
    """datetime64 values as dates."""
    known = {value: pd.Timestamp(value).date() for value in days.unique()}
    return [known[value] for value in days]


def stored_weeks(
    connection: Connection,
    table: WeekTable,
    persons: Mapping[str, int],
    paths: Mapping[int, str],
    values: Sequence[str],
    weeks: Collection[date] = (),
) -> pd.DataFrame:
    """What is on record for these persons (code -> id): columns code, week (datetime64[s]), unit (path) and `values`.

    paths: id of a unit -> its path. With `weeks`, nothing before the first and after the last of them.
    """
    columns: list[InstrumentedAttribute[Any]] = [getattr(table, name) for name in values]
    query = select(table.person_id, table.week, table.unit_id, *columns)
    if weeks:
        query = query.where(table.week >= min(weeks), table.week <= max(weeks))
    codes = {number: code for code, number in persons.items()}
    rows = [
        (codes[person], week, paths[unit], *hours)
        for person, week, unit, *hours in connection.execute(query)
        if person in codes
    ]
    frame = pd.DataFrame(rows, columns=["code", "week", "unit", *values], dtype=object)
    return frame.astype({"week": "datetime64[s]", **_dtypes(values)})


def _dtypes(values: Sequence[str]) -> dict[str, str]:
    return {name: "datetime64[s]" if name == "source_date" else "float64" for name in values}


def difference(facts: pd.DataFrame, stored: pd.DataFrame, values: Sequence[str]) -> Difference:
    """Compare facts (unique by code and week) with those on record.

    A value column that the file does not have keeps what is on record; a blank cell makes the value missing.
    """
    joined = facts.merge(stored, on=list(KEY), how="left", suffixes=("", "_stored"), indicator="found")
    found = (joined["found"] == "both").to_numpy()
    same = found & (joined["unit"] == joined["unit_stored"]).to_numpy()
    for name in values:
        if name not in facts:
            continue
        given, held = joined[name], joined[f"{name}_stored"]
        same &= ((given == held) | (given.isna() & held.isna())).to_numpy(dtype=bool)
    columns = list(facts.columns)
    return Difference(joined.loc[~found, columns], joined.loc[found & ~same, columns], int(np.count_nonzero(same)))


def write(
    connection: Connection,
    table: WeekTable,
    changes: Difference,
    values: Sequence[str],
    persons: dict[str, int],
    units: dict[str, int],
) -> None:
    """Insert what is new and update what changed, in the caller's transaction."""
    given = [name for name in values if name in changes.new]
    for rows in batches(_records(changes.new, given, persons, units)):
        connection.execute(insert(table), rows)
    change = (
        update(table)
        .where(table.person_id == bindparam("of_person"), table.week == bindparam("of_week"))
        .values({"unit_id": bindparam("to_unit"), **{name: bindparam(f"to_{name}") for name in given}})
    )
    for rows in batches(_records(changes.changed, given, persons, units)):
        renamed = [
            {
                "of_person": row["person_id"],
                "of_week": row["week"],
                "to_unit": row["unit_id"],
                **{f"to_{name}": row[name] for name in given},
            }
            for row in rows
        ]
        connection.execute(change, renamed)


def _records(
    frame: pd.DataFrame, values: Sequence[str], persons: dict[str, int], units: dict[str, int]
) -> list[dict[str, Any]]:
    columns: list[list[Any]] = [
        [persons[code] for code in frame["code"]],
        as_dates(frame["week"]),
        [units[path] for path in frame["unit"]],
    ]
    for name in values:
        if name == "source_date":
            columns.append(as_dates(frame[name]))
        else:
            columns.append([None if math.isnan(value) else value for value in frame[name].tolist()])
    names = ("person_id", "week", "unit_id", *values)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def unit_of_week(
    connection: Connection, facts: pd.DataFrame, persons: dict[str, int], paths: dict[int, str]
) -> list[str | None]:
    """The home unit (path) of each fact by the assignments on record; None in a week without one."""
    codes = facts["code"].unique()
    homes = home_units(connection, [persons[code] for code in codes], as_dates(facts["week"].drop_duplicates()))
    by_week: dict[tuple[int, date], str] = {
        (person, week): paths[unit]
        for person, week, unit in zip(homes["person_id"], homes["week"], homes["unit_id"], strict=True)
    }
    return [
        by_week.get((persons[code], week)) for code, week in zip(facts["code"], as_dates(facts["week"]), strict=True)
    ]


@dataclass(frozen=True)
class Rehomed:
    """weeks: weeks in which a fact got another home unit. outside: facts in weeks without an assignment; they keep theirs."""

    weeks: frozenset[date]
    outside: int


def rehome(connection: Connection, persons: Collection[int]) -> Rehomed:
    """Decide the home unit of all facts of these persons (ids) anew, after their assignments have changed."""
    weeks: set[date] = set()
    outside = 0
    tables: tuple[WeekTable, ...] = (PersonWeek, CollaborationWeek)
    for table in tables:
        facts: list[tuple[int, date, int]] = [
            (row[0], row[1], row[2])
            for batch in batches(sorted(persons))
            for row in connection.execute(
                select(table.person_id, table.week, table.unit_id).where(table.person_id.in_(batch))
            )
        ]
        homes = home_units(connection, {person for person, _, _ in facts}, {week for _, week, _ in facts})
        home = {
            (person, week): int(unit)
            for person, week, unit in zip(homes["person_id"], homes["week"], homes["unit_id"], strict=True)
        }
        outside += sum((person, week) not in home for person, week, _ in facts)
        moved = [
            {"of_person": person, "of_week": week, "to_unit": home[person, week]}
            for person, week, unit in facts
            if home.get((person, week), unit) != unit
        ]
        if moved:
            change = update(table).where(table.person_id == bindparam("of_person"), table.week == bindparam("of_week"))
            connection.execute(change.values(unit_id=bindparam("to_unit")), moved)
        weeks.update(week for person, week, unit in facts if home.get((person, week), unit) != unit)
    return Rehomed(frozenset(weeks), outside)
