"""Workload metrics: hours against available hours, when they fall, and whether high load lasts."""

from typing import TypedDict

from core.metrics.definition import Band, Metric, Shape, Speed
from core.policy import Policy

TIMESHEET = "Weekly hours from the employer's timesheets, rotas or calendar (import kind person-weeks)."
LOAD_CAVEAT = (
    "It compares hours with agreed hours; it cannot tell whether the hours were well spent or how anybody is. "
    "Weeks with less than a fifth of the contracted hours available are left out."
)


class _ShareOfPeople(TypedDict):
    family: str
    unit: str
    shape: Shape
    direction: str
    bands: tuple[Band, ...]


def _load_bands(policy: Policy) -> tuple[Band, ...]:
    low, within, stretched, high = policy.utilisation_bands
    return (
        Band(f"Low, below {low:.0%}".replace("%", " %"), low - 0.0001, "low"),
        Band(f"Within capacity, {low * 100:.0f}–{within * 100:.0f} %", within, "within"),
        Band(f"Stretched, {within * 100 + 1:.0f}–{stretched * 100:.0f} %", stretched, "watch"),
        Band(f"High, {stretched * 100 + 1:.0f}–{high * 100:.0f} %", high, "over"),
        Band(f"Critical, over {high * 100:.0f} %", None, "critical"),
    )


def _share_bands(policy: Policy) -> tuple[Band, ...]:
    return (
        Band(f"Few or none, below {policy.share_some * 100:.0f} %", policy.share_some - 0.0001, "within"),
        Band(f"Some, from {policy.share_some * 100:.0f} %", policy.share_many - 0.0001, "watch"),
        Band(f"Many, from {policy.share_many * 100:.0f} %", None, "over"),
    )


def _ordinary(first: float, second: float, unit: str) -> tuple[Band, ...]:
    return (
        Band(f"Ordinary, to {first:g} {unit}", first, "within"),
        Band(f"Watch, over {first:g} {unit}", second, "watch"),
        Band(f"High, over {second:g} {unit}", None, "over"),
    )


def workload_metrics(policy: Policy) -> tuple[Metric, ...]:
    """The workload metrics in the order in which screens offer them, with the bands of `policy`."""
    shares = _share_bands(policy)
    share_of_people: _ShareOfPeople = {
        "family": "hours",
        "unit": "share",
        "shape": Shape.SHARE,
        "direction": "higher",
        "bands": shares,
    }
    sustained_caveat = (
        "A person counts only while the group is large enough; the flag itself is computed while rolling up and is never "
        "stored. Weeks with less than two fifths of the contracted hours available neither count nor reset."
    )
    return (
        Metric(
            id="utilisation",
            name="Load against available hours",
            question="Where is load building up?",
            formula="sum of worked hours / sum of available hours; available = contracted − leave − public holiday − sickness",
            unit="ratio",
            shape=Shape.RATIO,
            direction="higher",
            bands=_load_bands(policy),
            caveat=LOAD_CAVEAT,
            source=TIMESHEET,
            speed=Speed.FAST,
            family="hours",
            inputs=("worked", "contracted", "leave", "public_holiday", "sickness"),
            fallback_spread=0.12,
            floor=0.5,
        ),
        Metric(
            id="contract_load",
            name="Load against contracted hours",
            question="How full are weeks when leave is not known?",
            formula="sum of worked hours / sum of contracted hours",
            unit="ratio",
            shape=Shape.RATIO,
            direction="higher",
            bands=_load_bands(policy),
            caveat=(
                "Shown only for weeks in which leave, holidays or sickness were not delivered; beside load against available "
                "hours it would give away absence. A short week looks low."
            ),
            source=TIMESHEET,
            speed=Speed.FAST,
            family="hours",
            inputs=("worked", "contracted"),
            fallback_spread=0.12,
            floor=0.5,
        ),
        Metric(
            id="sustained_load",
            name="People under sustained load",
            question="For how many people has it lasted?",
            formula="people who meet SL1 or SL2 / people",
            caveat=sustained_caveat,
            source=TIMESHEET,
            speed=Speed.SLOW,
            inputs=("worked", "contracted", "leave", "public_holiday", "sickness"),
            fallback_spread=0.4,
            floor=0.0,
            **share_of_people,
        ),
        Metric(
            id="after_hours_share",
            name="Hours outside working time",
            question="How much of the work happens in the evening or at night?",
            formula="sum of hours outside the declared schedule / sum of worked hours",
            unit="ratio",
            shape=Shape.RATIO,
            direction="higher",
            bands=(
                Band("Ordinary, to 10 %", 0.10, "within"),
                Band("Watch, over 10 %", 0.20, "watch"),
                Band("High, over 20 %", None, "over"),
            ),
            caveat="Depends on schedules being kept up to date; chosen flexible hours count as well.",
            source=TIMESHEET,
            speed=Speed.SLOW,
            family="after_hours",
            inputs=("after_hours", "worked"),
            fallback_spread=0.08,
            floor=0.1,
        ),
        Metric(
            id="rest_day_share",
            name="People who worked on a rest day",
            question="Do rest days stay free?",
            formula="people with at least one hour on a scheduled rest day / people",
            unit="share",
            shape=Shape.SHARE,
            direction="higher",
            bands=shares,
            caveat="One hour is enough to count, so it tells how many people, not how long.",
            source=TIMESHEET,
            speed=Speed.SLOW,
            family="rest_day",
            inputs=("rest_day",),
            fallback_spread=0.4,
            floor=0.0,
        ),
        Metric(
            id="meeting_hours",
            name="Meeting hours",
            question="How much of the week is spent in meetings?",
            formula="sum of meeting hours / people (overlapping meetings count once)",
            unit="hours",
            shape=Shape.MEAN,
            direction="higher",
            bands=_ordinary(16, 22, "h"),
            caveat="Bands are 40 % and 55 % of a 40-hour week; part-time teams reach them later.",
            source=TIMESHEET,
            speed=Speed.SLOW,
            family="meeting",
            inputs=("meeting",),
            fallback_spread=5.0,
            floor=3.0,
        ),
        Metric(
            id="focus_hours",
            name="Focus hours",
            question="Is there time to think?",
            formula="sum of schedule gaps of an hour or longer / people",
            unit="hours",
            shape=Shape.MEAN,
            direction="lower",
            bands=(Band("Low, below 8 h", 7.9999, "watch"), Band("Ordinary, from 8 h", None, "within")),
            caveat="Time without meetings is not the same as undisturbed time.",
            source=TIMESHEET,
            speed=Speed.SLOW,
            family="focus",
            inputs=("focus",),
            fallback_spread=5.0,
            floor=3.0,
        ),
        Metric(
            id="overtime",
            name="Overtime",
            question="How many hours go beyond what was available?",
            formula="sum over people of max(0, worked − available) / people",
            unit="hours",
            shape=Shape.MEAN,
            direction="higher",
            bands=_ordinary(2, 5, "h"),
            caveat="Hours below what was available do not cancel hours above it. " + LOAD_CAVEAT,
            source=TIMESHEET,
            speed=Speed.SLOW,
            family="hours",
            inputs=("worked", "contracted", "leave", "public_holiday", "sickness"),
            fallback_spread=5.0,
            floor=3.0,
            whole_population_only=True,
        ),
        Metric(
            id="long_hours",
            name="Weeks of 55 hours or more",
            question="How many people worked a very long week?",
            formula="people with worked >= 55 hours / people",
            caveat="The 55-hour line comes from studies of whole populations; it does not predict a person.",
            source=TIMESHEET + " Line: Pega et al. 2021, Environment International 154:106595.",
            speed=Speed.SLOW,
            inputs=("worked", "contracted", "leave", "public_holiday", "sickness"),
            fallback_spread=0.4,
            floor=0.0,
            whole_population_only=True,
            **share_of_people,
        ),
        *(
            Metric(
                id=rule,
                name=name,
                question=question,
                formula=formula,
                caveat=sustained_caveat,
                source=TIMESHEET,
                speed=Speed.SLOW,
                inputs=("worked", "contracted", "leave", "public_holiday", "sickness"),
                fallback_spread=0.4,
                floor=0.0,
                whole_population_only=True,
                **share_of_people,
            )
            for rule, name, question, formula in (
                (
                    "sl1",
                    "SL1: above 110 % in three of four weeks",
                    "How many people have had three full weeks of four above 110 %?",
                    "people with load above 1.10 in at least 3 of their last 4 complete weeks / people",
                ),
                (
                    "sl2",
                    "SL2: 48 hours in four of six weeks",
                    "How many people have worked 48 hours or more in four weeks of six?",
                    "people with worked >= 48 hours in at least 4 of the last 6 weeks / people",
                ),
                (
                    "sl3",
                    "SL3: a 55-hour week within four weeks",
                    "How many people have had a very long week lately?",
                    "people with worked >= 55 hours in any of the last 4 weeks / people",
                ),
                (
                    "sl4",
                    "SL4: smoothed load above 110 %",
                    "For how many people does load stay above 110 % when single weeks are smoothed out?",
                    "people whose EWMA of load (weight 0.3, complete weeks of the last 26) is above 1.10 / people",
                ),
            )
        ),
        Metric(
            id="recovery_gap",
            name="People without a week off for half a year",
            question="Who has not had a real break?",
            formula="people with more than 180 days since the end of their last fully free week / people",
            unit="share",
            shape=Shape.SHARE,
            direction="higher",
            bands=shares,
            caveat=(
                "A fully free week has leave and public holidays of at least the contracted hours. People whose leave has been "
                "known for less than 180 days and who had no such week are left out. The 180 days are policy, not evidence."
            ),
            source=TIMESHEET,
            speed=Speed.SLOW,
            family="recovery",
            inputs=("contracted", "leave", "public_holiday"),
            fallback_spread=0.4,
            floor=0.0,
        ),
    )
