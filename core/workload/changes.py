"""Teams against their own usual swing: which of them have something to say in the newest week."""

from dataclasses import dataclass
from math import isfinite

import pandas as pd

from core.workload.swing import BASELINE_WEEKS, RECOVERED, Reading, Swing, beyond, read, usual_swing
from core.workload.teams import Teams

SHOWN_WEEKS = 26  # the weeks that are read against the 26 before them
ALL_WEEKS = BASELINE_WEEKS + SHOWN_WEEKS
BEYOND, IMPROVED, BACK = range(3)  # what is told first, second and last


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
            return (BEYOND, -self.reading.weeks)
        return (IMPROVED if self.reading.tone == "improved" else BACK, self.reading.weeks or self.inside)


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


def unit_swing(teams: Teams, place: int, strain: str) -> tuple[Swing, Reading, tuple[float, ...]]:
    """The usual swing of one reporting unit, what its shown weeks say against it, and those weeks."""
    row = teams.values[place]
    swing = usual_swing(pd.Series(row, index=teams.index), teams.weeks[-SHOWN_WEEKS])
    shown = tuple(row[-SHOWN_WEEKS:].tolist())
    return swing, read(shown, swing, strain), shown


def _back(known: list[float], swing: Swing, strain: str) -> tuple[int, int]:
    """How many of the newest shown weeks lie inside the range, and how many before them lay outside towards strain."""
    assert swing.limits is not None
    bad = {"higher": 1, "lower": -1}.get(strain, 0)
    sides = [beyond(value, swing.limits) for value in known]
    inside = next((i for i, side in enumerate(reversed(sides)) if side), len(sides))
    rest = sides[: len(sides) - inside]
    outside = next((i for i, side in enumerate(reversed(rest)) if side != bad), len(rest))
    return (inside, outside) if bad and inside else (0, 0)
