"""Questions for feedback that wait for one person: who asked, and never what."""

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from core.access.viewer import Viewer
from core.people.lines import names_of
from core.people.scope import own_person
from core.rhythm.feedback import ASKED
from core.rhythm.tables import Feedback


def questions_waiting(connection: Connection, viewer: Viewer) -> tuple[str, ...]:
    """Names of those who asked the viewer for feedback and have neither an answer nor a no, oldest question first."""
    reply = aliased(Feedback)
    askers = connection.scalars(
        select(Feedback.from_id)
        .outerjoin(reply, reply.answers == Feedback.id)
        .where(
            Feedback.to_id.in_(own_person(viewer)),
            Feedback.kind == ASKED,
            Feedback.declined_at.is_(None),
            reply.id.is_(None),
        )
        .order_by(Feedback.at, Feedback.id)
    ).all()
    names = names_of(connection, set(askers)) if askers else {}
    return tuple(dict.fromkeys(names[each] for each in askers))
