"""The rule behind each reason to revisit a goal, in words, with the thresholds of the policy in force."""

from dataclasses import dataclass

from core.goals.reasons import CODES, LABELS
from core.metrics.wording import percent
from core.policy import Policy

BEGIN, END = "<!-- reasons: written by make docs -->", "<!-- end of reasons -->"


@dataclass(frozen=True)
class Rule:
    """When a reason holds. once: what it takes to weigh one, '' when it always weighs two. twice: what it takes to weigh two."""

    code: str
    once: str
    twice: str = ""

    @property
    def words(self) -> str:
        """The rule in a sentence or two."""
        if not self.once:
            return f"The rule: {self.twice}. It counts double."
        return f"The rule: {self.once}." + (f" Double: {self.twice}." if self.twice else "")


def rules_in_words(policy: Policy) -> dict[str, Rule]:
    """The rule of every reason by its code, in the order of CODES."""
    goals = policy.goals
    judged = f"once {percent(goals.judged_from)} was expected"
    stretched = percent(policy.utilisation_bands[2])
    half = percent(goals.half_way)
    found = {
        "stale": (
            f"no check-in for more than {goals.stale_cadences:g} times its cadence",
            f"more than {goals.stale_cadences_long:g} times",
        ),
        "off_pace": (
            f"{_points(goals.gap_behind)} or more behind what was expected, {judged}",
            f"{_points(goals.gap_at_risk)} or more",
        ),
        "run_rate": (f"the rest needs {goals.run_rate:g} times the pace so far, or nothing is done yet, {judged}", ""),
        "confidence_drop": (
            f"confidence fell by {goals.confidence_fall} or more since the check-in before",
            f"it is {goals.confidence_low} of 10 or less, when {half} of the way or more was expected",
        ),
        "stalled": (f"the same value in {goals.stalled_check_ins} check-ins in a row", ""),
        "overdue": ("open after the due date", f"more than {goals.overdue_days_long} days after it"),
        "not_measurable": ("", "a baseline, target, unit, range, milestone or acceptance test is missing"),
        "unaligned": ("no goal above it and not marked as standing alone, or the goal above is closed", ""),
        "no_active_owner": (
            "",
            f"nobody employed owns it, or the owner is away for more than {goals.leave_days} days and nobody stands in",
        ),
        "owner_overcommitted": (
            f"its owner has more than {goals.most_objectives} open objectives, "
            f"or more than {goals.most_key_results} open key results",
            "",
        ),
        "capacity_conflict": (
            f"the team's released load was above {stretched} in each of the last {goals.capacity_weeks} released weeks",
            "",
        ),
        "context_changed": (
            "target or date of the goal above, owner, weight, goal above, guardrail or team changed since the last review",
            "",
        ),
        "too_easy": (f"it is reached before {half} of the way was expected", ""),
        "conflict": ("", "another open goal moves the same metric the other way"),
    }
    return {code: Rule(code, *found[code]) for code in CODES}


def _points(share: float) -> str:
    return f"{share * 100:g} points"


def with_reasons(page: str, policy: Policy) -> str:
    """A page of documentation with the table of reasons between its two marks written again.

    Raises:
        ValueError: the page does not hold each mark once.
    """
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if page.count(BEGIN) != 1 or rest.count(END) != 1:
        raise ValueError(f"The page does not hold the marks {BEGIN} and {END} once each.")
    rows = "\n".join(
        f"| {LABELS[rule.code]} | `{rule.code}` | {rule.once or '–'} | {rule.twice or '–'} |"
        for rule in rules_in_words(policy).values()
    )
    together = (
        f"A goal is on the list when one of them weighs two, or when all together weigh {policy.goals.revisit_from}."
    )
    heads = "| reason | code | weighs one | weighs two |\n|---|---|---|---|"
    return f"{before}{BEGIN}\n{together}\n\n{heads}\n{rows}\n{END}{after}"
