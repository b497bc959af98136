"""A handful of goals to start from, in the words of the field: what to fill in, and what a good one looks like.

A template sets kind, measure, cadence and the like; title, numbers and days are written by whoever makes the goal.
"""

from dataclasses import dataclass

from core.goals.goal import Ambition, Kind, Measure, Pace, Visibility


@dataclass(frozen=True)
class Template:
    """Where a goal starts from.

    id: as an address names it. purpose: when to take it, in a sentence. example: a title that would do. of_unit: it is a
    team's goal, so a unit owns it. guard: what could suffer from it, to think of as a guardrail; ''.
    """

    id: str
    name: str
    purpose: str
    example: str
    kind: Kind
    measure: Measure
    metric: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    target: float | None = None
    cadence_days: int = 30
    pace: Pace = Pace.LINEAR
    ambition: Ambition = Ambition.ASPIRATIONAL
    acceptance: str = ""
    visibility: Visibility = Visibility.OPEN
    of_unit: bool = False
    guard: str = ""


TEMPLATES: tuple[Template, ...] = (
    Template(
        id="reach-target",
        name="Reach a target",
        purpose="One number is to go from where it is to where it should be.",
        example="Answer 80 of 100 support requests on the same day",
        kind=Kind.KEY_RESULT,
        measure=Measure.REACH,
        guard="Quality beside quantity: what must not get worse while this number moves?",
    ),
    Template(
        id="decrease-duration",
        name="Decrease a duration",
        purpose="Something takes too long, and is to take less.",
        example="Recover from an incident in twenty minutes",
        kind=Kind.KEY_RESULT,
        measure=Measure.DECREASE,
        metric="Time to recover from an incident",
        unit="minutes",
        cadence_days=14,
        guard="Speed beside rework: does the same thing come back?",
    ),
    Template(
        id="keep-level",
        name="Keep above a level",
        purpose="Something is good and has to stay good while other things change.",
        example="Keep the service available for 99.5 of 100 minutes",
        kind=Kind.KEY_RESULT,
        measure=Measure.STAY_ABOVE,
        unit="%",
        cadence_days=14,
        ambition=Ambition.COMMITTED,
    ),
    Template(
        id="milestones",
        name="Milestones with an acceptance test",
        purpose="A piece of work with steps, where a number would say little.",
        example="Move all services to the new identity provider",
        kind=Kind.KEY_RESULT,
        measure=Measure.MILESTONES,
        pace=Pace.MILESTONES,
        ambition=Ambition.COMMITTED,
    ),
    Template(
        id="kpi-range",
        name="KPI in a healthy range",
        purpose="A number to watch for as long as the work goes on. It has a range, and no progress.",
        example="Work in progress between 6 and 12 items",
        kind=Kind.KPI,
        measure=Measure.RANGE,
        metric="Work in progress",
        unit="items",
    ),
    Template(
        id="development",
        name="Development goal",
        purpose="Something to learn or to grow into. Between you and your manager.",
        example="Lead a review of an incident, alone, by summer",
        kind=Kind.DEVELOPMENT,
        measure=Measure.MILESTONES,
        pace=Pace.MILESTONES,
        visibility=Visibility.PRIVATE,
    ),
    Template(
        id="team-recovery",
        name="Recovery time of a team",
        purpose="A team gets the rest that it needs. About its rota and its work, never about one person.",
        example="At least seven nights between two turns on call",
        kind=Kind.WELLBEING,
        measure=Measure.STAY_ABOVE,
        metric="Nights between two turns on call",
        unit="nights",
        target=7.0,
        ambition=Ambition.COMMITTED,
        of_unit=True,
    ),
    Template(
        id="workload-balance",
        name="Workload balance",
        purpose="Your own hours come back to what was agreed. Only you see it, until you share it.",
        example="Leave on time on four days of five",
        kind=Kind.WELLBEING,
        measure=Measure.STAY_ABOVE,
        metric="Days on which I left on time",
        unit="days a week",
        target=4.0,
        cadence_days=14,
        visibility=Visibility.PRIVATE,
    ),
)
BY_ID = {template.id: template for template in TEMPLATES}
