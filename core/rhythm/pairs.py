"""Pairs begin and end: with the roster (manager and employee), or as two people agree (coach and coachee)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, insert, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from core.access.changes import record
from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.people.lines import here, person_here, reporting_lines
from core.people.scope import own_person
from core.rhythm.tables import Conversation, Feedback, NextStep, Pair, PairPause
from core.rhythm.visibility import ENDED, NOT_YOURS, Mine, me, own_pairs, pair_of

NOBODY_HERE = "There is nobody with that id here today."
LONGEST_PAUSE = timedelta(days=732)


@dataclass(frozen=True)
class Renewed:
    """How many pairs began (or began again), and how many ended."""

    begun: int
    ended: int


def renew_pairs(connection: Connection, *, at: datetime, actor: str, log: bool = True) -> Renewed:
    """Bring all pairs up to the roster of the day of `at`: manager pairs as it says, coach pairs while both are there.

    An ended pair keeps its notes. Two people who come together again have their pair again, with a clock that starts anew
    (unless it ended on the same day: then nothing was interrupted). log: whether the change log gets an entry of its own;
    what changes the roster has one already.
    """
    return _renew(connection, None, at, actor, log=log)


def let_go(connection: Connection, people: Collection[int]) -> None:
    """Remove the pairs of people (ids) who are about to be taken off the roster's record, as long as they hold nothing.

    Raises:
        Refused: somebody among them has planned a conversation, or has written to somebody; nothing was removed.
    """
    for start in range(0, len(people), 5_000):
        some = sorted(people)[start : start + 5_000]
        of_them = or_(Pair.lead_id.in_(some), Pair.member_id.in_(some))
        theirs = select(Pair.id).where(of_them)
        holding = (
            select(Conversation.id).where(Conversation.pair_id.in_(theirs)),
            select(NextStep.id).where(NextStep.pair_id.in_(theirs)),
            select(Feedback.id).where(or_(Feedback.from_id.in_(some), Feedback.to_id.in_(some))),
        )
        if any(connection.execute(each.limit(1)).first() is not None for each in holding):
            raise Refused(
                "Somebody whom this delivery brought has a conversation or feedback by now, so it stands. "
                "Deliver a corrected file instead."
            )
        connection.execute(delete(PairPause).where(PairPause.pair_id.in_(theirs)))
        connection.execute(delete(Pair).where(of_them))


def renew_own(connection: Connection, viewer: Viewer, at: datetime) -> Renewed:
    """The same for the pairs of the viewer's person alone; nothing for an account without one. Before anything is written."""
    own = connection.scalar(own_person(viewer))
    return _renew(connection, own, at, viewer.name) if own is not None else Renewed(0, 0)


def _renew(connection: Connection, about: int | None, at: datetime, actor: str, *, log: bool = True) -> Renewed:
    on = at.date()
    lines = reporting_lines(connection, on, about=about)
    whose = true() if about is None else or_(Pair.lead_id == about, Pair.member_id == about)
    rows = connection.execute(
        select(Pair.id, Pair.kind, Pair.lead_id, Pair.member_id).where(Pair.until.is_(None), whose)
    ).all()
    there = here(connection, {person for row in rows for person in (row.lead_id, row.member_id)}, on)
    over = [
        row.id
        for row in rows
        if (
            (row.member_id, row.lead_id) not in lines if row.kind == "manager" else {row.lead_id, row.member_id} - there
        )
    ]
    known = {(row.member_id, row.lead_id) for row in rows if row.kind == "manager"}
    for start in range(0, len(over), 5_000):
        connection.execute(update(Pair).where(Pair.id.in_(over[start : start + 5_000])).values(until=on))
    begun = sorted(lines - known)
    _begin(connection, "manager", [(lead, member) for member, lead in begun], on)
    if (begun or over) and log:
        detail = {"begun": len(begun), "ended": len(over)}
        record(connection, at=at, actor=actor, action="pairs renewed", subject="pairs", detail=detail)
    return Renewed(len(begun), len(over))


def _begin(
    connection: Connection, kind: str, two: Sequence[tuple[int, int]], on: date, *, proposed_by: int | None = None
) -> None:
    """New pairs of (lead, member), or those of the same two again."""
    if not two:
        return
    clock = case((Pair.until == on, Pair.clock_from), else_=on)
    again = {"until": None, "clock_from": clock, "proposed_by_id": proposed_by, "accepted_on": None}
    key = [Pair.kind, Pair.lead_id, Pair.member_id]
    over = Pair.until.is_not(None)
    if connection.dialect.name == "postgresql":
        statement: Any = postgresql.insert(Pair).on_conflict_do_update(index_elements=key, set_=again, where=over)
    else:
        statement = sqlite.insert(Pair).on_conflict_do_update(index_elements=key, set_=again, where=over)
    same = {"kind": kind, "since": on, "clock_from": on, "proposed_by_id": proposed_by}
    connection.execute(statement, [{**same, "lead_id": lead, "member_id": member} for lead, member in two])


def propose_coaching(connection: Connection, viewer: Viewer, other: str, *, as_coach: bool, at: datetime) -> None:
    """Ask the person with the code `other` to be coached by the viewer (`as_coach`), or to coach the viewer.

    Nothing is shared until they agree. A relation between two people: it changes no role and opens nothing else.

    Raises:
        NoPermission: the account belongs to nobody.
        Refused: nobody of that code is here today, it is the viewer, or the two have such a pair or proposal already.
    """
    own = me(connection, viewer)
    found = person_here(connection, other, at.date())
    if found is None:
        raise Refused(NOBODY_HERE)
    if found == own:
        raise Refused("A conversation needs two people. Choose somebody else.")
    if own not in here(connection, {own}, at.date()):
        raise Refused("The roster has no place for you today, so no new pair can begin.")
    lead, member = (own, found) if as_coach else (found, own)
    same = (Pair.kind == "coach", Pair.lead_id == lead, Pair.member_id == member)
    if connection.scalar(select(Pair.id).where(*same, Pair.until.is_(None))) is not None:
        raise Refused("The two of you have this pair already, or one of you has proposed it.")
    _begin(connection, "coach", [(lead, member)], at.date(), proposed_by=own)
    pair = connection.scalars(select(Pair.id).where(*same)).one()
    _log(connection, viewer, "coaching proposed", pair, at)


def accept_coaching(connection: Connection, viewer: Viewer, pair_id: int, *, at: datetime) -> None:
    """Say yes to a proposal of the other; the clock of the pair starts today.

    Raises:
        NoPermission: it is not the viewer's, nothing is proposed, or the viewer proposed it.
    """
    renew_own(connection, viewer, at)
    open_ones: tuple[ColumnElement[bool], ...] = (
        Pair.id == pair_id,
        own_pairs(viewer),
        Pair.kind == "coach",
        Pair.until.is_(None),
        Pair.accepted_on.is_(None),
        Pair.proposed_by_id.not_in(own_person(viewer)),
    )
    done = connection.execute(update(Pair).where(*open_ones).values(accepted_on=at.date(), clock_from=at.date()))
    if done.rowcount == 0:
        raise NoPermission(NOT_YOURS)
    _log(connection, viewer, "coaching agreed", pair_id, at)


def end_coaching(connection: Connection, viewer: Viewer, pair_id: int, *, at: datetime) -> None:
    """End a coach pair, decline a proposal, or take one back. Its notes stay with the two.

    Raises:
        NoPermission: it is not the viewer's.
        Refused: it is a manager pair, which follows the roster.
    """
    pair = pair_of(connection, viewer, pair_id, lock=True)
    if pair.kind != "coach":
        raise Refused("This pair follows the roster. It ends when your manager changes there.")
    if pair.until is None:
        connection.execute(update(Pair).where(Pair.id == pair.id, own_pairs(viewer)).values(until=at.date()))
        _log(connection, viewer, "coaching ended", pair_id, at)


def pause(connection: Connection, viewer: Viewer, pair_id: int, *, starts: date, ends: date, at: datetime) -> None:
    """Let the clock of a pair stand still on the days `[starts, ends)`. No reason is asked. Days that overlap count once.

    Raises:
        NoPermission: the pair is not the viewer's.
        Refused: the pair has ended; or the days are none, more than two years, or lie wholly in the past.
    """
    pair = active_pair(connection, viewer, pair_id, at)
    if ends <= starts:
        raise Refused("A pause ends after it has begun. Give its first day, and the first day on which you talk again.")
    if ends - starts > LONGEST_PAUSE:
        raise Refused("A pause lasts two years at most. Set a shorter one; it can be set again.")
    if ends <= at.date():
        raise Refused("These days have passed. A pause begins or lasts until today at least.")
    if connection.scalar(select(PairPause.id).where(PairPause.pair_id == pair.id, PairPause.starts == starts)) is None:
        connection.execute(insert(PairPause).values(pair_id=pair.id, starts=starts, ends=ends))
    else:
        connection.execute(
            update(PairPause).where(PairPause.pair_id == pair.id, PairPause.starts == starts).values(ends=ends)
        )
    _log(connection, viewer, "pair paused", pair_id, at)


def end_pause(connection: Connection, viewer: Viewer, pair_id: int, *, starts: date, at: datetime) -> None:
    """Let the clock run again from today: the pause that began on `starts` ends, one that is still to come goes.

    Raises:
        NoPermission: the pair is not the viewer's.
        Refused: the pair has ended.
    """
    pair = active_pair(connection, viewer, pair_id, at)
    this = (PairPause.pair_id == pair.id, PairPause.starts == starts, PairPause.ends > at.date())
    if starts >= at.date():
        done = connection.execute(delete(PairPause).where(*this))
    else:
        done = connection.execute(update(PairPause).where(*this).values(ends=at.date()))
    if done.rowcount:
        _log(connection, viewer, "pause ended", pair_id, at)


def active_pair(connection: Connection, viewer: Viewer, pair_id: int, at: datetime) -> Mine:
    """A pair of the viewer's that holds on the day, by the roster of that day, locked until the transaction ends.

    Raises:
        NoPermission: it is not the viewer's.
        Refused: it has ended, or is only proposed.
    """
    renew_own(connection, viewer, at)
    pair = pair_of(connection, viewer, pair_id, lock=True)
    if pair.until is not None:
        raise Refused(ENDED)
    if not pair.active:
        raise Refused("This pair begins when both of you have agreed to it.")
    return pair


def _log(connection: Connection, viewer: Viewer, action: str, pair: int, at: datetime) -> None:
    """The log knows a pair by its number; who talks with whom is nobody's business."""
    record(connection, at=at, actor=viewer.name, action=action, subject=f"pair {pair}")
