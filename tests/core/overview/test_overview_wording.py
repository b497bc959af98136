"""The words of the overview: fixed verdicts, printed limits that no printed value contradicts, and never a count of people."""

import re
from dataclasses import asdict
from datetime import date
from math import ceil, floor, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.access.viewer import Viewer
from core.metrics.catalogue import catalogue
from core.metrics.wording import NBSP, span_text
from core.overview import wording
from core.overview.views import overview
from core.policy import Policy
from core.workload.measures.limits import Limits
from core.workload.swing import Reading, Swing, read
from core.workload.teams import Run
from tests.conftest import AS_OF

METRICS = catalogue(Policy())
LOAD, MEETINGS = METRICS["utilisation"], METRICS["meeting_hours"]
PLATFORM = "Northwind/Engineering/Infrastructure/Platform"


def swing(lower: float, upper: float) -> Swing:
    """A usual swing with these limits."""
    return Swing(Limits((lower + upper) / 2, lower, upper, 0.01), 26, date(2025, 3, 10), date(2025, 9, 8))


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        (0.8968, 1.0032, f"90–100{NBSP}%"),
        (0.93, 0.946, f"93–94{NBSP}%"),  # 95 % is beyond, so 95 is not printed
        (0.942, 0.948, f"94{NBSP}%"),  # no printed value lies within
        (-0.02, 0.031, f"0–3{NBSP}%"),
        (0.90, 1.04, f"90–104{NBSP}%"),  # limits on the grain belong to it
    ],
)
def test_a_usual_swing_prints_the_values_that_lie_within(lower: float, upper: float, text: str) -> None:
    """Limits are rounded towards the middle, never below nothing."""
    assert span_text(LOAD, lower, upper) == text


def test_a_usual_swing_of_hours_is_printed_to_a_tenth() -> None:
    """Hours have one decimal and one unit."""
    assert span_text(MEETINGS, 6.28, 8.24) == f"6.3–8.2{NBSP}h"


@given(st.floats(0.3, 1.6), st.floats(0.02, 0.4), st.integers(20, 180))
def test_no_printed_value_contradicts_its_verdict(lower: float, width: float, points: int) -> None:
    """A value printed inside the printed limits reads as usual, and one outside as beyond, whatever the limits."""
    limits = swing(lower, lower + width)
    first, last = ceil(lower * 100 - 1e-6), floor((lower + width) * 100 + 1e-6)
    printed = span_text(LOAD, lower, lower + width)
    told = [int(number) for number in re.findall(r"\d+", printed)]
    word = read([points / 100], limits, "higher").word

    assert told == [first, last] if first < last else len(told) == 1
    assert (word == "usual swing") == (first <= points <= last)


@pytest.mark.parametrize(
    ("newest", "before", "text"),
    [(0.98, 0.97, "+1 point"), (0.94, 0.97, "−3 points"), (0.95, 0.95, "±0 points"), (0.95, nan, ""), (nan, 0.95, "")],
)
def test_a_difference_is_that_of_the_printed_values(newest: float, before: float, text: str) -> None:
    """With a sign, a real minus and its unit; nothing where one of the two is not shown."""
    assert wording.delta(LOAD, newest, before) == text.replace(" ", NBSP)
    assert wording.delta(MEETINGS, 7.4, 7.8) == f"−0.4{NBSP}h"
    assert (wording.count_delta(3, 2), wording.count_delta(2, 2), wording.count_delta(1, 3)) == ("+1", "±0", "−2")


@pytest.mark.parametrize(
    ("names", "limits", "text"),
    [
        ([], (0.0, 0.4), "None at the moment. Usually none."),
        (["A"], (nan, nan), "A."),
        (["A", "B"], (-1.0, 2.4), "A and B. Usually 0 to 2."),
        (["A", "B", "C"], (1.2, 1.9), "A, B and C. Usually 1."),
        (["A", "B", "C", "D", "E"], (nan, nan), "A, B, C and two more."),
    ],
)
def test_teams_above_capacity_are_named_and_what_is_usual_is_said(
    names: list[str], limits: tuple[float, float], text: str
) -> None:
    """At most three by name."""
    assert wording.about_teams(names, *limits) == text


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        (Reading("usual swing", "usual", "", 0), "Within its usual swing of 90–100 %."),
        (Reading("beyond usual swing", "over", "up", 9), "Above its usual swing of 90–100 % for nine weeks running."),
        (Reading("improved", "improved", "down", 12), "Below its usual swing of 90–100 % for 12 weeks running."),
        (Reading("improved", "improved", "down", 0), "Back within its usual swing of 90–100 %."),
        (
            Reading("beyond usual swing", "over", "up", 1),
            "Above its usual swing of 90–100 % for one week, which can be chance.",
        ),
    ],
)
def test_a_number_says_where_it_stands_in_its_own_swing(reading: Reading, text: str) -> None:
    """One sentence; one week alone is said to be able to be chance."""
    said = wording.about_number(LOAD, swing(0.8968, 1.0032), reading, unbroken=True)
    assert said.replace(NBSP, " ") == text


def test_a_measure_without_a_direction_says_so() -> None:
    """Neither way is strain by itself."""
    external = METRICS["viva_external_collaboration"]
    said = wording.about_number(external, swing(3.0, 4.0), Reading("usual swing", "usual", "", 0), unbroken=True)
    assert said.endswith("Neither direction is strain by itself.")


@pytest.mark.parametrize(
    ("shown", "weeks", "expected"),
    [([0.9, 1.2, 1.2], 2, True), ([1.2, nan, 1.2], 2, False), ([1.2, 1.2, nan], 2, True), ([nan], 1, False)],
)
def test_weeks_are_running_only_when_they_stand_next_to_each_other(
    shown: list[float], weeks: int, expected: bool
) -> None:
    """A week that was not shown between them is not passed over in silence."""
    assert wording.unbroken(shown, weeks) is expected
    assert wording.weeks_running(9, expected) == f"for nine weeks {'running' if expected else 'shown'}"


def test_a_team_that_is_not_shown_now_is_not_said_to_be_anywhere_now() -> None:
    """Its newest shown value is called that."""
    over = Reading("beyond usual swing", "over", "up", 2)
    said = wording.about_change(LOAD, swing(0.9, 1.0), over, [1.2, 1.2, nan], inside=0, outside=0)
    assert said.replace(NBSP, " ") == "Above its usual range of 90–100 % for two weeks running, last shown at 120 %."
    assert "last shown at" in wording.lasting(LOAD, 1.1, Run(4, 9, 1.2, current=False))
    assert wording.lasting(LOAD, 1.1, Run(26, 26, 1.2, current=True)).replace(NBSP, " ") == (
        "Above 110 % for 26 weeks or more, now at 120 %."
    )


def test_what_is_not_shown_and_what_is_missing_read_differently() -> None:
    """Protection says that it protects, and where the hours count; missing is not zero."""
    assert wording.not_shown("hidden", "Infrastructure") == (
        "Not shown, to protect people. These hours count in Infrastructure."
    )
    assert wording.not_shown("missing", "").endswith("This is not zero.")


@pytest.mark.parametrize(
    "viewer",
    [
        Viewer(0, "", "", ("leader",), ("Northwind",)),
        Viewer(0, "", "", ("hr",)),
        Viewer(0, "", "", ("manager",), (PLATFORM,)),
        Viewer(0, "", "", ("employee",), (), PLATFORM),
        Viewer(0, "", "", ("admin",)),
    ],
)
def test_no_word_counts_people_blames_or_cheers(viewer: Viewer, demo_readonly: Engine) -> None:
    """Every text of every role's overview of the demonstration; verdicts are the fixed words."""
    with demo_readonly.connect() as connection:
        found = overview(connection, viewer, policy=Policy(), as_of=AS_OF)
    said = str(asdict(found)).replace(NBSP, " ")
    few = r"\b(one|two|three|four|[0-4]) (people|persons?|colleagues?|employees?|members?)\b"

    assert not re.search(few, said, re.IGNORECASE)
    assert "!" not in said
    assert {number.verdict for number in found.numbers} <= {*wording.VERDICTS.values(), ""}
    assert {change.word for change in found.changed} <= {"beyond usual swing", "improved", "usual swing"}
