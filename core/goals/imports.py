"""The file kind `goals`: objectives, key results and KPIs that were agreed elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from core.delivery import Column, Counts, FileKind, Finding, ImportOptions, Loaded, day, number, parsed
from core.goals.file_columns import GOAL_COLUMNS, is_yes, word
from core.goals.goal import MOVING, Ambition, Kind, Measure, Pace, Status, Visibility, direction_of
from core.goals.loading import differing_totals, write_goals
from core.goals.tables import GoalRow
from core.goals.terms import metric_key
from core.people.loading import unit_ids
from core.people.roster import person_ids
from core.people.unit_paths import tidy

ROWS = (
    "One row is one goal. A row whose id (with its `key_result`) is on record replaces the terms of that goal; check-ins and "
    "history stay. The same file again changes nothing. Goals that are not in the file are left alone.",
    "A key result with a number lies under the objective of that id. What it leaves blank of owner, start, due, cadence and "
    "visibility is that of the objective. Start, due and cadence are not taken from an objective that is not in the file and not "
    "open to everyone.",
    "Without a measure: `increase` or `decrease` when there are a baseline and a target, `range` for a KPI; a key result without "
    "any of them is graded from 0 to 1; everything else is reached or not.",
    "Goals of a file count as agreed. Drafts, milestones and personal wellbeing goals are set in the app.",
    "Refused: an id twice; a goal above that is nowhere; goals that lie under themselves; a due date that is not after the "
    "start; a target equal to the baseline, or in the other direction.",
    "A `stated_total` is kept beside the parts: when the mean of the graded key results is another (by more than rounding), the "
    "summary names both, and what counts is the parts.",
    "There is no undo: each change is in the goal's history, and another file corrects it.",
)
_INHERITED = ("owner_id", "owner_unit_id", "start", "due", "cadence_days", "visibility")
_UNSAID = ("owner_id", "owner_unit_id", "visibility")  # taken over from a goal on record that is not open to everyone
_WIDTH = {Visibility.PRIVATE: 0, Visibility.TEAM: 1, Visibility.OPEN: 2}
_DATES = ("start", "due")
_NUMBERS = ("baseline", "target", "low", "high", "weight", "cadence_days", "stated_total")


def reason(_column: str) -> str:
    """Why a column of a file of goals is not read."""
    return "not a column of this kind; nothing of it is stored"


def read(text: pd.DataFrame, _options: ImportOptions) -> tuple[pd.DataFrame, list[Finding]]:
    """One column (object) for each of the file's: dates as dates, numbers as floats, the rest as text; None where blank."""
    frame = pd.DataFrame(index=text.index)
    for column in GOAL_COLUMNS:
        if column.name in text:
            parse = day if column.name in _DATES else number if column.name in _NUMBERS else str
            frame[column.name] = parsed(text[column.name], sound(column, parse))
    return frame, []


def sound(column: Column, parse: Callable[[str], object]) -> Callable[[str], object]:
    """`parse` of a cell that keeps the rules of its column; None of one that was found wrong already."""
    return lambda text: parse(text) if all(rule.holds(text) for rule in column.rules) else None


def code_of(goal_id: str, key_result: str | None) -> str:
    """The code of a goal: its id, and for a key result with a number that of its objective before it (`O7/2`)."""
    return f"{goal_id}/{key_result}" if key_result else goal_id


@dataclass(frozen=True)
class _Stored:
    """A goal on record, as far as files know it."""

    id: int
    values: dict[str, Any]
    parent: str | None


def examine(
    connection: Connection, frame: pd.DataFrame, options: ImportOptions
) -> tuple[list[Finding], "GoalsPlan | None"]:
    """Rules over rows and against the database, and the plan when all hold."""
    rows = {int(at): _cells(frame, at) for at in frame.index}
    stored = _stored(connection)
    persons, units = person_ids(connection), unit_ids(connection)
    findings: list[Finding] = []
    goals: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    for at, cells in rows.items():
        if not cells.get("id") or not cells.get("title"):
            continue  # found blank before
        code = code_of(cells["id"], cells.get("key_result"))
        if code in places:
            findings.append(
                Finding(
                    at, "id", code, f"This goal was already given in row {places[code]}.", "Keep one of the two rows."
                )
            )
            continue
        places[code] = at
        goals[code] = _values(cells, persons, units)
        findings += _unknown(at, cells, persons, units)
    _inherit(goals, stored)
    for code, values in goals.items():
        findings += _wrong(places[code], values)
        findings += _parent(places[code], values, goals, stored)
        findings += _shown(places[code], values, stored.get(code))
    findings += _circles(goals, places, stored)
    if findings:
        return findings, None
    return [], _plan(goals, stored, options, frame)


def _cells(frame: pd.DataFrame, at: Any) -> dict[str, Any]:
    return {name: None if pd.isna(value) else value for name, value in frame.loc[at].items()}


def _values(cells: Mapping[str, Any], persons: Mapping[str, int], units: Mapping[str, int]) -> dict[str, Any]:
    """The columns of the row that a line of the file gives; None in what may be inherited and is blank."""
    numbered = bool(cells.get("key_result"))
    kind = Kind(word(cells["kind"])) if cells.get("kind") else Kind.KEY_RESULT if numbered else Kind.OBJECTIVE
    base, target = cells.get("baseline"), cells.get("target")
    unit, measure = cells.get("unit") or "", _measure(cells, kind)
    if measure is None:  # graded
        measure, base, target, unit = Measure.INCREASE, 0.0, 1.0, unit or "score"
    weight = cells.get("weight")
    cadence = cells.get("cadence_days")
    owner, path = cells.get("owner_id"), cells.get("owner_unit")
    return {
        "kind": kind.value,
        "title": " ".join(str(cells["title"]).split()),
        "owner_id": persons.get(owner) if owner else None,
        "owner_unit_id": units.get(tidy(path)) if path else None,
        "parent": cells["id"] if numbered and not cells.get("parent") else cells.get("parent"),
        "standalone": bool(cells.get("standalone")) and is_yes(str(cells["standalone"])),
        "measure": measure.value,
        "metric": cells.get("metric") or "",
        "metric_key": metric_key(cells.get("metric") or ""),
        "direction": direction_of(measure, base, target),
        "unit": unit,
        "baseline": base,
        "target": target,
        "low": cells.get("low"),
        "high": cells.get("high"),
        "weight": 1.0 if weight is None else float(weight),
        "start": cells.get("start"),
        "due": cells.get("due"),
        "cadence_days": None if cadence is None else int(cadence),
        "pace": word(cells["pace"]) if cells.get("pace") else Pace.LINEAR.value,
        "ambition": word(cells["ambition"]) if cells.get("ambition") else Ambition.ASPIRATIONAL.value,
        "acceptance": cells.get("acceptance") or "",
        "stated_score": cells.get("stated_total"),
        "visibility": word(cells["visibility"]) if cells.get("visibility") else None,
        "status": word(cells["status"]) if cells.get("status") else Status.ACTIVE.value,
    }


def _measure(cells: Mapping[str, Any], kind: Kind) -> Measure | None:
    """The measure of a line; None for a key result that is graded."""
    if cells.get("measure"):
        return Measure(word(cells["measure"]))
    base, target = cells.get("baseline"), cells.get("target")
    if kind is Kind.KPI:
        return Measure.RANGE
    if base is not None and target is not None:
        return Measure.INCREASE if target >= base else Measure.DECREASE
    if kind is Kind.KEY_RESULT and base is None and target is None:
        return None
    return Measure.REACH if target is not None or base is not None else Measure.NONE


def _keep(values: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Blank times of a key result under a goal on record that is not open to everyone: its own stay.

    Those of the goal above are not put where whoever brings the file could read them, nor compared with what they wrote.
    """
    if values["start"] is None and values["due"] is None:
        values["start"], values["due"] = before.get("start"), before.get("due")
    values["cadence_days"] = values["cadence_days"] or before.get("cadence_days")


def _inherit(goals: dict[str, dict[str, Any]], stored: Mapping[str, _Stored]) -> None:
    """What key results leave blank, from the objective in the file or on record; then what stands for a blank."""
    for code, values in goals.items():
        above = values["parent"] if values["kind"] == Kind.KEY_RESULT else None
        if above is None:
            continue
        source = goals.get(above) or (stored[above].values if above in stored else None)
        if source is not None:
            owned = values["owner_id"] is not None or values["owner_unit_id"] is not None
            names: tuple[str, ...] = _INHERITED
            if above not in goals and source["visibility"] != Visibility.OPEN:
                names = _UNSAID
                _keep(values, stored[code].values if code in stored else {})
            for name in names:
                if values[name] is None and not (owned and name.startswith("owner")):
                    values[name] = source[name]
    for code, values in goals.items():
        values["cadence_days"] = values["cadence_days"] or 30
        if values["visibility"] is None and code in stored:
            values["visibility"] = stored[code].values["visibility"]
        values["visibility"] = values["visibility"] or Visibility.OPEN.value


def _unknown(
    at: int, cells: Mapping[str, Any], persons: Mapping[str, int], units: Mapping[str, int]
) -> Iterable[Finding]:
    owner, path = cells.get("owner_id"), cells.get("owner_unit")
    if owner and path:
        yield Finding(at, "owner_unit", path, "A goal has one owner.", "Leave owner_id or owner_unit blank.")
    if owner and owner not in persons:
        problem, remedy = (
            "There is nobody with this id on record.",
            "Import the person first (kind people), or correct the id.",
        )
        yield Finding(at, "owner_id", owner, problem, remedy)
    if path and tidy(path) not in units:
        problem = "There is no unit with this path on record."
        yield Finding(at, "owner_unit", path, problem, "Write the path as in the people file.")


def _wrong(at: int, values: Mapping[str, Any]) -> Iterable[Finding]:
    start, due, base, target = (values[name] for name in ("start", "due", "baseline", "target"))
    if start is not None and due is not None and due <= start:
        problem = f"The due date is not after the start ({start.isoformat()})."
        yield Finding(at, "due", due.isoformat(), problem, "Correct 'due' or 'start'.")
    measure = Measure(values["measure"])
    if measure in MOVING and base is not None and target is not None:
        if base == target:
            problem = "The target is equal to the baseline, so there is no way to go."
            yield Finding(at, "target", f"{target:g}", problem, "Correct 'target' or 'baseline'.")
        elif measure is not Measure.REACH and direction_of(Measure.REACH, base, target) != direction_of(
            measure, base, target
        ):
            problem = f"To {measure.value} from {base:g} to {target:g} is the other direction."
            yield Finding(
                at, "measure", measure.value, problem, "Correct the measure, or swap 'baseline' and 'target'."
            )
    if values["low"] is not None and values["high"] is not None and values["low"] > values["high"]:
        problem = "The healthy range ends before it begins."
        yield Finding(at, "low", f"{values['low']:g}", problem, "Swap 'low' and 'high'.")
    if (values["kind"] == Kind.KPI) is not (measure is Measure.RANGE):
        problem = "A KPI has a healthy range, and nothing else has."
        yield Finding(
            at, "measure", measure.value, problem, "Write range for a KPI, and another measure for everything else."
        )
    if values["kind"] == Kind.WELLBEING and values["owner_unit_id"] is None:
        problem = "A wellbeing goal of a person is set by that person alone."
        yield Finding(at, "kind", values["kind"], problem, "Take the row out, or name the unit whose goal it is.")
    if values["visibility"] == Visibility.PRIVATE and values["owner_unit_id"] is not None:
        problem = "A unit's goal is open or for the team."
        yield Finding(at, "visibility", "private", problem, "Write open or team, or name a person as owner.")


def _parent(
    at: int, values: Mapping[str, Any], goals: Mapping[str, dict[str, Any]], stored: Mapping[str, _Stored]
) -> Iterable[Finding]:
    above = values["parent"]
    if above is None:
        return
    source = goals.get(above) or (stored[above].values if above in stored else None)
    if source is None:
        problem = "There is no goal with this id, neither in the file nor on record."
        yield Finding(at, "parent", above, problem, "Add the goal above to the file, or correct the id.")
    elif _WIDTH[Visibility(source["visibility"])] < _WIDTH[Visibility(values["visibility"])]:
        problem = "The goal above is seen by fewer people than this one."
        yield Finding(
            at,
            "visibility",
            values["visibility"],
            problem,
            f"Write {source['visibility']}, or show the goal above to more.",
        )
    elif source["kind"] == Kind.WELLBEING and source["owner_unit_id"] is None:
        problem = "There is no goal with this id, neither in the file nor on record."
        yield Finding(at, "parent", above, problem, "Add the goal above to the file, or correct the id.")


def _shown(at: int, values: Mapping[str, Any], stored: _Stored | None) -> Iterable[Finding]:
    """A person's goal is shown to more people by that person, and by no file."""
    before = {} if stored is None else stored.values
    if before.get("owner_id") is None:
        return
    narrow, private = Visibility(before["visibility"]), before["visibility"] == Visibility.PRIVATE
    if _WIDTH[narrow] < _WIDTH[Visibility(values["visibility"])]:
        problem = "On record fewer people see this goal than the file says."
        remedy = "Leave 'visibility' blank, which keeps what is on record; its owner shows it to more."
        yield Finding(at, "visibility", values["visibility"], problem, remedy)
    if private and (values["owner_id"], values["owner_unit_id"]) != (before["owner_id"], before["owner_unit_id"]):
        problem = "This goal is private, so its owner alone hands it over."
        yield Finding(at, "owner_id", "", problem, "Write its owner of before, or take the row out.")


def _circles(
    goals: Mapping[str, dict[str, Any]], places: Mapping[str, int], stored: Mapping[str, _Stored]
) -> Iterable[Finding]:
    """Each circle once, in the row of the file that comes first."""
    told: set[str] = set()
    for code in goals:
        way: list[str] = []
        at: str | None = code
        while at is not None and at not in way:
            way.append(at)
            at = goals[at]["parent"] if at in goals else stored[at].parent if at in stored else None
        if at is None or at != code or code in told:
            continue
        told.update(way)
        shown = " → ".join([*way[:8], *(["…"] if len(way) > 8 else []), code])
        problem = f"These goals lie under each other in a circle: {shown}."
        yield Finding(places[code], "parent", goals[code]["parent"], problem, "Correct 'parent' in one of these rows.")


def _stored(connection: Connection) -> dict[str, _Stored]:
    """Goals that have a code, by code."""
    above: Any = aliased(GoalRow)
    rows = connection.execute(
        select(GoalRow.__table__, above.code.label("above"))
        .outerjoin(above, above.id == GoalRow.parent_id)
        .where(GoalRow.code.is_not(None))
    ).mappings()
    return {row["code"]: _Stored(row["id"], dict(row), row["above"]) for row in rows}


@dataclass(frozen=True)
class GoalsPlan:
    """Goals that are new or different: code -> values, and (on record) field -> [from, to].

    unsaid: goals not open to everyone that are as the file says. They count as replaced: whoever brings a file learns nothing
    by it about the terms of goals that they may not read.
    """

    counts: Counts
    new: Mapping[str, dict[str, Any]]
    changed: Mapping[str, dict[str, Any]]
    differences: Mapping[str, dict[str, list[Any]]]
    unsaid: int
    options: ImportOptions

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.new or self.changed or self.unsaid)

    def prepare(self, connection: Connection) -> None:
        """Nothing has to be ready beforehand."""

    def load(self, connection: Connection) -> Loaded:
        """Write goals with their history, and compare stated totals with what the parts give."""
        touched = write_goals(connection, self.new, self.changed, self.differences, self.options)
        return Loaded(notes=differing_totals(connection, touched))


def _plan(
    goals: Mapping[str, dict[str, Any]], stored: Mapping[str, _Stored], options: ImportOptions, frame: pd.DataFrame
) -> GoalsPlan:
    new: dict[str, dict[str, Any]] = {}
    changed: dict[str, dict[str, Any]] = {}
    differences: dict[str, dict[str, list[Any]]] = {}
    unsaid = 0
    for code, values in goals.items():
        if code not in stored:
            new[code] = values
            continue
        before = {**stored[code].values, "parent": stored[code].parent}
        if "stated_total" not in frame:
            values["stated_score"] = before["stated_score"]
        other = {name: [_plain(before[name]), _plain(value)] for name, value in values.items() if before[name] != value}
        if other:
            changed[code], differences[code] = values, other
        elif before["visibility"] != Visibility.OPEN:
            unsaid += 1
    people, units = (frame[name].nunique() if name in frame else 0 for name in ("owner_id", "owner_unit"))
    counts = Counts(
        loaded=len(new),
        replaced=len(changed) + unsaid,
        unchanged=len(goals) - len(new) - len(changed) - unsaid,
        removed=0,
        people=people,
        units=units,
    )
    return GoalsPlan(counts, new, changed, differences, unsaid, options)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


GOALS = FileKind(
    name="goals",
    title="Goals",
    replaces="A goal that is on record under the same code takes what the file says; what it was stays in its history.",
    purpose="Objectives, key results and KPIs: what is to be reached, from where, by when, whose it is, what it serves.",
    columns=GOAL_COLUMNS,
    rows=ROWS,
    template="goals.csv",
    read=read,
    examine=examine,
    reason=reason,
    undoable=False,
)
