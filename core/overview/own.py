"""What of goals and conversations waits for the reader: which goals need revisiting, whom a conversation is owed, what is due.

Read for the person who asks, so it is kept apart from the numbers, which are the same for everybody of one scope.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import label
from core.goals.queue_views import Queue, QueueFilters, queue
from core.goals.waiting import Waits, check_ins_due, judged_for, proposals_waiting
from core.overview import own_wording as say
from core.overview.board import Need, Overview, Way
from core.policy import Policy
from core.rhythm.board import Conversations, PairCard
from core.rhythm.views import conversations
from core.rhythm.waiting import questions_waiting

MOST_JUDGED = 2_000  # goals that are judged for an overview; a larger queue is led to, and not counted here
SOON = 14  # days: a conversation further away does not wait for anybody yet


def own_needs(connection: Connection, viewer: Viewer, *, policy: Policy, as_of: date) -> tuple[Need, ...]:
    """What waits for the viewer, in the order in which it matters. Nothing by virtue of administering."""
    found = [*_to_revisit(connection, viewer, policy, as_of)]
    if viewer.person_code:
        talks = conversations(connection, viewer, rules=policy.rhythm, as_of=as_of)
        found += [*_owed(viewer, talks), *_prepared(viewer, talks, as_of)]
    found += _proposals(viewer, proposals_waiting(connection, viewer))
    if viewer.person_code:
        found += _check_ins(viewer, check_ins_due(connection, viewer, as_of=as_of), as_of)
        found += _questions(viewer, questions_waiting(connection, viewer))
        found += _next(viewer, talks, as_of)
    return tuple(found)


def with_own(found: Overview, own: tuple[Need, ...]) -> Overview:
    """The overview with what waits for the reader first."""
    return replace(found, needs=(*own, *found.needs))


def _way(viewer: Viewer, label: str, screen: str, *address: tuple[str, str]) -> Way | None:
    return Way(label, screen, address) if viewer.may_open(screen) else None


def _to_revisit(connection: Connection, viewer: Viewer, policy: Policy, on: date) -> list[Need]:
    leads = bool(viewer.units) and any(role in ("leader", "manager") for role in viewer.roles)
    if not leads and not viewer.person_code:
        return []
    way = _way(viewer, "Revisit them", "goals")
    if leads and judged_for(connection, viewer, as_of=on, most=MOST_JUDGED) > MOST_JUDGED:
        return [Need("goals_to_revisit", say.MANY_GOALS, say.MANY_GOALS_WHY, way)]
    found: Queue = queue(connection, viewer, QueueFilters(limit=1), policy=policy, as_of=on)
    if not found.found:
        return []
    title, why = say.revisit(found.found, found.sentence)
    return [Need("goals_to_revisit", title, why, replace(way, label="Revisit it") if way and found.found == 1 else way)]


def _owed(viewer: Viewer, talks: Conversations) -> list[Need]:
    if not talks.owed:
        return []
    names = [card.other for card in talks.owed]
    first = max(talks.owed, key=_days_late)
    title = say.owed(names)
    return [
        Need(
            "conversation_owed",
            title,
            say.last_talked(first.other, first.last),
            _way(viewer, "Plan it", "conversations"),
        )
    ]


def _days_late(card: PairCard) -> int:
    return max((each.days for each in (card.check_in, card.review) if each is not None), default=0)


def _prepared(viewer: Viewer, talks: Conversations, on: date) -> list[Need]:
    """Conversations to come that the other has prepared and shown."""
    shown = [
        (each, card) for card in talks.pairs for each in card.planned if each.shown and (each.due - on).days <= SOON
    ]
    return [
        Need(
            "conversation_prepared",
            say.prepared(card.other),
            say.prepared_why(each.due, own=each.prepared),
            _to_conversation(viewer, each.id, "Read it"),
        )
        for each, card in sorted(shown, key=lambda both: (both[0].due, both[0].id))
    ]


def _to_conversation(viewer: Viewer, number: int, label: str) -> Way | None:
    return _way(viewer, label, "conversation", ("conversation", str(number)))


def _proposals(viewer: Viewer, waiting: tuple[Waits, ...]) -> list[Need]:
    if not waiting:
        return []
    title, why = say.proposals([each.title for each in waiting])
    return [Need("proposals", title, why, _way(viewer, "Answer", "my_goals"))]


def _check_ins(viewer: Viewer, due: tuple[Waits, ...], on: date) -> list[Need]:
    if not due:
        return []
    assert due[0].since is not None
    title, why = say.check_ins([each.title for each in due], (on - due[0].since).days)
    way = _way(viewer, "Check in", "goal", ("goal", str(due[0].goal_id)))
    return [Need("check_ins_due", title, why, way if len(due) == 1 and way else _way(viewer, "Check in", "my_goals"))]


def _questions(viewer: Viewer, askers: tuple[str, ...]) -> list[Need]:
    if not askers:
        return []
    return [
        Need(
            "feedback_asked",
            say.asked(askers),
            say.ASKED_WHY,
            _way(viewer, "Answer", "conversations", ("view", "feedback")),
        )
    ]


def _next(viewer: Viewer, talks: Conversations, on: date) -> list[Need]:
    """The nearest conversation with one's own manager or coach, unless it is named already because the other prepared it."""
    coming = [
        (each.due, each.id, each, card)
        for card in talks.pairs
        if not card.leading
        for each in card.planned
        if not each.shown and on <= each.due
    ]
    if not coming:
        return []
    due, number, planned, card = min(coming, key=lambda each: each[:2])
    return [
        Need(
            "next_conversation",
            f"{card.other}, {label(due)}",
            say.NEXT_PREPARED if planned.prepared else say.NEXT,
            _to_conversation(viewer, number, "Look at it" if planned.prepared else "Prepare"),
        )
    ]
