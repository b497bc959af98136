"""The one way in for files: read in chunks, check everything, then load in one short transaction, or refuse.

    summary = run_import(engine, "people", Path("people.csv"), actor="ada", at=now(), options=ImportOptions())

Reading and checking happen outside the writing transaction, so that people can work meanwhile. Before writing, the
database is looked at again when it has changed since.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from core.access.changes import record
from core.access.tables import ChangeLog
from core.delivery import Counts, FileKind, ImportOptions, Plan
from core.intake.formats import FileRefused
from core.intake.header import IgnoredColumn
from core.intake.kinds import UnknownKind, kind_named
from core.intake.problems import ImportRefused, Problem, ProblemLog
from core.intake.staging import Progress, Staged, stage
from core.workload.loading import rehome

__all__ = ["ImportOptions", "ImportRefused", "ImportSummary", "Problem", "UnknownKind", "run_import"]

_IMPORT_LOCK = 7_251_005  # PostgreSQL advisory lock: two imports write one after the other
AfterLoad = Callable[[Connection, set[date]], None]


@dataclass(frozen=True)
class ImportSummary:
    """What an import did, or would do (`dry_run`).

    rows = loaded + replaced + unchanged + ignored. loaded: new. replaced: on record with other values. ignored: blank rows.
    changed: whether there was anything to write. removed: rows on record that the file does away with.
    people, units: how many the rows name or belong to. weeks: those of the file, sorted.
    closed_weeks_touched: weeks whose facts changed, sorted; which of them are closed, and what then has to be released, is
    for the caller. notes: remarks in plain words.
    """

    kind: str
    file: str
    rows: int
    ignored: int
    changed: bool
    counts: Counts
    ignored_columns: tuple[IgnoredColumn, ...]
    closed_weeks_touched: tuple[date, ...]
    dry_run: bool
    sha256: str
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The document that the command line prints."""
        weeks = self.counts.weeks
        return {
            "kind": self.kind,
            "file": self.file,
            "rows": self.rows,
            "loaded": self.counts.loaded,
            "replaced": self.counts.replaced,
            "ignored": self.ignored,
            "unchanged": self.counts.unchanged,
            "removed": self.counts.removed,
            "people": self.counts.people,
            "units": self.counts.units,
            "weeks": {
                "from": weeks[0].isoformat() if weeks else None,
                "to": weeks[-1].isoformat() if weeks else None,
                "count": len(weeks),
            },
            "problem_count": 0,
            "problems": [],
            "ignored_columns": [{"column": each.column, "reason": each.reason} for each in self.ignored_columns],
            "closed_weeks_touched": [week.isoformat() for week in self.closed_weeks_touched],
            "dry_run": self.dry_run,
            "sha256": self.sha256,
            "notes": list(self.notes),
        }


def run_import(
    engine: Engine,
    kind: str,
    path: Path,
    *,
    actor: str,
    at: datetime,
    dry_run: bool = False,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
    errors_file: Path | None = None,
    after_load: AfterLoad | None = None,
) -> ImportSummary:
    """Import a file of a kind: all of it, or nothing.

    actor, at: for the change log, which gets one entry when something changed. dry_run: everything is checked and counted,
    then rolled back. progress: called with rows read so far and, when known, how many there are. errors_file: all problems
    are written there as CSV when the file is refused. after_load: called in the writing transaction, once, with the weeks
    whose facts changed (not in a dry run, and not when nothing changed).

    Raises:
        UnknownKind: there is no such kind.
        ImportRefused: the file has problems; nothing was written.
    """
    log = ProblemLog(path.name, errors_file)
    call = _Call(kind_named(kind), path, actor, at, dry_run, options or ImportOptions(), log, after_load)
    try:
        try:
            staged = stage(call.kind, path, call.options, log, progress)
        except FileRefused as refused:
            log.afterwards([refused.finding])
            log.refuse()
        with engine.connect() as connection:
            seen = _latest_change(connection)
            plan = _examine(connection, call, staged)
        return _load(engine, call, staged, plan, seen)
    finally:
        log.close()


@dataclass(frozen=True)
class _Call:
    """What the caller of `run_import` asked for."""

    kind: FileKind
    path: Path
    actor: str
    at: datetime
    dry_run: bool
    options: ImportOptions
    log: ProblemLog
    after_load: AfterLoad | None


def _examine(connection: Connection, call: _Call, staged: Staged) -> Plan:
    """The plan of a file without problems.

    Raises:
        ImportRefused: there are problems, found now or before.
    """
    findings, plan = call.kind.examine(connection, staged.frame, call.options)
    call.log.afterwards(findings)
    call.log.refuse_if_any()
    assert plan is not None
    return plan


def _load(engine: Engine, call: _Call, staged: Staged, plan: Plan, seen: int) -> ImportSummary:
    """Write the plan, its consequences and its entry in the change log together; a dry run is rolled back."""
    weeks: set[date] = set()
    notes = list(staged.notes)
    if plan.changes:
        with engine.connect() as connection, connection.begin() as transaction:
            _one_at_a_time(connection)
            if _latest_change(connection) != seen:
                plan = _examine(connection, call, staged)
            loaded = plan.load(connection)
            rehomed = rehome(connection, loaded.reassigned)
            weeks = set(loaded.weeks | rehomed.weeks)
            if rehomed.outside:
                notes.append(
                    f"Hours on record for {rehomed.outside} person-weeks lie in weeks without an assignment now; "
                    "they keep the unit that they had."
                )
            if call.dry_run or not plan.changes:
                transaction.rollback()
            else:
                # notes of pending weeks before the change log: a release takes its locks in the same order
                if call.after_load is not None:
                    call.after_load(connection, weeks)
                record(
                    connection,
                    at=call.at,
                    actor=call.actor,
                    action="import",
                    subject=call.kind.name,
                    detail=_detail(call, staged, plan.counts, weeks),
                )
    return ImportSummary(
        kind=call.kind.name,
        file=call.path.name,
        rows=staged.rows,
        ignored=staged.blank,
        changed=plan.changes,
        counts=plan.counts,
        ignored_columns=staged.layout.ignored,
        closed_weeks_touched=tuple(sorted(weeks)),
        dry_run=call.dry_run,
        sha256=staged.sha256,
        notes=tuple(notes),
    )


def _detail(call: _Call, staged: Staged, counts: Counts, weeks: set[date]) -> dict[str, Any]:
    return {
        "file": call.path.name,
        "sha256": staged.sha256,
        "rows": staged.rows,
        "loaded": counts.loaded,
        "replaced": counts.replaced,
        "removed": counts.removed,
        "people": counts.people,
        "units": counts.units,
        "weeks_touched": len(weeks),
    }


def _one_at_a_time(connection: Connection) -> None:
    """Take the writer's lock now, so that nothing changes between the last look and the load."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
    else:
        connection.execute(text("UPDATE person SET id = id WHERE 1 = 0"))


def _latest_change(connection: Connection) -> int:
    """Every change of facts is in the change log; its newest entry tells whether there was one."""
    return connection.scalar(select(func.max(ChangeLog.id))) or 0
