"""Whether a manager's own conversations keep their rhythm: told to that manager alone, about days, never about content.

It is a figure of one person, so there is no function that gives it to anybody else: no leader, no HR, no list of managers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from core.access.viewer import Viewer
from core.people.scope import own_person
from core.policy import RhythmRules
from core.rhythm.cadence import Kind, Slot, slots
from core.rhythm.clock import rhythms
from core.rhythm.tables import Pair

LOOKED_BACK = timedelta(weeks=13)


@dataclass(frozen=True)
class Kept:
    """Conversations of one kind that were due in the period, and how many of them were on time, late, or did not take place.

    Those still within their days of grace are in none of them.
    """

    due: int
    on_time: int
    late: int
    missed: int

    @property
    def share(self) -> float | None:
        """The share on time; None when none was due."""
        return self.on_time / self.due if self.due else None


@dataclass(frozen=True)
class OwnTeam:
    """The viewer's own pairs as manager in `[first, end)`. pairs: how many hold on the last day."""

    first: date
    end: date
    pairs: int
    check_ins: Kept
    reviews: Kept

    @property
    def sentence(self) -> str:
        """In words, for the manager."""
        due = self.check_ins.due + self.reviews.due
        on_time = self.check_ins.on_time + self.reviews.on_time
        if not self.pairs:
            return "The roster names nobody whose manager you are."
        if not due:
            return "No conversation was due in the last 13 weeks."
        if due == 1:
            return f"One conversation was due in the last 13 weeks; it was {'on time' if on_time else 'not on time'}."
        told = "all" if on_time == due else "none" if not on_time else str(on_time)
        return f"Of {due} conversations that were due in the last 13 weeks, {told} {'was' if on_time == 1 else 'were'} on time."


def own_team(connection: Connection, viewer: Viewer, *, rules: RhythmRules, as_of: date) -> OwnTeam:
    """How the viewer's own pairs, as manager, kept their rhythm in the 13 weeks before `as_of`. Empty for everybody else."""
    mine = (Pair.kind == "manager", Pair.until.is_(None), Pair.lead_id.in_(own_person(viewer)))
    starts = {row.id: row.clock_from for row in connection.execute(select(Pair.id, Pair.clock_from).where(*mine))}
    known = rhythms(connection, starts, *mine)
    first = as_of - LOOKED_BACK

    def kept_in(kind: Kind) -> Kept:
        return kept(
            slot for rhythm in known.values() for slot in slots(rhythm, kind, rules, as_of) if first <= slot.due < as_of
        )

    return OwnTeam(first, as_of, len(starts), kept_in(Kind.CHECK_IN), kept_in(Kind.REVIEW))


def kept(found: Iterable[Slot]) -> Kept:
    """Slots, counted; the order does not matter."""
    judged = [slot for slot in found if slot.on_time is not None]
    return Kept(
        due=len(judged),
        on_time=sum(slot.on_time is True for slot in judged),
        late=sum(slot.on_time is False and slot.held is not None for slot in judged),
        missed=sum(slot.held is None for slot in judged),
    )
