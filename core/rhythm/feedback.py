"""Feedback between two people, in any direction: asked for, given, and recognition. Read by those two and nobody else.

Asking takes one sentence; answering is giving, with the question before one's eyes. What was sent is not changed any more.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import aliased

from core.access.changes import record
from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.calendar import long_label
from core.people.lines import codes_of, here, names_of, person_here
from core.people.scope import own_person
from core.rhythm import places
from core.rhythm.pairs import NOBODY_HERE
from core.rhythm.rotation import refuse_a_wrong_key
from core.rhythm.sealing import Seals
from core.rhythm.tables import Feedback
from core.rhythm.visibility import me, own_feedback
from core.rhythm.words import LONGEST_PART, checked

ASKED, GIVEN, RECOGNITION = "asked", "given", "recognition"


@dataclass(frozen=True)
class FeedbackItem:
    """One message as its two people see it.

    sent: by the viewer (else to the viewer). other, code: the name of the other, and their id on the roster. question: of one
    that was asked; notice, impact, options, about: of one that was given. open: it was asked, and neither answered nor
    declined. declined: when the one who was asked said that they would rather not. answers: the id of the question. why: ''
    or why it cannot be opened.
    """

    id: str
    kind: str
    sent: bool
    other: str
    question: str
    notice: str
    impact: str
    options: str
    about: date | None
    at: datetime
    open: bool
    answers: str | None
    why: str
    declined: datetime | None = None
    code: str = ""


def ask_for_feedback(
    connection: Connection, viewer: Viewer, of: str, question: str, *, at: datetime, seals: Seals
) -> str:
    """Ask the person with the code `of` for feedback. Returns the id of the question.

    Raises:
        NoPermission: the account belongs to nobody.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: nobody of that code is here today, it is the viewer, or the question has no words or too many.
    """
    own, other = _two(connection, viewer, of, at)
    content = {"question": checked(question, LONGEST_PART, "A question")}
    return _send(connection, viewer, own, other, ASKED, content, at, seals, None)


def give_feedback(
    connection: Connection,
    viewer: Viewer,
    to: str,
    *,
    notice: str,
    impact: str,
    options: str,
    about: date,
    recognition: bool,
    at: datetime,
    seals: Seals,
    answers: str | None = None,
) -> str:
    """Tell the person with the code `to` what the viewer noticed on the day `about`, its impact, and options. Returns the id.

    Only `notice` is needed; `core.rhythm.guides.hints` says what would help. recognition: it thanks, and offers no options.
    answers: the id of a question that this person asked the viewer.

    Raises:
        NoPermission: the account belongs to nobody, or the question was not asked by that person of the viewer.
        KeyRefused: the keys are not those that notes are sealed with.
        Refused: nobody of that code is here today, it is the viewer, the question is answered already, the day has not come, or
            a part cannot be taken.
    """
    own, other = _two(connection, viewer, to, at)
    if about > at.date():
        raise Refused(f"{long_label(about)} has not come. Feedback speaks of what has happened.")
    content = {
        "notice": checked(notice, LONGEST_PART, "What you noticed"),
        "impact": checked(impact, LONGEST_PART, "The impact", needed=False),
        "options": checked(options, LONGEST_PART, "The list of options", needed=False),
        "about": about.isoformat(),
    }
    if answers is not None:
        _refuse_unless_open(connection, viewer, answers, asker=other)
    return _send(connection, viewer, own, other, RECOGNITION if recognition else GIVEN, content, at, seals, answers)


def decline_feedback(connection: Connection, viewer: Viewer, question: str, *, at: datetime) -> None:
    """Say that the viewer would rather not answer. No reason is asked or kept; the one who asked sees that it was declined.

    Raises:
        NoPermission: nobody asked the viewer that.
        Refused: it is answered already.
    """
    asked = (Feedback.id == question, Feedback.kind == ASKED, Feedback.to_id.in_(own_person(viewer)))
    if connection.execute(update(Feedback).where(*asked).values(kind=Feedback.kind)).rowcount == 0:
        raise NoPermission("Nobody has asked you that.")
    if connection.scalar(select(Feedback.id).where(Feedback.answers == question)) is not None:
        raise Refused("You have answered this question already.")
    done = connection.execute(update(Feedback).where(*asked, Feedback.declined_at.is_(None)).values(declined_at=at))
    if done.rowcount:
        record(connection, at=at, actor=viewer.name, action="feedback declined", subject="feedback", detail={})


def feedback_of(connection: Connection, viewer: Viewer, seals: Seals) -> tuple[FeedbackItem, ...]:
    """What the viewer sent and got, newest first; nothing for an account that belongs to nobody."""
    reply = aliased(Feedback)
    rows = connection.execute(
        select(
            Feedback.id, Feedback.kind, Feedback.from_id, Feedback.to_id, Feedback.sealed, Feedback.at, Feedback.answers,
            Feedback.declined_at, reply.id.label("reply"),
        )
        .outerjoin(reply, reply.answers == Feedback.id)
        .where(own_feedback(viewer))
        .order_by(Feedback.at.desc(), Feedback.id)
    ).all()  # fmt: skip
    if not rows:
        return ()
    own = me(connection, viewer)
    names = names_of(connection, {row.to_id if row.from_id == own else row.from_id for row in rows})
    codes = codes_of(connection, names)
    found = []
    for row in rows:
        opened = seals.look(places.feedback(row.from_id, row.to_id, row.id), row.sealed)
        content = {} if opened.why else json.loads(opened.text)
        sent = row.from_id == own
        found.append(
            FeedbackItem(
                id=row.id,
                kind=row.kind,
                sent=sent,
                other=names[row.to_id if sent else row.from_id],
                question=content.get("question", ""),
                notice=content.get("notice", ""),
                impact=content.get("impact", ""),
                options=content.get("options", ""),
                about=date.fromisoformat(content["about"]) if "about" in content else None,
                at=row.at,
                open=row.kind == ASKED and row.reply is None and row.declined_at is None,
                answers=row.answers,
                why=opened.why,
                declined=row.declined_at,
                code=codes[row.to_id if sent else row.from_id],
            )
        )
    return tuple(found)


def _two(connection: Connection, viewer: Viewer, code: str, at: datetime) -> tuple[int, int]:
    own = me(connection, viewer)
    other = person_here(connection, code, at.date())
    if other is None:
        raise Refused(NOBODY_HERE)
    if other == own:
        raise Refused("Feedback goes to somebody else. Keep a note to yourself in a preparation.")
    if own not in here(connection, {own}, at.date()):
        raise Refused("The roster has no place for you today, so nothing can be sent.")
    return own, other


def _refuse_unless_open(connection: Connection, viewer: Viewer, question: str, *, asker: int) -> None:
    asked = (
        Feedback.id == question,
        Feedback.kind == ASKED,
        Feedback.from_id == asker,
        Feedback.to_id.in_(own_person(viewer)),
    )
    # locked until the transaction ends, so that of two answers from two tabs the second is told
    if connection.execute(update(Feedback).where(*asked).values(kind=Feedback.kind)).rowcount == 0:
        raise NoPermission("This person has not asked you that.")
    if connection.scalar(select(Feedback.id).where(Feedback.answers == question)) is not None:
        raise Refused("You have answered this question already. You may still give feedback without it.")
    if connection.scalar(select(Feedback.declined_at).where(*asked)) is not None:
        raise Refused("You have declined this question. You may still give feedback without it.")


def _send(
    connection: Connection,
    viewer: Viewer,
    own: int,
    other: int,
    kind: str,
    content: dict[str, str],
    at: datetime,
    seals: Seals,
    answers: str | None,
) -> str:
    refuse_a_wrong_key(connection, seals)
    number = secrets.token_hex(16)
    sealed = seals.seal(places.feedback(own, other, number), json.dumps(content))
    connection.execute(
        insert(Feedback).values(id=number, from_id=own, to_id=other, kind=kind, sealed=sealed, at=at, answers=answers)
    )
    # who gives feedback to whom is not for a log that can never be shortened
    record(connection, at=at, actor=viewer.name, action="feedback sent", subject="feedback", detail={"kind": kind})
    return number
