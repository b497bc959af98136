"""What changes a conversation: it is planned, moved, held, and the two write about it. Each in the caller's transaction."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from core.access.changes import record
from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.calendar import long_label
from core.policy import RhythmRules
from core.rhythm import places
from core.rhythm.cadence import Kind, standing
from core.rhythm.clock import rhythm_of
from core.rhythm.pairs import active_pair
from core.rhythm.rotation import refuse_a_wrong_key
from core.rhythm.sealing import Seals
from core.rhythm.tables import Conversation, SharedNote
from core.rhythm.visibility import Mine, own_conversations, pair_with, to_come
from core.rhythm.words import LONGEST_NOTE, ChangedMeanwhile, checked

FURTHEST = timedelta(days=366)


def plan(
    connection: Connection,
    viewer: Viewer,
    pair_id: int,
    *,
    kind: Kind,
    at: datetime,
    rules: RhythmRules,
    due: date | None = None,
) -> int:
    """The number of the pair's next conversation of a kind: the one that is planned already, or a new one.

    due: the day to plan a new one for; None: the day that the cadence gives, today at the earliest (an informal one: today).

    Raises:
        NoPermission: the pair is not the viewer's.
        Refused: the pair has ended; or the day is past, or more than a year ahead.
    """
    pair = active_pair(connection, viewer, pair_id, at)
    waiting = connection.scalar(
        select(Conversation.id)
        .where(
            Conversation.pair_id == pair.id,
            own_conversations(viewer),
            Conversation.kind == kind.value,
            to_come(),
        )
        .order_by(Conversation.due, Conversation.id)
        .limit(1)
    )
    if waiting is not None:
        return waiting
    today = at.date()
    if due is None:
        stands = standing(rhythm_of(connection, viewer, pair), kind, rules, today)
        due = max(stands.due, today) if stands else today
    else:
        _refuse_day(due, today)
    made = connection.execute(
        insert(Conversation).values(pair_id=pair.id, kind=kind.value, due=due, first_due=due)
    ).inserted_primary_key
    assert made is not None
    number = int(made[0])
    _log(connection, viewer, "conversation planned", pair, number, at)
    return number


def move(connection: Connection, viewer: Viewer, conversation: int, *, due: date, at: datetime) -> None:
    """Plan a conversation for another day. What the cadence asks for stays as it is: moving does not make it on time.

    One that was called off is planned again by this, with all that was written for it.

    Raises:
        NoPermission: it is not the viewer's.
        Refused: the pair has ended, the conversation was held, or the day is past or more than a year ahead.
    """
    pair = _writable(connection, viewer, conversation, at)
    _refuse_day(due, at.date())
    done = connection.execute(
        update(Conversation)
        .where(Conversation.id == conversation, own_conversations(viewer), Conversation.held_on.is_(None))
        .values(due=due, called_off_on=None)
    )
    if done.rowcount == 0:
        raise Refused("This conversation was held already. Plan the next one instead.")
    _log(connection, viewer, "conversation moved", pair, conversation, at)


def hold(connection: Connection, viewer: Viewer, conversation: int, *, on: date, at: datetime) -> None:
    """Note that a conversation took place, on its day; saying it again with another day corrects the day.

    Raises:
        NoPermission: it is not the viewer's.
        Refused: the pair has ended, it was called off, the day has not come, or lies before the pair began.
    """
    pair = _writable(connection, viewer, conversation, at)
    called_off = (Conversation.id == conversation, own_conversations(viewer), Conversation.called_off_on.is_not(None))
    if connection.scalar(select(Conversation.id).where(*called_off)) is not None:
        raise Refused("This conversation was called off. Plan it again first.")
    if on > at.date():
        raise Refused(f"{long_label(on)} has not come. Note a conversation when it has taken place.")
    if on < pair.since:
        raise Refused(
            f"The two of you have talked as this pair since {long_label(pair.since)}. Choose that day or a later one."
        )
    connection.execute(
        update(Conversation).where(Conversation.id == conversation, own_conversations(viewer)).values(held_on=on)
    )
    _log(connection, viewer, "conversation held", pair, conversation, at)


def not_held(connection: Connection, viewer: Viewer, conversation: int, *, at: datetime) -> None:
    """Take back that a conversation took place: it was marked by mistake, and is planned for its day as before.

    Raises:
        NoPermission: it is not the viewer's.
        Refused: the pair has ended.
    """
    pair = _writable(connection, viewer, conversation, at)
    this = (Conversation.id == conversation, own_conversations(viewer), Conversation.held_on.is_not(None))
    done = connection.execute(update(Conversation).where(*this).values(held_on=None))
    if done.rowcount:
        _log(connection, viewer, "conversation not held", pair, conversation, at)


def call_off(connection: Connection, viewer: Viewer, conversation: int, *, at: datetime) -> None:
    """It does not take place. Nothing that was written for it is lost, and `move` plans it again.

    What the cadence asks for stays as it is: a conversation that is overdue is so afterwards too. No reason is asked.

    Raises:
        NoPermission: it is not the viewer's.
        Refused: the pair has ended, or the conversation was held.
    """
    pair = _writable(connection, viewer, conversation, at)
    this = (Conversation.id == conversation, own_conversations(viewer))
    if connection.scalar(select(Conversation.held_on).where(*this)) is not None:
        raise Refused("This conversation was held already, so it cannot be called off.")
    done = connection.execute(update(Conversation).where(*this, to_come()).values(called_off_on=at.date()))
    if done.rowcount:
        _log(connection, viewer, "conversation called off", pair, conversation, at)


def write_note(
    connection: Connection,
    viewer: Viewer,
    conversation: int,
    *,
    based_on: int,
    text: str,
    at: datetime,
    seals: Seals,
) -> int:
    """Give the shared note a new version; all earlier ones stay. Returns the version in force (unchanged for the same text).

    based_on: the version that was on screen while writing, 0 where there was none.

    Raises:
        NoPermission: the conversation is not the viewer's.
        ChangedMeanwhile: the other has saved since; both texts are in it, nothing was saved.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: the pair has ended, or the text cannot be taken.
    """
    pair = _writable(connection, viewer, conversation, at)
    kept = checked(text, LONGEST_NOTE, "A note")
    refuse_a_wrong_key(connection, seals)
    newest = connection.execute(
        select(SharedNote.version, SharedNote.sealed)
        .where(
            SharedNote.conversation_id.in_(
                select(Conversation.id).where(Conversation.id == conversation, own_conversations(viewer))
            )
        )
        .order_by(SharedNote.version.desc())
        .limit(1)
    ).first()
    version = newest.version if newest else 0
    theirs = seals.open(places.shared_note(pair.between, conversation, version), newest.sealed) if newest else ""
    if version != based_on:
        raise ChangedMeanwhile(version, theirs, kept)
    if theirs == kept:
        return version
    connection.execute(
        insert(SharedNote).values(
            conversation_id=conversation,
            version=version + 1,
            sealed=seals.seal(places.shared_note(pair.between, conversation, version + 1), kept),
            author_id=pair.me,
            at=at,
        )
    )
    _log(connection, viewer, "shared note changed", pair, conversation, at)
    return version + 1


def _writable(connection: Connection, viewer: Viewer, conversation: int, at: datetime) -> Mine:
    """The pair of a conversation that the viewer may change today, locked: of two who write one comes after the other."""
    return active_pair(connection, viewer, pair_with(connection, viewer, conversation).id, at)


def _refuse_day(due: date, today: date) -> None:
    if due < today:
        raise Refused(f"{long_label(due)} has passed. Choose today or a later day.")
    if due > today + FURTHEST:
        raise Refused("A conversation is planned for a year ahead at most. Choose an earlier day.")


def _log(connection: Connection, viewer: Viewer, action: str, pair: Mine, conversation: int, at: datetime) -> None:
    """The log knows that something happened between two people of a pair, by numbers, and never a word of it."""
    record(
        connection,
        at=at,
        actor=viewer.name,
        action=action,
        subject=f"pair {pair.id}",
        detail={"conversation": conversation},
    )
