"""What was wrong with the last file that was refused: kinds of problems in bands. No id, no value, no row is kept."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from core.access.changes import record
from core.access.tables import ChangeLog
from core.intake.problems import ImportRefused, Problem

ACTION = "import refused"
UNKNOWN_PEOPLE = "people who are not on record"
_UNKNOWN = ("There is nobody with this id", "Nobody with this id")
_OUTSIDE = "had no assignment in the week"
_BANDS = ((1_000, "1,000 or more"), (100, "100–999"), (20, "20–99"), (5, "5–19"), (0, "fewer than five"))


@dataclass(frozen=True)
class Refusal:
    """The newest refusal of a kind of file since its last delivery. problems: what was wrong -> in how many rows, as a band."""

    at: datetime
    actor: str
    kind: str
    file: str
    problems: tuple[tuple[str, str], ...]


def band(count: int) -> str:
    """A number of rows as it may be kept."""
    return next(words for least, words in _BANDS if count >= least)


def note_refusal(
    connection: Connection, *, kind: str, file: str, refused: ImportRefused, actor: str, at: datetime
) -> None:
    """Write down in the change log that a file was refused, once for the same file and the same problems."""
    counted = Counter(_kind_of(problem) for problem in refused.problems)
    detail: dict[str, Any] = {
        "file": file[:200],
        "problems": {what: band(rows) for what, rows in counted.most_common(8)},
    }
    last = connection.execute(_newest(kind)).first()
    if last is None or last.detail != detail:
        record(connection, at=at, actor=actor[:100], action=ACTION, subject=kind, detail=detail)


def refusals(connection: Connection, kinds: tuple[str, ...]) -> tuple[Refusal, ...]:
    """The newest refusal of each kind, newest first; none for a kind that has been delivered since."""
    found = []
    for kind in kinds:
        row = connection.execute(_newest(kind)).first()
        if row is None:
            continue
        later = select(ChangeLog.id).where(
            ChangeLog.subject == kind, ChangeLog.action == "import", ChangeLog.id > row.id
        )
        if connection.execute(later.limit(1)).first() is None:
            problems = tuple(dict(row.detail["problems"]).items())
            found.append(Refusal(row.at, row.actor, kind, str(row.detail["file"]), problems))
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def _newest(kind: str) -> Any:
    return (
        select(ChangeLog.id, ChangeLog.at, ChangeLog.actor, ChangeLog.detail)
        .where(ChangeLog.action == ACTION, ChangeLog.subject == kind)
        .order_by(ChangeLog.id.desc())
        .limit(1)
    )


def _kind_of(problem: Problem) -> str:
    """What is wrong, without anything of the row: unknown people, weeks outside employment, the header, or a column."""
    if problem.problem.startswith(_UNKNOWN):
        return UNKNOWN_PEOPLE
    if _OUTSIDE in problem.problem:
        return "weeks in which the person had no assignment"
    if problem.row is None or problem.row == 1:
        return "the file or its header"
    return f"cells in the column {problem.column}"[:60] if problem.column else "rows that cannot be read"
