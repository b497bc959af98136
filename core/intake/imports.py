"""The one way in for files: read in chunks, check everything, then load in one short transaction, or refuse.

    summary = run_import(engine, "people", Path("people.csv"), actor="ada", at=now(), options=ImportOptions())

Reading and checking happen outside the writing transaction, so that people can work meanwhile. Before writing, the
database is looked at again when it has changed since.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from core.access.changes import record
from core.access.tables import ChangeLog
from core.delivery import Affected, Counts, FileKind, ImportOptions, Plan
from core.intake.deliveries import add_delivery
from core.intake.formats import FileRefused
from core.intake.header import IgnoredColumn
from core.intake.history import Aside, drop_aside
from core.intake.kinds import UnknownKind, kind_named
from core.intake.problems import ImportRefused, Problem, ProblemLog
from core.intake.queue import one_at_a_time
from core.intake.staging import Progress, Staged, stage
from core.people.loading import unit_ids
from core.policy import Policy
from core.rhythm.pairs import renew_pairs
from core.workload.loading import rehome

__all__ = ["ImportOptions", "ImportRefused", "ImportSummary", "Problem", "UnknownKind", "run_import"]

AfterLoad = Callable[[Connection, Affected], None]
OUTSIDE = "Some hours on record lie in weeks without an assignment now; they keep the unit that they had."


@dataclass(frozen=True)
class ImportSummary:
    """What an import did, or would do (`dry_run`).

    rows = loaded + replaced + unchanged + ignored. loaded: new. replaced: on record with other values. ignored: blank rows.
    changed: whether any fact is another now. removed: rows on record that the file does away with.
    people, units: how many the rows name or belong to. weeks: those of the file, sorted.
    closed_weeks_touched: weeks whose facts changed, sorted; which of them are closed, and what then has to be released, is
    for the caller. notes: remarks in plain words. delivery: its number in the history, None for a dry run.
    can_be_undone: what it replaced was put aside, so that it can be taken back while its weeks are open.
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
    delivery: int | None = None
    can_be_undone: bool = False

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
            "delivery": self.delivery,
            "can_be_undone": self.can_be_undone,
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
    held: bool = False,
    policy: Policy | None = None,
    as_of: date | None = None,
) -> ImportSummary:
    """Import a file of a kind: all of it, or nothing.

    actor, at: for the history of deliveries and the change log, which get one entry each, also when nothing changed: that a
    delivery is missing would tell that a guess at what is on record was right. dry_run: everything is checked and counted,
    then rolled back. progress: called with rows read so far and, when known, how many there are. errors_file: all problems
    are written there as CSV when the file is refused. after_load: called in the writing transaction, once, with the weeks
    that changed and those that the file names, which may be none (not in a dry run). held: told in the history; whether
    weeks are held is decided by `after_load`. policy, as_of: by them it is known
    which weeks are open, so that what is replaced in those can be put aside for `core.intake.history.undo_last`; without a
    policy nothing is. as_of: default, the day of `at`.

    Raises:
        UnknownKind: there is no such kind.
        ImportRefused: the file has problems; nothing was written.
    """
    log = ProblemLog(path.name, errors_file)
    call = _Call(
        kind=kind_named(kind),
        path=path,
        actor=actor,
        at=at,
        dry_run=dry_run,
        options=replace(options or ImportOptions(), day=as_of or at.date()),
        log=log,
        after_load=after_load,
        held=held,
        policy=policy,
        as_of=as_of or at.date(),
    )
    try:
        try:
            staged = stage(call.kind, path, call.options, log, progress)
        except FileRefused as refused:
            log.afterwards([refused.finding])
            log.refuse()
        with engine.connect() as connection:
            seen = _latest_change(connection)
            plan = _examine(connection, call, staged)
            staged = staged.with_notes(staged.names.unit_notes(unit_ids(connection)))
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
    held: bool
    policy: Policy | None
    as_of: date


def _examine(connection: Connection, call: _Call, staged: Staged) -> Plan:
    """The plan of a file without problems.

    Raises:
        ImportRefused: there are problems, found now or before.
    """
    said = replace(call.options, actor=call.actor, at=call.at)
    findings, plan = call.kind.examine(connection, staged.frame, said)
    call.log.afterwards(findings)
    call.log.refuse_if_any()
    assert plan is not None
    return plan


def _load(engine: Engine, call: _Call, staged: Staged, plan: Plan, seen: int) -> ImportSummary:
    """Write the plan, its consequences and its entry in the change log together; a dry run is rolled back."""
    weeks: set[date] = set()
    notes = list(staged.notes)
    delivery: int | None = None
    can_be_undone = False
    if plan.changes or not call.dry_run:
        with engine.connect() as connection, connection.begin() as transaction:
            plan.prepare(connection)
            one_at_a_time(connection)
            if _latest_change(connection) != seen:
                plan = _examine(connection, call, staged)
            aside = _aside(connection, call, plan)
            loaded = plan.load(connection)
            notes += loaded.notes
            rehomed = rehome(connection, loaded.reassigned)
            weeks = set(loaded.weeks | rehomed.weeks)
            if rehomed.outside and not call.dry_run:  # a check must not tell which weeks of somebody are on record
                notes.append(OUTSIDE)
            if call.dry_run:
                transaction.rollback()
            else:
                # notes of pending weeks before the change log: a release takes its locks in the same order
                if call.after_load is not None:
                    call.after_load(connection, Affected(frozenset(weeks), frozenset(plan.counts.weeks)))
                if loaded.reassigned:  # who is managed by whom may have changed
                    renew_pairs(connection, at=call.at, actor=call.actor, log=False)
                record(
                    connection,
                    at=call.at,
                    actor=call.actor,
                    action="import",
                    subject=call.kind.name,
                    detail=_detail(call, staged, plan.counts, weeks),
                )
                delivery = _write_history(connection, call, staged, plan)
                can_be_undone = aside is not None and aside.keep(delivery, weeks, plan.counts.weeks)
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
        delivery=delivery,
        can_be_undone=can_be_undone,
    )


def _aside(connection: Connection, call: _Call, plan: Plan) -> Aside | None:
    if call.dry_run or call.policy is None or not call.kind.undoable:
        return None
    return Aside(connection, plan.counts.weeks, policy=call.policy, as_of=call.as_of)


def _write_history(connection: Connection, call: _Call, staged: Staged, plan: Plan) -> int:
    """The delivery's own entry; what was put aside for an earlier one can no longer be used."""
    drop_aside(connection)
    return add_delivery(
        connection,
        at=call.at,
        actor=call.actor,
        kind=call.kind.name,
        file=call.path.name,
        sha256=staged.sha256,
        rows=staged.rows,
        counts=plan.counts,
        held=call.held,
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


def _latest_change(connection: Connection) -> int:
    """Every change of facts is in the change log; its newest entry tells whether there was one."""
    return connection.scalar(select(func.max(ChangeLog.id))) or 0
