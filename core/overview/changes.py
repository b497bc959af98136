"""What changed: reporting units against their own usual swing, the longest run first."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from core.metrics.definition import Metric
from core.overview import wording
from core.overview.board import Change, Way
from core.overview.numbers import unit_swing
from core.workload.swing import RECOVERED, Reading, Swing, beyond
from core.workload.teams import Teams

MOST = 6


@dataclass(frozen=True)
class Found:
    """A reporting unit with something to say.

    shown: its weeks, NaN where nothing is shown. inside: shown weeks back within its range; outside: those before them.
    """

    key: str
    reading: Reading
    swing: Swing
    shown: tuple[float, ...]
    inside: int
    outside: int

    @property
    def rank(self) -> tuple[int, int]:
        """Beyond towards strain first, longest first; then improvements and returns, the newest first."""
        if self.reading.tone in ("over", "beyond"):
            return (0, -self.reading.weeks)
        return (1 if self.reading.tone == "improved" else 2, self.reading.weeks or self.inside)


def found_in(teams: Teams, strain: str) -> tuple[Found, ...]:
    """Units that count now and are beyond their usual swing, have improved, or have come back into it of late.

    strain: Metric.direction. A return is told when it follows four shown weeks or more outside towards strain.
    """
    now = teams.now()
    found = []
    for place, key in enumerate(now.keys):
        swing, reading, shown = unit_swing(now, place, strain)
        if swing.limits is None:
            continue
        known = [value for value in shown if isfinite(value)]
        inside, outside = _back(known, swing, strain)
        if reading.weeks or outside >= RECOVERED:
            found.append(Found(key, reading, swing, shown, inside, outside))
    return tuple(sorted(found, key=lambda each: (*each.rank, now.names[each.key], each.key)))


def _back(known: list[float], swing: Swing, strain: str) -> tuple[int, int]:
    """How many of the newest shown weeks lie inside the range, and how many before them lay outside towards strain."""
    assert swing.limits is not None
    bad = {"higher": 1, "lower": -1}.get(strain, 0)
    sides = [beyond(value, swing.limits) for value in known]
    inside = next((i for i, side in enumerate(reversed(sides)) if side), len(sides))
    rest = sides[: len(sides) - inside]
    outside = next((i for i, side in enumerate(reversed(rest)) if side != bad), len(rest))
    return (inside, outside) if bad and inside else (0, 0)


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
