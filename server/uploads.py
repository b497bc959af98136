"""How much one person may have lying on this server by uploads: few files, and together no more than two of the largest.

Streamlit keeps what is uploaded in memory until its tab closes; the screen has taken its own copy by then. So the oldest goes
when a new one comes, and what is still under way is never more than fits.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

MOST_FILES = 4
MOST_OF_LARGEST = 2  # so many files of the largest size, in bytes together


@dataclass
class Upload:
    """A file of a person. size: in bytes, as announced. tab, file: how Streamlit names it. under_way: has not arrived yet."""

    person: int
    tab: str
    file: str
    size: int
    under_way: bool = True


@dataclass
class Uploads:
    """The uploads of everybody on this server, oldest first. largest: bytes of one. let_go: removes one by its tab and name."""

    largest: int
    let_go: Callable[[str, str], None]
    held: list[Upload] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, person: int, tab: str, file: str, size: int) -> Upload | None:
        """Make room for an upload of up to `size` bytes; None when those of the person that are under way leave none."""
        new = Upload(person, tab, file, size)
        with self._lock:
            own = [each for each in self.held if each.person == person]
            coming = [new, *(each for each in own if each.under_way)]
            if not self._fits(coming):
                return None
            kept = [each for each in own if not each.under_way and (each.tab, each.file) != (tab, file)]
            while kept and not self._fits([*coming, *kept]):
                oldest = kept.pop(0)
                self.let_go(oldest.tab, oldest.file)
            self.held = [each for each in self.held if each.person != person or each.under_way or each in kept]
            self.held.append(new)
        return new

    def arrived(self, upload: Upload) -> None:
        """The request has ended, whatever came of it."""
        with self._lock:
            upload.under_way = False

    def _fits(self, uploads: list[Upload]) -> bool:
        return len(uploads) <= MOST_FILES and sum(each.size for each in uploads) <= MOST_OF_LARGEST * self.largest
