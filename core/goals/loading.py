"""Writing goals and check-ins of files, with their history; and comparing stated totals with what the parts give."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import aliased

from core.delivery import ImportOptions
from core.goals.commands import FIELDS_OF_CONTEXT, FIELDS_OF_TARGET
from core.goals.goal import CLOSED, Status, Visibility
from core.goals.progress import latest_of, okr_score, progress
from core.goals.reading import batches, check_ins_of, goals_by_id
from core.goals.scan import key_results_counted
from core.goals.tables import GoalChange, GoalCheckIn, GoalDecision, GoalRow

AT_ONCE = 2_000  # rows in one statement
ROUNDING = 0.005  # totals are stated to two digits
_SHOWN = 20
_NEW: dict[str, Any] = {
    "delegate_id": None,
    "parent_id": None,
    "guardrail_id": None,
    "version": 1,
    "author_id": None,
    "partner_id": None,
    "archived_at": None,
    "target_set_on": None,
    "context_set_on": None,
    "reviewed_on": None,
    "last_on": None,
    "last_value": None,
    "last_confidence": None,
    "before_confidence": None,
    "same_values": 0,
}


def write_goals(
    connection: Connection,
    new: Mapping[str, dict[str, Any]],
    changed: Mapping[str, dict[str, Any]],
    differences: Mapping[str, dict[str, list[Any]]],
    options: ImportOptions,
) -> set[int]:
    """Write goals (code -> columns, and `parent` as a code) and one step of history each; returns their ids."""
    at = options.at
    assert at is not None
    on = at.date()
    rows = []
    for code, values in new.items():
        row = {name: value for name, value in values.items() if name != "parent"}
        begun = values["start"] or on
        closed = (values["due"] or on) if values["status"] in CLOSED else None
        rows.append({**_NEW, **row, "code": code, "created_at": at, "active_since": begun, "closed_on": closed})
    for some in _some(rows):
        connection.execute(insert(GoalRow), some)
    ids = _ids(connection)
    versions = {row.id: row for row in connection.execute(select(GoalRow.id, GoalRow.version, GoalRow.status))}
    for code, values in changed.items():
        number = ids[code]
        was = versions[number]
        row = {name: value for name, value in values.items() if name != "parent"}
        agreed = was.status in (Status.ACTIVE, Status.PAUSED)
        if agreed and differences[code].keys() & FIELDS_OF_TARGET:
            row["target_set_on"] = on
        if agreed and differences[code].keys() & (FIELDS_OF_CONTEXT | {"parent", "owner_id", "owner_unit_id"}):
            row["context_set_on"] = on
        if "status" in differences[code]:
            row["closed_on"] = on if values["status"] in CLOSED else None
        connection.execute(update(GoalRow).where(GoalRow.id == number).values(**row, version=was.version + 1))
    _link(connection, {ids[code]: values["parent"] for code, values in {**new, **changed}.items()}, ids)
    steps = [_step(ids[code], 1, at, options, {}) for code in new]
    steps += [_step(ids[code], versions[ids[code]].version + 1, at, options, differences[code]) for code in changed]
    for some in _some(steps):
        connection.execute(insert(GoalChange), some)
    return {ids[code] for code in (*new, *changed)}


def write_check_ins(
    connection: Connection, new: Sequence[dict[str, Any]], changed: Sequence[dict[str, Any]], options: ImportOptions
) -> set[int]:
    """Write check-ins (`id` given where one is replaced), and what the goals keep of them; returns the goals' ids."""
    at = options.at
    assert at is not None
    said = {"at": at, "by": _signed(options)}
    for some in _some([{**row, **said} for row in new]):
        connection.execute(insert(GoalCheckIn), some)
    if changed:
        fields = ("value", "confidence", "note")
        statement = (
            update(GoalCheckIn)
            .where(GoalCheckIn.id == bindparam("of_id"))
            .values({**{name: bindparam(f"to_{name}") for name in fields}, **said})
        )
        rows = [{"of_id": row["id"], **{f"to_{name}": row[name] for name in fields}} for row in changed]
        for some in _some(rows):
            connection.execute(statement, some)
    touched = {row["goal_id"] for row in (*new, *changed)}
    _refresh(connection, touched)
    return touched


def differing_totals(connection: Connection, touched: Collection[int]) -> tuple[str, ...]:
    """Remarks on objectives whose stated score is not the mean of their graded key results; both numbers, 20 at most.

    Looks at the objectives among `touched`, and those above, that are open to everyone: whoever brings a file may not read the
    others. Without any graded key result there is nothing to compare.
    """
    child: Any = aliased(GoalRow)
    stated: dict[int, tuple[str, float]] = {}
    parts: dict[int, list[int]] = defaultdict(list)
    for some in batches(touched):
        near = select(GoalRow.parent_id).where(GoalRow.id.in_(some), GoalRow.parent_id.is_not(None))
        rows = connection.execute(
            select(GoalRow.id, GoalRow.code, GoalRow.stated_score, child.id.label("part"))
            .join(child, key_results_counted(GoalRow, child))
            .where(
                GoalRow.stated_score.is_not(None),
                GoalRow.visibility == Visibility.OPEN,
                GoalRow.id.in_(some) | GoalRow.id.in_(near),
            )
            .order_by(GoalRow.code, child.id)
        )
        for row in rows:
            stated[row.id] = (row.code or str(row.id), row.stated_score)
            if row.part not in parts[row.id]:
                parts[row.id].append(row.part)
    numbers = {each for found in parts.values() for each in found}
    goals, ins = goals_by_id(connection, numbers), check_ins_of(connection, numbers)
    shares = {each: progress(goal, latest_of(ins.get(each, [])).value) for each, goal in goals.items()}
    notes = []
    for objective, (code, says) in stated.items():
        score = okr_score(shares[each] for each in parts[objective])
        if score is not None and abs(score - says) > ROUNDING + 1e-9:
            notes.append(
                f"{code} states a total of {says:.2f}; its graded key results give {score:.2f}. The parts are kept and counted."
            )
    more = len(notes) - _SHOWN
    return (
        *notes[:_SHOWN],
        *((f"{more} more objectives state another total than their parts give.",) if more > 0 else ()),
    )


def _refresh(connection: Connection, goals: Collection[int]) -> None:
    """What rows of goals keep of their check-ins and decisions, for many at once."""
    statement = update(GoalRow).where(GoalRow.id == bindparam("of_id"))
    columns = ("last_on", "last_value", "last_confidence", "before_confidence", "same_values", "reviewed_on")
    statement = statement.values({name: bindparam(f"to_{name}") for name in columns})
    for some in batches(goals):
        ins = check_ins_of(connection, some)
        decided: dict[int, date] = {
            row.goal_id: row.day
            for row in connection.execute(
                select(GoalDecision.goal_id, func.max(GoalDecision.day).label("day"))
                .where(GoalDecision.goal_id.in_(some))
                .group_by(GoalDecision.goal_id)
            )
        }
        rows = []
        for goal in some:
            at = latest_of(ins.get(goal, []))
            reviewed = [each for each in (at.on, decided.get(goal)) if each is not None]
            values = (at.on, at.value, at.confidence, at.before, at.same, max(reviewed) if reviewed else None)
            rows.append({"of_id": goal, **{f"to_{name}": value for name, value in zip(columns, values, strict=True)}})
        for part in _some(rows):
            connection.execute(statement, part)


def _link(connection: Connection, parents: Mapping[int, str | None], ids: Mapping[str, int]) -> None:
    statement = update(GoalRow).where(GoalRow.id == bindparam("of_id")).values(parent_id=bindparam("to_parent"))
    rows = [{"of_id": goal, "to_parent": ids[above] if above else None} for goal, above in parents.items()]
    for some in _some(rows):
        connection.execute(statement, some)


def _ids(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(GoalRow.code, GoalRow.id).where(GoalRow.code.is_not(None)))
    return {row.code or "": row.id for row in rows}


def _step(goal: int, version: int, at: datetime, options: ImportOptions, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "goal_id": goal,
        "version": version,
        "at": at,
        "by": _signed(options),
        "action": "imported",
        "changes": dict(changes),
        "reason": "",
    }


def _signed(options: ImportOptions) -> str:
    return f"a file, brought in by {options.actor}"[:200]


def _some(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [list(rows[at : at + AT_ONCE]) for at in range(0, len(rows), AT_ONCE)]
