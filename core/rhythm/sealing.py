"""Text at rest: sealed with keys that are in no database, and bound to the row it was written for.

Fernet (AES-128-CBC with HMAC-SHA-256) by the library `cryptography`. It has no associated data, so the place of a text stands
inside the seal and is compared when it is opened: a row copied to another pair, table or version does not open there.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.access.refusals import Refused

BLOCK = 256  # bytes: texts are padded to a multiple, so that the length of a row does not tell a short answer from a long one
NOT_OURS = (
    "This text cannot be opened: it was sealed with a key that is not among EVENKEEL_NOTES_KEYS, or was damaged. Whoever runs "
    "Evenkeel puts the earlier key back, after the newest one. Nothing was overwritten."
)
MOVED = (
    "This text was sealed for another place and is not shown here: somebody has changed the database. "
    "Nothing was overwritten."
)

WITHOUT_KEY = "This text is kept, and opens again as soon as this server has its key."


class KeyRefused(Refused):
    """There is no key, or not the right one, or a text is not where it was sealed. Nothing was written."""


@dataclass(frozen=True)
class Place:
    """Where a text belongs: its table, the pair (or the two people) that it is between, and its row there."""

    table: str
    pair: str
    row: str


@dataclass(frozen=True)
class Opened:
    """A text as it may be shown: the text, or why it cannot be opened (`why`, '' when it was)."""

    text: str
    why: str = ""


class Seals:
    """Seals with the newest key; opens with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        """keys: newest first, each 32 bytes in URL-safe Base64 (`core.settings.notes_keys` has checked them)."""
        if not keys:
            raise ValueError("sealing needs a key")
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def seal(self, place: Place, text: str) -> str:
        """The sealed text (URL-safe Base64). The same text sealed twice gives two different seals."""
        content = json.dumps([place.table, place.pair, place.row, text]).encode()  # ASCII, whatever the text holds
        return self._keys.encrypt(content.ljust(-(-len(content) // BLOCK) * BLOCK)).decode("ascii")

    def open(self, place: Place, sealed: str) -> str:
        """The text that was sealed for `place`.

        Raises:
            KeyRefused: no key opens it, or it was sealed for another place.
        """
        try:
            content = json.loads(self._keys.decrypt(sealed.encode("ascii", "replace")))
        except InvalidToken:
            raise KeyRefused(NOT_OURS) from None
        *where, text = content
        if where != [place.table, place.pair, place.row]:
            raise KeyRefused(MOVED)
        return str(text)

    @property
    def why_closed(self) -> str:
        """'' when there is a key, else what to set."""
        return ""

    def look(self, place: Place, sealed: str) -> Opened:
        """As `open`, for screens: one text that cannot be opened leaves the others readable."""
        try:
            return Opened(self.open(place, sealed))
        except KeyRefused as refused:
            return Opened("", str(refused))


class NoKey(Seals):
    """Seals of a process without a key: nothing is sealed, nothing opens, and each says why. Days can still be planned."""

    def __init__(self, why: str) -> None:
        """why: what to set, in words."""
        self._why = why

    @property
    def why_closed(self) -> str:
        """What to set."""
        return self._why

    def seal(self, place: Place, text: str) -> str:  # noqa: ARG002
        """Refused."""
        raise KeyRefused(self._why)

    def open(self, place: Place, sealed: str) -> str:  # noqa: ARG002
        """Refused."""
        raise KeyRefused(self._why)

    def look(self, place: Place, sealed: str) -> Opened:  # noqa: ARG002
        """Closed, in words for the two people: what to set is not theirs to read."""
        return Opened("", WITHOUT_KEY)
