"""The policy: every threshold that protects people or gives a colour its meaning, in one frozen, versioned object.

Defaults stand here; `EVENKEEL_POLICY_FILE` (TOML) may override them. Each release stores the version it was made under.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.schedule import is_zone, parse_schedule
from core.settings import StartRefused, settings

HARD_FLOOR = 5


class PolicyRefused(StartRefused):
    """The policy file cannot be used; the message names the file, what is wrong, and the remedy."""


class GoalRules(BaseModel):
    """When a goal needs revisiting, each threshold with its one-line meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stale_cadences: Annotated[
        float, Field(gt=0, le=50, description="Without a check-in for more than so many cadences.")
    ] = 2.0
    stale_cadences_long: Annotated[float, Field(gt=0, le=50, description="The same, when it weighs two.")] = 4.0
    judged_from: Annotated[float, Field(gt=0, le=1, description="Expected progress from which pace is judged.")] = 0.20
    gap_behind: Annotated[
        float, Field(gt=0, le=1, description="Expected less actual progress from which a goal is off pace.")
    ] = 0.165
    gap_at_risk: Annotated[float, Field(gt=0, le=1, description="The same, when it weighs two.")] = 0.33
    run_rate: Annotated[
        float, Field(gt=1, le=100, description="Needed pace from which it tells, as a multiple of the pace so far.")
    ] = 3.0
    confidence_fall: Annotated[
        int, Field(ge=1, le=10, description="Fall of the confidence (0 to 10) since the last check-in.")
    ] = 2
    confidence_low: Annotated[
        int, Field(ge=0, le=10, description="Confidence up to which it weighs two, from half way on.")
    ] = 3
    half_way: Annotated[
        float, Field(gt=0, le=1, description="Expected progress that is half way; reached before it is too easy.")
    ] = 0.5
    stalled_check_ins: Annotated[int, Field(ge=2, le=50, description="Check-ins in a row with the same value.")] = 3
    overdue_days_long: Annotated[
        int, Field(ge=1, le=3660, description="Days after the due date beyond which being overdue weighs two.")
    ] = 14
    leave_days: Annotated[
        int, Field(ge=1, le=3660, description="Days of leave beyond which an owner without a delegate is not active.")
    ] = 21
    most_objectives: Annotated[int, Field(ge=1, le=100, description="Open objectives of one owner at most.")] = 3
    most_key_results: Annotated[
        int, Field(ge=1, le=1000, description="Open key results of one owner at most, and of one objective.")
    ] = 12
    capacity_weeks: Annotated[
        int, Field(ge=1, le=12, description="Released weeks in a row above the stretched band.")
    ] = 2
    revisit_from: Annotated[
        int, Field(ge=1, le=20, description="Sum of severities from which a goal needs revisiting.")
    ] = 2
    score_yellow: Annotated[
        float, Field(gt=0, le=1, description="Score from which an aspirational key result is yellow.")
    ] = 0.4
    score_green: Annotated[
        float, Field(gt=0, le=1, description="Score from which it is green, and a committed one yellow.")
    ] = 0.7


class RhythmRules(BaseModel):
    """How often two people talk, and what counts as in time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check_in_days: Annotated[
        int, Field(ge=7, le=366, description="Days from one check-in to the next; a review counts as one.")
    ] = 30
    review_days: Annotated[int, Field(ge=7, le=732, description="Days from one review to the next.")] = 91
    grace_days: Annotated[
        int, Field(ge=0, le=60, description="Days after its due day on which a conversation is still on time.")
    ] = 7
    timely_days: Annotated[
        int, Field(ge=1, le=366, description="Days after which feedback is no longer fresh, and the form says so.")
    ] = 14


class Policy(BaseModel):
    """Thresholds, each with its one-line meaning.

    Raises:
        pydantic.ValidationError: a value is outside its safe range (for example `k` below 5).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    k: Annotated[
        int, Field(ge=HARD_FLOOR, le=50, description="No released arithmetic isolates fewer people than this.")
    ] = 5
    insiders: Annotated[int, Field(ge=0, le=10, description="How many members may pool their own numbers.")] = 1
    join_margin: Annotated[
        float,
        Field(gt=0, le=1, description="Expected contributors as a share of the roster when small units are joined."),
    ] = 0.9
    close_after_days: Annotated[
        int, Field(ge=0, le=60, description="Days after its Sunday until a week is closed.")
    ] = 7
    unit_means_for_everyone: Annotated[
        bool, Field(description="Everyone may see the protected cells of their own unit and the units above.")
    ] = True
    hours_width: Annotated[float, Field(description="Hours that a leaver's week must stay uncertain by.")] = 20.0
    ratio_width: Annotated[float, Field(description="Utilisation that a leaver must stay uncertain by.")] = 0.5
    dominance_first: Annotated[float, Field(description="Coarsen when one person makes up more than this share.")] = (
        0.50
    )
    dominance_two: Annotated[float, Field(description="Coarsen when two people make up more than this share.")] = 0.75
    dominance_p: Annotated[
        float, Field(description="p-percent rule: coarsen when the largest is known this closely.")
    ] = 0.10
    share_some: Annotated[float, Field(description="A share class is 'some' from here (and from two people).")] = 0.15
    share_many: Annotated[float, Field(description="A share class is 'many' from here (and from three people).")] = 0.30
    exact_share_n: Annotated[
        int, Field(ge=20, description="Below this many people a share is shown as a class only.")
    ] = 20
    utilisation_bands: Annotated[
        tuple[float, float, float, float],
        Field(description="Low below, within to, stretched to, high to; critical above."),
    ] = (0.80, 1.00, 1.10, 1.20)
    sustained_weeks: Annotated[
        int, Field(description="Shown weeks above the stretched band that count as sustained.")
    ] = 4
    activity_classes: Annotated[
        tuple[float, float, float],
        Field(
            description="Shares of a quarter's activity: an hour is few or none below the first, then one of three steps."
        ),
    ] = (0.005, 0.012, 0.02)
    activity_width: Annotated[
        float,
        Field(
            gt=0, le=1, description="Share of a leaver's own events that their part in an hour must stay uncertain by."
        ),
    ] = 0.2
    default_schedule: Annotated[
        str, Field(description="Working hours of people whose own schedule was not delivered.")
    ] = "Mo-Fr 08:00-18:00"
    default_zone: Annotated[str, Field(description="Time zone of people whose own was not delivered.")] = "UTC"
    goals: Annotated[GoalRules, Field(description="When a goal needs revisiting.")] = GoalRules()

    rhythm: Annotated[RhythmRules, Field(description="How often two people talk.")] = RhythmRules()

    @field_validator("activity_classes")
    @classmethod
    def _rises(cls, breaks: tuple[float, float, float]) -> tuple[float, float, float]:
        if not 0.005 <= breaks[0] < breaks[1] < breaks[2] < 1:
            raise ValueError("activity_classes rise from at least 0.005 to less than 1")
        return breaks

    @field_validator("default_schedule")
    @classmethod
    def _is_schedule(cls, text: str) -> str:
        parse_schedule(text)
        return text

    @field_validator("default_zone")
    @classmethod
    def _is_zone(cls, text: str) -> str:
        if not is_zone(text):
            raise ValueError(f"'{text}' is not a time zone; write its IANA name, such as Europe/Lisbon")
        return text

    @property
    def k_prime(self) -> int:
        """The size that every proof uses: `k` plus the insiders who know their own numbers."""
        return self.k + self.insiders

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the canonical JSON of all values: equal policies have equal fingerprints."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def canonical(self) -> str:
        """All values as canonical JSON (sorted keys, no blanks)."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


def read_policy(path: Path | None = None) -> Policy:
    """The policy in force: defaults, overridden by the TOML file at `path` or `EVENKEEL_POLICY_FILE`.

    Raises:
        PolicyRefused: the file is not there, not readable TOML, names an unknown field or breaks a limit.
    """
    chosen = path or settings().policy_file
    if chosen is None:
        return Policy()
    remedy = "Mend the file, or unset EVENKEEL_POLICY_FILE to go by the defaults."
    try:
        return Policy.model_validate(tomllib.loads(chosen.read_text(encoding="utf-8")))
    except ValidationError as wrong:
        fields = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors())
        raise PolicyRefused(f"The policy file {chosen} is refused: {fields}. {remedy}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise PolicyRefused(f"The policy file {chosen} is not TOML: {wrong}. {remedy}") from None
    except OSError as wrong:
        raise PolicyRefused(f"The policy file {chosen} cannot be read: {wrong.strerror}. {remedy}") from None
