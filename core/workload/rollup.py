"""From person-weeks to contributions: who counts in which family of measures in a week, and with what.

A person who was not there (less than a fifth of the contracted hours available) is in no family: colleagues know who is away,
so an absent person's zero would protect nobody. Where leave was not delivered, a week without any hours counts as away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from core.calendar import WEEK
from core.metrics.viva import HOURS_COLUMNS
from core.privacy.candidates import Contribution, variables_of
from core.workload import measures
from core.workload.measures.hours import COMPLETE, LEAST_AVAILABLE
from core.workload.tables import CollaborationWeek, PersonWeek

HISTORY = 31  # weeks before the first one: what the longest rule (half a year without a break) looks back on
LONG_WEEK = 55.0
REST_DAY_HOUR = 1.0
HOURS = ("contracted", "leave", "public_holiday", "sickness", "worked", "after_hours", "rest_day", "meeting", "focus")
VIVA = tuple(column for column, _, _ in HOURS_COLUMNS.values())
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Person-weeks as arrays of shape (people, weeks), NaN missing; `units` is 0 where there is no row."""

    people: NDArray[np.int64]
    weeks: list[date]
    units: NDArray[np.int64]
    columns: Mapping[str, Floats]


def read_panel(
    connection: Connection, table: type[PersonWeek] | type[CollaborationWeek], names: Sequence[str], weeks: list[date]
) -> Panel:
    """The person-weeks of `weeks` (consecutive Mondays) from one table, with the columns `names`."""
    wanted = [table.person_id, table.week, table.unit_id, *(getattr(table, name) for name in names)]
    statement = select(*wanted).where(table.week >= weeks[0], table.week <= weeks[-1])
    frame = pd.DataFrame(connection.execute(statement).all(), columns=["person", "week", "unit", *names])
    people = np.unique(frame["person"].to_numpy(dtype=np.int64)) if len(frame) else np.empty(0, dtype=np.int64)
    at = {week: i for i, week in enumerate(weeks)}
    column = np.array([at[week] for week in frame["week"]], dtype=np.int64)
    row = np.searchsorted(people, frame["person"].to_numpy(dtype=np.int64)) if len(frame) else column
    shape = (len(people), len(weeks))
    units = np.zeros(shape, dtype=np.int64)
    if len(frame):
        units[row, column] = frame["unit"].to_numpy(dtype=np.int64)
    columns = {}
    for name in names:
        values = np.full(shape, np.nan)
        if len(frame):
            values[row, column] = frame[name].to_numpy(dtype=float, na_value=np.nan)
        columns[name] = values
    return Panel(people, weeks, units, columns)


class RollUp:
    """The contributions of a range of weeks, computed together and handed out week by week."""

    def __init__(self, connection: Connection, weeks: Iterable[date]) -> None:
        asked = sorted(weeks)
        first = asked[0] - HISTORY * WEEK
        span = [first + i * WEEK for i in range((asked[-1] - first).days // 7 + 1)]
        self._hours = read_panel(connection, PersonWeek, HOURS, span)
        self._viva = read_panel(connection, CollaborationWeek, VIVA, span)
        self._at = {week: i for i, week in enumerate(span)}
        self._prepare()

    def _prepare(self) -> None:
        x = self._hours.columns
        parts = (x["contracted"], x["leave"], x["public_holiday"], x["sickness"])
        self._raw_available = x["contracted"] - x["leave"] - x["public_holiday"] - x["sickness"]
        self._available = measures.available_hours(*parts)
        with np.errstate(invalid="ignore", divide="ignore"):
            away = self._raw_available < LEAST_AVAILABLE * x["contracted"]
            # where leave was not delivered, a week without hours is all there is to tell absence by
            unknown_away = np.isnan(self._raw_available) & (x["worked"] == 0)
            self._present = ~(away | unknown_away) & (self._hours.units > 0)
            load = x["worked"] / self._available
            complete = self._available >= COMPLETE * x["contracted"]
        flags = {
            "sl1": measures.sl1(load, complete),
            "sl2": measures.sl2(x["worked"]),
            "sl3": measures.sl3(x["worked"]),
            "sl4": measures.sl4(load, complete),
        }
        flags["sustained_load"] = flags["sl1"] | flags["sl2"]
        self._flags = {name: flag.astype(float) for name, flag in flags.items()}
        known = np.isfinite(x["contracted"]) & np.isfinite(x["leave"]) & np.isfinite(x["public_holiday"])
        free = measures.fully_free(x["contracted"], x["leave"], x["public_holiday"]) & known
        self._gap = measures.long_gap(free, known)

    def contributions(self, week: date, *, contract: bool | None = None) -> tuple[Contribution, ...]:
        """Every family that has contributors in `week`; none when nothing was delivered.

        contract: whether load is told against contracted hours (True) or available ones (False); None decides by what was
        delivered. A week released one way stays that way: both together would give absence away.
        """
        at = self._at[week]
        found = [self._hours_family(at, contract), *self._simple_families(at), *self._viva_families(at)]
        return tuple(family for family in found if family is not None and family.delivered)

    def _hours_family(self, at: int, contract: bool | None) -> Contribution | None:
        x = {name: values[:, at] for name, values in self._hours.columns.items()}
        has_load = np.isfinite(x["worked"]) & np.isfinite(self._raw_available[:, at])
        against_contract = not has_load.any() if contract is None else contract
        if not against_contract:
            top, down = x["worked"], self._available[:, at]
            measured: dict[str, tuple[Floats, Floats | None]] = {
                "utilisation": (top, down),
                "overtime": (measures.overtime(top, down), None),
            }
            measured |= {name: (flag[:, at], None) for name, flag in self._flags.items()}
            delivered = has_load
        else:  # leave was not delivered this week: load against the contract, and the rules that need hours alone
            top, down = x["worked"], x["contracted"]
            measured = {"contract_load": (top, down)}
            measured |= {name: (self._flags[name][:, at], None) for name in ("sl2", "sl3")}
            delivered = np.isfinite(top) & np.isfinite(down)
        measured["long_hours"] = ((x["worked"] >= LONG_WEEK).astype(float), None)
        usable = delivered & np.isfinite(down) & (down > 0) & self._present[:, at]
        return self._family("hours", self._hours, at, usable, delivered, measured)

    def _simple_families(self, at: int) -> list[Contribution | None]:
        x = {name: values[:, at] for name, values in self._hours.columns.items()}
        both = np.isfinite(x["after_hours"]) & np.isfinite(x["worked"])
        with np.errstate(invalid="ignore"):
            on_rest_day = (x["rest_day"] >= REST_DAY_HOUR).astype(float)
        plans: list[tuple[str, NDArray[np.bool_], dict[str, tuple[Floats, Floats | None]]]] = [
            ("after_hours", both, {"after_hours_share": (x["after_hours"], x["worked"])}),
            ("rest_day", np.isfinite(x["rest_day"]), {"rest_day_share": (on_rest_day, None)}),
            ("meeting", np.isfinite(x["meeting"]), {"meeting_hours": (x["meeting"], None)}),
            ("focus", np.isfinite(x["focus"]), {"focus_hours": (x["focus"], None)}),
            ("recovery", np.isfinite(self._gap[:, at]), {"recovery_gap": (self._gap[:, at], None)}),
        ]
        return [
            self._family(name, self._hours, at, known & self._present[:, at], known, measured)
            for name, known, measured in plans
        ]

    def _viva_families(self, at: int) -> list[Contribution | None]:
        panel = self._viva
        x = {name: values[:, at] for name, values in panel.columns.items()}
        present = (panel.units[:, at] > 0) & ~(x["collaboration"] == 0)
        found = []
        for name in VIVA:
            known = np.isfinite(x[name])
            found.append(
                self._family(f"viva_{name}", panel, at, known & present, known, {f"viva_{name}": (x[name], None)})
            )
        return found

    @staticmethod
    def _family(
        name: str,
        panel: Panel,
        at: int,
        usable: NDArray[np.bool_],
        delivered: NDArray[np.bool_],
        measured: Mapping[str, tuple[Floats, Floats | None]],
    ) -> Contribution | None:
        if not delivered.any():
            return None
        units = panel.units[:, at]
        ones = np.ones(int(usable.sum()))
        return Contribution(
            family=name,
            people=panel.people[usable],
            units=units[usable],
            variables={
                variable: column[usable]
                for measure, pair in measured.items()
                for variable, column in zip(variables_of(measure), pair, strict=True)
                if column is not None
            },
            measures={
                measure: (top[usable], ones if down is None else down[usable])
                for measure, (top, down) in measured.items()
            },
            delivered=frozenset(int(unit) for unit in np.unique(units[delivered]) if unit > 0),
        )


def quarter_swings(connection: Connection, first: date, end: date) -> dict[str, tuple[float, int]]:
    """The company's within-person swing of each ratio and mean over the weeks `[first, end)`: measure -> (s_w, people)."""
    weeks = [first + i * WEEK for i in range((end - first).days // 7)]
    hours = read_panel(connection, PersonWeek, HOURS, weeks)
    x = hours.columns
    available = measures.available_hours(x["contracted"], x["leave"], x["public_holiday"], x["sickness"])
    with np.errstate(invalid="ignore", divide="ignore"):
        there = x["worked"] > 0
        panels = {
            "utilisation": np.where(there, x["worked"] / available, np.nan),
            "contract_load": np.where(there, x["worked"] / x["contracted"], np.nan),
            "after_hours_share": np.where(there, x["after_hours"] / x["worked"], np.nan),
            "overtime": np.where(there, measures.overtime(x["worked"], available), np.nan),
            "meeting_hours": np.where(x["worked"] == 0, np.nan, x["meeting"]),
            "focus_hours": np.where(x["worked"] == 0, np.nan, x["focus"]),
        }
    viva = read_panel(connection, CollaborationWeek, VIVA, weeks)
    panels |= {f"viva_{name}": viva.columns[name] for name in VIVA}
    return {measure: measures.within_person_swing(values) for measure, values in panels.items()}
