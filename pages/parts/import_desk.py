"""What a server keeps of uploads: one file for each person, privately and for an hour at most, and the work done on it.

Work runs in the background, so that the page stays usable and a reload finds it again. Loads wait for each other.
"""

import atexit
import logging
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock, Thread

import streamlit as st
from sqlalchemy import Connection, Engine

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.calendar import now, today
from core.database.faults import fault_of
from core.delivery import Affected, Finding, ImportOptions
from core.intake.deliveries import actor_of
from core.intake.formats import FileRefused
from core.intake.imports import ImportRefused, ImportSummary, run_import
from core.intake.kinds import KINDS
from core.intake.maps import ColumnMap, header_of, remember
from core.intake.preview import Preview, Start, excerpt, preview, start
from core.intake.problems import Problem
from core.intake.refusals import note_refusal
from core.policy import Policy
from core.settings import settings
from core.workload.release import ReleaseSummary, finish_pending, note_delivery
from pages.parts import loaders
from server.leftovers import CHECKED, KEPT, private_folder, repeat

log = logging.getLogger("evenkeel")
LONGEST_NAME_BYTES = 240  # what file systems take is a little more
LONGEST_NAME = 120
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
    def refused(self) -> bool:
        """Whether the file has problems."""
        return self.problem_count > 0


@dataclass
class Parcel:
    """An uploaded file in a folder of its own that nobody else may enter. `work`: the newest work on it.

    said: what the person said of a header, as kind and options; it holds for the corrected file, too.
    """

    owner: int
    folder: Path
    path: Path
    size: int
    at: datetime
    work: Work | None = None
    said: dict[tuple[str, ...], tuple[str, ImportOptions]] = field(default_factory=dict)
    seen: dict[str | None, Preview | Finding] = field(default_factory=dict)
    begun: dict[tuple[str, str | None], Start] = field(default_factory=dict)

    def preview(self, sheet: str | None) -> Preview:
        """The top of the file, read once for each worksheet.

        Raises:
            FileRefused: no table can be read from it.
        """
        if sheet not in self.seen:
            try:
                self.seen[sheet] = preview(self.path, ImportOptions(sheet=sheet, day=today()))
            except FileRefused as refused:  # not worked out again each time that the page is drawn
                self.seen[sheet] = refused.finding
        seen = self.seen[sheet]
        if isinstance(seen, Finding):
            raise FileRefused(seen.row, seen.value, seen.problem, seen.remedy)
        return seen

    def start(self, kind: str, sheet: str | None) -> Start:
        """What the mapping of columns begins with, found once for each kind and worksheet."""
        header = self.preview(sheet).header
        told, options = self.said.get(header, ("", ImportOptions()))
        if told == kind:
            order = {"dayfirst": options.dayfirst, "monthfirst": options.monthfirst}
            return Start(options.columns, tuple((name, value) for name, value in order.items() if value))
        if (kind, sheet) not in self.begun:
            with loaders.reading().connect() as connection:
                self.begun[kind, sheet] = start(connection, kind, self.path, header, ImportOptions(sheet=sheet))
        return self.begun[kind, sheet]

    def likely_kind(self, sheet: str | None) -> str:
        """What the file is: as was said of its header, by the names of its columns, by what they resemble; or ''."""
        seen = self.preview(sheet)
        if seen.header in self.said:
            return self.said[seen.header][0]
        if seen.kinds:
            return seen.kinds[0]
        placed = {kind: len(self.start(kind, sheet).columns) for kind in KINDS}
        best, second = sorted(placed, key=lambda kind: placed[kind], reverse=True)[:2]
        return best if placed[best] > max(1, placed[second]) else ""

    @property
    def errors(self) -> Path:
        """Where all problems of the last check stand as CSV."""
        return self.folder / "problems.csv"


class Desk:
    """The parcels of this server. A person has one at a time; a new one takes the place of the old."""

    def __init__(self, every: timedelta = CHECKED) -> None:
        self._parcels: dict[int, Parcel] = {}
        self._lock, self._turn = Lock(), Lock()
        self._loading = ""
        repeat(self.tidy, every, "uploads")
        atexit.register(self.clear)

    def parcel(self, viewer: Viewer) -> Parcel | None:
        """The viewer's own file, if there is one."""
        self.tidy()
        with self._lock:
            return self._parcels.get(viewer.id)

    def tidy(self) -> None:
        """Remove files that lie too long. A file that is being worked on stays, and other servers are told so by its time."""
        with self._lock:
            for owner, each in list(self._parcels.items()):
                if each.work is not None and each.work.running:
                    with suppress(OSError):
                        os.utime(each.folder)
                elif now() - each.at > KEPT:
                    self._remove(owner)

    def take(self, viewer: Viewer, name: str, content: memoryview) -> Parcel:
        """Write an upload into a private folder, then let it take the place of the last one.

        Raises:
            NoPermission: the viewer may not bring files in.
            Refused: the viewer's last file is being worked on.
            OSError: the disk does not take it; the last file is still there.
        """
        actor_of(viewer)
        with self._lock:
            self._refuse_while_running(viewer)
        folder = private_folder()
        try:
            path = folder / "upload" / file_name(name)
            path.parent.mkdir(mode=0o700)
            path.touch(mode=0o600)
            path.write_bytes(content)  # before the lock: whoever draws Import waits for it
            with self._lock:
                present = self._refuse_while_running(viewer)
                said = present.said if present is not None else {}
                self._remove(viewer.id)
                parcel = Parcel(viewer.id, folder, path, len(content), now(), said=said)
                self._parcels[viewer.id] = parcel
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return parcel

    def _refuse_while_running(self, viewer: Viewer) -> Parcel | None:
        present = self._parcels.get(viewer.id)
        if present is not None and present.work is not None and present.work.running:
            raise Refused("Your last file is still being worked on. Wait until it is done.")
        return present

    def discard(self, viewer: Viewer) -> None:
        """Remove the viewer's file, unless it is being worked on."""
        with self._lock:
            present = self._parcels.get(viewer.id)
            if present is not None and not (present.work and present.work.running):
                self._remove(viewer.id)

    def clear(self) -> None:
        """Remove every file; when the server ends."""
        with self._lock:
            for owner in list(self._parcels):
                self._remove(owner)

    def _remove(self, owner: int) -> None:
        parcel = self._parcels.pop(owner, None)
        if parcel is not None:
            shutil.rmtree(parcel.folder, ignore_errors=True)

    def begin(self, viewer: Viewer, parcel: Parcel, work: Work) -> None:
        """Start work in the background.

        Raises:
            NoPermission: the viewer may not bring files in.
        """
        actor = actor_of(viewer)
        with self._lock:
            if parcel.work is not None and parcel.work.running:
                return
            parcel.work = work
            parcel.said[parcel.preview(work.options.sheet).header] = (work.kind, work.options)
        step = self._load if work.what == LOAD else self._check
        arguments = (loaders.writing(), loaders.policy(), parcel, work, actor, today())
        Thread(target=_guarded, args=(step, work, arguments), daemon=True, name=f"import {work.what}").start()

    def _check(self, engine: Engine, policy: Policy, parcel: Parcel, work: Work, actor: str, as_of: date) -> None:
        self._run(engine, policy, parcel, work, actor, as_of, dry_run=True)

    def _load(self, engine: Engine, policy: Policy, parcel: Parcel, work: Work, actor: str, as_of: date) -> None:
        work.waits_for = self._loading
        with self._turn:
            self._loading = actor
            try:
                self._run(engine, policy, parcel, work, actor, as_of, dry_run=False)
                if work.summary is not None and not work.hold:
                    work.stage, work.done, work.total = "releasing", 0, None
                    work.released = finish_pending(
                        engine,
                        policy=policy,
                        as_of=as_of,
                        at=now(),
                        actor=actor,
                        include_held=True,
                        progress=_into(work),
                    )
            finally:
                self._loading = ""

    @staticmethod
    def _run(
        engine: Engine, policy: Policy, parcel: Parcel, work: Work, actor: str, as_of: date, *, dry_run: bool
    ) -> None:
        work.stage, work.waits_for = "reading", ""

        def after(connection: Connection, weeks: Affected) -> None:
            note_delivery(connection, weeks, held=work.hold, as_of=as_of)
            _remember(connection, parcel, work, actor)

        try:
            work.summary = run_import(
                engine,
                work.kind,
                parcel.path,
                actor=actor,
                at=now(),
                dry_run=dry_run,
                options=work.options,
                progress=_into(work),
                errors_file=parcel.errors,
                after_load=after,
                held=work.hold,
                policy=policy,
                as_of=as_of,
            )
        except ImportRefused as refused:
            work.problems, work.problem_count = refused.problems, refused.problem_count
            rows = sorted(
                {each.row for each in refused.problems if each.row is not None and each.row > 1 and each.column}
            )
            work.header, work.bad_rows = excerpt(parcel.path, work.kind, work.options, rows[:BAD_ROWS])
            with engine.begin() as connection:
                note_refusal(connection, kind=work.kind, file=parcel.path.name, refused=refused, actor=actor, at=now())


def _remember(connection: Connection, parcel: Parcel, work: Work, actor: str) -> None:
    """Keep where columns were read from, for the next file with this header."""
    header = header_of(work.kind, parcel.path, work.options) if work.options.columns else None
    if header is not None:
        said = {"dayfirst": work.options.dayfirst, "monthfirst": work.options.monthfirst, "sheet": work.options.sheet}
        kept = ColumnMap(work.options.columns, tuple((name, value) for name, value in said.items() if value))
        remember(connection, work.kind, header, kept, actor=actor, at=now())


def _into(work: Work) -> Callable[[int, int | None], None]:
    def report(done: int, total: int | None) -> None:
        work.done, work.total = done, total

    return report


def _guarded(step: Callable[..., None], work: Work, arguments: tuple[object, ...]) -> None:
    """Run a step; whatever goes wrong reads plainly on the page, and stands in the log."""
    try:
        step(*arguments)
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


def file_name(given: str) -> str:
    """The name under which an upload is kept: without folders and control characters, and not too long for history."""
    name = (
        "".join(sign for sign in Path(given.replace("\\", "/")).name if sign.isprintable()).strip(". ") or "upload.csv"
    )
    ending = "".join(Path(name).suffixes[-2:])[-10:]
    stem = name.removesuffix(ending)[: LONGEST_NAME - len(ending)]
    while len((stem + ending).encode()) > LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return stem + ending


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """The desk of this server."""
    return Desk()
