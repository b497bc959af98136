"""What a server keeps of uploads: one file for each person, privately and for an hour at most, and the work done on it.

Work runs in the background, so that the page stays usable and a reload finds it again. Loads wait for each other.
"""

import atexit
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy import Engine

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.calendar import now, today
from core.delivery import Finding, ImportOptions
from core.intake.deliveries import actor_of
from core.intake.formats import FileRefused
from core.intake.preview import Preview, Start, likely_kind, preview, start
from core.intake.receiving import Receiving
from core.policy import Policy
from server.leftovers import CHECKED, KEPT, private_folder, repeat
from server.work import LOAD, Work, guarded, run

LONGEST_NAME_BYTES = 240  # what file systems take is a little more
LONGEST_NAME = 120


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

    def start(self, reading: Engine, kind: str, sheet: str | None) -> Start:
        """What the mapping of columns begins with, found once for each kind and worksheet."""
        header = self.preview(sheet).header
        told, options = self.said.get(header, ("", ImportOptions()))
        if told == kind:
            order = {"dayfirst": options.dayfirst, "monthfirst": options.monthfirst}
            return Start(options.columns, tuple((name, value) for name, value in order.items() if value))
        if (kind, sheet) not in self.begun:
            with reading.connect() as connection:
                self.begun[kind, sheet] = start(connection, kind, self.path, header, ImportOptions(sheet=sheet))
        return self.begun[kind, sheet]

    def likely_kind(self, reading: Engine, sheet: str | None) -> str:
        """What the file is: as was said of its header, or as its columns tell; '' when they do not."""
        seen = self.preview(sheet)
        if seen.header in self.said:
            return self.said[seen.header][0]
        return likely_kind(seen, lambda kind: self.start(reading, kind, sheet))

    @property
    def errors(self) -> Path:
        """Where all problems of the last check stand as CSV."""
        return self.folder / "problems.csv"


class Desk:
    """The parcels of this server. A person has one at a time; a new one takes the place of the old.

    writing: the engine that loads. policy: by which weeks are released.
    """

    def __init__(
        self, writing: Callable[[], Engine], policy: Callable[[], Policy], *, every: timedelta = CHECKED
    ) -> None:
        self._writing, self._policy = writing, policy
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
        receiving = Receiving(self._writing(), actor, self._policy(), today(), now)
        take = self._load if work.what == LOAD else run

        def step() -> None:
            take(work, parcel.path, parcel.errors, receiving)

        Thread(target=guarded, args=(step, work), daemon=True, name=f"import {work.what}").start()

    def _load(self, work: Work, path: Path, errors: Path, receiving: Receiving) -> None:
        """One after the other."""
        work.waits_for = self._loading
        with self._turn:
            self._loading = receiving.actor
            try:
                run(work, path, errors, receiving)
            finally:
                self._loading = ""


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
