"""What SQL knows of a pair's rhythm, as `core.rhythm.cadence` takes it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Connection, select

from core.access.viewer import Viewer
from core.rhythm.cadence import Held, Kind, Pause, Rhythm
from core.rhythm.tables import Conversation, Pair, PairPause
from core.rhythm.visibility import Mine, own_pairs


def rhythm_of(connection: Connection, viewer: Viewer, pair: Mine) -> Rhythm:
    """Of one pair of the viewer's."""
    return rhythms(connection, {pair.id: pair.clock_from}, Pair.id == pair.id, own_pairs(viewer))[pair.id]


def rhythms(connection: Connection, starts: Mapping[int, date], *which: ColumnElement[bool]) -> dict[int, Rhythm]:
    """Of several pairs. starts: pair -> the day its clock starts. which: conditions over pairs, true for those of `starts`."""
    inside = select(Pair.id).where(*which)
    held: dict[int, list[Held]] = defaultdict(list)
    for pair, kind, on in connection.execute(
        select(Conversation.pair_id, Conversation.kind, Conversation.held_on).where(
            Conversation.pair_id.in_(inside), Conversation.held_on.is_not(None)
        )
    ):
        assert on is not None
        held[pair].append(Held(Kind(kind), on))
    pauses: dict[int, list[Pause]] = defaultdict(list)
    for pair, first, end in connection.execute(
        select(PairPause.pair_id, PairPause.starts, PairPause.ends).where(PairPause.pair_id.in_(inside))
    ):
        pauses[pair].append(Pause(first, end))
    return {
        pair: Rhythm(start, tuple(held.get(pair, ())), tuple(pauses.get(pair, ()))) for pair, start in starts.items()
    }
