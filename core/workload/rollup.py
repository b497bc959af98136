"""From person-weeks to contributions: who counts in which family of measures in a week, and with what.

A person who was not there (less than a fifth of the contracted hours available) is in no family: colleagues know who is away,
so an absent person's zero would protect nobody. Where leave was not delivered, a week without any hours counts as away.

A week or two are reduced in SQL (`core.workload.lookback`). Many weeks would be reduced 32 times over that way, so they are read
once, in blocks of people, and the rules run over arrays (`core.workload.measures`). Both give the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, select

from core.calendar import WEEK
from core.metrics.viva import VIVA_HOURS
from core.people.roster import EPOCH, FETCH
from core.privacy.candidates import Contribution, variables_of
from core.workload import measures
from core.workload.lookback import HISTORY, HOURS, SIGNALS, person_weeks
from core.workload.measures.hours import COMPLETE, LEAST_AVAILABLE
from core.workload.tables import CollaborationWeek, PersonWeek

FEW_WEEKS = 2  # up to so many due weeks are reduced in SQL
CHUNK_WEEKS = 13  # of many due weeks, how many are held at a time
BLOCK = 10_000  # people whose weeks are held as a panel at a time
LONG_WEEK = 55.0
REST_DAY_HOUR = 1.0
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """The people with a row in one week, in order of their ids. columns: hours and signals, NaN missing; shape (people,)."""

    people: Ints
    units: Ints
    columns: Mapping[str, Floats]


@dataclass(frozen=True)
class Panel:
    """Person-weeks as arrays of shape (people, weeks), NaN missing; `units` is 0 where there is no row."""

    people: Ints
    weeks: list[date]
    units: Ints
    columns: Mapping[str, Floats]


def read_arrays(
    connection: Connection, statement: Select[Any], parameters: Mapping[str, Any] | None = None
) -> list[NDArray[Any]]:
    """The columns of a result as arrays: whole numbers, dates as days since 1970, everything else float64 with NaN missing.

    Rows are turned into arrays in pieces, so that few exist as objects at a time.
    """
    kinds = [column.type.python_type for column in statement.selected_columns]
    pieces: list[list[NDArray[Any]]] = [[] for _ in kinds]
    for rows in connection.execute(statement, parameters, execution_options={"yield_per": FETCH}).partitions():
        for kind, piece, column in zip(kinds, pieces, zip(*rows, strict=True), strict=True):
            if kind is date:
                piece.append(
                    np.fromiter((day.toordinal() for day in column), dtype=np.int64, count=len(column)) - EPOCH
                )
            else:
                piece.append(np.array(column, dtype=np.float64))
    return [np.concatenate(piece) if piece else np.empty(0) for piece in pieces]


def read_panel(
    connection: Connection,
    table: type[PersonWeek] | type[CollaborationWeek],
    names: Sequence[str],
    weeks: list[date],
    people: tuple[int, int],
) -> Panel:
    """The person-weeks of `weeks` (consecutive Mondays) of people with ids in `[first, end)`, with the columns `names`."""
    statement = select(table.person_id, table.week, table.unit_id, *(getattr(table, name) for name in names)).where(
        table.week >= weeks[0], table.week <= weeks[-1], table.person_id >= people[0], table.person_id < people[1]
    )
    person, day, unit, *values = read_arrays(connection, statement)
    ids = np.unique(person).astype(np.int64)
    row, column = np.searchsorted(ids, person), ((day - weeks[0].toordinal() + EPOCH) // 7).astype(np.int64)
    shape = (len(ids), len(weeks))
    units = np.zeros(shape, dtype=np.int64)
    units[row, column] = unit
    columns = {}
    for name, value in zip(names, values, strict=True):
        columns[name] = np.full(shape, np.nan)
        columns[name][row, column] = value
    return Panel(ids, weeks, units, columns)


def blocks(connection: Connection, table: type[PersonWeek] | type[CollaborationWeek]) -> Iterator[tuple[int, int]]:
    """Ranges `[first, end)` of person ids that hold everybody in the table."""
    last = connection.scalar(select(func.max(table.person_id)))
    for first in range(1, (last or 0) + 1, BLOCK):
        yield first, first + BLOCK


def signals_of(panel: Panel) -> dict[str, Floats]:
    """What the rules of sustained load and recovery say of each person-week (1 or 0; `gap` NaN where not known).

    As `core.workload.lookback`, for all weeks of the panel from the 32nd on.
    """
    x = panel.columns
    available = measures.available_hours(x["contracted"], x["leave"], x["public_holiday"], x["sickness"])
    with np.errstate(invalid="ignore", divide="ignore"):
        load = x["worked"] / available
        complete = available >= COMPLETE * x["contracted"]
    flags = {
        "sl1": measures.sl1(load, complete),
        "sl2": measures.sl2(x["worked"]),
        "sl3": measures.sl3(x["worked"]),
        "sl4": measures.sl4(load, complete),
    }
    known = np.isfinite(x["contracted"]) & np.isfinite(x["leave"]) & np.isfinite(x["public_holiday"])
    free = measures.fully_free(x["contracted"], x["leave"], x["public_holiday"]) & known
    return {name: flag.astype(float) for name, flag in flags.items()} | {"gap": measures.long_gap(free, known)}


class RollUp:
    """The contributions of some weeks, handed out week by week.

    Ask for them in the order of `weeks`: a part is held at a time, and read when its first week is asked for.
    """

    def __init__(self, weeks: Iterable[date]) -> None:
        self._due = sorted(weeks)
        self._hours: dict[date, People] = {}
        self._viva: dict[date, People] = {}

    def read(self, connection: Connection, week: date) -> None:
        """Read what `contributions` of `week` needs, unless it is held already."""
        if week in self._hours:
            return
        at = self._due.index(week)
        part = [other for other in self._due[at : at + CHUNK_WEEKS] if other < week + CHUNK_WEEKS * WEEK]
        if len(self._due) <= FEW_WEEKS:
            self._hours = {each: _reduced(connection, each) for each in part}
        else:
            self._hours = _from_panels(connection, part)
        self._viva = {each: _collaboration(connection, each) for each in part}

    def contributions(self, week: date, *, contract: bool | None = None) -> tuple[Contribution, ...]:
        """Every family that has contributors in `week` (which has been read); none when nothing was delivered.

        contract: whether load is told against contracted hours (True) or available ones (False); None decides by what was
        delivered. A week released one way stays that way: both together would give absence away.
        """
        hours, viva = self._hours[week], self._viva[week]
        found = [*_hours_families(hours, contract), *_viva_families(viva)]
        return tuple(family for family in found if family is not None and family.delivered)


def _reduced(connection: Connection, week: date) -> People:
    person, unit, *values = read_arrays(connection, *person_weeks(week))
    return _in_order(person, unit, dict(zip((*HOURS, *SIGNALS), values, strict=True)))


def _collaboration(connection: Connection, week: date) -> People:
    table = CollaborationWeek
    statement = select(table.person_id, table.unit_id, *(getattr(table, name) for name in VIVA_HOURS)).where(
        table.week == week
    )
    person, unit, *values = read_arrays(connection, statement)
    return _in_order(person, unit, dict(zip(VIVA_HOURS, values, strict=True)))


def _in_order(person: NDArray[Any], unit: NDArray[Any], columns: Mapping[str, Floats]) -> People:
    order = np.argsort(person)
    return People(
        person[order].astype(np.int64), unit[order].astype(np.int64), {name: x[order] for name, x in columns.items()}
    )


def _from_panels(connection: Connection, weeks: list[date]) -> dict[date, People]:
    """Several weeks, read together: block by block of people, from the first week that a rule looks back on."""
    first = weeks[0] - HISTORY * WEEK
    span = [first + i * WEEK for i in range((weeks[-1] - first).days // 7 + 1)]
    found: dict[date, list[People]] = {week: [] for week in weeks}
    for block in blocks(connection, PersonWeek):
        panel = read_panel(connection, PersonWeek, HOURS, span, block)
        columns = {**panel.columns, **signals_of(panel)}
        for week in weeks:
            at = span.index(week)
            here = panel.units[:, at] > 0
            found[week].append(
                People(panel.people[here], panel.units[here, at], {name: x[here, at] for name, x in columns.items()})
            )
    return {week: _together(parts) for week, parts in found.items()}


def _together(parts: list[People]) -> People:
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return People(none, none, {name: np.empty(0) for name in (*HOURS, *SIGNALS)})
    return People(
        np.concatenate([part.people for part in parts]),
        np.concatenate([part.units for part in parts]),
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
    )


def _hours_families(week: People, contract: bool | None) -> list[Contribution | None]:
    x = week.columns
    raw = x["contracted"] - x["leave"] - x["public_holiday"] - x["sickness"]
    with np.errstate(invalid="ignore"):
        away = raw < LEAST_AVAILABLE * x["contracted"]
    # where leave was not delivered, a week without hours is all there is to tell absence by
    present = ~(away | (np.isnan(raw) & (x["worked"] == 0)))
    available = measures.available_hours(x["contracted"], x["leave"], x["public_holiday"], x["sickness"])
    return [_load_family(week, present, raw, available, contract), *_simple_families(week, present)]


def _load_family(
    week: People, present: NDArray[np.bool_], raw: Floats, available: Floats, contract: bool | None
) -> Contribution | None:
    x = week.columns
    has_load = np.isfinite(x["worked"]) & np.isfinite(raw)
    against_contract = not has_load.any() if contract is None else contract
    measured: dict[str, tuple[Floats, Floats | None]]
    if not against_contract:
        top, down = x["worked"], available
        measured = {"utilisation": (top, down), "overtime": (measures.overtime(top, down), None)}
        measured |= {name: (x[name], None) for name in ("sl1", "sl2", "sl3", "sl4")}
        measured["sustained_load"] = (np.maximum(x["sl1"], x["sl2"]), None)
        delivered = has_load
    else:  # leave was not delivered this week: load against the contract, and the rules that need hours alone
        top, down = x["worked"], x["contracted"]
        measured = {"contract_load": (top, down)}
        measured |= {name: (x[name], None) for name in ("sl2", "sl3")}
        delivered = np.isfinite(top) & np.isfinite(down)
    measured["long_hours"] = ((x["worked"] >= LONG_WEEK).astype(float), None)
    usable = delivered & np.isfinite(down) & (down > 0) & present
    return _family("hours", week, usable, delivered, measured)


def _simple_families(week: People, present: NDArray[np.bool_]) -> list[Contribution | None]:
    x = week.columns
    both = np.isfinite(x["after_hours"]) & np.isfinite(x["worked"])
    with np.errstate(invalid="ignore"):
        on_rest_day = (x["rest_day"] >= REST_DAY_HOUR).astype(float)
    plans: list[tuple[str, NDArray[np.bool_], dict[str, tuple[Floats, Floats | None]]]] = [
        ("after_hours", both, {"after_hours_share": (x["after_hours"], x["worked"])}),
        ("rest_day", np.isfinite(x["rest_day"]), {"rest_day_share": (on_rest_day, None)}),
        ("meeting", np.isfinite(x["meeting"]), {"meeting_hours": (x["meeting"], None)}),
        ("focus", np.isfinite(x["focus"]), {"focus_hours": (x["focus"], None)}),
        ("recovery", np.isfinite(x["gap"]), {"recovery_gap": (x["gap"], None)}),
    ]
    return [_family(name, week, known & present, known, measured) for name, known, measured in plans]


def _viva_families(week: People) -> list[Contribution | None]:
    x = week.columns
    present = ~(x["collaboration"] == 0)
    found = []
    for name in VIVA_HOURS:
        known = np.isfinite(x[name])
        found.append(_family(f"viva_{name}", week, known & present, known, {f"viva_{name}": (x[name], None)}))
    return found


def _family(
    name: str,
    week: People,
    usable: NDArray[np.bool_],
    delivered: NDArray[np.bool_],
    measured: Mapping[str, tuple[Floats, Floats | None]],
) -> Contribution | None:
    if not delivered.any():
        return None
    ones = np.ones(int(usable.sum()))
    return Contribution(
        family=name,
        people=week.people[usable],
        units=week.units[usable],
        variables={
            variable: column[usable]
            for measure, pair in measured.items()
            for variable, column in zip(variables_of(measure), pair, strict=True)
            if column is not None
        },
        measures={
            measure: (top[usable], ones if down is None else down[usable]) for measure, (top, down) in measured.items()
        },
        delivered=frozenset(np.unique(week.units[delivered]).tolist()),
    )


def quarter_swings(connection: Connection, first: date, end: date) -> dict[str, tuple[float, int]]:
    """The company's within-person swing of each ratio and mean over the weeks `[first, end)`: measure -> (s_w, people).

    `core.workload.measures.within_person_swing` of everybody, added up block by block of people.
    """
    weeks = [first + i * WEEK for i in range((end - first).days // 7)]
    squares: dict[str, float] = {}
    steps: dict[str, int] = {}
    people: dict[str, int] = {}
    for values in _panels_of_swing(connection, weeks):
        for measure, panel in values.items():
            step = np.diff(panel, axis=1)
            known = np.isfinite(step)
            squares[measure] = squares.get(measure, 0.0) + float((step[known] ** 2).sum())
            steps[measure] = steps.get(measure, 0) + int(known.sum())
            people[measure] = people.get(measure, 0) + int(known.any(axis=1).sum())
    return {
        measure: (float(np.sqrt(squares[measure] / steps[measure] / 2)) if steps[measure] else float("nan"), count)
        for measure, count in people.items()
    }


def _panels_of_swing(connection: Connection, weeks: list[date]) -> Iterator[dict[str, Floats]]:
    for block in blocks(connection, PersonWeek):
        x = read_panel(connection, PersonWeek, HOURS, weeks, block).columns
        available = measures.available_hours(x["contracted"], x["leave"], x["public_holiday"], x["sickness"])
        with np.errstate(invalid="ignore", divide="ignore"):
            there = x["worked"] > 0
            yield {
                "utilisation": np.where(there, x["worked"] / available, np.nan),
                "contract_load": np.where(there, x["worked"] / x["contracted"], np.nan),
                "after_hours_share": np.where(there, x["after_hours"] / x["worked"], np.nan),
                "overtime": np.where(there, measures.overtime(x["worked"], available), np.nan),
                "meeting_hours": np.where(x["worked"] == 0, np.nan, x["meeting"]),
                "focus_hours": np.where(x["worked"] == 0, np.nan, x["focus"]),
            }
    for block in blocks(connection, CollaborationWeek):
        viva = read_panel(connection, CollaborationWeek, VIVA_HOURS, weeks, block)
        yield {f"viva_{name}": viva.columns[name] for name in VIVA_HOURS}
