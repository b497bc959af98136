"""What screens about conversations are given: frozen results, made for one viewer."""

from dataclasses import dataclass
from datetime import date, datetime

from core.rhythm.cadence import Pause, Standing, State
from core.rhythm.sealing import Opened


@dataclass(frozen=True)
class Planned:
    """A conversation to come. moved: it was planned for another day first. prepared: the viewer has noted something. shown: the
    other has shared their preparation."""

    id: int
    kind: str
    due: date
    moved: bool
    prepared: bool
    shown: bool


@dataclass(frozen=True)
class PairCard:
    """One pair of the viewer's.

    leading: the viewer is its manager or coach. other, code: the other's name, and their id on the roster. until: None while
    it holds. check_in, review: where the two stand, None where the pair has ended. planned: to come, the nearest first. last:
    when they talked last, in any kind. open_steps: agreed and not yet done. pauses: running now or set for later, the nearest
    first.
    """

    id: int
    kind: str
    leading: bool
    other: str
    since: date
    until: date | None
    check_in: Standing | None
    review: Standing | None
    planned: tuple[Planned, ...]
    last: date | None
    open_steps: int
    pauses: tuple[Pause, ...] = ()
    code: str = ""

    @property
    def overdue(self) -> bool:
        """Whether a check-in or a review is beyond its days of grace."""
        return any(each is not None and each.state is State.OVERDUE for each in (self.check_in, self.review))

    @property
    def next_due(self) -> date | None:
        """The earlier of the two days on which the cadence asks for a conversation."""
        return min((each.due for each in (self.check_in, self.review) if each), default=None)


@dataclass(frozen=True)
class Proposal:
    """A coach pair that waits for a yes. mine: the viewer proposed it. as_coach: the viewer would be the coach."""

    id: int
    other: str
    mine: bool
    as_coach: bool


@dataclass(frozen=True)
class Conversations:
    """The screen of one viewer: pairs that hold (overdue first, then by next due day), pairs that ended, proposals."""

    pairs: tuple[PairCard, ...]
    ended: tuple[PairCard, ...]
    proposals: tuple[Proposal, ...]

    @property
    def owed(self) -> tuple[PairCard, ...]:
        """Whom the viewer, as manager or coach, owes a conversation."""
        return tuple(card for card in self.pairs if card.leading and card.overdue)


@dataclass(frozen=True)
class NoteVersion:
    """One version of a shared note: its number, text, author's name, and when."""

    version: int
    words: Opened
    author: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """A next step. mine: the viewer does it. owner: the name. late: its day has passed and it is open. carried: it comes from an
    earlier pair. here: it was agreed in the conversation on screen."""

    id: str
    version: int
    words: Opened
    mine: bool
    owner: str
    due: date
    late: bool
    agreed_at: datetime
    done_on: date | None
    dropped_on: date | None
    carried: bool
    here: bool

    @property
    def open(self) -> bool:
        """Neither done nor dropped."""
        return self.done_on is None and self.dropped_on is None


@dataclass(frozen=True)
class ConversationPage:
    """One conversation.

    called_off_on: it does not take place, unless it is planned again. writable: the pair holds. shown_at: when the other
    shared their preparation (read with `read_shared`), None while it is private. note: the version in force, None before the
    first; earlier: the others, newest first. steps: all that are open between the two, and those agreed here.
    """

    id: int
    pair: int
    pair_kind: str
    leading: bool
    other: str
    kind: str
    due: date
    first_due: date
    held_on: date | None
    called_off_on: date | None
    writable: bool
    shown_at: datetime | None
    note: NoteVersion | None
    earlier: tuple[NoteVersion, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Past:
    """A conversation that was held."""

    id: int
    kind: str
    held_on: date
    noted: bool
