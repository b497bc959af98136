"""The work done on an uploaded file, in the background: a check or a load, and what reads plainly when it goes wrong."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.access.refusals import Refused
from core.database.faults import fault_of
from core.delivery import ImportOptions
from core.intake.imports import ImportRefused, ImportSummary
from core.intake.maps import ColumnMap, header_of
from core.intake.preview import excerpt
from core.intake.problems import Problem
from core.intake.receiving import Kept, Receiving
from core.settings import settings
from core.workload.release import ReleaseSummary

log = logging.getLogger("evenkeel")
CHECK, LOAD = "check", "load"
BAD_ROWS = 12  # shown as they stand in the file
UNRELEASED = "The file is loaded, its weeks are not released yet"
WEEKS_WAIT = (
    "All of the file is on record. Its closed weeks wait for their release: the next file brings it, or the server, which looks "
    "when somebody opens a page, at most once an hour."
)


@dataclass
class Work:
    """A check or a load under way, or done. Written by its own thread, read by the page.

    stage: 'waiting', 'reading', 'releasing' or 'done'. summary: of what was checked or loaded. problems: why the file was
    refused; header, bad_rows: the first rows with problems as they stand in the file. fault: what went wrong otherwise, as a
    title and a sentence. waits_for: who is loading at the moment.
    """

    what: str
    options: ImportOptions
    kind: str
    hold: bool = False
    stage: str = "waiting"
    done: int = 0
    total: int | None = None
    waits_for: str = ""
    summary: ImportSummary | None = None
    released: ReleaseSummary = field(default_factory=ReleaseSummary)
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    fault: tuple[str, str] | None = None
    header: tuple[str, ...] = ()
    bad_rows: dict[int, tuple[str | None, ...]] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether its thread is still at it."""
        return self.stage != "done"

    @property
    def loaded(self) -> bool:
        """Whether the file is on record, whatever came of releasing its weeks."""
        return self.what == LOAD and self.summary is not None

    @property
    def state(self) -> str:
        """Where the file stands: running, loaded, refused, failed (for another reason than the file), or ready to be loaded."""
        if self.running:
            return "running"
        if self.loaded:
            return "loaded"
        return "refused" if self.refused else "failed" if self.summary is None else "ready"

    @property
    def share(self) -> float:
        """How much of the stage is done, 0 to 1; 0 where it is not known how much there is."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def refused(self) -> bool:
        """Whether the file has problems."""
        return self.problem_count > 0


def run(work: Work, path: Path, errors: Path, receiving: Receiving) -> None:
    """Check or load the file at `path`; all problems of one that is refused are written to `errors`."""
    work.stage, work.waits_for = "reading", ""
    try:
        work.summary = receiving.take_in(
            work.kind,
            path,
            work.options,
            dry_run=work.what == CHECK,
            hold=work.hold,
            keep=_kept(work, path),
            errors_file=errors,
            progress=_into(work),
        )
    except ImportRefused as refused:
        work.problems, work.problem_count = refused.problems, refused.problem_count
        rows = sorted({each.row for each in refused.problems if each.row is not None and each.row > 1 and each.column})
        work.header, work.bad_rows = excerpt(path, work.kind, work.options, rows[:BAD_ROWS])
        return
    if work.what == LOAD and not work.hold:
        work.stage, work.done, work.total = "releasing", 0, None
        work.released = receiving.release(_into(work))


def _kept(work: Work, path: Path) -> Kept | None:
    """Where columns were read from, for the next file with this header."""
    header = header_of(work.kind, path, work.options) if work.what == LOAD and work.options.columns else None
    if header is None:
        return None
    said = {"dayfirst": work.options.dayfirst, "monthfirst": work.options.monthfirst, "sheet": work.options.sheet}
    return Kept(header, ColumnMap(work.options.columns, tuple((name, value) for name, value in said.items() if value)))


def _into(work: Work) -> Callable[[int, int | None], None]:
    def report(done: int, total: int | None) -> None:
        work.done, work.total = done, total

    return report


def guarded(step: Callable[[], None], work: Work) -> None:
    """Take a step; whatever goes wrong reads plainly on the page, and stands in the log."""
    try:
        step()
    except Refused as refusal:
        work.fault = (
            (UNRELEASED, f"{refusal} {WEEKS_WAIT}") if work.loaded else ("This cannot be done now", str(refusal))
        )
    except Exception as error:
        fault = fault_of(error, settings().database_url)
        if fault is not None:
            log.error("Import: %s", fault.reason)
            work.fault = (
                (UNRELEASED, f"{fault.title}. {WEEKS_WAIT}")
                if work.loaded
                else (fault.title, f"{fault.text} Nothing of the file was loaded halfway.")
            )
        else:
            reference = secrets.token_hex(3).upper()
            log.exception("Reference %s: an import broke off", reference)
            tell = f"Reference {reference}. {{}}if it stays, send the reference to whoever runs the server."
            work.fault = (
                (UNRELEASED, f"{WEEKS_WAIT} {tell.format('Look again later; ')}")
                if work.loaded
                else ("The import broke off", f"Nothing of the file was loaded halfway. {tell.format('Try again; ')}")
            )
    finally:
        work.stage = "done"
