"""What a metric is: data, not prose, so that pages, documentation and rounding all read the same entry."""

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a cell's value comes about, which decides rounding, coding and intervals."""

    RATIO = "ratio"  # sum(numerator) / sum(denominator)
    MEAN = "mean"  # sum(numerator) / n, hours per person and week
    SHARE = "share"  # people with the property / people
    CARD = "card"  # one class for each hour of the week; written by core.privacy.cards


class Speed(StrEnum):
    """`fast`: a week differs so much from the next that a joiner or leaver drowns. `slow`: rounding must hide them."""

    FAST = "fast"
    SLOW = "slow"


@dataclass(frozen=True)
class Band:
    """A named range with a fixed meaning: values up to and including `upper` (None: no upper end).

    `tone` is one of low, within, watch, over, critical, or on a punch card quiet, light, steady, busy; it names a colour, the
    same on every page.
    """

    name: str
    upper: float | None
    tone: str


@dataclass(frozen=True)
class Metric:
    """One entry of the catalogue.

    id: stable name for links, files and the command line.
    name, question: what people read. formula, caveat, source: the *How is this computed?* text.
    unit: 'ratio' (1.00 is shown as 100 %), 'hours', 'share' (of people), 'conversations' (a share of them),
    'events' (a ratio of events), or 'classes' (a card).
    direction: which way is strain: 'higher' or 'lower' ('' = neither).
    family: metrics with the same contributors, protected once.
    inputs: the base variables of a person-week that it needs.
    speed: assumed until the company's own swing is known (METRIC 'fast' or 'slow' by the quarter).
    whole_population_only: a further fact about one base variable's distribution; shown from 20 people on.
    fallback_spread: within-unit SD used for intervals when the company has fewer than 100 contributors.
    floor: a value that could show somebody to be this close to nothing is coded ('at most').
    """

    id: str
    name: str
    question: str
    formula: str
    unit: str
    shape: Shape
    direction: str
    bands: tuple[Band, ...]
    caveat: str
    source: str
    speed: Speed
    family: str
    inputs: tuple[str, ...]
    fallback_spread: float
    floor: float
    grain: str = "unit and ISO week"
    whole_population_only: bool = False

    def band(self, value: float | None) -> Band | None:
        """The band that `value` (as shown) falls into; None without a value or bands."""
        if value is None:
            return None
        for band in self.bands:
            if band.upper is None or value <= band.upper + 1e-9:
                return band
        return None
