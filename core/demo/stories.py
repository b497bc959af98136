"""What there is to find in the demonstration organisation: which unit, when, and what is different there."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from core.demo.knobs import Knobs
from core.demo.organisation import EXTRA_SUPPORT_POSTS, SEPARATOR, Unit

Floats = npt.NDArray[np.float64]

# Distances in weeks before the last week (0 is the last week itself).
PLATFORM_RISE = (14, 3)  # still as usual, fully risen
SUPPORT_RISE = (53, 50)
SUPPORT_HIGH = (50, 39)  # first and last of the twelve high weeks
SUPPORT_RECOVERED = 34
CRUNCH = (22, 18)  # first and last of the five weeks
REORGANISED = 30


@dataclass(frozen=True)
class Story:
    """One thing to find: `unit` is the path in the last week, the weeks are Mondays of the window [from, to)."""

    name: str
    unit: str
    sentence: str
    from_week: date
    to_week: date


@dataclass(frozen=True)
class Load:
    """Levels by unit (rows, as in `organisation.units`) and week (columns).

    `utilisation` is the expected hours worked over hours available; `on_call` runs from 0 (none) to 1 (a full rota).
    """

    utilisation: Floats
    on_call: Floats


def load(units: tuple[Unit, ...], knobs: Knobs) -> Load:
    """What each unit is asked to carry in each week, before anybody's own swing."""
    ago = np.arange(knobs.weeks - 1, -1, -1, dtype=float)
    utilisation = np.repeat(np.array([[unit.level] for unit in units]), knobs.weeks, axis=1)
    on_call = np.zeros_like(utilisation)
    crunch = (ago <= CRUNCH[0]) & (ago >= CRUNCH[1])
    for place, unit in enumerate(units):
        if unit.name == "Platform":
            on_call[place] = np.interp(-ago, (-PLATFORM_RISE[0], -PLATFORM_RISE[1]), (0.0, 1.0))
            utilisation[place] += (knobs.platform_level - unit.level) * on_call[place]
        elif unit.name == "Support North":
            turns = (-SUPPORT_RISE[0], -SUPPORT_RISE[1], -SUPPORT_HIGH[1], -SUPPORT_RECOVERED)
            share = np.interp(-ago, turns, (0.0, 1.0, 1.0, 0.0))
            utilisation[place] += (knobs.support_level - unit.level) * share
        elif unit.depth >= 2 and unit.department == "Payments":
            utilisation[place, crunch] = knobs.crunch_level
    return Load(utilisation, on_call)


def opening_weeks(units: tuple[Unit, ...], knobs: Knobs) -> dict[int, list[int]]:
    """Unit -> weeks (positions from 0) in which posts are added there because a story says so."""
    first = knobs.weeks - 1 - (SUPPORT_HIGH[1] - 1)  # the week after the last high one
    if first < 1:
        return {}
    support = next(place for place, unit in enumerate(units) if unit.name == "Support North")
    return {support: [first + extra for extra in range(EXTRA_SUPPORT_POSTS)]}


def reorganisation_week(knobs: Knobs) -> int:
    """Position of the week from which the present paths hold; 0 when they hold from the beginning."""
    return max(0, knobs.weeks - 1 - REORGANISED) if knobs.reorganisation else 0


def stories(units: tuple[Unit, ...], knobs: Knobs, last_week: date) -> tuple[Story, ...]:
    """The stories that begin inside the weeks generated, in the order in which a leader would want to hear them."""
    paths = {unit.name: unit.path for unit in units}

    def window(first_ago: int, last_ago: int) -> tuple[date, date]:
        return last_week - timedelta(weeks=first_ago), last_week - timedelta(weeks=last_ago - 1)

    told = [
        Story(
            "Platform is worn down by its on-call rota",
            paths["Platform"],
            "Hours outside the schedule and on rest days have grown week by week, and time to focus has shrunk.",
            *window(PLATFORM_RISE[0] - 1, 0),
        ),
        Story(
            "Support North recovered after it got help",
            paths["Support North"],
            "Load was high for twelve weeks and came back to its usual level after more people joined.",
            *window(*SUPPORT_HIGH),
        ),
        Story(
            "Payments had a launch, and it passed",
            paths["Payments"],
            "The whole department ran above capacity for the five weeks before a launch, and not since.",
            *window(*CRUNCH),
        ),
    ]
    if knobs.reorganisation:
        told.append(
            Story(
                "Five teams changed their department",
                paths["Field Service"],
                "The field teams came from Onboarding to Field Service, Tracking and Carrier Links from Transport to "
                "Logistics Products.",
                *window(REORGANISED, 0),
            )
        )
    first_week = last_week - timedelta(weeks=knobs.weeks - 1)
    return tuple(story for story in told if story.from_week > first_week)


def story_units(units: tuple[Unit, ...]) -> frozenset[int]:
    """Positions of the teams that a story of load is about; their weeks are never late or missing."""
    return frozenset(
        place
        for place, unit in enumerate(units)
        if unit.depth == 3
        and (unit.name in ("Platform", "Support North") or f"{SEPARATOR}Payments{SEPARATOR}" in unit.path)
    )
