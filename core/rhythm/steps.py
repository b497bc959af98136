"""Next steps: what a pair agreed, whose it is and by when. Open steps come up in every conversation until they are done."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from core.access.changes import record
from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.rhythm import places
from core.rhythm.pairs import active_pair
from core.rhythm.places import Between
from core.rhythm.rotation import refuse_a_wrong_key
from core.rhythm.sealing import Seals
from core.rhythm.tables import NextStep, Pair
from core.rhythm.visibility import Mine, own_pairs, pair_with
from core.rhythm.words import LONGEST_STEP, ChangedMeanwhile, checked

GONE = "This step is closed, or it is not one of yours."


@dataclass(frozen=True)
class _Step:
    """An open step as SQL has it."""

    id: str
    pair: Mine
    version: int
    sealed: str


def agree_step(
    connection: Connection,
    viewer: Viewer,
    conversation: int,
    *,
    text: str,
    mine: bool,
    due: date,
    at: datetime,
    seals: Seals,
) -> str:
    """Write down a step that was agreed in a conversation. Returns its id. mine: the viewer does it, else the other.

    Raises:
        NoPermission: the conversation is not the viewer's.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: the pair has ended, the text cannot be taken, or the day has passed.
    """
    pair = active_pair(connection, viewer, pair_with(connection, viewer, conversation).id, at)
    kept = _acceptable(text, due, at)
    return _insert(connection, viewer, pair, kept, pair.me if mine else pair.other, due, at, seals, conversation)


def change_step(
    connection: Connection,
    viewer: Viewer,
    step: str,
    *,
    based_on: int,
    text: str,
    mine: bool,
    due: date,
    at: datetime,
    seals: Seals,
) -> int:
    """Word a step anew, give it to the other, or set another day. Returns its version.

    Raises:
        NoPermission: it is not between the viewer and somebody, or it is closed.
        ChangedMeanwhile: the other has changed it since version `based_on`; nothing was saved.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: the pair has ended, the text cannot be taken, or the day has passed.
    """
    found = _open_step(connection, viewer, step, at)
    kept = _acceptable(text, due, at)
    refuse_a_wrong_key(connection, seals)
    place = places.next_step(found.pair.between, found.id)
    theirs = seals.open(place, found.sealed)
    if found.version != based_on:
        raise ChangedMeanwhile(found.version, theirs, kept)
    connection.execute(
        update(NextStep)
        .where(*_own_step(viewer, step))
        .values(
            sealed=seals.seal(place, kept),
            owner_id=found.pair.me if mine else found.pair.other,
            due=due,
            version=based_on + 1,
        )
    )
    _log(connection, viewer, "step changed", found.pair, at)
    return based_on + 1


def finish_step(connection: Connection, viewer: Viewer, step: str, *, at: datetime) -> None:
    """It is done, as of today; it comes up no more. Raises as `drop_step`."""
    found = _open_step(connection, viewer, step, at)
    connection.execute(update(NextStep).where(*_own_step(viewer, step)).values(done_on=at.date()))
    _log(connection, viewer, "step done", found.pair, at)


def drop_step(connection: Connection, viewer: Viewer, step: str, *, at: datetime) -> None:
    """The two do not pursue it; it stays on record.

    Raises:
        NoPermission: it is not between the viewer and somebody, or it is closed.
        Refused: the pair has ended.
    """
    found = _open_step(connection, viewer, step, at)
    connection.execute(update(NextStep).where(*_own_step(viewer, step)).values(dropped_on=at.date()))
    _log(connection, viewer, "step dropped", found.pair, at)


def carry_over(
    connection: Connection, viewer: Viewer, steps: tuple[str, ...], *, into: int, at: datetime, seals: Seals
) -> tuple[str, ...]:
    """The employee takes open steps of a pair that has ended along into the pair `into`. Returns the ids they have there.

    Only the employee (or coachee) of both pairs does this, step by step as chosen: the text becomes readable to the new
    manager. Carried steps are the employee's own; the two may then agree otherwise. The old ones stay where they are.

    Raises:
        NoPermission: a step is none of an ended pair in which the viewer was the employee, or is closed or carried already.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: `into` has ended, or the viewer is its manager or coach.
    """
    connection.execute(update(Pair).where(own_pairs(viewer)).values(kind=Pair.kind))  # one choice after the other
    target = active_pair(connection, viewer, into, at)
    if target.leading:
        raise Refused("Steps are taken along by the employee of the two. Ask the other to bring what is still open.")
    refuse_a_wrong_key(connection, seals)
    made = []
    for step in steps:
        row = connection.execute(
            select(NextStep.id, NextStep.pair_id, NextStep.due, NextStep.sealed, Pair.lead_id, Pair.member_id)
            .join(Pair, Pair.id == NextStep.pair_id)
            .where(
                *_own_step(viewer, step),
                NextStep.pair_id.in_(
                    select(Pair.id).where(own_pairs(viewer), Pair.member_id == target.me, Pair.until.is_not(None))
                ),
                NextStep.id.not_in(select(NextStep.carried_from).where(NextStep.carried_from.is_not(None))),
            )
        ).first()
        if row is None:
            raise NoPermission(GONE)
        text = seals.open(places.next_step(Between(row.pair_id, row.lead_id, row.member_id), row.id), row.sealed)
        made.append(_insert(connection, viewer, target, text, target.me, row.due, at, seals, None, carried=row.id))
    return tuple(made)


def _insert(
    connection: Connection,
    viewer: Viewer,
    pair: Mine,
    text: str,
    owner: int,
    due: date,
    at: datetime,
    seals: Seals,
    conversation: int | None,
    carried: str | None = None,
) -> str:
    refuse_a_wrong_key(connection, seals)
    number = secrets.token_hex(16)
    connection.execute(
        insert(NextStep).values(
            id=number,
            pair_id=pair.id,
            conversation_id=conversation,
            owner_id=owner,
            due=due,
            version=1,
            sealed=seals.seal(places.next_step(pair.between, number), text),
            agreed_at=at,
            carried_from=carried,
        )
    )
    _log(connection, viewer, "step carried over" if carried else "step agreed", pair, at)
    return number


def _own_step(viewer: Viewer, step: str) -> tuple[ColumnElement[bool], ...]:
    """SQL: the step is open, and of a pair of the viewer's."""
    return (
        NextStep.id == step,
        NextStep.done_on.is_(None),
        NextStep.dropped_on.is_(None),
        NextStep.pair_id.in_(select(Pair.id).where(own_pairs(viewer))),
    )


def _open_step(connection: Connection, viewer: Viewer, step: str, at: datetime) -> _Step:
    pair = connection.scalar(select(NextStep.pair_id).where(*_own_step(viewer, step)))
    if pair is None:
        raise NoPermission(GONE)
    mine = active_pair(connection, viewer, pair, at)  # locked: read again what it is now
    row = connection.execute(
        select(NextStep.id, NextStep.version, NextStep.sealed).where(*_own_step(viewer, step))
    ).first()
    if row is None:
        raise NoPermission(GONE)
    return _Step(row.id, mine, row.version, row.sealed)


def _acceptable(text: str, due: date, at: datetime) -> str:
    if due < at.date():
        raise Refused("A step is due today or later. Choose another day.")
    return checked(text, LONGEST_STEP, "A step")


def _log(connection: Connection, viewer: Viewer, action: str, pair: Mine, at: datetime) -> None:
    record(connection, at=at, actor=viewer.name, action=action, subject=f"pair {pair.id}")
