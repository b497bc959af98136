"""What changed: reporting units against their own usual swing, the longest run first."""

from collections.abc import Callable

from core.metrics.definition import Metric
from core.overview import wording
from core.overview.board import Change, Way
from core.workload.changes import Found
from core.workload.teams import Teams

MOST = 6


def changes(
    metric: Metric, teams: Teams, found: tuple[Found, ...], trail: Callable[[str], str], way: Callable[[str], Way]
) -> tuple[Change, ...]:
    """The first six as cards; `trail` and `way` give the place of a unit and the way to it, by its key."""
    return tuple(
        Change(
            unit=teams.names[each.key],
            trail=trail(each.key),
            word=each.reading.word,
            tone=each.reading.tone,
            direction=each.reading.direction,
            weeks=each.reading.weeks,
            sentence=wording.about_change(
                metric, each.swing, each.reading, each.shown, inside=each.inside, outside=each.outside
            ),
            way=way(each.key),
        )
        for each in found[:MOST]
    )
