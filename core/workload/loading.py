"""Comparing weekly facts with what is on record, writing the difference, and keeping home units right.

A file may hold millions of facts, so they are arrays of one length and never objects; what is on record is read beside them
in pieces, and what is new goes into the database as one stream.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from core.database.base import table_of
from core.database.bulk import stage_arrays, update_arrays, write_arrays
from core.people.loading import batches
from core.people.roster import NOWHERE, HomeUnits, as_dates
from core.workload.activity_loading import rehome_activity
from core.workload.partitions import ensure_partitions
from core.workload.tables import CollaborationWeek, PersonWeek

WeekTable = type[PersonWeek] | type[CollaborationWeek]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Values = Mapping[str, NDArray[Any]]
NEW, CHANGED, SAME = 0, 1, 2
PIECE = 50_000  # rows on record that are looked at together
FEW_PEOPLE = 2_000  # up to so many are asked for by name, more by the weeks of the file
UPDATES = 20_000  # rows that are changed together
SOME = 200_000  # facts for which something is worked out together
STAGED = 50_000  # new rows from which on they are put aside first; fewer are written in less than half a second


@dataclass(frozen=True)
class WeekFacts:
    """Facts of a file as arrays of shape (facts,), in its order.

    row: row of the file. code: place in `codes`, the persons of the file. day: the Monday, as days since 1970.
    unit: place in `paths`, -1 where there is none. All are 32 bits wide, for there are millions.
    values: the columns that the file has, float64 with NaN missing or datetime64[s]; they may be views of the file's frame
    and are never changed.
    """

    row: Shorts
    codes: tuple[str, ...]
    code: Shorts
    day: Shorts
    paths: tuple[str, ...]
    unit: Shorts
    values: Values

    def __len__(self) -> int:
        return len(self.row)

    @property
    def weeks(self) -> tuple[date, ...]:
        """The weeks that occur, sorted."""
        return tuple(as_dates(np.unique(self.day).tolist()))

    @cached_property
    def order(self) -> Ints:
        """Facts by person and week; equal ones in the order of the file."""
        return np.argsort(self._key(self.code, self.day), kind="stable")

    @cached_property
    def _sorted(self) -> Ints:
        return self._key(self.code, self.day)[self.order]

    def _key(self, code: NDArray[Any], day: NDArray[Any]) -> Ints:
        key = code.astype(np.int64)
        key *= 1_000_000
        key += day
        return key

    def again(self) -> tuple[Ints, Ints]:
        """Facts whose person and week stand further up already, in the order of the file, and the first fact of each."""
        same = self._sorted[1:] == self._sorted[:-1]
        if not same.any():
            none = np.empty(0, dtype=np.int64)
            return none, none
        first = np.searchsorted(self._sorted, self._sorted)  # of each run of equal keys
        doubled, where = self.order[1:][same], self.order[first][1:][same]
        back = np.argsort(doubled)
        return doubled[back], where[back]

    def find(self, code: Ints, day: Ints) -> Ints:
        """The fact of each (person, week), -1 where the file has none. Facts have to be unique."""
        key = self._key(code, day)
        at = np.searchsorted(self._sorted, key)
        at[at >= len(self)] = 0
        return np.where(self._sorted[at] == key, self.order[at], -1)


def facts_of(frame: pd.DataFrame, values: Sequence[str], *, units: bool = False) -> WeekFacts:
    """The facts of a typed frame: columns code, week (datetime64[s]) and some of `values`; with `units` also unit (path).

    Rows without a person, a week or (with `units`) a unit are left out.
    """
    code, codes = _numbered(frame["code"])
    unit, paths = _numbered(frame["unit"]) if units else (np.full(len(frame), NOWHERE, dtype=np.int32), ())
    week, day = frame["week"].to_numpy(), np.empty(len(frame), dtype=np.int32)
    kept = (code >= 0) & (unit >= 0) if units else code >= 0
    for start in range(0, len(frame), SOME):
        here = slice(start, start + SOME)
        kept[here] &= ~np.isnat(week[here])
        day[here] = np.where(kept[here], week[here].astype("datetime64[D]").astype(np.int64), 0)
    columns = {name: frame[name].to_numpy() for name in values if name in frame}
    row = frame.index.to_numpy().astype(np.int32)
    if not kept.all():
        row, code, day, unit = row[kept], code[kept], day[kept], unit[kept]
        columns = {name: column[kept] for name, column in columns.items()}
    return WeekFacts(row, codes, code, day, paths, unit, columns)


def _numbered(texts: pd.Series) -> tuple[Shorts, tuple[str, ...]]:
    """Texts as places among those that occur (-1 where there is none), without another array of texts."""
    known: dict[Any, int] = {}
    places = (known.setdefault(text, len(known)) if isinstance(text, str) else NOWHERE for text in texts)
    return np.fromiter(places, dtype=np.int32, count=len(texts)), tuple(known)


@dataclass(frozen=True)
class Stored:
    """A piece of what is on record: persons and units as places in `codes` and `paths` of the facts it is compared with.

    A unit that no fact has is -2. values: every column, float64 with NaN missing or datetime64[s].
    """

    code: Ints
    day: Ints
    unit: Ints
    values: Values


def stored_weeks(
    connection: Connection,
    table: WeekTable,
    facts: WeekFacts,
    persons: Mapping[str, int],
    units: Mapping[str, int],
    values: Sequence[str],
    *,
    every_week: bool = False,
) -> Iterator[Stored]:
    """What is on record for the persons of the facts (code -> id), in pieces; `every_week` also outside the file's weeks."""
    if not len(facts):
        return
    of_person = _places(facts.codes, persons)
    of_unit = _places(facts.paths, units)
    columns: list[InstrumentedAttribute[Any]] = [getattr(table, name) for name in values]
    query = select(table.person_id, table.week, table.unit_id, *columns)
    if not every_week:
        weeks = facts.weeks
        query = query.where(table.week >= weeks[0], table.week <= weeks[-1])
    known = sorted(persons[code] for code in facts.codes if code in persons)
    queries = [query]
    if len(known) <= FEW_PEOPLE:
        queries = [query.where(table.person_id.in_(known))] if known else []
    for each in queries:
        for rows in connection.execute(each, execution_options={"yield_per": PIECE}).partitions():
            person, week, unit, *hours = zip(*rows, strict=True)
            code = _at(of_person, np.array(person, dtype=np.int64), NOWHERE)
            ours = code != NOWHERE
            if ours.any():
                days = np.array(week, dtype="datetime64[D]").astype(np.int64)
                read = {name: _column(name, column)[ours] for name, column in zip(values, hours, strict=True)}
                yield Stored(code[ours], days[ours], _at(of_unit, np.array(unit, dtype=np.int64), -2)[ours], read)


def _places(names: Sequence[str], ids: Mapping[str, int]) -> Ints:
    """Id -> place of its name, as an array over ids; -1 for others."""
    found = np.full(max(ids.values(), default=0) + 1, NOWHERE, dtype=np.int64)
    for place, name in enumerate(names):
        if name in ids:
            found[ids[name]] = place
    return found


def _at(places: Ints, ids: Ints, otherwise: int) -> Ints:
    inside = (ids >= 0) & (ids < len(places))
    found = np.where(inside, places[np.where(inside, ids, 0)], NOWHERE)
    return np.where(found == NOWHERE, otherwise, found)


def _column(name: str, values: Sequence[Any]) -> NDArray[Any]:
    return np.array(values, dtype="datetime64[s]" if name == "source_date" else np.float64)


@dataclass(frozen=True)
class Difference:
    """Facts of a file beside those on record. state: NEW, CHANGED (other values or another home unit) or SAME, by fact."""

    facts: WeekFacts
    state: NDArray[np.int8]

    def count(self, state: int) -> int:
        """How many facts are NEW, CHANGED or SAME."""
        return int(np.count_nonzero(self.state == state))

    @property
    def weeks(self) -> frozenset[date]:
        """Weeks with facts that are new or other."""
        return frozenset(as_dates(np.unique(self.facts.day[self.state != SAME]).tolist()))

    @property
    def units(self) -> frozenset[str]:
        """Units (paths) of facts that are new or other."""
        return frozenset(self.facts.paths[at] for at in np.unique(self.facts.unit[self.state != SAME]).tolist())


def difference(facts: WeekFacts, stored: Iterable[Stored]) -> Difference:
    """Compare facts (unique by person and week) with those on record.

    A value column that the file does not have keeps what is on record; a blank cell makes the value missing.
    """
    state = np.full(len(facts), NEW, dtype=np.int8)
    for piece in stored:
        at = facts.find(piece.code, piece.day)
        found = np.flatnonzero(at >= 0)
        at = at[found]
        same = facts.unit[at] == piece.unit[found]
        for name, column in facts.values.items():
            given, held = column[at], piece.values[name][found]
            same &= (given == held) | (_missing(given) & _missing(held))
        state[at] = np.where(same, SAME, CHANGED)
    return Difference(facts, state)


def _missing(values: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(np.isnat(values) if values.dtype.kind == "M" else np.isnan(values))


class Writer:
    """Writes a difference: inserts what is new and updates what changed, in the caller's transaction.

    persons: code -> id, units: path -> id of every one that occurs. New facts go in by person and week, as the index has
    them. `prepare` may run before the transaction takes the writer's lock, on the same connection; on SQLite it halves the time
    for which a large load keeps others from writing.
    """

    def __init__(
        self, table: WeekTable, changes: Difference, persons: Mapping[str, int], units: Mapping[str, int]
    ) -> None:
        facts = changes.facts
        self._table, self._changes = table, changes
        self._person = np.array([persons.get(code, NOWHERE) for code in facts.codes], dtype=np.int64)
        self._unit = np.array([units.get(path, NOWHERE) for path in facts.paths], dtype=np.int64)
        self._new = facts.order[changes.state[facts.order] == NEW]
        self._staged: Table | None = None

    def prepare(self, connection: Connection) -> None:
        """Put many new facts aside on SQLite; elsewhere, and for few, nothing happens."""
        if connection.dialect.name == "sqlite" and len(self._new) >= STAGED:
            self._staged = stage_arrays(connection, table_of(self._table), len(self._new), self._columns_of(self._new))

    def write(self, connection: Connection) -> None:
        """Write everything."""
        if len(self._new) and self._table is PersonWeek:
            ensure_partitions(connection, self._changes.weeks)
        if self._staged is not None:
            names = [column.name for column in self._staged.columns]
            connection.execute(insert(self._table).from_select(names, select(self._staged)))
            self._staged.drop(connection)
            self._staged = None
        else:
            write_arrays(connection, insert(self._table), len(self._new), self._columns_of(self._new))
        changed = np.flatnonzero(self._changes.state == CHANGED)
        columns = self._columns_of(changed)
        for start in range(0, len(changed), UPDATES):
            given = columns(start, min(start + UPDATES, len(changed)))
            update_arrays(connection, update(self._table), ("person_id", "week"), given)

    def _columns_of(self, chosen: Ints) -> Callable[[int, int], dict[str, NDArray[Any]]]:
        facts = self._changes.facts

        def columns(start: int, end: int) -> dict[str, NDArray[Any]]:
            at = chosen[start:end]
            keys = {
                "person_id": self._person[facts.code[at]],
                "week": facts.day[at].astype("datetime64[D]"),
                "unit_id": self._unit[facts.unit[at]],
            }
            return keys | {name: values[at] for name, values in facts.values.items()}

        return columns


def at_home(
    connection: Connection,
    facts: WeekFacts,
    chosen: NDArray[np.bool_],
    persons: Mapping[str, int],
    units: Mapping[str, int],
) -> WeekFacts:
    """The facts, with the home unit by the assignments on record for the chosen ones; `paths` then has every unit on record.

    persons: code -> id. units: path -> id. The unit is -1 in a week without an assignment.
    """
    given = set(facts.paths)
    paths = (*facts.paths, *(path for path in units if path not in given))
    number = np.array([persons.get(code, NOWHERE) for code in facts.codes], dtype=np.int64)
    unit, places = facts.unit.copy(), _places(paths, units)
    if chosen.any():
        homes = HomeUnits(connection)
        for start in range(0, len(facts), SOME):
            at = start + np.flatnonzero(chosen[start : start + SOME])
            unit[at] = _at(places, homes.of(number[facts.code[at]], facts.day[at]), NOWHERE)
    return replace(facts, paths=paths, unit=unit)


@dataclass(frozen=True)
class Rehomed:
    """weeks: weeks in which a fact got another home unit. outside: facts in weeks without an assignment; they keep theirs."""

    weeks: frozenset[date]
    outside: int


def rehome(connection: Connection, persons: Collection[int]) -> Rehomed:
    """Decide the home unit of all facts of these persons (ids) anew, after their assignments have changed."""
    if not persons:
        return Rehomed(frozenset(), 0)
    homes = HomeUnits(connection)
    weeks: set[date] = set()
    outside = 0
    tables: tuple[WeekTable, ...] = (PersonWeek, CollaborationWeek)
    for table in tables:
        for batch in batches(sorted(persons), FEW_PEOPLE):
            rows = connection.execute(
                select(table.person_id, table.week, table.unit_id).where(table.person_id.in_(batch))
            ).all()
            if not rows:
                continue
            person, week, unit = (np.array(column) for column in zip(*rows, strict=True))
            day = week.astype("datetime64[D]").astype(np.int64)
            home = homes.of(person, day)
            outside += int(np.count_nonzero(home == NOWHERE))
            moved = np.flatnonzero((home != NOWHERE) & (home != unit))
            if len(moved):
                change = update(table).where(
                    table.person_id == bindparam("of_person"), table.week == bindparam("of_week")
                )
                connection.execute(
                    change.values(unit_id=bindparam("to_unit")),
                    [
                        {"of_person": int(person[at]), "of_week": rows[at][1], "to_unit": int(home[at])}
                        for at in moved.tolist()
                    ],
                )
                weeks.update(as_dates(np.unique(day[moved]).tolist()))
    return Rehomed(frozenset(weeks) | rehome_activity(connection, persons), outside)
