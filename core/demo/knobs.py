"""What can be turned in the demonstration organisation, with one line of meaning for each knob."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

LEAST_WEEKS, MOST_WEEKS = 26, 260
FEWEST_PEOPLE, MOST_PEOPLE = 800, 1500


def _knob(default: Any, meaning: str, share: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "share": share})


def _share(default: float, meaning: str) -> Any:
    """A knob between 0 and 1."""
    return _knob(default, meaning, share=True)


@dataclass(frozen=True)
class Knobs:
    """Settings of `core.demo.generate.generate`; the defaults are the organisation that the documentation describes.

    Shares are between 0 and 1, levels are utilisation (hours worked over hours available, 1 = exactly the hours that
    were available). Raises ValueError when a value cannot be served.
    """

    seed: int = _knob(7, "Which of the possible organisations: the same seed gives the same people and hours.")
    people: int = _knob(1200, "About how many people are employed in the last week.")
    weeks: int = _knob(78, "How many weeks of hours there are, the last one included.")
    turnover: float = _share(0.14, "Share of the staff that leaves in a year.")
    growth: float = _share(0.03, "Share of the posts that were created during the period.")
    internal_moves: float = _share(0.2, "Share of the vacancies that somebody from another team fills.")
    rehires: int = _knob(6, "How many former colleagues come back, where there are that many.")
    part_time: float = _share(0.16, "Share of the staff with less than full-time hours.")
    hours_changes: float = _share(0.04, "Share of the staff whose contracted hours change once in the period.")
    swing: float = _knob(0.095, "Usual week-to-week deviation of one person's utilisation.")
    summer_leave: float = _knob(4.0, "How many times more leave starts in July and August than in an ordinary week.")
    christmas_leave: float = _share(0.45, "Share of the staff that takes all of the week of Christmas as leave.")
    sickness: float = _share(0.03, "Share of contracted hours lost to sickness over a year.")
    missing: float = _share(0.012, "Share of the team-weeks for which no hours were delivered.")
    late_teams: int = _knob(3, "How many teams have not delivered the last week.")
    blanks: float = _share(0.004, "Share of the cells of hours that are blank.")
    no_calendar_teams: int = _knob(5, "How many teams have no meeting and focus hours at all.")
    activity_weeks: int = _knob(39, "For how many of the last weeks there are events (commits, tickets); 0 for none.")
    events: float = _knob(8.0, "About how many events a person with full hours has in a week, where there are any.")
    platform_level: float = _knob(1.22, "Utilisation that Platform reaches in the last weeks.")
    support_level: float = _knob(1.18, "Utilisation of Support North before extra people join it.")
    crunch_level: float = _knob(1.17, "Utilisation of Payments in the five weeks before its launch.")
    reorganisation: bool = _knob(True, "Whether five teams change their department 30 weeks before the end.")

    def __post_init__(self) -> None:
        if not LEAST_WEEKS <= self.weeks <= MOST_WEEKS:
            raise ValueError(f"weeks must be between {LEAST_WEEKS} and {MOST_WEEKS}, not {self.weeks}.")
        if not FEWEST_PEOPLE <= self.people <= MOST_PEOPLE:
            raise ValueError(f"people must be between {FEWEST_PEOPLE} and {MOST_PEOPLE}, not {self.people}.")
        for knob in fields(self):
            value = getattr(self, knob.name)
            if value < 0 or (knob.metadata["share"] and value > 1):
                limits = "between 0 and 1" if knob.metadata["share"] else "0 or more"
                raise ValueError(f"{knob.name} must be {limits}, not {value}.")


KNOB_MEANINGS: dict[str, str] = {knob.name: knob.metadata["meaning"] for knob in fields(Knobs)}
"""Name of each knob and the one line that says what it means, in the order of the fields."""


def knobs_from(settings: Sequence[str]) -> Knobs:
    """Knobs from texts such as `people=900`.

    Raises:
        ValueError: an unknown name, a value of the wrong type, or one that cannot be served.
    """
    defaults = Knobs()
    chosen: dict[str, Any] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in KNOB_MEANINGS or not value:
            raise ValueError(f"'{setting}' is not a knob with a value. Knobs: {', '.join(KNOB_MEANINGS)}.")
        kind = type(getattr(defaults, name))
        try:
            chosen[name] = value.lower() in ("1", "true", "yes") if kind is bool else kind(value)
        except ValueError:
            raise ValueError(f"{name} takes a value such as {getattr(defaults, name)}, not '{value}'.") from None
    return replace(defaults, **chosen)
