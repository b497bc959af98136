"""What is written between two people: how long it may be, and what is told when both write at once."""

import unicodedata

from core.access.refusals import Refused

LONGEST_NOTE = 20_000
LONGEST_ANSWER = 4_000
LONGEST_STEP = 500
LONGEST_PART = 2_000


class ChangedMeanwhile(Refused):
    """There is a newer version than the one that was edited; nothing was saved. Both are here, so that no word is lost.

    theirs: the text in force now, and its version; yours: what was to be saved.
    """

    def __init__(self, version: int, theirs: str, yours: str) -> None:
        super().__init__(
            f"This was changed while you were writing. Your text is kept; compare before saving. It now reads: {theirs}"
        )
        self.version = version
        self.theirs = theirs
        self.yours = yours


def tidy(text: str) -> str:
    """`text` without blanks round it, in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", text).strip()


def checked(text: str, longest: int, what: str, *, needed: bool = True) -> str:
    """The text as it may be kept. what: the word for it, such as `A note`.

    Raises:
        Refused: it is longer than `longest` characters, or empty although needed.
    """
    kept = tidy(text)
    if needed and not kept:
        raise Refused(f"{what} needs words.")
    if len(kept) > longest:
        raise Refused(f"{what} holds {longest:,} characters at most; this one has {len(kept):,}. Shorten it.")
    return kept
