"""Preparing a conversation: notes by prompts that are private until shared, and can be taken back.

The person may put a picture of their own weeks in. It is taken from their own screen at the moment of sharing and sealed with
the text: no function reads the weeks of anybody else, and the other sees what was shared and nothing newer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from core.access.changes import record
from core.access.reads import record_read
from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.people.lines import codes_of
from core.people.scope import own_person
from core.policy import Policy
from core.rhythm import places
from core.rhythm.guides import PROMPTS
from core.rhythm.pairs import active_pair
from core.rhythm.rotation import refuse_a_wrong_key
from core.rhythm.sealing import Seals
from core.rhythm.tables import Conversation, Preparation
from core.rhythm.visibility import own_conversations, pair_with
from core.rhythm.words import LONGEST_ANSWER, ChangedMeanwhile, checked
from core.workload.my_week_views import my_week

PICTURE = ("worked", "collaboration", "available", "meeting", "focus", "after_hours", "rest_day")
LOOK = "shared preparation of a conversation"


@dataclass(frozen=True)
class OwnPreparation:
    """What the viewer has prepared. answers: prompt -> text. version 0: nothing yet. why: '' or why it cannot be opened.

    shared_at: when it was last shared, None while it is private. changed_since: the private text is not what was shared.
    with_weeks: what was shared has a picture of the own weeks in it.
    """

    version: int
    answers: Mapping[str, str]
    shared_at: datetime | None
    changed_since: bool
    why: str
    with_weeks: bool = False


@dataclass(frozen=True)
class SharedPreparation:
    """What the other showed of theirs. weeks: their own picture, oldest first: week (ISO date), status, and hours or None."""

    answers: Mapping[str, str]
    weeks: tuple[Mapping[str, Any], ...]
    shared_at: datetime
    why: str


def prepare(
    connection: Connection,
    viewer: Viewer,
    conversation: int,
    answers: Mapping[str, str],
    *,
    based_on: int,
    at: datetime,
    seals: Seals,
) -> int:
    """Keep the viewer's own notes for a conversation. Nobody else reads them. Returns their version.

    answers: prompt -> text; prompts that are left out are empty. based_on: the version that was on screen, 0 for none.

    Raises:
        NoPermission: the conversation is not the viewer's.
        ChangedMeanwhile: the viewer has saved in another tab since; nothing was saved.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: the pair has ended, there is no such prompt, or an answer is too long.
    """
    pair = active_pair(connection, viewer, pair_with(connection, viewer, conversation).id, at)
    unknown = set(answers) - set(PROMPTS)
    if unknown:
        raise Refused(f"There is no prompt '{min(unknown)}'. Prompts are {', '.join(PROMPTS)}.")
    kept = {name: checked(answers.get(name, ""), LONGEST_ANSWER, "An answer", needed=False) for name in PROMPTS}
    refuse_a_wrong_key(connection, seals)
    place = places.own_preparation(pair.between, conversation, pair.me)
    before = connection.execute(
        select(Preparation.version, Preparation.sealed).where(*_own(viewer, conversation))
    ).first()
    theirs = _answers(seals.open(place, before.sealed)) if before else {}
    version = before.version if before else 0
    if version != based_on:
        raise ChangedMeanwhile(version, as_text(theirs), as_text(kept))
    sealed = seals.seal(place, json.dumps(kept))
    if before is None:
        connection.execute(
            insert(Preparation).values(
                conversation_id=conversation, person_id=pair.me, version=1, sealed=sealed, edited_at=at
            )
        )
    elif theirs != kept:
        connection.execute(
            update(Preparation)
            .where(*_own(viewer, conversation))
            .values(sealed=sealed, version=version + 1, edited_at=at)
        )
    else:
        return version
    return version + 1


def share(
    connection: Connection,
    viewer: Viewer,
    conversation: int,
    *,
    with_weeks: bool,
    at: datetime,
    seals: Seals,
    policy: Policy,
) -> None:
    """Show the other what is prepared now; what is written later stays private until it is shared again.

    with_weeks: put a picture of the viewer's own weeks in, as *My week* shows them to the viewer now.

    Raises:
        NoPermission: the conversation is not the viewer's.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: the pair has ended, or nothing is prepared.
    """
    pair = active_pair(connection, viewer, pair_with(connection, viewer, conversation).id, at)
    refuse_a_wrong_key(connection, seals)
    sealed = connection.scalar(select(Preparation.sealed).where(*_own(viewer, conversation)))
    place = places.own_preparation(pair.between, conversation, pair.me)
    answers = _answers(seals.open(place, sealed)) if sealed else dict.fromkeys(PROMPTS, "")
    weeks = own_picture(connection, viewer, at.date(), policy) if with_weeks else []
    if not any(answers.values()) and not weeks:
        raise Refused("There is nothing to share yet. Write an answer first, or put your weeks in.")
    shown = seals.seal(
        places.shared_preparation(pair.between, conversation, pair.me), json.dumps({"answers": answers, "weeks": weeks})
    )
    if sealed is None:
        nothing = seals.seal(place, json.dumps(answers))
        connection.execute(
            insert(Preparation).values(
                conversation_id=conversation, person_id=pair.me, version=1, sealed=nothing, edited_at=at
            )
        )
    connection.execute(update(Preparation).where(*_own(viewer, conversation)).values(shared_sealed=shown, shared_at=at))
    _log(connection, viewer, "preparation shared", pair.id, conversation, at)


def take_back(connection: Connection, viewer: Viewer, conversation: int, *, at: datetime) -> None:
    """Make what the viewer has shared private again, also after the pair has ended. The other may have read it meanwhile.

    Raises:
        NoPermission: the conversation is not the viewer's.
    """
    pair = pair_with(connection, viewer, conversation, lock=True)
    done = connection.execute(
        update(Preparation)
        .where(*_own(viewer, conversation), Preparation.shared_sealed.is_not(None))
        .values(shared_sealed=None, shared_at=None)
    )
    if done.rowcount:
        _log(connection, viewer, "preparation taken back", pair.id, conversation, at)


def own_preparation(connection: Connection, viewer: Viewer, conversation: int, seals: Seals) -> OwnPreparation:
    """What the viewer has prepared for a conversation.

    Raises:
        NoPermission: the conversation is not the viewer's.
    """
    pair = pair_with(connection, viewer, conversation)
    row = connection.execute(
        select(Preparation.version, Preparation.sealed, Preparation.shared_sealed, Preparation.shared_at).where(
            *_own(viewer, conversation)
        )
    ).first()
    if row is None:
        return OwnPreparation(0, dict.fromkeys(PROMPTS, ""), None, False, "")
    found = seals.look(places.own_preparation(pair.between, conversation, pair.me), row.sealed)
    answers = _answers(found.text) if not found.why else dict.fromkeys(PROMPTS, "")
    shown: Mapping[str, str] = answers
    with_weeks = False
    if row.shared_sealed is not None and not found.why:
        opened = seals.look(places.shared_preparation(pair.between, conversation, pair.me), row.shared_sealed)
        content = json.loads(opened.text) if not opened.why else {"answers": {}, "weeks": []}
        shown, with_weeks = content["answers"], bool(content["weeks"])
    return OwnPreparation(row.version, answers, row.shared_at, shown != answers, found.why, with_weeks)


def read_shared(
    connection: Connection, viewer: Viewer, conversation: int, *, day: date, seals: Seals
) -> SharedPreparation | None:
    """What the other has shared of their preparation, None while it is private. The look is written to the access log, in
    the same transaction, where the other sees it.

    Raises:
        NoPermission: the conversation is not the viewer's.
    """
    pair = pair_with(connection, viewer, conversation)
    row = connection.execute(
        select(Preparation.shared_sealed, Preparation.shared_at).where(
            *_of_own_conversation(viewer, conversation),
            Preparation.person_id.not_in(own_person(viewer)),
            Preparation.shared_sealed.is_not(None),
        )
    ).first()
    if row is None:
        return None
    record_read(
        connection, viewer=viewer.name, subjects=codes_of(connection, [pair.other]).values(), what=LOOK, day=day
    )
    opened = seals.look(places.shared_preparation(pair.between, conversation, pair.other), row.shared_sealed)
    content = json.loads(opened.text) if not opened.why else {"answers": {}, "weeks": []}
    return SharedPreparation(content["answers"], tuple(content["weeks"]), row.shared_at, opened.why)


def as_text(answers: Mapping[str, str]) -> str:
    """Answers one under the other, for comparing two versions; prompts without an answer are left out."""
    return "\n\n".join(f"{PROMPTS[name]}\n{text}" for name, text in answers.items() if text)


def _answers(text: str) -> dict[str, str]:
    found = json.loads(text)
    return {name: str(found.get(name, "")) for name in PROMPTS}


def _of_own_conversation(viewer: Viewer, conversation: int) -> tuple[ColumnElement[bool], ...]:
    inside = select(Conversation.id).where(Conversation.id == conversation, own_conversations(viewer))
    return (Preparation.conversation_id.in_(inside),)


def _own(viewer: Viewer, conversation: int) -> tuple[ColumnElement[bool], ...]:
    """SQL: the viewer's own preparation of a conversation of theirs."""
    return (*_of_own_conversation(viewer, conversation), Preparation.person_id.in_(own_person(viewer)))


def own_picture(connection: Connection, viewer: Viewer, day: date, policy: Policy) -> list[dict[str, Any]]:
    """The viewer's own weeks as their own screen shows them: what `share` puts in, oldest first; empty where there are none.

    week (ISO date), status, away, and those of PICTURE that came in, in hours or None. Kinds of absence are not in it.
    """
    own = my_week(connection, viewer, as_of=day, policy=policy).weeks
    names = [name for name in PICTURE if name in own]
    return [
        {
            "week": row["week"].isoformat(),
            "status": row["status"],
            "away": bool(row["away"]),
            **{name: float(row[name]) if isfinite(row[name]) else None for name in names},
        }
        for row in own.to_dict("records")
    ]


def _log(connection: Connection, viewer: Viewer, action: str, pair: int, conversation: int, at: datetime) -> None:
    record(
        connection,
        at=at,
        actor=viewer.name,
        action=action,
        subject=f"pair {pair}",
        detail={"conversation": conversation},
    )
