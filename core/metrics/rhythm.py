"""Rhythm: whether conversations between managers and their people take place in time. Days alone; nothing of what was said."""

from core.metrics.definition import Band, Metric, Shape, Speed
from core.policy import Policy


def rhythm_metrics(policy: Policy) -> tuple[Metric, ...]:
    """One share a quarter, of units with three managers or more."""
    some, many = policy.share_some, policy.share_many
    return (
        Metric(
            id="conversations_late",
            name="Conversations not on time",
            question="Do conversations take place in time?",
            formula="mean over managers of (own conversations of the quarter that were late or did not take place / those due)",
            unit="conversations",
            shape=Shape.SHARE,
            direction="higher",
            bands=(
                Band(f"Ordinary, to {some * 100:.0f} %", some, "within"),
                Band(f"Watch, over {some * 100:.0f} %", many, "watch"),
                Band(f"High, over {many * 100:.0f} %", None, "over"),
            ),
            caveat="Every manager counts the same, for two people each, so nobody's own figure stands out; units with fewer than "
            "three managers have none. It tells when people talked, not whether it helped: a rhythm is a habit, not a result.",
            source="Conversations as the two people planned and held them, with the roster's lines of reporting.",
            speed=Speed.SLOW,
            family="rhythm",
            inputs=("held_on",),
            fallback_spread=0.4,
            floor=0.0,
            grain="unit and quarter of 13 ISO weeks",
        ),
    )
