"""The file kind `goal-updates`: check-ins that were made elsewhere, and grades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from core.delivery import Counts, FileKind, Finding, ImportOptions, Loaded, day, number, parsed
from core.goals.file_columns import UPDATE_COLUMNS
from core.goals.goal import Visibility
from core.goals.imports import code_of, reason, sound
from core.goals.loading import differing_totals, write_check_ins
from core.goals.tables import GoalCheckIn, GoalRow

ROWS = (
    "One row is one check-in: a goal and a day. A row for a goal and day on record replaces what a file said before; what people "
    "said in the app stays. The same file again changes nothing.",
    "A blank value is not given, never zero. A row without value, confidence and note says that the goal was not graded that "
    "day: until it is graded again it is left out of its objective's score.",
    "Refused: a goal that is not on record; the same goal and day twice; a day after the import.",
    "There is no undo: another file corrects a check-in of a file.",
)
_FIELDS = ("value", "confidence", "note")


def read(text: pd.DataFrame, _options: ImportOptions) -> tuple[pd.DataFrame, list[Finding]]:
    """Columns goal_id, key_result, note (text), date (dates), value, confidence (floats), as far as the file has them."""
    frame = pd.DataFrame(index=text.index)
    for column in UPDATE_COLUMNS:
        if column.name in text:
            parse = day if column.format == "date" else number if column.is_number else str
            frame[column.name] = parsed(text[column.name], sound(column, parse))
    return frame, []


def examine(
    connection: Connection, frame: pd.DataFrame, options: ImportOptions
) -> tuple[list[Finding], "UpdatesPlan | None"]:
    """Rows over rows and against the database, and the plan when all hold."""
    goals = {
        row.code: row.id
        for row in connection.execute(
            select(GoalRow.code, GoalRow.id).where(GoalRow.code.is_not(None), GoalRow.archived_at.is_(None))
        )
    }
    findings: list[Finding] = []
    said: dict[tuple[int, date], dict[str, Any]] = {}
    places: dict[tuple[int, date], int] = {}
    columns = {name: frame[name].tolist() if name in frame else [None] * len(frame) for name in _NAMES}
    for at, goal_id, key_result, on, *values in zip(frame.index, *(columns[name] for name in _NAMES), strict=True):
        if _blank(goal_id) or _blank(on):
            continue  # found before
        code = code_of(goal_id, None if _blank(key_result) else key_result)
        if code not in goals:
            problem = "There is no goal with this id on record."
            findings.append(
                Finding(int(at), "goal_id", code, problem, "Import the goal first (kind goals), or correct the id.")
            )
            continue
        if options.at is not None and on > options.at.date():
            problem = "This day has not come yet."
            findings.append(Finding(int(at), "date", on.isoformat(), problem, "Write the day of which the row speaks."))
        key = (goals[code], on)
        if key in said:
            problem = f"Row {places[key]} already speaks of this goal on this day."
            findings.append(Finding(int(at), "date", on.isoformat(), problem, "Keep one of the two rows."))
            continue
        value, confidence, note = (None if _blank(each) else each for each in values)
        places[key] = int(at)
        said[key] = {"value": value, "confidence": None if confidence is None else int(confidence), "note": note or ""}
    if findings:
        return findings, None
    return [], _plan(connection, said, options)


_NAMES = ("goal_id", "key_result", "date", *_FIELDS)


def _blank(cell: Any) -> bool:
    return cell is None or bool(pd.isna(cell))


@dataclass(frozen=True)
class UpdatesPlan:
    """Check-ins that are new or different.

    unsaid: check-ins of goals not open to everyone that are as the file says. They count as replaced: whoever brings a file
    learns nothing by it about the progress of goals that they may not read.
    """

    counts: Counts
    new: Sequence[dict[str, Any]]
    changed: Sequence[dict[str, Any]]
    unsaid: int
    options: ImportOptions

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.new or self.changed or self.unsaid)

    def prepare(self, connection: Connection) -> None:
        """Nothing has to be ready beforehand."""

    def load(self, connection: Connection) -> Loaded:
        """Write check-ins, and compare stated totals with what the parts give."""
        touched = write_check_ins(connection, self.new, self.changed, self.options)
        return Loaded(notes=differing_totals(connection, touched))


def _plan(
    connection: Connection, said: Mapping[tuple[int, date], dict[str, Any]], options: ImportOptions
) -> UpdatesPlan:
    closed = set(connection.scalars(select(GoalRow.id).where(GoalRow.visibility != Visibility.OPEN)))
    stored = {
        (row.goal_id, row.day): row
        for row in connection.execute(
            select(
                GoalCheckIn.id,
                GoalCheckIn.goal_id,
                GoalCheckIn.day,
                GoalCheckIn.value,
                GoalCheckIn.confidence,
                GoalCheckIn.note,
            ).where(GoalCheckIn.by.startswith(_BY_FILE))
        )
    }
    new, changed, unsaid = [], [], 0
    for (goal, on), values in said.items():
        row = stored.get((goal, on))
        if row is None:
            new.append({"goal_id": goal, "day": on, **values})
        elif (row.value, row.confidence, row.note) != tuple(values[name] for name in _FIELDS):
            changed.append({"id": row.id, "goal_id": goal, **values})
        elif goal in closed:
            unsaid += 1
    counts = Counts(
        loaded=len(new),
        replaced=len(changed) + unsaid,
        unchanged=len(said) - len(new) - len(changed) - unsaid,
        removed=0,
        people=0,
        units=0,
    )
    return UpdatesPlan(counts, new, changed, unsaid, options)


_BY_FILE = "a file, brought in by "

GOAL_UPDATES = FileKind(
    name="goal-updates",
    title="Goal updates",
    replaces="What is on record for the same goal and day is replaced.",
    purpose="Check-ins about goals: value, confidence and note of a goal on a day.",
    columns=UPDATE_COLUMNS,
    rows=ROWS,
    template="goal-updates.csv",
    read=read,
    examine=examine,
    reason=reason,
    undoable=False,
)
