"""Who reads what two people write: those two. Each condition stands in the WHERE clause and knows the viewer's person alone.

No role is looked at: HR, leaders and administrators have nothing here but their own conversations.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.people.scope import own_person
from core.rhythm.places import Between
from core.rhythm.tables import Conversation, Feedback, Pair

NOT_YOURS = "There is no such conversation of yours. What two people write to each other is open to those two alone."
NOBODY = "This account belongs to nobody on the roster, so it has no conversations."
ENDED = "This pair has ended. Its notes stay with the two of you, and nothing is added to them any more."


@dataclass(frozen=True)
class Mine:
    """A pair of the viewer's, by numbers. me, other: person ids. active: it holds, and both have agreed to it."""

    id: int
    kind: str
    me: int
    other: int
    lead: int
    member: int
    since: date
    until: date | None
    clock_from: date
    active: bool

    @property
    def between(self) -> Between:
        """What its texts are sealed for."""
        return Between(self.id, self.lead, self.member)

    @property
    def leading(self) -> bool:
        """Whether the viewer is the manager or coach of the two."""
        return self.me == self.lead


def own_pairs(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: the pair is between the viewer's person and somebody else."""
    return or_(Pair.lead_id.in_(own_person(viewer)), Pair.member_id.in_(own_person(viewer)))


def own_conversations(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: the conversation is of such a pair."""
    return Conversation.pair_id.in_(select(Pair.id).where(own_pairs(viewer)))


def own_feedback(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: the viewer's person sent it or got it."""
    return or_(Feedback.from_id.in_(own_person(viewer)), Feedback.to_id.in_(own_person(viewer)))


def holds() -> ColumnElement[bool]:
    """SQL: the pair has not ended, and both of a coach pair have agreed to it."""
    return and_(Pair.until.is_(None), or_(Pair.kind == "manager", Pair.accepted_on.is_not(None)))


def to_come() -> ColumnElement[bool]:
    """SQL: the conversation is planned: neither held nor called off."""
    return and_(Conversation.held_on.is_(None), Conversation.called_off_on.is_(None))


def me(connection: Connection, viewer: Viewer) -> int:
    """The id of the viewer's own person.

    Raises:
        NoPermission: the account belongs to nobody.
    """
    found = connection.scalar(own_person(viewer))
    if found is None:
        raise NoPermission(NOBODY)
    return found


def pair_of(connection: Connection, viewer: Viewer, pair_id: int, *, lock: bool = False) -> Mine:
    """A pair of the viewer's. lock: until the transaction ends, so that two who write come one after the other.

    Raises:
        NoPermission: there is none of that number, or it is not the viewer's (which reads the same).
    """
    mine = (Pair.id == pair_id, own_pairs(viewer))
    if lock:
        connection.execute(update(Pair).where(*mine).values(kind=Pair.kind))
    row = connection.execute(
        select(
            Pair.id, Pair.kind, Pair.lead_id, Pair.member_id, Pair.since, Pair.until, Pair.clock_from,
            holds().label("active"),
        ).where(*mine)
    ).first()  # fmt: skip
    if row is None:
        raise NoPermission(NOT_YOURS)
    own = me(connection, viewer)
    other = row.member_id if own == row.lead_id else row.lead_id
    return Mine(
        row.id, row.kind, own, other, row.lead_id, row.member_id, row.since, row.until, row.clock_from, bool(row.active)
    )


def pair_with(connection: Connection, viewer: Viewer, conversation: int, *, lock: bool = False) -> Mine:
    """The pair of a conversation of the viewer's; raises as `pair_of`."""
    found = connection.scalar(
        select(Conversation.pair_id).where(Conversation.id == conversation, own_conversations(viewer))
    )
    if found is None:
        raise NoPermission(NOT_YOURS)
    return pair_of(connection, viewer, found, lock=lock)
