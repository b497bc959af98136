"""Activity: when events fall (commits, tickets, calls, meetings), by each person's own clock and schedule."""

from core.metrics.definition import Band, Metric, Shape, Speed
from core.policy import Policy

EVENTS = "Events of the employer's own systems (import kind activity-events), counted by local hour; single events are not kept."
CAVEAT = (
    "Activity is not effort: an event says when something was done, not how much work it was, and most work leaves none. "
    "Nobody's output is judged by it. "
)
OWN_HOURS = (
    "Own schedules come from the people file, else from the policy; chosen flexible hours count as outside as well."
)


def activity_metrics(policy: Policy) -> tuple[Metric, ...]:
    """Two weekly shares of events, and the punch card of a quarter with the classes of `policy`."""
    return (
        _share(
            "activity_after_hours",
            "Activity outside own hours",
            "How much of the activity lies outside people's own schedules?",
            "events outside the person's own schedule, rest days included / all events",
            (0.10, 0.20),
        ),
        _share(
            "activity_weekend",
            "Activity on rest days",
            "How much of the activity falls on days off?",
            "events on days on which the person's own schedule has no work / all events",
            (0.05, 0.10),
            second_fact=True,
        ),
        Metric(
            id="punch_card",
            name="When work happens",
            question="At which hours of the week does activity happen?",
            formula="mean over people of (own events in an hour of the week / all own events of the quarter), in four classes",
            unit="classes",
            shape=Shape.CARD,
            direction="",
            bands=_classes(policy),
            caveat=CAVEAT
            + "Everybody counts the same, however many events they have. An hour in which fewer people than the smallest size "
            "were active, or which one or two people make up, reads few or none. "
            "Groups below 20 people are told by parts of the day of four hours.",
            source=EVENTS,
            speed=Speed.SLOW,
            family="punch_card",
            inputs=("events",),
            fallback_spread=0.0,
            floor=0.0,
            grain="unit and quarter of 13 ISO weeks",
        ),
    )


def _share(
    name: str, title: str, question: str, formula: str, edges: tuple[float, float], *, second_fact: bool = False
) -> Metric:
    first, second = edges
    return Metric(
        id=name,
        name=title,
        question=question,
        formula=formula,
        unit="events",
        shape=Shape.RATIO,
        direction="higher",
        bands=(
            Band(f"Ordinary, to {first * 100:.0f} %", first, "within"),
            Band(f"Watch, over {first * 100:.0f} %", second, "watch"),
            Band(f"High, over {second * 100:.0f} %", None, "over"),
        ),
        caveat=CAVEAT + OWN_HOURS,
        source=EVENTS,
        speed=Speed.SLOW,
        family="activity",
        inputs=("events", "outside", "rest_day"),
        fallback_spread=0.15,
        floor=0.1,
        whole_population_only=second_fact,  # beside the first, of the same events
    )


def _classes(policy: Policy) -> tuple[Band, ...]:
    some, more, most = policy.activity_classes
    return (
        Band("Few or none", some - 1e-9, "quiet"),
        Band(f"Some, from {some * 100:g} % of the week's activity", more - 1e-9, "light"),
        Band(f"More, from {more * 100:g} %", most - 1e-9, "steady"),
        Band(f"Most, from {most * 100:g} %", None, "busy"),
    )
