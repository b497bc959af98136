"""What screens ask about conversations. Every statement is narrowed to the viewer's own pairs, whatever the roles."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select

from core.access.viewer import Viewer
from core.people.lines import codes_of, names_of
from core.people.scope import own_person
from core.policy import RhythmRules
from core.rhythm import places
from core.rhythm.board import (
    ConversationPage,
    Conversations,
    NoteVersion,
    PairCard,
    Past,
    Planned,
    Proposal,
    Step,
)
from core.rhythm.cadence import Kind, Pause, standing
from core.rhythm.clock import rhythms
from core.rhythm.sealing import Seals
from core.rhythm.tables import Conversation, NextStep, Pair, Preparation, SharedNote
from core.rhythm.visibility import Mine, me, own_conversations, own_pairs, pair_of, pair_with, to_come


def conversations(connection: Connection, viewer: Viewer, *, rules: RhythmRules, as_of: date) -> Conversations:
    """The viewer's pairs with what is due, and no word of what they wrote. Nothing for an account that belongs to nobody."""
    rows = connection.execute(
        select(
            Pair.id, Pair.kind, Pair.lead_id, Pair.member_id, Pair.since, Pair.until, Pair.clock_from,
            Pair.accepted_on, Pair.proposed_by_id,
        ).where(own_pairs(viewer))
    ).all()  # fmt: skip
    if not rows:
        return Conversations((), (), ())
    own = me(connection, viewer)
    other = {row.id: row.member_id if row.lead_id == own else row.lead_id for row in rows}
    names = names_of(connection, set(other.values()))
    codes = codes_of(connection, set(other.values()))
    begun = [row for row in rows if row.kind == "manager" or row.accepted_on is not None]
    known = rhythms(connection, {row.id: row.clock_from for row in begun}, own_pairs(viewer))
    planned = _planned(connection, viewer)
    last = _last_held(connection, viewer)
    steps = _open_steps(connection, viewer)
    cards = []
    for row in begun:
        holds = row.until is None
        cards.append(
            PairCard(
                id=row.id,
                kind=row.kind,
                leading=row.lead_id == own,
                other=names[other[row.id]],
                since=row.since,
                until=row.until,
                check_in=standing(known[row.id], Kind.CHECK_IN, rules, as_of) if holds else None,
                review=standing(known[row.id], Kind.REVIEW, rules, as_of) if holds else None,
                planned=tuple(planned.get(row.id, ())) if holds else (),
                last=last.get(row.id),
                open_steps=steps.get(row.id, 0),
                code=codes[other[row.id]],
                pauses=tuple(sorted((each for each in known[row.id].pauses if each.ends > as_of), key=_begins)),
            )
        )
    return Conversations(
        pairs=tuple(
            sorted(
                (card for card in cards if card.until is None),
                key=lambda card: (not card.overdue, card.next_due, card.other, card.id),
            )
        ),
        ended=tuple(
            sorted(
                (card for card in cards if card.until is not None),
                key=lambda card: (-(card.until or as_of).toordinal(), card.other, card.id),
            )
        ),
        proposals=tuple(
            Proposal(row.id, names[other[row.id]], row.proposed_by_id == own, row.lead_id == own)
            for row in rows
            if row.kind == "coach" and row.accepted_on is None and row.until is None
        ),
    )


def _begins(pause: Pause) -> date:
    return pause.starts


def conversation_page(
    connection: Connection, viewer: Viewer, conversation: int, *, seals: Seals, as_of: date
) -> ConversationPage:
    """One conversation of the viewer's, with the note and the steps of the two. What the other prepared is read by itself.

    Raises:
        NoPermission: there is none of that number, or it is between others (which reads the same).
    """
    pair = pair_with(connection, viewer, conversation)
    row = connection.execute(
        select(
            Conversation.kind,
            Conversation.due,
            Conversation.first_due,
            Conversation.held_on,
            Conversation.called_off_on,
        ).where(Conversation.id == conversation, own_conversations(viewer))
    ).one()
    names = names_of(connection, {pair.me, pair.other})
    versions = _versions(connection, viewer, conversation, pair, names, seals)
    return ConversationPage(
        id=conversation,
        pair=pair.id,
        pair_kind=pair.kind,
        leading=pair.leading,
        other=names[pair.other],
        kind=row.kind,
        due=row.due,
        first_due=row.first_due,
        held_on=row.held_on,
        called_off_on=row.called_off_on,
        writable=pair.active,
        shown_at=connection.scalar(
            select(Preparation.shared_at).where(
                Preparation.conversation_id.in_(
                    select(Conversation.id).where(Conversation.id == conversation, own_conversations(viewer))
                ),
                Preparation.person_id.not_in(own_person(viewer)),
            )
        ),
        note=versions[0] if versions else None,
        earlier=versions[1:],
        steps=tuple(
            step
            for step in _steps(connection, viewer, pair, names, seals, as_of, conversation)
            if step.open or step.here
        ),
    )


def steps_of(connection: Connection, viewer: Viewer, pair_id: int, *, seals: Seals, as_of: date) -> tuple[Step, ...]:
    """All steps of a pair of the viewer's, open ones first, then by day; of an ended pair too, to choose what to carry over.

    Raises:
        NoPermission: the pair is not the viewer's.
    """
    pair = pair_of(connection, viewer, pair_id)
    names = names_of(connection, {pair.me, pair.other})
    return _steps(connection, viewer, pair, names, seals, as_of, None)


def past_conversations(connection: Connection, viewer: Viewer, pair_id: int) -> tuple[Past, ...]:
    """The conversations that a pair of the viewer's has held, newest first.

    Raises:
        NoPermission: the pair is not the viewer's.
    """
    pair = pair_of(connection, viewer, pair_id)
    noted = select(SharedNote.conversation_id)
    rows = connection.execute(
        select(Conversation.id, Conversation.kind, Conversation.held_on, Conversation.id.in_(noted).label("noted"))
        .where(Conversation.pair_id == pair.id, own_conversations(viewer), Conversation.held_on.is_not(None))
        .order_by(Conversation.held_on.desc(), Conversation.id.desc())
    )
    return tuple(Past(row.id, row.kind, row.held_on, bool(row.noted)) for row in rows)


def _planned(connection: Connection, viewer: Viewer) -> dict[int, list[Planned]]:
    """Pair -> its conversations to come, the nearest first."""
    inside = select(Conversation.id).where(own_conversations(viewer), to_come())
    mine = set(
        connection.scalars(
            select(Preparation.conversation_id).where(
                Preparation.conversation_id.in_(inside), Preparation.person_id.in_(own_person(viewer))
            )
        )
    )
    shown = set(
        connection.scalars(
            select(Preparation.conversation_id).where(
                Preparation.conversation_id.in_(inside),
                Preparation.person_id.not_in(own_person(viewer)),
                Preparation.shared_sealed.is_not(None),
            )
        )
    )
    found: dict[int, list[Planned]] = defaultdict(list)
    for row in connection.execute(
        select(Conversation.id, Conversation.pair_id, Conversation.kind, Conversation.due, Conversation.first_due)
        .where(own_conversations(viewer), to_come())
        .order_by(Conversation.due, Conversation.id)
    ):
        found[row.pair_id].append(
            Planned(row.id, row.kind, row.due, row.due != row.first_due, row.id in mine, row.id in shown)
        )
    return found


def _last_held(connection: Connection, viewer: Viewer) -> dict[int, date]:
    rows = connection.execute(
        select(Conversation.pair_id, func.max(Conversation.held_on))
        .where(own_conversations(viewer), Conversation.held_on.is_not(None))
        .group_by(Conversation.pair_id)
    )
    return {pair: day for pair, day in rows if day is not None}


def _open_steps(connection: Connection, viewer: Viewer) -> dict[int, int]:
    rows = connection.execute(
        select(NextStep.pair_id, func.count())
        .where(
            NextStep.pair_id.in_(select(Pair.id).where(own_pairs(viewer))),
            NextStep.done_on.is_(None),
            NextStep.dropped_on.is_(None),
        )
        .group_by(NextStep.pair_id)
    )
    return {row[0]: row[1] for row in rows}


def _versions(
    connection: Connection, viewer: Viewer, conversation: int, pair: Mine, names: dict[int, str], seals: Seals
) -> tuple[NoteVersion, ...]:
    rows = connection.execute(
        select(SharedNote.version, SharedNote.sealed, SharedNote.author_id, SharedNote.at)
        .where(
            SharedNote.conversation_id.in_(
                select(Conversation.id).where(Conversation.id == conversation, own_conversations(viewer))
            )
        )
        .order_by(SharedNote.version.desc())
    )
    return tuple(
        NoteVersion(
            row.version,
            seals.look(places.shared_note(pair.between, conversation, row.version), row.sealed),
            names.get(row.author_id, ""),
            row.at,
        )
        for row in rows
    )


def _steps(
    connection: Connection,
    viewer: Viewer,
    pair: Mine,
    names: dict[int, str],
    seals: Seals,
    as_of: date,
    conversation: int | None,
) -> tuple[Step, ...]:
    rows = connection.execute(
        select(
            NextStep.id, NextStep.version, NextStep.sealed, NextStep.owner_id, NextStep.due, NextStep.agreed_at,
            NextStep.done_on, NextStep.dropped_on, NextStep.carried_from, NextStep.conversation_id,
        ).where(NextStep.pair_id.in_(select(Pair.id).where(Pair.id == pair.id, own_pairs(viewer))))
    ).all()  # fmt: skip
    found = [_step(row, pair, names, seals, as_of, conversation) for row in rows]
    return tuple(sorted(found, key=lambda step: (not step.open, step.due, step.agreed_at, step.id)))


def _step(
    row: Row[*tuple[Any, ...]], pair: Mine, names: dict[int, str], seals: Seals, as_of: date, conversation: int | None
) -> Step:
    closed = row.done_on is not None or row.dropped_on is not None
    return Step(
        id=row.id,
        version=row.version,
        words=seals.look(places.next_step(pair.between, row.id), row.sealed),
        mine=row.owner_id == pair.me,
        owner=names.get(row.owner_id, ""),
        due=row.due,
        late=not closed and row.due < as_of,
        agreed_at=row.agreed_at,
        done_on=row.done_on,
        dropped_on=row.dropped_on,
        carried=row.carried_from is not None,
        here=conversation is not None and row.conversation_id == conversation,
    )
