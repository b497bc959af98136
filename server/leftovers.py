"""The folders in which uploads lie on this machine, and what removes them within an hour, with or without anybody at a screen."""

import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

from core.calendar import now

log = logging.getLogger("evenkeel")
PREFIX = "evenkeel-upload-"
CHECKED = timedelta(minutes=5)  # how often it is looked
KEPT = timedelta(hours=1) - CHECKED  # so that nothing lies longer than an hour before it is looked at again


def private_folder() -> Path:
    """A new folder that only the account of the server may enter."""
    return Path(tempfile.mkdtemp(prefix=PREFIX))


def remove_forgotten() -> None:
    """Remove folders that no server has touched for as long as one is kept: those of servers that were killed."""
    oldest = (now() - KEPT).timestamp()
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another account's, or gone meanwhile
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def repeat(step: Callable[[], None], every: timedelta, name: str) -> Event:
    """Take a step now and again and again, in a thread of its own that ends with the process or when the event is set."""
    ended = Event()

    def steps() -> None:
        while True:
            try:
                step()
            except Exception:
                log.exception("Uploads could not be tidied; it is tried again.")
            if ended.wait(every.total_seconds()):
                return

    Thread(target=steps, daemon=True, name=name).start()
    return ended
